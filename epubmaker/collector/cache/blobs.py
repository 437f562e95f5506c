"""Files named by the hash of their bytes, which come into being whole or not at all.

    folder/blobs/ab/abcdef…    a finished file
    folder/parts/…             files being written; what a killed run left there goes after a day

A file is written under another name and then renamed, so a killed process leaves no half file under a final name.  A
crash of the whole machine can: a file system may store the name before the bytes.  Syncing each file would cost a disk
more time than fetching it, so files are trusted as long as the machine runs, and hashed once after it was started anew.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

__all__ = ["Blobs", "boot"]

_NAME = re.compile(r"[0-9a-f]{64}")
_SHARD = re.compile(r"[0-9a-f]{2}")
_ABANDONED = 86400.0  # seconds


@cache
def boot() -> str:
    """Return a name for this run of the machine, the same for all processes until it is started anew."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return f"{(time.time() - time.monotonic()) / 600:.0f}"  # a clock that is set only costs a look at the files


class Blobs:
    """The files of one folder.  Thread-safe, process-safe; raises OSError where the disk does."""

    def __init__(self, folder: Path) -> None:
        self.parts = folder / "parts"
        self._folder = folder / "blobs"
        self.parts.mkdir(parents=True, exist_ok=True)
        self._folder.mkdir(exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Return where a file lies, if it does."""
        return self._folder / sha256[:2] / sha256

    def holds(self, sha256: str, size: int, *, verify: bool) -> bool:
        """Tell whether a whole file is there; `verify` reads it to be sure."""
        path = self.path(sha256)
        try:
            if path.stat().st_size != size:
                return False
            if verify:
                with path.open("rb") as file:
                    return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except OSError:
            return False
        return True

    def take(self, source: Path, sha256: str) -> Path:
        """Move a file into the store, from `parts`."""
        target = self.path(sha256)
        try:
            source.replace(target)
        except OSError:
            target.parent.mkdir(exist_ok=True)
            _rename(source, target)
        return target

    def add(self, source: Path, sha256: str) -> Path:
        """Put a file into the store that stays where it is too, by a second name for it or by a copy."""
        target = self.path(sha256)
        with suppress(OSError):  # no folder yet, or a file that a crash may have left torn; else one call of the system
            os.link(source, target)
            return target
        part = self.parts / f"link-{secrets.token_hex(8)}"
        try:
            try:
                os.link(source, part)
            except OSError:  # another disk, or a file system without links
                shutil.copyfile(source, part)
            return self.take(part, sha256)
        finally:
            part.unlink(missing_ok=True)  # renaming one name of a file to another of its names leaves both

    def remove(self, sha256: str) -> None:
        """Remove a file, if it is there."""
        self.path(sha256).unlink(missing_ok=True)

    def names(self) -> Iterator[tuple[str, float]]:
        """Yield the hash and the time of change of every file; nothing else that lies in the folder."""
        for shard in self._folder.iterdir():
            if _SHARD.fullmatch(shard.name):
                for path in shard.iterdir():
                    if _NAME.fullmatch(path.name):
                        yield path.name, path.stat().st_mtime

    def sweep(self) -> None:
        """Remove what killed runs left half-written; what is younger than a day may be another run's."""
        limit = time.time() - _ABANDONED
        for path in self.parts.iterdir():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)


def _rename(source: Path, target: Path) -> None:
    try:
        source.replace(target)
    except (FileNotFoundError, PermissionError):  # another thread was faster; Windows: somebody reads the older file
        if not target.is_file():
            raise
        source.unlink(missing_ok=True)
