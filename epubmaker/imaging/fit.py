"""Fits pictures to the page: their size, resizing, and the cut of long strips into pages."""

from __future__ import annotations

from math import ceil

from PIL import Image, ImageChops

__all__ = ["Size", "cut_rows", "piece_height", "resize", "resize_planes", "target_size"]

Size = tuple[int, int]

_STRIP = 3.0  # the least height / width of a strip: infographics, captured chats, long screenshots
_STRIP_WIDTH = 240  # a narrower one is a rule or a side bar, without text to read
_PIECE = 1.15  # the most height / width of a piece of one: a small page has less than 1.4, margins and all
_SLACK = 8  # a cut may move by the page's height / this, to fall between two lines and not through one


def target_size(size: Size, box: Size) -> Size:
    """Return the size in pixels for a picture of `size` on a page of `box`: fitted into it, never enlarged.

    A long strip is fitted to the box's width only: squashed into one page it could not be read.
    """
    width, height = size
    scale = min(1.0, box[0] / width, 1.0 if is_strip(size, box) else box[1] / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def is_strip(size: Size, box: Size) -> bool:
    """Say whether a picture of `size` is to be cut into pieces no higher than the box."""
    width, height = size
    return height > _STRIP * width and width >= _STRIP_WIDTH and height * min(1.0, box[0] / width) > box[1]


def piece_height(size: Size, box: Size) -> int:
    """Return the most rows that a piece of a picture may have, which is of `size` on a page of `box`."""
    width, height = size
    return box[1] if height <= box[1] else min(box[1], int(_PIECE * width))


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Return the image at `size`, with Lanczos; the image itself where it has that size.

    A reduction of more than three times begins with averaging in whole steps (`reducing_gap`): several times as fast on
    large screenshots, with no difference that can be seen.
    """
    if image.size == size:
        return image
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def resize_planes(image: Image.Image, size: Size) -> Image.Image:
    """Return an image in mode YCbCr at `size`, which is smaller; its colors are the same for each 2 x 2 pixels.

    The JPEG that is written keeps colors at half the size (4:2:0), as most JPEGs do that are read: to resize colors at
    full size would bring nothing that can be seen.

    Measured from 1600 x 1067 to 1440 x 960: 27 ms of processor time, where Lanczos takes 38 ms over three bands of RGB.
    """
    if image.size == size:
        return image
    lightness, *colors = image.split()
    half = (size[0] + 1) // 2, (size[1] + 1) // 2
    # What is left of the difference to Lanczos after the encoder's rounding cannot be measured (RMS 1.48 and 1.49).
    small = [color.resize(half, Image.Resampling.BILINEAR, reducing_gap=1.0) for color in colors]
    return Image.merge("YCbCr", (resize(lightness, size), *(_doubled(color, size) for color in small)))


def _doubled(color: Image.Image, size: Size) -> Image.Image:
    """Repeat each pixel 2 x 2; the encoder, which takes the mean of 2 x 2 pixels, gets the same values again."""
    return color.resize((color.width * 2, color.height * 2), Image.Resampling.NEAREST).crop((0, 0, *size))


def cut_rows(image: Image.Image, page: int) -> tuple[tuple[int, int], ...]:
    """Return (top, bottom) of the pieces, each at most `page` rows, that a strip is cut into; together they are all of it.

    A cut falls on the quietest row (least change from pixel to pixel) near the place that would make even pieces, in the
    middle of the longest run of equally quiet ones: between two lines of text.
    """
    if image.height <= page:
        return ((0, image.height),)
    unrest = _unrest(image)
    pieces = []
    top = 0
    while image.height - top > page:
        left = image.height - top
        ideal = left / ceil(left / page)  # even pieces, not full ones and a sliver
        low, high = max(1, int(ideal - page / _SLACK)), min(page, int(ideal + page / _SLACK))
        bottom = _quietest(unrest, top + low, top + max(high, low + 1))
        pieces.append((top, bottom))
        top = bottom
    return (*pieces, (top, image.height))


def _unrest(image: Image.Image) -> bytes:
    """Return a number for each row: how much neighbors in it differ, from 0 (one color) to 255."""
    gray = image.convert("L")
    change = ImageChops.difference(gray, ImageChops.offset(gray, 1, 0))
    # Strengthened, so that a few thin strokes on a wide white row still count after averaging.
    return (
        change.point([min(255, value * 16) for value in range(256)])
        .resize((1, image.height), Image.Resampling.BOX)
        .tobytes()
    )


def _quietest(unrest: bytes, low: int, high: int) -> int:
    """Return the row of [low, high) to cut above."""
    least = min(unrest[low:high])
    best_start, best_length, start = low, 0, None
    for row in range(low, high + 1):
        if row < high and unrest[row] == least:
            start = row if start is None else start
        elif start is not None:
            if row - start >= best_length:
                best_start, best_length = start, row - start
            start = None
    return best_start + best_length // 2 or low
