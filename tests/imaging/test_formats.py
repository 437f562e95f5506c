"""Every format, mode, depth and orientation that Pillow can write, whole and broken: each gives a picture or a reason."""

import json
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

import psutil
import pytest
from cleanbooks import AssertClean
from pictures import assert_fit_for_a_book, encoded, fetched, photo, png_file
from PIL import Image, ImageChops, ImageStat

from epubmaker.collector.pictures.shrink import shrink
from epubmaker.collector.pictures.workers import PictureWorkers, TimeLimit
from epubmaker.imaging.memory import MAX_MEMORY, needed, webp_size
from epubmaker.model.pictures import FetchFailed, Picture, PictureResult
from epubmaker.options import PictureSettings

PAGE = PictureSettings(120, 160)
SIZE = (200, 150)
MODES = ("1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "HSV", "I", "I;16", "F")
# What Pillow writes and we do not read: no signature to know them by, programs to run on them, or not pictures.
UNREAD = {
    "BLP",
    "BUFR",
    "DIB",
    "EPS",
    "FITS",
    "GRIB",
    "HDF5",
    "IM",
    "MSP",
    "PALM",
    "PDF",
    "SPIDER",
    "TGA",
    "WMF",
    "XBM",
}
EXACT_ENOUGH = {"L", "RGB", "YCbCr", "RGBA", "LA"}
OPTIONS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("JPEG", "RGB", {"progressive": True}),
    ("JPEG", "RGB", {"subsampling": 0, "quality": 95}),
    ("JPEG", "RGB", {"restart_marker_rows": 1}),
    ("JPEG", "RGB", {"keep_rgb": True}),
    ("JPEG", "CMYK", {"progressive": True}),
    ("PNG", "P", {"transparency": 0}),
    ("PNG", "RGB", {"transparency": (0, 0, 0)}),
    ("PNG", "RGB", {"save_all": True, "append_images": [photo(*SIZE, seed=2)]}),
    ("GIF", "P", {"save_all": True, "append_images": [photo(*SIZE, seed=2)]}),
    ("GIF", "P", {"interlace": False}),
    ("WEBP", "RGB", {"lossless": True}),
    ("WEBP", "RGB", {"save_all": True, "append_images": [photo(*SIZE, seed=2)]}),
    ("AVIF", "RGB", {"save_all": True, "append_images": [photo(*SIZE, seed=2)]}),
    ("AVIF", "RGB", {"subsampling": "4:0:0"}),
    ("JPEG2000", "RGB", {"irreversible": True, "quality_layers": [20]}),
    ("JPEG2000", "RGB", {"no_jp2": True}),
    ("TIFF", "L", {"compression": "packbits"}),
    ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    ("TIFF", "RGB", {"compression": "tiff_adobe_deflate"}),
    ("TIFF", "RGB", {"compression": "jpeg"}),
    ("TIFF", "1", {"compression": "group4"}),
    ("TIFF", "RGB", {"save_all": True, "append_images": [photo(*SIZE, seed=2)]}),
)
ORIENTED = ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")
Image.init()
FORMATS = sorted(Image.SAVE)


def written(file_format: str) -> Iterator[tuple[str, bytes]]:
    """All files of a format that can be written: (mode or special feature, bytes)."""
    for mode in MODES:
        data = _attempt(file_format, mode, {})
        if data and (file_format in UNREAD or pillow_reads(data)):
            yield mode, data
    for special, mode, options in OPTIONS:
        if special == file_format:
            data = _attempt(file_format, mode, options)
            assert data, (file_format, mode, options)
            yield f"{mode} {' '.join(options)}", data
    for orientation in range(1, 9) if file_format in ORIENTED else ():
        exif = Image.Exif()
        exif[0x0112] = orientation
        yield f"orientation {orientation}", encoded(photo(*SIZE), file_format, exif=exif)


