"""Fit tables to small pages: layout tables are unwrapped, those too wide are split, or become lists where they are texts.

Of what stays a table, columns of numbers are set to the right, and a caption becomes a paragraph above: within a narrow
table it would be as narrow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bs4.element import AttributeValueList, NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, attribute, element, tags_in_order
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, SET_AS, names

__all__ = ["fit_tables"]

_PARTS = names("table thead tbody tfoot tr td th caption colgroup col")
_HOLDERS = names("table thead tbody tfoot tr")
_WIDEST = 60  # characters in a line of a 6-inch page at a readable size
_COLUMNS = 10  # of a table that is not split, however narrow they are
_TEXT = 60  # characters of a cell that is a text: a table with such cells becomes a list
_WIDEST_FIRST = 30  # characters of a first column that each part of a table may have
_FEW = 4  # columns that fit any page: each has a quarter of it, and text wraps
_LONGEST = 40  # characters of a cell's text beyond which it wants no wider column
_NUMBER = re.compile(
    r"[-+−–~≈<>≤≥±]?\s*[$€£¥￥₹]?\s*\d[\d.,\u2009\u202f\xa0 ’']*\s*(?:%|‰|°C?|[kKMB]|€|£|万|亿)?|[-–—…]|n/?a",
    re.IGNORECASE,
)
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
    """Unwrap layout tables, and split tables too wide for a 6-inch page, or make lists of them. No text is lost.

    A table is split between columns, and each part has the first one. One with texts in its cells becomes a list.

    A layout table has no header cell and no caption, and either says so, or has a single column, or holds another table, or
    is a single row with blocks in it.
    """
    edits = Edits(root)
    for tag in [tag for tag in tags_in_order(root) if tag.name == "table"]:
        table = _read(tag)
        if table is None:
            continue
        if _is_layout(table):
            for part in _parts_of(tag):
                part.name = "div"
            continue
        edits.replace(tag, *_fitted(table, edits))
    edits.apply()


def _fitted(table: _Table, edits: Edits) -> list[Tag]:
    """Return what takes the place of a table of data."""
    widths = _widths(table)
    if widths and _is_too_wide(widths) and (_has_texts(table) or widths[0] > _WIDEST_FIRST):
        return _as_list(table)
    parts = [table.tag]
    if widths:
        _align_numbers(table, len(widths))
        if _is_too_wide(widths):
            parts = _split(table, widths)
        for part in parts if len(widths) > _FEW else ():
            part.attrs[SET_AS] = "wide"
    if table.caption is None:
        return parts
    above = element("p", [element("b", table.caption.contents)])
    above.attrs = {**_kept(table.caption), SET_AS: "caption"}
    edits.remove(table.caption)
    return [above, *parts]


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


def _widths(table: _Table) -> list[int]:
    """Return how many characters wide each column must be; nothing for a table that is no plain grid."""
    count = max(map(len, table.rows))
    if table.nested or table.blocks or table.other or len(table.rows) < 2:
        return []
    if any("colspan" in cell.attrs or "rowspan" in cell.attrs for row in table.rows for cell in row):
        return []
    widths = [0] * count
    for row in table.rows:
        for index, cell in enumerate(row):
            widths[index] = max(widths[index], _needed(cell))
    return widths


def _is_too_wide(widths: Sequence[int]) -> bool:
    """Return True for more columns than a small page has room for."""
    count = len(widths)
    return count > _FEW and (count > _COLUMNS or sum(widths) + 2 * count > _WIDEST)


def _has_texts(table: _Table) -> bool:
    return any(len(" ".join(cell.get_text(" ").split())) > _TEXT for row in table.rows for cell in row)


def _needed(cell: Tag) -> int:
    """Return how many characters wide a cell must be: its longest word, and a share of a long text."""
    text = cell.get_text(" ").split()
    longest = max((2 if word >= _IDEOGRAPHS else len(word) for word in text), default=0)
    return max(longest, min(sum(map(len, text)) // 4, _LONGEST // 4))


def _align_numbers(table: _Table, count: int) -> None:
    """Set each column but the first to the right in which, below the first row, there are numbers alone."""
    for index in range(1, count):
        cells = [row[index] for row in table.rows if index < len(row)]
        said = [text for text in (cell.get_text().strip() for cell in cells[1:]) if text]
        if said and all(map(_NUMBER.fullmatch, said)):
            for cell in cells:
                cell.attrs.setdefault("align", "right")


def _split(table: _Table, widths: Sequence[int]) -> list[Tag]:
    """Return tables that have the columns of one between them; each begins with its first column, and fits the page."""
    room = _WIDEST - widths[0] - 2
    needed = sum(widths[1:]) + 2 * len(widths[1:])
    count = max(-(-needed // room), -(-(len(widths) - 1) // (_COLUMNS - 1)))
    parts: list[list[int]] = [[]]
    filled = 0
    for index, width in enumerate(widths[1:], start=1):
        is_full = filled + width + 2 > room or len(parts[-1]) >= _COLUMNS - 1
        if parts[-1] and (is_full or (filled >= needed / count and len(parts) < count)):
            parts.append([])
            filled = 0
        parts[-1].append(index)
        filled += width + 2
    made = []
    for number, columns in enumerate(parts):
        rows = []
        for row in table.rows:
            first = row[:1] if number == 0 else map(_copied, row[:1])
            rows.append(element("tr", [*first, *(row[index] for index in columns if index < len(row))]))
        made.append(element("table", rows))
    made[0].attrs = _kept(table.tag)
    return made


def _kept(tag: Tag) -> dict[str, str | AttributeValueList]:
    """Return the attributes of an element that another one takes over."""
    return {key: attribute(tag, key) for key in ("id", "lang", "dir") if key in tag.attrs}


def _copied(node: PageElement) -> PageElement:
    """Return a copy of a node, without the places that links lead to."""
    if not isinstance(node, Tag):
        return NavigableString(str(node))
    copied = element(node.name, map(_copied, node.contents))
    copied.attrs = {key: value for key, value in node.attrs.items() if key not in {"id", "name"}}
    return copied


def _as_list(table: _Table) -> list[Tag]:
    """Return a table as a list: each row an item titled by its first cell, each other cell a line after its heading.

    Without headings a cell means too little for a line: then each row is one line.
    """
    first, *rest = table.rows
    headed = all(cell.name == "th" for cell in first)
    labels = [cell.get_text(" ", strip=True) for cell in first]
    items = []
    for row in rest if headed else ():
        title = [element("p", [element("strong", row[0].contents)])] if row and _is_shown(row[0]) else []
        lines = [_line(cell, labels[index] if index < len(labels) else "") for index, cell in enumerate(row) if index]
        items.append(element("li", [*title, element("ul", [line for line in lines if line.contents])]))
    items += [] if headed else [element("li", _joined(row)) for row in table.rows]
    before = []
    if table.caption is not None:
        before.append(element("p", [element("strong", table.caption.contents)]))
    if headed and _is_shown(first[0]):
        before.append(element("p", [element("strong", first[0].contents)]))
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
