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
    chars = weight = linked = prose = solid = media = thread = inward = links = 0
    begun: list[Sums] = []
    stack: list[tuple[PageElement, bool]] = [(root, False)]
    while stack:
        node, leaving = stack.pop()
        is_shown = not isinstance(node, Tag) and is_text(node)
        if not isinstance(node, Tag) and not is_shown:
            continue
        sums = Sums(chars, weight, linked, prose, solid, media, thread, inward)
        if is_shown:
            text = str(node).strip()
            size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
            chars += len(text)
            weight += size
            if links:
                linked += size
            elif size >= _LONG:
                prose += size
            spans[id(node)] = Span(sums, Sums(chars, weight, linked, prose, solid, media, thread, inward))
        elif isinstance(node, Tag):
            is_link = node.name in {"a", "button"}
            if leaving:
                spans[id(node)] = Span(begun.pop(), sums)
                links -= is_link
                continue
            begun.append(sums)
            stack.append((node, True))
            links += is_link
            inward += is_link and str(node.attrs.get("href") or "").startswith("#")
            media += node.name in MEDIA
            solid += node.name in _SOLID
            thread += id(node) in threads
            if node.name not in DROPPED:
                stack.extend([(child, False) for child in reversed(node.contents)])
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
