"""The commands `epubmaker shelf list`, `remove`, `rebuild` and `serve`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import ProgressDisplay, say, show
from epubmaker.cli.values import FILE, Seconds
from epubmaker.errors import EpubmakerError, InputError, UsageError, cause_of
from epubmaker.runtime import process

if TYPE_CHECKING:
    from epubmaker.shelf.folder import Change

__all__ = ["shelf"]

_PASSWORD = "EPUBMAKER_SHELF_PASSWORD"  # noqa: S105 - the name of a variable
_LONGEST_PASSWORD = 1000
_EVERYWHERE = {  # and an address far away, of those that are for documentation alone (RFC 5737, RFC 3849)
    "0.0.0.0": (socket.AF_INET, "192.0.2.1"),  # noqa: S104 - only where somebody asks for it
    "::": (socket.AF_INET6, "2001:db8::1"),
}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
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
        _check_shelf(folder)
        books, unreadable = listed(folder)
        for book in books:
            series = " ".join(filter(None, (book.series, book.position)))
            show(f"{book.name}: {', '.join(filter(None, (str(book.day or ''), book.title, series)))}")
        _say_unreadable(unreadable)


@shelf.command()
@_FOLDER
@click.argument("books", nargs=-1, required=True, metavar="BOOK...")
def remove(folder: Path, books: tuple[str, ...]) -> None:
    """Remove books, by the names that `shelf list` shows, or by their paths."""
    from epubmaker.shelf.folder import remove

    with one_line_errors():
        _check_shelf(folder)
        _say_change(remove(folder, [_name_on(folder, book) for book in books]), folder)


@shelf.command()
@_FOLDER
def rebuild(folder: Path) -> None:
    """Write the catalog anew, of all books in the folder, whoever has put them there."""
    from epubmaker.pipeline.session import Progress
    from epubmaker.shelf.folder import rebuild

    with one_line_errors():
        if not folder.is_dir():
            raise UsageError(folder, "no such folder", "name the one with the books")
        with ProgressDisplay(quiet=False) as display:
            change = rebuild(folder, lambda done, total: display.show(Progress("shelving", done, total)))
        _say_change(change, folder)


@shelf.command()
@_FOLDER
@click.option("--address", default="127.0.0.1", show_default=True, metavar="IP", help="0.0.0.0 or ::, for the network.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, metavar="N", help="0: any.")
@click.option("--user", default="reader", show_default=True, metavar="NAME", help="Who may read, with the password.")
@click.option("--password-file", type=FILE, metavar="FILE", help=f"Its first line; or set {_PASSWORD}. Default: none.")
@click.option(
    "--timeout", type=Seconds(0.1), default=30, show_default=True, metavar="S", help="For a client's request."
)
@click.option("-v", "--verbose", is_flag=True, help="Say each request.")
@click.pass_context
def serve(
    context: click.Context,
    folder: Path,
    *,
    address: str,
    port: int,
    user: str,
    password_file: Path | None,
    timeout: float,
    verbose: bool,
) -> None:
    """Serve a shelf, read-only, at http://127.0.0.1:8080/, until it is interrupted."""
    from epubmaker.shelf.server import ShelfServer

    process.own()
    with one_line_errors(verbose=verbose):
        _check_shelf(folder)
        if ":" in user:  # RFC 7617, section 2
            raise UsageError("--user", f"{user} has a colon, which ends the name in a login", "choose another")
        password = _password(password_file)
        if password is None and context.get_parameter_source("user") is not ParameterSource.DEFAULT:
            raise UsageError("--user", "has no password", f"name its file with --password-file, or set {_PASSWORD}")
        login = None if password is None else f"{user}:{password}"
        log = say if verbose else lambda _: None
        try:
            server = ShelfServer(folder, (address, port), login=login, timeout=timeout, log=log)
        except OSError as error:
            cause = f"cannot be listened at: {cause_of(error)}"
            place = f"{address} port {port}"
            raise EpubmakerError(place, cause, "choose others with --address and --port") from error
        host = _reachable(address)
        host = f"[{host}]" if ":" in host else host
        show(f"http://{host}:{server.server_port}/: {folder}; reading programs begin at /opds.xml; Ctrl-C ends")
        if password is None and address not in _LOOPBACK:
            say("note: whoever is on the network can read the books; --password-file asks for a password")
        with server, suppress(KeyboardInterrupt):
            server.serve_forever()


def _reachable(address: str) -> str:
    """Return the address by which others reach a server that listens at one: for that of all, this computer's own."""
    if address not in _EVERYWHERE:
        return address
    family, other = _EVERYWHERE[address]
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((other, 9))  # sends nothing
        return str(probe.getsockname()[0])
    return address


def _password(file: Path | None) -> str | None:
    """Return the password of a file or of the environment; None where there is neither. Raises UsageError."""
    if file is None:
        where, password = _PASSWORD, os.environ.get(_PASSWORD)
    else:
        where = str(file)
        try:
            with file.open(encoding="utf-8-sig") as opened:
                password = opened.readline(_LONGEST_PASSWORD).rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            cause = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise UsageError(file, f"the password cannot be read: {cause.lower()}", "name another file") from error
    if password == "":
        raise UsageError(where, "the password is empty", "write one, or leave it out")
    return password


def _name_on(folder: Path, book: str) -> str:
    """Return a book's name on a shelf, of its name or its path, as shells complete it."""
    path = Path(book)
    is_there = os.path.realpath(path.parent) == os.path.realpath(folder)
    return path.name if is_there else book


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
