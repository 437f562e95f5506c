"""Captions that WordPress left as text: `[caption id="" width=""]<img> text[/caption]`, with the plugin gone."""

from __future__ import annotations

import re
from itertools import islice

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.captionforms import BLOCKS
from epubmaker.chapters.trees import Edits, element

__all__ = ["Shortcodes"]

_OPENING = re.compile(r"\[caption\b([^\]\[]{0,1000})\]\s*\Z")
_CLOSING = re.compile(r"\[/caption\]")
_SAID = re.compile(r"""\bcaption=["“”']([^"“”']*)["“”']""")
_MOST_NODES = 20  # between the picture and the end of the shortcode


class Shortcodes:
    """Finds the shortcode around a picture and takes it out of the text."""

    def __init__(self, edits: Edits) -> None:
        """Take the edits of the article, to which those of the shortcodes are added."""
        self._edits = edits
        self._texts: dict[int, str] = {}  # texts that an earlier shortcode has shortened

    def take(self, unit: Tag) -> Tag | None:
        """Return the caption of the shortcode around a picture (or its link) as an element; None when there is none."""
        before = unit.previous_sibling
        if not isinstance(before, NavigableString):
            return None
        opening = _OPENING.search(self._text(before)[-1100:])
        if opening is None:
            return None
        caption: list[PageElement] = []
        for node in islice(unit.next_siblings, _MOST_NODES):
            closing = _CLOSING.search(node) if isinstance(node, NavigableString) else None
            if closing is None and isinstance(node, Tag) and node.name in BLOCKS:
                return None
            if closing is None:
                caption.append(node)
                continue
            text = str(node)
            caption.append(NavigableString(text[: closing.start()]))
            if said := _SAID.search(opening[1]):
                caption.append(NavigableString(said[1]))
            for inner in caption:
                if inner.parent is not None:
                    self._edits.remove(inner)
            self._shorten(before, self._text(before)[: -len(opening[0])])
            self._shorten(node, text[closing.end() :])
            return element("span", caption)
        return None

    def _text(self, node: PageElement) -> str:
        return self._texts.get(id(node), str(node))

    def _shorten(self, node: PageElement, text: str) -> None:
        self._texts[id(node)] = text
        self._edits.replace(node, NavigableString(text))
