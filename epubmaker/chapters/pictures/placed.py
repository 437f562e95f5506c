"""The picture that leads a chapter: where it stands, and which one it is."""

from __future__ import annotations

import re
from collections.abc import Iterable

from epubmaker.model.chapters import PictureSlot, Piece

__all__ = ["first_of", "lead_of"]

_SMALL = 240  # pixels of width, below which a picture is narrow in any shape
_FIRST_FIGURE = re.compile(
    r'<figure(?: id="[^"]*")?><img [^<>]*width="(?P<width>\d+)" height="(?P<height>\d+)"[^<>]*/>'
    r"(?:(?!<figure).)*?</figure>",
    re.DOTALL,
)
_TAG = re.compile("<[^>]*>")
_MOST_BEFORE = 2000  # characters of tags
_LEVEL = 0.8  # height over width of a picture that leaves room for the title below it


def first_of(pieces: Iterable[Piece]) -> PictureSlot | None:
    """Return the picture that a text begins with, None where something else is shown before it."""
    before = ""
    for piece in pieces:
        if isinstance(piece, PictureSlot):
            return None if piece.inline or _TAG.sub("", before).strip() else piece
        if isinstance(piece, str):  # a tag with a link is in two of them
            before += piece
            if len(before) > _MOST_BEFORE:
                return None
    return None


def lead_of(body: str) -> tuple[str, str]:
    """Return the figure that a text begins with, for the place above the title, and the rest; "" where there is none.

    Below a title with a standfirst it would often be alone on the next page. A high or a small picture does not lead.
    """
    found = _FIRST_FIGURE.match(body)
    if found is None or found[0].count("<img ") != 1:
        return "", body
    width, height = int(found["width"]), int(found["height"])
    if height > _LEVEL * width or width < _SMALL:
        return "", body
    return found[0].replace("<figure", '<figure class="lead"', 1) + "\n", body[found.end() :]
