"""Names what makes books: another version of it, or of anything that it uses, may make other bytes."""

# ruff: noqa: PTH118, PTH119, PTH123 - every build reads 150 files here; to make paths of them took 2 ms more

from __future__ import annotations

import hashlib
import os
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["maker"]

_PACKAGE = Path(__file__).parents[1]
_DATA = (".py", ".toml", ".css", ".class")


@cache
def maker() -> str:
    """Return a hash of our own code and data, of the versions of all distributions that can be imported, and of Python.

    Our files are read, 3 ms in all: a version number says nothing of a checkout that is being worked on.  Distributions are
    taken from the names of their metadata folders (PEP 376): to ask for each version would read dozens of files.
    """
    digest = hashlib.sha256(f"{sys.version} {zlib.ZLIB_RUNTIME_VERSION}".encode())
    for path in sorted(_own_files()):
        digest.update(f"{os.path.basename(path)} ".encode())
        with open(path, "rb", buffering=0) as file:
            digest.update(file.read())
    for name in sorted(_distributions()):
        digest.update(f"{name} ".encode())
    return digest.hexdigest()


def _own_files() -> Iterator[str]:
    styles = _PACKAGE.parent / "styles"  # where a checkout has them; a wheel has them inside
    for folder in [_PACKAGE] if (_PACKAGE / "styles").is_dir() else [_PACKAGE, styles]:
        for path, _, names in os.walk(folder):
            yield from (os.path.join(path, name) for name in names if name.endswith(_DATA))


def _distributions() -> Iterator[str]:
    for folder in map(Path, sys.path):
        try:
            yield from (path.name for path in folder.iterdir() if path.suffix in {".dist-info", ".egg-info"})
        except OSError:
            continue
