"""The memory of one build: what earlier ones left to it, and what it leaves to the next."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from epubmaker.model.articles import Issue
from epubmaker.rebuild.books import Books, Job, book_key
from epubmaker.rebuild.hashes import Hashes
from epubmaker.rebuild.heads import Heads
from epubmaker.rebuild.store import Store
from epubmaker.report import Report

if TYPE_CHECKING:
    from epubmaker.collector.origins.candidates import LocalFile
    from epubmaker.rebuild.chapters import Chapters
    from epubmaker.rebuild.lastbook import LastBooks

__all__ = ["Memory"]


class Memory:
    """Everything that is remembered in one cache folder.  A context manager; does not raise."""

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self._books = Books(self._store)
        self.heads = Heads(self._store)
        self._hashes: Hashes | None = None
        self._key: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # What was made before an error or an interrupt is kept as well: the next build goes on from there.
        self._store.close()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """A `cache-unusable` warning, once the store could not be read or written."""
        return self._store.issues

    def is_empty(self) -> bool:
        """Whether there is no chapter of an earlier build."""
        return self._store.one("SELECT 1 FROM outlines LIMIT 1") is None

    def chapters(self) -> Chapters:
        """Return the chapters of earlier builds."""
        # An unchanged book needs none of what this imports.
        from epubmaker.rebuild.chapters import Chapters  # noqa: PLC0415

        return Chapters(self._store, self.heads)

    def last_books(self, job: Job) -> LastBooks:
        """Return the books of which runs can be copied into that of a job."""
        from epubmaker.rebuild.lastbook import LastBooks  # noqa: PLC0415 - as above

        return LastBooks(self._store, partial(self._hashes_of, job))

    def unchanged(self, job: Job) -> Report | None:
        """Return the report of the last build of a book, if another would make the very same."""
        network = job.options.network
        if network.refresh or not self._books.known(job.output):
            return None
        self._key = book_key(job, self._hashes_of(job))
        return None if self._key is None else self._books.unchanged(job, self._key)

    def _hashes_of(self, job: Job) -> Hashes:
        """Return the hashes of the articles' files, of which those that changed are read; of one job only."""
        if self._hashes is None:
            self._hashes = Hashes(map(self.heads.hash_of, job.plan.entries))
        return self._hashes

    def keep(
        self,
        job: Job,
        report: Report,
        *,
        hashes: Hashes,
        local_files: Mapping[LocalFile, str],
        until: float,
    ) -> None:
        """Remember a build.

        `hashes` are its articles', in the order of the plan; `local_files` those that pictures were looked for in; `until`,
        in seconds since the epoch, the answers about its pictures hold.
        """
        key = self._key if self._key and hashes == self._hashes else book_key(job, hashes)
        if key is not None:
            self._books.keep(job.output, key, report, local_files, until)
