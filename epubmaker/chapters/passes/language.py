"""Find out which language an article is in, from the start of its text and from what it declares."""

from __future__ import annotations

from bs4.element import NavigableString, Tag

from epubmaker.chapters.language import detect
from epubmaker.chapters.passes import PassContext

__all__ = ["detect_language"]

_SAMPLE = 6000  # characters that are looked at


def detect_language(root: Tag, context: PassContext) -> None:
    """Set the context's language."""
    found: list[str] = []
    length = 0
    node = root.next_element
    while node is not None and length <= _SAMPLE:
        if isinstance(node, NavigableString):
            found.append(node)
            length += len(node)
        node = node.next_element
    context.language = detect(" ".join(found), context.declared)
