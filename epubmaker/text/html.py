"""What more than one stage must know of HTML: names of elements, and frames. HTML Standard, sections 4.3 and 16.2."""

from __future__ import annotations

import re

__all__ = ["FRAMES", "HEADINGS", "names"]


def names(text: str) -> frozenset[str]:
    """Return the names that a text lists."""
    return frozenset(text.split())


HEADINGS = names("h1 h2 h3 h4 h5 h6")

FRAMES = re.compile(r"</?(?:frameset|frame|noframes)\b[^>]*>", re.IGNORECASE)
"""The tags of a page of frames, which has no body: only what `noframes` holds can be read."""
