"""Access of one build to all that earlier builds kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from epubmaker.imaging.fontfolders import fonts_state
from epubmaker.model.articles import Issue
from epubmaker.order import Order
from epubmaker.report import Report
from epubmaker.reuse.books import Books, book_key
from epubmaker.reuse.heads import HeadIndex
from epubmaker.reuse.store import Store
from epubmaker.reuse.volumes import Volumes
from epubmaker.runtime.closable import Closable

if TYPE_CHECKING:
    from epubmaker.collector.pictures.candidates import LocalFile

__all__ = ["BuildCache"]


class BuildCache(Closable):
    """All that earlier builds kept in one cache folder. A context manager; does not raise."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self._books = Books(self.store)
        self.heads = HeadIndex(self.store)
        self.volumes = Volumes(self.store)
        # The key of a book and the hashes in it, by its output.
        self._keys: dict[Path, tuple[str | None, Sequence[str | None]]] = {}

    @cached_property
    def _fonts(self) -> str:
        return fonts_state()

    def close(self) -> None:
        """Close the store. Finished chapters are kept for the next build even after an error or an interrupt."""
        self.store.close()

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Warnings that the store is damaged or cannot be used."""
        return self.store.issues

    def unchanged(self, order: Order) -> Report | None:
        """Return the report of the last build of a book, if a build now would make the same book."""
        network = order.options.network
        if network.refresh or not self._books.known(order.output):
            return None
        hashes = self.heads.hashes_of(order.plan.entries)
        key = book_key(order, hashes, self._fonts)
        self._keys[order.output] = key, hashes
        return None if key is None else self._books.unchanged(order, key)

    def keep(
        self,
        order: Order,
        report: Report,
        *,
        hashes: Sequence[str | None],
        local_files: Mapping[LocalFile, str],
        until: float,
    ) -> None:
        """Keep the report of a build.

        `hashes` are those of the articles' files, in the order of the plan, None for each that could not be read;
        `local_files` the local files named as pictures; `until` is when the first answer about a picture expires, in
        seconds since the epoch.
        """
        key, known = self._keys.get(order.output, (None, ()))
        key = key if hashes == known else book_key(order, hashes, self._fonts)
        if key is not None:
            self._books.keep(order.output, key, report, local_files, until)
