"""Finds the files of the articles: walks the folders, opens no file.

Hidden files, files of other kinds and links that lead out of a folder or in a circle are passed over.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

from epubmaker.collector.formats.table import suffixes
from epubmaker.collector.locations.archivenames import ARCHIVE_SUFFIXES
from epubmaker.errors import InputError
from epubmaker.model.articles import Issue, Location, Severity

__all__ = ["File", "Given", "files", "is_looked_at", "is_passed_over", "lies_beside", "natural"]

# Endings of files that lie beside articles and are not reported as not read: pictures and books.
_BESIDE = frozenset(
    {
        ".avif",
        ".bmp",
        ".epub",
        ".gif",
        ".heic",
        ".heif",
        ".ico",
        ".jfif",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".png",
        ".svg",
        ".tif",
    }
    | {".tiff", ".webp"}
)
_OF_A_PAGE = ("_files", ".files")
_IN_A_BLOCK = 512  # files, on average, where a folder has more
_DIGITS = re.compile(r"(\d{1,18})")  # `int` refuses numbers of thousands of digits, which a title may hold


@cache
def _endings() -> tuple[str, ...]:
    return (*suffixes(), *ARCHIVE_SUFFIXES)


def is_looked_at(name: str) -> bool:
    """Tell whether a file that the user did not name itself may hold articles, by its ending."""
    return name.lower().endswith(_endings())


def lies_beside(name: str) -> bool:
    """Tell whether a file lies beside articles, so that nobody misses it: a picture, a book."""
    return posixpath.splitext(name)[1].lower() in _BESIDE


class Given(NamedTuple):
    """A file or folder that the user named: its path, and how to write it in reports and errors.

    `link` is the address that a file was got from; `is_download`: it came from there or from standard input.
    """

    path: Path
    label: str
    link: str | None = None
    is_download: bool = False


class File(NamedTuple):
    """A file that may hold articles, and the input that it belongs to.

    `name` is its path in the folder `location`, with "/" and without links; `label` the path as the user would write it;
    `path` the absolute path, a string, since to make a `Path` takes longer than to stat the file. `block` is the same for
    some hundreds of files that follow each other in a folder, and stays the same where others come and go: a path in their
    folder, whether or not a file is there. `is_named`: the user named the file itself, not its folder. `link` is the
    address that it was got from.
    """

    location: Location
    name: str
    label: str
    path: str
    block: str = ""
    is_named: bool = False
    link: str | None = None


def files(
    inputs: Sequence[Given],
    issues: list[Issue],
    passed: Counter[str] | None = None,
    written: AbstractSet[str] = frozenset(),
) -> Iterator[File]:
    """Yield each article file of the inputs once, in order; folders whole, in natural order ("9.txt" before "10.txt").

    Articles that cannot be reached are added to `issues`; files of other kinds are counted in `passed`, by ending. Those of
    `written` in folders are passed over: real paths, in the system's letter case.

    Raises InputError when an input does not exist or cannot be listed.
    """
    seen: set[str] = set()
    for given in inputs:
        try:
            real = Path(os.path.realpath(given.path, strict=True))
            mode = real.stat().st_mode
        except OSError as error:
            cause = error.strerror or str(error)
            raise InputError(given.label, cause.lower(), "name a file or folder that exists") from error
        if stat.S_ISDIR(mode):
            walked = _Walk(given.path, real, issues, Counter() if passed is None else passed, written).files()
        elif stat.S_ISREG(mode):
            location = Location(str(real.parent), is_download=given.is_download)
            block = os.path.join(real, os.curdir)  # noqa: PTH118 - no other file's
            walked = iter([File(location, real.name, given.label, str(real), block, is_named=True, link=given.link)])
        else:
            raise InputError(given.label, "neither a file nor a folder", "name a file or folder of articles")
        for file in walked:
            name = os.path.normcase(file.path)
            if name not in seen:
                seen.add(name)
                yield file


class _Walk:
    """A walk through one folder."""

    def __init__(
        self, given: Path, root: Path, issues: list[Issue], passed: Counter[str], written: AbstractSet[str]
    ) -> None:
        self._given = given
        self._root = root
        self._location = Location(str(root))
        self._issues = issues
        self._passed = passed
        self._written = written
        self._label = (given / "x").as_posix()[:-1]  # the beginning of each label

    def files(self) -> Iterator[File]:
        visited = {str(self._root)}
        stack = [("", iter(self._children("")))]
        # A block is named after what stands before it in its folder: nothing, a folder, or its first file.
        block = os.path.join(self._root, "")  # noqa: PTH118 - it ends in a separator
        while stack:
            child = next(stack[-1][1], None)
            if child is None:
                block, _ = stack.pop()
                continue
            relative, entry = child
            is_article = is_looked_at(entry.name)
            try:
                if is_article and entry.is_file(follow_symlinks=False):  # as most are
                    block = entry.path if _begins_block(entry.name) else block
                    yield File(self._location, relative, self._label + relative, entry.path, block)
                    continue
                path, is_folder, is_file, inside = self._look(entry)
            except OSError as error:
                self._note("article-unreadable", "error", relative, error.strerror or str(error))
                continue
            if not inside:
                message = f"a link that leads out of {self._given.as_posix()}"
                self._note("article-outside", "warning", relative, message)
            elif is_folder:
                if path not in visited:
                    visited.add(path)
                    stack.append((entry.path, iter(self._children(f"{relative}/"))))
                    block = os.path.join(entry.path, "")  # noqa: PTH118 - as above
            elif is_file and is_article:
                name = self._name_of(path) if entry.is_symlink() else relative
                yield File(self._location, name, self._label + relative, path, block)
            elif is_file and not lies_beside(entry.name):
                self._passed[posixpath.splitext(entry.name)[1].lower()] += 1

    def _look(self, entry: os.DirEntry[str]) -> tuple[str, bool, bool, bool]:
        """Return an entry's path without links, and whether it is a folder, a file, and inside the root."""
        if not entry.is_symlink():
            return entry.path, entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False), True
        real = Path(os.path.realpath(entry.path, strict=True))
        mode = real.stat().st_mode
        return str(real), stat.S_ISDIR(mode), stat.S_ISREG(mode), real.is_relative_to(self._root)

    def _name_of(self, path: str) -> str:
        return Path(path).relative_to(self._root).as_posix()

    def _children(self, folder: str) -> list[tuple[str, os.DirEntry[str]]]:
        """Return the entries of a folder in natural order; `folder` is "" or a path below the root that ends in "/"."""
        path = os.path.join(self._root, *folder.split("/")[:-1])  # noqa: PTH118 - it goes before each name in the list
        try:
            with os.scandir(path) as listed:
                found = [entry for entry in listed if not entry.name.startswith(".")]
            if self._written:
                found = [entry for entry in found if os.path.normcase(entry.path) not in self._written]
            if any(entry.name.endswith(_OF_A_PAGE) for entry in found):
                names = {entry.name for entry in found}
                found = [entry for entry in found if not _is_of_a_page(entry.name, names)]
        except OSError as error:
            cause = error.strerror or str(error)
            if not folder:
                raise InputError(self._given, cause.lower(), "check the folder's permissions") from error
            self._note("article-unreadable", "error", folder.removesuffix("/"), cause)
            return []
        found.sort(key=lambda entry: natural(entry.name))
        return [(f"{folder}{entry.name}", entry) for entry in found]

    def _note(self, code: str, severity: Severity, relative: str, message: str) -> None:
        self._issues.append(Issue(code, severity, f"{self._label}{relative}", message))


