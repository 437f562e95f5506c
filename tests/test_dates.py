from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.dates import format_date, format_day, format_month, format_range, numerals

DAY = date(2022, 1, 12)


@pytest.mark.parametrize(
    ("language", "long", "month"),
    [
        ("en", "January 12, 2022", "January 2022"),
        ("en-GB", "12 January 2022", "January 2022"),
        ("zh-Hans", "2022年1月12日", "2022年1月"),
        ("zh-Hant-HK", "2022年1月12日", "2022年1月"),
        ("ja", "2022年1月12日", "2022年1月"),
        ("ko", "2022년 1월 12일", "2022년 1월"),
        ("ru", "12 января 2022\u00a0г.", "январь 2022\u00a0г."),
        ("ar", "12 يناير 2022", "يناير 2022"),
        ("fr", "12 janvier 2022", "janvier 2022"),
        ("fa", "۱۲ ژانویهٔ ۲۰۲۲", "ژانویهٔ ۲۰۲۲"),
    ],
)
def test_a_date_reads_as_its_language_writes_it(language: str, long: str, month: str) -> None:
    assert format_day(DAY, language) == long
    assert format_month(DAY, language) == month


def test_a_moment_is_its_day_in_utc() -> None:
    assert format_date(datetime(2022, 1, 12, 23, 59, 59, tzinfo=UTC), "en") == "January 12, 2022"


@pytest.mark.parametrize(
    ("language", "days", "months", "years"),
    [
        ("en", "Jan 12 – 18, 2022", "Jan 12 – Feb 3, 2022", "Jan 12, 2022 – Jan 2, 2023"),
        ("zh-Hans", "2022年1月12日至18日", "2022年1月12日至2月3日", "2022年1月12日至2023年1月2日"),
        ("de", "12.–18. Jan. 2022", "12. Jan. – 3. Feb. 2022", "12. Jan. 2022 – 2. Jan. 2023"),
        ("ar", "12–18 يناير 2022", "12 يناير – 3 فبراير 2022", "12 يناير 2022 – 2 يناير 2023"),
    ],
)
def test_a_range_says_once_what_its_ends_share(language: str, days: str, months: str, years: str) -> None:
    first = datetime(2022, 1, 12, 5, tzinfo=UTC)

    assert format_range(first, datetime(2022, 1, 18, tzinfo=UTC), language) == days
    assert format_range(first, datetime(2022, 2, 3, tzinfo=UTC), language) == months
    assert format_range(first, datetime(2023, 1, 2, tzinfo=UTC), language) == years
    assert format_range(first, datetime(2022, 1, 12, 9, tzinfo=UTC), language) == format_day(DAY, language)


@pytest.mark.parametrize(
    ("language", "written"), [("fa", "۲۴"), ("ar", "24"), ("ar-EG", "٢٤"), ("mr", "२४"), ("zh-Hans", "24"), ("x", "24")]
)
def test_numbers_have_the_digits_of_their_language(language: str, written: str) -> None:
    assert numerals("24", language) == written


def test_a_tag_with_subtags_that_the_cldr_lacks_falls_back_to_its_prefix() -> None:
    assert format_day(DAY, "fr-Latn-x-private") == "12 janvier 2022"


@given(st.text(max_size=30))
def test_any_string_as_language_gives_a_date(language: str) -> None:
    assert any(unicodedata.digit(character, None) == 2 for character in format_day(DAY, language))


def test_every_language_of_the_cldr_has_its_forms() -> None:
    for identifier in localedata.locale_identifiers():
        language = identifier.replace("_", "-")
        assert format_day(DAY, language)
        assert format_month(DAY, language)
        text = format_range(datetime(2022, 1, 12, tzinfo=UTC), datetime(2022, 1, 18, tzinfo=UTC), language)
        assert not set(text) & {"\u202f", "\u2009"}
