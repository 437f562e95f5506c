from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

import pytest
from babel import dates, localedata
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.text.dates import format_date, format_day, format_month, format_period, format_range, numerals

DAY = date(2022, 1, 12)


def simple(text: str) -> str:
    """Return a text with ASCII digits and plain spaces, as the CLDR's wording is without what we do to it."""
    return "".join(str(unicodedata.digit(c, c)) for c in " ".join(text.split()))


@pytest.mark.parametrize(
    ("language", "locale"),
    [
        *((name, name) for name in ("en", "ja", "ko", "ru", "ar", "fr", "fa", "mr")),
        ("en-GB", "en_GB"),
        ("zh-Hans", "zh_Hans"),
        ("zh-Hant-HK", "zh_Hant_HK"),
        ("fr-Latn-x-private", "fr"),  # subtags that the CLDR lacks
        ("qqx", "en"),
    ],
)
def test_a_date_reads_as_the_cldr_has_it(language: str, locale: str) -> None:
    assert simple(format_day(DAY, language)) == simple(dates.format_date(DAY, "long", locale))
    assert simple(format_month(DAY, language)) == simple(dates.format_skeleton("yMMMM", DAY, locale=locale))
    assert format_day(DAY, language) != DAY.isoformat()


def test_a_moment_is_its_day_in_utc() -> None:
    assert format_date(datetime(2022, 1, 12, 23, 59, 59, tzinfo=UTC), "en") == format_day(DAY, "en")


@pytest.mark.parametrize("language", ["en", "zh-Hans", "de", "ar", "fa"])
def test_a_range_reads_as_the_cldr_has_it(language: str) -> None:
    first = datetime(2022, 1, 12, 5, tzinfo=UTC)

    for last in (date(2022, 1, 18), date(2022, 2, 3), date(2023, 1, 2)):
        written = format_range(first, datetime(last.year, last.month, last.day, tzinfo=UTC), language)
        expected = dates.format_interval(DAY, last, "yMMMd", locale=language.replace("-", "_"))
        assert simple(written) == simple(expected)
    assert format_range(first, datetime(2022, 1, 12, 9, tzinfo=UTC), language) == format_day(DAY, language)


def test_a_period_is_a_week_by_its_days() -> None:
    assert format_period("2022-W02", "fr") == format_range(
        datetime(2022, 1, 10, tzinfo=UTC), datetime(2022, 1, 16, tzinfo=UTC), "fr"
    )
    assert format_period("2022-01-12", "fr") == format_day(DAY, "fr")
    assert format_period("2022-01", "fr") == format_month(DAY, "fr")
    assert format_period("2022", "fr") == "2022"


@pytest.mark.parametrize(("language", "written"), [("fa", "۲۴"), ("zh-Hans", "24"), ("x", "24")])
def test_numbers_have_the_digits_of_their_language(language: str, written: str) -> None:
    assert numerals("24", language) == written


@given(st.text(max_size=30))
def test_any_string_as_language_gives_a_date(language: str) -> None:
    assert any(unicodedata.digit(character, None) == 2 for character in format_day(DAY, language))


@pytest.mark.slow
def test_every_language_of_the_cldr_has_its_forms() -> None:
    for identifier in localedata.locale_identifiers():
        language = identifier.replace("_", "-")
        assert simple(numerals("2024", language)) == "2024"
        assert format_day(DAY, language)
        assert format_month(DAY, language)
        text = format_range(datetime(2022, 1, 12, tzinfo=UTC), datetime(2022, 1, 18, tzinfo=UTC), language)
        assert not set(text) & {"\u202f", "\u2009"}
