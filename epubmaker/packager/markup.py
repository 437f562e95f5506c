"""What stands around the XHTML documents that the packager itself writes."""

from __future__ import annotations

from functools import lru_cache

from epubmaker.text.direction import body_class, direction
from epubmaker.text.xhtml import attribute, text

__all__ = ["PageFrame", "language_attributes"]


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
