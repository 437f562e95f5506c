"""File locks that end with their process, even by a kill. A file without one is a leftover."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["CAN_LOCK", "folder_lock", "try_lock"]

CAN_LOCK = sys.platform != "win32"
"""Whether `try_lock` locks files here: on Windows, an open file cannot be removed anyway."""


def try_lock(file: BinaryIO) -> bool:
    """Lock an open file; return False when another process holds the lock. Where nothing can be locked, return True."""
    if sys.platform != "win32":
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # some network file systems
            return True
    return True


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Keep other runs that ask for it out of a folder meanwhile; wait for those that are in it.

    Nothing is written into the folder. Where its file system has no locks, nobody is kept out. Raises OSError where the
    folder cannot be opened.
    """
    handle = _opened(folder)
    try:
        with suppress(OSError):  # some network file systems
            _wait_for_lock(handle)
        yield
    finally:
        os.close(handle)


if sys.platform == "win32":

    def _opened(folder: Path) -> int:
        """Open a temporary file of the user's that stands for a folder, since Windows locks no folders."""
        key = sha256(os.path.realpath(folder).casefold().encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return os.open(Path(tempfile.gettempdir()) / f"epubmaker.{key}.lock", os.O_RDWR | os.O_CREAT)

    def _wait_for_lock(handle: int) -> None:
        while True:
            try:
                msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
            except OSError as error:
                if error.errno != errno.EDEADLOCK:  # another run has had the lock for ten seconds
                    raise
            else:
                return

else:

    def _opened(folder: Path) -> int:
        return os.open(folder, os.O_RDONLY)

    def _wait_for_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX)
