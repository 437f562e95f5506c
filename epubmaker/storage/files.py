"""The cache folder, and safe access to its files.

In place of a file there may be a link, a pipe, a device or a folder. So each path is checked before it is used, no link in
its last part is followed, and no call blocks: a pipe without a writer would stop a build for ever.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path

__all__ = [
    "CACHE_AGE",
    "CACHE_BYTES",
    "CACHE_TAG",
    "cache_folder",
    "chapters_limit",
    "clear_way",
    "make_folder",
    "open_regular",
    "tag",
]

CACHE_BYTES = 3_000_000_000
"""The limit of a cache folder; chapters take at most `chapters_limit` of it, pictures the rest."""

CACHE_AGE = 90 * 86400.0
"""Seconds after their last use when chapters and pictures are removed."""

CACHE_TAG = "CACHEDIR.TAG"
_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache of epubmaker's, see https://bford.info/cachedir/\n"
# Windows has only the last of these; there, only `lstat` detects a link.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))


def cache_folder() -> Path:
    """Return the user's cache folder for epubmaker, at the system's usual place."""
    import platformdirs  # noqa: PLC0415 - 8 ms, and not needed with --cache

    return Path(platformdirs.user_cache_dir("epubmaker", appauthor=False))


def chapters_limit(cache_bytes: int) -> int:
    """Return the bytes of a cache folder's limit that chapters may take."""
    return cache_bytes // 3


def open_regular(path: Path, *, write: bool = False) -> FileIO:
    """Open a file to read it, or to read and write it; raises OSError where it is no regular file."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    file = FileIO(os.open(path, (os.O_RDWR if write else os.O_RDONLY) | _FLAGS), "r+" if write else "r")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()  # something else took its place in between
    raise OSError(errno.EINVAL, "not a regular file", str(path))


def clear_way(path: Path) -> None:
    """Remove whatever is at a path and is no regular file: a link (not its target), a pipe, an empty folder.

    Raises OSError where it cannot be removed, such as a folder that is not empty.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        path.rmdir()
    elif not stat.S_ISREG(mode):
        path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder inside a cache, in place of a file or link of that name. Raises OSError."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        pass
    else:
        if stat.S_ISDIR(mode):
            return
        path.unlink(missing_ok=True)
    path.mkdir(exist_ok=True)


def tag(folder: Path) -> None:
    """Mark a folder as a cache, so that backup programs skip it; does nothing where the mark exists.

    Raises OSError where nothing can be written there.
    """
    with suppress(FileExistsError), (folder / CACHE_TAG).open("xb") as file:  # follows no link, and opens no pipe
        file.write(_TAG)
