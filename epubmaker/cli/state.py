"""The commands `epubmaker state show` and `epubmaker state forget`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import show
from epubmaker.cli.values import FILE
from epubmaker.errors import UsageError

__all__ = ["state"]

_FILE = click.option("--state", "path", type=FILE, metavar="FILE", help="Default: all of the user's state folder.")


@click.group()
def state() -> None:
    """Look after what `build --new` remembers: the articles that earlier books of a series have."""


@state.command("show")
@_FILE
def show_all(path: Path | None) -> None:
    """List the series, with how many articles and books each has."""
    from epubmaker.storage.state import State

    with one_line_errors():
        for each in _files(path):
            with State(each) as opened:
                for found in opened.series():
                    books = f"{found.books:,} book{'s'[: found.books > 1]}"
                    articles = f"{found.articles:,} article{'s'[: found.articles != 1]}"
                    show(f"{found.name}: {articles} in {books}, the last {found.made}: {found.title}")


@state.command()
@click.argument("series")
@_FILE
@click.option("--last", is_flag=True, help="Only the articles of its last book.")
def forget(series: str, path: Path | None, *, last: bool) -> None:
    """Forget the articles of a series, so that the next book has them again."""
    from epubmaker.storage.state import State

    with one_line_errors():
        for each in _files(path):
            with State(each, write=True) as opened:
                if series in {found.name for found in opened.series()}:
                    gone = opened.forget(series, last=last)
                    show(f"{series}: {gone:,} article{'s'[: gone != 1]} forgotten")
                    return
        raise UsageError(series, "no such series", "`epubmaker state show` lists them")


def _files(path: Path | None) -> Iterator[Path]:
    from epubmaker.storage.state import STATE_ENDING, state_folder

    yield from [path] if path else sorted(state_folder().glob(f"*{STATE_ENDING}"))
