from io import BytesIO
from pathlib import Path

import pytest
from pictures import assert_fit_for_a_book, diagram, encoded, fetched, jpeg, photo, png, png_file
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageStat

from epubmaker.collector.pictures.shrink import shrink
from epubmaker.model.pictures import FetchFailed, Picture, PictureFile
from epubmaker.options import PictureSettings

PAGE = PictureSettings(600, 800)


def shrunk(data: bytes, folder: Path, settings: PictureSettings = PAGE) -> Picture:
    result = shrink(fetched(data, folder), settings, folder)
    assert isinstance(result, Picture), result
    for file in result.files:
        assert_fit_for_a_book(file, settings)
    return result


def refused(data: bytes, folder: Path, settings: PictureSettings = PAGE) -> FetchFailed:
    result = shrink(fetched(data, folder), settings, folder)
    assert isinstance(result, FetchFailed), result
    return result


def pixels(file: PictureFile) -> Image.Image:
    with Image.open(file.path) as image:
        return image.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of two pictures, in levels of 0 to 255."""
    return sum(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean) / 3


def test_a_large_photograph_is_fitted_into_the_box_as_a_jpeg(tmp_path: Path) -> None:
    (file,) = shrunk(jpeg(1800, 1200), tmp_path).files
    assert (file.width, file.height, file.media_type) == (600, 400, "image/jpeg")
    assert difference(pixels(file), photo(1800, 1200).resize((600, 400), Image.Resampling.LANCZOS)) < 3


def test_a_small_picture_is_never_enlarged(tmp_path: Path) -> None:
    (file,) = shrunk(png(100, 80), tmp_path).files
    assert (file.width, file.height) == (100, 80)


def test_a_sound_jpeg_that_fits_keeps_its_bytes(tmp_path: Path) -> None:
    data = jpeg(400, 300, quality=80)
    (file,) = shrunk(data, tmp_path).files
    assert file.path.read_bytes() == data


def test_a_jpeg_that_fits_loses_its_metadata_and_no_pixel(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "where the photographer lives"
    data = jpeg(400, 300, quality=80, exif=exif, comment=b"made by a camera")
    (file,) = shrunk(data, tmp_path).files
    assert b"photographer" not in file.path.read_bytes()
    assert b"camera" not in file.path.read_bytes()
    assert pixels(file).tobytes() == Image.open(BytesIO(data)).convert("RGB").tobytes()


def test_a_picture_that_the_codec_shrinks_to_just_the_box_is_not_kept_at_its_own_size(tmp_path: Path) -> None:
    (file,) = shrunk(jpeg(1200, 1200, quality=60), tmp_path, PictureSettings(600, 600)).files
    assert (file.width, file.height) == (600, 600)


def test_a_jpeg_of_many_bytes_is_encoded_again_only_where_its_quality_is_needlessly_high(tmp_path: Path) -> None:
    for quality, kept in ((85, True), (97, False)):
        data = encoded(Image.effect_noise((400, 300), 60).convert("RGB"), "JPEG", quality=quality)
        assert len(data) > 0.25 * 400 * 300
        (file,) = shrunk(data, tmp_path).files
        assert (file.path.read_bytes() == data) is kept


def test_a_jpeg_that_ends_early_is_encoded_again_or_refused(tmp_path: Path) -> None:
    data = jpeg(400, 300, quality=80)
    most, less = (data[: int(len(data) * share)] for share in (0.97, 0.4))

    (file,) = shrunk(most, tmp_path).files

    assert_fit_for_a_book(file, PAGE)
    assert file.path.read_bytes() != most
    assert refused(less, tmp_path).code == "picture-broken"


def test_colors_of_a_photograph_are_the_same_after_it_was_made_smaller(tmp_path: Path) -> None:
    for size in ((1800, 1200), (901, 677), (601, 599)):
        (file,) = shrunk(jpeg(*size, quality=95), tmp_path).files
        assert file.media_type == "image/jpeg"
        one = photo(*size).resize((file.width, file.height), Image.Resampling.LANCZOS).convert("YCbCr")
        other = pixels(file).convert("YCbCr")
        for band in ("Y", "Cb", "Cr"):
            assert difference(one.getchannel(band), other.getchannel(band)) < 2.5


def test_thin_colored_lines_of_a_drawing_in_a_jpeg_keep_their_color(tmp_path: Path) -> None:
    image = Image.new("RGB", (1000, 800), "white")
    draw = ImageDraw.Draw(image)
    for top in range(10, 800, 20):
        draw.line((0, top, 1000, top), fill="red", width=2)
    (file,) = shrunk(encoded(image, "JPEG", quality=95, subsampling=0), tmp_path).files
    assert difference(pixels(file), image.resize((600, 480), Image.Resampling.LANCZOS)) < 2


def test_a_progressive_jpeg_that_fits_becomes_baseline(tmp_path: Path) -> None:
    (file,) = shrunk(jpeg(400, 300, progressive=True), tmp_path).files
    assert difference(pixels(file), photo(400, 300)) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int, tmp_path: Path) -> None:
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transposition that each orientation undoes
    upright = photo(1000, 600)
    stored = upright.transpose(Image.Transpose(turns[orientation])) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    (file,) = shrunk(encoded(stored, "JPEG", quality=92, exif=exif), tmp_path).files
    assert difference(pixels(file), upright.resize((600, 360), Image.Resampling.LANCZOS)) < 3


def test_transparency_is_flattened_onto_white(tmp_path: Path) -> None:
    image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (50, 25, 150, 75))
    (file,) = shrunk(encoded(image, "PNG"), tmp_path).files
    assert pixels(file).getpixel((5, 5)) == (255, 255, 255)
    assert pixels(file).getpixel((100, 50)) == (200, 0, 0)


@pytest.mark.parametrize(
    ("samples", "row", "key", "shown"),
    [
        ((1, 0), b"\x00\xff" * 20, b"\0\0", (255, 255, 255)),
        ((2, 0), b"\x55\xaa" * 40, b"\0\1", (170, 170, 170)),
        ((4, 0), b"\x55\x55\x55\x55\xaa\xaa\xaa\xaa" * 20, b"\0\5", (170, 170, 170)),
        ((8, 0), b"\5\5\5\5\5\5\5\5\x80\x80\x80\x80\x80\x80\x80\x80" * 20, b"\0\5", (128, 128, 128)),
        ((16, 0), b"\x12\x34" * 160 + b"\x12\x35" * 160, b"\x12\x34", (18, 18, 18)),
        ((8, 2), b"\1\2\3" * 160 + b"\x80\0\0" * 160, b"\0\1\0\2\0\3", (128, 0, 0)),
        ((16, 2), b"\x12\0\x34\1\x56\2" * 160 + b"\x80\0\0\0\0\0" * 160, b"\x12\0\x34\1\x56\2", (128, 0, 0)),
    ],
)
def test_a_transparent_color_becomes_paper_at_every_depth(
    samples: tuple[int, int], row: bytes, key: bytes, shown: tuple[int, int, int], tmp_path: Path
) -> None:
    depth, color = samples
    width = len(row) * 8 // (depth * (3 if color == 2 else 1))
    data = png_file((width, 100), (b"tRNS", key), depth=depth, color=color, row=row)
    (file,) = shrunk(data, tmp_path).files
    paper = (64, 64, 64) if depth == 1 else (255, 255, 255)  # all that is left to see is white
    assert {seen for _count, seen in pixels(file).getcolors() or ()} == {paper, shown}


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "I;16", "LA", "RGBA", "PA"])
@pytest.mark.parametrize("size", [(300, 200), (900, 700)])
def test_no_file_with_transparency_stays_so(mode: str, size: tuple[int, int], tmp_path: Path) -> None:
    shape = Image.new("L", size)
    shape.paste(255, (20, 20, 120, 120))
    image = shape.convert(mode) if mode != "I;16" else shape.convert("I").convert("I;16")
    keys: dict[str, tuple[int | tuple[int, int, int] | bytes, ...]] = {
        "RGB": ((0, 0, 0),),
        "P": (0, b"\0\x80\xff"),
    }
    for key in keys.get(mode, (0,)):
        options = {} if mode in {"LA", "RGBA", "PA"} else {"transparency": key}
        for gray in (False, True):
            settings = PictureSettings(600, 800, gray=gray)
            shrunk(encoded(image, "TIFF" if mode == "PA" else "PNG", **options), tmp_path, settings)


def test_a_white_drawing_on_nothing_stays_visible(tmp_path: Path) -> None:
    image = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (50, 25, 150, 75))
    (file,) = shrunk(encoded(image, "PNG"), tmp_path).files
    assert pixels(file).getpixel((5, 5)) != pixels(file).getpixel((100, 50))


def test_a_profile_is_converted_to_srgb_and_left_out(tmp_path: Path) -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    assert lab.tobytes() != srgb.tobytes()
    for profile in (srgb.tobytes(), lab.tobytes(), b"not a profile"):
        (file,) = shrunk(jpeg(400, 300, quality=92, icc_profile=profile), tmp_path).files
        assert difference(pixels(file), photo(400, 300)) < 4


def test_cmyk_becomes_rgb(tmp_path: Path) -> None:
    (file,) = shrunk(encoded(photo(900, 600).convert("CMYK"), "JPEG", quality=92), tmp_path).files
    assert difference(pixels(file), photo(900, 600).resize((600, 400), Image.Resampling.LANCZOS)) < 5


def test_a_diagram_stays_exact_in_a_palette(tmp_path: Path) -> None:
    (file,) = shrunk(png(500, 400), tmp_path).files
    assert file.media_type == "image/png"
    assert difference(pixels(file), diagram(500, 400)) == 0


def test_gray_settings_give_gray_files(tmp_path: Path) -> None:
    for data in (jpeg(900, 600), jpeg(400, 300), png()):
        (file,) = shrunk(data, tmp_path, PictureSettings(600, 800, gray=True)).files
        with Image.open(file.path) as image:
            assert image.mode in {"L", "P"}
            red, green, blue = image.convert("RGB").split()
            assert red.tobytes() == green.tobytes() == blue.tobytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "nothing instead of a picture"),
        (b"<!DOCTYPE html><title>404</title>", "HTML page instead of a picture"),
        (b'{"error": 1}', "JSON instead of a picture"),
        (b"%PDF-1.7", "PDF instead of a picture"),
        (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video instead of a picture"),
        (b"just some words", "text instead of a picture"),
        (b"\x00\x01\x02\x03", "not a picture format that is known"),
    ],
)
def test_a_file_that_is_no_picture_says_what_it_is(data: bytes, reason: str, tmp_path: Path) -> None:
    failed = refused(data, tmp_path)
    assert (failed.code, failed.status, failed.reason) == ("picture-broken", "missing", reason)


def test_a_file_that_vanished_is_a_failure_and_not_an_exception(tmp_path: Path) -> None:
    gone = fetched(jpeg(), tmp_path)
    gone.path.unlink()
    assert isinstance(shrink(gone, PAGE, tmp_path), FetchFailed)


@pytest.mark.parametrize("size", [(1, 1), (2, 400), (8, 8)])
def test_spacers_and_tracking_pixels_are_skipped(size: tuple[int, int], tmp_path: Path) -> None:
    failed = refused(encoded(Image.new("RGB", size), "GIF"), tmp_path)
    assert (failed.code, failed.status) == ("picture-decoration", "skipped")


def test_a_wholly_transparent_picture_is_skipped(tmp_path: Path) -> None:
    failed = refused(encoded(Image.new("RGBA", (300, 300), (9, 9, 9, 0)), "PNG"), tmp_path)
    assert (failed.code, failed.status) == ("picture-decoration", "skipped")
