"""Web pages with their pictures in one file, as browsers save them (RFC 2557)."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from epubmaker.collector.formats.archive import clean_title
from epubmaker.collector.formats.format import Body, Format, Head, Item, UnreadableError
from epubmaker.collector.formats.kept import Kept
from epubmaker.collector.formats.mail import begins_with_field
from epubmaker.collector.formats.webpage import PAGE_TYPES, body_of_page, head_of_page
from epubmaker.text.addresses import resolve
from epubmaker.text.moments import parse_date

if TYPE_CHECKING:
    from epubmaker.collector.formats.encoding import Decoded
    from epubmaker.collector.formats.messages import Message, Part

__all__ = ["Mhtml"]

_SAVED = re.compile(rb"^(?:snapshot-content-location:|from:\s{0,9}\W{0,3}saved by\b)", re.MULTILINE)
_OF_MAIL = re.compile(rb"^(?:delivered-to|received|to|return-path):", re.MULTILINE)


class Mhtml(Format):
    """A page and its pictures as the parts of one message."""

    name = "mhtml"
    title = "MHTML: a page with its pictures in one file"
    suffixes = frozenset({".mht", ".mhtml"})
    max_bytes = 64_000_000
    holds_pictures = True

    def fits(self, name: str, start: bytes) -> bool:
        """By the headers that browsers write; where there are others, by what a page has and a letter has not."""
        del name
        if not begins_with_field(start):
            return False
        lower = start.lower().replace(b"\r\n", b"\n")
        headers = lower.partition(b"\n\n")[0]
        if b"\ncontent-type:" not in b"\n" + headers:
            return False
        if _SAVED.search(headers):
            return True
        return b"\ncontent-location:" in lower and not _OF_MAIL.search(headers)

    def heads(self, item: Item) -> tuple[Head]:
        """Return what the page says of its article; the message says its address, its title and when it was saved."""
        from epubmaker.collector.formats.messages import text_in  # noqa: PLC0415 - as in `_saved`

        saved = _saved(item)
        headers = saved.message.headers
        subject = clean_title(text_in(headers, "Subject")) or PurePath(item.name).stem
        head = head_of_page(
            saved.page.text, saved.page.text.encode("utf-8", "replace"), saved.link or item.link, subject
        )
        archived = parse_date(text_in(headers, "Date"))
        origins = (*head.origins, *([("archived", "Date")] if archived else ()))
        return (head._replace(archived=archived, origins=origins),)

    def body(self, item: Item, member: str) -> Body:
        """Return the main text; the whole page where the item asks for it."""
        del member
        saved = _saved(item)
        return body_of_page(saved.page, saved.link or item.link, whole_page=item.whole_page)

    def picture(self, item: Item, member: str, address: str) -> bytes | None:
        """Return a picture of the page by its Content-ID, or by the address that it had on the web."""
        del member
        return _saved(item).message.picture(address)


class _Saved:
    """A page as it was saved."""

    def __init__(self, message: Message, link: str | None, page: Decoded) -> None:
        self.message, self.link, self.page = message, link, page


_KEPT: Kept[_Saved] = Kept(1)


def _saved(item: Item) -> _Saved:
    return _KEPT.get(item.key, lambda: _read(item))


def _read(item: Item) -> _Saved:
    # Imported for the first message: archives of texts do without `email`.
    from epubmaker.collector.formats.messages import Message, text_in  # noqa: PLC0415

    message = Message(item.read())
    root = _root(message)
    if root is None:
        raise UnreadableError("article-unreadable", "no page in it")
    place = text_in(root.headers, "Content-Location")
    link = resolve(None, text_in(message.headers, "Snapshot-Content-Location")) or resolve(None, place)
    message.base = place or link or ""
    return _Saved(message, link, message.text_of(root))


def _root(message: Message) -> Part | None:
    """Return the part that the others belong to (RFC 2387, section 3.2): the one that is named, else the first page."""
    from epubmaker.collector.formats.messages import parameter  # noqa: PLC0415 - as in `_read`

    named = message.part_with_id(parameter(message.headers, "start"))
    if named is not None and named.type in PAGE_TYPES:
        return named
    return next((part for part in message.parts if part.type in PAGE_TYPES), None)
