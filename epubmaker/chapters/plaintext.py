"""Plain text becomes HTML: paragraphs and lines, and the lists that a text without markup can hold.

    text
    | hashtags               two or more at the end are a paragraph of their own, small
    | rules                  "======" is a break between paragraphs
    | where lines are left   blank lines part paragraphs; lines stay lines, unless they were wrapped at a width
    | where none is left     time stamps that increase are a list, and so are addresses with a label each

Nothing is taken away but white space and rules. Addresses become links when the chapter is written: see `serialize`.
"""

from __future__ import annotations

import re
from html import unescape

from epubmaker.chapters.xhtml.content import INLINES, names

__all__ = ["as_html"]

_TAG = re.compile(r"<(?:/?([a-zA-Z][^\s/<>]*)|[!?])[^<>]*>")
_INLINE = INLINES | names("big font img strike tt")
_DATE = r"<i>[^<>]*</i>\s*</div>"
_STARTS = re.compile(
    r"\s*(?P<document><html(?:\s[^<>]*)?>(?:<head>(?:<base\s[^<>]*>)?</head>)?<body>)?"
    rf"(?:<div(?:\s[^<>]*)?>\s*(?!{_DATE}))*(?:<div>\s*{_DATE})?",
    re.IGNORECASE,
)
_END = "</div>"
_DOCUMENT_END = "</body></html>"


def as_html(html: str) -> str:
    """Return an article's body as HTML: plain text as paragraphs and lists, anything else as it is.

    Plain text has no block elements and line breaks, but for `div`s around the whole; inline elements stay where there are
    blank lines to tell it from pretty-printed markup. Time is linear in the text.
    """
    if "<p>" in html:
        return html  # as most pages have
    start, end = _wrapped(html)
    body = html[start:end]
    tags: list[str] = []
    for tag in _TAG.finditer(body):
        if (tag[1] or "").lower() not in _INLINE:
            return html
        tags.append(tag[0])
    from epubmaker.chapters.plainblocks import BLANK_LINE, MARK, structured  # noqa: PLC0415 - 15 ms, which few pages need

    if not tags:
        return html[:start] + structured(unescape(body)) + html[end:]
    text = _TAG.sub(MARK, body.replace(MARK, ""))
    if not BLANK_LINE.search(text):
        return html
    kept = iter(tags)
    return html[:start] + re.sub(MARK, lambda _: next(kept), structured(unescape(text))) + html[end:]


def _wrapped(html: str) -> tuple[int, int]:
    """Return where the text begins and ends inside of a document and `div`s around it, and below a date on top."""
    found = _STARTS.match(html) if "<" in html else None
    start, end = found.end() if found else 0, len(html)
    if found and found["document"] and html.endswith(_DOCUMENT_END):
        end -= len(_DOCUMENT_END)
    stop = end
    while True:
        while stop > start and html[stop - 1].isspace():
            stop -= 1
        if stop - len(_END) < start or html[stop - len(_END) : stop].lower() != _END:
            return start, end
        stop = end = stop - len(_END)
