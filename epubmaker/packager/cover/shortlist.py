"""Which pictures of a book may stand on its cover, by their sizes alone: a few at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterator

from epubmaker.model.pictures import Picture, PictureFile

__all__ = ["Shortlist"]

_MOST = 12  # pictures whose pixels are worth being compared


class Shortlist:
    """The likeliest pictures among those added: large, of a shape that can be cropped, in one piece."""

    def __init__(self) -> None:
        self._scored: list[tuple[float, Picture]] = []

    def add(self, picture: Picture) -> None:
        """Consider a picture; the same file counts once."""
        score = _score(picture.files[0]) if len(picture.files) == 1 else 0.0
        if score > 0 and all(picture.files[0].name != other.files[0].name for _, other in self._scored):
            self._scored.append((score, picture))
            self._scored.sort(key=lambda item: item[0], reverse=True)  # stable: of equals the first stays
            del self._scored[_MOST:]

    def __iter__(self) -> Iterator[tuple[float, Picture]]:
        """Yield scores, of more than 0 and at most 1, with their pictures, the highest first."""
        return iter(self._scored)


def _score(file: PictureFile) -> float:
    """Score dimensions, 0 to 1: full marks from 1200 pixels wide, less for shapes far from 4:3."""
    shape = file.width / file.height
    if file.width < 480 or file.height < 320 or not 0.5 <= shape <= 2.4:
        return 0.0
    drawn = 0.5 if file.media_type == "image/png" else 1.0
    return drawn * min(1.0, file.width / 1200) * min(1.0, 1.6 / shape, shape / 0.6)