def pillow_reads(data: bytes) -> bool:
    """Whether it can be read back at all, which is not so for some odd modes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            Image.open(BytesIO(data)).convert("RGBA")
        except (OSError, ValueError, AssertionError):
            return False
    return True


def _attempt(file_format: str, mode: str, options: dict[str, object]) -> bytes | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return encoded(in_mode(mode), file_format, **options)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SystemError, RuntimeError):
            return None  # Pillow does not write this one


def in_mode(mode: str) -> Image.Image:
    image = photo(*SIZE)
    if mode in {"I", "F"}:
        return image.convert("L").convert(mode)
    if mode == "I;16":
        return image.convert("L").convert("I").point(lambda value: value * 257).convert("I;16")
    if mode == "LAB":
        return Image.merge("LAB", image.split())
    if mode == "PA":
        return image.convert("P").convert("PA")
    return image.convert(mode)


def broken(data: bytes) -> Iterator[tuple[str, bytes]]:
    for part in (10, 50, 99):
        yield f"cut at {part} %", data[: len(data) * part // 100]
    for step in (7, 97, 1009):
        flipped = bytearray(data)
        for index in range(step, len(flipped), step * 11):
            flipped[index] ^= 0x5A
        yield f"flipped every {step * 11}", bytes(flipped)
    for index in range(16, min(len(data), 64), 6):
        yield f"byte {index} is 255", data[:index] + b"\xff" + data[index + 1 :]
    yield "wrong header", b"\0\0\0\0" + data[4:]
    yield "another's header", b"\x89PNG\r\n\x1a\n" + data[8:]
    yield "HTML before it", b"<!DOCTYPE html><html>" + data
    yield "doubled", data + data


def bombs() -> Iterator[tuple[str, bytes]]:
    """Huge dimensions in few bytes."""
    yield "PNG", png_file((60000, 60000), (b"IDAT", zlib.compress(b"\0" * 10**6)))
    yield "text chunk", png_file((9, 9), (b"zTXt", b"a\0\0" + zlib.compress(b"a" * 10**7)))
    screen = struct.pack("<HH", 65535, 65535)
    yield "GIF", b"GIF89a" + screen + b"\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0" + screen + b"\0\x02\x02\x44\x01\0;"
    jpeg = bytearray(encoded(photo(16, 16), "JPEG"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg[at : at + 4] = struct.pack(">HH", 65500, 65500)
    yield "JPEG", bytes(jpeg)
    many = encoded(photo(16, 16), "JPEG", progressive=True)
    yield "scans", many[:-2] + many[many.rindex(b"\xff\xda") : -2] * 5000 + many[-2:]
    bmp = bytearray(encoded(photo(16, 16), "BMP"))
    bmp[18:26] = struct.pack("<ii", 100_000, 100_000)
    yield "BMP", bytes(bmp)
    yield "Netpbm", b"P6 100000 100000 255\n" + b"\0" * 1000


def assert_accounted_for(result: PictureResult) -> None:
    if isinstance(result, Picture):
        for file in result.files:
            assert_fit_for_a_book(file, PAGE)
    else:
        assert result.code == "picture-broken"
        assert result.reason
        assert "\n" not in result.reason
        assert "object at 0x" not in result.reason
        assert len(result.reason) < 200


@cache
def whole() -> list[tuple[str, str, bytes]]:
    return [(file_format, kind, data) for file_format in FORMATS for kind, data in written(file_format)]


@pytest.mark.parametrize("file_format", FORMATS)
@pytest.mark.slow
def test_every_format_that_can_be_written_is_read(file_format: str, tmp_path: Path) -> None:
    kinds = list(written(file_format))
    for kind, data in kinds:
        check_reading(file_format, kind, data, tmp_path)
    assert kinds or file_format in UNREAD


def check_reading(file_format: str, kind: str, data: bytes, tmp_path: Path) -> None:
    result = shrink(fetched(data, tmp_path), PAGE, tmp_path)
    assert_accounted_for(result)
    if file_format in UNREAD:
        assert isinstance(result, FetchFailed), kind
        return
    assert isinstance(result, Picture), (kind, result)
    (file,) = result.files
    if file_format != "ICNS":  # it has set sizes
        assert max(file.width, file.height) in {120, 160, 96}, kind
    if (kind in EXACT_ENOUGH and file_format not in {"GIF", "ICNS", "ICO"}) or (file_format, kind) in {
        ("PNG", "I;16"),
        ("TIFF", "I;16"),
    }:
        with Image.open(file.path) as image:
            expected = photo(*SIZE).resize(image.size, Image.Resampling.LANCZOS)
            shown = image.convert("RGB")
        if kind in {"L", "LA", "I;16"}:
            expected = expected.convert("L").convert("RGB")
        difference = ImageStat.Stat(ImageChops.difference(shown, expected)).mean
        assert sum(difference) / 3 < 8, kind


@pytest.mark.parametrize(("name", "data"), list(bombs()))
def test_a_bomb_is_refused_before_it_is_decoded(name: str, data: bytes, tmp_path: Path) -> None:
    before = psutil.Process().memory_info().rss
    result = shrink(fetched(data, tmp_path, name), PAGE, tmp_path)
    assert_accounted_for(result)
    assert isinstance(result, FetchFailed)
    assert psutil.Process().memory_info().rss - before < 50_000_000


@pytest.mark.parametrize("options", [{}, {"lossless": True}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_size_of_a_webp_is_known_before_it_is_opened(mode: str, options: dict[str, object]) -> None:
    image = photo(301, 203).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    assert webp_size(encoded(image, "WEBP", **options)) == (301, 203)


PEAK = """
import re, sys
from pathlib import Path
from epubmaker.imaging.decode import decode

