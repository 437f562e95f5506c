"""Measure what the elements of a page hold, from one walk over its tree."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NamedTuple

from bs4.element import PageElement, Tag

from epubmaker.chapters.passes.triggers import EMBEDS, IMAGES
from epubmaker.chapters.tree import is_text
from epubmaker.chapters.xhtml.content import DROPPED, LINE_ENDS, names

__all__ = ["MEDIA", "Span", "Sums", "line_of", "measured", "on_line"]

MEDIA = IMAGES | EMBEDS | names("picture svg canvas")
_SOLID = names("pre table blockquote figure math dl")
_LINKS = names("a button")
_COUNTED = MEDIA | _SOLID | _LINKS
_LONG = 120  # bytes of one text outside of links, from which on it is prose: 20 words, or 40 ideographs


class Sums(NamedTuple):
    """Counted from the start of a page to a place in it, or the difference between two.

    `weight` is in bytes of UTF-8, in which an ideograph counts as three letters; so are `linked`, the text in links, and
    `prose`, the long texts outside of them. `solid` counts tables, quotations and the like, `threads` parts of readers'
    comments, `inward` links to places in the page.
    """

    chars: int = 0
    weight: int = 0
    linked: int = 0
    prose: int = 0
    solid: int = 0
    media: int = 0
    threads: int = 0
    inward: int = 0

    def minus(self, other: Sums) -> Sums:
        """Return the difference."""
        return Sums(*[mine - its for mine, its in zip(self, other, strict=True)])

    @property
    def link_share(self) -> float:
        """The share of the text that is in links; all of it where there is no text."""
        return self.linked / self.weight if self.weight else 1.0

    @property
    def is_short(self) -> bool:
        """Whether there are neither sentences nor tables and the like."""
        return not self.prose and not self.solid


class Span(NamedTuple):
    """Where a node begins and ends."""

    begin: Sums
    end: Sums

    @property
    def size(self) -> Sums:
        """What it holds."""
        return self.end.minus(self.begin)


def measured(root: Tag, threads: AbstractSet[int]) -> dict[int, Span]:
    """Return the span of each element, and of each text that shows, by its identity; `threads` are parts of comments."""
    spans: dict[int, Span] = {}
    now = Sums()
    links = 0  # that are open
    begun: list[tuple[Tag, Sums]] = []
    stack: list[PageElement] = [root]
    while stack:
        node = stack.pop()
        before = now
        if not isinstance(node, Tag):
            if is_text(node):
                text = str(node).strip()
                size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
                linked = now.linked + (size if links else 0)
                prose = now.prose + (size if size >= _LONG and not links else 0)
                now = Sums(now.chars + len(text), now.weight + size, linked, prose, *now[4:])
                spans[id(node)] = Span(before, now)
            continue
        name = node.name
        if begun and begun[-1][0] is node:
            spans[id(node)] = Span(begun.pop()[1], now)
            links -= name in _LINKS
            continue
        begun.append((node, before))
        stack.append(node)  # which ends after its contents
        if name in _COUNTED or id(node) in threads:
            links += name in _LINKS
            inward = name in _LINKS and str(node.attrs.get("href") or "").startswith("#")
            solid, media, thread = name in _SOLID, name in MEDIA, id(node) in threads
            now = Sums(*now[:4], now.solid + solid, now.media + media, now.threads + thread, now.inward + inward)
        if name not in DROPPED:
            stack.extend(reversed(node.contents))
    return spans


def on_line(node: PageElement, *, before: bool, most: int) -> list[PageElement]:
    """Return a node with its siblings on the same line before it, or after it: at most `most` nodes, in order."""
    line = [node]
    beside = node.previous_sibling if before else node.next_sibling
    while beside is not None and not (isinstance(beside, Tag) and beside.name in LINE_ENDS) and len(line) < most:
        line.append(beside)
        beside = beside.previous_sibling if before else beside.next_sibling
    return line[::-1] if before else line


def line_of(root: Tag, node: PageElement) -> PageElement:
    """Return a node, or the outermost inline element that it is in."""
    while (parent := node.parent) is not None and parent is not root and parent.name not in LINE_ENDS:
        node = parent
    return node
