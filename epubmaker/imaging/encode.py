"""Pixels to baseline JPEG or opaque 8-bit PNG, whichever suits the picture."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import Image, ImageChops

__all__ = ["Encoded", "encode", "to_jpeg", "to_png"]

_QUALITY = 82
_LINE_ART = 0.5  # part of pixels equal to their neighbour: photographs stay under 0.3, diagrams and text are over 0.7


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture file's bytes."""

    data: bytes
    media_type: Literal["image/jpeg", "image/png"]
    size: tuple[int, int]


def encode(image: Image.Image, *, lossy: bool, quality: int | None, max_bytes: int) -> Encoded:
    """Encode an L or RGB image."""
    choices = []
    if not lossy:
        flat = flatness(image)
        if flat >= _LINE_ART:
            choices.append(Encoded(to_png(_fewer_colours(image)), "image/png", image.size))
    if not choices or len(choices[0].data) > image.width * image.height // 4:
        choices.append(Encoded(to_jpeg(image, quality or _QUALITY), "image/jpeg", image.size))
    best = min(choices, key=lambda choice: len(choice.data))
    for lower in (70, 55, 40, 25):
        if len(best.data) <= max_bytes:
            break
        best = Encoded(to_jpeg(image, lower), "image/jpeg", image.size)
    return best


def flatness(image: Image.Image) -> float:
    """Return the part of the pixels (0 to 1) that have the value of the pixel before them."""
    grey = image.convert("L")
    change = ImageChops.difference(grey, ImageChops.offset(grey, 1, 0))
    return change.histogram()[0] / (image.width * image.height)


def to_jpeg(image: Image.Image, quality: int, *, fine: bool = False) -> bytes:
    """Return a baseline JPEG; `fine`: chroma at full resolution, for thin coloured lines."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, subsampling=0 if fine or image.mode == "L" else 2)
    return out.getvalue()


def to_png(image: Image.Image) -> bytes:
    """Return an opaque PNG with 8 bits a sample."""
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _fewer_colours(image: Image.Image) -> Image.Image:
    """Return the image with a palette where that loses nothing."""
    if image.mode == "RGB" and image.getcolors(256):
        reduced = image.quantize(256, dither=Image.Dither.NONE)
        # Pillow writes fewer than 8 bits a sample for 16 colours and less, which some readers were never tried with.
        palette = reduced.getpalette() or []
        reduced.putpalette(palette + [0] * (3 * 17 - len(palette)))
        return reduced
    return image
