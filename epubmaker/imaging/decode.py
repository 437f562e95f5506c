"""A picture file's bytes to upright, opaque sRGB pixels at the size of the page.

What is paid for in this order, because each step has fewer pixels to work on than the one before: decode (at a fraction
of the size where the codec can), shrink, turn upright, flatten, convert colours.

Memory, measured: a picture of p pixels takes 4p bytes for Pillow's copy, 8p to 10p where transparency is resolved or a
profile applied, and 16p in WebP and AVIF, whose codecs hold two copies of their own.  At 40 million pixels that is 640 MB.
A progressive JPEG takes 6p bytes for its coefficients: 360 MB at its 60 million.  A baseline JPEG or JPEG 2000 is decoded
at the scale that is needed: of 120 million pixels at most a quarter come to be, at the usual page sizes a sixteenth.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from io import BytesIO

from PIL import Image, ImageChops, ImageFile, UnidentifiedImageError
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from epubmaker.imaging import colour, svg
from epubmaker.imaging.fit import Size, resize, target_size
from epubmaker.imaging.jpegfile import JpegFile, read_jpeg
from epubmaker.imaging.sniff import Format, sniff
from epubmaker.imaging.undecodable import Undecodable

__all__ = ["MAX_PIXELS", "MAX_PROGRESSIVE_PIXELS", "MAX_SCALED_PIXELS", "Decoded", "decode"]

MAX_PIXELS = 40_000_000
MAX_PROGRESSIVE_PIXELS = 60_000_000
MAX_SCALED_PIXELS = 120_000_000
_MAX_SCANS = 100  # a progressive JPEG has about ten
_ENOUGH = 0.5  # of a truncated picture's rows; with less, it is not the picture any more
_ANIMATED = frozenset(("GIF", "PNG", "WEBP", "AVIF"))

# EXIF orientation (tag 0x0112) to what undoes it.
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture's pixels.

    `image` is upright, in mode L or RGB, sRGB, fitted into the box that was asked for.  `size` is the upright size of
    the file's picture before that.  `form` is the file's format, `jpeg` holds the segments of a JPEG.  `changed` says that
    pixels are not the file's own at its own size: turned, resized, converted or cropped.  `kept` is the part of the rows
    that could be decoded, 1.0 for all.  `blank`: wholly transparent.
    """

    image: Image.Image
    size: Size
    form: Format
    changed: bool
    animated: bool = False
    kept: float = 1.0
    blank: bool = False
    jpeg: JpegFile | None = None


def decode(data: bytes, box: Size, *, grey: bool = False) -> Decoded:
    """Decode a picture file whole and fit it into `box` (a strip: to its width); `grey` asks for mode L.

    Raises Undecodable, or MemoryError where the limits of the process are tighter than ours.
    """
    form = sniff(data)
    if form is None:
        raise Undecodable(_what_it_is(data))
    try:
        if form.name == "SVG":
            return _finished(_load(svg.rasterise(data, box), _PNG, box, None, grey=grey), form, None, box, grey=grey)
        jpeg = read_jpeg(data) if form.name == "JPEG" else None
        with _pillow_errors():
            return _finished(_load(data, form, box, jpeg, grey=grey), form, jpeg, box, grey=grey)
    except Undecodable as error:
        reason = f"{form.title} that cannot be decoded: {error}"
        raise Undecodable(reason) from error


_PNG = Format("PNG", "PNG", "PIL.PngImagePlugin")


@dataclass(frozen=True, slots=True)
class _Loaded:
    image: Image.Image
    full_size: Size
    orientation: int
    animated: bool
    kept: float


def _finished(loaded: _Loaded, form: Format, jpeg: JpegFile | None, box: Size, *, grey: bool) -> Decoded:
    image, full = loaded.image, loaded.full_size
    turn = _UPRIGHT.get(loaded.orientation)
    if loaded.orientation >= 5:
        full = full[1], full[0]
    profile = image.info.get("icc_profile")
    pixels = colour.plain(image)
    wanted = target_size(full, box)
    small = resize(pixels, wanted if loaded.orientation < 5 else (wanted[1], wanted[0]))
    flat = colour.flatten(small.transpose(turn) if turn is not None else small)
    final = colour.to_srgb(flat, profile)
    if grey and final.mode != "L":
        final = final.convert("L")
    changed = final is not image or loaded.kept < 1
    return Decoded(final, full, form, changed, loaded.animated, loaded.kept, _is_blank(small), jpeg)


