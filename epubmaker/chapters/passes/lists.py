"""Put a list that stands directly in another one, which HTML does not allow, where browsers show it."""

from __future__ import annotations

from bs4.element import PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.triggers import LISTS
from epubmaker.chapters.tree import Edits, element, is_text, seen, tags_in_order
from epubmaker.chapters.xhtml.content import names

__all__ = ["nest_lists"]

_WRAPPERS = names("blockquote div")


def nest_lists(root: Tag, _: PassContext) -> None:
    """Move each list between the items of a list into the item before it, and one before all items before the list.

    As an item it would have a bullet without a text, and the items after it a number too high.
    """
    edits = Edits(root)
    for outer in tags_in_order(root):
        if outer.name in LISTS and any(map(_is_list, outer.contents)):
            _nest(outer, edits)
    edits.apply()


def _nest(outer: Tag, edits: Edits) -> None:
    leading: list[PageElement] = []
    kept: list[PageElement] = []
    moved: list[tuple[Tag, list[PageElement]]] = []
    item: Tag | None = None
    for node in outer.contents:
        if not _is_list(node):
            kept.append(node)
            if isinstance(node, Tag) or is_text(node):
                item = node if isinstance(node, Tag) and node.name == "li" else None
        elif item is not None:
            if not moved or moved[-1][0] is not item:
                moved.append((item, []))
            moved[-1][1].append(node)
        elif any(isinstance(other, Tag) or is_text(other) for other in kept):
            kept.append(node)  # behind a text, which becomes an item and takes it in
        else:
            leading.append(node)
    if leading:
        inner = element(outer.name, kept)
        inner.attrs = {name: value for name, value in outer.attrs.items() if name != "id"}
        outer.attrs = {name: value for name, value in outer.attrs.items() if name == "id"}
        outer.name, kept = "div", [*leading, inner]
    edits.fill(outer, kept)
    for item, lists in moved:
        edits.fill(item, [*item.contents, *lists])


def _is_list(node: PageElement) -> bool:
    """Tell whether a node is a list, or a box with nothing but lists."""
    if not isinstance(node, Tag):
        return False
    inside = seen(node.contents) if node.name in _WRAPPERS else ()
    return node.name in LISTS or (bool(inside) and all(isinstance(each, Tag) and each.name in LISTS for each in inside))
