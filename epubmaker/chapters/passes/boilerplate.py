"""Drop the runs of repeated text at the beginning and the end of an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import NamedTuple, TypeAlias

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.boilerplate.segments import Kind, picture_key, segments
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, is_text, picture_ref, tags_within, walk
from epubmaker.chapters.xhtml.content import HEADINGS, LINE_ENDS, names

__all__ = ["drop_boilerplate"]

_WHOLE = names("figure table svg math hr")  # go whole or not at all


class _Verdict(Enum):
    REPEATED = auto()
    OWN = auto()  # where a run ends
    NUMBER = auto()  # goes between what repeats: a date, a count
    SIGN = auto()  # goes beside what repeats: a rule, a bullet
    PICTURE = auto()  # of the article's own, without words: stays, and ends no run


_VERDICTS = {Kind.WORDS: _Verdict.OWN, Kind.NUMBER: _Verdict.NUMBER, Kind.SIGN: _Verdict.SIGN}
_Part: TypeAlias = tuple[int, int, _Verdict]  # where it starts and stops in its unit's text


@dataclass(slots=True, eq=False)
class _Unit:
    """A line of text, or an element that is judged as one (`whole`); `heading` tells whether it stands in a heading."""

    strings: list[NavigableString]
    whole: Tag | None
    heading: bool
    text: str
    parts: list[_Part] | None = None

    @property
    def stays(self) -> bool:
        """Whether it stays even in a run."""
        return self.parts is not None and self.parts[0][2] is _Verdict.PICTURE


class _Run(NamedTuple):
    """How far a run goes from one end: over `units` units and to `offset` in the text of the next.

    `own` is the number of the unit that ends it, None where nothing does; units are counted from the same end.
    """

    units: int
    offset: int
    own: int | None


def drop_boilerplate(root: Tag, context: PassContext) -> None:
    """Remove the segments at either end that `context.repeated_text` has, up to the first that it has not.

    What stands between two sentences of the article's own stays. Adds the characters that are gone to `context.dropped`.
    """
    units = list(_units(root))
    repeated = context.repeated_text
    first = _run(units, repeated)
    start = 0 if first is None else first.units
    if first and first.own is not None:
        while start and not first.offset and units[start - 1].heading:
            start -= 1  # it heads the article's own text
    last = _run(units[::-1], repeated, backwards=True) if first is None or first.own is not None else None
    stop = len(units) if last is None else len(units) - last.units
    edits = Edits(root)
    if first:
        context.dropped += _remove(units[:start], edits)
    if last:
        context.dropped += _remove(units[stop:], edits)
        if last.own == last.units and _heads_nothing(units[start:stop], units[stop:]):
            context.dropped += _remove(units[stop - 1 : stop], edits)
            last = None
    cut = {}
    if first and first.offset:
        cut[start] = first.offset, len(units[start].text)
    if last and last.offset:
        cut[stop - 1] = cut.get(stop - 1, (0, 0))[0], last.offset
    for number, (begin, end) in cut.items():
        context.dropped += _shorten(units[number], begin, end, edits)
    edits.apply()


def _heads_nothing(before: Sequence[_Unit], gone: Iterable[_Unit]) -> bool:
    """Tell whether a text ends with a heading of what is gone, and has more than that."""
    return (
        before[-1].heading
        and any(not unit.heading and unit.text for unit in before)
        and not any(unit.stays for unit in gone)
    )


def _run(units: Sequence[_Unit], repeated: frozenset[int], *, backwards: bool = False) -> _Run | None:
    """Return the run that units begin with (`backwards`: each from its end); None for none."""
    passed = offset = 0
    found = beside = False
    for number, unit in enumerate(units):
        parts = _parts(unit, repeated)
        for start, stop, verdict in reversed(parts) if backwards else parts:
            if verdict is _Verdict.OWN:
                return _Run(passed, offset, number) if found else None
            beside = verdict is _Verdict.REPEATED or (beside and verdict is _Verdict.SIGN)
            if beside:
                found = True
                passed, offset = number, start if backwards else stop
        if beside:
            passed, offset = number + 1, 0
    return _Run(passed, offset, None) if found else None


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
            parting = node.name in LINE_ENDS or node is _END
            if line and (whole or parting):
                yield _unit(line, None, above)
                line = []
            if node is _END:
                above.pop()
            elif whole:
                yield _unit([each for each in walk(node) if is_text(each)], node, above)
            else:
                if parting:
                    above.append(node.name in HEADINGS)
                    stack.append(_END)
                stack.extend(reversed(node.contents))
    if line:
        yield _unit(line, None, above)


def _unit(strings: Iterable[PageElement], whole: Tag | None, above: Iterable[bool]) -> _Unit:
    texts = [string for string in strings if isinstance(string, NavigableString)]
    return _Unit(texts, whole, any(above), "".join(texts))


def _parts(unit: _Unit, repeated: frozenset[int]) -> list[_Part]:
    if unit.parts is None and unit.whole is not None:
        unit.parts = [(0, len(unit.text), _judged(unit, unit.whole, repeated))]
    elif unit.parts is None:
        unit.parts = [
            (start, stop, _Verdict.REPEATED if key in repeated else _VERDICTS[kind])
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


def _remove(units: Iterable[_Unit], edits: Edits) -> int:
    """Remove units, but for those that stay; return how many characters of text they had."""
    length = 0
    for unit in units:
        if not unit.stays:
            for node in unit.strings if unit.whole is None else (unit.whole,):
                edits.remove(node)
            length += len(unit.text.strip())
    return length


def _shorten(unit: _Unit, begin: int, end: int, edits: Edits) -> int:
    """Keep a part of a line; return how many characters of text were around it."""
    position = 0
    for string in unit.strings:
        first, last = max(begin - position, 0), max(end - position, 0)
        if kept := string[first:last]:
            edits.replace(string, NavigableString(kept))
        else:
            edits.remove(string)
        position += len(string)
    return len(unit.text[:begin].strip()) + len(unit.text[end:].strip())
