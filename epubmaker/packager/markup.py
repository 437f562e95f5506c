"""Small helpers for the XHTML documents that the packager itself writes."""

from __future__ import annotations

import re
from functools import lru_cache

from epubmaker.direction import body_class, direction

__all__ = ["PageFrame", "attribute", "language_attributes", "plain", "text"]

# What XML 1.0 forbids (section 2.2), and the C1 controls that it merely advises against.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")


# Soft hyphens, zero-width spaces and byte order marks, which older readers (ADE) show as boxes.
_DEBRIS = re.compile("[\xad\u200b\u2060\ufeff]+")


def plain(value: str) -> str:
    """Return a string on one line, without what XML forbids and what older fonts cannot show; not escaped."""
    if not value.isprintable() or "\u2011" in value:  # no printable character is among those
        value = _DEBRIS.sub("", _FORBIDDEN.sub("", value)).replace("\u2011", "-")
    return " ".join(value.split())


def text(value: str) -> str:
    """Return a string as XML character data: one line, escaped, without the characters that XML forbids."""
    return _escaped(plain(value))


def attribute(value: str) -> str:
    """Return a string as a quoted XML attribute value; cleaned as by `text`."""
    found = _escaped(plain(value))
    if '"' not in found:
        return f'"{found}"'
    return f"'{found}'" if "'" not in found else '"' + found.replace('"', "&quot;") + '"'


def _escaped(value: str) -> str:
    # As `xml.sax.saxutils` does it; to import that takes 20 ms, an HTTP client among them.
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@lru_cache(maxsize=512)  # a long list asks for each of its lines
def language_attributes(language: str, around: str | None = None) -> str:
    """Return the attributes that mark an element's language (BCP 47) and direction, with a space before each.

    Nothing where the language `around` the element is the same.
    """
    if language == around:
        return ""
    found = direction(language)
    change = found == "rtl" if around is None else found != direction(around)
    tag = attribute(language)
    return f" lang={tag} xml:lang={tag}" + (f' dir="{found}"' if change else "")


class PageFrame:
    """What stands around the body of each page in one language."""

    __slots__ = ("_language", "_stylesheet")

    def __init__(self, language: str, stylesheet: str) -> None:
        """Take the book's language (BCP 47) and the stylesheet's name."""
        self._language = language
        self._stylesheet = stylesheet

    def open(self, title: str, *, body: str = "") -> str:
        """Return all of an XHTML document up to its body's first child; `body` holds more attributes of the body."""
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
            f"{language_attributes(self._language)}>\n"
            f"<head><title>{text(title)}</title>"
            f'<link rel="stylesheet" type="text/css" href={attribute(self._stylesheet)}/></head>\n'
            f'<body class="{body_class(self._language)}"{body}>\n'
        )

    @staticmethod
    def close() -> str:
        """Return the end of the document."""
        return "</body>\n</html>\n"
