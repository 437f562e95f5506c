import shutil
import sys
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from pictures import encoded, fetched, jpeg, photo, png
from PIL import Image, ImageChops, ImageStat, features

from epubmaker.collector.pictures.shrink import shrink
from epubmaker.errors import UsageError
from epubmaker.imaging.fonts import Face, find_face
from epubmaker.imaging.jpegfile import read_jpeg
from epubmaker.model.pictures import Picture
from epubmaker.options import PictureSettings
from epubmaker.packager.cover.artwork import pick
from epubmaker.packager.cover.draw import Cover, CoverLook, CoverText, draw_cover, own_cover
from epubmaker.packager.cover.shortlist import Shortlist

TEXTS = {
    "en": CoverText("Voice of America", "12–18 January 2022", "200 articles", "en"),
    "zh": CoverText("美国之音中文网", "2022年1月12日至18日", "200 篇文章", "zh-Hans"),
    "ja": CoverText("「ウクライナ情勢」をめぐるニュース", "2022年1月12日～18日", "", "ja"),
    "ko": CoverText("미국의 소리 한국어 뉴스", "2022년 1월 12일", "", "ko"),
    "ar": CoverText("أخبار الأسبوع 2022", "", "", "ar"),
    "nothing": CoverText("", "", "", "en"),
    "long": CoverText("Word " * 200, "date " * 60, "", "en"),
}


def opened(cover: Cover) -> Image.Image:
    facts = read_jpeg(cover.data)
    assert facts is not None
    assert facts.simple
    assert facts.complete
    image = Image.open(BytesIO(cover.data))
    image.load()
    return image


def kept(data: bytes, folder: Path, name: str) -> Picture:
    picture = shrink(fetched(data, folder, name), PictureSettings(1440, 1920), folder)
    assert isinstance(picture, Picture)
    return picture


@pytest.mark.parametrize("name", TEXTS)
def test_a_cover_is_drawn_or_says_which_text_no_font_has(name: str) -> None:
    text = TEXTS[name]
    cover = draw_cover(text, None)
    assert opened(cover).size == cover.size == (1600, 2560)
    texts = (text.title, text.subtitle, text.line)
    lacking = [words for words in texts if words and not find_face(words.strip()[:300], text.language)]
    assert [issue.code for issue in cover.issues] == ["cover-font"] * len(lacking)


def test_the_font_that_is_always_there_draws_latin_and_no_text_with_other_characters() -> None:
    always = Face(None)
    assert always.draws("Voice of America, 12-18 January \u200b")
    assert not always.draws("News 新闻")
    assert not always.draws("新 News")


