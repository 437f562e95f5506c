"""Repair the nesting of elements: pure functions that find a valid place for each of them.

An article's elements may be nested in any way. Each gets a place: the path of output elements from the body down to it,
first blocks, then the inline elements around it. A path follows the content model, so that what is written along it is
valid. Text is written in the order in which it comes, so that nothing is moved. Three rules repair a block:

- In an inline element, it is written around that element.
- Where it may not stand, it ends the elements that it may not stand in.
- Without the parent that it needs, it gets one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from epubmaker.chapters.xhtml.content import BLOCKS, BODY_HEADINGS, Holds, names
from epubmaker.model.chapters import LinkSlot, PictureSlot

__all__ = ["SIMPLE", "Frame", "Mode", "Place", "Target", "body_place", "bytes_of", "continued", "new_block", "numbered"]

_DEEPEST = 60  # output elements around a text; e-readers fail with more
_SCOPES = frozenset({"aside", "blockquote", "caption", "dd", "dt", "figcaption", "td", "th"})
_LIST_SCOPES = _SCOPES | {"table"}
_FREE = frozenset(name for name, block in BLOCKS.items() if not block.within)
# Found at once, and not in the Enum.
_FLOW, _LOOSE, _PARTS, _PHRASING = Holds.FLOW, Holds.LOOSE, Holds.PARTS, Holds.PHRASING
_HEADS = {name: (f"<{name}",) for name in BLOCKS}
_NOT_NESTED = names("a dfn")
_TABLE_PARTS = frozenset({"caption", "tbody", "td", "th", "thead", "tr"})

_REVERSED = ' reversed="'

_NONE: frozenset[str] = frozenset()
_TEXTS = BODY_HEADINGS | {"p"}
_PARTS_WITHIN = {"ol": names("li"), "ul": names("li"), "tr": names("td th")}
_PICTURE_BYTES = 600  # of a picture's markup, with an address and its text
_LONG_ADDRESS = 300

Mode: TypeAlias = Literal["flow", "flat", "pre"]


@dataclass(frozen=True, slots=True)
class Target:
    """The value of one `href` that leads to the element with an id, in whichever part of the chapter that stands."""

    id: str


def bytes_of(piece: str | PictureSlot | LinkSlot | Target) -> int:
    """Return the bytes that a piece takes in its file, at most; an estimate where a picture is still to be fetched."""
    if isinstance(piece, str):
        return len(piece) if piece.isascii() else len(piece.encode("utf-8", "replace"))
    if isinstance(piece, LinkSlot):
        return len(piece.address) + 4 * piece.address.count("&")
    if isinstance(piece, PictureSlot):
        longest = max([len(address) for address in piece.ref.sources if address[:5] != "data:"], default=0)
        return _PICTURE_BYTES + 4 * len(piece.alt) + max(0, longest - _LONG_ADDRESS)
    return 20


@dataclass(slots=True, eq=False)
class Frame:
    """One output element. It may be opened more than once, where a block interrupts it or a file ends.

    `head` is its start tag without the ">". `id` is written when it is first opened, if it was not before.
    `count` are the items or row groups in it so far. Two frames are the same only if they are the same object.
    """

    name: str
    head: tuple[str | LinkSlot | Target, ...] = ()
    holds: Holds = Holds.PHRASING
    block: bool = False
    id: str = ""
    count: int = 0
    opened: bool = False
    strays: dict[str, Frame] | None = None

    def stray(self, name: str) -> Frame:
        """Return the one element of a name that is put around what may not stand in this one directly."""
        if self.strays is None:
            self.strays = {}
        found = self.strays.get(name)
        if found is None:
            found = self.strays[name] = new_block(name)
        if self.name == "table":
            self.count = 2  # rows have begun: no caption and no head may follow
        return found


def new_block(name: str, attributes: str = "", identifier: str = "") -> Frame:
    """Return a frame for a block element of the content model."""
    head = (f"<{name}{attributes}",) if attributes else _HEADS[name]
    return Frame(name, head, BLOCKS[name].holds, True, identifier)  # noqa: FBT003 - by position takes half as long


def continued(head: str, count: int) -> str:
    """Return the start tag of an ordered list that continues in another file after `count` items."""
    before, start, after = head.partition(' start="')
    number = _first(head) + (-count if _REVERSED in head else count)
    return f'{before} start="{number}"{after.partition(chr(34))[2] if start else ""}'


def numbered(item: str, head: str, count: int) -> int:
    """Return how many items a list has had after one more: `count` unless the item's start tag names another number."""
    _, given, number = item.partition(' value="')
    if not given:
        return count
    steps = int(number.partition('"')[0]) - _first(head)
    return 1 + (-steps if _REVERSED in head else steps)


