from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from epubmaker.collector.scan import scan
from epubmaker.collector.select import select
from epubmaker.model.articles import Entry, Location, Plan
from epubmaker.options import Options
from epubmaker.text.addresses import article_key, identity, site

ROOT = Path("archive").absolute()


def entry(position: int, title: str = "", day: int | None = 12, **fields: Any) -> Entry:
    base = Entry(
        name=f"{position}.txt",
        location=Location(str(ROOT)),
        label=f"archive/{position}.txt",
        position=position,
        key=article_key(identity(fields.get("link", f"https://e.org/{position}"))),
        title=title or f"T{position}",
        published=None if day is None else datetime(2022, 1, day, 10, tzinfo=UTC),
    )
    found = base._replace(**fields)
    return found if found.source else found._replace(source=site(found.link) or "")


def shape(plan: Plan) -> list[tuple[str, list[str]]]:
    return [("/".join(group.keys), [item.title for item in group.entries]) for group in plan.groups]


def options(**fields: Any) -> Options:
    return Options((ROOT,), **fields)


def test_articles_are_grouped_by_day_oldest_first_and_undated_last() -> None:
    entries = [entry(0, day=None), entry(1, day=14), entry(2, day=12), entry(3, day=14)]

    assert shape(select(entries, options())) == [
        ("2022-01-12", ["T2"]),
        ("2022-01-14", ["T1", "T3"]),
        ("", ["T0"]),
    ]


def test_reverse_turns_articles_and_groups_but_not_the_undated() -> None:
    entries = [entry(0, day=None), entry(1, day=14), entry(2, day=12), entry(3, day=14)]

    assert shape(select(entries, options(reverse=True))) == [
        ("2022-01-14", ["T3", "T1"]),
        ("2022-01-12", ["T2"]),
        ("", ["T0"]),
    ]


@pytest.mark.parametrize(
    ("group_by", "keys"),
    [
        ("day", ["2022-01-12", "2022-01-13"]),
        ("month", ["2022-01"]),
        ("year", ["2022"]),
        ("auto", ["2022-01-12", "2022-01-13"]),
        ("source", ["a.org", "b.org"]),
        ("folder", ["x9", "x10"]),
        ("none", [""]),
    ],
)
def test_each_grouping_has_its_keys_in_order(group_by: Any, keys: list[str]) -> None:
    entries = [
        entry(0, day=13, link="https://www.a.org/1", name="x10/0.txt"),
        entry(1, day=12, link="https://b.org/1", name="x9/1.txt"),
    ]

    assert [key for key, _ in shape(select(entries, options(group_by=group_by)))] == keys


@pytest.mark.parametrize(("timezone", "weeks"), [("UTC", ["2021-W52"]), ("Asia/Shanghai", ["2021-W52", "2022-W01"])])
def test_weeks_are_those_of_the_books_time_zone(timezone: str, weeks: list[str]) -> None:
    entries = [entry(0, day=1), entry(1, published=datetime(2022, 1, 2, 23, tzinfo=UTC))]  # a Saturday and a Sunday

    assert [key for key, _ in shape(select(entries, options(group_by="week", timezone=timezone)))] == weeks


def test_a_few_articles_of_many_years_are_grouped_by_year() -> None:
    moments = [datetime(year, month, 1, tzinfo=UTC) for year in (2015, 2020, 2022) for month in (3, 9)]
    entries = [entry(number, published=moment) for number, moment in enumerate(moments)]
    undated = entry(9, day=None)

    assert [key for key, _ in shape(select([*entries, undated], options()))] == ["2015", "2020", "2022", ""]


@pytest.mark.parametrize(("sort_by", "keys"), [("source", ["a.org", "b.org"]), ("title", [""]), ("input", [""])])
def test_grouping_on_its_own_keeps_the_order_that_is_asked_for(sort_by: Any, keys: list[str]) -> None:
    entries = [entry(0, day=13, link="https://b.org/1"), entry(1, day=12, link="https://a.org/1")]

    assert [key for key, _ in shape(select(entries, options(sort_by=sort_by)))] == keys


@pytest.mark.parametrize(
    ("sort_by", "order"),
    [
        ("date", ["b 10", "C", "a"]),
        ("title", ["a", "b 10", "C"]),
        ("source", ["C", "a", "b 10"]),
        ("input", ["a", "C", "b 10"]),
    ],
)
def test_each_order_sorts_by_its_name(sort_by: Any, order: list[str]) -> None:
    entries = [
        entry(0, "a", day=14, link="https://n.org/1"),
        entry(1, "C", day=13, link="https://m.org/2"),
        entry(2, "b 10", day=12),
    ]

    assert shape(select(entries, options(sort_by=sort_by, group_by="none"))) == [("", order)]


