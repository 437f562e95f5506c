"""Tells archives from other files, and where names in them lead. Nothing is read, and no library of archives imported."""

from __future__ import annotations

import posixpath

from epubmaker.storage.publish import is_epub

__all__ = ["ARCHIVE_SUFFIXES", "COMPRESSED", "is_archive", "name_inside", "refusal_of_name"]

ARCHIVE_SUFFIXES = (".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tbz2", ".tgz", ".txz", ".wacz", ".zip")
"""Endings of the archives that are looked into inside folders; a file named by itself may have any."""

COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
"""How files in gzip, bzip2 and xz begin."""


def is_archive(name: str, start: bytes) -> bool:
    """Tell whether a file is an archive that may hold articles, by its name and its first bytes. An EPUB is none."""
    if start.startswith(b"PK\3\4"):
        return not is_epub(start)
    if start.startswith(b"PK\5\6") or start[257:262] == b"ustar":
        return True
    return start.startswith(COMPRESSED) and name.lower().endswith(ARCHIVE_SUFFIXES)


def name_inside(seen_from: str, address: str) -> str | None:
    """Return the name in an archive that a relative address means, seen from a file there; None where it leads out."""
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(seen_from), address))
    return None if joined == "." or refusal_of_name(joined) else joined


def refusal_of_name(name: str) -> str:
    """Return why a file of an archive is refused for its name, "" for good names."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in name:
        return "its name leads out of the archive"
    return ""
