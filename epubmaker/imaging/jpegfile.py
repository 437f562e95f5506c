"""A JPEG file's segments (ITU-T T.81, annex B): what kind it is, and the same picture without its metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from epubmaker.imaging.sniff import Undecodable

__all__ = ["JpegFile", "read_jpeg"]

_EOI, _SOS, _DQT, _DHT, _DRI = 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
_APP0, _APP2, _APP14 = 0xE0, 0xE2, 0xEE
_BASELINE = 0xC0
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_NEEDED = frozenset((_BASELINE, _DQT, _DHT, _DRI, _SOS))
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
# A camera's file with previews and maps of depth has about 200 segments. Pillow too reads them one by one, and keeps them.
_MAX_SEGMENTS = 5_000
_MAX_FILL = 65_536  # bytes of 0xFF before a marker, which Pillow reads one by one
_FILL = re.compile(rb"\xff+")
# The end of a scan's data: 0xFF and a byte that is no stuffed zero, no restart marker and no fill byte.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
# Horizontal and vertical sampling factors of three components.
_SAMPLINGS = frozenset(((0x11, 0x11, 0x11), (0x21, 0x11, 0x11), (0x22, 0x11, 0x11), (0x12, 0x11, 0x11)))


@dataclass(frozen=True, slots=True)
class JpegFile:
    """What the segments of a JPEG file tell.

    `complete`: it ends in an end-of-image marker. `scans`: the number of passes in which it is stored. `gray`: it has one
    component. `luma`: its first component is lightness, so it is gray or Y'CbCr. `simple`: it is baseline (SOF0:
    sequential, Huffman, 8 bits), gray or in Y'CbCr at one of the usual samplings. `step`: the mean quantization step of
    the first table, 0 without one; the larger, the lower the quality (table K.1 of T.81, on which the usual scale of
    qualities is built, has 57.6 at quality 50). `coefficients`: the bytes for each pixel that a decoder holds of a picture
    in several scans: 3 at the usual sampling, 6 at full; 0 for one scan. `stripped`: the file with only the segments that
    a decoder needs, for the same pixels.
    """

    complete: bool
    gray: bool
    progressive: bool
    scans: int
    luma: bool
    simple: bool
    step: float
    coefficients: float
    profile: bytes | None
    stripped: bytes


def read_jpeg(data: bytes) -> JpegFile | None:
    """Read the segments of a JPEG; None where they cannot be followed up to the picture.

    Raises Undecodable for more segments, or more fill bytes before one, than any picture has.
    """
    frame, frame_code, scans, step, adobe, jfif, complete = b"", 0, 0, 0.0, None, False, False
    kept, profile = [b"\xff\xd8", _JFIF], []
    for code, start, end in _segments(data):
        body = data[start + 4 : end]
        if code in _NEEDED:
            kept.append(data[start:end])
        scans += code == _SOS
        if code in _FRAMES:
            frame, frame_code = body, code
        elif code == _DQT:
            step = step or _mean_step(body)
        elif code == _EOI:
            complete = True
        elif code == _APP0 and body[:5] == b"JFIF\x00":
            jfif = True
        elif code == _APP2 and body[:12] == b"ICC_PROFILE\x00":
            profile.append(body[12:])
        elif code == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
    if not frame:
        return None
    luma = _is_luma(frame, adobe, jfif=jfif)
    return JpegFile(
        complete=complete,
        gray=frame[5:6] == b"\x01",
        luma=luma,
        progressive=frame_code in _PROGRESSIVE,
        scans=scans,
        simple=luma and frame_code == _BASELINE and _is_usual(frame),
        step=step,
        coefficients=_coefficients(frame) if scans > 1 or frame_code in _PROGRESSIVE else 0.0,
        profile=b"".join(part[2:] for part in sorted(profile)) or None,
        stripped=b"".join((*kept, b"\xff\xd9")),
    )


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield (marker code, start, end) of each segment up to the end of the image; a scan's data belong to its segment."""
    at = 2
    count = 0
    while at + 4 <= len(data) and (marker := _FILL.match(data, at)):
        count += 1
        if count > _MAX_SEGMENTS or marker.end() - at > _MAX_FILL:
            reason = f"more than {_MAX_SEGMENTS} segments, or {_MAX_FILL} bytes of nothing before one"
            raise Undecodable(reason)
        at = marker.end() - 1
        if at + 4 > len(data) or data[at + 1] == _EOI:
            break
        code = data[at + 1]
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end < at + 4 or end > len(data):
            return
        if code == _SOS:
            following = _NEXT_MARKER.search(data, end)
            end = following.start() if following else len(data)
        yield code, at, end
        at = end
    if data[at : at + 2] == b"\xff\xd9":
        yield _EOI, at, at + 2


def _mean_step(tables: bytes) -> float:
    """Return the mean of the first table in the body of a DQT segment (B.2.4.1), 0 where it is not whole."""
    if tables[:1] >= b"\x10":  # 16 bits a step
        return (256 * sum(tables[1:129:2]) + sum(tables[2:129:2])) / 64
    return sum(tables[1:65]) / 64


def _coefficients(frame: bytes) -> float:
    factors = [(value >> 4, value & 15) for value in frame[7::3]]
    most = max((wide for wide, _ in factors), default=1) * max((high for _, high in factors), default=1)
    return 2 * sum(wide * high for wide, high in factors) / max(1, most)


def _is_luma(frame: bytes, adobe: int | None, *, jfif: bool) -> bool:
    """Tell whether the components of a frame header (B.2.2) are lightness alone, or lightness and two colors."""
    count = frame[5] if len(frame) > 5 and len(frame) >= 6 + 3 * frame[5] else 0
    if count != 3:
        return count == 1
    # Three components are Y'CbCr when JFIF or Adobe's segment says so; without either, by the usual identifiers.
    return adobe == 1 if adobe is not None else jfif or frame[6::3][:3] == b"\x01\x02\x03"


def _is_usual(frame: bytes) -> bool:
    """Tell whether a frame header has the precision and the sampling that every reader shows alike."""
    if len(frame) < 6 or frame[0] != 8 or len(frame) < 6 + 3 * frame[5]:
        return False
    samplings = tuple(frame[7 + 3 * index] for index in range(frame[5]))
    return len(samplings) == 1 or samplings in _SAMPLINGS