def peak():  # not `ru_maxrss`, which begins with that of the process that started this one
    return int(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024

data, reserved = Path(sys.argv[1]).read_bytes(), []
decode(Path(sys.argv[2]).read_bytes(), (1440, 1920))  # imports, and what a codec keeps
before = peak()
decode(data, (1440, 1920), planes=True, reserve=reserved.append)
print(peak() - before, max(reserved))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("file_format", ["HEIF", "AVIF", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.slow
def test_a_codec_takes_the_memory_that_is_reserved_for_it(file_format: str, mode: str, tmp_path: Path) -> None:
    if file_format == "HEIF":
        pytest.importorskip("pillow_heif").register_heif_opener()
    image = photo(2400, 1600).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))
    large, small = tmp_path / "large", tmp_path / "small"
    large.write_bytes(encoded(image, file_format, method=0, speed=10))
    small.write_bytes(encoded(image.resize((60, 40)), file_format))
    command = [sys.executable, "-c", PEAK, str(large), str(small)]
    taken, reserved = map(int, subprocess.run(command, capture_output=True, check=True).stdout.split())
    assert 0.6 * reserved < taken < 1.1 * reserved


@pytest.mark.parametrize("file_format", ["HEIF", "AVIF"])
def test_the_pictures_of_telephones_are_reserved_less_than_a_process_may_take(file_format: str) -> None:
    image = Image.new("RGB", (8160, 6120))
    image.format = file_format
    image.info = {"bit_depth": 8, "chroma": 420}
    av1_configuration = b"\0\0\0\x0cav1C\x81\x08\x0c\0"
    assert needed(image, av1_configuration, image.size, (1440, 1080)) < MAX_MEMORY


@pytest.mark.parametrize("kind", ["PNG", "JPEG2000"])
def test_a_picture_inside_an_icon_is_no_larger_than_icons_are(kind: str, tmp_path: Path) -> None:
    inner = encoded(Image.new("RGB", (2100, 2100)), kind)
    icns = b"icns" + struct.pack(">I", 16 + len(inner)) + b"ic09" + struct.pack(">I", 8 + len(inner)) + inner
    ico = struct.pack("<HHHBBBBHHII", 0, 1, 1, 0, 0, 0, 0, 1, 32, len(inner), 22) + inner
    for data in (icns, ico) if kind == "PNG" else (icns,):
        failed = shrink(fetched(data, tmp_path), PAGE, tmp_path)
        assert isinstance(failed, FetchFailed)
        assert "more pixels than allowed" in failed.reason


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
def test_broken_files_are_pictures_or_have_a_reason(file_format: str, tmp_path: Path) -> None:
    for name, data in broken(encoded(photo(*SIZE), file_format)):
        assert_accounted_for(shrink(fetched(data, tmp_path, name), PAGE, tmp_path))


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "BMP", "TIFF"])
def test_most_of_a_truncated_picture_is_kept_and_reported(file_format: str, tmp_path: Path) -> None:
    data = encoded(photo(400, 300), file_format)
    result = shrink(fetched(data[: len(data) * 8 // 10], tmp_path), PAGE, tmp_path)
    assert isinstance(result, Picture), result
    assert [issue.code for issue in result.issues] == ["picture-truncated"]
    (file,) = result.files
    assert 1.4 < file.width / file.height < 2.4, "what is missing is cut off"
    little = shrink(fetched(data[: len(data) * 3 // 10], tmp_path), PAGE, tmp_path)
    assert isinstance(little, FetchFailed)


def test_a_truncated_progressive_jpeg_is_kept_at_what_it_had(tmp_path: Path) -> None:
    data = encoded(photo(400, 300), "JPEG", progressive=True)
    result = shrink(fetched(data[: len(data) * 6 // 10], tmp_path), PAGE, tmp_path)
    assert isinstance(result, Picture), result
    with Image.open(BytesIO(result.files[0].path.read_bytes())) as image:
        expected = photo(400, 300).resize(image.size)
        assert sum(ImageStat.Stat(ImageChops.difference(image, expected)).mean) / 3 < 12


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("color", [(255, 255, 255, 255), (0, 0, 0, 0)])
def test_of_an_animation_that_begins_with_nothing_the_first_frame_that_shows_something_is_kept(
    file_format: str, color: tuple[int, int, int, int], tmp_path: Path
) -> None:
    nothing = Image.new("RGBA", SIZE, color)
    frames = [nothing.copy(), photo(*SIZE).convert("RGBA"), Image.new("RGBA", SIZE, "red")]
    data = encoded(nothing, file_format, save_all=True, append_images=frames, duration=100)
    result = shrink(fetched(data, tmp_path), PAGE, tmp_path)
    assert isinstance(result, Picture), result
    with Image.open(BytesIO(result.files[0].path.read_bytes())) as image:
        expected = photo(*SIZE).resize(image.size)
        assert sum(ImageStat.Stat(ImageChops.difference(image.convert("RGB"), expected)).mean) / 3 < 12


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "AVIF"])
def test_of_an_animation_the_first_frame_is_kept_and_that_is_reported(file_format: str, tmp_path: Path) -> None:
    data = encoded(photo(*SIZE), file_format, save_all=True, append_images=[photo(*SIZE, seed=2)])
    result = shrink(fetched(data, tmp_path), PAGE, tmp_path)
    assert isinstance(result, Picture)
    assert [issue.code for issue in result.issues] == ["picture-animated"]


@pytest.mark.slow
def test_every_broken_form_of_everything_costs_at_most_itself(tmp_path: Path) -> None:
    parent = psutil.Process()
    # This process holds what all tests before have left; a build starts with some 70 MB and may have 300.
    limit = parent.memory_info().rss + 230_000_000
    with PictureWorkers(PAGE, tmp_path, 2, time_limit=TimeLimit(30)) as workers:
        for number, (file_format, kind, data) in enumerate(whole()):
            first = not number or whole()[number - 1][0] != file_format
            futures = [
                workers.submit(fetched(bad, tmp_path, f"{file_format} {kind} {how}".replace("/", "")))
                for how, bad in islice(broken(data), number % 3, None, 1 if first else 3)  # of others a third
            ]
            for future in futures:
                assert_accounted_for(future.result())
            assert parent.memory_info().rss < limit
        for name, data in bombs():
            assert_accounted_for(workers.submit(fetched(data, tmp_path, name)).result())


@pytest.mark.slow
def test_a_book_of_everything_whole_and_of_each_format_broken_is_valid(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for number, (file_format, kind, data) in enumerate(whole()):
        images = ""
        first = not number or whole()[number - 1][0] != file_format
        for part, (how, content) in enumerate([("whole", data), *(broken(data) if first else ())]):
            name = f"{number}-{part}.jpg"  # wrong for most of them: names do not count
            (articles / name).write_bytes(content)
            images += f'<div><img src="{name}"></div><div><small>{how}</small></div>'
        head = f"<!--1642027143000-->\n[{file_format} {kind}](https://example.org/{number})\n---\n"
        (articles / f"{number:03}.txt").write_text(head + images, encoding="utf-8")
    book, report = tmp_path / "book.epub", tmp_path / "report.json"
    command = [sys.executable, "-m", "epubmaker", "build", articles, "-o", book, "--report", report, "-q"]
    subprocess.run([*map(str, command), "--offline", "--cache", str(tmp_path / "cache")], check=True)
    pictures = json.loads(report.read_text(encoding="utf-8"))["pictures"]
    assert len(pictures) >= len(whole()) + len({file_format for file_format, _, _ in whole()}) * 9
    assert all(picture["file"] or picture["reason"] for picture in pictures)
    with ZipFile(book) as archive:
        for name in archive.namelist():
            if "images/" in name:
                Image.open(BytesIO(archive.read(name))).load()
    assert_clean(book)
