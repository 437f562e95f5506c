"""Drop what most articles of a source have, and its pages put there: buttons, boxes that call for something, link lists.

That a line repeats does not make it furniture: a column may always open in the same words, and letters are signed
alike. So it takes a second sign: that it is made of buttons or of links to the site's other pages, is in a box with such,
or stands outward of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.lines import Line, lines_of_page
from epubmaker.chapters.furniture.measure import Span, measured
from epubmaker.chapters.furniture.outside import box_of_text
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, attribute
from epubmaker.chapters.xhtml.content import HEADINGS, names
from epubmaker.text.characters import letters

__all__ = ["drop_repeating", "find_repeating"]

_BOXES = names("div section aside footer header nav form center ul ol details main article")
_PARAGRAPHS = HEADINGS | names("p li dt dd")
_PART = 4  # lists of links within the text may be a quarter of a page
_AMID = 3  # links of a list between paragraphs
_LABEL = 40  # letters of a label above links


@dataclass(slots=True)
class _Unit:
    """Lines that most articles of the source have, and the nodes that are nothing else: a box, or one line.

    `outside`: beside the box of the text. `links` says that it has nothing but links to pages of the site, not always the
    same.
    """

    nodes: Sequence[PageElement]
    lines: Sequence[Line]
    first: int
    last: int
    is_box: bool
    outside: bool
    chars: int
    weight: int
    links: bool = False
    goes: bool = False


def find_repeating(root: Tag, context: PassContext) -> Sequence[tuple[PageElement, int]]:
    """Return the nodes that `context.repeated_lines` knows and that are furniture, each with how many characters it has."""
    lines = lines_of_page(root, context.address)
    known = [not line.is_opaque and not context.repeated_lines.isdisjoint(line.keys) for line in lines]
    if not any(known):
        return ()
    spans = measured(root, set())
    page = spans[id(root)].size
    box = box_of_text(root, spans, page.weight - page.linked)
    units = list(_units(box, lines, known, spans))
    title = letters(context.title)
    own = [index for index, line in enumerate(lines) if not known[index] and line.text != title]
    before, after = (own[0], own[-1]) if own else (len(lines), -1)
    in_lists = 0
    for unit in units:
        _judge(unit, context.repeated_lines)
        in_lists += unit.weight if unit.links and not unit.outside else 0
    for index, unit in enumerate(units):
        if unit.links:
            label = units[index - 1] if index and _is_label(units[index - 1], unit, context.repeated_lines) else None
            fits = in_lists * _PART <= page.weight and (unit.first > after or len(unit.lines) <= _AMID)
            unit.goes = unit.outside or (fits and (label is not None or _is_named(unit)))
            if unit.goes and label is not None:
                label.goes = True
    _take_outward([unit for unit in units if unit.first > after], context.repeated_lines)
    _take_outward([unit for unit in units if unit.last < before][::-1], context.repeated_lines)
    nodes = [node for unit in units if unit.goes for node in unit.nodes]
    return [(node, spans[id(node)].size.chars) for node in nodes if id(node) in spans]


def drop_repeating(root: Tag, found: Sequence[tuple[PageElement, int]], context: PassContext, budget: int) -> int:
    """Remove what was found and is still in the tree, the last first, as long as the characters fit in `budget`; count it.

    Returns what is left of the budget.
    """
    edits = Edits(root)
    for node, chars in reversed(found):
        if chars <= budget and any(above is root for above in node.parents):
            budget -= chars
            edits.remove(node)
            if chars:
                context.left_out["repeated"] += 1
                context.left_out_characters += chars
    edits.apply()
    return budget


def _units(box: Tag, lines: Sequence[Line], known: Sequence[bool], spans: Mapping[int, Span]) -> Iterator[_Unit]:
    """Yield the known lines, joined where they fill an element beside or within the box of the text."""
    total: Counter[int] = Counter()
    of_known: Counter[int] = Counter()
    around = {id(above) for above in (box, *box.parents)}
    for line, is_known in zip(lines, known, strict=True):
        for above in (line.parent, *line.parent.parents):
            total[id(above)] += 1
            of_known[id(above)] += is_known
    index = 0
    while index < len(lines):
        line = lines[index]
        count = 1
        if known[index]:
            top: Tag | None = None
            above = line.parent
            while id(above) not in around and of_known[id(above)] == total[id(above)] and above.parent is not None:
                top, above = above, above.parent
            nodes = line.nodes if top is None else [top]
            count = 1 if top is None else total[id(top)]
            sizes = [spans[id(node)].size for node in nodes if id(node) in spans]
            yield _Unit(
                nodes,
                lines[index : index + count],
                index,
                index + count - 1,
                is_box=top is not None and top.name in _BOXES,
                outside=id(above) in around and above is not box,
                chars=sum(size.chars for size in sizes),
                weight=sum(size.weight for size in sizes),
            )
        index += count


def _judge(unit: _Unit, repeated: frozenset[int]) -> None:
    """Find out whether a unit is furniture by what it holds, or is a list of links."""
    acting = [line for line in unit.lines if _acts(line, unit, repeated)]
    if len(acting) < len(unit.lines):
        unit.goes = unit.is_box and bool(acting)
    elif any(line.exact in repeated or line.label in repeated for line in acting):
        unit.goes = unit.is_box or all(line.leads_home or line.shares for line in acting)
    else:
        unit.links = all(line.acts and line.leads_home for line in acting)
        unit.goes = not unit.links and unit.is_box and unit.outside


def _acts(line: Line, unit: _Unit, repeated: frozenset[int]) -> bool:
    """Return True for a line that is a link or a button; in a box also for one with a label, or with a few words more."""
    if line.acts and (unit.is_box or not _is_heading(line)):
        return True
    return unit.is_box and bool(line.links) and (not line.is_prose or (line.leads_home and line.label in repeated))


def _is_label(unit: _Unit, links: _Unit, repeated: frozenset[int]) -> bool:
    line = unit.lines[0]
    short = len(unit.lines) == 1 and 0 < len(line.text) <= _LABEL and line.exact in repeated
    return short and unit.last == links.first - 1


def _is_named(unit: _Unit) -> bool:
    return any(
        isinstance(node, Tag) and (attribute(node, "class") or node.name in {"nav", "aside"}) for node in unit.nodes
    )


def _take_outward(units: Sequence[_Unit], repeated: frozenset[int]) -> None:
    """Take the lines without links that stand farther from the text than a unit that goes; paragraphs, after two links."""
    links = 0
    for unit in units:
        if unit.goes:
            links += sum(max(1, len(line.links)) for line in unit.lines if line.acts or line.links)
            continue
        is_beside = unit.outside and not _is_paragraph(unit)
        if links > (0 if is_beside else 1):
            numbered = links > (1 if is_beside else 2)
            unit.goes = all(
                not repeated.isdisjoint((line.exact, line.slot, line.masked if numbered else 0)) for line in unit.lines
            )


def _is_heading(line: Line) -> bool:
    return not HEADINGS.isdisjoint(tag.name for tag in (*line.nodes, line.parent) if isinstance(tag, Tag))


def _is_paragraph(unit: _Unit) -> bool:
    return any(isinstance(node, Tag) and node.name in _PARAGRAPHS for node in (*unit.nodes, unit.lines[0].parent))
