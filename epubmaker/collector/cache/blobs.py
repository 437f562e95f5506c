"""Files named by the hash of their bytes, which appear whole or not at all.

    folder/blobs/ab/abcdef…    a finished file
    folder/parts/…             files being written; what a killed run left there goes after a day

A file is written under another name and then renamed, so a killed process leaves no half file under a final name. A
crash of the whole machine can: a file system may store the name before the bytes. And disks go bad. So the bytes of a
file are checked before they are used. To sync each file would take longer than to fetch it, and would not reveal all
damage.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from epubmaker.storage.files import clear_way, make_folder, open_regular

__all__ = ["Blobs"]

_NAME = re.compile(r"[0-9a-f]{64}")
_SHARD = re.compile(r"[0-9a-f]{2}")
_PART = re.compile(r"(?:part|link)-\w+|[0-9a-f]{64}")
_ABANDONED = 86400.0  # seconds


class Blobs:
    """The files of one folder, which is there. Thread-safe, process-safe; raises OSError where the disk does.

    Names are SHA-256 in hexadecimal digits; callers check those that they read from a row (`storage.validation`).
    """

    def __init__(self, folder: Path) -> None:
        self.parts = folder / "parts"
        self._folder = folder / "blobs"
        make_folder(self.parts)
        make_folder(self._folder)

    def path(self, sha256: str) -> Path:
        """Return the path of a file, which need not be there."""
        return self._folder / sha256[:2] / sha256

    def holds(self, sha256: str, size: int) -> bool:
        """Tell whether a file of that size is there; `is_whole` tells whether it can be used."""
        try:
            status = self.path(sha256).lstat()
        except OSError:
            return False
        return stat.S_ISREG(status.st_mode) and status.st_size == size

    def is_whole(self, sha256: str, size: int) -> bool:
        """Tell whether a file is there with the bytes that it is named after."""
        try:
            with open_regular(self.path(sha256)) as file:
                if os.fstat(file.fileno()).st_size != size:
                    return False
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False

    def is_intact(self, sha256: str, size: int, crc: int) -> bool:
        """Tell the same by a CRC-32, which takes a third of the time that the hash does: 0.02 ms for 70 KB."""
        try:
            with open_regular(self.path(sha256)) as file:
                data = file.read(size + 1)
        except OSError:
            return False
        return len(data) == size and zlib.crc32(data) == crc

    def is_there(self, sha256: str) -> bool:
        """Tell whether anything lies where a file should."""
        return os.path.lexists(self.path(sha256))

    def take(self, source: Path, sha256: str) -> Path:
        """Move a file into the store, from `parts`."""
        target = self.path(sha256)
        try:
            source.replace(target)
        except OSError:
            self._clear_way(target)
            _rename(source, target)
        return target

    def add(self, source: Path, sha256: str) -> Path:
        """Put a file into the store, and leave it where it is: by a hard link, or by a copy."""
        target = self.path(sha256)
        with suppress(OSError):  # no folder yet, or a file that a crash may have left torn; else one call of the system
            os.link(source, target)
            return target
        part = self.parts / f"link-{os.urandom(8).hex()}"
        try:
            try:
                os.link(source, part)
            except OSError:  # another disk, or a file system without links
                shutil.copyfile(source, part)
            return self.take(part, sha256)
        finally:
            part.unlink(missing_ok=True)  # renaming one name of a file to another of its names leaves both

    def remove(self, sha256: str) -> None:
        """Remove a file, if it is there, or what lies in its place."""
        path = self.path(sha256)
        with suppress(FileNotFoundError, NotADirectoryError):
            if stat.S_ISDIR(path.lstat().st_mode):
                path.rmdir()
            else:
                path.unlink()

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield the hash and the time of change of every file; nothing else that lies in the folder."""
        for shard in os.scandir(self._folder):
            if _SHARD.fullmatch(shard.name) and shard.is_dir(follow_symlinks=False):
                for file in os.scandir(shard):
                    if _NAME.fullmatch(file.name) and not file.is_dir(follow_symlinks=False):
                        yield file.name, file.stat(follow_symlinks=False).st_mtime

    def sweep(self) -> None:
        """Remove the unfinished files of killed runs; those younger than a day may belong to a run at work."""
        limit = time.time() - _ABANDONED
        for file in os.scandir(self.parts):
            if _PART.fullmatch(file.name) and not file.is_dir(follow_symlinks=False):
                with suppress(FileNotFoundError):
                    if file.stat(follow_symlinks=False).st_mtime < limit:
                        os.unlink(file.path)  # noqa: PTH108 - an entry of `scandir`

    def _clear_way(self, target: Path) -> None:
        make_folder(target.parent)
        clear_way(target)


def _rename(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except (FileNotFoundError, PermissionError):  # another thread was faster; Windows: somebody reads the older file
        if not target.is_file():
            raise
        source.unlink(missing_ok=True)
