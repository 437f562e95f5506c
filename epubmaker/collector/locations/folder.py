"""Finds the files of the articles: walks folders, on disk and at addresses, and opens no file.

Hidden files, files of other kinds and links that lead out of a folder or in a circle are passed over.
"""

from __future__ import annotations

import os
import posixpath
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol
from zlib import crc32

from epubmaker.collector.formats.table import suffixes
from epubmaker.collector.locations.archivenames import ARCHIVE_SUFFIXES
from epubmaker.errors import InputError, cause_of
from epubmaker.model.articles import FileState, Issue, Location, Severity
from epubmaker.storage.remote import children, parent, status
from epubmaker.text.naming import is_safe_on_windows
from epubmaker.text.naturalorder import natural

__all__ = ["File", "Given", "files", "is_looked_at", "is_passed_over", "lies_beside"]

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
        ".tiff",
        ".webp",
    }
)
_OF_A_PAGE = ("_files", ".files")
_OF_A_SHELF = frozenset({"opds.xml", "opds.json", "index.html", "catalog"})  # beside the books of `build --shelf`
_IN_A_BLOCK = 512  # files, on average, where a folder has more
_LONGEST_NAME = 255  # bytes, of most disks


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

    `link` is the address that a file was got from; `is_download`: it came from there or from standard input. `address` is
    where it lies that is read with `storage.remote`, "" for what `path` says.
    """

    path: Path
    label: str
    link: str | None = None
    is_download: bool = False
    address: str = ""

    @classmethod
    def named(cls, place: Path | str) -> Given:
        """Return what a path, or an address of `storage.remote`, stands for."""
        return cls(place, place.as_posix()) if isinstance(place, Path) else cls(Path(), place, address=place)


class File(NamedTuple):
    """A file that may hold articles, and the input that it belongs to.

    `name` is its path in the folder `location`, with "/" and without links; `label` the path as the user would write it;
    `path` the absolute path, a string, since to make a `Path` takes longer than to stat the file. `block` is the same for
    some hundreds of files that follow each other in a folder, and stays the same where others come and go: a path in their
    folder, whether or not a file is there. `is_named`: the user named the file itself, not its folder. `link` is the
    address that it was got from. At an address (see `storage.remote`), that of the input is the folder, that of the file is
    the `path`, and `state` is known from its listing.
    """

    location: Location
    name: str
    label: str
    path: str
    block: str = ""
    is_named: bool = False
    link: str | None = None
    state: FileState | None = None


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
    passed = Counter() if passed is None else passed
    for given in inputs:
        walked = _at_address(given, issues, passed) if given.address else _on_disk(given, issues, passed, written)
        for file in walked:
            name = os.path.normcase(file.path)
            if name not in seen:
                seen.add(name)
                yield file


def _on_disk(given: Given, issues: list[Issue], passed: Counter[str], written: AbstractSet[str]) -> Iterator[File]:
    """Return the file at a path, or those of the folder there."""
    try:
        real = Path(os.path.realpath(given.path, strict=True))
        mode = real.stat().st_mode
    except OSError as error:
        raise InputError(given.label, cause_of(error), "name a file or folder that exists") from error
    if stat.S_ISDIR(mode):
        return _Walk(given.path.as_posix(), str(real), issues, passed, written).files()
    if not stat.S_ISREG(mode):
        raise InputError(given.label, "neither a file nor a folder", "name a file or folder of articles")
    location = Location(str(real.parent), is_download=given.is_download)
    block = os.path.join(real, os.curdir)  # noqa: PTH118 - no other file's
    return iter([File(location, real.name, given.label, str(real), block, is_named=True, link=given.link)])


def _at_address(given: Given, issues: list[Issue], passed: Counter[str]) -> Iterator[File]:
    """Return the file at an address, or those of the folder there."""
    address = given.address.rstrip("/")
    found = status(address)
    if found is None:
        raise InputError(given.label, "no such file or folder", "name one that exists")
    if found.is_folder:
        return _RemoteWalk(address, address, issues, passed, frozenset()).files()
    location = Location(parent(address)[0])
    return iter([File(location, found.name, given.label, address, f"{address}/.", is_named=True, state=found.state)])


class _Walk:
    """A walk through one folder."""

    _paths = os.path

    def __init__(
        self, given: str, root: str, issues: list[Issue], passed: Counter[str], written: AbstractSet[str]
    ) -> None:
        """Take the folder as the user named it, and its path without links."""
        self._given = given
        self._root = root
        self._location = Location(root)
        self._issues = issues
        self._passed = passed
        self._written = written
        self._label = "" if given == "." else f"{given.removesuffix('/')}/"  # the beginning of each label

    def files(self) -> Iterator[File]:
        visited = {self._root}
        stack = [("", iter(self._children("")))]
        # A block is named after what stands before it in its folder: nothing, a folder, or its first file.
        block = self._paths.join(self._root, "")  # it ends in a separator
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
                    yield self._file(relative, relative, entry.path, block)
                    continue
                path, is_folder, is_file, inside = self._look(entry)
            except OSError as error:
                self._note("article-unreadable", "error", relative, cause_of(error))
                continue
            if not inside:
                message = f"a link that leads out of {self._given}"
                self._note("article-outside", "warning", relative, message)
            elif is_folder:
                if path not in visited:
                    visited.add(path)
                    stack.append((entry.path, iter(self._children(f"{relative}/"))))
                    block = self._paths.join(entry.path, "")  # as above
            elif is_file and is_article:
                name = self._name_of(path) if entry.is_symlink() else relative
                yield self._file(name, relative, path, block)
            elif is_file and not lies_beside(entry.name):
                self._passed[posixpath.splitext(entry.name)[1].lower()] += 1

    def _file(self, name: str, relative: str, path: str, block: str) -> File:
        return File(self._location, name, self._label + relative, path, block)

    def _scan(self, path: str) -> Iterable[_Child]:
        """Yield what is in a folder; raises OSError where it cannot be listed."""
        with os.scandir(path) as listed:
            yield from listed

    def _look(self, entry: _Child) -> tuple[str, bool, bool, bool]:
        """Return an entry's path without links, and whether it is a folder, a file, and inside the root."""
        if not entry.is_symlink():
            return entry.path, entry.is_dir(follow_symlinks=False), entry.is_file(follow_symlinks=False), True
        real = Path(os.path.realpath(entry.path, strict=True))
        mode = real.stat().st_mode
        return str(real), stat.S_ISDIR(mode), stat.S_ISREG(mode), real.is_relative_to(self._root)

    def _name_of(self, path: str) -> str:
        return Path(path).relative_to(self._root).as_posix()

    def _children(self, folder: str) -> list[tuple[str, _Child]]:
        """Return the entries of a folder in natural order; `folder` is "" or a path below the root that ends in "/"."""
        path = self._paths.join(self._root, *folder.split("/")[:-1])  # it goes before each name in the list
        try:
            found = [entry for entry in self._scan(path) if not entry.name.startswith(".")]
            if self._written:
                found = [entry for entry in found if os.path.normcase(entry.path) not in self._written]
            if any(entry.name.endswith(_OF_A_PAGE) for entry in found):
                names = {entry.name for entry in found}
                found = [entry for entry in found if not _is_of_a_page(entry.name, names)]
            if sum(entry.name in _OF_A_SHELF for entry in found) == len(_OF_A_SHELF):
                found = [entry for entry in found if entry.name not in _OF_A_SHELF]
        except OSError as error:
            if not folder:
                raise InputError(self._given, cause_of(error), "check the folder's permissions") from error
            self._note("article-unreadable", "error", folder.removesuffix("/"), cause_of(error))
            return []
        found.sort(key=lambda entry: natural(entry.name))
        return [(f"{folder}{entry.name}", entry) for entry in found]

    def _note(self, code: str, severity: Severity, relative: str, message: str) -> None:
        self._issues.append(Issue(code, severity, f"{self._label}{relative}", message))


