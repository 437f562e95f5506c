"""What may be shown on a terminal."""

from __future__ import annotations

import re

__all__ = ["printable"]

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(line: str, encoding: str | None) -> str:
    """Make a line safe for a terminal: titles and addresses come from strangers, and not every console knows Unicode.

    `encoding` is the terminal's, None where it says none.
    """
    encoding = encoding or "utf-8"
    return _UNPRINTABLE.sub("\ufffd", line).encode(encoding, "replace").decode(encoding)
