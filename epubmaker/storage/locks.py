"""File locks that end with their process, even by a kill. A file without one is a leftover."""

from __future__ import annotations

from types import ModuleType
from typing import BinaryIO

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # Windows: there an open file cannot be removed anyway
    fcntl = None

__all__ = ["CAN_LOCK", "try_lock"]

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
