"""The picture and the colors of a cover: which picture of the book, which part of it, and the colors that go with it."""

from __future__ import annotations

import colorsys
import hashlib
from collections.abc import Iterable

from PIL import Image, ImageFilter, ImageStat

from epubmaker.model.pictures import Picture, PictureFile

__all__ = ["Color", "accent", "crop_to", "panel", "pick"]

Color = tuple[int, int, int]

_SMALL = 160  # pixels of the longer side of a picture that is examined
# Deep colors on which white text is easy to read, in print and on a gray screen.
_DEEP: tuple[Color, ...] = ((24, 43, 73), (70, 24, 34), (20, 62, 58), (56, 34, 74), (72, 48, 20), (38, 42, 48))


def pick(likely: Iterable[tuple[float, Picture]]) -> Picture | None:
    """Return the best picture of a shortlist, by its contrast, tones and colors, and its score there; of equals, the first.

    Returns None if no picture can be read, or all are plain areas.
    """
    scored = [(score * _look_score(picture.files[0]), picture) for score, picture in likely]
    best = max(scored, key=lambda item: item[0], default=None)
    return best[1] if best is not None and best[0] > 0 else None


def _look_score(file: PictureFile) -> float:
    """Score the look of a picture, 0 to about 1: contrast, variety of tones, color; 0 if it cannot be read."""
    try:
        with Image.open(file.path) as image:
            image.draft("RGB", (_SMALL, _SMALL))
            small = image.convert("RGB")
    except (OSError, SyntaxError, ValueError):
        return 0.0
    small.thumbnail((_SMALL, _SMALL), Image.Resampling.BOX)
    tones = ImageStat.Stat(small.convert("L"))
    contrast = min(1.0, tones.stddev[0] / 64)
    variety = small.convert("L").entropy() / 8
    color = min(1.0, ImageStat.Stat(small.convert("HSV")).mean[1] / 100)
    return contrast * (variety**2) * (0.7 + 0.3 * color)


def crop_to(image: Image.Image, width: int, height: int) -> Image.Image:
    """Return the image scaled and cropped to exactly `width` x `height` pixels.

    The part with the most edges stays; the middle is preferred, and in portraits the upper part, where faces are.
    """
    scale = max(width / image.width, height / image.height)
    size = max(width, round(image.width * scale)), max(height, round(image.height * scale))
    left = _window(image, size[0] - width, width, across=True, center=0.5)
    top = _window(image, size[1] - height, height, across=False, center=0.35)
    x, y = image.width / size[0], image.height / size[1]
    box = left * x, top * y, min(image.width, (left + width) * x), min(image.height, (top + height) * y)
    # In an enlarged picture, Lanczos would show the traces of JPEG compression at edges.
    resampling = Image.Resampling.LANCZOS if scale < 1 else Image.Resampling.BICUBIC
    return image.resize((width, height), resampling, box=box, reducing_gap=3.0)


def _window(image: Image.Image, room: int, length: int, *, across: bool, center: float) -> int:
    """Return the best start of a window of `length` pixels in `length` + `room` pixels of width or height."""
    if room <= 0:
        return 0
    small = image.convert("L").resize((_SMALL, _SMALL), Image.Resampling.BOX).filter(ImageFilter.FIND_EDGES)
    small = small.crop((2, 2, _SMALL - 2, _SMALL - 2)).resize((_SMALL, _SMALL))
    line = small.resize((_SMALL, 1) if across else (1, _SMALL), Image.Resampling.BOX).tobytes()
    span = max(1, round(_SMALL * length / (length + room)))
    starts = range(_SMALL - span + 1)
    total = sum(line) or 1
    middle = center * starts[-1] if starts[-1] else 0

    def worth(start: int) -> float:
        off_center = abs(start - middle) / (starts[-1] or 1)
        return sum(line[start : start + span]) / total - 0.15 * off_center

    return round(max(starts, key=worth) / (starts[-1] or 1) * room)


def panel(image: Image.Image | None, title: str) -> Color:
    """Return a deep color that goes with the picture; without a picture, one that depends on the title alone."""
    if image is None:
        return _DEEP[hashlib.sha256(title.encode()).digest()[0] % len(_DEEP)]
    red, green, blue = (value / 255 for value in ImageStat.Stat(image.convert("RGB")).mean)
    hue, saturation, _value = colorsys.rgb_to_hsv(red, green, blue)
    return _rgb(hue, min(0.55, saturation * 1.2), 0.22)


def accent(image: Image.Image | None) -> Color:
    """Return a light, lively color for thin lines: the picture's most colorful tone, else amber."""
    amber = (236, 178, 64)
    if image is None:
        return amber
    small = image.convert("RGB").resize((48, 48), Image.Resampling.BOX)
    tones = [colorsys.rgb_to_hsv(*(value / 255 for value in color)) for _, color in _colors(small)]
    hue, saturation, _value = max(tones, key=lambda tone: tone[1] * tone[2])
    return _rgb(hue, min(0.75, saturation), 0.92) if saturation > 0.25 else amber


def _colors(image: Image.Image) -> list[tuple[int, Color]]:
    palette = image.quantize(12, Image.Quantize.MEDIANCUT).convert("RGB").getcolors(256) or []
    return [(count, color) for count, color in palette if isinstance(color, tuple) and len(color) == 3]


def _rgb(hue: float, saturation: float, value: float) -> Color:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
