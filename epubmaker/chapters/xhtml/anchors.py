"""Where each id of a tree went in its markup: the one place that knows, so that no link inside a chapter dangles.

Many elements with an id are not written: empty ones, those that only group others, what a book cannot hold. So an id waits
until something is shown, and is written on the block that begins there, or on an empty `span` within a line. Ids that wait
for the same thing are one. What waits at the end goes to the last thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from epubmaker.chapters.xhtml.content import BLOCKS
from epubmaker.chapters.xhtml.places import Frame, Target
from epubmaker.model.chapters import LinkSlot, PictureSlot

__all__ = ["Anchors"]

_Pieces: TypeAlias = "list[str | PictureSlot | LinkSlot | Target]"

_START = re.compile(rf"<({'|'.join(BLOCKS)}|hr)(?=[ />])(?P<rest>[^>]*)")
_ID = re.compile(r' id="([^"]*)"')
_ROLES = re.compile(r' (?:epub:type|role)="[^"]*"')


class Anchors:
    """The ids of a tree, while it is written to `pieces`.

    `waiting` are those that are not written yet, in order. `written` maps each id that is to the index of its piece, in
    order; `names` maps the others to the one in whose place they stand. `has_links`: there are links to them.
    """

    def __init__(self, pieces: _Pieces) -> None:
        self._pieces = pieces
        self.waiting: dict[str, None] = {}
        self.written: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.has_links = False

    def add(self, ids: Iterable[str]) -> None:
        """Let ids wait for what is shown next."""
        self.waiting.update(dict.fromkeys(ids))

    def assign(self, frames: Sequence[Frame]) -> None:
        """Let elements that are about to be opened have the ids that wait: each its own, one of them those of no other."""
        new = [frame for frame in frames if not frame.opened]
        own = {frame.id for frame in new}
        loose = [each for each in self.waiting if each not in own]
        holder = next((frame for frame in new if frame.block or frame.id in self.waiting), None)
        if not loose or holder is None:
            return
        if holder.id not in self.waiting:
            holder.id = loose[0]
        self._join(loose, holder.id)

    def at(self, identifier: str) -> str:
        """Return the attribute of an id that is written with the next piece, as markup; "" where it does not wait."""
        if identifier not in self.waiting:
            return ""
        del self.waiting[identifier]
        self.written[identifier] = len(self._pieces)
        return f' id="{identifier}"'

    def at_next(self) -> str:
        """Return the attribute of the ids that wait, for an element that is the next piece."""
        if not self.waiting:
            return ""
        chosen = next(iter(self.waiting))
        self._join(list(self.waiting), chosen)
        return self.at(chosen)

    def put(self, name: str = "span") -> int:
        """Write the ids that wait on empty elements; return the bytes of that."""
        size = 0
        while self.waiting:
            written = f"<{name}{self.at_next()}></{name}>"
            self._pieces.append(written)
            size += len(written)
        return size

    def finish(self) -> None:
        """Give the ids that still wait to the last thing, and see to it that each link leads to one that is written."""
        if self.waiting:
            self._give_to_last()
        if not self.has_links:
            return
        for index, piece in enumerate(self._pieces):
            if isinstance(piece, Target) and self.names.get(piece.id, piece.id) not in self.written:
                self._unlink(index)

    def _give_to_last(self) -> None:
        chosen = next(iter(self.waiting))
        for index in range(len(self._pieces) - 1, -1, -1):
            piece = self._pieces[index]
            if isinstance(piece, PictureSlot):
                return  # it may not be had
            start = _START.match(piece) if isinstance(piece, str) else None
            if start is None:
                continue
            has = _ID.search(start["rest"])
            if not has:
                del self.waiting[chosen]
                self._pieces[index] = _with_id(str(piece), chosen)
                self.written[chosen] = index
            self._join(
                [each for each in self.waiting if each != chosen] + [chosen] * bool(has), has[1] if has else chosen
            )
            return

    def _join(self, ids: Iterable[str], holder: str) -> None:
        """Let ids have the place of another."""
        for each in ids:
            if each != holder:
                self.names[each] = holder
                del self.waiting[each]

    def _unlink(self, index: int) -> None:
        pieces = self._pieces
        pieces[index - 1] = str(pieces[index - 1]).removesuffix(' href="')
        pieces[index] = ""
        pieces[index + 1] = _ROLES.sub("", str(pieces[index + 1]).removeprefix('"'), count=2)


def _with_id(markup: str, identifier: str) -> str:
    """Return markup that begins with a start tag without an id, with one."""
    name = re.match(r"<[a-z0-9]+", markup)
    end = name.end() if name else 0
    return f'{markup[:end]} id="{identifier}"{markup[end:]}'
