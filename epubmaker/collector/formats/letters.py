"""Reads messages of mail. Imported for the first of them."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator, Mapping
from email.utils import parseaddr

from epubmaker.collector.formats.collection import Record, plain_html
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.collector.formats.kept import Kept
from epubmaker.collector.formats.layout import without_layout
from epubmaker.collector.formats.messages import Message, Part, parameter, text_in
from epubmaker.text.addresses import resolve, site
from epubmaker.text.characters import letters
from epubmaker.text.moments import parse_date

__all__ = ["picture", "records"]

# The line before each letter of a mailbox: RFC 4155. It stands on top or below an empty line, and above a header field.
_POSTMARK = re.compile(rb"(?:\A|(?<=\n)\r?\n)From [^\r\n]{1,300}\r?\n(?=>?[A-Za-z][A-Za-z0-9-]{0,60}:)")
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)
_BODY = re.compile(r"<body\b[^<>]{0,5000}>", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"""<(?:html|body)\b[^<>]{0,2000}?\slang\s*=\s*["']?([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3})\b""", re.IGNORECASE
)
_PERSON = re.compile(r"(.{2,60}?),? (?:from|at|of|via|@|·|\|) (?=\S)(.{2,80})")
_LIST = re.compile(r'"?([^"<>]{2,80}?)"?\s*<')
_ANCHOR = re.compile(
    r"""<a\b[^<>]{0,3000}?\shref\s*=\s*["']([^"'<>]{8,1500})["'][^<>]{0,3000}>([^<]{4,80})""", re.IGNORECASE
)
_IN_BROWSER = re.compile(
    r"(?:view|read|open|see)\b.{0,30}\b(?:browser|online|on the web)\b|\bim browser\b|"
    r"dans (?:le|votre) navigateur|浏览器|瀏覽器",
    re.IGNORECASE,
)
_OF_ONE_READER = re.compile(r"[A-Za-z0-9_=%+-]{30,}")  # what leads through a counter of readers, or names one
_ASKED = re.compile(
    r"(?<=>)[^<>]{0,100}(?:e-?mail|message|newsletter|nachricht|courriel|correo|邮件|郵件)[^<>]{0,60}\Z", re.IGNORECASE
)
# A space at the end of a line joins the next one to it, unless the line is a signature's "-- ": RFC 3676, section 4.
_SOFT_BREAK = re.compile(r"(?<!^--) \n(?!>| ?\n)", re.MULTILINE)
_MOST_KEPT = 4
_NEAR_TOP = 100_000  # characters

_SPANS: Kept[Mapping[str, tuple[int, int]]] = Kept(2)
_MESSAGES: Kept[Message] = Kept(_MOST_KEPT)


def records(item: Item) -> Iterator[Record]:
    """Yield the messages of a file. Raises UnreadableError."""
    data = item.read()
    for begin, end in _spans(data):
        yield _record(data[begin:end])


def picture(item: Item, member: str, address: str) -> bytes | None:
    """Return a picture of a message. Raises UnreadableError."""
    message = _MESSAGES.get((item.key, member), lambda: Message(_bytes_of(item, member.partition("\n")[0])))
    return message.picture(address)


def _bytes_of(item: Item, name: str) -> bytes:
    if not name:
        return item.read()
    begin, end = _SPANS.get(item.key, lambda: _by_name(item.read())).get(name, (0, 0))
    with item.open() as file:
        file.seek(begin)
        return file.read(end - begin)


def _by_name(data: bytes) -> Mapping[str, tuple[int, int]]:
    spans: dict[str, tuple[int, int]] = {}
    for begin, end in _spans(data):
        spans.setdefault(_name(data[begin:end]), (begin, end))
    return spans


