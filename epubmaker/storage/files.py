"""Files and folders of a cache, where anything may lie in their place: links, pipes, devices, folders.

What lies there is looked at before it is used. No link is followed in the last part of a path, and no open waits: a pipe
without a writer, or a terminal, would hold a build for ever.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from io import FileIO
from pathlib import Path

__all__ = ["CACHE_TAG", "clear_way", "make_folder", "open_regular", "tag"]

CACHE_TAG = "CACHEDIR.TAG"
_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache of epubmaker's, see https://bford.info/cachedir/\n"
# Windows has none of these but the last; there `lstat` alone tells a link.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))


def open_regular(path: Path, *, write: bool = False) -> FileIO:
    """Open a file to read it, or to read and write it; raises OSError where it is no regular file."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    file = FileIO(os.open(path, (os.O_RDWR if write else os.O_RDONLY) | _FLAGS), "r+" if write else "r")
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()  # it was exchanged meanwhile
    raise OSError(errno.EINVAL, "not a regular file", str(path))


def clear_way(path: Path) -> None:
    """Remove what lies at the path of a file and is none: a link (not what it leads to), a pipe, an empty folder.

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
    """Make a folder inside a cache; what has its name and is no folder goes. Raises OSError."""
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
    """Mark a folder as a cache, for programs that make backups. What has the name of the mark already stays.

    Raises OSError where nothing can be written there.
    """
    with suppress(FileExistsError), (folder / CACHE_TAG).open("xb") as file:  # follows no link, and opens no pipe
        file.write(_TAG)
