"""Ruby annotations (HTML Standard, section 4.5.10), rebuilt as pairs of base and reading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.tree import visible_text
from epubmaker.chapters.xhtml.content import DROPPED
from epubmaker.text.characters import tidy
from epubmaker.text.xhtml import escaped

__all__ = ["ruby"]

_LONGEST = 200  # parts; a longer one is a text with an unclosed element
# Bases, then readings, with parentheses around each of them or around none: "b" is a base, "t" an `rt`, "p" an `rp`.
_SOUND = re.compile(r"(?:b+(?:t+|p(?:tp)+))+")


def ruby(tag: Tag) -> str | None:
    """Return a `ruby` element as markup; None where it is no sequence of bases and readings, so that only its text is kept.

    Emphasis and links in it are dropped; its characters stay in their order.
    """
    parts = []
    for part in _parts(tag):
        parts.append(part)
        if len(parts) > _LONGEST:
            return None
    if not _SOUND.fullmatch("".join(kind for kind, _ in parts)):
        return None
    inner = "".join(text if kind == "b" else f"<r{kind}>{text}</r{kind}>" for kind, text in parts)
    return f"<ruby>{inner}</ruby>"


def _parts(tag: Tag) -> Iterator[tuple[str, str]]:
    """Yield the kind and the text, as markup, of each part; white space between parts is dropped."""
    stack: list[PageElement] = tag.contents[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, NavigableString):
            text = escaped(tidy(node))
            if text and not text.isspace():
                yield "b", text
        elif isinstance(node, Tag):
            if node.name in {"rt", "rp"}:
                yield node.name[1], escaped(tidy(visible_text(node)).strip())
            elif node.name not in DROPPED:
                stack.extend(reversed(node.contents))
