"""Web archives."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import brotli
import pytest
from cleanbooks import AssertClean
from pictures import jpeg
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter
from webpages import PAGE, SENTENCES

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

# The writer of warcio leaves its temporary files to be closed by the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")

SITE = "https://site.example/"
DATE = "2022-01-15T10:11:12Z"


class Crawl:
    """A web archive in the making."""

    def __init__(self, *, packed: bool = True) -> None:
        self._file = io.BytesIO()
        self._writer = WARCWriter(self._file, gzip=packed, warc_version="1.1")

    def response(
        self, address: str, data: bytes, kind: str = "text/html", status: str = "200 OK", **more: str
    ) -> Crawl:
        given = [("Content-Type", kind), *((name.replace("_", "-"), value) for name, value in more.items())]
        return self.record(address, "response", data, StatusAndHeaders(status, given, protocol="HTTP/1.1"))

    def record(self, address: str, kind: str, data: bytes, http: Any = None, **headers: str) -> Crawl:
        given = {"WARC-Date": DATE, **{name.replace("_", "-"): value for name, value in headers.items()}}
        self._writer.write_record(
            self._writer.create_warc_record(
                address, kind, payload=io.BytesIO(data), http_headers=http, warc_headers_dict=given
            )
        )
        return self

    @property
    def data(self) -> bytes:
        return self._file.getvalue()


def page(title: str = "A title", end: str = "") -> bytes:
    return (
        PAGE.replace("A title", title)
        .replace('/a">', f'/{title[-1]}">')
        .replace("A caption", f"A caption{end}")
        .encode()
    )


def crawl(*, packed: bool = True) -> Crawl:
    frame = b"<!doctype html><html><body><p>An advertisement</p></body></html>"
    found = (
        Crawl(packed=packed).response(f"{SITE}frame.html", frame).response(f"{SITE}gone", page("No"), status="404 No")
    )
    found.response(f"{SITE}1", page("Title 1", " é"), "text/html; charset=utf-8")
    found.response(f"{SITE}2", gzip.compress(page("Title 2")), Content_Encoding="gzip")
    found.response(f"{SITE}3", brotli.compress(page("Title 3")), Content_Encoding="br")
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(page("Title 4")), page("Title 4"))
    return found.response(f"{SITE}4", chunked, Transfer_Encoding="chunked")


@pytest.mark.parametrize("packed", [True, False])
def test_the_pages_of_a_crawl_are_articles(tmp_path: Path, *, packed: bool) -> None:
    (tmp_path / ("a.warc.gz" if packed else "a.warc")).write_bytes(crawl(packed=packed).data)

    found = scan([tmp_path])

    assert found.issues == ()
    assert [(entry.format, entry.title, entry.link, entry.member) for entry in found.entries] == [
        ("warc", f"Title {number}", f"{SITE}{number}", f"{SITE}{number}") for number in (1, 2, 3, 4)
    ]
    assert {entry.archived for entry in found.entries} == {datetime(2022, 1, 15, 10, 11, 12, tzinfo=UTC)}
    articles = [parse(entry) for entry in reversed(found.entries)]
    assert all(sentence in article.html for article in articles for sentence in SENTENCES)
    assert "A caption é" in articles[-1].html
    assert [article.origin.sha256 if article.origin else None for article in articles] == [
        entry.sha256 for entry in reversed(found.entries)
    ]


def test_pictures_come_from_the_archive_itself(tmp_path: Path, assert_clean: AssertClean) -> None:
    html = page("Title 1").replace(
        b'<img src="a.jpg">', b'<img src="a.jpg"><p>And</p><img src="http://other.example/b.jpg">'
    )
    made = Crawl().response(f"{SITE}1", html).response(f"{SITE}a.jpg", jpeg(400, 300), "image/jpeg")
    made.record("http://other.example/b.jpg", "revisit", b"", WARC_Refers_To_Target_URI="https://other.example/c.jpg")
    made.record("https://other.example/c.jpg", "resource", jpeg(410, 300), Content_Type="image/jpeg")
    (tmp_path / "a.warc.gz").write_bytes(made.data)

    report = build(Options((tmp_path,), output=tmp_path / "a.epub", network=Network(offline=True)))

    assert [record.status for record in report.pictures] == ["embedded", "embedded"]
    assert_clean(tmp_path / "a.epub")


def test_of_two_copies_of_a_page_the_last_counts(tmp_path: Path) -> None:
    made = Crawl().response(f"{SITE}1", page("Title 1", " old")).response(f"{SITE}1", page("Title 1", " new"))
    (tmp_path / "a.warc.gz").write_bytes(made.data)

    (entry,) = scan([tmp_path]).entries

    assert "A caption new" in parse(entry).html


def test_the_archive_in_a_wacz_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as packed:
        packed.writestr("archive/data.warc.gz", crawl().data)
        packed.writestr("pages/pages.jsonl", '{"format": "json-pages-1.0"}\n')

    entries = scan([tmp_path / "a.wacz"]).entries

    assert [entry.title for entry in entries] == [f"Title {number}" for number in (1, 2, 3, 4)]
    assert all(SENTENCES[0] in parse(entry).html for entry in entries)


LISTED = f"""\
{{"format": "json-pages-1.0", "id": "pages", "title": "All Pages", "hasText": false}}
{{"id": "1", "url": "{SITE}1", "ts": "2022-01-16T01:02:03.456Z", "title": "Title 1 - The browser's tab"}}
{{"id": "2", "url": "{SITE}short", "ts": 1642027143000, "title": "A short page"}}
{{"id": "3", "url": "{SITE}gone", "title": null}}
{{"id": "4", "url": "javascript:alert(1)"}}
{{"id": "5", "url": ["{SITE}2"], "title": 1{"0" * 5000}}}
{"[" * 100_000}"url"
no "url"
"""


def test_the_pages_of_a_wacz_are_those_that_its_lists_name(tmp_path: Path) -> None:
    short = b"<!doctype html><html><body><p>One line of text, which is all that the page has.</p></body></html>"
    made = crawl().response(f"{SITE}short", short).response(f"{SITE}gone", b"", status="301 Moved", Location="/3")
    extra = f'{{"url": "{SITE}4", "title": "Title 4"}}'
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as packed:
        packed.writestr("archive/data.warc.gz", made.data)
        packed.writestr("archive/more.warc.gz", Crawl().response(f"{SITE}a.jpg", jpeg(), "image/jpeg").data)
        packed.writestr("pages/pages.jsonl", LISTED)
        packed.writestr("pages/extraPages.jsonl", extra)

    found = scan([tmp_path])

    assert found.issues == ()
    assert [(entry.title, entry.archived and entry.archived.isoformat()) for entry in found.entries] == [
        ("Title 1", "2022-01-16T01:02:03.456000+00:00"),
        ("Title 3", "2022-01-15T10:11:12+00:00"),
        ("Title 4", "2022-01-15T10:11:12+00:00"),
        ("A short page", "2022-01-12T22:39:03+00:00"),
    ]
    assert "One line of text" in parse(found.entries[-1]).html
    assert found.not_read == {".gz (no page with a text in it)": 1}


@pytest.mark.parametrize("missing", ["warcio", "brotli"])
def test_without_the_extra_one_line_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    (tmp_path / "a.warc").write_bytes(crawl(packed=False).data)
    monkeypatch.setitem(sys.modules, missing, None)

    (issue,) = scan([tmp_path]).issues

    assert issue.message == "a web archive needs the extra: pip install 'epubmaker[warc]'"


def test_what_is_before_a_damage_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(crawl().data[:-400])

    entries = scan([tmp_path]).entries

    assert [entry.title for entry in entries][:3] == ["Title 1", "Title 2", "Title 3"]
    assert "article-cut-file" in {issue.code for entry in entries for issue in entry.issues}


def long_headers() -> bytes:
    return gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nX: " + b"a" * 50_000_000)


def many_headers() -> bytes:
    return gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\n" + b"X: a\r\n" * 5_000_000)


def bomb() -> bytes:
    data = gzip.compress(b"<p>" + b"a" * 40_000_000)
    return Crawl().response(f"{SITE}1", data, Content_Encoding="gzip").data


def in_one_piece() -> bytes:
    return gzip.compress(crawl(packed=False).data)  # records cannot be read one by one


def wrong_length() -> bytes:
    return crawl(packed=False).data.replace(b"Content-Length: ", b"Content-Length: -9")


@pytest.mark.parametrize(
    "make",
    [
        long_headers,
        pytest.param(many_headers, marks=pytest.mark.slow),
        bomb,
        in_one_piece,
        wrong_length,
        lambda: b"WARC/1.0\r\n",
        lambda: b"WARC/1.0" * 99,
    ],
)
def test_a_hostile_archive_is_an_issue(
    tmp_path: Path, make: Callable[[], bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.warc").write_bytes(make())

    found = scan([tmp_path])

    assert found.entries == ()
    assert [issue.code for issue in found.issues] == ["article-unreadable"]
    assert capsys.readouterr() == ("", "")
