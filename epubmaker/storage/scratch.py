"""The folder where pictures wait for their book, and the removal of those that killed runs left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from epubmaker.errors import TemporaryFilesError
from epubmaker.storage.files import open_regular
from epubmaker.storage.locks import CAN_LOCK, try_lock

__all__ = ["spool"]

_PREFIX = "epubmaker-"
_LOCK = "lock"
_STALE_AFTER = 86400  # seconds, where nothing can be locked


@contextmanager
def spool() -> Iterator[Path]:
    """Make a folder in the system's folder for temporary files, and remove it in the end; those of dead runs go first.

    Raises TemporaryFilesError when it cannot be made.
    """
    with ExitStack() as stack:
        try:
            _remove_stale(Path(tempfile.gettempdir()))
            while (folder := _locked_folder(stack)) is None:
                pass
        except OSError as error:
            raise TemporaryFilesError((error.strerror or str(error)).lower()) from error
        yield folder


def _locked_folder(stack: ExitStack) -> Path | None:
    """Make a folder and lock it; None when another run took it for a dead one's before it was locked, and removed it."""
    # Threads that an interrupt left behind may still write into it.
    temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    folder = Path(stack.enter_context(temporary))
    try:
        lock = stack.enter_context((folder / _LOCK).open("xb"))
    except FileNotFoundError:
        return None
    return folder if try_lock(lock) and (folder / _LOCK).exists() else None


def _remove_stale(base: Path) -> None:
    """Remove the folders whose runs are dead; those of other users, and without a lock, are not ours to judge."""
    owner = os.getuid() if hasattr(os, "getuid") else None
    for folder in base.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or (owner is not None and folder.stat().st_uid != owner):
                continue
            with open_regular(folder / _LOCK, write=True) as lock:
                old = time.time() - os.fstat(lock.fileno()).st_mtime > _STALE_AFTER
                if CAN_LOCK and try_lock(lock):
                    # As long as the lock is held: its owner may be just about to take it, and must not get it now.
                    shutil.rmtree(folder, ignore_errors=True)
            if not CAN_LOCK and old:
                shutil.rmtree(folder, ignore_errors=True)
