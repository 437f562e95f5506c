"""Names what makes books: another version of it, or of anything that it uses, may make other bytes."""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["maker"]

_PACKAGE = Path(__file__).parents[1]
_DATA = frozenset({".py", ".toml", ".css", ".class"})


@cache
def maker() -> str:
    """Return a hash of our own code and data, of the versions of all distributions that can be imported, and of Python.

    Our files are read, 5 ms in all: a version number says nothing of a checkout that is being worked on.  Distributions are
    taken from the names of their metadata folders (PEP 376): to ask for each version would read dozens of files.
    """
    digest = hashlib.sha256(f"{sys.version} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    for path in _own_files():
        digest.update(f"{path.name} ".encode())
        digest.update(path.read_bytes())
    for name in sorted(_distributions()):
        digest.update(f"{name} ".encode())
    return digest.hexdigest()


def _own_files() -> list[Path]:
    styles = _PACKAGE.parent / "styles"  # where a checkout has them; a wheel has them inside
    folders = [_PACKAGE] if (_PACKAGE / "styles").is_dir() else [_PACKAGE, styles]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in _DATA)


def _distributions() -> Iterator[str]:
    for folder in map(Path, sys.path):
        try:
            yield from (path.name for path in folder.iterdir() if path.suffix in {".dist-info", ".egg-info"})
        except OSError:
            continue
