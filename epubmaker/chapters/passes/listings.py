"""Make listings whole: a line for each line, without line numbers and without buttons.

Sites set listings in tables with the numbers in a column of their own, or put numbers into each line; a reading system
would read them as part of the code. A listing without line ends whose lines are elements gets them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.style import style_of
from epubmaker.chapters.tree import (
    Edits,
    attribute,
    element,
    is_text,
    seen,
    tags_in_order,
    tags_within,
    text_within,
    walk,
)
from epubmaker.chapters.xhtml.content import HEADINGS, LINE_ENDS, names

__all__ = ["mend_listings"]

_CODE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:code|codehilite|highlight(?:table)?|hljs|blob|listing|syntax(?:highlighter)?|gutter|linenos?|"
    r"line-?numbers?|rouge|source-?code|programlisting|chroma|lntable)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NUMBER_CLASS = re.compile(
    r"(?:^|\s)(?:[\w-]*line-?nos?|[\w-]*line-?numbers?|linenums?|lnt|ln|hljs-ln-n(?:umbers)?|gutter|rouge-gutter|"
    r"react-line-number|blob-num)(?:$|\s)",
    re.IGNORECASE,
)
_LINE_CLASS = re.compile(r"(?:^|\s)(?:code-?)?line(?:$|\s)", re.IGNORECASE)
_COPY_CLASS = re.compile(
    r"(?:^|[\s_-])(?:copy|clipboard|copy-?(?:btn|button|code)|zeroclipboard)(?:$|[\s_-])", re.IGNORECASE
)
_BUTTON_CLASS = re.compile(r"(?:^|[\s_-])(?:btn|button)(?:$|[\s_-])", re.IGNORECASE)
_NUMBERED = "data-line-number"
_CODE = names("code kbd samp tt pre")
_BOXES, _LINES = names("div figure ol section ul"), names("div li p")  # of a listing, and of each line in one
_LONGEST_LABEL = 40  # characters beside a listing and its buttons, such as the name of its language
_LONGEST_BUTTON = 60
_MOST_BESIDE = 20  # nodes in the box of a listing
_MOST = 20_000  # lines of a listing


def mend_listings(root: Tag, _: PassContext) -> None:
    """Take line numbers and buttons out of listings, and let each line end."""
    edits = Edits(root)
    for tag in list(tags_in_order(root)):
        if tag.name == "table":
            if lines := _listing_in(tag):
                edits.replace(tag, element("pre", lines))
        elif tag.name in _BOXES:
            if lines := _numbered_lines_in(tag):
                edits.fill(tag, [element("pre", lines)])
        elif tag.name == "pre":
            _drop_numbers(tag, edits)
            _drop_buttons(tag, edits)
            _end_lines(tag, edits)
    edits.apply()


# --- tables ----------------------------------------------------------------------------------------------------------


def _listing_in(table: Tag) -> list[PageElement]:
    """Return the contents of the listing that a table is, nothing for any other table."""
    if any(map(_is_other, tags_within(table))):
        return []
    rows = [
        [cell for cell in row.contents if isinstance(cell, Tag) and cell.name in {"td", "th"}]
        for row in tags_within(table)
        if row.name == "tr"
    ]
    rows = [row for row in rows if row]
    if not rows or len(rows) > _MOST or any(len(row) > 2 for row in rows):
        return []
    last = [row[-1] for row in rows]
    if len(rows) == 1 and len(rows[0]) == 2:
        number, code = rows[0]
        lines = _lines_of(code)
        told = code.find("pre") is not None or _is_told(table, [number, code])
        alike = len(lines) in {_counted(_lines_of(number)), _counted(_lines_of(number)) - 1}
        return _code(code) if _counted(_lines_of(number)) and (told or alike) else []
    told = _is_told(table, [cell for row in rows for cell in row])
    if all(len(row) == 2 for row in rows):
        numbers = [_number(row[0]) for row in rows]
        if not told or not _run(numbers):
            return []
    elif not told or any(len(row) != 1 for row in rows) or len(rows) < 2 or not _is_code_table(table, last):
        return []
    return [part for cell in last for part in (*_code(cell), NavigableString("\n"))][:-1]


def _is_other(tag: Tag) -> bool:
    return tag.name in {"table", "img", "th", "caption", "p", "ul", "ol"} or tag.name in HEADINGS


def _is_told(table: Tag, cells: Iterable[Tag]) -> bool:
    """Return True where a class, an attribute or an element says that a table is a listing."""
    if _CODE_CLASS.search(attribute(table, "class")):
        return True
    return any(
        _NUMBERED in cell.attrs
        or _NUMBER_CLASS.search(attribute(cell, "class"))
        or _CODE_CLASS.search(attribute(cell, "class"))
        or style_of(cell).is_monospace
        or _is_all_code(cell)
        for cell in cells
    )


def _is_all_code(cell: Tag) -> bool:
    inner = seen(cell.contents)
    return len(inner) == 1 and isinstance(inner[0], Tag) and inner[0].name in _CODE


def _is_code_table(table: Tag, cells: Sequence[Tag]) -> bool:
    """Return True for a table of one column whose class says that it is code, or all cells of which are."""
    return bool(_CODE_CLASS.search(attribute(table, "class"))) or all(map(_is_all_code, cells))


def _number(cell: Tag) -> str:
    return attribute(cell, _NUMBERED) or cell.get_text().strip() or attribute(cell, "data-number")


def _run(numbers: Sequence[str]) -> bool:
    """Return True for numbers that follow each other, some of which may be missing."""
    shown = [int(number) for number in numbers if number.isdecimal() and len(number) < 8]
    if not shown:
        return False
    blank = sum(not number for number in numbers)
    return len(shown) + blank == len(numbers) and blank < len(shown) and all(one < two for one, two in pairwise(shown))


def _counted(lines: Sequence[str]) -> int:
    """Return how many lines there are where each is the number after the one before; else 0."""
    values = [int(line) for line in lines if line.isdecimal() and len(line) < 8]
    if len(values) < 2 or len(values) != len(lines):
        return 0
    return len(values) if values == list(range(values[0], values[0] + len(values))) else 0


def _lines_of(tag: Tag) -> list[str]:
    """Return the lines of a cell's text: parted by line ends in it, by `br` and by blocks."""
    found: list[str] = []
    for node in walk(tag):
        if isinstance(node, Tag):
            found.append("\n" if node.name in LINE_ENDS else "")
        elif isinstance(node, NavigableString):
            found.append(str(node))
    return [line.strip() for line in "".join(found).split("\n") if line.strip()]


