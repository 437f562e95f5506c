"""Pixels to baseline JPEG or opaque 8-bit PNG, whichever suits the picture.

What decides is measured on the picture itself, on a sample of it where that is enough:

    drawing or photograph   the part of the pixels that equal their neighbour.  Text, diagrams and screenshots have 0.5
                            and more (white paper), photographs less than 0.3.  A drawing is tried as a PNG of few
                            colours, which is right when it cannot be told from the original (likeness 0.99) and taken
                            when it is the smaller file: a page of text takes a quarter of the JPEG's bytes.
    JPEG quality            starts low and rises for as long as a step buys enough likeness for its bits.  A smooth
                            picture gains nothing after 70 and stays there; fine textures, where a low quality shows,
                            get up to 86.  On 13 photographs 1440 wide that makes 1.86 MB with a mean likeness of 0.984
                            and 0.962 at worst; quality 78 for all takes as much for 0.984 and 0.939, and 82 takes
                            2.14 MB for 0.986 and 0.950.  The sample makes it cost 3 to 5 ms.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageChops

from epubmaker.imaging.likeness import likeness

__all__ = ["Encoded", "encode", "to_jpeg", "to_png"]

_DRAWING = 0.5
_RIGHT = 0.99
_PLAINLY_SMALL = 0.06  # bytes a pixel under which no JPEG of a drawing comes
_QUALITIES = (70, 78, 86)
_GOOD = 0.993  # likeness beyond which nothing is gained
_WORTH = 0.025  # likeness that a further bit for each pixel must buy
_LOWER_QUALITIES = (60, 45, 30, 20)
_BAND, _BANDS = 16, 8  # the sample: so many rows, so often
_SAMPLE_WIDTH = 640


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture file's bytes."""

    data: bytes
    media_type: Literal["image/jpeg", "image/png"]
    size: tuple[int, int]


def encode(image: Image.Image, *, quality: int | None, max_bytes: int) -> Encoded:
    """Return the smallest file that looks right, of an image in mode L or RGB.

    `quality` (1 to 95) is the JPEG quality, None: chosen for the picture.  A file over `max_bytes` is encoded again at
    lower qualities, and at last at half the size.
    """
    sample = _sample(image)
    drawn = _flatness(sample) >= _DRAWING
    png = _drawing(image) if drawn else None
    if png is not None and len(png) <= min(max_bytes, _PLAINLY_SMALL * image.width * image.height + 2000):
        return Encoded(png, "image/png", image.size)
    chosen = quality if quality is not None else _quality(sample)
    jpeg = to_jpeg(image, chosen, fine=drawn)
    if png is not None and len(png) <= len(jpeg) and len(png) <= max_bytes:
        return Encoded(png, "image/png", image.size)
    if len(jpeg) > max_bytes:
        return _squeezed(image, max_bytes)
    return Encoded(jpeg, "image/jpeg", image.size)


def to_jpeg(image: Image.Image, quality: int, *, fine: bool = False) -> bytes:
    """Return a baseline JPEG without metadata; `fine`: chroma at full resolution, for thin coloured lines."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, subsampling=0 if fine or image.mode == "L" else 2)
    return out.getvalue()


def to_png(image: Image.Image) -> bytes:
    """Return an opaque PNG with 8 bits a sample, of an image in mode L, RGB or P."""
    if image.mode == "P":
        # Pillow writes fewer bits for 16 colours and less, with which some readers may never have been tried.
        palette = image.getpalette() or []
        image = image.copy()
        image.putpalette(palette + [0] * (3 * 17 - len(palette)))
    out = BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _sample(image: Image.Image) -> Image.Image:
    """Return bands of the image one below the other; they lie on the JPEG's grid of 16 pixels."""
    if image.height <= _BAND * _BANDS * 2:
        return image
    left = max(0, (image.width - _SAMPLE_WIDTH) // 2) // _BAND * _BAND
    width = min(image.width, _SAMPLE_WIDTH)
    sample = Image.new(image.mode, (width, _BAND * _BANDS))
    for number in range(_BANDS):
        top = (image.height - _BAND) * number // (_BANDS - 1) // _BAND * _BAND
        sample.paste(image.crop((left, top, left + width, top + _BAND)), (0, number * _BAND))
    return sample


def _flatness(image: Image.Image) -> float:
    """Return the part of the pixels (0 to 1) that equal the pixel before them."""
    grey = image.convert("L")
    change = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0))
    return change.histogram()[0] / (image.width * image.height)


def _drawing(image: Image.Image) -> bytes | None:
    """Return the image as a PNG of few colours, None where it would look different."""
    if image.mode == "L":
        # 16 levels are what an e-ink screen has, and what the edges of letters need.
        few = image.point([round(value / 17) * 17 for value in range(256)])
        if image.getcolors(16) or likeness(image, few) < _RIGHT:
            few = image
        return to_png(few)
    if image.getcolors(256):
        return to_png(image.quantize(256, dither=Image.Dither.NONE))
    # The octree takes 10 to 20 ms where median cut takes 200, and its even steps compress better.
    few = image.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    return to_png(few) if likeness(image, few.convert("RGB")) >= _RIGHT else None


def _quality(sample: Image.Image) -> int:
    """Return the JPEG quality after which more bits do not show."""
    tried = []
    for quality in _QUALITIES:
        data = to_jpeg(sample, quality)
        with Image.open(BytesIO(data), formats=("JPEG",)) as image:
            tried.append((quality, len(data) * 8 / (sample.width * sample.height), likeness(sample, image)))
        if tried[-1][2] >= _GOOD:
            break
        if len(tried) > 1 and tried[-1][2] - tried[-2][2] < _WORTH * (tried[-1][1] - tried[-2][1]):
            return tried[-2][0]
    return tried[-1][0]


def _squeezed(image: Image.Image, max_bytes: int) -> Encoded:
    """Return a JPEG under `max_bytes`, however it looks."""
    while True:
        for quality in _LOWER_QUALITIES:
            data = to_jpeg(image, quality)
            if len(data) <= max_bytes or max(image.size) <= 64:
                return Encoded(data, "image/jpeg", image.size)
        image = image.reduce(2)
