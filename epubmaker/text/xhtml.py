"""Strings as XML: character data and attribute values (XML 1.0, sections 2.3 and 2.4)."""

from __future__ import annotations

from epubmaker.text.characters import plain

__all__ = ["attribute", "between_quotes", "escaped", "text"]


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
