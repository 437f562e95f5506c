"""Tells whether a file is still the one that was read, without reading it again."""

from __future__ import annotations

from epubmaker.model.articles import FileState

__all__ = ["SETTLED", "signature"]

SETTLED = 2.0
"""Seconds since its last change after which a file's times can be trusted: a file system may tell no two changes within
its clock's tick apart, and the coarsest clock, FAT's, ticks every two seconds."""


def signature(state: FileState, now: float, settled: float = SETTLED) -> str | None:
    """Return what is equal as long as nobody writes to the file; None when it changed too lately to tell.

    `now` is in seconds since the epoch, `settled` in seconds.
    """
    if max(state.modified, state.changed) > (now - settled) * 1e9:
        return None
    return f"{state.size} {state.modified} {state.changed} {state.inode}"
