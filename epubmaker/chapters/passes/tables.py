"""Fit tables to small pages: layout tables are unwrapped, tables that are too wide become lists, row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, attribute, element, in_order
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, names

__all__ = ["fit_tables"]

_PARTS = names("table thead tbody tfoot tr td th caption colgroup col")
_HOLDERS = names("table thead tbody tfoot tr")
_WIDEST = 60  # characters in a line of a 6-inch page at a readable size
_COLUMNS = 10  # more than that is a list, however narrow they are
_FEW = 4  # columns that fit any page: each has a quarter of it, and text wraps
_LONGEST = 40  # characters of a cell's text beyond which it wants no wider column
_IDEOGRAPHS = "\u2e80"  # from here on, a line may break before nearly every character


@dataclass(frozen=True, slots=True)
class _Table:
    """A table's rows, each with its cells, and what else is in it."""

    tag: Tag
    rows: tuple[tuple[Tag, ...], ...]
    heads: int  # header cells
    caption: Tag | None
    nested: bool
    blocks: bool
    other: bool  # there is text outside of its cells


def fit_tables(root: Tag, _: PassContext) -> None:
    """Unwrap layout tables, and turn tables too wide for a 6-inch page into lists; the others stay. Text is kept in order.

    A layout table has no header cell and no caption, and either says so, or has a single column, or holds another table, or
    is a single row with blocks in it.
    """
    edits = Edits(root)
    for tag in [node for node in in_order(root) if isinstance(node, Tag) and node.name == "table"]:
        table = _read(tag)
        if table is None:
            continue
        if _is_layout(table):
            for part in _parts_of(tag):
                part.name = "div"
        elif _is_wide(table):
            edits.replace(tag, *_as_list(table))
    edits.apply()


def _read(tag: Tag) -> _Table | None:
    rows: list[list[Tag]] = []
    heads = 0
    nested = blocks = other = False
    caption: Tag | None = None
    stack: list[PageElement] = tag.contents[::-1]
    while stack:
        node = stack.pop()
        if not isinstance(node, Tag):
            stray = node.parent is not None and node.parent.name in _HOLDERS and not str(node).isspace()
            other = other or stray
            continue
        if node.name == "table":
            nested = True
            continue
        if node.name == "tr":
            rows.append([])
        elif node.name in {"td", "th"} and rows:
            rows[-1].append(node)
            heads += node.name == "th"
        elif node.name == "caption":
            caption = caption or node
        blocks = blocks or node.name in BLOCK_ELEMENTS
        stack.extend(reversed(node.contents))
    return _Table(tag, tuple(map(tuple, rows)), heads, caption, nested, blocks, other) if rows else None


def _is_layout(table: _Table) -> bool:
    role = attribute(table.tag, "role")
    if role in {"presentation", "none"}:
        return True
    if table.heads or table.caption is not None or role:
        return False
    width = max(map(len, table.rows), default=0)
    return width <= 1 or table.nested or (len(table.rows) == 1 and table.blocks)


def _parts_of(tag: Tag) -> Iterator[Tag]:
    """Yield the table's own parts, not those of tables in it."""
    yield tag
    stack = tag.contents[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, Tag) and node.name in _PARTS and node.name != "table":
            yield node
        if isinstance(node, Tag) and node.name != "table":
            stack.extend(reversed(node.contents))


def _is_wide(table: _Table) -> bool:
    """Return True for a plain table with more columns than a small page has room for."""
    count = max(map(len, table.rows))
    if count <= _FEW or table.nested or table.blocks or table.other or len(table.rows) < 2:
        return False
    if any("colspan" in cell.attrs or "rowspan" in cell.attrs for row in table.rows for cell in row):
        return False
    widths = [0] * count
    for row in table.rows:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], _needed(cell))
    return count > _COLUMNS or sum(widths) + 2 * count > _WIDEST


def _needed(cell: Tag) -> int:
    """Return how many characters wide a cell must be: its longest word, and a share of a long text."""
    text = cell.get_text(" ").split()
    longest = max((2 if word >= _IDEOGRAPHS else len(word) for word in text), default=0)
    return max(longest, min(sum(map(len, text)) // 4, _LONGEST // 4))


def _as_list(table: _Table) -> list[Tag]:
    """Return a table as a list: each row an item, each cell a line after its column's heading.

    Without headings a cell means too little for a line: then each row is one line.
    """
    first, *rest = table.rows
    headed = all(cell.name == "th" for cell in first)
    labels = [cell.get_text(" ", strip=True) for cell in first]
    items = []
    for row in rest if headed else ():
        lines = [_line(cell, labels[index] if index < len(labels) else "") for index, cell in enumerate(row)]
        items.append(element("li", [element("ul", [line for line in lines if line.contents])]))
    items += [] if headed else [element("li", _joined(row)) for row in table.rows]
    before = []
    if table.caption is not None:
        before.append(element("p", [element("strong", table.caption.contents)]))
    if headed:
        before.append(element("p", [element("strong", _joined(first))]))
    return [*before, element("ol", items)]


def _joined(cells: Iterable[Tag]) -> list[PageElement]:
    """Return what the cells hold as one line."""
    joined: list[PageElement] = []
    for cell in filter(_is_shown, cells):
        joined += [NavigableString(" · "), *cell.contents] if joined else cell.contents
    return joined


def _is_shown(cell: Tag) -> bool:
    return any(isinstance(node, Tag) or not str(node).isspace() for node in cell.contents)


def _line(cell: Tag, label: str) -> Tag:
    if not _is_shown(cell):
        return element("li")
    start = [element("b", [NavigableString(f"{label}: ")])] if label else []
    return element("li", [*start, *cell.contents])
