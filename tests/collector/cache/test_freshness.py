"""How long an answer is fresh: RFC 9111."""

from __future__ import annotations

import pytest
from requests.structures import CaseInsensitiveDict

from epubmaker.collector.cache.freshness import lifetime, matches, storable, validators, variant
from epubmaker.collector.pictures.headers import moment

DATE = "Wed, 12 Jan 2022 22:00:21 GMT"
NOW = moment(DATE) or 0.0
DAY = 86400.0


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "max-age=60"}, 60),
        ({"Cache-Control": "public, MAX-AGE=60, immutable"}, 60),
        ({"Cache-Control": 'max-age="60"'}, 60),
        ({"Cache-Control": "max-age=60, s-maxage=5"}, 60),
        ({"Cache-Control": "max-age=60", "Age": "20"}, 40),
        ({"Cache-Control": "max-age=60", "Age": "90"}, 0),
        ({"Cache-Control": "max-age=60", "Expires": "0"}, 60),
        ({"Cache-Control": "no-cache, max-age=60"}, 0),
        ({"Cache-Control": "max-age=-1"}, 0),
        ({"Cache-Control": "max-age=99999999999999999999999999"}, 10 * 365 * DAY),
        ({"Expires": "Wed, 12 Jan 2022 23:00:21 GMT"}, 3600),
        ({"Expires": "Wed, 12 Jan 2022 23:00:21 GMT", "Date": "Wed, 12 Jan 2022 22:30:21 GMT"}, 1800),
        ({"Expires": "0"}, 0),
        ({"Expires": "Mon, 12 Jan 1970 23:00:21 GMT"}, 0),
        ({}, DAY),
        ({"Last-Modified": "Sun, 12 Dec 2021 22:00:21 GMT"}, 3.1 * DAY),
        ({"Last-Modified": "Sun, 12 Dec 2010 22:00:21 GMT"}, 30 * DAY),
        ({"Last-Modified": "nonsense"}, DAY),
    ],
)
def test_a_picture_is_fresh_for_as_long_as_its_answer_says(headers: dict[str, str], seconds: float) -> None:
    assert lifetime(200, CaseInsensitiveDict(headers), NOW) == pytest.approx(seconds)


def test_a_redirect_is_fresh_when_it_is_permanent_or_says_so() -> None:
    assert lifetime(301, {}, NOW) == lifetime(308, {}, NOW) == 10 * 365 * DAY
    assert lifetime(302, {}, NOW) == 0
    assert lifetime(302, {"Cache-Control": "max-age=60"}, NOW) == 60


def test_only_no_store_keeps_an_answer_out() -> None:
    assert storable({})
    assert storable({"Cache-Control": "private, no-cache"})
    assert not storable({"Cache-Control": "no-cache, No-Store"})


def test_an_answer_is_used_for_requests_with_the_same_values_only() -> None:
    kept = variant({"Vary": "Accept, referer"}, {"Accept": "image/png", "Referer": "http://a/"})
    assert matches(kept, {"accept": "image/png", "referer": "http://a/", "User-Agent": "x"})
    assert not matches(kept, {"accept": "image/png"})
    assert matches(variant({}, {"Accept": "a"}), {"Accept": "b"})
    assert not matches(variant({"Vary": "Accept, *"}, {}), {})


def test_a_conditional_request_has_the_validators_of_the_answer() -> None:
    assert validators('"1"', DATE) == {"If-None-Match": '"1"', "If-Modified-Since": DATE}
    assert validators(None, "") == {}
