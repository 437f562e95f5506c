"""Decodes a picture file into upright, opaque sRGB pixels at the size of the page.

The steps are in this order, since each leaves fewer pixels to the next: decode (at a fraction of the size where the
codec can), shrink, turn upright, flatten, convert colors. JPEG photographs, which most pictures of articles are, can
stay in Y'CbCr, in which they are stored (`planes`). A JPEG that need not change is read to its end and hardly decoded
(`unchanged`).

Memory is reserved before a picture is decoded (`memory`): its process may take 500 MB at most. A baseline JPEG or JPEG 2000
is decoded at the scale that is needed: 120 million pixels become a quarter at most, a sixteenth at the usual page sizes.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from io import BytesIO
from math import ceil

from PIL import Image, ImageChops, ImageFile, UnidentifiedImageError
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from epubmaker.imaging import color
from epubmaker.imaging.fit import Size, resize, resize_planes, target_size
from epubmaker.imaging.jpegfile import JpegFile, read_jpeg
from epubmaker.imaging.memory import Reserve, needed, needed_to_open, within_reason
from epubmaker.imaging.sample import is_drawing, sample
from epubmaker.imaging.sniff import Format, Undecodable, sniff, what_it_is

__all__ = ["MAX_PIXELS", "MAX_PROGRESSIVE_PIXELS", "MAX_SCALED_PIXELS", "Decoded", "decode", "is_flat", "unchanged"]

MAX_PIXELS = 51_000_000  # cameras of telephones have 48 to 50 million
MAX_PROGRESSIVE_PIXELS = 60_000_000
MAX_SCALED_PIXELS = 120_000_000
_MAX_SCANS = 100  # a progressive JPEG has about ten
_MAX_SCANNED = 1_200_000_000  # pixels of all scans together
_MAX_ICON = 4_000_000  # pixels of a picture in an icon file, whose size is seen only when it is decoded
_ENOUGH = 0.5  # of a truncated picture's rows; with less, it is not the picture any more
_MOST_FRAMES, _MOST_FRAME_PIXELS = 60, 60_000_000  # of an animation, among which one is looked for that shows something
_MOST_SOUGHT = 2_000_000  # pixels of a frame; the decoder of a larger one is freed before it is copied
_SMALL = 64  # pixels; smaller pictures may be decoration
_MODEST, _MOST = 0.25, 1.0  # bytes a pixel, for any JPEG and for one with coarse steps
_COARSE = 14.0  # mean quantization step, that of qualities below 88
# The codec's fractions are coarser than Lanczos, which shows unless it has something left to do: of 4000 pixels to 954,
# a quarter (1000) made the SSIM 0.979 where half (2000) made it 0.985.
_AMPLE = 1.25
_PERHAPS_DRAWN = 0.4  # flatness of what may be a drawing once it is smaller
_ANIMATED = frozenset(("GIF", "PNG", "WEBP", "AVIF"))
_ICONS = frozenset(("ICO", "CUR", "ICNS"))

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

    `image` is upright, in mode L or RGB (YCbCr where `planes` allowed it), sRGB, fitted into the box that was asked
    for. `size` is the upright size of the file's picture before that. `jpeg` holds the segments of a JPEG file.
    `changed` says that pixels are not the file's own at its own size: turned, resized, converted or cropped. `kept` is
    the part of the rows that could be decoded, 1.0 for all. `blank`: wholly transparent. `scale` is the number of pixels
    for each one of a drawing's own size.
    """

    image: Image.Image
    size: Size
    file_format: Format
    changed: bool
    animated: bool = False
    kept: float = 1.0
    blank: bool = False
    jpeg: JpegFile | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class _Wish:
    """The box for a picture, and the kind of pixels that are asked for."""

    box: Size
    gray: bool = False
    planes: bool = False
    reserve: Reserve = within_reason


