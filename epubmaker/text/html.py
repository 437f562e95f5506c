"""What more than one stage must know of HTML: names of elements, and frames. HTML Standard, sections 4.3 and 16.2."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

__all__ = ["FRAMES", "HEADINGS", "decoded", "names", "with_breaks", "without_cdata"]

# A character reference, however often its ampersand was escaped: "&#8217;", "&amp;amp;#8217;".
_REFERENCE = re.compile(
    r"&(?:(?:amp|#0{0,5}38|#x0{0,5}26);)*(#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE
)
_WORD_BREAK = re.compile(r"(?<=[^\s<>])<wbr\b[^<>]*>(?:</wbr>)?(?=[^\s<>])", re.IGNORECASE)  # within a text
_MOST_ROUNDS = 4  # of escaping that is not of the ampersand alone
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL | re.IGNORECASE)
_ESCAPED_CDATA = re.compile(r"\s*&lt;!\[CDATA\[", re.IGNORECASE)
_CDATA_ENDS = ("]]>", "]]&gt;")


def names(text: str) -> frozenset[str]:
    """Return the names that a text lists."""
    return frozenset(text.split())


HEADINGS = names("h1 h2 h3 h4 h5 h6")

FRAMES = re.compile(r"</?(?:frameset|frame|noframes)\b[^>]*>", re.IGNORECASE)
"""The tags of a page of frames, which has no body: only what `noframes` holds can be read."""


def decoded(text: str) -> str:
    """Return a text with its character references replaced, those too that were escaped more than once.

    What is escaped again is decoded as long as it is a known reference with its semicolon.
    """
    if "&" not in text:
        return text
    text = unescape(text)
    for _ in range(_MOST_ROUNDS):
        if "&" not in text:
            break
        again = _REFERENCE.sub(_known, text)
        if again == text:
            break
        text = again
    return text


def _known(reference: re.Match[str]) -> str:
    """Return what a reference stands for; one that HTML does not know stays, though its beginning may be one."""
    name = f"{reference[1]};"
    return unescape(f"&{name}") if name[0] == "#" or name in html5 else f"&{name}"


def with_breaks(markup: str) -> str:
    """Return markup with zero-width spaces in place of the `wbr` elements within words: `characters` knows which stay."""
    return _WORD_BREAK.sub("\u200b", markup) if "<wbr" in markup or "<WBR" in markup else markup


def without_cdata(markup: str) -> str:
    """Return markup without the marks of CDATA sections, which HTML does not have; what they hold is markup."""
    if "<![" in markup:
        markup = _CDATA.sub(r"\1", markup)
    if escaped := _ESCAPED_CDATA.match(markup[:100]):
        markup = markup[escaped.end() :]
    elif not markup[-20:].rstrip().endswith(_CDATA_ENDS) or "&lt;![CDATA[" in markup:
        return markup
    end = markup.rstrip()
    for mark in _CDATA_ENDS:
        end = end.removesuffix(mark)
    return end