def _code(cell: Tag) -> list[PageElement]:
    """Return the contents of a cell as a listing holds them, its no-break spaces as spaces."""
    edits = Edits(cell)
    for node in walk(cell):
        if isinstance(node, NavigableString) and "\xa0" in node:
            edits.replace(node, NavigableString(str(node).replace("\xa0", " ")))
    edits.apply()
    inner = seen(cell.contents)
    single = inner[0] if len(inner) == 1 else None
    return single.contents if isinstance(single, Tag) and single.name == "pre" else list(cell.contents)


# --- boxes -----------------------------------------------------------------------------------------------------------


def _numbered_lines_in(box: Tag) -> list[PageElement]:
    """Return the contents of the listing that a box holds: a box for each line, a number and code; else nothing."""
    if not any(isinstance(node, Tag) and node.name in _LINES for node in box.contents[:2]):
        return []
    rows = seen(box.contents)
    if not 1 < len(rows) <= _MOST:
        return []
    found: list[PageElement] = []
    numbers: list[str] = []
    for row in rows:
        inner = seen(row.contents) if isinstance(row, Tag) and row.name in _LINES else []
        number, code = inner if len(inner) == 2 else (None, None)
        if not isinstance(number, Tag) or not _is_digits(number) or not isinstance(code, Tag) or code.name not in _CODE:
            return []
        numbers.append(_number(number))
        found += [*code.contents, NavigableString("\n")]
    return found[:-1] if _run(numbers) else []


# --- numbers and buttons in listings ---------------------------------------------------------------------------------


