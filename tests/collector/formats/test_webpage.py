"""Saved pages as inputs of a build."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from webpages import PAGE, SENTENCES

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.xhtml", "a.txt"])
def test_a_page_gives_its_article_with_what_its_head_says(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_text(PAGE, encoding=encoding)

    found = scan([tmp_path])
    (entry,) = found.entries
    article, whole = parse(entry), parse(entry, whole_page=True)

    assert (entry.format, entry.title, entry.link, entry.source, entry.author, entry.published) == (
        "page",
        "A title",
        "https://site.example/a",
        "The Site",
        "A. Writer",
        datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC),
    )
    assert {"title", "link", "source", "author", "published"} <= {field for field, _ in found.origins[0]}
    assert 'lang="en-GB"' in article.html
    assert all(sentence in article.html for sentence in SENTENCES)
    assert "A caption" in article.html
    assert "Imprint" not in article.html
    assert "Imprint" in whole.html


def test_a_part_of_a_page_and_the_archive_form_are_no_pages(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<h1>Title</h1><p>Text", encoding="utf-8")
    (tmp_path / "b.html").write_text("<!--1642027143000-->\n[T](https://e.org/)\n------\n\n<html>", encoding="utf-8")

    assert [entry.format for entry in scan([tmp_path]).entries] == ["archive", "archive"]
