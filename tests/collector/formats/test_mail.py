"""Mail: newsletters in files of their own, and mailboxes."""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from cleanbooks import AssertClean
from openbook import OpenBook
from pictures import jpeg
from webpages import SENTENCES

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.model.articles import Article, Entry
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

# What programs for newsletters write: tables within tables, a hidden line in front, a pixel that counts readers.
NEWSLETTER = f"""<!DOCTYPE html><html lang="en-GB"><head><style>.x {{ color: red }}</style></head><body>
<div style="display:none;max-height:0">What the list of messages shows</div>
<table role="presentation" width="100%" border="0" cellpadding="0"><tr><td align="center">
<table width="600" border="0" cellpadding="0" cellspacing="0">
<tr><td>Is the message hard to read? <a href="https://news.e.org/lights">View this email in your browser</a></td></tr>
<tr><td><h1>The lights</h1><p>{SENTENCES[0]}</p></td></tr>
<tr><td><table border="0" cellpadding="0"><tr><td width="50%"><img src="cid:one@e.org" width="280" height="200"></td>
<td>{SENTENCES[1]}</td></tr><tr><td>{SENTENCES[2]}</td><td>Right</td></tr></table></td></tr>
<tr><td><table><tr><td>Ship</td><td>Hour</td></tr><tr><td>Anna</td><td>6</td></tr></table></td></tr>
<tr><td><p>{SENTENCES[3]}</p><p>You receive this as a reader. <a href="https://news.e.org/u?a=1">Unsubscribe</a></p></td></tr>
</table></td></tr></table><img src="https://count.e.org/open.gif" width="1" height="1"></body></html>"""
DATE = datetime(2022, 1, 13, 8, 30, tzinfo=UTC)