def _drop_numbers(pre: Tag, edits: Edits) -> None:
    inside = [tag for tag in tags_within(pre) if tag.contents or _NUMBERED in tag.attrs]
    told = [tag for tag in inside if _NUMBER_CLASS.search(attribute(tag, "class")) and _is_digits(tag)]
    found = told or _numbers_at_line_starts(pre, inside)
    for tag in found:
        edits.remove(tag)
    before = pre
    for _step in range(3):  # the column of numbers may be in a box, and so may the code
        column = _before(before)
        if isinstance(column, Tag) and _counted(_lines_of(column)) >= 2:
            count = _counted(_lines_of(column))
            if abs(count - len(pre.get_text().strip("\n").split("\n"))) <= 1:
                edits.remove(column)
            return
        if column is not None or before.parent is None or len(seen(before.parent.contents)) > 1:
            return
        before = before.parent


def _before(tag: Tag) -> PageElement | None:
    node = tag.previous_sibling
    while node is not None and not isinstance(node, Tag) and not is_text(node):
        node = node.previous_sibling
    return node


def _is_digits(tag: Tag) -> bool:
    text = tag.get_text().strip(" \xa0\t\n.:|")
    return not text or text.isdecimal()


def _only_text(tag: Tag) -> str:
    """Return the text of an element that holds nothing else, "" for any other."""
    only = tag.contents[0] if len(tag.contents) == 1 else None
    return str(only).strip() if isinstance(only, NavigableString) else ""


def _numbers_at_line_starts(pre: Tag, inside: Sequence[Tag]) -> list[Tag]:
    """Return the elements that are the number of their line, where each line has one."""
    found = [tag for tag in inside if _only_text(tag).isdecimal()]
    values = [_only_text(tag) for tag in found]
    if not _counted(values) or values[0] not in {"0", "1"}:
        return []
    lines = [line for line in pre.get_text().split("\n") if line.strip()]
    if len(lines) != len(found):
        return []
    starts = [line.lstrip().startswith(value) for line, value in zip(lines, values, strict=True)]
    return found if all(starts) else []


def _drop_buttons(pre: Tag, edits: Edits) -> None:
    for tag in tags_within(pre):
        if _is_button(tag):
            edits.remove(tag)
    box = pre.parent
    if box is None or box.name in {"body", "td", "li"} or len(box.contents) > _MOST_BESIDE:
        return
    beside = [node for node in seen(box.contents) if node is not pre]
    if sum(len(text_within(node, _LONGEST_BUTTON)) for node in beside) > _LONGEST_LABEL + _LONGEST_BUTTON:
        return
    for node in beside:
        if isinstance(node, Tag) and node.name not in HEADINGS and node.name != "pre":
            for tag in _with_itself(node):
                if _is_button(tag) and tag.parent is not None and tag.parent.name not in HEADINGS:
                    edits.remove(tag)


def _with_itself(node: Tag) -> Iterator[Tag]:
    yield node
    yield from tags_within(node)


def _is_button(tag: Tag) -> bool:
    if tag.name in {"button", "clipboard-copy"} or attribute(tag, "role") == "button":
        return True
    classes = attribute(tag, "class")
    is_told = _COPY_CLASS.search(classes) is not None or (
        tag.name == "a" and not attribute(tag, "href").strip("#") and _BUTTON_CLASS.search(classes) is not None
    )
    return is_told and len(text_within(tag, _LONGEST_BUTTON)) <= _LONGEST_BUTTON


# --- lines without ends ----------------------------------------------------------------------------------------------


def _end_lines(pre: Tag, edits: Edits) -> None:
    """Let the elements that are the lines of a listing without line ends stand on lines of their own."""
    box: Tag = pre
    inner = seen(box.contents)
    while len(inner) == 1 and isinstance(inner[0], Tag) and inner[0].name in {"code", "div", "span"}:
        box = inner[0]
        inner = seen(box.contents)
    if len(inner) < 2 or not all(isinstance(node, Tag) and _is_line(node) for node in inner):
        return
    if any("\n" in str(text) for text in pre.strings) or pre.find("br") is not None:
        return
    for node in inner[:-1]:
        edits.replace(node, node, NavigableString("\n"))


def _is_line(tag: Tag) -> bool:
    return tag.name == "code" or "data-line" in tag.attrs or bool(_LINE_CLASS.search(attribute(tag, "class")))
