"""Estimates the memory that a picture takes, before it is decoded.

The figures are bytes for each pixel, measured as the peak of a process, rounded up: what the codec holds, Pillow's copy,
and the copies on the way to opaque sRGB.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PIL import Image

from epubmaker.imaging.fit import Size
from epubmaker.imaging.sniff import HEAD_SIZE, Undecodable

__all__ = ["MAX_MEMORY", "Reserve", "needed", "needed_to_open", "webp_size", "within_reason"]

MAX_MEMORY = 440_000_000
"""Bytes that one picture may take; with those of Python and Pillow, its process stays below 500 MB."""

Reserve: TypeAlias = Callable[[int], None]
"""A function that waits until a picture may take a number of bytes; raises Undecodable for too many."""

_PAGE = 24  # bytes for each pixel of the finished picture, while it is encoded and compared
_PLAIN = 5  # decoded, and reduced
_CONVERTED = 9  # with transparency, a palette, a profile or deep samples: a second copy of four bytes
_DEEP = 11  # 16 and 32 bits: wide copies on the way to 8
# Decoders that hold copies of their own. HEIC and AVIF: their planes, 3 bytes of RGB twice, of which Pillow's 4 bytes take
# the place of one; measured 7.1 to 7.7 (HEIC) and 8.0 to 8.3 (AVIF) for 12 to 48 million pixels with colors at half size.
_HEIF = 6.7  # and the planes
_ALPHA = 3.6
_WEBP, _WEBP_ALPHA = 12.6, 14.5  # two frames of 4 bytes and a copy: 12.1 to 12.6, and 14.2


def within_reason(size: int) -> None:
    """Reserve memory that no other picture needs: only more than `MAX_MEMORY` is refused."""
    if size > MAX_MEMORY:
        reason = f"needs more memory than allowed: about {size // 1_000_000} MB"
        raise Undecodable(reason)


def needed(image: Image.Image, data: bytes, decoded: Size, page: Size) -> int:
    """Return the bytes that an opened image takes while it is decoded or, where that is more, while it is encoded.

    `data` is its file, `decoded` the size at which it comes out of its codec, `page` the size that it gets on the page.
    """
    if image.format in {"HEIF", "AVIF"}:
        pixel = _HEIF + _planes(image, data) + (_ALPHA if "A" in image.getbands() else 0)
    elif image.format == "WEBP":
        pixel = _webp_pixel(data)
    elif image.mode.startswith("I") or image.mode == "F":
        pixel = _DEEP
    else:
        converted = image.mode not in {"L", "RGB", "YCbCr"} or "transparency" in image.info
        pixel = _CONVERTED if converted else _PLAIN
    return max(round(decoded[0] * decoded[1] * pixel), page[0] * page[1] * _PAGE)


def _planes(image: Image.Image, data: bytes) -> float:
    """Return the bytes of lightness and colors for each pixel of an AVIF or HEIC file; the most where it does not say."""
    if image.format == "AVIF":
        # The third byte of the box: AV1 Codec ISO Media File Format Binding, section 2.3.3.
        at = data.find(b"av1C", 0, HEAD_SIZE)
        flags = data[at + 6] if 0 < at < len(data) - 6 else 0x40
        deep, half = bool(flags & 0x40), bool(flags & 0x08)
    else:
        deep, half = image.info.get("bit_depth") != 8, image.info.get("chroma") in {400, 420}
    return (1.5 if half else 3) * (2 if deep else 1)


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
    return round(width * height * _webp_pixel(data))


def _webp_pixel(data: bytes) -> float:
    transparent = data[20] & 0x10 if data[12:16] == b"VP8X" else data[24] & 0x10 if data[12:16] == b"VP8L" else 0
    return _WEBP_ALPHA if transparent else _WEBP
