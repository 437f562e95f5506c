from __future__ import annotations

import re
from pathlib import Path

import pytest
from archives import write_archive
from checkout import ROOT

import epubmaker


def test_a_book_can_be_made_from_python(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    report = epubmaker.build(epubmaker.Options((tmp_path / "in",), output=tmp_path / "b.epub"))

    assert isinstance(report, epubmaker.Report)
    assert report.books[0].path.exists()


@pytest.mark.parametrize("name", epubmaker.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(epubmaker, name).__doc__


def test_the_examples_of_the_documentation_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_archive(tmp_path / "articles", 2)
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)

    names: dict[str, object] = {}
    for example in examples:
        exec(example, names)

    said = capsys.readouterr().out
    assert "news.epub 2 0 written\n" in said
    assert "articles 2 of 2\n" in said
    assert "nowhere - no such file or directory - name a file or folder that exists\n" in said
    assert {path.name for path in tmp_path.glob("*.epub")} == {"news.epub", "kobo.kepub.epub", "large.epub"}
