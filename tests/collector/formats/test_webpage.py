"""Saved pages as inputs of a build."""

from __future__ import annotations

import functools
import http.server
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from browsersave import save_with_single_file
from cleanbooks import AssertClean
from openbook import OpenBook
from pictures import jpeg
from readingsystems import chromium, missing
from webpages import PAGE, SENTENCES

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build


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


@pytest.mark.slow
@pytest.mark.skipif(missing("single-file-cli") is not None, reason="needs SingleFile: see .ci/readers")
def test_what_singlefile_saves_is_read_with_its_pictures(tmp_path: Path, assert_clean: AssertClean) -> None:
    site = tmp_path / "site"
    site.mkdir()
    lazy = PAGE.replace(
        '<img src="a.jpg">', '<img loading="lazy" src="data:image/gif;base64,R0lGODlh" srcset="a.jpg 400w">'
    )
    (site / "a.html").write_text(lazy.replace("<head>", '<head><meta charset="utf-8">'), encoding="utf-8")
    (site / "a.jpg").write_bytes(jpeg(400, 300))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        save_with_single_file(str(chromium()), f"http://127.0.0.1:{server.server_port}/a.html", tmp_path / "saved.html")
        server.shutdown()

    report = build(Options((tmp_path / "saved.html",), output=tmp_path / "a.epub", network=Network(offline=True)))

    (entry,) = scan([tmp_path / "saved.html"]).entries
    assert (entry.title, entry.link, entry.author) == ("A title", "https://site.example/a", "A. Writer")
    assert entry.archived is not None
    assert abs(entry.archived - datetime.now(tz=UTC)) < timedelta(hours=1)
    assert [picture.status for picture in report.pictures] == ["embedded"]
    text = "".join(OpenBook.read(tmp_path / "a.epub").tree(report.articles[0].chapter or "").itertext())
    assert all(sentence in text for sentence in SENTENCES)
    assert "Imprint" not in text
    assert_clean(tmp_path / "a.epub")