class _Child(Protocol):
    """What a folder holds, as `os.DirEntry` has it."""

    @property
    def name(self) -> str: ...

    @property
    def path(self) -> str: ...

    def is_symlink(self) -> bool: ...

    def is_dir(self, *, follow_symlinks: bool = True) -> bool: ...

    def is_file(self, *, follow_symlinks: bool = True) -> bool: ...


class _RemoteWalk(_Walk):
    """A walk through a folder at an address. The names of files there are those of a stranger, and of no disk's rules."""

    _paths = posixpath

    def __init__(
        self, given: str, root: str, issues: list[Issue], passed: Counter[str], written: AbstractSet[str]
    ) -> None:
        super().__init__(given, root, issues, passed, written)
        self._states: dict[str, FileState] = {}

    def _file(self, name: str, relative: str, path: str, block: str) -> File:
        return super()._file(name, relative, path, block)._replace(state=self._states.pop(path))

    def _scan(self, path: str) -> Iterator[_Child]:
        seen: set[str] = set()
        for found in sorted(children(path)):
            relative = f"{path}/{found.name}".removeprefix(f"{self._root}/")
            if found.name.startswith("."):
                continue
            if found.name.casefold() in seen and sys.platform in {"win32", "darwin"}:
                self._note(
                    "article-unreadable", "error", relative, "this disk does not tell it from a name in other case"
                )
            elif refusal := _refusal(found.name):
                self._note("article-outside", "warning", relative, refusal)
            else:
                seen.add(found.name.casefold())
                if not found.is_folder and is_looked_at(found.name):
                    self._states[f"{path}/{found.name}"] = found.state
                yield _Object(found.name, f"{path}/{found.name}", is_folder=found.is_folder)


@dataclass(frozen=True, slots=True)
class _Object:
    """A file or folder at an address, as `os.DirEntry` has those of a disk."""

    name: str
    path: str
    is_folder: bool

    def is_symlink(self) -> bool:
        return False

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002 - there are none
        return self.is_folder

    def is_file(self, *, follow_symlinks: bool = True) -> bool:  # noqa: ARG002 - as above
        return not self.is_folder


def _refusal(name: str) -> str:
    """Return why a file or folder at an address is passed over for its name, "" for those that any disk can have."""
    if "\\" in name or any(ord(letter) < 32 or ord(letter) == 127 for letter in name):
        return "its name is none that a file can have"
    if len(name.encode(errors="surrogatepass")) > _LONGEST_NAME:
        return f"its name has more than {_LONGEST_NAME} bytes"
    if sys.platform == "win32" and not is_safe_on_windows(name):
        return "Windows allows no such file name"
    return ""


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