def message(html: str = "", **headers: str) -> EmailMessage:
    """Return a message with a plain text, and with `html` where it is given."""
    made = EmailMessage()
    for name, value in {
        "From": "Harbor Letter <letter@news.e.org>",
        "To": "reader@e.org",
        "Subject": "The lights — 灯",
        "Date": "Thu, 13 Jan 2022 09:30:00 +0100",
        "Message-ID": "<1@news.e.org>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():
        made[name] = value
    made.set_content("A plain text.\n\nIts second paragraph.\n")
    if html:
        made.add_alternative(html, subtype="html")
    return made


def one(folder: Path, data: bytes, name: str = "a.eml") -> tuple[Entry, Article]:
    (folder / name).write_bytes(data)
    found = scan([folder])
    assert found.issues == ()
    (entry,) = found.entries
    return entry, parse(entry)


def test_a_newsletter_gives_its_text_with_what_its_headers_say(tmp_path: Path) -> None:
    entry, article = one(tmp_path, message(NEWSLETTER).as_bytes())

    assert (entry.format, entry.title, entry.source, entry.author, entry.published, entry.link, entry.label) == (
        "mail",
        "The lights — 灯",
        "Harbor Letter",
        "",
        DATE,
        "https://news.e.org/lights",
        (tmp_path / "a.eml").as_posix(),
    )
    assert article.issues == ()
    assert 'lang="en-GB"' in article.html
    assert "plain text" not in article.html


def test_a_newsletter_is_readable_and_has_its_pictures(tmp_path: Path, assert_clean: AssertClean) -> None:
    made = message(NEWSLETTER)
    html = made.get_payload()[1]  # type: ignore[index]
    html.add_related(jpeg(560, 400), "image", "jpeg", cid="<one@e.org>")  # type: ignore[union-attr]
    html.add_related(jpeg(560, 400, seed=2), "image", "jpeg", cid="<two@e.org>")  # type: ignore[union-attr]
    made.add_attachment(jpeg(300, 300, seed=3), "image", "jpeg", filename="a.jpg")
    (tmp_path / "a.eml").write_bytes(made.as_bytes())

    report = build(Options((tmp_path,), output=tmp_path / "a.epub", network=Network(offline=True)))

    book = OpenBook.read(tmp_path / "a.epub")
    text = book.files[f"EPUB/{book.chapters[0]}"].decode()
    assert [record.status for record in report.pictures if record.status != "skipped"] == ["embedded"]
    assert text.count("<table") == 1  # of ships and hours
    assert all(f"<p>{sentence}</p>" in text for sentence in SENTENCES[:4])
    assert not any(words in text for words in ("in your browser", "hard to read", "list of messages", "Unsubscribe"))
    assert_clean(tmp_path / "a.epub")


@pytest.mark.parametrize(
    ("headers", "source", "author"),
    [
        ({"From": "letter@news.e.org"}, "news.e.org", ""),
        ({"From": '"Ida Moll from Harbor Letter" <i@e.org>'}, "Harbor Letter", "Ida Moll"),
        ({"From": "=?gb2312?B?uNu/2g==?= <i@e.org>"}, "港口", ""),
        ({"From": "Ida Moll <i@e.org>", "List_ID": '"Harbor list" <harbor.e.org>'}, "Harbor list", "Ida Moll"),
    ],
)
def test_the_sender_is_the_source(tmp_path: Path, headers: dict[str, str], source: str, author: str) -> None:
    data = message().as_string().replace("From: Harbor Letter <letter@news.e.org>", f"From: {headers['From']}")
    listed = f"List-ID: {headers['List_ID']}\n" if "List_ID" in headers else ""

    entry, _ = one(tmp_path, f"{listed}{data}".encode())

    assert (entry.source, entry.author) == (source, author)


@pytest.mark.parametrize(
    ("archived_at", "shown_at", "link"),
    [
        ("<https://lists.e.org/1>", "https://news.e.org/lights", "https://lists.e.org/1"),
        ("", "https://click.counter.example/lights", None),
        ("", "https://click.e.org/aGVsbG8gcmVhZGVyIG51bWJlciBvbmUgb2YgYWxs", None),
        ("<mailto:a@e.org>", "mailto:a@e.org", None),
    ],
)
def test_only_an_address_that_is_certain_is_the_link(
    tmp_path: Path, archived_at: str, shown_at: str, link: str | None
) -> None:
    made = message(NEWSLETTER.replace("https://news.e.org/lights", shown_at))
    if archived_at:
        made["Archived-At"] = archived_at

    assert one(tmp_path, made.as_bytes())[0].link == link


def test_a_plain_text_becomes_paragraphs(tmp_path: Path) -> None:
    made = message()
    made.set_content("A line that goes \non here.\n\nAnother <paragraph>.\n", params={"format": "flowed"})

    _, article = one(tmp_path, made.as_bytes())

    assert article.html.split("\n\n") == ["A line that goes on here.", "Another &lt;paragraph&gt;.\n"]


def test_a_charset_that_is_wrong_does_no_harm(tmp_path: Path) -> None:
    made = message("<p>PLACE</p>").as_string().replace("PLACE", "é “quoted”")

    _, article = one(tmp_path, made.replace('charset="utf-8"', 'charset="iso-8859-1"').encode())

    assert "é “quoted”" in article.html


def test_japanese_mail_is_read_in_its_own_encoding(tmp_path: Path) -> None:
    made = EmailMessage()
    made["From"], made["Date"], made["Subject"] = "a@e.org", "Thu, 13 Jan 2022 09:30:00 +0900", "x"
    made.set_content("港の灯り", charset="iso-2022-jp")

    assert "港の灯り" in one(tmp_path, made.as_bytes())[1].html


def test_a_forwarded_message_counts_where_there_is_no_other_text(tmp_path: Path) -> None:
    outer = EmailMessage()
    outer["From"], outer["Date"], outer["Subject"] = "a@e.org", "Thu, 13 Jan 2022 09:30:00 +0900", "Look"
    outer.add_attachment(message("<p>Within</p>"))

    entry, article = one(tmp_path, outer.as_bytes())

    assert entry.title == "Look"
    assert "Within" in article.html


def test_each_message_of_a_mailbox_is_an_article_with_its_own_pictures(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "a.mbox")
    for number in range(3):
        made = message(Message_ID=f"<{number}@e.org>", Subject=f"Letter {number}")
        made.set_content(f"<p>{SENTENCES[number]}</p><p>From here on</p><img src='cid:p'>", subtype="html")
        made.add_related(jpeg(300 + number, 300), "image", "jpeg", cid="<p>")
        box.add(made)
    box.flush()
    box.close()

    build(Options((tmp_path / "a.mbox",), output=tmp_path / "a.epub", network=Network(offline=True)))

    book = OpenBook.read(tmp_path / "a.epub")
    texts = [book.files[f"EPUB/{name}"].decode() for name in book.chapters]
    assert [f'width="{300 + number}"' in text for number, text in enumerate(texts)] == [True] * 3
    assert all("<p>From here on</p>" in text for text in texts)


def test_what_only_looks_like_mail_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("From: here\nto there\n\nA text.\n", encoding="utf-8")
    (tmp_path / "b.txt").write_text("From the pier one sees the light.\n\nA text.\n", encoding="utf-8")

    assert [entry.format for entry in scan([tmp_path]).entries] == ["archive", "archive"]


def test_mail_is_told_by_its_headers_whatever_its_ending(tmp_path: Path) -> None:
    entry, _ = one(tmp_path, message(NEWSLETTER).as_bytes(), "a.txt")

    assert entry.format == "mail"


def many() -> bytes:
    return b"From: a@e.org\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000


def deep() -> bytes:
    levels = "".join(f"Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n" for level in range(1000))
    return f"From: a@e.org\nDate: x\n{levels}".encode()


def encrypted() -> bytes:
    return b"From: a@e.org\nDate: x\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nAAAA\n"


@pytest.mark.parametrize("make", [many, deep, encrypted])
def test_a_hostile_message_is_an_issue(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "a.eml").write_bytes(make())

    found = scan([tmp_path])

    assert found.entries == ()
    assert [issue.code for issue in found.issues] == ["article-unreadable"]


def tables() -> bytes:
    return message("<table><tr><td>" * 4000 + "Text" + "</table>" * 4000).as_bytes()


def lines_like_boundaries() -> bytes:
    return b"From: a@e.org\nDate: x\nContent-Type: multipart/mixed; boundary=-\n\n" + b"---x\n" * 1_000_000


def parameters() -> bytes:
    kind = b'Content-Type: text/plain; a="' + b";" * 60_000
    return (
        b"From: a@e.org\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n"
        + (b"--b\n" + kind + b"\n\nText\n") * 100
    )


@pytest.mark.parametrize("make", [tables, lines_like_boundaries, parameters])
def test_a_tangled_message_takes_no_time(tmp_path: Path, make: Callable[[], bytes]) -> None:
    (tmp_path / "a.eml").write_bytes(make())

    assert len(scan([tmp_path]).entries) == 1


def test_a_message_that_is_damaged_anywhere_is_read_or_is_an_issue(tmp_path: Path) -> None:
    whole = message(NEWSLETTER).as_bytes()
    forms = [whole[:length] for length in range(1, len(whole), 89)]
    forms += [whole[:at] + b"\0\xff=?utf-8?q?\x80?=\r\n\r\n" + whole[at:] for at in range(0, len(whole), 89)]
    for number, data in enumerate(forms):
        (tmp_path / f"{number}.eml").write_bytes(data)

    found = scan([tmp_path])

    assert len(found.entries) + len(found.issues) + sum(found.not_read.values()) == len(forms)
    for entry in found.entries:
        parse(entry)
