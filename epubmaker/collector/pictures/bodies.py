"""Stores the bytes of a picture: hashes and counts them as they arrive, and stops where the first ones are no picture's."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from epubmaker.collector.pictures.outcomes import (
    MISSING,
    NOT_A_PICTURE,
    NOT_STORED,
    OUTSIDE,
    TOO_LARGE,
    Body,
    Failure,
)
from epubmaker.errors import cause_of
from epubmaker.imaging.sniff import HEAD_SIZE, not_a_picture

__all__ = ["decode_data_address", "keep", "read_local", "too_large"]

_BLOCK = 1 << 16
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def keep(
    chunks: Iterable[bytes], folder: Path, limit: int, refusal: Callable[[bytes], str | None] = not_a_picture
) -> Body | Failure:
    """Write a body to a file in `folder`, named by its hash, unless it is refused or longer than `limit` bytes.

    `refusal` returns why a body is not wanted, by its first bytes, None for a good one. The rest of such a body is not
    read. Exceptions of `chunks` pass through, except OSError, which is taken for the disk's. No unfinished file stays.
    """
    part: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(prefix="part-", dir=folder)
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            measured = _measure(chunks, limit, refusal, file)
        if isinstance(measured, Failure):
            return measured
        size, sha256 = measured
        path, part = _publish(part, folder / sha256), None
        return Body(path, size, sha256)
    except OSError as error:
        return Failure(NOT_STORED, f"cannot be stored: {cause_of(error)}")
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def read_local(path: Path, root: Path, limit: int) -> Body | Failure:
    """Measure a picture where it lies, if its real path is inside `root`; nothing outside is read."""
    try:
        real = Path(os.path.realpath(path))
        if not real.is_relative_to(os.path.realpath(root)):
            return Failure(OUTSIDE, "outside the input folder")
        if not stat.S_ISREG(real.stat().st_mode):
            return Failure(MISSING, "not a file")
        with real.open("rb") as file:
            measured = _measure(_blocks(file), limit, not_a_picture)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a name with a NUL
        return Failure(MISSING, "no such file")
    except OSError as error:
        return Failure(MISSING, f"cannot be read: {cause_of(error)}")
    return measured if isinstance(measured, Failure) else Body(real, *measured)


def too_large(limit: int) -> Failure:
    """Return the failure of a picture of more than `limit` bytes."""
    return Failure(TOO_LARGE, f"more than {limit / 1e6:g} MB")


def decode_data_address(address: str) -> bytes | Failure:
    """Return the bytes of a `data:` address (RFC 2397); white space and missing padding are allowed, as in browsers."""
    head, comma, data = address.partition(",")
    if not comma:
        return Failure(MISSING, "data address without data")
    raw = unquote_to_bytes(data)
    if not head.rstrip().lower().endswith("base64"):
        return raw
    digits = raw.translate(_URL_SAFE, b" \t\r\n\f=")
    try:
        return base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except ValueError:
        return Failure(MISSING, "data address is not valid base64")


def _measure(
    chunks: Iterable[bytes], limit: int, refusal: Callable[[bytes], str | None], file: BinaryIO | None = None
) -> tuple[int, str] | Failure:
    """Return the size and the hash of a body, and write it to `file`; or return the failure."""
    digest = hashlib.sha256()
    size = 0
    head = b""
    for chunk in chunks:
        size += len(chunk)
        if size > limit:
            return too_large(limit)
        if len(head) < HEAD_SIZE:
            head += chunk[:HEAD_SIZE]
            if len(head) >= HEAD_SIZE and (other := refusal(head[:HEAD_SIZE])):
                return Failure(NOT_A_PICTURE, other)
        digest.update(chunk)
        if file is not None:
            file.write(chunk)
    if size < HEAD_SIZE and (other := refusal(head)):
        return Failure(NOT_A_PICTURE, other)
    return size, digest.hexdigest()


def _publish(part: Path, target: Path) -> Path:
    """Give a finished file its name; where a file has that name already, its bytes are the same."""
    try:
        part.replace(target)
    except PermissionError:  # Windows: somebody reads the older file
        if not target.is_file():
            raise
        part.unlink(missing_ok=True)
    return target


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
