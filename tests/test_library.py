from __future__ import annotations

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
