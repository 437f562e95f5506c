"""The first lines of a chapter, as plain text, gathered while it is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from epubmaker.chapters.xhtml.content import BLOCKS, BODY_HEADINGS, names
from epubmaker.chapters.xhtml.places import Frame

__all__ = ["Excerpt"]

_PARTING = tuple(f"<{name}" for name in ("br", *BLOCKS))
_LENGTH = 300
# One set of characters leads, so that the search skips to them: a quarter of the time of two patterns side by side.
_SENTENCE_END = re.compile(r"[.!?…؟。！？](?:(?<=[.!?…؟])[.!?…؟]*[\"'”’»)]* |(?<=[。！？])[。！？]*[”’」』）]*)")
_NO_EXCERPT = BODY_HEADINGS | names("aside caption figcaption pre td th")


class Excerpt:
    """The first texts of a chapter, without captions, headings, notes and cells.

    `wants` is True while the excerpt is too short.
    """

    def __init__(self) -> None:
        self.wants = True
        self._texts: list[str] = []
        self._length = 0
        self._end = 0  # pieces of the chapter up to the last text that was taken

    def add(self, text: str, blocks: Iterable[Frame], pieces: Sequence[object], *, parted: bool = False) -> None:
        """Add a text that is written in these blocks and after these pieces, unless it belongs to no excerpt.

        A space parts it from the text before where a block, a line break or white space does, or where it is `parted`.
        """
        if not _NO_EXCERPT.isdisjoint([frame.name for frame in blocks]):
            return
        self._texts += [" ", text] if parted or self._is_parted(pieces) else [text]
        self._length += len(text)
        self.wants = self._length < _LENGTH
        self._end = len(pieces) + 1

    def _is_parted(self, pieces: Sequence[object]) -> bool:
        since = pieces[self._end :]
        return any(isinstance(p, str) and (p.isspace() or p.startswith(_PARTING)) for p in since)

    def text(self) -> str:
        """Return the excerpt: after a sentence where that leaves half of it, else after a word."""
        return _first_lines(" ".join("".join(self._texts).split()))


def _first_lines(text: str) -> str:
    """Cut a text to the length of an excerpt: after a sentence where that leaves half of it, else after a word."""
    if len(text) <= _LENGTH:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, _LENGTH)]
    if ends and ends[-1] > _LENGTH // 2:
        return text[: ends[-1]].rstrip()
    return (text[:_LENGTH].rpartition(" ")[0] or text[:_LENGTH]) + "…"
