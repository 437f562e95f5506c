"""Copies of files at addresses (see `storage.remote`), which are read like any files of a folder.

`Location.address` tells that a folder has such copies; a file that is missing there is brought when it is asked for.
"""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from epubmaker.collector.locations.folder import File
from epubmaker.errors import InputError, TemporaryFilesError
from epubmaker.model.articles import Entry, FileState, Location
from epubmaker.options import is_remote
from epubmaker.storage.remote import fetch, join, status
from epubmaker.storage.scratch import spool

__all__ = ["Copies", "bring", "copies_of"]

_AHEAD = 128  # files of a block that are fetched at once: those after the one that is asked for
_AHEAD_BYTES = 64_000_000
_KEPT_BYTES = 20_000_000_000  # of files that several volumes may need
_SPARE_BYTES = 500_000_000  # that stay free on the disk
_LONGEST_NAME = 1000  # bytes, of 1,024 that object storage takes with what stands before the name


@contextmanager
def copies_of(files: Sequence[File]) -> Iterator[Callable[[int], File]]:
    """Yield a function from a number to a copy of that file of a block, which is there until the next is asked for.

    A file that cannot be had is missing. Raises InputError where the storage does not answer.
    """
    with spool() as folder:
        yield _Block(files, folder).file


class _Block:
    """Copies of a block's files, some at a time."""

    def __init__(self, files: Sequence[File], folder: Path) -> None:
        self._files = files
        self._folder = folder / "files"
        self._here = range(0)

    def file(self, number: int) -> File:
        file = self._files[number]
        if number not in self._here:
            self._fetch_from(number)
        location = file.location._replace(root=str(self._folder), address=file.location.root)
        return file._replace(location=location, path=str(self._folder / file.name))

    def _fetch_from(self, number: int) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(exist_ok=True)
        end, size = number, 0
        while end < min(len(self._files), number + _AHEAD) and (end == number or size < _AHEAD_BYTES):
            state = self._files[end].state
            size += state.size if state else 0
            end += 1
        self._here = range(number, end)
        names = [self._files[each].name for each in self._here]
        _check_room(self._folder, size)
        fetch(self._files[number].location.root, names, self._folder)


class Copies:
    """Copies of the files of one volume's articles after another, in a folder. For use in one thread.

    A file that holds several articles stays for the next volumes, as long as such files keep within a limit; each volume
    gets the bytes that are at the address then.
    """

    def __init__(self, folder: Path, most: int = _KEPT_BYTES) -> None:
        """Keep at most so many bytes, or what the disk has room for, beside the files of the volume that is made."""
        self._folder = folder
        self._most = most
        self._roots: dict[str, Path] = {}
        self._kept: dict[tuple[str, str], FileState] = {}  # by address and name, the one used longest ago first

    @contextmanager
    def of(self, entries: Iterable[Entry]) -> Iterator[Callable[[Location], Location]]:
        """Fetch the files of articles; yield a function from where an article lies to where it lies on this disk.

        A file that cannot be had is missing there. Raises InputError where the storage does not answer.
        """
        wanted: dict[str, dict[str, bool]] = defaultdict(dict)
        for entry in entries:
            root, archives = entry.location.root, entry.location.archives
            if is_remote(root):
                wanted[root][archives[0] if archives else entry.name] = bool(archives or entry.member)
        try:
            for address, names in wanted.items():
                self._fetch(address, names)
            yield self._here
        finally:
            self._leave_kept()

    def _here(self, location: Location) -> Location:
        if not is_remote(location.root):
            return location
        return location._replace(root=str(self._root(location.root)), address=location.root)

    def _root(self, address: str) -> Path:
        if address not in self._roots:
            self._roots[address] = self._folder / str(len(self._roots))
            self._roots[address].mkdir()
        return self._roots[address]

    def _fetch(self, address: str, names: dict[str, bool]) -> None:
        """Fetch the files of these names that are not here; of some, several articles may be asked for."""
        root = self._root(address)
        states = {name: status(join(address, name)) for name, is_kept in names.items() if is_kept}
        new = {name: found.state for name, found in states.items() if found}
        for name, state in new.items():
            if self._kept.get((address, name)) == state:
                self._kept[address, name] = self._kept.pop((address, name))  # used last
        missing = [name for name in names if name not in states or self._kept.get((address, name)) != new.get(name)]
        size = sum(new[name].size for name in missing if name in new)
        self._make_room(root, size, {(address, name) for name in names})
        _check_room(root, size)
        failed = fetch(address, missing, root)
        for name in missing:
            self._kept.pop((address, name), None)
            if name in failed:
                _remove(root / name)
            elif name in new:
                found = status(join(address, name))
                if found is None or found.state != new[name]:
                    raise InputError(join(address, name), "it changed while it was read", "run this again")
                self._kept[address, name] = new[name]

    def _make_room(self, folder: Path, size: int, needed: set[tuple[str, str]]) -> None:
        """Remove files that are kept, those that were used longest ago first, until there is room for others."""
        total = sum(state.size for state in self._kept.values())
        limit = min(self._most, total + shutil.disk_usage(folder).free - _SPARE_BYTES) - size
        for address, name in [each for each in self._kept if each not in needed]:
            if total > limit:
                total -= self._kept.pop((address, name)).size
                _remove(self._roots[address] / name)

    def _leave_kept(self) -> None:
        """Remove all but the files that are kept."""
        for address, root in self._roots.items():
            for folder, _, names in os.walk(root, topdown=False):
                for name in names:
                    path = Path(folder, name)
                    if (address, path.relative_to(root).as_posix()) not in self._kept:
                        _remove(path)
                if folder != str(root):
                    with suppress(OSError):  # it is not empty
                        Path(folder).rmdir()


def bring(path: str | Path, root: str | Path, address: str, most: int) -> bool:
    """Fetch the file that a path in a folder of copies means, unless it is there; tell whether it is above `most` bytes.

    `address` is where the folder's files come from; none outside of it is asked for. Nothing is brought where there is no
    such file. Raises InputError where the storage does not answer.
    """
    normal = os.path.normpath(path)
    inside = os.path.relpath(normal, root).replace(os.sep, "/")
    # `Path.exists` raises for a name that is too long.
    if os.path.exists(normal) or not Path(normal).is_relative_to(root) or not _may_be_there(inside):  # noqa: PTH110
        return False
    try:
        found = status(join(address, inside))
    except InputError as error:
        if isinstance(error.__cause__, PermissionError):  # the answer for what is not there, where listing is forbidden
            return False
        raise
    if found is None or found.is_folder:
        return False
    if found.state.size > most:
        return True
    fetch(address, [inside], Path(root))
    return False


def _may_be_there(name: str) -> bool:
    """Tell whether object storage may have a file of a name: others are no question to it, but an error."""
    try:
        return name != os.curdir and "\0" not in name and len(name.encode()) <= _LONGEST_NAME
    except UnicodeEncodeError:
        return False


def _check_room(folder: Path, size: int) -> None:
    if size > _AHEAD_BYTES and size > shutil.disk_usage(folder).free - _SPARE_BYTES:
        cause = f"no room for {size / 1e9:.0f} GB of the inputs"
        raise TemporaryFilesError(cause)


def _remove(path: Path) -> None:
    with suppress(OSError):  # Windows: an archive that is still open; the run removes it at its end
        path.unlink()
