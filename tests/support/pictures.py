"""Test pictures, drawn by Pillow: like photographs and like diagrams, in any mode and format."""

import hashlib
import struct
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from epubmaker.imaging.jpegfile import read_jpeg
from epubmaker.model.pictures import Fetched, PictureFile
from epubmaker.options import PictureSettings


def photo_file(width: int = 900, height: int = 600, *, seed: int = 0, form: str = "JPEG") -> bytes:
    """Return a picture that is not taken for line art."""
    gradient = Image.linear_gradient("L").resize((width, height))
    grain = Image.frombytes("L", (60, 40), Random(seed).randbytes(2400)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    image = Image.merge("RGB", (gradient, gradient.rotate(90 + seed), grain))
    stream = BytesIO()
    image.save(stream, form)
    return stream.getvalue()


def photo(width: int = 320, height: int = 240, seed: int = 1) -> Image.Image:
    """Soft shapes, shading and a little grain, as in a photograph. The same for the same arguments."""
    return _photo(width, height, seed).copy()


@cache
def _photo(width: int, height: int, seed: int) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((width, height))
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    rings = Image.radial_gradient("L").resize((width, height))
    image = Image.merge("RGB", (ramp, ImageChops.add(across, rings, 2), ImageChops.invert(rings)))
    draw = ImageDraw.Draw(image)
    for index in range(12):
        step = (index * 37 + seed * 53) % 97 / 97
        left, top = int(step * width * 0.8), int((step * 7 % 1) * height * 0.8)
        color = (index * 20 % 256, 255 - index * 17 % 256, (seed * 40 + index * 31) % 256)
        draw.ellipse((left, top, left + width // 5, top + height // 4), fill=color)
    soft = image.filter(ImageFilter.GaussianBlur(max(1, width // 160)))
    grain = Image.frombytes("L", (64, 64), _noise(64 * 64, seed)).resize((width, height)).convert("RGB")
    return Image.blend(soft, grain, 0.08)


def diagram(width: int = 320, height: int = 240) -> Image.Image:
    """Black and colored lines and text on white."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for index in range(8):
        left = width * index // 8
        draw.rectangle(
            (left + 4, height - 20 - index * height // 10, left + width // 10, height - 20), fill=(30, 90, 160)
        )
    draw.line((0, height - 20, width, height - 20), fill="black", width=2)
    draw.text((10, 8), "Exports in 2021, by month", fill="black", font_size=max(10, height // 14))
    return image


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """Return the image as a file of the format that Pillow calls `form`."""
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def jpeg(width: int = 320, height: int = 240, seed: int = 1, **options: object) -> bytes:
    """A JPEG photograph."""
    return encoded(photo(width, height, seed), "JPEG", **options)


def png(width: int = 320, height: int = 240) -> bytes:
    """A PNG diagram."""
    return encoded(diagram(width, height), "PNG")


def png_file(
    size: tuple[int, int], *chunks: tuple[bytes, bytes], depth: int = 8, color: int = 2, row: bytes = b""
) -> bytes:
    """A PNG that Pillow would not write: bits a sample, color type, one row of samples for all rows."""
    header = (b"IHDR", struct.pack(">IIBBBBB", *size, depth, color, 0, 0, 0))
    pixels = ((b"IDAT", zlib.compress((b"\0" + row) * size[1])),) if row else ()
    every = (header, *chunks, *pixels, (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in every)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def fetched(data: bytes, folder: Path, name: str = "picture") -> Fetched:
    """Write the bytes to disk as the fetcher does."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder / f"{name}-{sha256[:8]}"
    path.write_bytes(data)
    return Fetched(f"https://example.org/{name}", path, len(data), sha256)


def assert_fit_for_a_book(file: PictureFile, settings: PictureSettings) -> None:
    """Only baseline JPEG and opaque 8-bit PNG, within the settings, without metadata, that decode fully."""
    data = file.path.read_bytes()
    assert len(data) == file.size <= settings.max_bytes
    assert file.name == f"images/{file.path.name}"
    assert file.path.stem == file.sha256[:20]
    with Image.open(BytesIO(data)) as image:
        image.load()
        assert image.size == (file.width, file.height)
        assert file.width <= settings.width
        assert file.height <= settings.height
        assert image.mode in {"L", "RGB", "P"}
        assert not {"exif", "icc_profile", "transparency", "progression"} & set(image.info)
        assert Image.MIME[str(image.format)] == file.media_type
    if file.media_type == "image/png":
        assert data[24] == 8, "bits a sample"
        assert data[25] in {0, 2, 3}, "color type without alpha"
    else:
        facts = read_jpeg(data)
        assert facts is not None
        assert facts.simple
        assert facts.complete


def _noise(length: int, seed: int) -> bytes:
    return b"".join(hashlib.sha256(b"%d %d" % (seed, index)).digest() for index in range(length // 32 + 1))[:length]