def _begins_block(name: str) -> bool:
    """Tell whether a file is the first of a block, by its name alone: one more or less moves no other block's ends."""
    return crc32(name.encode(errors="surrogatepass")) % _IN_A_BLOCK == 0


def is_passed_over(name: str, names: AbstractSet[str]) -> bool:
    """Tell whether a file of an archive, whose `names` these are, is hidden or a part of a page that a browser saved."""
    parts = name.split("/")
    if any(part.startswith(".") or part == "__MACOSX" for part in parts):
        return True
    folders = [index for index, part in enumerate(parts[:-1]) if part.endswith(_OF_A_PAGE)]
    return any(not names.isdisjoint(_pages_of("/".join(parts[: index + 1]))) for index in folders)


def _is_of_a_page(name: str, names: AbstractSet[str]) -> bool:
    """Tell whether a folder holds the parts of a page that a browser saved beside it: frames, which are no articles."""
    return name.endswith(_OF_A_PAGE) and not names.isdisjoint(_pages_of(name))


def _pages_of(name: str) -> tuple[str, str]:
    """Return the names of the pages whose parts a folder may hold."""
    stem = name[: name.rindex(".")] if name.endswith(".files") else name.removesuffix("_files")
    return f"{stem}.html", f"{stem}.htm"


def natural(name: str) -> tuple[list[str | int], str]:
    """Return the sort key of natural order: numbers by value, letters without case, ties by the name itself."""
    parts: list[str | int] = [*_DIGITS.split(name.casefold())]  # alternately texts and numbers, a text first
    parts[1::2] = map(int, parts[1::2])
    return parts, name
