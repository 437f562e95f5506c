"""Plans how a book keeps within a size: the steps to smaller pictures, and the cut into volumes. Pure.

The first step lowers the quality, which does not show on e-ink; further ones make pictures smaller, too. Below the last,
pictures would look poor, so that the book is cut into volumes instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from types import MappingProxyType

from epubmaker.model.articles import Entry, Group, Plan
from epubmaker.model.chapters import Weight
from epubmaker.options import PictureSettings

__all__ = ["Frame", "cut", "size_of", "steps"]

# Share of the width and height, and the JPEG quality.
_STEPS = ((1.0, 70), (0.85, 65), (0.7, 60))
_FULL = 0.85  # share of the limit from which on a volume may end with a group


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of a book beside its chapters: a fixed number, and a number for each article's lines in the lists."""

    fixed: int = 0
    each: float = 0.0

    @property
    def least(self) -> int:
        """The bytes of a book whose only article is empty."""
        return ceil(self.fixed + self.each)


def steps(settings: PictureSettings) -> Iterator[PictureSettings]:
    """Yield settings for ever smaller pictures, beginning with the given ones; none twice."""
    last = settings
    yield last
    for share, quality in _STEPS:
        lower = replace(
            settings,
            width=max(1, round(settings.width * share)),
            height=max(1, round(settings.height * share)),
            quality=quality if settings.quality is None else min(settings.quality, quality),
        )
        if lower != last:
            last = lower
            yield last


def cut(
    plan: Plan, weights: Sequence[Weight], frame: Frame, limit: int, excess: Mapping[str, int] = MappingProxyType({})
) -> tuple[Plan, ...]:
    """Cut a plan into volumes of at most `limit` bytes each, in order.

    `weights` are those of the plan's articles, in order; `frame` are the bytes of each volume beside them; `excess` are
    further bytes of some volumes, by the keys of their first articles. A volume ends with a group where it is nearly full
    then, else between two articles. An article that is too large for any volume becomes a volume alone.
    """
    cells = [(number, entry) for number, group in enumerate(plan.groups) for entry in group.entries]
    ends = [number + 1 == len(cells) or cells[number + 1][0] != cell[0] for number, cell in enumerate(cells)]
    volumes = []
    start = 0
    while start < len(cells):
        stop = _stop(weights, ends, start, frame, limit - excess.get(cells[start][1].key, 0))
        volumes.append(replace(plan, groups=tuple(_groups(plan, cells[start:stop]))))
        start = stop
    return tuple(volumes)


def size_of(weights: Sequence[Weight], frame: Frame) -> int:
    """Return the bytes of a book of these articles."""
    pictures = {name: length for weight in weights for name, length in weight.pictures.items()}
    documents = sum(weight.documents for weight in weights)
    return ceil(frame.fixed + len(weights) * frame.each) + documents + sum(pictures.values())


def _stop(weights: Sequence[Weight], ends: Sequence[bool], start: int, frame: Frame, limit: int) -> int:
    """Return the number of the article after the last of a volume that begins with article number `start`.

    `ends` tells for each article whether it is the last of its group.
    """
    size = float(frame.fixed)
    held: set[str] = set()
    stop = 0  # after the last group that ends where the volume is nearly full
    for number in range(start, len(weights)):
        weight = weights[number]
        size += frame.each + weight.documents
        size += sum(length for name, length in weight.pictures.items() if name not in held)
        if size > limit and number > start:
            return stop or number
        held.update(weight.pictures)
        if ends[number] and size >= _FULL * limit:
            stop = number + 1
    return len(weights)


def _groups(plan: Plan, cells: Sequence[tuple[int, Entry]]) -> Iterator[Group]:
    for number, part in groupby(cells, key=lambda cell: cell[0]):
        yield replace(plan.groups[number], entries=tuple(entry for _, entry in part))
