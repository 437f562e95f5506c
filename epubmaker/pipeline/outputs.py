"""Checks the paths of a book and of its report before any work, and refuses those that would destroy something.

Refused: a device, a pipe, a socket or a folder in the place of a file; a file that is an input; a report that is the book;
a read-only file; a folder that is missing or that nobody may write to; and, unless forced, a file that is no book (no
report). An empty file holds nothing, and may be replaced by either.

I/O: asks the system about paths, reads the first bytes of files that would be replaced, and writes nothing.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from epubmaker.errors import OutputError
from epubmaker.options import Options
from epubmaker.storage.publish import is_epub, output_errors, replaceable
from epubmaker.storage.state import is_state
from epubmaker.text.naming import folded_name, is_safe_on_windows
from epubmaker.text.outputnames import OutputName

__all__ = ["Outputs", "makes_folders", "named_book"]

_HEAD = 200  # bytes that tell a book or a report from other files
_ARTICLE = re.compile(r"/a-([0-9a-z]+)(?:-[0-9]+)?\.xhtml\Z")
_REPORT = re.compile(rb'\s*\{\s*"version"\s*:')


def _is_report(head: bytes) -> bool:
    return _REPORT.match(head) is not None


class _Kind(NamedTuple):
    """A kind of output: the flag for its path, its name, and a test of a file's first bytes."""

    flag: str
    name: str
    is_one: Callable[[bytes], bool]


_BOOKS = _Kind("--output", "EPUB", is_epub)
_STATES = _Kind("--state", "state of epubmaker's", is_state)
_REPORTS = _Kind("--report", "report of epubmaker's", _is_report)


def named_book(options: Options) -> Path | None:
    """Return the path of the book where the options name it, and not only its folder."""
    output = options.output
    if output is None or options.make_folder:
        return None
    is_folder = not options.output_at and os.path.isdir(output)  # noqa: PTH112 - `Path.is_dir` raises
    return None if is_folder else output


def makes_folders(options: Options) -> bool:
    """Tell whether the books' folders are made: those named as such, and those of names that articles fill."""
    return options.make_folder or (options.output is not None and bool(OutputName.parse(str(options.output)).fields))


class Outputs:
    """The paths that a build writes to. All methods raise OutputError for a path that it must not write to."""

    def __init__(self, options: Options) -> None:
        self._options = options
        style = Path(options.style)
        named = (*options.inputs, *options.css, *filter(None, (options.cover, style if style.suffix else None)))
        self._inputs = [status for path in named if (status := _status(Path(path)))]

    def check_report(self) -> None:
        """Check the path of the report, before the titles of the books are known."""
        report, book = self._options.report, named_book(self._options)
        if report and book and _is_same(report, book):
            raise _is_a_book(report)
        if report:
            self._check(report, _REPORTS)

    def check_what_is_named(self) -> None:
        """Check the other paths that the options name, before the title of the book is known."""
        output = None if self._options.output_at else self._options.output
        if output and (self._options.make_folder or os.path.isdir(output)):  # noqa: PTH112 - `Path.is_dir` raises
            with output_errors(output):
                _check_folder(output, to_make=self._options.make_folder)
        elif output:
            self._check_named(output)
        if self._options.new and self._options.state:
            self._check_state(self._options.state)
        if shelf := self._options.shelf:
            from epubmaker.shelf.folder import check_shelf  # noqa: PLC0415 - few builds have one

            with output_errors(shelf, "--shelf"):
                _check_folder(shelf, to_make=True, to_write=False)  # for one disk, no night is without a book
            check_shelf(shelf)

    def _check_named(self, output: Path) -> None:
        """Check the path of the only book; where the articles decide about names, the folder that they will lie in."""
        name = OutputName.parse(str(output))
        if name.fields or self._options.split_by is not None:
            with output_errors(output):
                folder = output if name.fields else name.path()
                _check_folder(folder.parent, to_make=makes_folders(self._options))
        else:
            self.check_book(name)

    def is_input(self, path: Path) -> bool:
        """Tell whether a file was named as an input."""
        status = _status(path)
        return status is not None and self._is_input(path, status, among_others=False)

    def _check_state(self, state: Path) -> None:
        others = [path for path in (self._options.output, self._options.report) if path]
        if any(_is_same(state, other) for other in others):
            raise OutputError(state, "the state would take the place of another file", "choose another with --state")
        self._check(state, _STATES, to_make=True, is_kept=True)

    def check_book(self, name: OutputName) -> None:
        """Check the path of a book and, with `--max-size`, all files that have the names of its parts."""
        book, in_parts = name.path(), self._options.max_size is not None
        self._check(book, _BOOKS, to_make=makes_folders(self._options))
        for part in _parts(book, name) if in_parts else ():
            self._check(part, _BOOKS)
        report = self._options.report
        if report and (_is_same(report, book) or (in_parts and _is_same(report.parent / book.name, book)
                                                  and name.is_part(report.name))):  # fmt: skip
            raise _is_a_book(report)

    def beside_earlier(self, names: Sequence[OutputName], known: AbstractSet[str]) -> list[OutputName]:
        """Return the names of the books of a run with `--new`, numbered where they would cost an earlier one.

        A name that articles fill may be that of a book whose articles no other has: a late article is of a day that had
        its book. `known` are the keys of the articles of earlier books. A book of articles that are none of these is of a
        run that did not end, and is replaced; so is a book whose name was given.
        """
        if not known or not self._filled_by_articles:
            return [*names]
        chosen: dict[Path, OutputName] = {}
        for name in names:
            choice = chain([name], map(name.again, count(2)))
            free = next(each for each in choice if each.path() not in chosen and not self._holds(each, known))
            chosen[free.path()] = free
        return [*chosen.values()]

    @property
    def _filled_by_articles(self) -> bool:
        named = named_book(self._options)
        fields = OutputName.parse(str(named)).fields if named else frozenset()
        return named is None or self._options.split_by is not None or not fields <= {"n", "count"}

    def _holds(self, name: OutputName, known: AbstractSet[str]) -> bool:
        """Tell whether articles of earlier books are in a book of that name, or in a part of it."""
        parts = _parts(name.path(), name) if self._options.max_size is not None else ()
        return any(_is_earlier(path, known) for path in (name.path(), *parts))

    def _check(self, path: Path, kind: _Kind, *, to_make: bool = False, is_kept: bool = False) -> None:
        elsewhere = f"choose another place with {kind.flag}"
        if sys.platform == "win32" and not is_safe_on_windows(path.name):
            raise OutputError(path, "Windows allows no such file name", f"choose another name with {kind.flag}")
        with output_errors(path, kind.flag):
            status = replaceable(path)
            _check_folder(Path(os.path.realpath(path)).parent, to_make=to_make)
            if status is None:
                return
            head = b""
            if status.st_size:
                with path.open("rb") as file:
                    head = file.read(_HEAD)
            is_other = not kind.is_one(head)
            if self._is_input(path, status, among_others=is_other):
                raise OutputError(path, "it is an input", elsewhere)
        if is_other and status.st_size and (is_kept or not self._options.force):
            step = elsewhere if is_kept else f"replace it with --force, or {elsewhere}"
            raise OutputError(path, f"a file that is no {kind.name} is there", step)

    def _is_input(self, path: Path, status: os.stat_result, *, among_others: bool) -> bool:
        """Tell whether a file was named as an input or, with `among_others`, lies in a folder that was."""
        same = [status]
        if among_others:
            same += filter(None, map(_status, Path(os.path.realpath(path)).parents))
        # Compared by what the system says, since names may differ in case, and links may lead to one file.
        return any(os.path.samestat(one, given) for one in same for given in self._inputs)


