from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from archives import write_archive

import epubmaker


def test_a_book_can_be_made_from_python(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    report = epubmaker.make_book(epubmaker.Options((tmp_path / "in",), output=tmp_path / "b.epub"))

    assert isinstance(report, epubmaker.Report)
    assert report.books[0].path.exists()


@pytest.mark.parametrize("name", epubmaker.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(epubmaker, name).__doc__


def test_help_imports_neither_parsers_nor_pillow() -> None:
    code = (
        "import sys; from epubmaker.cli import cli; cli.main(['--help'], 'epubmaker', standalone_mode=False);"
        "print(sorted(name for name in ('bs4', 'PIL', 'requests', 'lxml', 'babel', 'ebooklib') if name in sys.modules))"
    )

    shown = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout

    assert shown.splitlines()[-1] == "[]"
