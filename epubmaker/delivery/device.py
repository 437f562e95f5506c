"""Finds a reader that is connected by USB, and copies books to it.

A reader shows itself as a volume with a FAT file system. The vendors' folders on it tell what it is:

    Kobo         .kobo/, whose file `version` names the model
    Kindle       documents/ and system/; it lists no EPUB there, so it gets books only where KOReader is installed
    PocketBook   system/ with config/ or profiles/
    others       a folder that Adobe's software, KOReader, Tolino's or calibre leaves on readers

Books lie in a folder of their own, `epubmaker`. So nothing else is looked through, and a book that takes the place of its
older issue has the same path, by which readers remember where one was. Nothing else on the reader is touched.
"""

from __future__ import annotations

import errno
import filecmp
import os
import re
import string
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from epubmaker.devices import DEVICES, Device
from epubmaker.errors import InputError, OutputError, UsageError
from epubmaker.shelf.shelvedbook import read_book
from epubmaker.storage.locks import folder_lock
from epubmaker.storage.publish import copy_file, output_errors
from epubmaker.text.naming import file_name, folded_name
from epubmaker.text.outputnames import EPUB_ENDING, book_ending_in

__all__ = ["AUTO", "Reader", "copy_books", "device_for", "reader_at"]

AUTO = "auto"
"""In place of a folder: the one reader that is connected."""

_FLAG = "--copy-to"
_VOLUMES = "EPUBMAKER_VOLUMES"  # folders that hold volumes, in place of the system's; separated as those of PATH
_MOUNTS = ("/media", "/run/media", "/mnt")
_OWN_FOLDER = "epubmaker"
_MOST_READ = 500  # books of a folder, the newest first
_GONE = (errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.ENOTCONN, errno.ESTALE)
_REMOVABLE = 2  # Windows: DRIVE_REMOVABLE

# The last part of the model's number in `.kobo/version`, by the box of the device profile that suits its screen.
_KOBO_MODELS = {
    "kobo-6": "310 320 330 340 350 360 370 371 372 374 375 376 382 386 391 393 395",
    "kobo-7": "384 388 390",
    "kobo-8": "377 380 383",
    "kobo-10": "373 387 389",
}
_KOBO_DEVICES = {model: name for name, models in _KOBO_MODELS.items() for model in models.split()}
_POCKETBOOKS = {"config", "profiles"}
_OTHERS = (".adobe-digital-editions", "digital editions", "koreader", ".tolino", "driveinfo.calibre")


class Reader(NamedTuple):
    """A reader: its kind for people, the folder of its volume or the one that was named, and the folder for books.

    `device` is the profile that a book for it has unless another is asked for. `unfit` says why it takes no books.
    """

    kind: str
    place: Path
    books: Path
    device: Device = DEVICES["generic"]
    unfit: str = ""

    def __str__(self) -> str:
        return f"{self.place} ({self.kind})"


def device_for(place: Path) -> Device:
    """Return the device profile of the reader at a place, that of any reader where there is none.

    Raises UsageError as `reader_at` does.
    """
    reader = reader_at(place)
    return reader.device if reader else DEVICES["generic"]


def reader_at(place: Path) -> Reader | None:
    """Return the reader that `AUTO` or a folder means; None where it is not connected.

    A folder that is not a reader's volume is taken as it is. Raises UsageError where `AUTO` finds several that take
    books, and for a file.
    """
    if str(place) != AUTO:
        if os.path.isfile(place):  # noqa: PTH113 - `Path.is_file` raises, as for the folder of another user
            raise UsageError(_FLAG, f"{place} is no folder", "name the folder of a reader, or auto")
        return _named(place) if os.path.isdir(place) else None  # noqa: PTH112 - as above
    readers = [reader for volume in _volumes(os.environ) if (reader := _recognized(volume))]
    found = [reader for reader in readers if not reader.unfit] or readers
    if len(found) > 1:
        first = str(found[0].place)
        quote = '"' if " " in first else ""
        step = f"name one, as {_FLAG} {quote}{first}{quote}"
        raise UsageError(_FLAG, f"there are {len(found)} readers: {', '.join(map(str, found))}", step)
    return found[0] if found else None


def copy_books(place: Path, books: Sequence[Path]) -> Iterator[Path]:
    """Copy books to the reader at a place; yield where each lies there.

    A book takes the place of one there with the same identifier; one that is there already is not written again. Raises
    OutputError where there is no reader, or it takes no book; an older issue then is as it was.
    """
    try:
        reader = reader_at(place)
    except UsageError as error:  # a second one was connected meanwhile
        raise OutputError(error.subject, error.cause, error.advice) from error
    if reader is None:
        what = "no reader is connected" if str(place) == AUTO else f"{place} is not there"
        raise OutputError(_FLAG, what, "connect it and build again, or copy the book yourself")
    if reader.unfit:
        raise OutputError(reader, reader.unfit, "send the book to the Kindle with --send-to")
    try:
        with output_errors(reader.place, _FLAG):
            reader.books.mkdir(exist_ok=True)
            with folder_lock(reader.books):
                yield from map(_Folder(reader.books).put, books)
    except OutputError as error:
        raise _in_words(error, reader) from error


def _in_words(error: OutputError, reader: Reader) -> OutputError:
    """Return an error with what the reader has to do with it."""
    number = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return OutputError(reader, "there is no room for the book", "remove something from it and build again")
    if number == errno.EROFS:
        return OutputError(reader, "nothing can be written there", "eject it, connect it again and build again")
    if number in _GONE:
        return OutputError(reader, "the reader was taken away or failed", "connect it and build again")
    return OutputError(reader, error.cause, error.advice)