def _is_earlier(path: Path, known: AbstractSet[str]) -> bool:
    """Tell whether a book has articles with known keys, or none that the names of its documents tell."""
    from zipfile import BadZipFile, ZipFile  # noqa: PLC0415 - 3 ms, and only a series with `--new` has earlier books

    status = _status(path)
    if status is None or not stat.S_ISREG(status.st_mode) or not status.st_size:
        return False
    try:
        with ZipFile(path) as book:
            keys = {found[1] for name in book.namelist() if (found := _ARTICLE.search(name))}
    except (OSError, BadZipFile, ValueError, NotImplementedError):
        return False
    return not keys or not known.isdisjoint(keys)


def _is_a_book(report: Path) -> OutputError:
    return OutputError(report, "the report would take the place of the book", "choose another name with --report")


def _status(path: Path) -> os.stat_result | None:
    with suppress(OSError, ValueError):
        return path.stat()
    return None


def _check_folder(folder: Path, *, to_make: bool, to_write: bool = True) -> None:
    """Raise OSError where a folder cannot be used; one that is `to_make` need not be there yet.

    One that is not `to_write` may be read-only for now.
    """
    if to_make:
        folder = next((parent for parent in (folder, *folder.parents) if os.path.lexists(parent)), folder)
    with os.scandir(folder):  # raises what is wrong with it
        pass
    if to_write and not os.access(folder, os.W_OK | os.X_OK):
        read_only = hasattr(os, "statvfs") and os.statvfs(folder).f_flag & os.ST_RDONLY
        raise OSError(errno.EROFS if read_only else errno.EACCES, "cannot be written to")


def _is_same(one: Path, other: Path) -> bool:
    """Tell whether two paths are one file, or would be: on some systems names differ in more than case and accents."""
    there = [status for path in (one, other) if (status := _status(path))]
    if len(there) == 2:
        return os.path.samestat(*there)
    return not there and folded_name(os.path.realpath(one)) == folded_name(os.path.realpath(other))


def _parts(book: Path, name: OutputName) -> Iterator[Path]:
    """Yield the files that have the names of parts of a book."""
    names: Iterable[str] = ()
    with suppress(OSError):
        names = os.listdir(book.parent)  # noqa: PTH208 - names are all that is wanted
    return (book.parent / each for each in sorted(names) if name.is_part(each))
