"""The temporary folder of a run, and the removal of folders that killed runs left behind."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from epubmaker.errors import TemporaryFilesError, cause_of
from epubmaker.storage.files import open_regular
from epubmaker.storage.locks import CAN_LOCK, try_lock

__all__ = ["spool"]

_PREFIX = "epubmaker-"
_LOCK = "lock"
_STALE_AFTER = 86400  # seconds, where nothing can be locked


@contextmanager
def spool() -> Iterator[Path]:
    """Make a folder in the system's folder for temporary files, and remove it at the end.

    Folders of killed runs are removed first. Raises TemporaryFilesError when the folder cannot be made.
    """
    with ExitStack() as stack:
        try:
            _remove_stale(Path(tempfile.gettempdir()))
            while (folder := _locked_folder(stack)) is None:
                pass
        except OSError as error:
            raise TemporaryFilesError(cause_of(error)) from error
        yield folder


def _locked_folder(stack: ExitStack) -> Path | None:
    """Make a folder and lock it; None when another run removed it, as a leftover, before it was locked."""
    # Threads that still run after an interrupt may write into it.
    temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
    folder = Path(stack.enter_context(temporary))
    try:
        lock = stack.enter_context((folder / _LOCK).open("xb"))
    except FileNotFoundError:
        return None
    return folder if try_lock(lock) and (folder / _LOCK).exists() else None


def _remove_stale(base: Path) -> None:
    """Remove the folders of killed runs; those of other users, and those without a lock file, stay."""
    owner = os.getuid() if hasattr(os, "getuid") else None
    for folder in base.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or (owner is not None and folder.stat().st_uid != owner):
                continue
            with open_regular(folder / _LOCK, write=True) as lock:
                old = time.time() - os.fstat(lock.fileno()).st_mtime > _STALE_AFTER
                if CAN_LOCK and try_lock(lock):
                    # The lock is held meanwhile, since the owner may be about to take it.
                    shutil.rmtree(folder, ignore_errors=True)
            if not CAN_LOCK and old:
                shutil.rmtree(folder, ignore_errors=True)
