"""Which picture format a file is, by its first bytes alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Format", "sniff", "what_it_is"]


@dataclass(frozen=True, slots=True)
class Format:
    """A picture format: `name` is Pillow's, `title` for people, `plugin` the module that teaches Pillow to read it.

    `plugin` None: there is none. `scales` says that its decoder can work at a fraction of the size, so that
    a large picture needs little memory.
    """

    name: str
    title: str
    plugin: str | None = None
    scales: bool = False


_JPEG = Format("JPEG", "JPEG", "PIL.JpegImagePlugin", scales=True)
_TIFF = Format("TIFF", "TIFF", "PIL.TiffImagePlugin")
_JPEG2000 = Format("JPEG2000", "JPEG 2000", "PIL.Jpeg2KImagePlugin", scales=True)
_AVIF = Format("AVIF", "AVIF", "PIL.AvifImagePlugin")
_HEIF = Format("HEIF", "HEIC", "pillow_heif.HeifImagePlugin")
_JXL = Format("JXL", "JPEG XL")
_SVG = Format("SVG", "SVG")

# Formats with a signature of their own, and no others: a decoder that takes any bytes (TGA) would turn rubbish into
# pictures, and one that runs a program on them (EPS, WMF) is not for strangers' files.
_SIGNATURES: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", _JPEG),
    (b"\x89PNG\r\n\x1a\n", Format("PNG", "PNG", "PIL.PngImagePlugin")),
    (b"GIF87a", Format("GIF", "GIF", "PIL.GifImagePlugin")),
    (b"GIF89a", Format("GIF", "GIF", "PIL.GifImagePlugin")),
    (b"II*\x00", _TIFF),
    (b"MM\x00*", _TIFF),
    (b"II+\x00", _TIFF),
    (b"MM\x00+", _TIFF),
    (b"BM", Format("BMP", "BMP", "PIL.BmpImagePlugin")),
    (b"\x00\x00\x01\x00", Format("ICO", "ICO", "PIL.IcoImagePlugin")),
    (b"\x00\x00\x02\x00", Format("CUR", "CUR", "PIL.CurImagePlugin")),
    (b"icns", Format("ICNS", "ICNS", "PIL.IcnsImagePlugin")),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", _JPEG2000),
    (b"\xff\x4f\xff\x51", _JPEG2000),
    (b"qoif", Format("QOI", "QOI", "PIL.QoiImagePlugin")),
    (b"8BPS", Format("PSD", "Photoshop", "PIL.PsdImagePlugin")),
    (b"DDS ", Format("DDS", "DDS", "PIL.DdsImagePlugin")),
    (b"\x01\xda", Format("SGI", "SGI", "PIL.SgiImagePlugin")),
    (b"\x1f\x8b", _SVG),  # gzip: SVGZ is the only picture that comes that way
    (b"\xff\x0a", _JXL),
    (b"\x00\x00\x00\x0cJXL ", _JXL),
)
_PATTERNS: tuple[tuple[re.Pattern[bytes], Format], ...] = (
    (re.compile(rb"RIFF....WEBP", re.DOTALL), Format("WEBP", "WebP", "PIL.WebPImagePlugin")),
    (re.compile(rb"P(?:[1-7]|[yfF]|0CMYK)[\s#]"), Format("PPM", "Netpbm", "PIL.PpmImagePlugin")),
    (re.compile(rb"\x0a[\x00\x02\x03\x05]\x01[\x01\x02\x04\x08]"), Format("PCX", "PCX", "PIL.PcxImagePlugin")),
)
# What stands before the root element is matched atomically: comments alone must not cost more than one look at each.
_SVG_START = re.compile(
    rb"(?:\xef\xbb\xbf)?"
    rb"(?:\s++|(?><\?xml[^>]*>)|(?><!--.*?-->)|(?><!DOCTYPE\s+svg\b[^\[>]*(?:\[.*?\]\s*)?>))*+"
    rb"<(?:\w++:)?svg\b",
    re.DOTALL,
)
_AVIF_BRANDS = frozenset((b"avif", b"avis"))
_HEIF_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"))


def sniff(data: bytes) -> Format | None:
    """Return the format that a file's bytes (at least its first 4 KB) show, or None when it is no picture we know."""
    for signature, form in _SIGNATURES:
        if data.startswith(signature):
            return form
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    for pattern, form in _PATTERNS:
        if pattern.match(data):
            return form
    return _SVG if _SVG_START.match(data[:65_536]) else None


def _iso_media(data: bytes) -> Format | None:
    """Tell AVIF from HEIC: the brands of the first box (ISO/IEC 14496-12) name what the file can be read as."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return _AVIF
    if brands & _HEIF_BRANDS:
        return _HEIF
    return None


_OTHERS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"<!doctype html", b"<html", b"<head", b"<body"), "an HTML page, not a picture"),
    ((b"{", b"["), "JSON, not a picture"),
    ((b"<",), "XML, not a picture"),
    ((b"%pdf",), "a PDF, not a picture"),
)


def what_it_is(data: bytes) -> str:
    """Say what a file is in which `sniff` finds no picture ("an HTML page, not a picture")."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "an empty file"
    for beginnings, name in _OTHERS:
        if start.startswith(beginnings):
            return name
    return "a video, not a picture" if data[4:8] == b"ftyp" else "not a picture format that is known"
