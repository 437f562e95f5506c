"""Tables of pictures: rows of pictures alone, each above a row of captions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bs4.element import PageElement, Tag

from epubmaker.chapters.captions.patterns import may_be_text
from epubmaker.chapters.captions.survey import Survey
from epubmaker.chapters.tree import is_text, text_within

__all__ = ["CaptionedCells", "captioned_cells"]

_LONGEST = 300  # characters of a caption below the pictures of a table
_ROWS = frozenset({"tbody", "thead", "tfoot"})


class CaptionedCells(NamedTuple):
    """Cells of a table that hold pictures, and those that are their captions."""

    pictures: Sequence[Tag]
    captions: Sequence[Tag]


def captioned_cells(table: Tag, survey: Survey) -> list[CaptionedCells] | None:
    """Return the pictures of a table with their captions; None for a table that holds anything else.

    A row of one text is the caption of all pictures above it; a row of several has one for each cell of the row above.
    """
    rows = _rows(table, survey)
    if rows is None:
        return None
    found: list[CaptionedCells] = []
    above: list[list[Tag]] = []  # rows of pictures that have no caption yet
    heading: list[Tag] = []
    for row in rows:
        if row[0].name == "caption":
            heading = row
        elif all(map(survey.only_pictures, row)):
            above.append(row)
        elif not above or not all(_may_be_caption(cell, survey) for cell in row):
            return None
        elif len(row) == 1:
            found.append(CaptionedCells([cell for cells in above for cell in cells], row))
            above = []
        elif len(above) == 1 and len(above[0]) == len(row):
            found += [CaptionedCells([cell], [text]) for cell, text in zip(above[0], row, strict=True)]
            above = []
        else:
            return None
    rest = [cell for cells in above for cell in cells]
    if heading and (found or not _may_be_caption(heading[0], survey)):
        return None
    if rest:
        found.append(CaptionedCells(rest, heading))
    return found if any(cells.captions for cells in found) else None


def _may_be_caption(cell: Tag, survey: Survey) -> bool:
    if id(cell) in survey.pictured or not may_be_text(cell, _LONGEST):
        return False
    return any(map(str.isalpha, text_within(cell, _LONGEST)))


def _rows(table: Tag, survey: Survey) -> list[list[Tag]] | None:
    """Return the cells of each row that show something, a `caption` as a row of its own; None where text is elsewhere."""
    rows: list[list[Tag]] = []
    stack: list[PageElement] = table.contents[::-1]
    while stack:
        node = stack.pop()
        if not isinstance(node, Tag):
            if is_text(node):
                return None
        elif node.name in _ROWS:
            stack.extend(reversed(node.contents))
        elif not survey.shows(node):
            continue
        elif node.name == "caption":
            rows.append([node])
        elif node.name == "tr":
            cells = [cell for cell in node.contents if survey.shows(cell)]
            tags = [cell for cell in cells if isinstance(cell, Tag) and cell.name in {"td", "th"}]
            if len(tags) != len(cells):
                return None
            rows.append(tags)
        else:
            return None
    return rows
