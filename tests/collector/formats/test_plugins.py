"""Formats that other packages add: the example of CONTRIBUTING.md, built and installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT

ENTRY = '{"diary": 1, "day": "2022-01-12", "title": "A walk", "text": "To the harbor.\\nAnd back."}'


def run(*command: str, folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(path), str(ROOT)))}
    arguments = [sys.executable, *command]
    return subprocess.run(arguments, check=False, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the package of CONTRIBUTING.md is installed."""
    folder = tmp_path_factory.mktemp("plugin")
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text[text.index("**A format in a package") :]
    for name, kind in (("pyproject.toml", "toml"), ("epubmaker_diary.py", "python")):
        block = re.search(rf"^```{kind}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        assert block
        (folder / name).write_text(block[1], encoding="utf-8")
    built = run("-m", "hatchling", "build", "-t", "wheel", "-d", "out", folder=folder, path=folder)
    (wheel,) = (folder / "out").glob("*.whl")
    assert built.returncode == 0
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


@pytest.mark.slow
def test_a_package_can_add_a_format(tmp_path: Path, installed: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "in" / "b.json").write_text('{"diary": oh', encoding="utf-8")
    (tmp_path / "in" / "c.json").write_text('{"diary": 1}', encoding="utf-8")
    command = ("-m", "epubmaker", "build", "in", "-o", "b.epub", "--cache", "cache", "--no-cover")

    listed = run("-m", "epubmaker", "formats", folder=tmp_path, path=installed)
    built = run(*command, folder=tmp_path, path=installed)
    again = run(*command, folder=tmp_path, path=installed)
    without = run(*command, folder=tmp_path, path=tmp_path)

    assert "diary" in listed.stdout
    assert built.stdout.startswith("b.epub: A walk, ")
    assert "1 of 3 articles" in built.stdout
    assert "2 unreadable" in built.stdout
    assert "(unchanged)" in again.stdout
    assert "3 .json" in without.stderr


@pytest.mark.slow
def test_a_format_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    (broken / "other-1.0.dist-info").mkdir(parents=True)
    (broken / "other-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    points = "[epubmaker.formats]\nother = nowhere:Nothing\n"
    (broken / "other-1.0.dist-info" / "entry_points.txt").write_text(points)

    done = run("-m", "epubmaker", "formats", folder=tmp_path, path=broken)

    assert done.returncode == 2
    assert done.stderr.startswith("error: format other: cannot be used: ModuleNotFoundError: No module named 'nowhere'")
    assert done.stderr.count("\n") == 1
