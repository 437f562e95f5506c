"""Mail, such as newsletters: one message in a file, or a mailbox of many."""

from __future__ import annotations

import re
from collections.abc import Iterator

from epubmaker.collector.formats.collection import Collection, Record
from epubmaker.collector.formats.format import Body, Head, Item

__all__ = ["Mail", "begins_with_field"]

_FIELD = re.compile(rb"(?:\xef\xbb\xbf)?[A-Za-z][A-Za-z0-9-]{0,60}:")
_NO_FIELD = re.compile(rb"\n(?![A-Za-z][A-Za-z0-9-]{0,60}:|[ \t])")
_DELIVERED = re.compile(rb"(?:delivered-to|received|return-path):")
_OF_MAIL = (b"\nmessage-id:", b"\nmime-version:", b"\nreceived:", b"\nsubject:")
_MAILBOX = re.compile(rb"From \S[^\r\n]{0,200}\d{4}[^\r\n]{0,20}\r?\n(?:>?[A-Za-z][A-Za-z0-9-]{0,60}:)")


def begins_with_field(start: bytes) -> bool:
    """Tell whether the first bytes of a file are a header field of a message (RFC 5322), with a byte order mark or none."""
    return _FIELD.match(start) is not None


class Mail(Collection):
    """Messages of mail."""

    name = "mail"
    title = "mail: newsletters as .eml, mailboxes as .mbox"
    suffixes = frozenset({".eml", ".mbox"})
    holds_pictures = True
    no_records = "a mailbox without messages"

    def fits(self, name: str, start: bytes) -> bool:
        """By the headers in front."""
        if not begins_with_field(start):
            return _MAILBOX.match(start) is not None
        headers, _, text = start.lower().replace(b"\r\n", b"\n").partition(b"\n\n")
        if _NO_FIELD.search(headers, 0, len(headers) if text else headers.rfind(b"\n")):
            return False
        if name.lower().endswith(".eml") or _DELIVERED.match(headers):  # servers may write 8 KB above the rest
            return True
        headers = b"\n" + headers
        return b"\nfrom:" in headers and b"\ndate:" in headers and any(field in headers for field in _OF_MAIL)

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the messages."""
        from epubmaker.collector.formats.letters import records  # noqa: PLC0415 - archives of texts need no `email`

        return records(item)

    def heads(self, item: Item) -> Iterator[Head]:
        """Yield the heads of the messages."""
        for head in super().heads(item):
            yield head if _is_mailbox(item) else head._replace(member="")

    def body(self, item: Item, member: str) -> Body:
        """Return the text of a message."""
        return super().body(item, member or next(super().heads(item)).member)

    def picture(self, item: Item, member: str, address: str) -> bytes | None:
        """Return a picture that a message has as one of its parts, by its Content-ID or its address."""
        from epubmaker.collector.formats.letters import picture  # noqa: PLC0415 - as in `records`

        return picture(item, member, address)


def _is_mailbox(item: Item) -> bool:
    return item.start.startswith(b"From ")
