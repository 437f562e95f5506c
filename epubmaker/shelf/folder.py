"""The folder of a shelf: books in, books out, and the catalog written anew.

The shelf is whole at any moment, and whenever a run is killed: a file is replaced by one rename; a page is written after
those that it leads to; books and pages go once nothing leads to them any more. The next run completes what a killed one has
begun, since the books alone say what the catalog is. Runs at the same time wait for each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from epubmaker.errors import InputError, OutputError, UsageError
from epubmaker.options import Keep
from epubmaker.shelf.atom import AUTHOR, atom_feed
from epubmaker.shelf.catalog import (
    CATALOG,
    COVERS,
    ROOT,
    cover_path,
    identifiers,
    newest_first,
    pages,
    thumbnail_path,
    web_path,
)
from epubmaker.shelf.covers import drawn
from epubmaker.shelf.opdsjson import json_feed
from epubmaker.shelf.shelvedbook import ShelvedBook, read_book
from epubmaker.shelf.webpage import web_page
from epubmaker.storage.files import clear_way, make_folder, open_regular
from epubmaker.storage.locks import folder_lock
from epubmaker.storage.publish import PendingFile, copy_file, output_errors, remove_stale, sync_folder
from epubmaker.text.naming import file_name, folded_name
from epubmaker.text.outputnames import EPUB_ENDING, book_ending_in

__all__ = ["Change", "check_shelf", "is_shelf", "listed", "rebuild", "remove", "shelve"]

_FLAG = "--shelf"
_MARK = f"{CATALOG}/README.txt"
_MARK_TEXT = b"epubmaker writes and removes the files of this folder: they are the catalog of the books beside it.\n"
_HEAD = 2_000  # bytes of a feed that have its author
_OWN_ENDINGS = frozenset({".xml", ".json", ".html", ".jpg"})


class Change(NamedTuple):
    """What a run did.

    `books` is how many are on the shelf now, `added` are those that came, `removed` those that went, and `unreadable` are
    the errors of files that are called books.
    """

    books: int
    added: Sequence[Path] = ()
    removed: Sequence[Path] = ()
    unreadable: Sequence[InputError] = ()


def is_shelf(folder: Path) -> bool:
    """Tell whether a folder has a catalog of ours, or what is left of one whose folder somebody has removed."""
    if (folder / _MARK).is_file():
        return True
    with suppress(OSError), open_regular(folder / f"{ROOT}.xml") as file:
        return not (folder / CATALOG).exists() and AUTHOR.encode() in file.read(_HEAD)
    return False


def check_shelf(folder: Path) -> None:
    """Raise OutputError for a folder with a web page or a catalog that is not ours, and would be lost."""
    names = [f"{ROOT}.xml", f"{ROOT}.json", "index.html"]
    foreign = [name for name in names if (folder / name).exists()]
    with output_errors(folder, _FLAG), suppress(FileNotFoundError):
        # A run that is at it has hidden files there.
        if any(not path.name.startswith(".") for path in (folder / CATALOG).iterdir()):
            foreign.append(CATALOG)
    if foreign and not is_shelf(folder):  # asked last, as the mark is made first
        cause = f"{foreign[0]} is there, and not epubmaker's"
        raise OutputError(folder, cause, f"choose another folder with {_FLAG}")


def shelve(folder: Path, books: Sequence[Path], keep: Keep | None, today: date) -> Change:
    """Put copies of books on a shelf, which is made if need be, each in the place of one with the same identifier.

    Of the series of these books, the issues go that `keep` leaves out. Raises OutputError, and InputError for a book that
    cannot be read.
    """
    with output_errors(folder, _FLAG):
        folder.mkdir(parents=True, exist_ok=True)
    check_shelf(folder)
    with _locked(folder):
        held, unreadable = listed(folder)
        remove_stale(folder)
        places = _Places(folder, held)
        added = [_put(folder, path, places) for path in books]
        sync_folder(folder)
        by_name = {book.name: book for book in (*held, *added)}
        identifiers_of_added = {book.identifier for book in added}
        gone = {each.name for each in held if each.identifier in identifiers_of_added} - {book.name for book in added}
        now = [book for book in by_name.values() if book.name not in gone]
        gone |= {book.name for book in _outdated(now, added, keep, today)}
        left = [book for book in now if book.name not in gone]
        _write_catalog(folder, left)
        _take_out(folder, gone)
    kept = [folder / book.name for book in added if book.name not in gone]
    return Change(len(left), kept, [folder / name for name in sorted(gone)], unreadable)


def rebuild(folder: Path, show: Callable[[int, int], None] = lambda _done, _total: None) -> Change:
    """Write the catalog anew, of all books that are in the folder. Raises OutputError.

    `show` is called for each book whose cover is there: how many these are, and how many books there are.
    """
    check_shelf(folder)
    with _locked(folder):
        books, unreadable = listed(folder)
        _write_catalog(folder, books, show)
    return Change(len(books), unreadable=unreadable)


def remove(folder: Path, names: Sequence[str]) -> Change:
    """Remove books by the names of their files. Raises OutputError, and UsageError for a name that no book has."""
    with _locked(folder):
        books, unreadable = listed(folder)
        held = {book.name for book in books}
        for name in names:
            if name not in held:
                raise UsageError(name, "no such book on the shelf", f"`epubmaker shelf list {folder}` lists them")
        gone = set(names)
        left = [book for book in books if book.name not in gone]
        _write_catalog(folder, left)
        _take_out(folder, gone)
    return Change(len(left), (), [folder / name for name in names], unreadable)


def listed(folder: Path) -> tuple[list[ShelvedBook], list[InputError]]:
    """Return the books in a folder, the newest first, and an error for each file that is called a book and is none.

    Hidden files and links are passed over. Raises OutputError where the folder cannot be read.
    """
    with output_errors(folder, _FLAG):
        paths = sorted(path for path in folder.iterdir() if _is_book(path))
    books, unreadable = [], []
    for path in paths:
        try:
            books.append(read_book(path))
        except InputError as error:
            unreadable.append(error)
    return newest_first(books), unreadable


def _is_book(path: Path) -> bool:
    is_named = path.name.lower().endswith(EPUB_ENDING) and not path.name.startswith(".")
    return is_named and not path.is_symlink() and path.is_file()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder meanwhile; errors of the system become OutputError."""
    with output_errors(folder, _FLAG), folder_lock(folder):
        yield


