"""The text of an element that is written without its markup."""

from __future__ import annotations

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.xhtml.content import DROPPED

__all__ = ["visible_text"]


def visible_text(tag: Tag) -> str:
    """Return the text in an element, in order, without that of elements that a reader does not see."""
    found: list[str] = []
    stack: list[PageElement] = tag.contents[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, NavigableString):
            found.append(node)
        elif isinstance(node, Tag) and node.name not in DROPPED:
            stack.extend(reversed(node.contents))
    return "".join(found)
