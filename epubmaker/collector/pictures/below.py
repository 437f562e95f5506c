"""Finds pictures by their names anywhere in a folder or an archive, as notes embed them.

I/O: lists folders and archives, opens no file in them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock

from epubmaker.collector.formats.format import UnreadableError
from epubmaker.collector.locations.folder import is_passed_over, lies_beside
from epubmaker.collector.locations.items import archive_at
from epubmaker.collector.pictures.candidates import FileBelow, HeldFile, LocalFile
from epubmaker.model.articles import Location
from epubmaker.storage.remote import children, join
from epubmaker.text.naming import folded_name

__all__ = ["PicturesBelow"]

_MOST_FILES = 500_000  # that are looked at in a folder
_MOST_PARTS = 10  # of a name with folders


class PicturesBelow:
    """The pictures below folders and in archives, each of which is listed when it is first asked for. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[Path | Location, Mapping[str, str]] = {}

    def find(self, wanted: FileBelow) -> LocalFile | HeldFile | None:
        """Return the picture with a name, without regard to letter case; None where there is none.

        Of several it is the one in the fewest folders, then the first in the alphabet. Hidden folders and links to folders
        are not entered.
        """
        root = wanted.root
        with self._lock:
            if root not in self._found:
                self._found[root] = _by_name(
                    _pictures(root, wanted.address) if isinstance(root, Path) else _packed(root)
                )
        path = self._found[root].get(folded_name(wanted.name.strip("/")))
        if path is None:
            return None
        return LocalFile(root / path, root, wanted.address) if isinstance(root, Path) else HeldFile(root, path)


def _by_name(pictures: Iterable[str]) -> Mapping[str, str]:
    paths = sorted(pictures, key=lambda path: (path.count("/"), path))
    found: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for start in range(max(0, len(parts) - _MOST_PARTS), len(parts)):
            found.setdefault(folded_name("/".join(parts[start:])), path)
    return found


def _pictures(root: Path, address: str) -> Iterator[str]:
    seen = 0
    for inside, files in _listed(address) if address else _walked(root):
        seen += len(files)
        if seen > _MOST_FILES:
            return
        for name in files:
            if lies_beside(name) and not name.startswith("."):
                yield f"{inside}{name}"


def _walked(root: Path) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the folders below a root, "" or a path that ends in "/", each with the names of its files."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(folder).relative_to(root).as_posix()
        yield "" if inside == "." else f"{inside}/", files


def _listed(address: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the folders at an address, as `_walked` does."""
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        found = list(children(join(address, inside)))
        yield inside, [each.name for each in found if not each.is_folder]
        folders = sorted((each.name for each in found if each.is_folder), reverse=True)
        waiting += [f"{inside}{name}/" for name in folders if name and not name.startswith(".")]


def _packed(archive: Location) -> Iterator[str]:
    try:
        members = archive_at(archive).members()
    except UnreadableError:
        return
    for member in members:
        if lies_beside(member.name) and not member.refused and not is_passed_over(member.name, frozenset()):
            yield member.name
