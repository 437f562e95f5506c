"""Tells from the first bytes of a file which picture format it has, or what else it is.

Names and headers that come with a picture are wrong too often to be relied on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["END_SIZE", "HEAD_SIZE", "Format", "Undecodable", "is_whole", "not_a_picture", "sniff", "what_it_is"]

HEAD_SIZE = 4096
"""Number of bytes at the start of a file that decide what it is."""


class Undecodable(Exception):  # noqa: N818 - it names the picture's state; nothing of ours is in error
    """The bytes are not a picture that can be decoded; the message is a reason for people."""


@dataclass(frozen=True, slots=True)
class Format:
    """A picture format: `name` is Pillow's, `title` for people, `plugin` the module with which Pillow reads it.

    `plugin` None: no such module exists. `scales` says that its decoder can work at a fraction of the size, so that
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

# Only formats with a signature: a decoder that takes any bytes (TGA) would make pictures of anything, and those that run
# programs (EPS, WMF) are not safe for the files of strangers.
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
_ENDS = ((b"\xff\xd8\xff", b"\xff\xd9"), (b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"), (b"GIF8", b";"))
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
    for signature, file_format in _SIGNATURES:
        if data.startswith(signature):
            return file_format
    if data[4:8] == b"ftyp":
        return _iso_media(data)
    for pattern, file_format in _PATTERNS:
        if pattern.match(data):
            return file_format
    return _SVG if _SVG_START.match(data[:65_536]) else None


END_SIZE = 16
"""The number of bytes at either end of a file that `is_whole` looks at."""


def is_whole(head: bytes, tail: bytes) -> bool:
    """Return True where the first and last bytes of a file are those of a whole JPEG, PNG or GIF."""
    return any(head.startswith(start) and tail.rstrip(b"\x00\r\n").endswith(end) for start, end in _ENDS)


def _iso_media(data: bytes) -> Format | None:
    """Tell AVIF from HEIC: the brands of the first box (ISO/IEC 14496-12) name what the file can be read as."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & _AVIF_BRANDS:
        return _AVIF
    if brands & _HEIF_BRANDS:
        return _HEIF
    return None


# --- what is no picture ----------------------------------------------------------------------------------------------

# The patterns are those of the MIME Sniffing Standard (https://mimesniff.spec.whatwg.org/), sections 6 and 7.
# Comments are matched atomically: a page of nothing else must not cost more than one look at each.
_HTML = (
    rb"(?:(?><!--.*?-->)\s*+)*+<(?:!doctype\s+html|html|head|body|script|iframe|h1|div|font|table|a|style|title|b|br|p|meta"
    rb"|span|center|pre)[\s>]"
)
# The first pattern that matches the start of a text decides; None: it may be a picture.
_TEXTS: tuple[tuple[re.Pattern[bytes], str | None], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), verdict)
    for pattern, verdict in (
        (rb"P[1-6][\s#]|/\* XPM \*/|#define\s+\S+_width|%!PS", None),  # Netpbm, XPM, XBM, PostScript
        (rb"%PDF-", "PDF instead of a picture"),
        (_HTML, "HTML page instead of a picture"),
        (rb".*?<(?:\w+:)?svg[\s>]", None),
        (rb"<", "XML instead of a picture"),
        (rb"[{\[]", "JSON instead of a picture"),
        (rb".", "text instead of a picture"),
        (rb"", "white space instead of a picture"),
    )
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Bytes that no text holds: MIME Sniffing Standard, "binary data byte".
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
# How pictures begin, even if they are cut off right there. Two bytes are too few: a text may begin with "BM".
_BEGINNINGS = (b"RIFF", *(signature[:4] for signature, _form in _SIGNATURES if len(signature) > 2))


def not_a_picture(head: bytes) -> str | None:
    """Say what a file is that cannot be a picture ("HTML page instead of a picture"), None where it may be one.

    `head` are its first `HEAD_SIZE` bytes, or all of it where it is shorter. What is neither text nor a known document is
    left to the decoders.
    """
    if not head:
        return "nothing instead of a picture"
    if head.startswith(_BEGINNINGS):
        return None
    text = head if head.startswith(b"%PDF-") else _text(head)
    return None if text is None else next(verdict for pattern, verdict in _TEXTS if pattern.match(text))


def what_it_is(data: bytes) -> str:
    """Say what a file is in which `sniff` finds no picture."""
    if (other := not_a_picture(data[:HEAD_SIZE])) is not None:
        return other
    return "video instead of a picture" if data[4:8] == b"ftyp" else "not a picture format that is known"


def _text(head: bytes) -> bytes | None:
    """Return the head without its byte order mark and leading white space, None when it is binary."""
    if head.startswith(_BYTE_ORDER_MARKS[1:]):  # UTF-16: halves of the code units are enough for the patterns
        return head[2:].replace(b"\x00", b"").lstrip()
    return None if _BINARY.search(head) else head.removeprefix(_BYTE_ORDER_MARKS[0]).lstrip()
