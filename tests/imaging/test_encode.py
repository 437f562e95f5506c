from io import BytesIO

import pytest
from pictures import diagram, photo
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from epubmaker.imaging.encode import Encoded, encode, to_jpeg, to_png
from epubmaker.imaging.jpegfile import read_jpeg
from epubmaker.imaging.sample import is_drawing, sample
from epubmaker.imaging.ssim import ssim

PLENTY = 5_000_000


def opened(encoded: Encoded) -> Image.Image:
    image = Image.open(BytesIO(encoded.data))
    image.load()
    return image


def grainy(width: int, height: int) -> Image.Image:
    """Fine texture everywhere, where a codec has most to lose."""
    tile = photo(97, 89).resize((31, 29))
    image = Image.new("RGB", (width, height))
    for left in range(0, width, 31):
        for top in range(0, height, 29):
            image.paste(tile.rotate((left * 7 + top * 13) % 4 * 90), (left, top))
    return image


def steps(data: bytes) -> object:
    """The quantization tables of a JPEG, which its quality decides."""
    with Image.open(BytesIO(data)) as image:
        return image.quantization  # type: ignore[attr-defined]


def test_a_photograph_is_a_jpeg_that_looks_like_it() -> None:
    encoded = encode(photo(800, 600), quality=None, max_bytes=PLENTY)
    assert encoded.media_type == "image/jpeg"
    assert ssim(photo(800, 600), opened(encoded)) > 0.95


def test_a_drawing_is_a_png_that_looks_like_it_and_is_smaller_than_a_jpeg() -> None:
    image = diagram(1600, 1200).resize((800, 600), Image.Resampling.LANCZOS)
    encoded = encode(image, quality=None, max_bytes=PLENTY)
    assert encoded.media_type == "image/png"
    assert ssim(image, opened(encoded).convert("RGB")) > 0.99
    assert len(encoded.data) < len(to_jpeg(image, 70)) / 2


def test_a_soft_gradient_is_not_made_a_palette_with_bands() -> None:
    ramp = Image.linear_gradient("L").resize((800, 600))
    image = Image.merge("RGB", (ramp, ramp.rotate(180), Image.radial_gradient("L").resize((800, 600))))
    assert encode(image, quality=None, max_bytes=PLENTY).media_type == "image/jpeg"


def test_fine_lines_get_more_quality_than_soft_shapes() -> None:
    lines = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(lines)
    for left in range(-600, 800, 9):
        draw.line((left, 0, left + 600, 600), fill="black")
    fine = Image.blend(photo(800, 600), lines, 0.2)
    soft = photo(800, 600).filter(ImageFilter.GaussianBlur(6))
    assert steps(encode(fine, quality=None, max_bytes=PLENTY).data) == steps(to_jpeg(fine, 86))
    assert steps(encode(soft, quality=None, max_bytes=PLENTY).data) == steps(to_jpeg(soft, 70))


def test_a_misty_photograph_is_no_drawing() -> None:
    mist = Image.linear_gradient("L").resize((200, 600)).resize((900, 600)).convert("RGB")
    assert not is_drawing(sample(mist))


@pytest.mark.parametrize("paper", ["white", "black", "shaded"])
def test_lettering_is_a_drawing_on_any_paper(paper: str) -> None:
    image = Image.new("L", (900, 600), 255)
    draw = ImageDraw.Draw(image)
    for top in range(0, 600, 24):
        draw.text((4, top), "The quick brown fox jumps over the lazy dog. " * 3, fill=0, font_size=18)
    if paper == "black":
        image = ImageChops.invert(image)
    if paper == "shaded":
        image = Image.blend(image, Image.linear_gradient("L").resize((900, 600)), 0.15)
    assert is_drawing(sample(image))


def test_a_given_quality_is_the_one_that_is_used() -> None:
    given = encode(photo(400, 300), quality=33, max_bytes=PLENTY)
    assert given.data == to_jpeg(photo(400, 300), 33)


@pytest.mark.parametrize("limit", [60_000, 9_000, 1_500])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_file_is_never_larger_than_allowed(limit: int, mode: str) -> None:
    encoded = encode(grainy(800, 600).convert(mode), quality=95, max_bytes=limit)
    assert len(encoded.data) <= limit
    assert opened(encoded).size == encoded.size


def test_a_gray_drawing_has_the_sixteen_levels_of_a_gray_screen() -> None:
    image = diagram(1600, 1200).resize((800, 600), Image.Resampling.LANCZOS).convert("L")
    encoded = encode(image, quality=None, max_bytes=PLENTY)
    assert encoded.media_type == "image/png"
    levels = opened(encoded).convert("L").getcolors()
    assert levels is not None
    assert 2 < len(levels) <= 16


@pytest.mark.parametrize("colors", [1, 2, 3, 16, 17, 256])
def test_every_png_has_eight_bits_a_sample(colors: int) -> None:
    image = Image.linear_gradient("L").resize((256, 16)).convert("RGB").quantize(colors)
    data = to_png(image)
    assert data[24] == 8
    assert Image.open(BytesIO(data)).convert("RGB").tobytes() == image.convert("RGB").tobytes()


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("size", [(3, 200), (300, 7), (1440, 17)])
def test_odd_sizes_are_simple_jpegs(mode: str, size: tuple[int, int]) -> None:
    encoded = encode(photo(64, 48).resize(size).convert(mode), quality=None, max_bytes=PLENTY)
    assert opened(encoded).size == size
    facts = read_jpeg(encoded.data)
    assert facts is not None
    assert facts.simple


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_single_pixel_is_encoded(mode: str) -> None:
    encoded = encode(photo(64, 48).resize((1, 1)).convert(mode), quality=None, max_bytes=PLENTY)
    assert opened(encoded).size == (1, 1)


def test_ssim_falls_with_quality_and_is_one_for_the_same() -> None:
    image = photo(400, 300)
    assert ssim(image, image) == pytest.approx(1)
    scores = [ssim(image, Image.open(BytesIO(to_jpeg(image, quality)))) for quality in (90, 60, 30, 5)]
    assert scores == sorted(scores, reverse=True)
    assert ssim(image, Image.new("RGB", image.size)) < 0.2
