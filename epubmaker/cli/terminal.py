"""The progress of a build on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Self

import click

from epubmaker.cli.console import say

if TYPE_CHECKING:
    from epubmaker.pipeline.build import Progress

__all__ = ["Terminal"]

_PLAIN_PROGRESS_EVERY = 500  # articles


class Terminal:
    """Shows the progress of a build: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = nullcontext()
        self._shown = 0
        self._phase = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.__exit__(None, None, None)

    def show(self, progress: Progress) -> None:
        if self._quiet:
            return
        tell: Callable[[Progress], None] = self._move_bar if sys.stderr.isatty() else self._say_now_and_then
        tell(progress)

    def _move_bar(self, progress: Progress) -> None:
        if progress.phase != self._phase:
            self._bar.__exit__(None, None, None)
            self._phase, self._shown = progress.phase, 0
            self._bar = nullcontext()
            if not progress.total:
                say(f"{progress.phase} …")
                return
            self._bar = click.progressbar(length=progress.total, label=f"{progress.phase:<10}", file=sys.stderr)
            self._bar.__enter__()
        if progress.total:
            self._bar.update(progress.done - self._shown)
            self._shown = progress.done

    def _say_now_and_then(self, progress: Progress) -> None:
        if progress.phase != self._phase or progress.done - self._shown >= _PLAIN_PROGRESS_EVERY:
            self._phase, self._shown = progress.phase, progress.done
            total = f" of {progress.total}" if progress.total else ""
            say(f"{progress.phase}: {progress.done}{total}" if progress.done else progress.phase)