def _first(head: str) -> int:
    """Return the number of the first item of an ordered list."""
    _, start, number = head.partition(' start="')
    return int(number.partition('"')[0]) if start else 1


class Place(NamedTuple):
    """A place for content.

    `paragraphs` is True where text is put into paragraphs even in a block that may hold text. `mode` is "flat" where no
    block may begin (a heading), "pre" where white space is kept, too. `language`, `direction` and `align` are the last ones
    declared, "" for those of the article.
    """

    blocks: tuple[Frame, ...]
    inlines: tuple[Frame, ...] = ()
    paragraphs: bool = True
    mode: Mode = "flow"
    language: str = ""
    direction: str = ""
    align: str = ""

    @property
    def top(self) -> Frame:
        """The innermost block."""
        return self.blocks[-1]

    @property
    def path(self) -> tuple[Frame, ...]:
        """The output elements around text at this place."""
        blocks = self.blocks
        holds = blocks[-1].holds
        if holds is not _PHRASING:
            blocks = _filled(blocks)
            holds = blocks[-1].holds
            if holds is _FLOW or (holds is _LOOSE and self.paragraphs):
                return (*blocks, blocks[-1].stray("p"), *self.inlines)
        return blocks + self.inlines

    @property
    def simple(self) -> frozenset[str]:
        """Which of `SIMPLE`, if they say nothing by attributes and hold a text, stand here without anything around them."""
        top = self.blocks[-1]
        if top.holds is _PHRASING or self.inlines or self.mode != "flow" or self.full:
            return _NONE
        return _PARTS_WITHIN.get(top.name, _NONE) if top.holds is _PARTS else _TEXTS

    @property
    def full(self) -> bool:
        """True where no further element may be nested."""
        return len(self.blocks) + len(self.inlines) >= _DEEPEST

    def between(self) -> Place:
        """Return the place for the contents of a block that is not written itself."""
        return self if self.top.holds is not _PHRASING else self._replace(blocks=_without_phrasing(self.blocks))

    def under(self, name: str) -> tuple[Frame, ...]:
        """Return the blocks that a new block element stands in here."""
        if name in _FREE:
            return _filled(_without_phrasing(self.blocks))
        return _under_parent(self.blocks, name)

    def holding(self, frame: Frame, mode: Mode = "flow") -> Place:
        """Return the place inside a new block that stands here."""
        blocks = (*self.under(frame.name), frame)
        # Not `_replace`, which takes five times as long: this is done for every block.
        return Place(blocks, self.inlines, frame.holds is _FLOW, mode, self.language, self.direction, self.align)

    def inside(self, *frames: Frame) -> Place:
        """Return the place inside new inline elements that stand here; an `a` or `dfn` ends one it would stand in."""
        if not frames:
            return self
        kept = self.inlines
        if kept and (single := _NOT_NESTED.intersection([frame.name for frame in frames])):
            kept = tuple([frame for frame in kept if frame.name not in single])
        return Place(self.blocks, kept + frames, self.paragraphs, self.mode, self.language, self.direction, self.align)


SIMPLE: Mapping[str, Frame] = {name: new_block(name) for name in BODY_HEADINGS | names("li p td th")}
"""Blocks that may be written at once when one text is all that they hold; since nothing else is, one frame does for all."""


def body_place() -> Place:
    """Return the place that everything else stands in."""
    return Place((Frame("body", holds=Holds.FLOW, block=True),))


def _without_phrasing(blocks: tuple[Frame, ...]) -> tuple[Frame, ...]:
    end = len(blocks)
    while blocks[end - 1].holds is _PHRASING:
        end -= 1
    return blocks[:end]


def _filled(blocks: tuple[Frame, ...]) -> tuple[Frame, ...]:
    """Return the blocks with the parts added that lead from a list or a table down to where text may stand."""
    while blocks[-1].holds is _PARTS:
        blocks = (*blocks, blocks[-1].stray(BLOCKS[blocks[-1].name].stray))
    return blocks


def _under_parent(blocks: tuple[Frame, ...], name: str) -> tuple[Frame, ...]:
    """Return the blocks down to the nearest parent that a part such as `li` may have, which is added where it lacks."""
    block = BLOCKS[name]
    scopes = _SCOPES if name in _TABLE_PARTS else _LIST_SCOPES
    for index in range(len(blocks) - 1, -1, -1):
        if blocks[index].name in block.within:
            return blocks[: index + 1]
        if blocks[index].name in scopes:
            break
    parent = BLOCKS[block.parent]
    above = _under_parent(blocks, block.parent) if parent.within else _filled(_without_phrasing(blocks))
    return (*above, above[-1].stray(block.parent))
