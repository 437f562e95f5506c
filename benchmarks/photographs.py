"""Makes the pictures of the benchmarks' server: JPEG files from real photographs, a different one for each request.

A few dozen files are crops of the photographs that `install-peers` unpacks. Thousands of different pictures are made of
them without storing each: picture N is one of the files, with the quantization steps of its low frequencies raised by
one or not, by the bits of a number. It is as large and as quick to decode as the file that it is made from, with other
pixels.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageOps

__all__ = ["SIZES", "Original", "read_originals", "variant", "write_originals"]

SIZES = {"pictures": ((1200, 800), (1600, 1067)), "large": ((4096, 2731),), "small": ((320, 213),)}
"""Widths and heights in pixels of the pictures of each kind of archive, used by turns."""

_CROPS = {"pictures": 5, "large": 2, "small": 3}  # of each photograph
_QUALITY = 85
_PROGRESSIVE_EVERY = 5  # the web's share, roughly
_DQT = b"\xff\xdb"
_STEPS = range(1, 10)  # positions, in zigzag order, of the steps that change: all are left at a half-scale decode


@dataclass(frozen=True, slots=True)
class Original:
    """One JPEG file in memory, cut around the first quantization table: its bytes before, of and after."""

    before: bytes
    table: bytes
    after: bytes

    @classmethod
    def of(cls, data: bytes) -> Original:
        """Cut a JPEG file as Pillow writes it."""
        start = data.index(_DQT) + 5  # marker, length, table number
        return cls(data[:start], data[start : start + 64], data[start + 64 :])


def variant(originals: Sequence[Original], number: int) -> tuple[bytes, bytes, bytes]:
    """Return the JPEG file of a number as three pieces; different for each number below 512 * len(originals)."""
    turn, index = divmod(number, len(originals))
    original = originals[index]
    table = bytearray(original.table)
    for bit, step in enumerate(_STEPS):
        table[step] += turn >> bit & 1
    return original.before, bytes(table), original.after


def read_originals(folder: Path) -> list[Original]:
    """Read all that `write_originals` wrote."""
    return [Original.of(path.read_bytes()) for path in sorted(folder.glob("*.jpg"))]


def write_originals(kind: str, photographs: Path, folder: Path) -> bool:
    """Write the files for one kind of archive into `folder`, unless it has them; False when no photograph was found.

    Without photographs the pictures are painted: smooth shapes with grain, which compress about as photographs do.
    """
    sources = sorted(photographs.glob("*.jpg")) if photographs.is_dir() else []
    real = bool(sources)
    done = folder / ("photographs" if real else "painted")
    if done.exists():
        return real
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(_crops(kind, sources) if real else _painted(kind)):
        image.save(folder / f"{number:03}.jpg", quality=_QUALITY, progressive=number % _PROGRESSIVE_EVERY == 4)
    done.touch()
    return real


def _crops(kind: str, sources: Sequence[Path]) -> Iterator[Image.Image]:
    """Yield crops of the photographs, at the sizes of the kind; enlarged for `large` where they are smaller."""
    sizes = cycle(SIZES[kind])
    chance = random.Random(kind)
    for source in sources:
        with Image.open(source) as opened:
            image = opened.convert("RGB")
        if kind == "large" and image.width < 2500:
            continue
        for number in range(_CROPS[kind]):
            width, height = next(sizes)
            part = chance.uniform(0.6, 1.0)
            crop_width = min(image.width, image.height * width / height) * part
            crop_height = crop_width * height / width
            left = chance.uniform(0, image.width - crop_width)
            top = chance.uniform(0, image.height - crop_height)
            box = (left, top, left + crop_width, top + crop_height)
            crop = image.resize((width, height), Image.Resampling.BICUBIC, box=box)
            yield ImageOps.mirror(crop) if number % 2 else crop


def _painted(kind: str) -> Iterator[Image.Image]:
    brush = random.Random(kind)
    for width, height in islice(cycle(SIZES[kind]), 12):
        image = Image.new("RGB", (width // 4, height // 4), (140, 170, 200))
        draw = ImageDraw.Draw(image)
        for _ in range(200):
            x, y, radius = brush.randrange(image.width), brush.randrange(image.height), brush.randrange(2, 60)
            draw.ellipse((x, y, x + radius, y + radius), tuple(brush.randrange(256) for _ in range(3)))
        image = image.filter(ImageFilter.GaussianBlur(1)).resize((width, height), Image.Resampling.BICUBIC)
        grain = Image.frombytes("L", (width, height), brush.randbytes(width * height)).convert("RGB")
        yield Image.blend(image, grain, 0.05)
