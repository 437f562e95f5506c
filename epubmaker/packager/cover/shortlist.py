"""The pictures of a book that its cover may show, chosen by their dimensions alone, without Pillow.

Every book keeps a shortlist while its chapters are written; most of its pictures are never opened for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from epubmaker.model.pictures import Picture, PictureFile

__all__ = ["Shortlist"]

_MAX_PICTURES = 12  # more are not worth the time that `artwork.pick` takes to open them


class Shortlist:
    """The best pictures among those added: large, of proportions that can be cropped, in one file."""

    def __init__(self) -> None:
        self._scored: list[tuple[float, Picture]] = []

    def add(self, picture: Picture) -> None:
        """Add a picture if it is among the best so far; the same file counts once."""
        score = _score(picture.files[0]) if len(picture.files) == 1 else 0.0
        if score > 0 and all(picture.files[0].name != other.files[0].name for _, other in self._scored):
            self._scored.append((score, picture))
            self._scored.sort(key=lambda item: item[0], reverse=True)  # stable: of equals the first stays
            del self._scored[_MAX_PICTURES:]

    def __iter__(self) -> Iterator[tuple[float, Picture]]:
        """Yield pictures with their scores (above 0, at most 1), the highest first."""
        return iter(self._scored)


def _score(file: PictureFile) -> float:
    """Score dimensions, 0 to 1: 1 from 1200 pixels wide, less for proportions far from 4:3."""
    shape = file.width / file.height
    if file.width < 480 or file.height < 320 or not 0.5 <= shape <= 2.4:
        return 0.0
    drawn = 0.5 if file.media_type == "image/png" else 1.0
    return drawn * min(1.0, file.width / 1200) * min(1.0, 1.6 / shape, shape / 0.6)
