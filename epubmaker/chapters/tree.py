"""Small helpers to look at a Beautiful Soup tree and to edit it in time that grows only with its size.

The tree's own editing methods look a child up in its parent's list each time: 100,000 siblings would take minutes. So the
passes collect their edits while they look at the unchanged tree, and `Edits.apply` makes them all at once.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import cast

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.xhtml.content import DROPPED, INLINES, SILENT, names
from epubmaker.model.pictures import PictureRef
from epubmaker.text.characters import INVISIBLE

__all__ = [
    "CAPTIONED",
    "OPTIONAL",
    "REF",
    "SHOWN",
    "WORD",
    "Edits",
    "Spaced",
    "after",
    "anchor_keys",
    "attribute",
    "element",
    "in_order",
    "is_text",
    "picture_ref",
    "seen",
    "tags_in_order",
    "tags_within",
    "text_within",
    "texts_outside",
    "visible_text",
    "walk",
]

REF = ":picture"
"""The attribute that holds the `PictureRef` of an `img`, once `find_pictures` has run."""

OPTIONAL = ":optional"
"""The attribute of an `img` in place of which nothing is shown where its picture cannot be had."""

CAPTIONED = ":captioned"
"""The attribute of an `img` whose caption says what its alternative text does."""

SHOWN = ":shown"
"""The attribute that holds the `ShownSize` of an `img` whose element declares a size."""

WORD = ":word"
"""The attribute of an `img` that stands for its alternative text in a sentence: a formula, a sign."""

# Between all other elements there is a gap when they are read.
_INLINE = INLINES | names("data font rb rp rt ruby strike tt")


class Spaced(NavigableString):
    """A text whose spaces are written as they are; those before it only where it is `indented`, or after a line break."""

    indented = False


def anchor_keys(name: str) -> tuple[str, ...]:
    """Return the attributes that name a place for links, on an element of that name: HTML Standard, section 7.4.6.4."""
    return ("id", "name") if name == "a" else ("id",)


def attribute(tag: Tag, name: str) -> str:
    """Return an attribute's value as one string, trimmed; empty when the tag has no such attribute."""
    value = tag.attrs.get(name)
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else " ".join(map(str, value))


def element(name: str, contents: Iterable[PageElement] = (), **attributes: str) -> Tag:
    """Return a new tag. Its contents are linked to it when `Edits.apply` puts it into the tree."""
    tag = Tag(name=name, attrs=dict(attributes))
    tag.contents = list(contents)
    return tag


def is_text(node: PageElement) -> bool:
    """Return True for a text node that a reader would see something of."""
    if not isinstance(node, NavigableString) or node.isspace():
        return False
    if not node.strip().strip(INVISIBLE):
        return False
    return node.parent is None or node.parent.name not in SILENT


def picture_ref(tag: Tag) -> PictureRef | None:
    """Return the picture that a tag stands for once `find_pictures` has run; None for any other tag."""
    value = cast("object", tag.attrs.get(REF))
    return value if isinstance(value, PictureRef) else None


def text_within(tag: PageElement, limit: int) -> str:
    """Return a node's visible text on one line, cut off somewhat above `limit` characters."""
    if isinstance(tag, Tag) and len(tag.contents) == 1:  # as most paragraphs
        tag = tag.contents[0]
    if not isinstance(tag, Tag):
        return _on_one_line(str(tag)) if is_text(tag) else ""
    found: list[str] = []
    length = 0
    for node in walk(tag):
        if isinstance(node, Tag):
            if node.name not in _INLINE:
                found.append(" ")
        elif isinstance(node, NavigableString) and node.isspace():
            found.append(" ")
            length += 1
        elif is_text(node):
            found.append(str(node))
            length += len(found[-1])
        if length > limit:
            break
    return _on_one_line("".join(found))


def _on_one_line(text: str) -> str:
    # No white space but the space is printable. To cut most texts into words takes ten times as long.
    return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())


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


def walk(tag: Tag) -> Iterator[PageElement]:
    """Yield all that a tag holds, in document order, by its lists of contents alone."""
    stack = tag.contents[::-1]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Tag):
            stack.extend(reversed(node.contents))


