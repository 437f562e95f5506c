"""A page's tree as a list of blocks of text and of pictures, in document order, below the elements that hold them.

A block is a run of text between two ends of block elements, as a browser would set it in one paragraph, or pictures that
stand by themselves. Each element knows the blocks below it as a range, so that its size, its links and what was found in
it are differences of sums, whatever the depth of the tree.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from selectolax.lexbor import LexborNode

from epubmaker.text.html import names

__all__ = ["Block", "Element", "Page", "survey"]


_INLINE = names(
    "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark math nobr picture q rb rp rt "
    "rtc ruby s samp small source span strike strong sub sup time tt u var wbr"
)
_MEDIA = names("audio canvas embed iframe img math object svg video")
_SILENT = names(
    "area button datalist head input link meta option param progress script select source style template textarea title "
    "track"
)


class Block:
    """A run of text, or pictures by themselves: its nodes, its text on one line, and what it measures.

    `size` counts characters without spaces, `linked` those of them in links, `media` pictures and the like. `owner` is the
    index of the element that holds it.
    """

    __slots__ = ("linked", "media", "nodes", "owner", "size", "text")

    def __init__(self, owner: int, nodes: Sequence[LexborNode], text: str, linked: int, media: int) -> None:
        self.owner, self.nodes, self.text, self.linked, self.media = owner, nodes, text, linked, media
        self.size = len(text) - text.count(" ")

    @property
    def is_links(self) -> bool:
        """Whether most of the text is in links."""
        return self.linked > self.size * 0.5

    @property
    def is_prose(self) -> bool:
        """Whether it is long enough for a sentence, and no list of links."""
        return self.size >= (20 if self.text and self.text[0] > "\u2e7f" else 60) and not self.is_links


class Element:
    """An element that may hold blocks: its node, its parent's index, and the range of its blocks."""

    def __init__(self, node: LexborNode, tag: str, parent: int, begin: int) -> None:
        self.node, self.tag, self.parent, self.begin, self.end = node, tag, parent, begin, begin

    @cached_property
    def attributes(self) -> dict[str, str | None]:
        """The element's attributes; not every element is asked for them."""
        return self.node.attributes


class Page:
    """The blocks of a page and the elements above them, both in document order; element 0 is the body."""

    def __init__(self, elements: list[Element], blocks: list[Block]) -> None:
        self.elements, self.blocks = elements, blocks
        self.sizes = [0, *accumulate(block.size for block in blocks)]
        self.links = [0, *accumulate(block.linked for block in blocks)]

    def size(self, element: Element) -> int:
        """Return the characters below an element."""
        return self.sizes[element.end] - self.sizes[element.begin]

    def linked(self, element: Element) -> int:
        """Return the characters below an element that are in links."""
        return self.links[element.end] - self.links[element.begin]


def survey(body: LexborNode) -> Page:
    """Return the blocks and elements of a page's body. Time grows linearly with the number of nodes."""
    return _Survey(body).run()


class _Survey:
    """One pass over a tree in document order, with the block that is being read."""

    def __init__(self, body: LexborNode) -> None:
        self._elements = [Element(body, "body", -1, 0)]
        self._blocks: list[Block] = []
        self._nodes: list[LexborNode] = []
        self._texts: list[str] = []
        self._linked = self._media = 0
        self._owner = 0
        self._links = 0  # links that are open
        self._silent = 0  # elements that are open and whose text is not shown
        # What is open: (node, is a link, is silent, the owner of what follows it or -1 for an inline element)
        self._above: list[tuple[LexborNode, bool, bool, int]] = []

    def run(self) -> Page:
        node = self._elements[0].node.first_child
        while node is not None or self._above:
            if node is None:
                node = self._leave()
                continue
            if node.is_text_node:
                self._read(node)
            elif node.is_element_node and self._enter(node):
                node = node.first_child
                continue
            node = node.next
        self._end_block()
        self._elements[0].end = len(self._blocks)
        return Page(self._elements, self._blocks)

    def _read(self, node: LexborNode) -> None:
        if not self._silent:
            text = node.text_content or ""
            self._texts.append(text)
            self._nodes.append(node)
            if self._links:
                self._linked += len("".join(text.split()))

    def _enter(self, node: LexborNode) -> bool:
        """Note an element, and return True when what is in it comes next."""
        tag = node.tag or ""
        if tag in _MEDIA:
            self._media += 1
            self._nodes.append(node)
            return False
        if tag == "br":
            self._texts.append(" ")
            self._nodes.append(node)
            return False
        if tag in _SILENT:
            return False
        has_more = node.first_child is not None
        if tag in _INLINE or "-" in tag or self._silent:
            if has_more:
                is_link = tag == "a" and not (node.attributes.get("href") or "#").startswith("#")
                self._links += is_link
                self._above.append((node, is_link, False, -1))
            return has_more
        self._end_block()
        self._elements.append(Element(node, tag, self._owner, len(self._blocks)))
        if has_more:
            is_silent = tag == "noscript"  # it repeats pictures that a script loads
            self._silent += is_silent
            self._above.append((node, False, is_silent, self._owner))
            self._owner = len(self._elements) - 1
        return has_more

    def _leave(self) -> LexborNode | None:
        """Close the innermost open element, and return the node after it."""
        node, is_link, is_silent, outer = self._above.pop()
        self._links -= is_link
        self._silent -= is_silent
        if outer >= 0:
            self._end_block()
            self._elements[self._owner].end = len(self._blocks)
            self._owner = outer
        return node.next

    def _end_block(self) -> None:
        text = " ".join("".join(self._texts).split())
        if text or self._media:
            self._blocks.append(Block(self._owner, self._nodes, text, self._linked, self._media))
        self._nodes, self._texts = [], []
        self._linked = self._media = 0