def _spans(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the messages of a mailbox are (RFC 4155); of other files all."""
    if not data.startswith(b"From "):
        yield 0, len(data)
        return
    marks = [found.span() for found in _POSTMARK.finditer(data)]
    for (_, begin), (end, _) in zip(marks, [*marks[1:], (len(data), 0)], strict=True):
        yield begin, end


def _name(data: bytes) -> str:
    """Return what tells a message from others."""
    return text_in(Message.headers_of(data), "Message-ID")[:200] or hashlib.sha256(data).hexdigest()[:32]


def _record(data: bytes) -> Record:
    message = Message(_QUOTED.sub(b"", data))
    headers = message.headers
    shown, address = parseaddr(text_in(headers, "From"))
    domain = address.rpartition("@")[2].lower()
    text, language, damaged = _text(message)
    author, source, origin = _sender(shown, domain, text_in(headers, "List-ID"))
    archived_at = resolve(None, text_in(headers, "Archived-At").strip("<> "))
    shown_at = _in_browser(text)
    link = archived_at or _own(shown_at, domain)
    return Record(
        title=html.escape(text_in(headers, "Subject")),
        link=link,
        html=_without(text, shown_at) if shown_at else text,
        published=parse_date(text_in(headers, "Date")),
        source=html.escape(source),
        author=html.escape(author),
        id=_name(data),
        language=language or text_in(headers, "Content-Language").partition(",")[0],
        origins=(
            ("title", "Subject"),
            *([("link", "Archived-At" if archived_at else "link to view in browser")] if link else ()),
            ("published", "Date"),
            ("source", origin),
            *([("author", "From")] if author else ()),
        ),
        problems=(("article-encoding", f"{damaged} unreadable characters replaced"),) if damaged else (),
    )


def _sender(shown: str, domain: str, of_list: str) -> tuple[str, str, str]:
    """Return author and source, and where the source is named: "Ann Lee from The Post" has both."""
    both = _PERSON.fullmatch(shown)
    if both:
        return both[1], both[2], "From"
    named = _LIST.match(of_list)
    if named and letters(named[1]) and letters(named[1]) != letters(shown):
        return shown, named[1], "List-ID"
    return "", shown or domain, "From"


def _in_browser(text: str) -> re.Match[str] | None:
    """Return the link to view a message on the web."""
    links = _ANCHOR.finditer(text[:_NEAR_TOP])
    return next((found for found in links if _IN_BROWSER.search(html.unescape(found[2]))), None)


def _own(found: re.Match[str] | None, domain: str) -> str | None:
    """Return the address that a link leads to, where it is on the sender's site and is the same for all readers."""
    link = resolve(None, html.unescape(found[1])) if found else None
    name = ".".join(domain.split(".")[-2:])
    is_own = name and f".{site(link)}".endswith(f".{name}")
    return link if link and is_own and not _OF_ONE_READER.search(link.partition("//")[2]) else None


def _without(text: str, found: re.Match[str]) -> str:
    """Return a message without a link, and what asks whether one needs it."""
    before = text[: found.start()]
    asked = _ASKED.search(before, max(0, len(before) - 200))
    return f"{before[: asked.start()] if asked else before}{text[found.end() :]}"


# --- texts -----------------------------------------------------------------------------------------------------------


def _text(message: Message) -> tuple[str, str, int]:
    """Return a message's text as HTML, its language, "" for none, and how many characters could not be read."""
    for type_ in ("text/html", "text/plain"):
        parts = _shown(message, type_)
        texts = [message.text_of(part) for part in parts]
        if type_ == "text/html":
            text = without_layout("\n".join(_inner(each.text) for each in texts))
        else:
            text = plain_html("\n\n".join(_flowed(each.text, part) for part, each in zip(parts, texts, strict=True)))
        if letters(re.sub(r"<[^<>]*>", "", text)) or "<img" in text.lower():
            declared = next((found[1] for each in texts if (found := _LANGUAGE.search(each.text[:5000]))), "")
            return text, declared, sum(each.damaged for each in texts)
    if any(part.type in {"application/pkcs7-mime", "application/pgp-encrypted"} for part in message.parts):
        raise UnreadableError("article-unreadable", "an encrypted message: save it decrypted")
    return "", "", 0


def _shown(message: Message, type_: str) -> list[Part]:
    """Return the parts of a type that are shown; those of a message within only where there are no others."""
    found = [part for part in message.parts if part.type == type_ and not part.is_attached]
    own = [part for part in found if "message/rfc822" not in part.within] or found
    return [part for part in own if part.within == own[0].within]


def _inner(text: str) -> str:
    """Return what is in the body of a document."""
    start = _BODY.search(text)
    end = text.lower().rfind("</body")
    return text[start.end() if start else 0 : end if end > (start.end() if start else 0) else len(text)]


def _flowed(text: str, part: Part) -> str:
    """Return a plain text with its paragraphs in one line each, where the message says how (RFC 3676)."""
    text = text.replace("\r\n", "\n")
    if parameter(part.headers, "format").lower() != "flowed":
        return text
    return _SOFT_BREAK.sub("" if parameter(part.headers, "delsp").lower() == "yes" else " ", text)
