"""The memory that a picture takes, known before it is decoded.

The figures are bytes for each pixel, measured as the peak of a process, rounded up: what the codec holds, Pillow's copy,
and the copies on the way to opaque sRGB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

from epubmaker.imaging.fit import Size
from epubmaker.imaging.sniff import Undecodable

__all__ = ["MAX_MEMORY", "Reserve", "needed", "needed_to_open", "webp_size", "within_reason"]

MAX_MEMORY = 440_000_000
"""Bytes that one picture may take; with those of Python and Pillow, its process stays below 500 MB."""

Reserve: TypeAlias = Callable[[int], None]
"""Is told how many bytes a picture will take and returns once it may take them; raises Undecodable for too many."""

_PAGE = 24  # bytes for each pixel of the finished picture, while it is encoded and compared
_PLAIN = 5  # decoded, and what a reduction makes of it
_CONVERTED = 9  # with transparency, a palette, a profile or deep samples: a second copy of four bytes
_DEEP = 11  # 16 and 32 bits: wide copies on the way to 8
_CODECS = {"WEBP": 17, "AVIF": 12, "HEIF": 17}  # they hold copies of their own


def within_reason(size: int) -> None:
    """Reserve where nobody else needs the memory: only a picture that is beyond all bounds is refused."""
    if size > MAX_MEMORY:
        reason = f"needs more memory than allowed: about {size // 1_000_000} MB"
        raise Undecodable(reason)


def needed(image: Image.Image, decoded: Size, page: Size) -> int:
    """Return the bytes that an opened image takes while it is decoded or, where that is more, while it is encoded.

    `decoded` is the size at which it comes out of its codec, `page` the size that it gets.
    """
    pixel = _CODECS.get(str(image.format), 0)
    if not pixel and (image.mode.startswith("I") or image.mode == "F"):
        pixel = _DEEP
    elif not pixel:
        converted = image.mode not in {"L", "RGB", "YCbCr"} or "transparency" in image.info
        pixel = _CONVERTED if converted else _PLAIN
    return max(decoded[0] * decoded[1] * pixel, page[0] * page[1] * _PAGE)


def webp_size(data: bytes) -> Size:
    """Return the size of a WebP by its header: its decoder makes room for two frames before Pillow can tell.

    Google's WebP Container Specification has the three headers, of which each says the size.
    """
    kind, bits = data[12:16], int.from_bytes(data[21:25], "little")
    if kind == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if kind == b"VP8L":
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def needed_to_open(data: bytes) -> int:
    """Return the bytes that a WebP takes before its size is asked for."""
    width, height = webp_size(data)
    return width * height * _CODECS["WEBP"]
