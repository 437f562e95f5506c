"""Captions that stand in the text as WordPress shortcodes: `[caption id="" width=""]<img> text[/caption]`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.tree import Edits, element
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS

__all__ = ["OPENING", "unfold_shortcodes"]

OPENING = "[caption"

_OPENING = re.compile(r"\[caption\b([^\]\[]{0,1000})\]\s*\Z")
_CLOSING = re.compile(r"\[/caption\]")
_ATTRIBUTE = re.compile(r"""\bcaption=["“”']([^"“”']*)["“”']""")
_MOST_NODES = 20  # between the picture and the end of the shortcode


def unfold_shortcodes(root: Tag, pictures: Iterable[Tag]) -> None:
    """Make a `figure` with a `figcaption` of each shortcode around one of the pictures."""
    edits = Edits(root)
    texts: dict[int, str] = {}  # the texts around shortcodes, without these, by the identity of their nodes
    for picture in pictures:
        unit = picture.parent if picture.parent is not None and picture.parent.name == "a" else picture
        before = unit.previous_sibling
        if not isinstance(before, NavigableString):
            continue
        written = texts.get(id(before), str(before))
        opening = _OPENING.search(written[-1100:])
        found = _caption_after(unit, opening[1]) if opening is not None else None
        if opening is None or found is None:
            continue
        caption, inner, end, rest = found
        for node in inner:
            edits.remove(node)
        for node, text in ((before, written[: -len(opening[0])]), (end, rest)):
            texts[id(node)] = text
            edits.replace(node, NavigableString(text))
        edits.replace(unit, element("figure", [unit, element("figcaption", caption)]))
    edits.apply()


def _caption_after(
    unit: Tag, attributes: str
) -> tuple[list[PageElement], list[PageElement], NavigableString, str] | None:
    """Return the caption, its nodes in the tree, the text node with the end of the shortcode, and the text after it."""
    inner: list[PageElement] = []
    for node in islice(unit.next_siblings, _MOST_NODES):
        closing = _CLOSING.search(node) if isinstance(node, NavigableString) else None
        if closing is not None and isinstance(node, NavigableString):
            attribute = _ATTRIBUTE.search(attributes)
            texts = [str(node)[: closing.start()], *([attribute[1]] if attribute else [])]
            return [*inner, *map(NavigableString, texts)], inner, node, str(node)[closing.end() :]
        if isinstance(node, Tag) and node.name in BLOCK_ELEMENTS:
            return None
        inner.append(node)
    return None
