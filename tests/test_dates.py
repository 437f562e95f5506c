from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from babel import localedata
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.dates import format_date, format_day, format_month

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
    ],
)
def test_a_date_reads_as_its_language_writes_it(language: str, long: str, month: str) -> None:
    assert format_day(DAY, language) == long
    assert format_month(DAY, language) == month


def test_a_moment_is_its_day_in_utc() -> None:
    assert format_date(datetime(2022, 1, 12, 23, 59, 59, tzinfo=UTC), "en") == "January 12, 2022"


def test_a_tag_with_subtags_that_the_cldr_lacks_falls_back_to_its_prefix() -> None:
    assert format_day(DAY, "fr-Latn-x-private") == "12 janvier 2022"


@given(st.text(max_size=30))
def test_any_string_as_language_gives_a_date(language: str) -> None:
    assert "2022" in format_day(DAY, language)


def test_every_language_of_the_cldr_has_its_forms() -> None:
    for identifier in localedata.locale_identifiers():
        language = identifier.replace("_", "-")
        assert format_day(DAY, language)
        assert format_month(DAY, language)
