"""File locks that end with their process, even by a kill. A file without one is a leftover."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import ModuleType
from typing import BinaryIO

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: there an open file cannot be removed anyway
    fcntl = None

__all__ = ["CAN_LOCK", "folder_lock", "try_lock"]

CAN_LOCK = fcntl is not None
"""Whether files can be locked here."""


def try_lock(file: BinaryIO) -> bool:
    """Lock an open file; return False when another process holds the lock. Where nothing can be locked, return True."""
    if fcntl is None:
        return True
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

    Nothing is written: the folder itself is locked. Where nothing can be locked, nobody is kept out. Raises OSError where
    the folder cannot be opened.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
