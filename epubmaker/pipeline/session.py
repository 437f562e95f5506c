"""The parts of one run that all its books share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

from epubmaker.errors import EpubmakerError
from epubmaker.model.articles import Issue
from epubmaker.model.books import Book
from epubmaker.options import Options
from epubmaker.pipeline.remembering import series_name, state_path
from epubmaker.report import Report
from epubmaker.reuse.buildcache import BuildCache
from epubmaker.storage.state import State

if TYPE_CHECKING:
    from epubmaker.collector.locations.copies import Copies
    from epubmaker.collector.web.documents import Documents
    from epubmaker.packager.check.epubcheck import Checker
    from epubmaker.pipeline.drafting import Drafting
    from epubmaker.pipeline.pictures import Pictures
    from epubmaker.reuse.chapters import Chapters

__all__ = ["Progress", "Session"]


class Progress(NamedTuple):
    """How far a run is: `done` of `total` articles or books of the phase; a `total` of 0 is not known."""

    phase: Literal[
        "scanning", "pages", "articles", "volumes", "shelving", "checking", "copying", "sending", "running the command"
    ]
    done: int = 0
    total: int = 0


class Session:
    """The options of a run, its parts, each imported and opened on first use, and its progress. A context manager.

    What must end with the run is entered into `stack`. `show` is called with the progress; `total` is the number of
    articles of the books to be made, once it is known, and `articles_before` that of the finished volumes. Without
    `keeps`, the state is read, and not made or locked. `series` is what the names of all books are made of, by which a
    later run knows them. `so_far` is what a report can tell of a run that makes no book;
    `may_report` says that its path was looked at. `failure` is an error that ends the run once the books are delivered.
    """

    def __init__(self, options: Options, show: Callable[[Progress], None], *, keeps: bool = True) -> None:
        self.options = options
        self.show = show
        self.keeps = keeps
        self.total = self.articles_before = 0
        self.stack = ExitStack()
        self.series = ""
        self.so_far = Report()
        self.failure: EpubmakerError | None = None
        self.may_report = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.__exit__(kind, error, trace)

    @cached_property
    def cache(self) -> BuildCache | None:
        """What earlier builds left in the cache folder; None without one."""
        return self.stack.enter_context(BuildCache(self.options.cache)) if self.options.cache else None

    @cached_property
    def state(self) -> State | None:
        """What earlier books of the series had, locked until the end; None without `--new`. Raises StateError."""
        path = state_path(self.options)
        if path is None or not (self.keeps or path.exists()):
            return None
        return self.stack.enter_context(State(path, write=self.keeps))

    @cached_property
    def known(self) -> frozenset[str]:
        """The keys of the articles that earlier books of the series have; none without `--new`."""
        return self.state.known(series_name(self.options)) if self.state else frozenset()

    @cached_property
    def chapters(self) -> Chapters | None:
        """The chapters of earlier builds; None without a cache folder."""
        from epubmaker.reuse.chapters import Chapters

        return Chapters(self.cache.store, self.cache.heads) if self.cache else None

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures of all books."""
        from epubmaker.pipeline.pictures import Pictures

        return Pictures(self.options, self.stack)

    @cached_property
    def scratch(self) -> Path:
        """A folder for what is fetched or read from standard input, removed at the end. Raises TemporaryFilesError."""
        from epubmaker.storage.scratch import spool

        return self.stack.enter_context(spool())

    @cached_property
    def copies(self) -> Copies:
        """The copies of articles' files that lie at addresses."""
        from epubmaker.collector.locations.copies import Copies

        folder = self.scratch / "copies"
        folder.mkdir()
        return Copies(folder)

    @cached_property
    def documents(self) -> Documents:
        """The pages and feeds that are fetched from the web."""
        from epubmaker.collector.cache.store import Cache
        from epubmaker.collector.web.documents import Documents

        enter = self.stack.enter_context
        cache = enter(Cache(self.options.cache)) if self.options.cache else None
        return enter(Documents(self.options.network, self.scratch, cache))

    @cached_property
    def drafting(self) -> Drafting:
        """The drafts of all books' articles."""
        from epubmaker.pipeline.drafting import Drafting

        return self.stack.enter_context(Drafting(self.options.jobs or os.cpu_count() or 1))

    @cached_property
    def checker(self) -> Checker | None:
        """EPUBCheck; None unless the options ask for it. Raises CheckError where it is not installed."""
        if not self.options.check:
            return None
        from epubmaker.packager.check.epubcheck import Checker

        return self.stack.enter_context(Checker())

    @cached_property
    def stylesheet(self) -> tuple[bytes, tuple[Issue, ...]]:
        """The CSS of all books, and its issues."""
        from epubmaker.packager.styles.sheets import stylesheet

        options = self.options
        css, issues = stylesheet(options.style, options.css, options.device.rendition, is_kepub=options.kepub)
        return css.encode(), issues

    def note_volumes(self, books: Iterable[Book]) -> None:
        """Note volumes that are there now, so that a later run knows them, even if this one is killed."""
        if self.cache and self.series and self.options.in_volumes and not self.options.new:
            self.cache.volumes.keep(self.series, books)

    def show_articles(self, done: int) -> None:
        """Show how many articles are in the book and in the volumes before it."""
        self.show(Progress("articles", self.articles_before + done, self.total))
