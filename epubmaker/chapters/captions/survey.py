"""Where an article has pictures, figures and text, from one walk over its tree."""

from __future__ import annotations

import re

from bs4.element import PageElement, Tag

from epubmaker.chapters.captions.shortcodes import OPENING
from epubmaker.chapters.tree import REF, attribute, in_order, is_text, walk

__all__ = ["GALLERY", "Survey"]

# Elements that show something though they hold neither a picture nor a text.
_SEEN = frozenset({"audio", "canvas", "embed", "form", "hr", "iframe", "math", "object", "svg", "video"})

# Classes of lists and boxes of pictures.
GALLERY = re.compile(r"gallery|slide|carousel|swiper|slick|lightbox|photoset|thumbs", re.IGNORECASE)


class Survey:
    """The pictures, figures and galleries of a tree in document order, and which elements hold a picture or a text."""

    __slots__ = ("_length", "_root", "ends", "figures", "galleries", "pictured", "pictures", "shortcodes", "textual")

    def __init__(self, root: Tag) -> None:
        """Walk over a tree after `find_pictures`."""
        self.pictures: list[Tag] = []
        self.figures: list[Tag] = []
        self.galleries: list[Tag] = []  # lists of pictures
        self.pictured: set[int] = set()
        self.textual: set[int] = set()
        self._root = root
        self._length = -1
        self.ends: set[int] = set()  # the elements that the last text is in
        self.shortcodes = False
        last: PageElement | None = None
        for node in in_order(root):
            if isinstance(node, Tag):
                if REF in node.attrs:
                    self.pictures.append(node)
                    _mark(self.pictured, node)
                elif node.name == "figure":
                    self.figures.append(node)
                elif node.name in {"ol", "ul"} and GALLERY.search(attribute(node, "class")):
                    self.galleries.append(node)
                elif node.name in _SEEN:
                    _mark(self.textual, node)
            elif is_text(node):
                _mark(self.textual, node.parent)
                last = node
                self.shortcodes = self.shortcodes or OPENING in str(node)
        if last is not None:
            _mark(self.ends, last.parent)

    @property
    def length(self) -> int:
        """The number of characters of the whole text."""
        if self._length < 0:
            self._length = sum(len(str(node)) for node in walk(self._root) if is_text(node))
        return self._length

    def outer_figures(self) -> set[int]:
        """Return which figures hold figures with pictures."""
        outer: set[int] = set()
        for figure in self.figures:
            if id(figure) in self.pictured:
                outer.update(id(parent) for parent in figure.parents if parent.name == "figure")
        return outer

    def only_pictures(self, node: PageElement | None) -> bool:
        """Return True for a picture, and for an element that holds pictures and nothing else."""
        return id(node) in self.pictured and id(node) not in self.textual

    def shows(self, node: PageElement) -> bool:
        """Return True for a node that a reader sees something of."""
        return id(node) in self.textual or id(node) in self.pictured or is_text(node)

    def units_within(self, box: Tag) -> list[Tag]:
        """Return the pictures in a box, each with the link around it."""
        units: list[Tag] = []
        stack: list[PageElement] = [box]
        while stack:
            node = stack.pop()
            if not isinstance(node, Tag) or id(node) not in self.pictured:
                continue
            if REF in node.attrs or (node.name == "a" and self.only_pictures(node)):
                units.append(node)
            else:
                stack.extend(reversed(node.contents))
        return units


def _mark(ids: set[int], node: Tag | None) -> None:
    while node is not None and id(node) not in ids:
        ids.add(id(node))
        node = node.parent
