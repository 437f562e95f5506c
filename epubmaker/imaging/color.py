"""Any mode, depth, color profile and transparency to opaque 8-bit sRGB."""

from __future__ import annotations

from functools import cache, lru_cache
from io import BytesIO

from PIL import Image, ImageCms, ImageMath, ImageStat

__all__ = ["flatten", "is_srgb", "plain", "to_srgb"]

_PLAIN = {"PA": "RGBA", "RGBa": "RGBA", "La": "LA", "1": "L"}
_WHITE = (255, 255, 255)
_DARK = (64, 64, 64)
_NEARLY_WHITE = 235
_SRGB_NAMES = (b"sRGB", "sRGB".encode("utf-16-be"), b"IEC 61966-2.1", b"c2ci")  # c2ci: the tiny sRGB profile
_MAX_PROFILE = 4_000_000  # press profiles have 0.5 to 3 MB


def plain(image: Image.Image) -> Image.Image:
    """Return the image in one of the modes that can be resized: L, RGB, LA, RGBA, CMYK or LAB.

    Palettes are resolved, 1-bit, 16-bit, 32-bit and float samples brought to 8 bits.
    """
    mode = image.mode
    # PNG and GIF can declare one color transparent instead of having an alpha channel.
    key = image.info.get("transparency")
    if mode in {"L", "RGB", "LA", "RGBA", "CMYK", "LAB"}:
        return image.convert("RGBA") if key is not None and mode in {"L", "RGB"} else image
    if isinstance(key, int) and (mode == "1" or mode.startswith("I")):
        return Image.merge("LA", (image.convert("L") if mode == "1" else _eight_bits(image), _all_but(image, key)))
    if mode.startswith("I") or mode == "F":
        return _eight_bits(image)
    if mode == "P":
        # An ICNS may be without a palette object, of which `has_transparency_data` takes no account.
        transparent = image.palette is not None and image.has_transparency_data
        return image.convert("RGBA" if transparent else "RGB")
    return image.convert(_PLAIN.get(mode, "RGB"))


def _all_but(image: Image.Image, key: int) -> Image.Image:
    """Return the alpha channel (mode L) that hides the samples of one value, and no other of 16 bits."""
    samples = image.convert("I")
    shown: Image.Image = ImageMath.lambda_eval(lambda images: (images["samples"] != key) * 255, samples=samples)
    return shown.convert("L")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale one channel of 16-bit, 32-bit or float samples; `convert` would clip them."""
    if image.mode.startswith("I;16"):
        low, high = 0.0, 65535.0
    else:
        low, high = _extrema(image)
        if low >= 0 and high <= 1 and image.mode == "F":
            low, high = 0.0, 1.0
        elif low >= 0 and high <= 65535:
            low, high = 0.0, 255.0 if high <= 255 else 65535.0
    if not high > low:  # one value throughout, or not a number
        low, high = 0.0, 65535.0
    factor = 255.0 / (high - low)
    wide = image if image.mode == "F" else image.convert("I").convert("F")
    return wide.point(lambda value: value * factor - low * factor + 0.5).convert("L")


def _extrema(image: Image.Image) -> tuple[float, float]:
    low, high = image.getextrema()
    return (float(low), float(high)) if not isinstance(low, tuple) and not isinstance(high, tuple) else (0.0, 0.0)


def flatten(image: Image.Image) -> Image.Image:
    """Return an LA or RGBA image as L or RGB on white; others as they are.

    An image whose visible part is nearly white (a logo made for a dark page) is set on dark gray: on white it could not
    be seen.
    """
    if image.mode not in {"LA", "RGBA"}:
        return image
    alpha = image.getchannel("A")
    opaque = image.convert("RGB" if image.mode == "RGBA" else "L")
    low, _high = alpha.getextrema()
    if low == 255:
        return opaque
    seen = ImageStat.Stat(opaque.convert("L"), mask=alpha.point([0] * 32 + [255] * 224))
    paper = _DARK if seen.count[0] and seen.extrema[0][0] >= _NEARLY_WHITE else _WHITE
    canvas = Image.new(opaque.mode, opaque.size, paper if opaque.mode == "RGB" else paper[0])
    canvas.paste(opaque, mask=alpha)
    return canvas


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return an L, RGB, CMYK or LAB image as L or RGB in sRGB.

    `profile` is the file's ICC profile. One that says sRGB, that is broken, or that is for another kind of image is
    ignored; CMYK without a profile is converted by its plain formula.
    """
    if image.mode == "LAB":
        return _converted(image, None) or image.convert("L").convert("RGB")
    if profile is not None and not is_srgb(profile):
        converted = _converted(image, profile)
        if converted is not None:
            return converted.convert("L") if image.mode == "L" else converted
    return image if image.mode in {"L", "RGB"} else image.convert("RGB")


def is_srgb(profile: bytes | None) -> bool:
    """Say whether a profile changes nothing: there is none, it says sRGB, or it is too large to be one."""
    return not profile or len(profile) > _MAX_PROFILE or any(name in profile for name in _SRGB_NAMES)


def _converted(image: Image.Image, profile: bytes | None) -> Image.Image | None:
    try:
        return ImageCms.applyTransform(image, _transform(profile, image.mode))
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@lru_cache(maxsize=4)  # the pictures of one source mostly share a profile, and a press profile takes 20 ms to prepare
def _transform(profile: bytes | None, mode: str) -> ImageCms.ImageCmsTransform:
    source = ImageCms.ImageCmsProfile(BytesIO(profile) if profile else ImageCms.createProfile("LAB"))
    return ImageCms.buildTransform(source, _srgb(), mode, "RGB")
