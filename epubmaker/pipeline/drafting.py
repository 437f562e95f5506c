"""Drafts articles in order: in this process and, where there is enough work, in child processes.

Entries and drafts are sent between processes, trees never are. A child that dies costs time and nothing else: its batch is
drafted here.

Work is counted in bytes of the articles' files, which time and memory of drafting follow.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import TypeAlias

from epubmaker.model.articles import Entry
from epubmaker.model.chapters import DEFAULT_SETTINGS, Draft, DraftSettings
from epubmaker.runtime import process
from epubmaker.runtime.closable import Closable
from epubmaker.runtime.pool import ProcessPool

__all__ = ["MOST_AHEAD", "Drafting", "SettingsOf", "Submit", "draft_article", "drafts_in_order", "work"]

_WORTH = 3_000_000  # bytes from which on a child process, whose start takes 0.14 s of another processor, saves time
_MOST_CHILDREN = 3  # rendering and packaging, which stay here, take a third of what drafting takes
_EACH = 3_000  # bytes that any article counts for beside those of its file
_BATCH = 180_000  # bytes; smaller ones cost more in passing, larger ones more in waiting at the end
_AHEAD = 4  # batches ahead for each process

MOST_AHEAD = 8_000_000
"""Bytes of articles that are drafted ahead at most, unless it is one article: drafting takes 25 times as much memory."""

Submit: TypeAlias = Callable[[Sequence[Entry]], "Future[list[Draft] | None]"]
"""Has a batch drafted elsewhere; None where that came to nothing."""

SettingsOf: TypeAlias = Callable[[Entry], DraftSettings]
"""From an article to what its draft is made by."""


def draft_article(entry: Entry, settings: DraftSettings = DEFAULT_SETTINGS) -> Draft:
    """Read an article and return its draft."""
    return _drafter()(entry, settings)


@cache
def _drafter() -> Callable[[Entry, DraftSettings], Draft]:
    # A book of which every chapter is known needs none of the parser and the passes, which take 0.05 s to import.
    from epubmaker.pipeline.draft_worker import draft_article as drafter  # noqa: PLC0415

    if process.is_own():
        gc.freeze()  # these modules stay as well: see `books`
    return drafter


class Drafting(Closable):
    """The drafts of a run, made by up to `jobs` processes, this one among them. A context manager."""

    def __init__(self, jobs: int) -> None:
        """Bound the processes; none is started before `drafts` has enough work for it."""
        self._count = min(jobs - 1, _MOST_CHILDREN)
        self._pool: ProcessPool | None = None

    def close(self) -> None:
        """End the child processes."""
        if self._pool is not None:
            self._pool.close()

    def drafts(self, entries: Sequence[Entry], settings_of: SettingsOf = lambda _: DEFAULT_SETTINGS) -> Iterator[Draft]:
        """Yield the drafts of all entries, in order."""

        def draft(entry: Entry) -> Draft:
            return draft_article(entry, settings_of(entry))

        if not self._pool and self._count > 0 and any(total >= _WORTH for total in accumulate(map(work, entries))):
            self._pool = ProcessPool("epubmaker.pipeline.draft_worker", self._count)
        if not self._pool:
            return map(draft, entries)
        pool = self._pool

        def submit(batch: Sequence[Entry]) -> Future[list[Draft] | None]:
            return pool.submit([(entry, settings_of(entry)) for entry in batch])

        return drafts_in_order(entries, submit, self._count + 1, draft)


def work(entry: Entry) -> int:
    """Return the bytes that an article counts for."""
    return _EACH + entry.size


@dataclass(slots=True)
class _Batch:
    """Articles that are drafted together, their bytes, and their drafts: those of a child, or those made here."""

    entries: Sequence[Entry]
    size: int
    draft: Callable[[Entry], Draft]
    answer: Future[list[Draft] | None] = field(default_factory=Future)
    made_here: list[Draft] | None = None

    def draft_here(self) -> bool:
        """Draft the batch here, unless that is done or a child has begun it; tell whether it was."""
        if self.made_here is not None or not self.answer.cancel():
            return False
        self.made_here = list(map(self.draft, self.entries))
        return True

    def is_done(self) -> bool:
        return self.made_here is not None or self.answer.done()

    def drafts(self) -> Iterable[Draft]:
        return self.made_here or process.result_of(self.answer) or map(self.draft, self.entries)


def drafts_in_order(
    entries: Iterable[Entry], submit: Submit, processes: int, draft: Callable[[Entry], Draft] = draft_article
) -> Iterator[Draft]:
    """Yield the drafts of entries in order; `submit` hands a batch to one of `processes` - 1 child processes.

    `draft` drafts an article here.

    Instead of waiting for the drafts that come next, this process drafts the first batch that no child has begun.
    """
    coming = deque[_Batch]()
    for batch in _batches(entries, draft):
        while coming and (
            len(coming) >= _AHEAD * processes or sum(each.size for each in coming) + batch.size > MOST_AHEAD
        ):
            yield from _first(coming)
        # A process keeps the memory of its largest article. One with no room for another beside it is drafted here.
        if batch.size <= MOST_AHEAD:
            batch.answer = submit(batch.entries)
        coming.append(batch)
    while coming:
        yield from _first(coming)


def _first(coming: deque[_Batch]) -> Iterable[Draft]:
    while not coming[0].is_done() and any(batch.draft_here() for batch in coming):
        pass
    return coming.popleft().drafts()


def _batches(entries: Iterable[Entry], draft: Callable[[Entry], Draft]) -> Iterator[_Batch]:
    """Yield batches of about as much work each."""
    batch: list[Entry] = []
    size = 0
    for entry in entries:
        more = work(entry)
        if batch and size + more > _BATCH:
            yield _Batch(tuple(batch), size, draft)
            batch, size = [], 0
        batch.append(entry)
        size += more
    if batch:
        yield _Batch(tuple(batch), size, draft)
