"""Seals: checksums by which a row of a cache is known to be what was written there.

A CRC-32 finds what a disk, a crash or a slip of somebody's does.  It is no proof against the owner of the cache, who may
do with it what they like: see `forms`.
"""

from __future__ import annotations

import zlib

__all__ = ["sealed", "unsealed"]

_SEAL = 4  # bytes


def sealed(table: str, key: str, data: bytes) -> bytes:
    """Return data for a row of a table under a seal, which holds for that key only."""
    return _checksum(table, key, data) + data


def unsealed(table: str, key: str, data: bytes | None) -> bytes | None:
    """Return what was sealed; None where the seal is broken, or there is nothing."""
    if data is None or len(data) < _SEAL:
        return None
    content = data[_SEAL:]
    return content if data[:_SEAL] == _checksum(table, key, content) else None


def _checksum(table: str, key: str, data: bytes) -> bytes:
    return zlib.crc32(data, zlib.crc32(f"{table} {key}".encode())).to_bytes(_SEAL, "big")
