"""Natural order of names, as people and file managers have it: "9.txt" before "10.txt". Pure."""

from __future__ import annotations

import re

__all__ = ["natural"]

_DIGITS = re.compile(r"(\d{1,18})")  # `int` refuses numbers of thousands of digits, which a title may hold


def natural(name: str) -> tuple[list[str | int], str]:
    """Return the sort key of natural order: numbers by value, letters without case, ties by the name itself."""
    parts: list[str | int] = [*_DIGITS.split(name.casefold())]  # alternately texts and numbers, a text first
    parts[1::2] = map(int, parts[1::2])
    return parts, name
