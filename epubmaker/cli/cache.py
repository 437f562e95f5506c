"""The commands `epubmaker cache info` and `epubmaker cache clear`."""

from __future__ import annotations

from pathlib import Path

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import show
from epubmaker.cli.values import FILE, Bytes
from epubmaker.storage.files import cache_folder, chapters_limit

__all__ = ["cache"]

_DAY = 86400.0
_NO_AGE = 36500.0  # days
_NO_SIZE = 2**60

_FOLDER = click.option("--cache", "folder", type=FILE, metavar="DIR", help="Default: the user's cache folder.")


@click.group()
def cache() -> None:
    """Look after the cache: pictures, and chapters of earlier builds."""


@cache.command()
@_FOLDER
def info(folder: Path | None) -> None:
    """Tell where the cache is and what it holds."""
    with one_line_errors():
        from epubmaker.collector.cache.store import Cache
        from epubmaker.report import human_size
        from epubmaker.reuse.store import Store

        folder = folder or cache_folder()
        with Cache(folder) as pictures, Store(folder) as texts:
            held, finished = pictures.info(), texts.info()
        show(f"folder     {folder}")
        show(f"pictures   {held.pictures:,}")
        show(f"made ready {held.processed:,}")
        show(f"failures   {held.failures:,}")
        show(f"chapters   {finished.chapters:,}")
        show(f"size       {human_size(held.size + finished.size)}")


@cache.command()
@_FOLDER
@click.option("--older-than", type=click.FloatRange(min=0), metavar="DAYS", help="Only what was not used for so long.")
@click.option("--down-to", type=Bytes(), metavar="SIZE", help="Only what was used longest ago, until it is this small.")
def clear(folder: Path | None, older_than: float | None, down_to: int | None) -> None:
    """Remove what the cache holds: everything, or what goes beyond an age or a size.

    What was used in the last hours stays when a limit is given: a build may be using it.
    """
    with one_line_errors():
        folder = folder or cache_folder()
        if older_than is None and down_to is None:
            _clear(folder)
        else:
            age = (_NO_AGE if older_than is None else older_than) * _DAY
            _trim(folder, age, _NO_SIZE if down_to is None else down_to)


def _clear(folder: Path) -> None:
    from epubmaker.collector.cache.store import Cache
    from epubmaker.reuse.store import Store

    with Cache(folder) as pictures, Store(folder) as texts:
        pictures.clear()
        texts.clear()


def _trim(folder: Path, age: float, size: int) -> None:
    """Remove entries not used for `age` seconds, then those used longest ago, until `size` bytes are left."""
    from epubmaker.collector.cache.store import Cache
    from epubmaker.reuse.store import Store

    # A picture cache applies its limits when it is closed.
    with Store(folder, chapters_limit(size), age) as texts:
        texts.prune()
        left = texts.info().size
    Cache(folder, max(0, size - left), age).close()
