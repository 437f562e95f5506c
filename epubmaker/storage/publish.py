"""Writes a file so that it appears whole or not at all.

The file is written under a hidden name in the same folder, synced to the disk, and renamed. If anything fails before, the
older file is unchanged.

The hidden file is locked, where the system has such locks. A killed run leaves its file behind without a lock, and the next
run in that folder removes it. Files of runs that are still alive stay.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeAlias

from epubmaker.errors import OutputError, cause_of
from epubmaker.model.books import BookStatus
from epubmaker.storage.locks import CAN_LOCK, try_lock

__all__ = [
    "OpenFile",
    "PendingFile",
    "Published",
    "copy_file",
    "is_epub",
    "output_errors",
    "remove_stale",
    "replaceable",
    "sync_folder",
]

OpenFile: TypeAlias = Callable[[Path], BinaryIO]

_PREFIX, _SUFFIX = ".epubmaker-", ".part"
_STALE_AFTER = 3600  # seconds since the last write, where nothing can be locked
_PIECE = 1 << 20
_ATTEMPTS = 10

_PLACE, _PERMISSIONS = "choose another place with {flag}", "change the permissions or choose another place with {flag}"
_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space or choose another place with {flag}"),
    errno.EDQUOT: ("the disk quota is used up", "free some space or choose another place with {flag}"),
    errno.EFBIG: ("the file would be too large for the disk", "make volumes, or choose another place with {flag}"),
    errno.EROFS: ("the disk is read-only", _PLACE),
    errno.EACCES: ("no permission to write there", _PERMISSIONS),
    errno.EPERM: ("no permission to write there", _PERMISSIONS),
    errno.ENOENT: ("the folder does not exist", "make the folder or choose another place with {flag}"),
    errno.ENOTDIR: ("the folder is a file", _PLACE),
    errno.EISDIR: ("a folder has that name", "choose another name with {flag}"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one with {flag}"),
    errno.ELOOP: ("a link that leads in a circle", _PLACE),
}
_OTHER_KINDS = {stat.S_IFCHR: "a device", stat.S_IFBLK: "a device", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
_MODE = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO
_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class Published(NamedTuple):
    """The size and hash of a published file, and whether it was written or already there."""

    size: int
    sha256: str
    status: BookStatus


def is_epub(head: bytes) -> bool:
    """Return True for the first 200 bytes of an EPUB: its first entry is its media type (OCF 3.3, section 4.3)."""
    # Looked for at its place: any other archive may begin with an EPUB.
    return head.startswith(b"PK\3\4") and head[30:38] == b"mimetype" and b"application/epub+zip" in head[38:200]


@contextlib.contextmanager
def output_errors(output: Path, flag: str = "--output") -> Iterator[None]:
    """Turn every OSError inside into an `OutputError` with the cause and a next step.

    `flag` is the command-line flag for another output.
    """
    try:
        yield
    except OSError as error:
        cause, advice = _REASONS.get(error.errno or 0) or (cause_of(error), _PLACE)
        raise OutputError(output, cause, advice.format(flag=flag)) from error
    except ValueError as error:  # a name that the system cannot encode
        cause = "the system cannot write that name" if isinstance(error, UnicodeError) else str(error)
        raise OutputError(output, cause, f"choose another name with {flag}") from error


def replaceable(path: Path) -> os.stat_result | None:
    """Return the status of the file at `path`, which may be replaced; None where there is none.

    Raises OSError for a folder, a device, a pipe, a socket and a read-only file, which must not be replaced.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    kind = stat.S_IFMT(status.st_mode)
    if kind == stat.S_IFDIR:
        raise OSError(errno.EISDIR, "is a folder")
    if kind != stat.S_IFREG:
        raise OSError(errno.EEXIST, f"{_OTHER_KINDS.get(kind, 'something else')} is there, and no file")
    if not status.st_mode & _ANY_WRITE or not os.access(path, os.W_OK):  # root may write anywhere
        is_disk = hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY
        raise OSError(errno.EROFS if is_disk else errno.EEXIST, "a read-only file is there")
    return status


