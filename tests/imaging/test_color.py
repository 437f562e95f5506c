import pytest
from pictures import photo
from PIL import Image, ImageCms

from epubmaker.imaging.color import flatten, plain, to_srgb

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped() -> bytes:
    """A profile that swaps red and blue."""
    nameless = SRGB.replace(b"sRGB", b"none").replace("sRGB".encode("utf-16-be"), "none".encode("utf-16-be"))
    return nameless.replace(b"rXYZ", b"tmp!", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tmp!", b"bXYZ", 1)


def test_a_profile_is_applied() -> None:
    red, _green, blue = to_srgb(Image.new("RGB", (4, 4), (255, 0, 0)), swapped()).getpixel((0, 0))  # type: ignore[misc]
    assert red < 20
    assert blue > 235


def test_srgb_itself_changes_nothing() -> None:
    assert to_srgb(photo(40, 30), SRGB).tobytes() == photo(40, 30).tobytes()


@pytest.mark.parametrize(
    "profile",
    [b"", b"rubbish", SRGB[:200].replace(b"sRGB", b"none"), b"\0" * 5_000_000],
    ids=["empty", "rubbish", "cut", "zeros"],  # else the name of a test would hold the second of its start
)
def test_a_profile_that_makes_no_sense_changes_nothing(profile: bytes) -> None:
    assert to_srgb(photo(40, 30), profile).tobytes() == photo(40, 30).tobytes()


def test_a_profile_for_another_kind_of_image_changes_nothing() -> None:
    gray = photo(40, 30).convert("L")
    assert to_srgb(gray, swapped()).tobytes() == gray.tobytes()


def test_lab_becomes_rgb() -> None:
    lab = Image.merge("LAB", [Image.new("L", (4, 4), value) for value in (255, 128, 128)])
    assert to_srgb(lab, None).getpixel((0, 0)) == pytest.approx((255, 255, 255), abs=2)


@pytest.mark.parametrize("mode", ["I;16", "I", "F"])
def test_deep_samples_are_scaled_and_not_clipped(mode: str) -> None:
    deep = Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert(mode)
    assert list(plain(deep).resize((1, 256)).tobytes()) == pytest.approx(list(range(256)), abs=1)


def test_floats_from_zero_to_one_are_the_whole_range() -> None:
    image = Image.new("F", (2, 1))
    image.putpixel((1, 0), 1.0)
    assert plain(image).tobytes() == b"\x00\xff"


def test_a_picture_of_one_value_does_not_divide_by_zero() -> None:
    assert plain(Image.new("I", (2, 2), 70_000)).mode == "L"
    assert plain(Image.new("F", (2, 2), float("nan"))).mode == "L"


def test_half_transparency_lets_half_the_paper_through() -> None:
    shown = flatten(Image.new("RGBA", (2, 2), (0, 0, 0, 128))).getpixel((0, 0))
    assert shown == pytest.approx((127, 127, 127), abs=1)


def test_gray_with_transparency_stays_gray() -> None:
    assert flatten(Image.new("LA", (2, 2), (0, 0))).getpixel((0, 0)) == 255
