"""What a body is by its first bytes, as far as it takes to tell a picture from an error page.

The names and headers that come with a picture lie too often to be asked. The patterns are those of the MIME Sniffing
Standard (https://mimesniff.spec.whatwg.org/), sections 6 and 7; what is neither known text nor a known document is left
to the picture decoder, which knows best.
"""

from __future__ import annotations

import re

__all__ = ["HEAD_SIZE", "not_a_picture"]

HEAD_SIZE = 4096
"""How many bytes from the start are worth looking at."""

# Comments are matched atomically: a page of nothing else must not cost more than one look at each.
_HTML = (
    rb"(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|meta"
    rb"|span|center|pre)[\s>]"
)
# The first pattern that matches the start of a text decides; None: it may be a picture.
_TEXTS: tuple[tuple[re.Pattern[bytes], str | None], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), verdict)
    for pattern, verdict in (
        (rb"P[1-6][\s#]|/\* XPM \*/|#define\s+\S+_width|%!PS", None),  # Netpbm, XPM, XBM, PostScript
        (rb"%PDF-", "PDF instead of a picture"),
        (_HTML, "HTML page instead of a picture"),
        (rb".*?<(?:\w+:)?svg[\s>]", None),
        (rb"<", "XML instead of a picture"),
        (rb"[{\[]", "JSON instead of a picture"),
        (rb".", "text instead of a picture"),
        (rb"", "blank answer"),
    )
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PICTURES = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"GIF8",
    b"RIFF",
    b"II*",
    b"MM\x00*",
)  # even when they are cut off right there
# Bytes that no text holds: MIME Sniffing Standard, "binary data byte".
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def not_a_picture(head: bytes) -> str | None:
    """Say what a body is that cannot be a picture, or None when it may be one.

    `head` are its first `HEAD_SIZE` bytes, or all of it when it is shorter.
    """
    if not head:
        return "empty answer"
    if head.startswith(_PICTURES):
        return None
    text = head if head.startswith(b"%PDF-") else _text(head)
    if text is None:
        return None
    return next(verdict for pattern, verdict in _TEXTS if pattern.match(text))


def _text(head: bytes) -> bytes | None:
    """Return the head without its byte order mark and leading white space, None when it is binary."""
    if head.startswith(_BYTE_ORDER_MARKS[1:]):  # UTF-16: halves of the code units are enough for the patterns
        return head[2:].replace(b"\x00", b"").lstrip()
    return None if _BINARY.search(head) else head.removeprefix(_BYTE_ORDER_MARKS[0]).lstrip()
