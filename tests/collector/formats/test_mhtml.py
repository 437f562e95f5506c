"""Pages saved as MHTML."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from browsersave import save_as_mhtml
from cleanbooks import AssertClean
from openbook import OpenBook
from pictures import jpeg
from readingsystems import chromium
from webpages import PAGE, SENTENCES

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

PLACE = "https://site.example/news/a.html"
DATE = "Sat, 15 Jan 2022 10:11:12 GMT"


def saved(page: str | bytes = PAGE, charset: str = "utf-8", pictures: dict[str, int] | None = None) -> bytes:
    """Return a page as browsers save it; the pictures, by address or "cid:", are made from their numbers."""
    message = MIMEMultipart("related", type="text/html")
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = PLACE
    message["Subject"] = "The subject"
    message["Date"] = DATE
    root = MIMEText("", "html", charset)
    root.set_payload(page.encode(charset) if isinstance(page, str) else page)
    del root["Content-Transfer-Encoding"]
    root["Content-Transfer-Encoding"] = "8bit"
    root["Content-Location"] = PLACE
    message.attach(root)
    for address, seed in (pictures or {}).items():
        part = MIMEImage(jpeg(400, 300, seed=seed), "jpeg")
        if address.startswith("cid:"):
            part["Content-ID"] = f"<{address[4:]}>"
        else:
            part["Content-Location"] = address
        message.attach(part)
    data = message.as_bytes()
    return data.replace(b"\n", b"\r\n") if isinstance(page, str) and charset == "utf-8" and not pictures else data


def test_a_saved_page_gives_its_article_with_what_page_and_message_say(tmp_path: Path) -> None:
    (tmp_path / "a.mhtml").write_bytes(saved())

    (entry,) = scan([tmp_path]).entries
    article, whole = parse(entry), parse(entry, whole_page=True)

    assert (entry.format, entry.title, entry.link, entry.source, entry.author) == (
        "mhtml",
        "A title",
        "https://site.example/a",
        "The Site",
        "A. Writer",
    )
    assert entry.published == datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
    assert entry.archived == datetime(2022, 1, 15, 10, 11, 12, tzinfo=UTC)
    assert all(sentence in article.html for sentence in SENTENCES)
    assert "Imprint" not in article.html
    assert "Imprint" in whole.html


def test_the_message_has_the_address_and_the_title_that_the_page_lacks(tmp_path: Path) -> None:
    (tmp_path / "a.mht").write_bytes(
        saved(f"<html><body>{''.join(f'<p>{each}</p>' for each in SENTENCES)}</body></html>")
    )

    (entry,) = scan([tmp_path]).entries

    assert (entry.title, entry.link) == ("The subject", PLACE)


def test_pictures_come_from_the_file_by_their_id_and_their_address(tmp_path: Path, assert_clean: AssertClean) -> None:
    names = ["cid:one@e.org", "https://site.example/news/two.jpg", "../three.jpg?a=1&b=2", "https://other.example/4"]
    shown = "".join(
        f'<p>{text}</p><img src="{name.replace("&", "&amp;")}">' for text, name in zip(SENTENCES, names, strict=False)
    )
    page = PAGE.replace("".join(f"<p>{text}</p>" for text in SENTENCES[: len(names)]), shown).replace(
        '<img src="a.jpg">', '<img src="cid:no@e.org">'
    )
    held = dict(zip([names[0], "two.jpg", "https://site.example/three.jpg?a=1&b=2", names[3]], range(4), strict=True))
    (tmp_path / "a.mhtml").write_bytes(saved(page, pictures=held))

    report = build(Options((tmp_path,), output=tmp_path / "a.epub", network=Network(offline=True)))

    assert sorted(record.status for record in report.pictures) == [*["embedded"] * 4, "missing"]
    assert_clean(tmp_path / "a.epub")


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        ("é “quoted”".encode("cp1252"), "iso-8859-1"),
        ("é “quoted”".encode(), "iso-8859-1"),
        ("é “quoted”".encode(), "x-none"),
    ],
)
def test_a_charset_that_is_wrong_does_no_harm(tmp_path: Path, data: bytes, charset: str) -> None:
    text = saved(PAGE.replace("A caption", "CAPTION").encode().replace(b"CAPTION", data))
    (tmp_path / "a.mhtml").write_bytes(text.replace(b'charset="utf-8"', f'charset="{charset}"'.encode()))

    (entry,) = scan([tmp_path]).entries

    assert "é “quoted”" in parse(entry).html


def test_what_only_looks_like_a_message_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Note: a title\n\nContent-Location: nowhere\n\nA text.\n", encoding="utf-8")

    (entry,) = scan([tmp_path]).entries

    assert entry.format == "archive"


def nested(levels: int) -> bytes:
    """Return a message of parts within each other."""
    begin = "".join(
        f'Content-Type: multipart/mixed; boundary="b{level}"\r\n\r\n--b{level}\r\n' for level in range(levels)
    )
    return f"Snapshot-Content-Location: {PLACE}\r\n{begin}Content-Type: text/html\r\n\r\n{PAGE}".encode()


def many(count: int) -> bytes:
    head = f"Snapshot-Content-Location: {PLACE}\nContent-Type: multipart/related; boundary=b\n\n"
    return head.encode() + b"--b\nContent-Type: text/html\n\nx\n" * count


def without_page() -> bytes:
    message = EmailMessage()
    message["Snapshot-Content-Location"] = PLACE
    message.set_content("Text")
    return message.as_bytes()


@pytest.mark.parametrize("make", [lambda: nested(1000), lambda: many(100_000), without_page])
def test_a_hostile_message_is_an_issue(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "a.mhtml").write_bytes(make())

    found = scan([tmp_path])

    assert found.entries == ()
    assert [issue.code for issue in found.issues] == ["article-unreadable"]


def test_a_message_that_is_cut_or_damaged_anywhere_is_read_or_is_an_issue(tmp_path: Path) -> None:
    whole = saved(pictures={"cid:one": 1})
    start = whole[:4000]
    forms = [whole[:length] for length in range(60, len(start), 97)]
    forms += [start[:at] + b"\0\xff=?utf-8?b?\r\n\r\n" + start[at:] for at in range(60, len(start), 97)]
    for number, data in enumerate(forms):
        (tmp_path / f"{number}.mhtml").write_bytes(data)

    found = scan([tmp_path])

    assert len(found.entries) + len(found.issues) + sum(found.not_read.values()) == len(forms)
    for entry in found.entries:
        parse(entry)


@pytest.mark.slow
@pytest.mark.skipif(chromium() is None, reason="needs Chromium")
def test_what_chromium_saves_is_read_with_its_pictures(tmp_path: Path, assert_clean: AssertClean) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.html").write_text(PAGE.replace("<head>", '<head><meta charset="utf-8">'), encoding="utf-8")
    (site / "a.jpg").write_bytes(jpeg(400, 300))
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        data = save_as_mhtml(str(chromium()), f"http://127.0.0.1:{server.server_port}/a.html")
        server.shutdown()
    (tmp_path / "a.mhtml").write_bytes(data)

    build(Options((tmp_path / "a.mhtml",), output=tmp_path / "a.epub"))

    book = OpenBook.read(tmp_path / "a.epub")
    text = book.files[f"EPUB/{book.chapters[0]}"].decode()
    assert "A caption" in text
    assert "<img" in text
    assert_clean(tmp_path / "a.epub")
