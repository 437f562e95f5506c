"""What trafilatura takes for the main text of a page: its words, to be found again in the page's own tree.

Imported only when a page comes: it takes 0.3 s.
"""

from __future__ import annotations

import logging
import re

import trafilatura

__all__ = ["Words", "extracted"]

logging.getLogger("trafilatura").setLevel(logging.CRITICAL + 1)  # it would write to stderr what is no one's concern

_WORD = re.compile(r"\w+")
_TOGETHER = 3  # words in a row that tell a text from another
_ENOUGH = 0.6  # of a block's rows


class Words:
    """The lines of a text and the rows of words in it."""

    def __init__(self, text: str) -> None:
        self._lines = {"".join(_WORD.findall(line)) for line in text.split("\n")}
        words = _WORD.findall(text)
        self._rows = set(zip(words, words[1:], words[2:], strict=False))
        self.size = sum(map(len, words))

    def has(self, text: str) -> bool:
        """Tell whether a block's text is one of the lines, or in them for the most part."""
        words = _WORD.findall(text)
        if not words:
            return False
        if "".join(words) in self._lines:
            return True
        rows = list(zip(words, words[1:], words[2:], strict=False))
        return bool(rows) and sum(row in self._rows for row in rows) >= _ENOUGH * len(rows)


def extracted(html: str) -> Words:
    """Return what is the main text of a page, readers' comments left out; no words where there is none."""
    try:
        found = trafilatura.bare_extraction(html, include_comments=False, fast=True)
    except Exception:  # noqa: BLE001 - whatever it stumbles over, there is a way without it
        return Words("")
    return Words(getattr(found, "text", "") or "")