# --- books -----------------------------------------------------------------------------------------------------------


class _Places:
    """The name of the file that a book goes to: that of a book whose place it takes, or else one that no file has."""

    def __init__(self, folder: Path, held: Iterable[ShelvedBook]) -> None:
        self._used = {folded_name(each.name) for each in folder.iterdir()}
        self._held: dict[tuple[str, str], str] = {}  # names by the identifiers and the endings of books
        self._numbers: Counter[str] = Counter()  # of the names that were numbered last
        for book in held:
            self._held.setdefault((book.identifier, book_ending_in(book.name)), book.name)

    def name_for(self, book: ShelvedBook, ending: str) -> str:
        """Return the name for a book, which has it from now on."""
        key = book.identifier, ending
        if key not in self._held:
            self._held[key] = self._free(book.title, ending)
        return self._held[key]

    def _free(self, title: str, ending: str) -> str:
        name = plain = file_name(title, ending)
        while folded_name(name) in self._used:
            self._numbers[plain] += 1
            name = file_name(f"{title} ({self._numbers[plain] + 1})", ending)
        self._used.add(folded_name(name))
        return name


def _put(folder: Path, path: Path, places: _Places) -> ShelvedBook:
    """Copy a book into the folder, unless it lies there; return it."""
    book = read_book(path)
    if path.parent.resolve() == folder.resolve():
        return book
    name = places.name_for(book, book_ending_in(path.name) or EPUB_ENDING)
    copy_file(path, folder / name, is_one_of_many=True)
    return replace(book, name=name)


def _outdated(
    books: Sequence[ShelvedBook], added: Sequence[ShelvedBook], keep: Keep | None, today: date
) -> Iterator[ShelvedBook]:
    """Yield the books that are not to be kept: of the series of those that were added, and never the newest of one."""
    if keep is None:
        return
    for series in {book.series for book in added if book.series}:
        issues = newest_first(book for book in books if book.series == series)
        if keep.issues is not None:
            yield from issues[keep.issues :]
        if keep.days is not None:
            first = today - timedelta(keep.days)
            yield from (book for book in issues[1:] if (book.day or book.modified.date()) < first)


def _take_out(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


# --- catalog ---------------------------------------------------------------------------------------------------------


def _write_catalog(
    folder: Path, books: Sequence[ShelvedBook], show: Callable[[int, int], None] = lambda _done, _total: None
) -> None:
    """Write the covers and pages that are not there yet, and remove those that are no longer wanted. Raises OSError."""
    make_folder(folder / CATALOG)
    _write(folder, _MARK, _MARK_TEXT)  # first, as it tells that the rest is ours
    make_folder(folder / COVERS)
    ours = (folder, folder / CATALOG, folder / COVERS)
    for each in ours:
        remove_stale(each)
    covers = {}
    for number, book in enumerate(books, 1):
        if book.cover and _has_cover(folder, book):
            covers[book.name] = book
        show(number, len(books))
    wanted = set()
    for path, data in _rendered(books, covers):
        _write(folder, path, data)
        wanted.add(path)
    for each in ours:
        sync_folder(each)
    for book in covers.values():
        wanted.update((cover_path(book), thumbnail_path(book)))
    for held in (*(folder / CATALOG).iterdir(), *(folder / COVERS).iterdir()):
        if held.suffix in _OWN_ENDINGS and not held.is_dir() and held.relative_to(folder).as_posix() not in wanted:
            held.unlink(missing_ok=True)


def _has_cover(folder: Path, book: ShelvedBook) -> bool:
    """Make a book's cover where it is not there yet; tell whether it is there now."""
    if not all((folder / path).is_file() for path in (cover_path(book), thumbnail_path(book))):
        files = drawn(folder, book)
        for path, data in (files or {}).items():
            _write(folder, path, data)
        return files is not None
    return True


def _rendered(books: Sequence[ShelvedBook], covers: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of each page, in each of its forms; index.html, which names the roots, is the last."""
    ids = identifiers(books)
    *others, newest, root = pages(books)
    for page in (*others, newest, root):
        yield f"{page.path}.xml", atom_feed(page, ids, covers).encode()
        yield f"{page.path}.json", json_feed(page, ids, covers).encode()
    for page in (*others, newest):
        yield web_path(page.path), web_page(page, covers).encode()


def _write(folder: Path, name: str, data: bytes) -> None:
    """Write a file, unless it is there with the same bytes: what is synced or carried elsewhere stays as it is."""
    path = folder / name
    clear_way(path)  # a link in a folder that others carry could lead to any file
    with suppress(OSError):
        if path.read_bytes() == data:
            return
    pending = PendingFile(path, is_one_of_many=True)
    try:
        pending.file.write(data)
        pending.publish()
    finally:
        pending.discard()