def _load(data: bytes, form: Format, box: Size, jpeg: JpegFile | None, *, grey: bool) -> _Loaded:
    """Load strictly; where that fails, load what is there."""
    try:
        return _loaded(_opened(data, form, box, jpeg, grey=grey))
    except (Undecodable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise nearly every type there is on broken files
        reason = _reason(error)
    if jpeg and jpeg.progressive and not jpeg.complete:
        data += b"\xff\xd9"  # libjpeg shows the scans that it has once it believes that no more will come
    with _truncated_allowed():
        try:
            loaded = _loaded(_opened(data, form, box, jpeg, grey=grey))
        except (Undecodable, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - as above
            raise Undecodable(reason) from None
    return _without_missing_rows(loaded, reason, padding=128 if jpeg else 0)


def _opened(data: bytes, form: Format, box: Size, jpeg: JpegFile | None, *, grey: bool) -> Image.Image:
    _teach(form)
    image = Image.open(BytesIO(data), formats=(form.name,))
    limit = MAX_SCALED_PIXELS if form.scales else MAX_PIXELS
    if jpeg and jpeg.progressive:
        limit = MAX_PROGRESSIVE_PIXELS
    if image.width * image.height > limit:
        reason = f"{image.width} x {image.height} pixels; more than {limit // 1_000_000} million are not decoded"
        raise Undecodable(reason)
    if jpeg and jpeg.scans > _MAX_SCANS:
        reason = f"{jpeg.scans} scans, each of which takes as long as a picture"
        raise Undecodable(reason)
    wanted = target_size(image.size, box)
    if form.name == "JPEG":
        turned = target_size((image.height, image.width), box)
        needed = max(wanted[0], turned[1]), max(wanted[1], turned[0])
        image.draft("L" if grey and image.mode == "RGB" else None, needed)
    elif isinstance(image, Jpeg2KImageFile):
        steps = 0
        while steps < 5 and image.width >> (steps + 1) >= wanted[0] and image.height >> (steps + 1) >= wanted[1]:
            steps += 1
        image.reduce = steps
    return image


def _teach(form: Format) -> None:
    """Have Pillow know the format: each plugin is imported when it is first needed, not all of them at once."""
    if form.plugin is None:
        reason = "there is no decoder for this format"
        raise Undecodable(reason)
    try:
        plugin = import_module(form.plugin)
    except ImportError as error:
        reason = "its decoder is not installed (for HEIC: pip install 'epubmaker[heic]')"
        raise Undecodable(reason) from error
    if form.name == "AVIF":
        # One thread: there is a worker for each core, and each thread's stack counts in the worker's address space.
        vars(plugin)["DEFAULT_MAX_THREADS"] = 1


def _loaded(image: Image.Image) -> _Loaded:
    full = image.size
    animated = image.format in _ANIMATED and bool(getattr(image, "is_animated", False))
    image.load()
    orientation = 1
    with suppress(Exception):  # a broken EXIF block says nothing: the picture stands as it is
        orientation = int(image.getexif().get(_ORIENTATION, 1))
    return _Loaded(image, full, orientation if 1 <= orientation <= 8 else 1, animated, 1.0)


def _without_missing_rows(loaded: _Loaded, reason: str, padding: int) -> _Loaded:
    """Crop the rows that no data were there for: a decoder leaves them black, libjpeg makes them grey.

    They are the last ones, or the first of a format that is stored from the bottom up.
    """
    image = loaded.image
    reached = image
    if padding and image.mode in {"L", "RGB", "CMYK"}:
        reached = ImageChops.difference(image, Image.new(image.mode, image.size, (padding,) * len(image.getbands())))
        reached = reached.point(lambda value: 255 if value > 2 else 0)
    box = reached.getbbox(alpha_only=False)
    if _is_blank(image):  # the transparency was in the part that is missing
        raise Undecodable(reason)
    if box is None or (kept := (box[3] - box[1]) / image.height) < _ENOUGH:
        raise Undecodable(reason)
    if kept == 1:
        return loaded
    full = loaded.full_size[0], max(1, round(loaded.full_size[1] * kept))
    return _Loaded(image.crop((0, box[1], image.width, box[3])), full, loaded.orientation, loaded.animated, kept)


def _is_blank(image: Image.Image) -> bool:
    return image.mode in {"LA", "RGBA"} and image.getchannel("A").getextrema()[1] == 0


def _reason(error: Exception) -> str:
    """Word what Pillow raised, which may be nothing, or name an object in memory."""
    if isinstance(error, UnidentifiedImageError):
        return "its header makes no sense"
    return " ".join(str(error).split())[:120] or type(error).__name__


@contextmanager
def _truncated_allowed() -> Iterator[None]:
    """Let Pillow return what it has decoded when the file ends; it is a switch for the whole process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@contextmanager
def _pillow_errors() -> Iterator[None]:
    """Keep Pillow's warnings (odd metadata, its own size limits) away: our limits are tighter, and errors are values."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except Image.DecompressionBombError as error:
            reason = "more pixels than allowed"
            raise Undecodable(reason) from error
        except (Undecodable, MemoryError):
            raise
        except Exception as error:
            raise Undecodable(_reason(error)) from error


_OTHERS: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"<!doctype html", b"<html", b"<head", b"<body"), "an HTML page, not a picture"),
    ((b"{", b"["), "JSON, not a picture"),
    ((b"<",), "XML, not a picture"),
    ((b"%pdf",), "a PDF, not a picture"),
)


def _what_it_is(data: bytes) -> str:
    """Say what a file is that no decoder knows."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        return "an empty file"
    for beginnings, name in _OTHERS:
        if start.startswith(beginnings):
            return name
    return "a video, not a picture" if data[4:8] == b"ftyp" else "not a picture format that is known"
