"""Keeps books within a size: pictures made smaller first, then volumes.  Pure; `epubmaker.build` does the work.

The steps go from what the device deserves to what still looks right on it: first a lower quality, which nobody sees on
e-ink, then smaller pictures too.  Below the last step pictures would look poor, so the book is cut into volumes instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from epubmaker.config import PictureSettings
from epubmaker.model.articles import Group, Plan

__all__ = ["cut", "steps"]

# Share of the width and height, and the JPEG quality.
_STEPS = ((1.0, 70), (0.85, 65), (0.7, 60))
_MARGIN = 0.97  # of the size that volumes are planned for: covers and contents are not measured before they are made


def steps(settings: PictureSettings) -> Iterator[PictureSettings]:
    """Yield settings for ever smaller pictures, beginning with those asked for."""
    yield settings
    for share, quality in _STEPS:
        lower = quality if settings.quality is None else min(settings.quality, quality)
        yield replace(
            settings, width=round(settings.width * share), height=round(settings.height * share), quality=lower
        )


def cut(plan: Plan, sizes: Mapping[str, int], around: int, limit: int) -> tuple[Plan, ...]:
    """Cut a plan into volumes of at most about `limit` bytes each, in order.

    `sizes` holds each article's bytes in the book, its pictures included, by the key of its entry; `around` is what a
    volume takes for itself (cover, contents).  Volumes end with a group where they can; a group that is too large for a
    volume is cut between articles.  An article that is too large alone is a volume alone.
    """
    room = max(1, int(limit * _MARGIN) - around)
    volumes: list[list[Group]] = [[]]
    used = 0
    for group in plan.groups:
        for part in _parts(group, sizes, room):
            size = sum(sizes[entry.key] for entry in part.entries)
            if volumes[-1] and used + size > room:
                volumes.append([])
                used = 0
            volumes[-1].append(part)
            used += size
    return tuple(replace(plan, groups=tuple(groups)) for groups in volumes)


def _parts(group: Group, sizes: Mapping[str, int], room: int) -> Sequence[Group]:
    """Return the group whole if a volume can hold it, else parts that one can."""
    if sum(sizes[entry.key] for entry in group.entries) <= room:
        return [group]
    parts: list[Group] = []
    used = room
    for entry in group.entries:
        if used + sizes[entry.key] > room:
            parts.append(replace(group, entries=()))
            used = 0
        parts[-1] = replace(parts[-1], entries=(*parts[-1].entries, entry))
        used += sizes[entry.key]
    return parts
