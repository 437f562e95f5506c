"""Looks after a cache folder, in which pictures and the chapters of earlier builds are kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from epubmaker.collector.cache.store import Cache
from epubmaker.report import human_size
from epubmaker.reuse.store import Store

__all__ = ["clear", "info", "trim"]

_DAY = 86400.0
_NO_AGE = 36500.0  # days
_NO_SIZE = 2**60


def info(folder: Path) -> Iterator[str]:
    """Yield lines that tell where the cache is and what it holds."""
    with Cache(folder) as pictures, Store(folder) as texts:
        held, finished = pictures.info(), texts.info()
    yield f"folder     {folder}"
    yield f"pictures   {held.pictures:,}"
    yield f"made ready {held.processed:,}"
    yield f"failures   {held.failures:,}"
    yield f"chapters   {finished.chapters:,}"
    yield f"size       {human_size(held.size + finished.size)}"


def clear(folder: Path) -> None:
    """Remove everything that the cache holds."""
    with Cache(folder) as pictures, Store(folder) as texts:
        pictures.clear()
        texts.clear()


def trim(folder: Path, days: float | None, size: int | None) -> None:
    """Remove what was not used for so many days, then what was used longest ago, until `size` bytes are left.

    Pictures that were used in the last hours stay: a build may be using them.
    """
    age = (_NO_AGE if days is None else days) * _DAY
    most = _NO_SIZE if size is None else size
    # Texts get a fifth at the most, and pictures, which keep their limits when they are closed, what these leave.
    with Store(folder, most // 5, age) as texts:
        texts.prune()
        left = texts.info().size
    Cache(folder, max(0, most - left), age).close()
