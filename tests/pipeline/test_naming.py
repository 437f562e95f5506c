from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.errors import UsageError
from epubmaker.model.articles import Entry, Group, Location, Plan
from epubmaker.model.choices import GroupedBy
from epubmaker.options import Options
from epubmaker.text.naming import (
    book_identifier,
    book_title,
    file_name,
    heading,
    issue_identifier,
    modified,
    sort_title,
)
from epubmaker.text.outputnames import OutputName


def plan(*articles: tuple[str | None, int | None]) -> Plan:
    entries = tuple(
        Entry(
            name="a",
            location=Location(""),
            label="a",
            position=number,
            key=f"k{number}",
            title=f"Title {number}",
            link=host and f"https://{host}/a",
            source=(host or "").removeprefix("www."),
            published=None if day is None else datetime(2022, 1, day, 23, 30, tzinfo=UTC),
        )
        for number, (host, day) in enumerate(articles)
    )
    return Plan((Group((), entries),))


@pytest.mark.parametrize(
    ("articles", "title"),
    [
        ([("www.a.org", 12)], "Title 0"),
        ([("www.a.org", 12), ("a.org", 12)], "a.org 2022-01-12"),
        ([("b.org", 12), ("a.org", 14), ("a.org", 13)], "a.org, b.org 2022-01-12 – 2022-01-14"),
        ([("a.org", 12), ("b.org", 12), ("c.org", None)], "a.org, b.org +1 2022-01-12"),
        ([(None, None), (None, None)], "Articles"),
    ],
)
def test_a_book_is_named_after_its_sources_and_dates(articles: list[tuple[str | None, int | None]], title: str) -> None:
    assert book_title(plan(*articles)) == title


@pytest.mark.parametrize(
    ("grouped_by", "title"),
    [
        (("month",), "a.org 2021-12 – 2022-01"),
        (("year",), "a.org 2021 – 2022"),
        (("day",), None),
        (("month", "week"), None),
        (("year", "source"), "a.org 2021 – 2022"),
    ],
)
def test_a_book_is_named_after_the_months_or_years_that_it_is_grouped_by(
    grouped_by: tuple[GroupedBy, ...], title: str | None
) -> None:
    book = plan(("a.org", 12), ("a.org", 14))
    first, last = book.entries
    earlier = first._replace(published=datetime(2021, 12, 31, tzinfo=UTC))
    over_years = Plan((Group((), (earlier, last)),), grouped_by)

    assert book_title(over_years) == (title or "a.org 2021-12-31 – 2022-01-14")
    assert book_title(book._replace(grouped_by=grouped_by)) == "a.org 2022-01-12 – 2022-01-14"


@pytest.mark.parametrize(
    ("articles", "title", "shown"),
    [
        ([("a.org", 12), ("a.org", 14)], "a.org 2022-01-12 – 2022-01-14", "a.org"),
        ([("a.org", 12), ("a.org", 14)], "a.org 2022-01-12", "a.org 2022-01-12"),
        ([("a.org", 12), ("a.org", 14)], "a.org 2022-01-12 – 2022-01-14 (1/2)", "a.org 2022-01-12 – 2022-01-14 (1/2)"),
        ([(None, 12), (None, 14)], "2022-01-12 – 2022-01-14", "2022-01-12 – 2022-01-14"),
        ([("a.org", 12)], "Title 0", "Title 0"),
        ([("a.org", 12), ("b.org", 12), ("c.org", 12)], "a.org, b.org +1 2022-01-12", "News"),
    ],
)
def test_a_default_title_does_not_say_the_dates_that_stand_below_it(
    articles: list[tuple[str | None, int | None]], title: str, shown: str
) -> None:
    assert heading(plan(*articles), title, "en") == shown


def test_the_identifier_depends_on_which_articles_not_on_their_order() -> None:
    book = plan(("a.org", 12), ("b.org", 13))
    turned = book._replace(groups=(Group((), tuple(reversed(book.entries))),))

    assert book_identifier(book) == book_identifier(turned)
    assert book_identifier(book) != book_identifier(plan(("a.org", 12)))


