"""The commands `epubmaker shelf list`, `remove`, `rebuild` and `serve`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import say, show
from epubmaker.cli.values import FILE
from epubmaker.errors import InputError, UsageError

if TYPE_CHECKING:
    from epubmaker.shelf.folder import Change

__all__ = ["shelf"]

_FOLDER = click.argument("folder", type=FILE, metavar="DIR")


@click.group()
def shelf() -> None:
    """Look after a shelf: the folder with books and a catalog that `build --shelf` fills."""


@shelf.command("list")
@_FOLDER
def list_books(folder: Path) -> None:
    """List the books, the newest first: the file, the date, the title and the series of each."""
    from epubmaker.shelf.folder import listed

    with one_line_errors():
        books, unreadable = listed(folder)
        for book in books:
            series = " ".join(filter(None, (book.series, book.position)))
            show(f"{book.name}: {', '.join(filter(None, (str(book.day or ''), book.title, series)))}")
        _say_unreadable(unreadable)


@shelf.command()
@_FOLDER
@click.argument("books", nargs=-1, required=True, metavar="BOOK...")
def remove(folder: Path, books: tuple[str, ...]) -> None:
    """Remove books, by the names that `shelf list` shows."""
    from epubmaker.shelf.folder import remove

    with one_line_errors():
        _check_shelf(folder)
        _say_change(remove(folder, books), folder)


@shelf.command()
@_FOLDER
def rebuild(folder: Path) -> None:
    """Write the catalog anew, of all books in the folder, whoever has put them there."""
    from epubmaker.shelf.folder import rebuild

    with one_line_errors():
        _say_change(rebuild(folder), folder)


def _check_shelf(folder: Path) -> None:
    from epubmaker.shelf.folder import is_shelf

    if not is_shelf(folder):
        raise UsageError(folder, "no shelf is there", "make one with `epubmaker shelf rebuild` or `build --shelf`")


def _say_change(change: Change, folder: Path) -> None:
    for path in change.removed:
        show(f"removed: {path}")
    show(f"{folder}: {change.books:,} book{'s'[: change.books != 1]}")
    _say_unreadable(change.unreadable)


def _say_unreadable(unreadable: Iterable[InputError]) -> None:
    for error in unreadable:
        say(f"left out: {error.subject}: {error.cause}")