@pytest.mark.skipif(sys.platform == "darwin", reason="its fonts lie in one place that no test can choose")
def test_a_computer_without_fonts_gets_a_cover_with_what_ascii_can_say(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("PATH", "XDG_DATA_HOME", "XDG_DATA_DIRS", "WINDIR", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    text = CoverText("Weekly “news”", "12–18 January 2022", "Νέα", "nb")  # no other test asks for Norwegian
    cover = draw_cover(text, None)
    assert [issue.code for issue in cover.issues] == ["cover-font"]
    assert "Νέα" in cover.issues[0].message
    assert ink(opened(cover).crop((100, 200, 1500, 2000)))
    greek = CoverText("Νέα", "12 Ιανουαρίου 2022", "", "nb", digits="2022-01-12")
    cover, another = draw_cover(greek, None), draw_cover(replace(greek, digits="2022-01-13"), None)
    assert [issue.code for issue in cover.issues] == ["cover-font", "cover-font"]
    assert cover.data != another.data


def test_a_font_file_that_is_none_draws_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    assert not Face(str(tmp_path / "broken.ttf")).draws("ab")
    assert not Face(str(tmp_path / "gone.ttf")).draws("ab")


@pytest.mark.skipif(not shutil.which("fc-match"), reason="needs fontconfig")
def test_the_face_follows_the_language() -> None:
    faces = {language: find_face("直", language) for language in ("zh-Hans", "zh-Hant", "ja", "ko")}
    if not all(face and "CJK" in (face.path or "") for face in faces.values()):
        pytest.skip("no pan-CJK font here")
    assert len(set(faces.values())) == 4


def test_characters_that_no_font_has_are_left_out_and_named() -> None:
    cover = draw_cover(CoverText("Weekly \U0001f389 \ue000 news", "\ue001\ue002", "", "en"), None)
    assert [issue.code for issue in cover.issues] == ["cover-font", "cover-font"]
    plain = draw_cover(CoverText("Weekly news", "", "", "en"), None)
    title = (100, 200, 1500, 2000)  # colors of a cover without a picture are made from its title
    drawn, expected = ink(opened(cover).crop(title)), ink(opened(plain).crop(title))
    assert drawn is not None
    assert expected is not None
    assert all(abs(one - other) < 5 for one, other in zip(drawn, expected, strict=True))


def ink(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Where there is anything light."""
    return image.convert("L").point([0] * 128 + [255] * 128).getbbox()


def test_a_picture_fills_the_width_below_the_name_and_is_not_distorted(tmp_path: Path) -> None:
    image = Image.new("RGB", (1200, 900), (20, 90, 30))
    image.paste((220, 30, 30), (500, 350, 700, 550))
    path = tmp_path / "picture.jpg"
    path.write_bytes(encoded(image, "JPEG", quality=95))
    cover = opened(draw_cover(TEXTS["en"], path)).convert("RGB")
    middle = cover.crop((0, 900, 1600, 2200))
    red = ImageChops.subtract(middle.getchannel("R"), middle.getchannel("G")).point(
        [0] * 100 + [255] * 156
    )  # and no light text
    box = red.getbbox()
    assert box is not None
    assert abs((box[2] - box[0]) / (box[3] - box[1]) - 1) < 0.03, "the red square is a square"
    assert ImageStat.Stat(middle.crop((0, 0, 40, 1300))).mean[1] > 60


def test_name_and_date_are_on_top_and_headlines_below_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(encoded(Image.new("RGB", (1200, 900), "black"), "JPEG"))
    plain = CoverText("The Harbour", "3 May 2024", "", "en")
    told = replace(plain, headlines=[(f"Headline number {n} of the book", "en") for n in range(9)])

    def rows(text: CoverText) -> list[bool]:
        cover = opened(draw_cover(text, path)).convert("L").resize((200, 320), Image.Resampling.BOX)
        return [max(cover.crop((0, row, 200, row + 1)).tobytes()) > 120 for row in range(320)]

    assert any(rows(plain)[:140])
    assert not any(rows(plain)[140:])
    below = rows(told)[200:]
    assert 3 <= sum(now and not before for before, now in pairwise([False, *below])) <= 5, "lines of text"


def test_a_cover_for_e_ink_is_dark_on_paper() -> None:
    cover = opened(draw_cover(TEXTS["en"], None, CoverLook(on_paper=True))).convert("L")

    assert ImageStat.Stat(cover).mean[0] > 200
    assert min(cover.tobytes()) < 40


def test_a_wide_picture_of_ones_own_becomes_that_of_a_drawn_cover(tmp_path: Path) -> None:
    path = tmp_path / "own.png"
    path.write_bytes(encoded(Image.new("RGB", (1600, 900), (200, 30, 30)), "PNG"))

    cover = opened(own_cover(path, TEXTS["en"])).convert("RGB")

    assert cover.size == (1600, 2560)
    assert cover.getpixel((800, 1400)) == pytest.approx((200, 30, 30), abs=12)
    assert ink(cover.crop((100, 130, 1500, 500)))


def test_a_picture_that_cannot_be_read_gives_a_cover_without_it(tmp_path: Path) -> None:
    assert draw_cover(TEXTS["en"], tmp_path / "gone.jpg") == draw_cover(TEXTS["en"], None)


def test_the_same_cover_twice_has_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(jpeg(900, 700))
    assert draw_cover(TEXTS["zh"], path) == draw_cover(TEXTS["zh"], path)


def test_a_gray_cover_has_one_channel() -> None:
    assert opened(draw_cover(TEXTS["en"], None, CoverLook(gray=True))).mode == "L"


@pytest.mark.skipif(not features.check("raqm"), reason="needs Raqm")
def test_arabic_is_set_from_the_right() -> None:
    cover = draw_cover(CoverText("أخبار", "", "", "ar"), None)
    if cover.issues:
        pytest.skip("no Arabic font here")
    box = ink(opened(cover).crop((100, 140, 1500, 900)))
    assert box is not None
    assert box[2] > 1300


def test_an_own_cover_keeps_its_shape(tmp_path: Path) -> None:
    path = tmp_path / "own"
    for size, expected in (((3000, 4500), (1600, 2400)), ((800, 1000), (800, 1000)), ((1000, 6000), (427, 2560))):
        path.write_bytes(encoded(Image.new("RGB", size, "navy"), "JPEG"))
        assert opened(own_cover(path, TEXTS["en"])).size == expected


def test_an_own_cover_that_is_no_picture_is_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "own.jpg"
    with pytest.raises(UsageError, match="cannot be read"):
        own_cover(path, TEXTS["en"])
    path.write_bytes(b"<html>")
    with pytest.raises(UsageError, match="HTML page instead of a picture"):
        own_cover(path, TEXTS["en"])


def test_the_strongest_picture_is_a_large_photograph(tmp_path: Path) -> None:
    flat = kept(encoded(Image.new("RGB", (1300, 900), (200, 200, 200)), "JPEG"), tmp_path, "flat")
    drawn = kept(png(1300, 900), tmp_path, "drawn")
    small = kept(jpeg(300, 200), tmp_path, "small")
    strip = kept(encoded(photo(400, 4000), "JPEG"), tmp_path, "strip")
    large = kept(jpeg(1300, 900), tmp_path, "large")
    assert pick(shortlist(flat, drawn, small, strip, large)) == large
    assert pick(shortlist(small, strip)) is None
    assert pick(shortlist()) is None


@pytest.mark.slow
def test_the_same_is_chosen_of_many_pictures_in_any_order(tmp_path: Path) -> None:
    large = kept(jpeg(1300, 900), tmp_path, "large")
    many = [kept(jpeg(500 + number, 400), tmp_path, f"middling{number}") for number in range(40)]
    assert pick(shortlist(*many, large)) == large
    assert pick(shortlist(large, *many)) == large
    assert len(list(shortlist(*many, large, *many, large))) < len(many)


def shortlist(*pictures: Picture) -> Shortlist:
    found = Shortlist()
    for picture in pictures:
        found.add(picture)
    return found