def in_order(root: Tag) -> Iterator[PageElement]:
    """Yield all that a whole tree holds, in document order, by the links between its nodes: half the time of `walk`.

    Not for new elements, nor while edits wait to be made: what they put in is not linked yet.
    """
    node, end = root.next_element, after(root)
    while node is not None and node is not end:
        yield node
        node = node.next_element


def tags_in_order(root: Tag) -> Iterator[Tag]:
    """Yield the elements of a whole tree as `in_order` does; half of the nodes are texts."""
    node, end = root.next_element, after(root)
    while node is not None and node is not end:
        if isinstance(node, Tag):
            yield node
        node = node.next_element


def after(tag: Tag) -> PageElement | None:
    """Return the node that follows an element with all that it holds."""
    last: PageElement = tag
    while isinstance(last, Tag) and last.contents:
        last = last.contents[-1]
    return last.next_element


def texts_outside(nodes: Sequence[PageElement], left_out: Container[int]) -> Iterator[str]:
    """Yield the texts in some nodes, one by one, without those in elements whose identities are in `left_out`."""
    stack = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if id(node) in left_out:
            continue
        if isinstance(node, Tag):
            stack.extend(reversed(node.contents))
        elif is_text(node):
            yield str(node)


def tags_within(tag: Tag) -> Iterator[Tag]:
    """Yield the elements that a tag holds, in document order."""
    return (node for node in walk(tag) if isinstance(node, Tag))


def seen(nodes: Iterable[PageElement]) -> list[PageElement]:
    """Return the elements among some nodes, and the texts that a reader would see something of."""
    return [node for node in nodes if isinstance(node, Tag) or is_text(node)]


class Edits:
    """Edits of one tree, collected first and made together.

    From a node that was taken away, the links to the next element go on to what stands in its place, else to what followed
    it: `links` asks them where a place went that is gone.
    """

    __slots__ = ("_after", "_changed", "_replacements", "_root")

    def __init__(self, root: Tag) -> None:
        self._root = root
        self._after = after(root)  # what follows the tree, where it is part of a larger one
        self._replacements: dict[int, tuple[PageElement, tuple[PageElement, ...]]] = {}
        self._changed = False

    def replace(self, node: PageElement, *others: PageElement) -> None:
        """Put `others` in the place of `node`, which may be one of them."""
        self._replacements[id(node)] = (node, others)

    def remove(self, node: PageElement) -> None:
        """Take `node` away, with all that it holds."""
        self.replace(node)

    def fill(self, tag: Tag, contents: Iterable[PageElement]) -> None:
        """Give a tag new contents."""
        tag.contents = list(contents)
        self._changed = True

    def becomes(self, node: PageElement) -> tuple[PageElement, ...]:
        """Return what will stand in the place of a node: the node itself where no edit concerns it."""
        _, others = self._replacements.get(id(node), (node, (node,)))
        return others

    def apply(self) -> None:
        """Make the edits; each node is linked anew to its neighbors."""
        if not self._replacements and not self._changed:
            return
        parents = {id(node.parent): node.parent for node, _ in self._replacements.values() if node.parent is not None}
        for parent in parents.values():
            contents: list[PageElement] = []
            for child in parent.contents:
                _, others = self._replacements.get(id(child), (child, (child,)))
                contents.extend(others)
                if others and others[0] is not child:
                    child.next_element = others[0]
            parent.contents = contents
        _link(self._root, self._after)
        self._replacements.clear()
        self._changed = False


def _link(root: Tag, after: PageElement | None) -> None:
    """Set every link between the nodes of a tree from its lists of contents."""
    last: PageElement = root
    stack: list[PageElement] = [root]
    while stack:
        node = stack.pop()
        if node is not root:
            last.next_element, node.previous_element = node, last
            last = node
        if not isinstance(node, Tag):
            continue
        before: PageElement | None = None
        for child in node.contents:
            child.parent = node
            child.previous_sibling = before
            if before is not None:
                before.next_sibling = child
            before = child
        if before is not None:
            before.next_sibling = None
            stack.extend(reversed(node.contents))
    last.next_element = after
    if after is not None:
        after.previous_element = last
