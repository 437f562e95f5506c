"""Reads files, wherever they lie."""

# ruff: noqa: PTH118, PTH123 - a build reads 50,000 files; `Path` would take as long as reading them

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

from epubmaker.collector.formats.format import HEAD_BYTES, UnreadableError
from epubmaker.errors import cause_of
from epubmaker.model.articles import FileState, Location

if TYPE_CHECKING:
    from epubmaker.collector.locations.archives import Archive

__all__ = ["StoredItem", "archive_at", "state_of"]


def archive_at(location: Location) -> Archive:
    """Return the archive that a location is, open. Raises UnreadableError."""
    from epubmaker.collector.locations.archives import opened  # noqa: PLC0415 - 15 ms, and most inputs are folders

    return opened(location)


class StoredItem:
    """One file of a folder, or of an archive. Implements `formats.format.Item`.

    All that reads raises UnreadableError.
    """

    def __init__(
        self,
        location: Location,
        name: str,
        *,
        is_named: bool = False,
        link: str | None = None,
        most: int | None = None,
        whole_page: bool = False,
    ) -> None:
        """Nothing is read yet. A file of more than `most` bytes is not read whole."""
        self.location = location
        self.name = name
        self.is_named = is_named
        self.link = link
        self.whole_page = whole_page
        self.most = most
        self._state: FileState | None = None
        self._start: bytes | None = None
        self._whole: bytes | None = None

    @property
    def key(self) -> tuple[Location, str, FileState | None]:
        """The file, and its state, or that of the archive that holds it."""
        return (
            self.location,
            self.name,
            self.state or state_of(os.path.join(self.location.root, *self.location.archives[:1])),
        )

    @property
    def state(self) -> FileState | None:
        """The state of a folder's file before it was first read; None for a file in an archive."""
        if self._state is None and not self.location.archives:
            self.start  # noqa: B018 - reads the state
        return self._state

    @property
    def size(self) -> int:
        """The file's bytes."""
        state = self.state
        return state.size if state else archive_at(self.location).size(self.name)

    @property
    def start(self) -> bytes:
        """The first bytes."""
        if self._start is None:
            self._start = self._read(HEAD_BYTES)
        return self._start

    def read(self, most: int | None = None) -> bytes:
        """Return the bytes, at most as many as `most`."""
        if self._whole is not None:
            return self._whole if most is None else self._whole[:most]
        data = self._start[:most] if self._start is not None and self.size < HEAD_BYTES else self._read(most)
        if most is None:
            self._whole = data
        return data

    def open(self) -> BinaryIO:
        """Return a file object that can seek."""
        if self.location.archives:
            return archive_at(self.location).open(self.name)
        try:
            return open(self._path, "rb")
        except (OSError, ValueError) as error:
            raise _unreadable(error) from error

    def beside(self, name: str, most: int) -> bytes | None:
        """Return the bytes of another file in the item's folder or below it; None without one of at most `most` bytes.

        A name that begins with "/" is one in the location.
        """
        folder = [] if name.startswith("/") else self.name.split("/")[:-1]
        parts = name.removeprefix("/").split("/")
        if any(part in {"", ".", ".."} or not part.isprintable() or set(part) & set("\\:") for part in parts):
            return None
        other = StoredItem(self.location, "/".join([*folder, *parts]), most=most)
        if self.location.address and not self.location.archives:
            from epubmaker.collector.locations.copies import bring  # noqa: PLC0415 - 10 ms, and few inputs are at addresses

            bring(other._path, self.location.root, self.location.address, most)
        try:
            inside = os.path.realpath(other._path).startswith(os.path.join(os.path.realpath(self.location.root), ""))
            return other.read() if inside else None
        except UnreadableError:
            return None

    @property
    def _path(self) -> str:
        return os.path.join(self.location.root, self.name)

    def _read(self, most: int | None) -> bytes:
        limit = self.most
        if self.location.archives:
            if most is None and limit is not None and self.size > limit:
                raise _too_large(limit)
            return archive_at(self.location).read(self.name, most)
        try:
            with open(self._path, "rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                if self._state is None:
                    self._state = FileState.of(status)
                size = status.st_size
                if limit is not None and size > limit:
                    raise _too_large(limit)
                data = file.read(size + 1 if most is None else most) or b""
                if most is None and len(data) > size:  # it has grown since: read up to one byte above the limit
                    data += file.read(-1 if limit is None else limit + 1 - size) or b""
        except (OSError, ValueError) as error:
            raise _unreadable(error) from error
        if limit is not None and len(data) > limit:
            raise _too_large(limit)
        return data


def state_of(path: str) -> FileState | None:
    """Return the state of the file at a path; None where it cannot be looked at."""
    try:
        return FileState.of(os.stat(path))  # noqa: PTH116 - as above
    except (OSError, ValueError):
        return None


def _too_large(limit: int) -> UnreadableError:
    return UnreadableError("article-too-large", f"larger than {limit // 1_000_000} MB")


def _unreadable(error: OSError | ValueError) -> UnreadableError:
    return UnreadableError("article-unreadable", cause_of(error))