# --- readers ---------------------------------------------------------------------------------------------------------


def _named(folder: Path) -> Reader:
    """Return the reader whose volume a folder is, or else the folder for books that somebody named."""
    if reader := _recognized(folder):
        return reader
    for above in Path(os.path.realpath(folder)).parents:
        reader = _recognized(above)
        if reader and reader.kind != "reader":
            return reader._replace(place=folder, books=folder)
        if os.path.ismount(above):  # `Path.is_mount` is not for Windows before 3.12
            break
    return Reader("folder", folder, folder)


def _recognized(volume: Path) -> Reader | None:
    """Return the reader whose volume this is, by the folders on it; None for another volume."""
    names = _names(volume)
    if ".kobo" in names:
        return Reader("Kobo", volume, volume / _OWN_FOLDER, _kobo(volume / names[".kobo"] / "version"))
    shelf = next((volume / names[name] for name in ("books", "digital editions") if name in names), volume)
    if "system" in names and _POCKETBOOKS & _names(volume / names["system"]).keys():  # which may have Documents, too
        return Reader("PocketBook", volume, shelf / _OWN_FOLDER, DEVICES["pocketbook-10"])
    if {"documents", "system"} <= names.keys():
        has_koreader = "koreader" in names
        unfit = "" if has_koreader else "a Kindle lists no EPUB that is copied to it"
        device = DEVICES["generic" if has_koreader else "kindle"]
        return Reader("Kindle", volume, volume / names["documents"] / _OWN_FOLDER, device, unfit)
    if any(name in names for name in _OTHERS):
        return Reader("reader", volume, shelf / _OWN_FOLDER)
    return None


def _names(folder: Path) -> dict[str, str]:
    """Return the names in a folder by their lower case; none where it cannot be read."""
    with suppress(OSError):
        return {name.casefold(): name for name in os.listdir(folder)}  # noqa: PTH208 - names are all that is wanted
    return {}


def _kobo(version: Path) -> Device:
    """Return the profile of the model that a Kobo's file names; the one of a large screen for one that is not known."""
    model = ""
    with suppress(OSError), version.open("rb") as file:
        model = file.read(1000).decode("ascii", "replace").strip()[-3:]
    return DEVICES[_KOBO_DEVICES.get(model, "kobo-8")]


# --- volumes ---------------------------------------------------------------------------------------------------------


def _volumes(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders of the volumes that may be a reader's, each once."""
    if places := environment.get(_VOLUMES):
        for place in filter(None, places.split(os.pathsep)):
            yield from _folders_in(Path(place))
    elif sys.platform == "win32":
        from ctypes import windll  # noqa: PLC0415 - Windows has it

        for letter in string.ascii_uppercase:
            if windll.kernel32.GetDriveTypeW(f"{letter}:\\") == _REMOVABLE:
                yield Path(f"{letter}:\\")
    elif sys.platform == "darwin":
        yield from _folders_in(Path("/Volumes"))
    else:
        with suppress(OSError), Path("/proc/self/mountinfo").open("rb") as file:
            yield from dict.fromkeys(_mounted(file))


def _folders_in(place: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(path for path in place.iterdir() if path.is_dir() and not path.is_symlink())


def _mounted(lines: Iterable[bytes]) -> Iterator[Path]:
    """Yield the mount points of proc(5)'s mountinfo that lie where volumes are; it writes a space as its octal number."""
    for line in lines:
        fields = line.split(b" ")
        if len(fields) > 4:
            path = os.fsdecode(re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), fields[4]))
            if path.startswith(tuple(f"{place}/" for place in _MOUNTS)) or path in _MOUNTS:
                yield Path(path)


# --- books -----------------------------------------------------------------------------------------------------------


class _Folder:
    """A folder on a reader. Each book's identifier is read once, and only where it is asked for. Methods raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()  # names of files, as FAT compares them
        self._identifiers: dict[str, str] = {}
        books = []
        with os.scandir(folder) as entries:
            for entry in entries:
                self._used.add(folded_name(entry.name))
                is_hidden = entry.name.startswith(".")  # as macOS leaves beside each file
                if book_ending_in(entry.name) and not is_hidden and entry.is_file(follow_symlinks=False):
                    books.append((-entry.stat().st_mtime, entry.name))
        self._books = [name for _, name in sorted(books)]

    def put(self, path: Path) -> Path:
        """Copy a book into the folder, in the place of its older issue; return its path there."""
        book = read_book(path)
        ending = book_ending_in(path.name) or EPUB_ENDING
        name = file_name(book.title, ending)
        older = self._older(book.identifier, name, ending)
        target = self._folder / (older or self._free(name, ending))
        if older is None or not filecmp.cmp(path, target, shallow=False):
            copy_file(path, target)
        self._used.add(folded_name(target.name))
        return target

    def _older(self, identifier: str, likely: str, ending: str) -> str | None:
        """Return the name of a book with an identifier and an ending; that with the likely name is looked at first."""
        first = [name for name in self._books if folded_name(name) == folded_name(likely)]
        names = (name for name in (*first, *self._books[:_MOST_READ]) if book_ending_in(name) == ending)
        return next((name for name in names if self._identifier(name) == identifier), None)

    def _identifier(self, name: str) -> str:
        if name not in self._identifiers:
            self._identifiers[name] = ""
            with suppress(InputError):
                self._identifiers[name] = read_book(self._folder / name).identifier
        return self._identifiers[name]

    def _free(self, name: str, ending: str) -> str:
        """Return a name that no file has: this one, or a numbered one."""
        stem = name.removesuffix(ending)
        names = chain([name], (f"{stem} ({number}){ending}" for number in count(2)))
        return next(each for each in names if folded_name(each) not in self._used)
