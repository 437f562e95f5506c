"""Strings as XML: character data and attribute values (XML 1.0, sections 2.3 and 2.4), and the attributes of a language."""

from __future__ import annotations

from functools import lru_cache

from epubmaker.text.characters import plain
from epubmaker.text.direction import direction

__all__ = ["attribute", "between_quotes", "escaped", "language_attributes", "text"]


def text(value: str) -> str:
    """Return a string as character data: on one line, clean, escaped."""
    return escaped(plain(value))


def attribute(value: str) -> str:
    """Return a string as an attribute's value, with its quotation marks: on one line, clean, escaped."""
    return f'"{between_quotes(value)}"'


def between_quotes(value: str) -> str:
    """Return a string as an attribute's value, without the quotation marks around it."""
    return escaped(plain(value)).replace('"', "&quot;")


def escaped(clean: str) -> str:
    """Return a clean text as character data, its white space as it is."""
    # Three checks take half of the time of `xml.sax.saxutils`, whose import takes another 20 ms.
    if "&" in clean:
        clean = clean.replace("&", "&amp;")
    if "<" in clean:
        clean = clean.replace("<", "&lt;")
    return clean.replace(">", "&gt;") if ">" in clean else clean


@lru_cache(maxsize=512)  # a long table of contents asks for every line
def language_attributes(language: str, around: str | None = None) -> str:
    """Return the attributes that state an element's language (BCP 47) and direction, each after a space.

    Returns "" when the language `around` the element is the same.
    """
    if language == around:
        return ""
    found = direction(language)
    turned = found == "rtl" if around is None else found != direction(around)
    tag = attribute(language)
    return f" lang={tag} xml:lang={tag}" + (f' dir="{found}"' if turned else "")
