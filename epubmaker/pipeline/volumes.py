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

__all__ = ["Frame", "VolumePlan", "cut", "size_of", "steps"]

# Share of the width and height, and the JPEG quality.
_STEPS = ((1.0, 70), (0.85, 65), (0.7, 60))
_AIM = 0.97  # share of the limit that volumes are planned for: covers and lists are larger in some than in others
_FULL = 0.88  # share of that from which on a volume may end with a group
_LEAST = 0.85  # share of the limit that a volume has at least, where more articles would fit


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
        more = excess.get(cells[start][1].key, 0)
        stop = _stop(weights, ends, start, replace(frame, fixed=frame.fixed + more), limit)
        volumes.append(plan._replace(groups=tuple(_groups(plan, cells[start:stop]))))
        start = stop
    return tuple(volumes)


class VolumePlan:
    """The volumes of a book that was weighed, planned anew as more becomes known of their sizes."""

    def __init__(self, plan: Plan, weights: Sequence[Weight], frame: Frame, limit: int) -> None:
        self._plan, self._weights, self._frame, self._limit = plan, weights, frame, limit
        self._excess: dict[str, int] = {}  # bytes that a volume has beside what was planned, by its first article
        self._corrected: set[str] = set()
        self.volumes: Sequence[Plan] = ()
        self._cut()

    def _cut(self) -> None:
        self.volumes = cut(self._plan, self._weights, self._frame, int(self._limit * _AIM), self._excess)

    def least(self, number: int) -> int:
        """Return the fewest bytes of a volume that has room for no further article, or was corrected before; else 0."""
        if number + 1 == len(self.volumes) or self._first(number) in self._corrected:
            return 0
        start, stop = self._span(number)
        more = size_of(self._weights[start : stop + 1], self._frame) - size_of(self._weights[start:stop], self._frame)
        return max(0, min(int(self._limit * _LEAST), int(self._limit * _AIM) - more))

    def correct(self, number: int, size: int) -> None:
        """Note the size that a volume had, or has at least, and plan it and those after it anew."""
        start, stop = self._span(number)
        first, excess = self._first(number), size - size_of(self._weights[start:stop], self._frame)
        # Once it was too large it only shrinks, whatever the sizes of smaller ones say.
        too_large = size > self._limit
        self._excess[first] = max(excess, self._excess.get(first, excess)) if too_large else excess
        self._corrected.add(first)
        self._cut()

    def _first(self, number: int) -> str:
        return self.volumes[number].entries[0].key

    def _span(self, number: int) -> tuple[int, int]:
        start = sum(len(volume.entries) for volume in self.volumes[:number])
        return start, start + len(self.volumes[number].entries)


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
        yield plan.groups[number]._replace(entries=tuple(entry for _, entry in part))