def decode(
    data: bytes, box: Size, *, gray: bool = False, planes: bool = False, reserve: Reserve = within_reason
) -> Decoded:
    """Decode a picture file whole and fit it into `box` (a strip: to its width); `gray` asks for mode L.

    With `planes`, a photograph that is stored as Y'CbCr and made smaller comes in mode YCbCr, its colors as coarse as a
    JPEG of the usual kind will have them. `reserve` is called with the bytes of memory that the picture takes, before
    it is decoded. Raises Undecodable, or MemoryError where the limits of the process are tighter than ours.
    """
    file_format = sniff(data)
    if file_format is None:
        raise Undecodable(what_it_is(data))
    wish = _Wish(box, gray=gray, planes=planes, reserve=reserve)
    try:
        if file_format.name == "SVG":
            from epubmaker.imaging import svg  # noqa: PLC0415 - 6 ms in each worker, and few books have any

            png, scale = svg.rasterize(data, box, reserve)
            return replace(_finished(_load(png, _PNG, None, wish), file_format, None, wish), scale=scale)
        jpeg = read_jpeg(data) if file_format.name == "JPEG" else None
        with _pillow_errors(), _icons_bounded(file_format):
            return _finished(_load(data, file_format, jpeg, wish), file_format, jpeg, wish)
    except Undecodable as error:
        reason = f"{file_format.title} that cannot be decoded: {error}"
        raise Undecodable(reason) from error


def unchanged(data: bytes, box: Size, *, gray: bool = False) -> tuple[JpegFile, Size, bool] | None:
    """Return the segments and the size of a JPEG that can stay as it is, and whether it has one color; else None.

    It is whole, baseline, upright, in sRGB, no larger than the box, gray if that is asked for, not large for its
    pixels, and larger than decoration. It is decoded at an eighth of its size, which still reads the whole file
    and fails where that is cut, but takes 2.4 ms instead of 4.6 ms at 1200 x 800.
    """
    file_format = sniff(data)
    jpeg = read_jpeg(data) if file_format is not None and file_format.name == "JPEG" else None
    if file_format is None or jpeg is None or not (jpeg.simple and jpeg.complete) or (gray and not jpeg.gray):
        return None
    with suppress(Undecodable), _pillow_errors():
        image, size = _opened(data, file_format, jpeg, _Wish((1, 1)))
        fits = min(size) > _SMALL and size[0] <= box[0] and size[1] <= box[1]
        if fits and _is_modest(jpeg, size) and _is_upright_srgb(image):
            image.load()
            return jpeg, size, is_flat(image)
    return None


def is_flat(image: Image.Image) -> bool:
    """Tell whether all pixels have one color; the first other one ends the search."""
    return image.getcolors(1) is not None


def _is_modest(jpeg: JpegFile, size: Size) -> bool:
    """Tell whether a JPEG is not worth encoding again: only one of quality 88 or more becomes much smaller."""
    bytes_a_pixel = len(jpeg.stripped) / (size[0] * size[1])
    return bytes_a_pixel <= (_MOST if jpeg.step >= _COARSE else _MODEST)


def _is_upright_srgb(image: Image.Image) -> bool:
    return _orientation(image) == 1 and color.is_srgb(image.info.get("icc_profile"))


_PNG = Format("PNG", "PNG", "PIL.PngImagePlugin")


@dataclass(frozen=True, slots=True)
class _Loaded:
    image: Image.Image
    full_size: Size
    orientation: int
    animated: bool
    kept: float


def _finished(loaded: _Loaded, file_format: Format, jpeg: JpegFile | None, wish: _Wish) -> Decoded:
    image, full = loaded.image, loaded.full_size
    orientation, animated, kept = loaded.orientation, loaded.animated, loaded.kept
    del loaded  # each copy of a large picture is freed once the next is made
    turn = _UPRIGHT.get(orientation)
    if orientation >= 5:
        full = full[1], full[0]
    wanted = target_size(full, wish.box)
    size = wanted if orientation < 5 else (wanted[1], wanted[0])
    changed = kept < 1
    if jpeg is not None and image.mode == "YCbCr" and not is_drawing(sample(image), flat=_PERHAPS_DRAWN):
        small = resize_planes(image, size)
        final = small.transpose(turn) if turn is not None else small
        changed = changed or final is not image
    else:
        profile = image.info.get("icc_profile")
        plain = color.plain(image)
        changed = changed or plain is not image
        del image
        small = resize(plain, size)
        flat = color.flatten(small.transpose(turn) if turn is not None else small)
        final = color.to_srgb(flat, profile)
        if wish.gray and final.mode != "L":
            final = final.convert("L")
        changed = changed or final is not plain
    return Decoded(final, full, file_format, changed or final.size != full, animated, kept, _is_blank(small), jpeg)


