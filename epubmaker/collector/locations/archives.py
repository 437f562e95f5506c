"""ZIP and tar files as places where files lie: listed and read, never unpacked to where their names point.

An archive may be written by a stranger. Names that lead out of it, links, and files that are encrypted are refused; an
archive that unpacks to much more than its size is refused whole, before anything in it is read.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import struct
import tarfile
import tempfile
import threading
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import IO, BinaryIO, NamedTuple, Protocol, cast

from epubmaker.collector.formats.format import UnreadableError
from epubmaker.collector.locations.archivenames import COMPRESSED, refusal_of_name
from epubmaker.errors import cause_of
from epubmaker.model.articles import FileState, Location

__all__ = ["Archive", "Member", "archive_in", "opened"]

_MOST_RATIO = 100  # of what an archive unpacks to and its size; repeated posts of a channel come to 60
_SPARE = 64_000_000  # bytes that any archive may unpack to
_MOST_UNPACKED = 2_000_000_000  # bytes of a tar file that must be unpacked whole, to be read at any place
_MOST_DIRECTORY = 30_000_000  # bytes of a ZIP file's directory: 300,000 files, which take 200 MB of memory
_MOST_MEMBERS = 300_000
_MOST_NESTED = 500_000_000  # bytes of an archive inside an archive
_IN_MEMORY = 16_000_000
_BLOCK = 1 << 20
_END = struct.Struct("<4s4H2LH")  # end of central directory record: APPNOTE 6.3.10, section 4.3.16
_DIRECTORY_SIZE = 5
_DAMAGES = (
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    NotImplementedError,
    KeyError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class Member(NamedTuple):
    """A file in an archive: its name there, with "/", and its bytes. `refused` says why it is not read, "" if it may be."""

    name: str
    size: int
    refused: str = ""


class Archive(Protocol):
    """An archive that is open. All methods are thread-safe and raise UnreadableError."""

    def members(self) -> Sequence[Member]:
        """Return the files, each name once."""

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return the bytes of a file, at most as many as `most`."""

    def open(self, name: str) -> BinaryIO:
        """Return a file as a file object that can seek, to be closed by the caller."""

    def size(self, name: str) -> int:
        """Return the bytes of a file."""


def opened(location: Location) -> Archive:
    """Return the archive that a location is, open. Raises UnreadableError."""
    root, archives = location.root, location.archives
    path = os.path.join(root, archives[0])  # noqa: PTH118 - asked for each article
    try:
        return _opened(location, FileState.of(os.stat(path)))  # noqa: PTH116 - as above
    except _DAMAGES as error:
        raise _damaged(error) from error


@lru_cache(maxsize=8)
def _opened(location: Location, state: FileState) -> Archive:
    root, archives = location.root, location.archives
    if len(archives) == 1:
        return _archive(open(os.path.join(root, archives[0]), "rb"), state.size)  # noqa: PTH118, PTH123 - as above
    *outer, name = archives
    spooled = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - `_archive` sees to it
    with opened(location._replace(archives=tuple(outer))).open(name) as file:
        size = _copy(file, spooled, _MOST_NESTED)
    return _archive(cast("BinaryIO", spooled), size)


def archive_in(file: BinaryIO, size: int) -> Archive:
    """Return the archive in a file, which is closed with it. Raises UnreadableError."""
    try:
        return _archive(file, size)
    except _DAMAGES as error:
        raise _damaged(error) from error


def _archive(file: BinaryIO, size: int) -> Archive:
    """Return an archive, which closes its file when nobody uses it any more."""
    try:
        file.seek(0)
        start = file.read(6)
        file.seek(0)
        for magic, unpack in zip(COMPRESSED, _UNPACKERS, strict=True):
            if start.startswith(magic):
                return _Tar(_unpacked(file, unpack, min(_MOST_UNPACKED, _MOST_RATIO * size + _SPARE)), size)
        return _Zip(file, size) if start.startswith(b"PK") else _Tar(file, size)
    except BaseException:
        file.close()
        raise


def _unpacked(file: BinaryIO, unpack: Callable[[IO[bytes]], IO[bytes]], most: int) -> BinaryIO:
    whole = tempfile.TemporaryFile()  # noqa: SIM115 - the archive closes it
    try:
        with file, unpack(file) as packed:
            _copy(packed, whole, most)
        whole.seek(0)
    except BaseException:
        whole.close()
        raise
    return cast("BinaryIO", whole)


def _copy(source: IO[bytes], target: IO[bytes], most: int) -> int:
    size = 0
    while block := source.read(_BLOCK):
        size += len(block)
        if size > most:
            raise _bomb(most)
        target.write(block)
    return size


