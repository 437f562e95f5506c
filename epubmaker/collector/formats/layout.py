"""Takes the tables of a newsletter's layout apart: programs for mail lay out all of a message in tables within tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["without_layout"]

_TAG = re.compile(r"<(/?)(table|tbody|thead|tfoot|tr|td|th|caption)\b([^<>]{0,3000})>", re.IGNORECASE)
_ROLE = re.compile(r"""\brole\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_MOST_TABLES = 5000  # of a message; what has more is none that people read
_LONG = re.compile(r">[^<>]{60}")  # characters of a cell


class _Table:
    def __init__(self, tag: re.Match[str], outer: _Table | None) -> None:
        role = _ROLE.search(tag[3])
        self.role = role[1].lower() if role else ""
        self.outer = outer
        self.begin = tag.end()
        self.cell = -1
        self.holders: set[int] = set()  # where cells begin that hold tables
        self.is_headed = self.is_nested = self.has_prose = False
        self.columns = self.most_columns = 0
        self.is_box = self.open_row = self.open_cell = False
        if outer is not None:
            outer.is_nested = True
            outer.holders.add(outer.cell)

    def see(self, name: str, begin: int) -> None:
        """Note a part of the table that begins somewhere."""
        self.cell = begin if name == "td" else self.cell
        self.is_headed = self.is_headed or name in {"th", "caption"}
        self.columns = 0 if name == "tr" else self.columns + (name == "td")
        self.most_columns = max(self.most_columns, self.columns)

    def end(self, text: str, end: int) -> None:
        """Note where the table ends, and so what is in it."""
        if not self.is_nested:
            inner = text[self.begin : end]
            self.has_prose = "<img" in inner.lower() or _LONG.search(inner) is not None

    @property
    def is_layout(self) -> bool:
        if self.role or self.is_headed:
            return self.role in {"presentation", "none"}
        return self.is_nested or self.most_columns <= 1 or (self.outer is not None and self.has_prose)


def without_layout(text: str) -> str:
    """Return HTML with boxes for the tables that only lay it out, and without comments.

    These are the ones that say so, that hold other tables, or have one column; and those within other tables that have
    pictures or long texts in cells. A table with headings is none of them. Time grows linearly with the text.
    """
    text = _without_comments(text)
    if text.lower().count("<table") > _MOST_TABLES:
        return text
    parts: list[str] = []
    at = 0
    for tag, table in list(_in_tables(text)):
        if table.is_layout:
            parts += text[at : tag.start()], _box(tag, table)
            at = tag.end()
    return "".join([*parts, text[at:]])


def _in_tables(text: str) -> Iterator[tuple[re.Match[str], _Table]]:
    """Yield the tags of tables, each with its table, which is known when all are there."""
    table: _Table | None = None
    for tag in _TAG.finditer(text):
        name, is_end = tag[2].lower(), bool(tag[1])
        if name == "table" and not is_end:
            table = _Table(tag, table)
        if table is not None:
            yield tag, table
            if name == "table" and is_end:
                table.end(text, tag.start())
                table = table.outer
            elif not is_end:
                table.see(name, tag.start())


def _box(tag: re.Match[str], table: _Table) -> str:
    """Return what stands for a part of a table: a box for a cell, and for a row or table that may be hidden.

    Others are none, and neither is a cell with a table: a picture and a text in one box are taken for a picture with its
    caption. Cells and rows may lack their ends (HTML Standard, section 13.1.2.4).
    """
    name, is_end = tag[2].lower(), bool(tag[1])
    if name == "table" and not is_end:
        table.is_box = _may_hide(tag[3])
        return f"<div{tag[3].rstrip('/')}>" if table.is_box else ""
    if name not in {"table", "td", "tr"}:
        return ""
    ends = "</div>" if table.open_cell else ""
    table.open_cell = False
    if name == "td":
        table.open_cell = not is_end and (tag.start() not in table.holders or _may_hide(tag[3]))
        return f"{ends}<div{tag[3].rstrip('/')}>" if table.open_cell else ends
    ends += "</div>" if table.open_row else ""
    table.open_row = name == "tr" and not is_end and _may_hide(tag[3])
    if table.open_row:
        return f"{ends}<div{tag[3].rstrip('/')}>"
    return f"{ends}</div>" if name == "table" and table.is_box else ends


def _may_hide(attributes: str) -> bool:
    folded = attributes.lower()
    return "none" in folded or "hidden" in folded


def _without_comments(text: str) -> str:
    parts: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0:
        end = text.find("-->", begin + 2)  # "<!-->" is whole
        parts.append(text[at:begin])
        if end < 0:
            return "".join(parts)
        at = end + 3
    return "".join([*parts, text[at:]])
