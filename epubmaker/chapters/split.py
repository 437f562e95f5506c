"""Cut a chapter into files that older e-readers can open: at most 240 KB each, cut between blocks, before headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from epubmaker.chapters.xhtml.places import Target, bytes_of
from epubmaker.chapters.xhtml.serialize import Written
from epubmaker.model.chapters import LinkSlot, PictureSlot, Piece, Section

__all__ = ["LIMIT", "Parts", "split"]

LIMIT = 225_000  # bytes of one part; the page around it takes the rest of 240 KB
_TAIL = 5000  # bytes by which a part may exceed the limit to avoid a last part that shows nothing
_HEADINGS = ("<h2", "<h3")
_SHOWN = ("<math", "<ruby", "<svg")  # elements that are one piece with what they hold


class Parts(NamedTuple):
    """The pieces of each part of a chapter, and where each id of its tree is."""

    pieces: tuple[tuple[Piece, ...], ...]
    places: Mapping[str, Section]


def split(written: Written, limit: int = LIMIT) -> Parts:
    """Return the parts of a chapter: pieces, joined where they can be, with links inside the chapter resolved.

    A part holds at most `limit` bytes unless one block alone has more, and the last of several has something to see. A
    link to an id in another part is a `LinkSlot` with the address `part:N#id`, N counted from 1.
    """
    ranges = _ranges(written, limit)
    ends = [end for _, end in ranges[:-1]]
    where = {name: Section(bisect_right(ends, index) + 1, name) for name, index in written.ids.items()}
    where.update({name: where[holder] for name, holder in written.names.items() if holder in where})
    numbered = enumerate(ranges, start=1)
    return Parts(tuple(_joined(written, start, end, number, where) for number, (start, end) in numbered), where)


def _ranges(written: Written, limit: int) -> list[tuple[int, int]]:
    """Return the first index of each part's pieces and the one after the last."""
    if 4 * sum(map(_length, written.pieces)) <= limit:  # no character has more than four bytes
        return [(0, len(written.pieces))]
    sizes = list(map(bytes_of, written.pieces))
    total = sum(sizes)
    if total <= limit:
        return [(0, len(written.pieces))]
    ranges = []
    start = begun = size = 0
    wanted = total / (total // limit + 1)  # parts of about the same size
    for end in written.ends:
        block = sum(sizes[begun:end])
        first = written.pieces[begun] if begun < end else ""
        heading = isinstance(first, str) and first.startswith(_HEADINGS)
        if size and (size + block > limit or size > wanted or (heading and size > 0.8 * wanted)):
            ranges.append((start, begun))
            start, size = begun, 0
        size += block
        begun = end
    if ranges and size <= _TAIL and not _shows_something(written.pieces[start:]):
        start, _ = ranges.pop()  # alone it would be an empty page
    ranges.append((start, len(written.pieces)))
    return ranges


def _shows_something(pieces: Iterable[Piece | Target]) -> bool:
    """Return True where there is more than empty elements and rules: a text, which never ends with ">", or a picture."""
    return any(
        isinstance(piece, PictureSlot)
        or (isinstance(piece, str) and not piece.isspace() and (piece[-1] != ">" or piece.startswith(_SHOWN)))
        for piece in pieces
    )


def _length(piece: Piece | Target) -> int:
    return len(piece) if type(piece) is str else bytes_of(piece)


def _joined(written: Written, start: int, end: int, number: int, where: Mapping[str, Section]) -> tuple[Piece, ...]:
    joined: list[Piece] = []
    texts: list[str] = []
    for piece in written.pieces[start:end]:
        if isinstance(piece, str):
            texts.append(piece)
            continue
        if isinstance(piece, Target):
            part, identifier = where[piece.id]
            if part == number:
                texts.append(f"#{identifier}")
                continue
            slot: Piece = LinkSlot(f"part:{part}#{identifier}")
        else:
            slot = piece
        if texts:
            joined.append("".join(texts))
            texts = []
        joined.append(slot)
    if texts:
        joined.append("".join(texts))
    return tuple(joined)
