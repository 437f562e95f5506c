"""Cuts the articles into batches, and bounds how many of them are drafted ahead.

Work is counted in bytes of the articles' files: the time that drafting takes goes by them, and so does the memory.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias

from epubmaker.model.articles import Entry
from epubmaker.model.chapters import Draft

__all__ = ["MOST_AHEAD", "Batch", "Line", "work"]

_EACH = 3_000  # bytes: what any article takes, however short it is, as if it had so many more
_BATCH = 180_000  # bytes; smaller ones cost more in passing, larger ones more in waiting at the end
_AHEAD = 4  # batches for each process that may be ahead

MOST_AHEAD = 8_000_000
"""Bytes of articles that may be ahead, unless it is one alone: drafting takes 25 times as much memory."""

Batch: TypeAlias = tuple[Entry, ...]


def work(entry: Entry) -> int:
    """Return the bytes that an article counts for; a file that is gone takes none."""
    with suppress(OSError, ValueError):
        return _EACH + os.stat(entry.path).st_size  # noqa: PTH116 - see `collector.walk.File`
    return _EACH


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A batch that was handed over, the bytes of its articles, and its drafts to come."""

    batch: Batch
    size: int
    answer: Future[list[Draft]]


class Line:
    """Batches of articles in order, of which some are ahead: handed to helpers, and drafted before they are wanted."""

    def __init__(
        self, entries: Sequence[Entry], submit: Callable[[Batch], Future[list[Draft]]], processes: int
    ) -> None:
        """Keep what hands a batch to so many processes, this one included; nothing is handed over yet."""
        self.entries = entries
        self._submit = submit
        self._most = _AHEAD * processes
        self._batches = _batches(entries)
        self._next = next(self._batches, None)
        self._waiting: deque[_Waiting] = deque()
        self._size = 0

    def fill(self) -> bool:
        """Hand over what may be ahead; return whether anything is left to take."""
        while self._next and len(self._waiting) < self._most:
            batch, size = self._next
            if self._waiting and self._size + size > MOST_AHEAD:
                break
            # A process keeps the memory of its largest article. One with no room for another beside it is drafted here.
            answer = self._submit(batch) if size <= MOST_AHEAD else Future()
            self._waiting.append(_Waiting(batch, size, answer))
            self._size += size
            self._next = next(self._batches, None)
        return bool(self._waiting)

    def is_first_done(self) -> bool:
        """Return whether the drafts that come next are there."""
        return self._waiting[0].answer.done()

    def draft_one(self, here: Callable[[Entry], Draft]) -> bool:
        """Draft, with `here`, the first batch that no helper has begun; return False when there is none."""
        for index, waiting in enumerate(self._waiting):
            if waiting.answer.cancel():
                own: Future[list[Draft]] = Future()
                own.set_result(list(map(here, waiting.batch)))
                self._waiting[index] = replace(waiting, answer=own)
                return True
        return False

    def take(self) -> tuple[Batch, list[Draft]]:
        """Wait for the first batch; return it with its drafts, or with none where its helper has died."""
        first = self._waiting.popleft()
        self._size -= first.size
        return first.batch, first.answer.result()


def _batches(entries: Iterable[Entry]) -> Iterator[tuple[Batch, int]]:
    """Yield batches of about as much work each, with their bytes."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        more = work(entry)
        if batch and size + more > _BATCH:
            yield tuple(batch), size
            batch, size = [], 0
        batch.append(entry)
        size += more
    if batch:
        yield tuple(batch), size
