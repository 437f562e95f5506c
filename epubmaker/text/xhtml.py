"""Strings as XML: character data and attribute values (XML 1.0, sections 2.3 and 2.4), and the attributes of a language."""

from __future__ import annotations

from functools import lru_cache

from epubmaker.text.characters import plain
from epubmaker.text.direction import direction
from epubmaker.text.linebreaks import phrases

__all__ = ["attribute", "between_quotes", "escaped", "heading", "language_attributes", "text"]


def text(value: str) -> str:
    """Return a string as character data: on one line, clean, escaped."""
    return escaped(plain(value))


def heading(name: str, title: str, language: str, attributes: str = "") -> str:
    """Return a title as an element `name` with the attributes, each after a space.

    Where the language (BCP 47) has no spaces between words, `wbr` elements stand between its phrases, and the class is
    "phrases", for which a stylesheet may forbid other line ends.
    """
    title = plain(title)
    parts = phrases(title, language) or (title,)
    marked = "".join(f"{escaped(part)}{'' if part[-1].isspace() else '<wbr/>'}" for part in parts[:-1])
    classes = ' class="phrases"' if "<wbr/>" in marked else ""
    return f"<{name}{attributes}{classes}>{marked}{escaped(parts[-1])}</{name}>"


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