def test_since_and_until_include_their_days_and_leave_undated_articles_out_with_a_word() -> None:
    entries = [entry(0, day=11), entry(1, day=12), entry(2, day=13), entry(3, day=14), entry(4, day=None)]

    plan = select(entries, options(since=date(2022, 1, 12), until=date(2022, 1, 13)))

    assert [item.title for item in plan.entries] == ["T1", "T2"]
    assert [(issue.code, issue.where) for issue in plan.issues] == [("article-undated", "archive/4.txt")]


def test_limit_keeps_the_newest() -> None:
    entries = [entry(0, day=14), entry(1, day=11), entry(2, day=None), entry(3, day=13)]

    assert [item.title for item in select(entries, options(limit=2)).entries] == ["T3", "T0"]


def test_of_two_copies_of_an_article_the_one_archived_last_stays() -> None:
    early, late = datetime(2022, 1, 12, tzinfo=UTC), datetime(2022, 1, 13, tzinfo=UTC)
    entries = [
        entry(0, "new", link="https://www.e.org/a?utm_source=x#top", archived=late),
        entry(1, "old", link="https://www.e.org/a", archived=early),
        entry(2, "other", link="https://www.e.org/b", archived=early),
    ]

    plan = select(entries, options(sort_by="input"))

    assert [item.title for item in plan.entries] == ["new", "other"]
    assert [(issue.code, issue.where) for issue in plan.issues] == [("article-duplicate", "archive/1.txt")]


def test_of_copies_a_text_beats_a_stub_then_the_latest_then_the_longest_then_the_last(tmp_path: Path) -> None:
    lines = "<!--{stamp}-->\n[{title}]({link})\n------\n\n<div>\n{text}\n</div>"

    def write(name: str, stamp: int, text: str, link: str = "https://e.org/{}", title: str = "A title") -> None:
        written = lines.format(stamp=stamp * 10**9, title=title, link=link.format(name[0]), text=text)
        (tmp_path / name).write_text(written, encoding="utf-8")

    write("a1.md", 1500, "<p>The whole text.</p>")
    write("a2.md", 1600, "A title", "https://e.org/a?utm_source=feed")  # a later stub
    write("b1.md", 1500, "<p>The text of early times.</p>")
    write("b2.md", 1600, "<p>The later text.</p>")
    write("j1.md", 1500, "<p>The whole text, which goes on and on.</p>" * 3)
    write("j2.md", 1600, "<p>The whole text … <a href='/j'>Read more</a></p>")  # a later beginning of it
    write("k1.md", 1500, "<p>The whole text, which goes on and on.</p>" * 100)
    write("k2.md", 1600, "<p>It was shortened by its author, who had said too much.</p>" * 40)
    write("c1.md", 1500, "<p>A text that is longer.</p>", "https://e.org/@c/%E6%A1%A5")
    write("c2.md", 1500, "<p>A text.</p>", "https://e.org/@c/%25E6%25A1%25A5")  # encoded twice
    write("d1.md", 1500, "", title="Empty d")
    write("d2.md", 1500, "Empty d!", title="Empty d")
    write("e1.md", 1500, "<p>Subscribe to this channel.</p>", "https://e.org/e1", "One")
    write("e2.md", 1500, "<p>Subscribe to this channel.</p>", "https://e.org/e2", "Two")
    write("f1.md", 1500, "<p>Twice the same.</p>", "https://e.org/f1", "Same")
    write("f2.md", 1600, "<p>Twice the same.</p>", "https://f.org/f2", "Same!")
    write("g1.md", 1500, "", "https://e.org/g1", "Live")  # videos without a word
    write("g2.md", 1500, "", "https://e.org/g2", "Live")
    long = "<p>" + "A long text. " * 2000
    write("h1.md", 1600, f"{long}</p>", "https://e.org/h1", "Long")
    write("h2.md", 1500, f"{long}</p>", "https://e.org/h2", "Long, again")
    write("i1.md", 1500, f"{long}One.</p>", "https://e.org/i1", "Other")
    write("i2.md", 1500, f"{long}Two.</p>", "https://e.org/i2", "Other")

    plan = select(scan([tmp_path]).entries, options(sort_by="input", group_by="none"))

    kept = ["a1", "b2", "c1", "d2", "e1", "e2", "f2", "g1", "g2", "h1", "i1", "i2", "j1", "k2"]
    assert [Path(item.path).stem for item in plan.entries] == kept
    assert {Path(issue.where).stem: issue.message.partition(", which ")[2] for issue in plan.issues} == {
        "a2": "stays: this one has no text",
        "b1": "stays: it is later",
        "c2": "stays: it is longer",
        "d1": "stays",
        "f1": "stays: it is later",
        "h2": "stays: it is later",
        "j2": "stays: this one has less than half of its text",
        "k1": "stays: it is later",
    }


