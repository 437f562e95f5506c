from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import assert_fit_for_a_book, encoded, fetched, photo
from PIL import Image, ImageChops, ImageDraw, ImageStat

from epubmaker.collector.pictures.shrink import shrink
from epubmaker.imaging.fit import cut_rows, target_size
from epubmaker.model.pictures import Picture
from epubmaker.options import PictureSettings

BOX = (600, 800)
PAGE = PictureSettings(*BOX)


def chat(width: int, height: int, line: int = 40) -> Image.Image:
    """A captured chat: lines of text with white space between them."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for top in range(0, height - line, line):
        for left in range(10, width - 20, 14):
            draw.rectangle((left, top + 12, left + 8, top + 30), fill=(20, 20, 20 + left % 200))
    return image


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((600, 800), (600, 800)),
        ((300, 200), (300, 200)),
        ((1200, 800), (600, 400)),
        ((900, 1800), (400, 800)),
        ((600, 4000), (600, 4000)),  # a strip keeps its width
        ((1200, 8000), (600, 4000)),
        ((100, 4000), (20, 800)),  # too narrow to be read in any case
        ((10000, 3), (600, 1)),
    ],
)
def test_pictures_fit_the_box_and_strips_its_width(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert target_size(size, BOX) == expected


@given(st.integers(1, 40_000), st.integers(1, 40_000))
def test_nothing_is_enlarged_wider_than_the_box_or_without_a_pixel(width: int, height: int) -> None:
    new_width, new_height = target_size((width, height), BOX)
    assert 1 <= new_width <= min(width, BOX[0])
    assert 1 <= new_height <= height


@given(st.integers(1, 3000), st.integers(1, 900))
def test_pieces_are_page_high_and_together_the_whole(height: int, page: int) -> None:
    pieces = cut_rows(Image.new("L", (3, height)), page)
    assert pieces[0][0] == 0
    assert pieces[-1][1] == height
    assert all(one[1] == other[0] for one, other in pairwise(pieces))
    assert all(0 < bottom - top <= page for top, bottom in pieces)


def test_a_strip_is_cut_between_its_lines() -> None:
    image = chat(400, 4000)
    pieces = cut_rows(image, 800)
    assert len(pieces) > 4
    for _top, bottom in pieces[:-1]:
        row = image.crop((0, bottom - 1, 400, bottom + 1)).convert("L")
        assert row.getextrema() == (255, 255), f"row {bottom} goes through a line"


def test_a_strip_becomes_pieces_that_a_small_page_shows_whole_in_one_picture(tmp_path: Path) -> None:
    image = chat(600, 3000)
    result = shrink(fetched(encoded(image, "PNG"), tmp_path), PAGE, tmp_path)
    assert isinstance(result, Picture)
    assert len(result.files) == 5
    top = 0
    for file in result.files:
        assert_fit_for_a_book(file, PAGE)
        assert file.height <= 1.15 * file.width
        with Image.open(file.path) as piece:
            there = image.crop((0, top, 600, top + file.height))
            assert sum(ImageStat.Stat(ImageChops.difference(piece.convert("RGB"), there)).mean) < 3
        top += file.height
    assert top == 3000


def test_a_wide_or_slightly_tall_picture_stays_one(tmp_path: Path) -> None:
    for size in ((3000, 300), (500, 1400)):
        result = shrink(fetched(encoded(photo(*size), "JPEG"), tmp_path), PAGE, tmp_path)
        assert isinstance(result, Picture)
        assert len(result.files) == 1