def test_an_issue_of_a_series_is_told_by_its_first_day_its_number_or_its_first_new_article() -> None:
    def identifier(*articles: tuple[str | None, int | None], series: str = "S", **fields: Any) -> str:
        return issue_identifier(plan(*articles), Options((), series=series, **fields))

    first = identifier(("a.org", 12), ("b.org", 13))
    assert first == identifier(("a.org", 12), ("a.org", 12), ("c.org", 14))
    others = [
        identifier(("a.org", 13), ("b.org", 13)),
        identifier(("b.org", 12)),  # two books of a series on one day
        identifier(("a.org", 12), series="T"),
        identifier(("a.org", 12), title="T"),
        identifier(("a.org", 12), new=True),
        identifier(("a.org", 12), series_index=1),
        identifier(("a.org", 12), series_index=1.5),
    ]
    assert len({first, *others}) == 8
    assert identifier(("b.org", 14), series_index=1.5) == identifier(("a.org", 12), series_index=1.5)
    assert identifier(("a.org", 12), ("b.org", 13), new=True) == identifier(("a.org", 12), new=True)
    assert identifier(("a.org", 13), ("a.org", 12), new=True) != identifier(("a.org", 12), new=True)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("News: a/b?", "News a b.epub"),
        ("新闻 2022-01-12", "新闻 2022-01-12.epub"),
        ("../../etc/passwd", "etc passwd.epub"),
        ("CON", "book CON.epub"),
        ("...", "book.epub"),
        ("文" * 80, "文" * 33 + ".epub"),
    ],
)
def test_a_title_gives_a_file_name(title: str, name: str) -> None:
    assert file_name(title) == name


@pytest.mark.parametrize(
    ("output", "volume"),
    [
        ("news.epub", "news-2.epub"),
        ("news-{n}-x.epub", "news-2-x.epub"),
        ("a.b.kepub.epub", "a.b-2.kepub.epub"),
        ("news", "news-2"),
    ],
)
def test_a_part_is_numbered_where_asked_or_before_the_ending(output: str, volume: str) -> None:
    assert OutputName.parse(str(Path("out", output))).part(2, 9) == Path("out", volume)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "{x}.epub",
            "there is no field {x}; there are {title} {source} {first} {last} {date} {n} {count}; {{ is a brace",
        ),
        ("{title.__class__}.epub", "there is no field {title.__class__}"),
        ("{title!r}.epub", "there is no field {title!r}"),
        ("{}.epub", "there is no field {}"),
        ("a{.epub", "a brace stands alone in 'a{.epub'; write {{ and }} for braces"),
        ("{date:%Q}.epub", "{date:%Q} has no such format"),
        ("{n:9999999999}.epub", "{n:9999999999} has no such format"),
        ("{title:>99}.epub", "{title:>99} has no such format"),
    ],
)
def test_a_field_that_there_is_not_is_wrong_usage(output: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        OutputName.parse(output)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("title", "language", "filed"),
    [
        ("The Guardian Weekly", "en-GB", "Guardian Weekly, The"),
        ("Die Zeit", "de", "Zeit, Die"),
        ("Die Hard", "en", None),
        ("The", "en", None),
        ("新闻 2022", "zh-Hans", None),
    ],
)
def test_a_title_is_filed_under_its_first_real_word(title: str, language: str, filed: str | None) -> None:
    assert sort_title(title, language) == filed


@given(st.text())
def test_any_title_gives_a_safe_file_name(title: str) -> None:
    name = file_name(title)

    assert Path(name).name == name
    assert not name.startswith((".", " "))
    assert len(name.encode()) <= 110


def test_the_book_is_as_old_as_its_newest_article() -> None:
    assert modified(plan(("a.org", 12), ("a.org", 14), (None, None)), {}) == datetime(2022, 1, 14, 23, 30, tzinfo=UTC)


def test_source_date_epoch_sets_the_clock() -> None:
    assert modified(plan(("a.org", 12)), {"SOURCE_DATE_EPOCH": "86400"}) == datetime(1970, 1, 2, tzinfo=UTC)


def test_a_source_date_epoch_that_is_no_time_is_an_error() -> None:
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        modified(plan(("a.org", 12)), {"SOURCE_DATE_EPOCH": "yesterday"})
