"""A folder of articles that is built again and again with one cache, for tests."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from epubmaker.options import Network, Options
from epubmaker.pipeline.build import Progress, build
from epubmaker.report import Report
from epubmaker.reuse.store import Store

LOCAL = Network(allow_private=True, timeout=30, retries=0)


class Archive:
    """A folder of articles that is built again and again with one cache."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inputs = folder / "in"
        self.output = folder / "book.epub"
        self.options = Options(
            (self.inputs,), output=self.output, network=LOCAL, cache=folder / "cache", jobs=1, draw_cover=False
        )
        self._phases: list[str] = []

    def build(self, **changes: Any) -> Report:
        """Build; `was_made` says afterwards whether a book was made, and not just found unchanged."""
        self._phases.clear()

        def note(progress: Progress) -> None:
            self._phases.append(progress.phase)

        return build(replace(self.options, **changes), note)

    def was_made(self) -> bool:
        return "articles" in self._phases

    def from_nothing(self, **changes: Any) -> bytes:
        """Return the book that a build without a cache makes."""
        other = self.folder / "other.epub"
        build(replace(self.options, **{"cache": None, **changes, "output": other}))
        return other.read_bytes()

    @property
    def chapters(self) -> int:
        """How many chapters are in the cache."""
        with closing(Store(self.folder / "cache")) as store:
            return store.info().chapters
