"""Drop the runs of repeated text at the beginning and the end of an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import NamedTuple

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.boilerplate.segments import PARTING, Kind, picture_key, segments
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, is_text, picture_ref, tags_within, walk
from epubmaker.chapters.xhtml.content import HEADINGS, names

__all__ = ["drop_boilerplate"]

_WHOLE = names("figure table svg math hr")  # go whole or not at all


class _Verdict(Enum):
    REPEATED = auto()
    OWN = auto()  # where a run ends
    NUMBER = auto()  # goes between what repeats: a date, a count
    SIGN = auto()  # goes beside what repeats: a rule, a bullet
    PICTURE = auto()  # of the article's own, without words: stays, and ends no run


@dataclass(slots=True, eq=False)
class _Unit:
    """A line of text, or an element that is judged as one; `heading` tells whether it stands in a heading."""

    strings: list[NavigableString]
    whole: Tag | None = None
    heading: bool = False
    text: str = ""
    parts: list[_Part] | None = None

    def __post_init__(self) -> None:
        self.text = "".join(self.strings)


class _Part(NamedTuple):
    """A segment of a line, or a whole element."""

    unit: _Unit
    start: int
    stop: int
    verdict: _Verdict


def drop_boilerplate(root: Tag, context: PassContext) -> None:
    """Remove the segments at either end that `context.repeated` has, up to the first that it has not.

    What stands between two sentences of the article's own stays. Adds the characters that are gone to `context.dropped`.
    """
    units = list(_units(root))
    first = _run(_parts(unit, context.repeated) for unit in units)
    last = _run(_parts(unit, context.repeated)[::-1] for unit in reversed(units)) if first.next else first
    gone: list[_Part] = []
    if first.parts:
        gone += first.without_headings_at_end() if first.next else first.parts
    if last.parts and last is not first:
        gone += last.parts
        gone += _heading_of_nothing(units, last.next)
    gone = [part for part in gone if part.verdict is not _Verdict.PICTURE]
    if gone:
        context.dropped += _remove(root, gone)


class _Run(NamedTuple):
    """The parts of a run from one end, and the one that ended it."""

    parts: list[_Part]
    next: _Part | None

    def without_headings_at_end(self) -> list[_Part]:
        """Return the parts without the headings of what follows."""
        stop = len(self.parts)
        while stop and self.parts[stop - 1].unit.heading:
            stop -= 1
        return self.parts[:stop]


def _run(units: Iterable[list[_Part]]) -> _Run:
    """Return the run that the parts of units, in this order, begin with."""
    passed: list[_Part] = []
    length = 0
    for part in chain.from_iterable(units):
        verdict = part.verdict
        if verdict is _Verdict.OWN:
            return _Run(passed[:length], part)
        beside = verdict is _Verdict.SIGN and length == len(passed) > 0
        passed.append(part)
        if beside or verdict is _Verdict.REPEATED:
            length = len(passed)
    return _Run(passed[:length], None)


def _heading_of_nothing(units: list[_Unit], last: _Part | None) -> list[_Part]:
    """Return the parts of the heading that is the last of what stays, if there is a text before it."""
    if last is None or not last.unit.heading:
        return []
    before = any(not unit.heading and unit.text.strip() for unit in units[: units.index(last.unit)])
    return [_Part(last.unit, 0, last.stop, last.verdict)] if before else []


# --- lines -----------------------------------------------------------------------------------------------------------

_END = Tag(name="end")  # marks where an element that parts lines ends


def _units(root: Tag) -> Iterator[_Unit]:
    line: list[NavigableString] = []
    above: list[bool] = []  # of the elements that part lines and hold this place: whether each is a heading
    stack: list[PageElement] = root.contents[::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, NavigableString):
            if line or is_text(node):
                line.append(node)
        elif isinstance(node, Tag):
            whole = node.name in _WHOLE or picture_ref(node) is not None
            parting = node.name in PARTING or node is _END
            if line and (whole or parting):
                yield _Unit(line, heading=any(above))
                line = []
            if node is _END:
                above.pop()
            elif whole:
                yield _Unit(_texts(node), node, heading=any(above))
            else:
                if parting:
                    above.append(node.name in HEADINGS)
                    stack.append(_END)
                stack.extend(reversed(node.contents))
    if line:
        yield _Unit(line)


def _texts(tag: Tag) -> list[NavigableString]:
    return [node for node in walk(tag) if isinstance(node, NavigableString) and is_text(node)]


_VERDICTS = {Kind.WORDS: _Verdict.OWN, Kind.NUMBER: _Verdict.NUMBER, Kind.SIGN: _Verdict.SIGN}


def _parts(unit: _Unit, repeated: frozenset[int]) -> list[_Part]:
    if unit.parts is None and unit.whole is not None:
        unit.parts = [_Part(unit, 0, 0, _judged(unit, unit.whole, repeated))]
    elif unit.parts is None:
        unit.parts = [
            _Part(unit, start, stop, _Verdict.REPEATED if key in repeated else _VERDICTS[kind])
            for start, stop, kind, key in segments(unit.text)
        ]
    return unit.parts


def _judged(unit: _Unit, tag: Tag, repeated: frozenset[int]) -> _Verdict:
    """Judge an element: its texts one by one, then its pictures."""
    found = [key for text in unit.strings for _, _, kind, key in segments(text) if kind is Kind.WORDS]
    if any(key not in repeated for key in found) or tag.name in {"svg", "math"}:
        return _Verdict.OWN
    refs = [ref for node in chain((tag,), tags_within(tag)) if (ref := picture_ref(node)) is not None]
    if any(repeated.isdisjoint(map(picture_key, ref.sources)) for ref in refs):
        return _Verdict.PICTURE
    return _Verdict.REPEATED if found or refs else _Verdict.SIGN


# --- edits -----------------------------------------------------------------------------------------------------------


def _remove(root: Tag, parts: Iterable[_Part]) -> int:
    """Remove parts; return how many characters of text they had."""
    edits = Edits(root)
    ranges: dict[int, list[tuple[int, int]]] = {}
    units: dict[int, _Unit] = {}
    length = 0
    for unit, start, stop, _ in parts:
        if unit.whole is not None:
            edits.remove(unit.whole)
            length += sum(len(text.strip()) for text in unit.strings)
        else:
            units[id(unit)] = unit
            ranges.setdefault(id(unit), []).append((start, stop))
    for key, unit in units.items():
        gone = _joined(ranges[key])
        length += sum([len(unit.text[start:stop].strip()) for start, stop in gone])
        position = 0
        for string in unit.strings:
            _shorten(string, position, gone, edits)
            position += len(string)
    edits.apply()
    return length


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ranges in order, those that touch as one: at most a beginning and an end of a line."""
    ranges.sort()
    joined: list[tuple[int, int]] = []
    first, last = ranges[0]
    for start, stop in ranges:
        if start > last:
            joined.append((first, last))
            first = start
        last = max(last, stop)
    return [*joined, (first, last)]


def _shorten(string: NavigableString, position: int, gone: list[tuple[int, int]], edits: Edits) -> None:
    """Take ranges of a line away from one of its strings, which begins at `position` of the line."""
    end = position + len(string)
    kept, start = [], position
    for first, stop in gone:
        if stop <= start or first >= end:
            continue
        kept.append(string[start - position : max(first, start) - position])
        start = min(stop, end)
    if start == position and not kept:
        return
    left = "".join([*kept, string[start - position :]])
    if left:
        edits.replace(string, NavigableString(left))
    else:
        edits.remove(string)