def test_nearly_the_same_text_of_a_source_and_its_other_hosts_are_copies_and_what_a_channel_repeats_is_none(
    tmp_path: Path,
) -> None:
    def write(name: str, text: str, link: str = "https://e.org/{}", title: str = "A title", stamp: int = 1500) -> None:
        head = f"<!--{stamp}000000000-->\n[{title}]({link.format(name)})\n------\n\n"
        (tmp_path / f"{name}.md").write_text(f"{head}<div>\n{text}\n</div>", encoding="utf-8")

    long = "<p>" + "The ferry left at six, and those who had missed it stood on the pier. " * 20
    write("a1", "<p>Two ships, one harbor.</p>")
    write("a2", "<p>Two ships — <b>one</b>&nbsp;harbor!</p>", stamp=1600)
    write("a3", "<p>Two ships, one harbor.</p>", title="Another title")
    write("a4", "<p>Two ships, one harbor. And 3.</p>")
    write("b1", f"{long}</p>", title="Long")
    write("b2", f"{long}</p><p>It came back.</p>", title="Long")
    write("b3", f"{long}</p><p>{long}</p>", title="Long")
    write("b4", f"{long}</p>", title="Long", link="https://other.org/b4", stamp=1400)
    for number in range(3):  # a channel's description of itself
        write(f"c{number}", "<p>Subscribe to us!</p>", "https://www.tube.org/watch?v={}", f"Day {number}")
        write(f"e{number}", f'<p>Our comic!</p><img src="/{number}.png">', title="Comic")
    write("d1", "<p>An early text.</p>", "https://www.e.org/d/1.html", "D")
    write("d2", "<p>A late text.</p>", "http://m.e.org/d/1.html?utm_source=x#top", "D, again", stamp=1600)
    write("d3", "<p>The other one.</p>", "https://m.e.org/d/3.html", "D")
    write("f1", "<p>One.</p>", "https://www.e.org/", "Front")
    write("f2", "<p>Two.</p>", "https://m.e.org/", "Front, too")

    plan = select(scan([tmp_path]).entries, options(sort_by="input", group_by="none"))

    kept = ["a2", "a3", "a4", "b2", "b3", "c0", "c1", "c2", "d2", "d3", "e0", "e1", "e2", "f1", "f2"]
    assert [Path(item.path).stem for item in plan.entries] == kept
    assert {Path(issue.where).stem for issue in plan.issues} == {"a1", "b1", "b4", "d1"}


@pytest.mark.parametrize(
    ("source", "link", "titles", "shown"),
    [
        ("The Harbour", "https://e.org/a", ["A bridge - The Harbour", "B|the harbour!"], ["A bridge", "B"]),
        ("e.org", "https://news.example.org/a", ["A bridge_Example", "B - Sea - Example"], ["A bridge", "B - Sea"]),
        ("TV", "https://e.org/a", [f"{n} | Sea | Nightly" for n in range(5)], [str(n) for n in range(5)]),
        ("TV", "https://e.org/a", [f"{n} | Sea" for n in range(4)], [f"{n} | Sea" for n in range(4)]),
        ("TV", "https://e.org/a", ["TV", "- TV", "A-TV", "A: TV"], ["TV", "- TV", "A-TV", "A: TV"]),
    ],
)
def test_endings_that_the_titles_of_a_source_share_are_removed(
    source: str, link: str, titles: list[str], shown: list[str]
) -> None:
    entries = [entry(n, title, link=f"{link}{n}", source=source) for n, title in enumerate(titles)]

    assert [item.title for item in select(entries, options(sort_by="input")).entries] == shown


def test_articles_that_name_only_the_front_page_are_not_copies_of_each_other() -> None:
    entries = [entry(0, link="https://e.org/", key="k0"), entry(1, link="https://e.org", key="k1"), entry(2), entry(3)]

    assert len(select(entries, options()).entries) == 4


def test_two_addresses_with_one_hash_are_two_articles() -> None:
    entries = [entry(number, link=f"https://e.org/{number % 2}", key="same") for number in range(3)]

    plan = select(entries, options(sort_by="input"))

    assert [(item.title, item.key) for item in plan.entries] == [("T1", "samex"), ("T2", "same")]
    assert [issue.where for issue in plan.issues] == ["archive/0.txt"]
