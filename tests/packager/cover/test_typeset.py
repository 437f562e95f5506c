from collections.abc import Callable
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.packager.cover.typeset import break_lines, set_in_box
from epubmaker.text.linebreaks import phrases


def each(width: float) -> Callable[[str], float]:
    """Measure every character alike."""
    return lambda text: len(text) * width


def test_lines_are_even_and_not_filled_one_after_the_other() -> None:
    assert break_lines("one two three four five", each(1), 19) == ("one two three", "four five")


def test_a_word_that_is_too_wide_asks_for_a_smaller_size() -> None:
    assert break_lines("an Internationalization", each(1), 10) is None


def test_chinese_breaks_between_characters() -> None:
    assert break_lines("美国之音中文网", each(1), 4) == ("美国之", "音中文网")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh-Hans", "年轻人的教育：我们的时代"),
        ("ja", "東京で見つけた小さな喫茶店の物語"),
        ("th", "ประวัติศาสตร์ของภาษาไทยในอนาคต"),
    ],
)
def test_lines_end_between_phrases_that_are_not_too_wide(language: str, text: str) -> None:
    known = phrases(text, language)
    widest = max(map(len, known))
    ends = set(accumulate(map(len, known)))
    for width in range(widest, len(text)):
        lines = break_lines(text, each(1), width, language)
        assert lines is not None
        assert ends.issuperset(accumulate(map(len, lines)))
    if language == "th":
        return
    lines = break_lines(text, each(1), widest - 1, language)
    assert lines is not None
    assert max(map(len, lines)) < widest


def test_thai_lines_have_no_hyphens() -> None:
    text = "ประวัติศาสตร์ของภาษาไทยในอนาคต" * 8
    setting = set_in_box(text, each, width=150, height=30, sizes=(10,), leading=1, language="th")
    assert not any(line.endswith("-") for line in setting.lines)


def test_no_line_begins_with_closing_or_ends_with_opening_punctuation() -> None:
    lines = break_lines("外交部：「将采取一切必要措施」，他说。", each(1), 8)
    assert lines is not None
    assert not any(line[0] in "：」，。" for line in lines)
    assert not any(line[-1] == "「" for line in lines)


def test_a_dash_or_mark_with_a_space_before_it_begins_no_line() -> None:
    assert break_lines("2022-01-12 – 2022-01-13", each(1), 13) == ("2022-01-12 –", "2022-01-13")
    assert break_lines("Quoi de neuf ?", each(1), 12) == ("Quoi de", "neuf ?")


def test_a_break_after_punctuation_is_preferred() -> None:
    assert break_lines("台海局势，与美中关系", each(1), 6) == ("台海局势，", "与美中关系")


def test_small_kana_and_long_vowels_stay_with_their_syllable() -> None:
    lines = break_lines("ウクライナニュースキャッシュ", each(1), 5)
    assert lines is not None
    assert not any(line[0] in "ュャッー" for line in lines)


def test_korean_breaks_between_words() -> None:
    assert break_lines("미국의 소리 한국어 뉴스", each(1), 8) == ("미국의 소리", "한국어 뉴스")


def test_a_mark_stays_with_its_letter() -> None:
    assert break_lines("e\u0301" * 6, each(1), 4, anywhere=True) == ("e\u0301e\u0301",) * 3


def test_the_largest_size_that_fits_is_taken() -> None:
    setting = set_in_box("Voice of America", each, width=100, height=40, sizes=(20, 12, 10, 6), leading=1)
    assert (setting.size, setting.lines) == (12, ("Voice of", "America"))


def test_a_somewhat_smaller_size_that_breaks_no_word_is_better() -> None:
    setting = set_in_box("美国之音中文网", each, width=70, height=100, sizes=(14, 12, 10), leading=1)
    assert (setting.size, setting.lines) == (10, ("美国之音中文网",))


def test_text_too_long_for_the_smallest_size_is_cut_with_an_ellipsis() -> None:
    setting = set_in_box("word " * 100, each, width=50, height=30, sizes=(20, 10), leading=1)
    assert len(setting.lines) == 3
    assert setting.lines[-1].endswith("…")


def test_a_word_too_wide_for_the_smallest_size_is_broken_with_a_hyphen() -> None:
    setting = set_in_box("Donaudampfschiff 中国", each, width=100, height=100, sizes=(20, 10), leading=1)
    assert [line[-1] for line in setting.lines] == ["-", "-", "国"]
    assert "".join(line.removesuffix("-") for line in setting.lines) == "Donaudampfschiff 中国"
    assert max(map(len, setting.lines)) <= 10


def test_a_character_wider_than_the_line_stands_alone() -> None:
    assert break_lines("e\u0301 e\u0301", each(1), 1, anywhere=True) == ("e\u0301", "e\u0301")


@given(st.text(max_size=80), st.integers(1, 30), st.sampled_from(("en", "zh-TW", "ja", "th")))
def test_every_text_is_broken_into_lines_that_fit_and_hold_all_of_it(text: str, width: int, language: str) -> None:
    lines = break_lines(text, each(1), width, language, anywhere=True)
    assert lines is not None
    assert "".join("".join(lines).split()) == "".join(text.split())
