"""A page as a browser's parser reads it, in time and memory that grow linearly with its length."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from epubmaker.text.bounds import bounded, shortened

__all__ = ["LONG_DATA", "document_of"]

LONG_DATA = re.compile(r"data:[\w.+-]{1,40}/[\w.+;=-]{1,80},[A-Za-z0-9+/=%._~-]{500,}")

# Up to here what is quadratic in tree construction (see `bounds`) takes tenths of a second at worst, and a look at each tag
# would take as long as all the rest.
_FEW_TAGS = 15_000
_FEW_REOPENED = 600_000  # elements that formatting may add
_FORMATTING = re.compile(r"<(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/>]", re.IGNORECASE)
_HUGE = 5_000_000  # characters
_SCRIPT = re.compile(r"<(script|style|SCRIPT|STYLE)\b(?![^<>]{0,200}json)[^<>]{0,2000}>")
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000}")


def document_of(html: str) -> LexborHTMLParser:
    """Return the tree of a page; of a page beyond the bounds of an article, what is within them."""
    if not _is_modest(html):
        html = bounded(shortened(_without_scripts(html) if len(html) > _HUGE else html))
    return LexborHTMLParser(html.encode("utf-8", "replace"))


def _without_scripts(html: str) -> str:
    """Return a page without scripts and styles, so that what is cut off at the bounds of an article is text."""
    kept: list[str] = []
    position = 0
    while (start := _SCRIPT.search(html, position)) is not None:
        end = html.find(f"</{start[1]}", start.end())
        if end < 0:
            break
        kept.append(html[position : start.start()])
        position = end
    return "".join((*kept, html[position:]))


def _is_modest(html: str) -> bool:
    tags = html.count("<")
    if tags > _FEW_TAGS or tags * sum(1 for _ in _FORMATTING.finditer(html)) > _FEW_REOPENED:
        return False
    return _LONG_TAG.search(html) is None