def _load(data: bytes, file_format: Format, jpeg: JpegFile | None, wish: _Wish) -> _Loaded:
    """Load a picture strictly; where that fails, load the part that is there."""
    try:
        return _loaded(*_opened(data, file_format, jpeg, wish))
    except (Undecodable, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - Pillow's decoders raise nearly every type there is on broken files
        reason = _reason(error)
    if jpeg and jpeg.progressive and not jpeg.complete:
        data += b"\xff\xd9"  # with an end marker, libjpeg shows the scans that it has
    with _truncated_allowed():
        try:
            loaded = _loaded(*_opened(data, file_format, jpeg, replace(wish, planes=False)))
        except (Undecodable, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - as above
            raise Undecodable(reason) from None
    return _without_missing_rows(loaded, reason, padding=128 if jpeg else 0)


def _opened(data: bytes, file_format: Format, jpeg: JpegFile | None, wish: _Wish) -> tuple[Image.Image, Size]:
    """Open a file so that no more of it is decoded than is needed; return it with its own size."""
    _import_plugin(file_format)
    if file_format.name == "WEBP":
        wish.reserve(needed_to_open(data))
    image = Image.open(BytesIO(data), formats=(file_format.name,))
    if file_format.name == "PNG":
        _scale_key(image, depth=data[24])
    limit = MAX_SCALED_PIXELS if file_format.scales else MAX_PIXELS
    if jpeg and jpeg.progressive:
        limit = MAX_PROGRESSIVE_PIXELS
    if image.width * image.height > limit:
        reason = f"{image.width} x {image.height} pixels; more than {limit // 1_000_000} million are not decoded"
        raise Undecodable(reason)
    if jpeg and (jpeg.scans > _MAX_SCANS or jpeg.scans * image.width * image.height > _MAX_SCANNED):
        reason = f"{jpeg.scans} scans, each of which takes as long as a picture"
        raise Undecodable(reason)
    full = decoded = image.size
    page = target_size(full, wish.box)
    if file_format.name == "JPEG":
        if _orientation(image) >= 5:
            height, width = target_size((full[1], full[0]), wish.box)
            page = width, height
        ample = ceil(page[0] * _AMPLE), ceil(page[1] * _AMPLE)
        image.draft(_draft_mode(image, jpeg, wish, smaller=page != full), ample)
        decoded = image.size
    elif isinstance(image, Jpeg2KImageFile):
        steps = 0
        while steps < 5 and image.width >> (steps + 1) >= page[0] and image.height >> (steps + 1) >= page[1]:
            steps += 1
        image.reduce = steps
        decoded = image.width >> steps, image.height >> steps
    stored = 2 * len(data) + (full[0] * full[1] * jpeg.coefficients if jpeg else 0)
    wish.reserve(round(stored) + needed(image, data, decoded, page))
    return image, full


def _draft_mode(image: Image.Image, jpeg: JpegFile | None, wish: _Wish, *, smaller: bool) -> str | None:
    """Return the mode that libjpeg is to decode to, None for the file's own."""
    if image.mode != "RGB":
        return None
    if wish.gray:
        return "L"
    stored = jpeg is not None and jpeg.luma and color.is_srgb(image.info.get("icc_profile"))
    return "YCbCr" if wish.planes and smaller and stored else None


def _import_plugin(file_format: Format) -> None:
    """Import Pillow's plugin for a format, on its first use."""
    if file_format.plugin is None:
        reason = "there is no decoder for this format"
        raise Undecodable(reason)
    try:
        plugin = import_module(file_format.plugin)
    except ImportError as error:
        reason = "its decoder is not installed (for HEIC: pip install 'epubmaker[heic]')"
        raise Undecodable(reason) from error
    # One thread: there is a worker for each core, and the stacks of threads count in the memory of the worker.
    if file_format.name == "AVIF":
        vars(plugin)["DEFAULT_MAX_THREADS"] = 1
    elif file_format.name == "HEIF":
        vars(import_module("pillow_heif.options"))["DECODE_THREADS"] = 1


def _loaded(image: Image.Image, full: Size) -> _Loaded:
    animated = image.format in _ANIMATED and bool(getattr(image, "is_animated", False))
    seeks = animated and image.width * image.height <= _MOST_SOUGHT
    if image.format in {"WEBP", "AVIF"} and not seeks:
        _release_decoder(image)
    image.load()
    if seeks and _shows_nothing(image):
        _seek_something(image)
    return _Loaded(image, full, _orientation(image), animated, 1.0)


def _seek_something(image: Image.Image) -> None:
    """Go to the first frame of an animation that shows something; to the first one where none of the next does."""
    most = min(_MOST_FRAMES, _MOST_FRAME_PIXELS // (image.width * image.height))
    for frame in range(1, most):
        try:
            image.seek(frame)
            image.load()
        except (EOFError, OSError, SyntaxError, ValueError):
            break
        if not _shows_nothing(image):
            return
    with suppress(EOFError, OSError, SyntaxError, ValueError):
        image.seek(0)
        image.load()


def _shows_nothing(image: Image.Image) -> bool:
    """Tell whether a picture is wholly transparent, or of one color."""
    seen = image.convert("RGBA") if image.mode in {"P", "PA"} else image
    return _is_blank(seen) or seen.getcolors(1) is not None


def _release_decoder(image: Image.Image) -> None:
    """Free a decoder before Pillow copies its pixels, which saves 1.5 (AVIF) or 4 (WebP) bytes a pixel."""
    assert isinstance(image, ImageFile.ImageFile)  # noqa: S101 - for the type checker: it was opened
    prepare = image.load_prepare

    def load_prepare() -> None:
        vars(image)["_decoder"] = None
        prepare()

    vars(image)["load_prepare"] = load_prepare


@contextmanager
def _icons_bounded(file_format: Format) -> Iterator[None]:
    """Make Pillow refuse pictures in icon files that are larger than icons are, by a setting of the whole process."""
    before = Image.MAX_IMAGE_PIXELS
    if file_format.name in _ICONS:
        Image.MAX_IMAGE_PIXELS = _MAX_ICON // 2  # more than twice the setting is an error
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _scale_key(image: Image.Image, depth: int) -> None:
    """Bring a PNG's transparent color to 8 bits where Pillow did that to the samples alone (PNG, section 11.3.2.1)."""
    key = image.info.get("transparency")
    if image.mode == "L" and isinstance(key, int) and depth < 8:
        image.info["transparency"] = key * 255 // ((1 << depth) - 1)
    elif image.mode == "RGB" and isinstance(key, tuple) and depth == 16:
        image.info["transparency"] = tuple(value >> 8 for value in key)


def _orientation(image: Image.Image) -> int:
    with suppress(Exception):  # a broken EXIF block is ignored
        orientation = int(image.getexif().get(_ORIENTATION, 1))
        return orientation if 1 <= orientation <= 8 else 1
    return 1


def _without_missing_rows(loaded: _Loaded, reason: str, padding: int) -> _Loaded:
    """Crop the rows without data, which decoders leave black, and libjpeg gray.

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
    """Return the message of Pillow's error, or another where it is empty or names an object in memory."""
    if isinstance(error, UnidentifiedImageError):
        return "its header makes no sense"
    if isinstance(error, Image.DecompressionBombError):
        return "more pixels than allowed"
    return " ".join(str(error).split())[:120] or type(error).__name__


@contextmanager
def _truncated_allowed() -> Iterator[None]:
    """Let Pillow return the decoded part of a file that ends early, by a setting of the whole process."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


@contextmanager
def _pillow_errors() -> Iterator[None]:
    """Ignore Pillow's warnings (odd metadata, size limits above ours), and raise its errors as Undecodable."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except (Undecodable, MemoryError):
            raise
        except Exception as error:
            raise Undecodable(_reason(error)) from error
