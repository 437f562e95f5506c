"""Saved pages as inputs of a build."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan

TOWNS = ["Kano", "Lima", "Oslo", "Pune", "Rome", "Suva", "Tula", "Vigo", "York", "Zug"]
SENTENCES = [
    f"From {one} the boat went on to {other}, as it had done each summer since the harbor of {one} was built, and no one "
    f"in {other} thought that this would be the last time."
    for one, other in pairwise(TOWNS)
]
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
PAGE = f"""<!doctype html><html lang="en-GB"><head><title>A title – The Site</title>
<meta property="og:site_name" content="The Site"><link rel="canonical" href="https://site.example/a">
<meta name="author" content="A. Writer"><meta property="article:published_time" content="2022-01-12T22:00:21Z">
</head><body><nav><a href="/">Home</a> <a href="/b">Another page of the site</a></nav>
<article><h1>A title</h1>{TEXT}<figure><img src="a.jpg"><figcaption>A caption</figcaption></figure></article>
<footer><p>Imprint</p></footer></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.xhtml", "a.txt"])
def test_a_page_gives_its_article_with_what_its_head_says(tmp_path: Path, name: str, encoding: str) -> None:
    (tmp_path / name).write_text(PAGE, encoding=encoding)

    (entry,) = scan([tmp_path]).entries
    article, whole = parse(entry), parse(entry, whole_page=True)

    assert (entry.format, entry.title, entry.link, entry.source, entry.author, entry.published) == (
        "page",
        "A title",
        "https://site.example/a",
        "The Site",
        "A. Writer",
        datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC),
    )
    assert 'lang="en-GB"' in article.html
    assert all(sentence in article.html for sentence in SENTENCES)
    assert "A caption" in article.html
    assert "Imprint" not in article.html
    assert "Imprint" in whole.html


def test_a_part_of_a_page_and_the_archive_form_are_no_pages(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<h1>Title</h1><p>Text", encoding="utf-8")
    (tmp_path / "b.html").write_text("<!--1642027143000-->\n[T](https://e.org/)\n------\n\n<html>", encoding="utf-8")

    assert [entry.format for entry in scan([tmp_path]).entries] == ["archive", "archive"]
