"""Finds pictures by their names anywhere in a folder, as notes embed them. I/O: lists folders, opens no file."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock

from epubmaker.collector.locations.folder import lies_beside

__all__ = ["PicturesBelow"]

_MOST_FILES = 500_000  # that are looked at in a folder
_MOST_PARTS = 10  # of a name with folders


class PicturesBelow:
    """The pictures below folders, each of which is listed when it is first asked for. Thread-safe."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._found: dict[Path, Mapping[str, str]] = {}

    def path_of(self, name: str, root: Path) -> Path | None:
        """Return the path of the picture with a name, without regard to letter case; None where there is none.

        Of several it is the one in the fewest folders, then the first in the alphabet. Hidden folders and links to folders
        are not entered.
        """
        with self._lock:
            if root not in self._found:
                self._found[root] = _by_name(root)
        path = self._found[root].get(_plain(name.strip("/")))
        return root / path if path else None


def _by_name(root: Path) -> Mapping[str, str]:
    paths = sorted(_pictures(root), key=lambda path: (path.count("/"), path))
    found: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for start in range(max(0, len(parts) - _MOST_PARTS), len(parts)):
            found.setdefault(_plain("/".join(parts[start:])), path)
    return found


def _pictures(root: Path) -> Iterator[str]:
    seen = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(folder).relative_to(root).as_posix()
        seen += len(files)
        if seen > _MOST_FILES:
            return
        for name in files:
            if lies_beside(name) and not name.startswith("."):
                yield name if inside == "." else f"{inside}/{name}"


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