class PendingFile:
    """A file that will replace `output`. Its methods raise OSError.

    `file` can be written to and seeked in until the file is published or discarded.
    """

    def __init__(self, output: Path, open_file: OpenFile | None = None, *, is_one_of_many: bool = False) -> None:
        """Open a new file beside `output`. `open_file` opens a path for writing; the default is the built-in way.

        For one of many, the caller removes what killed runs have left in the folder, and syncs that, once for all of them.
        """
        # A symbolic link stays, and its target is replaced.
        self._output = Path(os.path.realpath(output))
        self._is_one_of_many = is_one_of_many
        replaceable(output)
        if not is_one_of_many:
            remove_stale(self._output.parent)
        self._path, self.file = _open_locked(self._output.parent, open_file or _open_new)

    def publish(self) -> Published:
        """Sync the file to the disk and rename it to the output, unless the output already has the same bytes."""
        self.file.flush()
        os.fsync(self.file.fileno())
        size, sha256, same = _compare(self._path, self._output)
        if same:
            self.discard()
            return Published(size, sha256, BookStatus.UNCHANGED)
        older = replaceable(self._output)
        if older and (older.st_mode ^ self._path.stat().st_mode) & _MODE:  # FAT, where modes are the same, changes none
            self._path.chmod(stat.S_IMODE(older.st_mode) & _MODE)
        if not CAN_LOCK:
            self.file.close()  # Windows cannot rename an open file; elsewhere the lock is kept until after the rename
        self._path.replace(self._output)
        self.file.close()
        if not self._is_one_of_many:
            sync_folder(self._output.parent)
        return Published(size, sha256, BookStatus.WRITTEN)

    def discard(self) -> None:
        """Remove the file. Does not raise, and does nothing after `publish`."""
        with contextlib.suppress(OSError):  # closing flushes, which fails again on a full disk
            self.file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


def copy_file(source: Path, target: Path, *, is_one_of_many: bool = False) -> None:
    """Put a copy of a file in the place of `target`, which is whole at any moment. Raises OSError."""
    pending = PendingFile(target, is_one_of_many=is_one_of_many)
    try:
        with source.open("rb") as file:
            shutil.copyfileobj(file, pending.file)
        pending.publish()
    finally:
        pending.discard()


def _open_new(path: Path) -> BinaryIO:
    return path.open("xb", buffering=_PIECE)


def _open_locked(folder: Path, open_file: OpenFile) -> tuple[Path, BinaryIO]:
    for _ in range(_ATTEMPTS):
        path = folder / f"{_PREFIX}{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
        file = open_file(path)
        # Between opening and locking, another run may have taken the file for a stale one and removed it.
        if try_lock(file) and path.exists():
            return path, file
        file.close()
    raise OSError(errno.EAGAIN, "other runs keep removing its temporary file")


def remove_stale(folder: Path) -> None:
    """Remove the hidden files of killed runs from the folder; ignore those that cannot be removed."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError), path.open("rb+") as file:
            old = time.time() - path.stat().st_mtime > _STALE_AFTER
            if try_lock(file) if CAN_LOCK else old:
                path.unlink()


def _compare(new: Path, old: Path) -> tuple[int, str, bool]:
    """Return the new file's size, its SHA-256, and whether the old file exists and has the same bytes."""
    digest = hashlib.sha256()
    size = 0
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(new.open("rb"))
        theirs: BinaryIO | None = None
        with contextlib.suppress(OSError):
            if old.stat().st_size == new.stat().st_size:
                theirs = stack.enter_context(old.open("rb"))
        same = theirs is not None
        while piece := ours.read(_PIECE):
            digest.update(piece)
            size += len(piece)
            same = same and theirs is not None and theirs.read(_PIECE) == piece
    return size, digest.hexdigest(), same


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder themselves survive a power cut, where folders can be synced."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):  # the file is whole and in its place already
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
