"""Files at addresses: of object storage (`s3://`, `gs://`), of a disk (`file://`) and of this process (`memory://`).

fsspec reads and writes them. It and what it needs for a kind of address are extras, imported for the first address. Where a
server is, and who may use it, they find by themselves: in the environment, or in the files of the server's own programs.

An address never holds a password. A file appears there whole or not at all: object storage shows what was put once all of
it has arrived, in one part or several; on a disk it is renamed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from epubmaker.errors import EpubmakerError, InputError, OutputError, TemporaryFilesError, UsageError, cause_of
from epubmaker.model.articles import FileState

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

__all__ = ["Remote", "children", "fetch", "join", "parent", "put", "size_of", "status", "within"]

_PIECE = 1 << 24  # bytes of a part: a file of less than two of them is put in one
# How each kind is opened, and the extra that has what it needs.
_KINDS: Mapping[str, tuple[Mapping[str, Any], str]] = MappingProxyType(
    {
        "file": ({}, "s3"),
        "gcs": ({}, "gs"),
        "gs": ({}, "gs"),
        "memory": ({}, "s3"),
        "s3": ({"max_concurrency": 4, "default_block_size": _PIECE}, "s3"),
        "s3a": ({"max_concurrency": 4, "default_block_size": _PIECE}, "s3"),
    }
)
_AT_ONCE = 16  # files that are fetched at the same time
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
_LONGEST = 200  # characters of a cause


class Remote(NamedTuple):
    """A file or folder at an address: its name without those above it, and the state of a file, another when it changes."""

    name: str
    is_folder: bool
    state: FileState


def join(address: str, name: str) -> str:
    """Return the address of a file below another."""
    return f"{address}{name}" if address.endswith("/") else f"{address}/{name}"


def parent(address: str) -> tuple[str, str]:
    """Return the folder that an address lies in, and its name there."""
    return _cut(address, address.rindex("/"))


def within(address: str) -> tuple[str, str]:
    """Return the folder that an address lies in, and its name there, which begins with the first name that has a field.

    `s3://books/{source}/1.epub` is `{source}/1.epub` in `s3://books`.
    """
    return _cut(address, address.rindex("/", 0, f"{address}{{".index("{")))


def _cut(address: str, slash: int) -> tuple[str, str]:
    is_root = address[:slash].endswith("/")
    return address[: slash + is_root], address[slash + 1 :]


def status(address: str) -> Remote | None:
    """Return what is at an address, None where nothing is. Raises InputError."""
    with _errors(address, InputError):
        system, path = _opened(address)
        try:
            return _remote(system.info(path))
        except FileNotFoundError:
            return None


def size_of(address: str) -> int | None:
    """Return the bytes of the file at an address, None where there is none. Raises InputError."""
    found = status(address)
    return None if found is None or found.is_folder else found.state.size


def children(address: str) -> Iterator[Remote]:
    """Yield the files and folders in a folder, in no order. Raises InputError where it cannot be listed."""
    with _errors(address, InputError):
        system, path = _opened(address)
        itself = path.rstrip("/")
        for info in system.ls(path, detail=True):
            if info["name"].rstrip("/") != itself:  # as object storage may have a file of no bytes
                yield _remote(info)


def fetch(address: str, names: Iterable[str], folder: Path) -> dict[str, str]:
    """Copy files below an address to the same paths in a folder; return why some cannot be had, by name.

    A copy is in its place when it is whole. The names are those of `children`, with "/"; one that leads out is refused.
    Raises InputError where the storage does not answer, TemporaryFilesError where the disk takes no more.
    """
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - as fsspec, for those who have such addresses

    with _errors(address, InputError):
        system, path = _opened(address)  # here: each thread would open another
        with ThreadPoolExecutor(_AT_ONCE, "fetch") as threads:
            wanted = list(names)
            causes = threads.map(partial(_fetch, system, path, folder), wanted)
            return {name: cause for name, cause in zip(wanted, causes, strict=True) if cause}


def put(path: Path, address: str) -> None:
    """Make a file the one at an address; until all of it is there, what was there before stays. Raises OutputError."""
    if _scheme(address) == "file":
        from epubmaker.storage.publish import copy_file, output_errors  # noqa: PLC0415 - as above

        with _errors(address, OutputError):
            target = Path(_opened(address)[1])
        with output_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_file(path, target)
        return
    with _errors(address, OutputError):
        system, target_path = _opened(address)
        system.put_file(os.fspath(path), target_path, chunksize=_PIECE)


def _fetch(system: AbstractFileSystem, root: str, folder: Path, name: str) -> str:
    """Copy one file; return why it cannot be had, "" where it is there."""
    import tempfile  # noqa: PLC0415 - as above

    try:
        parts = name.split("/")
        target = folder.joinpath(*parts)
        if ".." in parts or not target.is_relative_to(folder):
            return "its name leads out of the folder"
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(prefix=".part-", dir=folder)
        os.close(handle)
    except (OSError, ValueError) as error:  # its name may be too long, or a file be in the place of a folder
        if isinstance(error, OSError) and error.errno in _FULL:
            raise
        return cause_of(error)
    try:
        system.get_file(posixpath.join(root, name), part)
        os.replace(part, target)  # noqa: PTH105 - a string already
    except FileNotFoundError:
        return "no such file"
    except PermissionError:
        return "no permission to read it"
    except (IsADirectoryError, FileExistsError):
        return "a folder"
    finally:
        with suppress(OSError):
            os.unlink(part)  # noqa: PTH108 - as above
    return ""


def _opened(address: str) -> tuple[AbstractFileSystem, str]:
    """Return the file system of an address, and the path in it. Raises UsageError, ImportError and what fsspec does."""
    scheme = _scheme(address)
    if scheme not in _KINDS or "::" in address:
        raise UsageError(_safe(address), "no kind of address that is read", "name one of s3://, gs:// or file://")
    if _safe(address) != address:
        raise UsageError(
            _safe(address), "holds a password", "leave that to the environment, and write the address alone"
        )
    from fsspec.core import url_to_fs  # noqa: PLC0415 - an extra; 0.1 s, and 1 s with s3fs

    system, path = url_to_fs(address, use_listings_cache=False, **_KINDS[scheme][0])
    return system, path


def _scheme(address: str) -> str:
    return address.partition(":")[0].lower()


def _safe(address: str) -> str:
    """Return an address without a password."""
    return re.sub(r"(://[^/@:]*):[^/@]*@", r"\1:...@", address)


def _remote(info: Mapping[str, Any]) -> Remote:
    # Object storage has a mark that changes with the bytes, a disk has a time.
    marks = (info.get(name) for name in ("ETag", "etag", "generation", "mtime", "LastModified", "updated", "created"))
    mark = next((str(each) for each in marks if each is not None), "")
    number = int.from_bytes(hashlib.sha256(mark.encode()).digest()[:6], "big")
    name = info["name"].rstrip("/").rpartition("/")[2]
    return Remote(name, info["type"] == "directory", FileState(info["size"] or 0, number, 0, 0))


@contextmanager
def _errors(address: str, kind: type[EpubmakerError]) -> Iterator[None]:
    """Turn what fsspec and the libraries below it raise, which is anything, into one line."""
    try:
        yield
    except EpubmakerError:
        raise
    except ImportError as error:
        extra = _KINDS[_scheme(address)][1]
        cause = f"{error.name or 'a library'} is not installed, which reads such addresses"
        raise kind(address, cause, f"install epubmaker[{extra}]") from error
    except FileNotFoundError as error:
        raise kind(address, "no such file, folder or bucket", "check the name") from error
    except PermissionError as error:
        raise kind(address, _cause(error), "check the credentials, and what they permit") from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise TemporaryFilesError(cause_of(error)) from error
        step = "check the network, and the endpoint and credentials in the environment"
        raise kind(address, _cause(error), step) from error


def _cause(error: Exception) -> str:
    said = (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()
    return "".join(letter for letter in said[0] if letter.isprintable())[:_LONGEST].rstrip(".")
