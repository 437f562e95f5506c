"""The assertion that other tests rely on fails when it ought to."""

from __future__ import annotations

from pathlib import Path

import pytest
from cleanbooks import AssertClean
from minibook import write_book
from processes import Children

from epubmaker.errors import CheckError
from epubmaker.model.chapters import Document

PAGE = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml" lang="en" '
    'xml:lang="en"><head><title>x</title></head><body>{}</body></html>'
)


def book(path: Path, body: str) -> Path:
    return write_book(path, [Document("a.xhtml", PAGE.format(body).encode())])


def test_any_book_that_is_not_clean_fails_with_what_is_wrong_and_spoils_no_other(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    good = book(tmp_path / "good.epub", "<p>x</p>")
    wrong = book(tmp_path / "wrong.epub", '<p><a href="gone.xhtml">x</a></p>')

    for books in ([wrong], [good, wrong], [wrong, good]):
        with pytest.raises(AssertionError, match=r"wrong\.epub: ERROR RSC-007 EPUB/a\.xhtml:"):
            assert_clean(*books)
    assert_clean(good)


@pytest.mark.slow
def test_a_java_process_that_a_book_ended_is_not_used_again(
    tmp_path: Path, assert_clean: AssertClean, children: Children
) -> None:
    good = book(tmp_path / "good.epub", "<p>x</p>")
    depth = 200_000
    deadly = book(tmp_path / "deadly.epub", f'<p style="x:{"(" * depth}1{")" * depth}">x</p>')

    assert_clean(good)
    with pytest.raises(CheckError, match="broke down"):
        assert_clean(deadly)
    assert not children()
    assert_clean(good)
    assert len(children()) == 1
