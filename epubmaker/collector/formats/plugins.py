"""Formats that other packages add, by entry points of the group `epubmaker.formats` (see CONTRIBUTING.md)."""

# ruff: noqa: PTH118, PTH123, PTH208 - each start looks at all packages that are installed

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import cache

from epubmaker.collector.formats.format import Format
from epubmaker.errors import UsageError

__all__ = ["GROUP", "added_formats", "distributions", "refused"]

GROUP = "epubmaker.formats"


@cache
def added_formats() -> tuple[Format, ...]:
    """Return the formats of other packages, by name. Raises UsageError for one that cannot be used.

    What takes 30 ms, the import of `importlib.metadata`, is done only where a package adds formats.
    """
    if not distributions():
        return ()
    from importlib.metadata import entry_points  # noqa: PLC0415 - as just said

    return tuple(
        _loaded(point.name, point.load) for point in sorted(entry_points(group=GROUP), key=lambda each: each.name)
    )


@cache
def distributions() -> tuple[str, ...]:
    """Return the names of the packages that add formats, as their folders of metadata begin."""
    return tuple(sorted(set(_distributions())))


def _distributions() -> Iterator[str]:
    for folder in dict.fromkeys(sys.path):
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith(".dist-info") and _adds_formats(os.path.join(folder, name, "entry_points.txt")):
                yield name.partition("-")[0]


def _adds_formats(path: str) -> bool:
    try:
        with open(path, "rb", buffering=0) as file:
            return f"[{GROUP}]".encode() in file.read()
    except OSError:
        return False


def refused(name: str, cause: str) -> UsageError:
    """Return the error for a format of another package that cannot be used."""
    subject = f"format {name}"
    return UsageError(subject, cause, "update or remove the package that adds it")


def _loaded(name: str, load: Callable[[], type[Format]]) -> Format:
    try:
        made = load()()
    except Exception as error:
        cause = f"cannot be used: {type(error).__name__}: {error}"
        raise refused(name, cause) from error
    if not isinstance(made, Format) or made.name != name:
        raise refused(name, "is no `Format` of this name")
    return made
