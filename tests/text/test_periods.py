from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.text.periods import Period, days_of, period_key


@pytest.mark.parametrize(
    ("period", "key", "first", "last"),
    [
        ("day", "2022-01-01", date(2022, 1, 1), date(2022, 1, 1)),
        ("week", "2021-W52", date(2021, 12, 27), date(2022, 1, 2)),
        ("month", "2022-01", date(2022, 1, 1), date(2022, 1, 31)),
        ("year", "2022", date(2022, 1, 1), date(2022, 12, 31)),
    ],
)
def test_a_period_has_a_key_and_days(period: Period, key: str, first: date, last: date) -> None:
    assert period_key(date(2022, 1, 1), period) == key
    assert days_of(key) == (first, last)


@given(st.dates(), st.sampled_from(["day", "week", "month", "year"]))
def test_a_day_lies_in_its_period_and_the_keys_sort_as_time_does(day: date, period: Period) -> None:
    key = period_key(day, period)
    first, last = days_of(key)

    assert first <= day <= last
    assert period_key(first, period) == period_key(last, period) == key
    if last < date.max:
        assert period_key(last + timedelta(days=1), period) > key