def _gzip(file: IO[bytes]) -> IO[bytes]:
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file, mode="rb"))


_UNPACKERS: Sequence[Callable[[IO[bytes]], IO[bytes]]] = (_gzip, bz2.BZ2File, lzma.LZMAFile)  # as in `COMPRESSED`


class _Zip:
    """A ZIP file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        _check_directory(file, size)
        self._lock = threading.Lock()
        self._zip = zipfile.ZipFile(file)
        weakref.finalize(self, _close, self._zip, file)
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        total = sum(info.file_size for info in infos)
        if total > _MOST_RATIO * size + _SPARE:
            raise _bomb(total)
        self._infos = {_name(info.filename): info for info in infos}

    def members(self) -> Sequence[Member]:
        return [
            Member(name, info.file_size, refusal_of_name(name) or _kind(info)) for name, info in self._infos.items()
        ]

    def size(self, name: str) -> int:
        try:
            return self._infos[name].file_size
        except KeyError as error:
            raise _damaged(error) from error

    def read(self, name: str, most: int | None = None) -> bytes:
        try:
            with self._lock, self._zip.open(self._infos[name]) as file:
                return file.read(-1 if most is None else most)
        except _DAMAGES as error:
            raise _damaged(error) from error

    def open(self, name: str) -> BinaryIO:
        try:
            found = self._zip.open(self._infos[name])
            found.archive = self  # type: ignore[attr-defined]  # which stays open as long as this file
            return cast("BinaryIO", found)
        except _DAMAGES as error:
            raise _damaged(error) from error


def _check_directory(file: BinaryIO, size: int) -> None:
    """Raise UnreadableError for a ZIP file whose directory would fill the memory."""
    file.seek(max(0, size - 65_535 - _END.size))
    tail = file.read()
    at = tail.rfind(b"PK\5\6")
    if at >= 0 and len(tail) >= at + _END.size and _END.unpack_from(tail, at)[_DIRECTORY_SIZE] > _MOST_DIRECTORY:
        raise UnreadableError("article-unreadable", "it holds too many files: split it")


def _kind(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & 1:
        return "encrypted"
    return "a link" if (info.external_attr >> 16) & 0o170000 == 0o120000 else ""  # Unix mode: S_IFLNK


class _Tar:
    """A tar file, not compressed."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._lock = threading.Lock()
        self._tar = tarfile.open(fileobj=file, mode="r:")  # noqa: SIM115 - `_close` closes it
        weakref.finalize(self, _close, self._tar, file)
        self._infos = {_name(info.name): info for info in self._listed() if not info.isdir()}
        total = sum(info.size for info in self._infos.values())
        if total > _MOST_RATIO * size + _SPARE:
            raise _bomb(total)

    def _listed(self) -> Iterator[tarfile.TarInfo]:
        for number, info in enumerate(self._tar):
            if number >= _MOST_MEMBERS:
                raise UnreadableError("article-unreadable", "it holds too many files: split it")
            yield info

    def members(self) -> Sequence[Member]:
        return [
            Member(name, info.size, refusal_of_name(name) or ("" if info.isreg() else "a link"))
            for name, info in self._infos.items()
        ]

    def size(self, name: str) -> int:
        try:
            return self._infos[name].size
        except KeyError as error:
            raise _damaged(error) from error

    def read(self, name: str, most: int | None = None) -> bytes:
        try:
            with self._lock, cast("IO[bytes]", self._tar.extractfile(self._infos[name])) as file:
                return file.read(-1 if most is None else most)
        except (*_DAMAGES, AttributeError, TypeError) as error:  # `extractfile` returns None for what is no file
            raise _damaged(error) from error

    def open(self, name: str) -> BinaryIO:
        spooled = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the caller closes it
        spooled.write(self.read(name))  # a reader of its own: the tar file has one position for all
        spooled.seek(0)
        return cast("BinaryIO", spooled)


def _close(*files: IO[bytes] | zipfile.ZipFile | tarfile.TarFile) -> None:
    for file in files:
        file.close()


def _name(name: str) -> str:
    return name.replace("\\", "/").removeprefix("./")


def _bomb(size: int) -> UnreadableError:
    return UnreadableError(
        "article-unreadable", f"it unpacks to more than {size // 1_000_000:,} MB: unpack it yourself"
    )


def _damaged(error: BaseException) -> UnreadableError:
    cause = cause_of(error) or type(error).__name__
    return UnreadableError("article-unreadable", f"not a whole archive: {cause}"[:200])
