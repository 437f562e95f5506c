"""Tables of contents of books that span a day or years, of ten articles or thousands, made on the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import commandline
import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from openbook import NCX, OPS, XHTML, OpenBook

from epubmaker.packager.pages import PAGE_LIMIT
from epubmaker.text.dates import format_day, format_month, format_period, format_year

DAY = timedelta(days=1)


def write(folder: Path, moments: Iterable[datetime]) -> list[str]:
    """Write an article for each moment; return their titles."""
    titles = []
    for number, moment in enumerate(moments, start=1):
        titles.append(f"Article {number} about the harbor")
        link = f"https://news.example.org/{number}"
        write_article(folder / f"{number:05}.txt", titles[-1], link=link, body="<p>Some text.</p>", moment=moment)
    return titles


def build(folder: Path, *flags: str) -> tuple[OpenBook, str]:
    """Build a book of a folder on the command line; return it, and what was said."""
    output = folder.with_suffix(".epub")
    given: list[str | Path] = ["build", folder, "-o", output, "--no-cache", "--no-cover", "--language", "en", *flags]
    done = commandline.run(*given, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return OpenBook.read(output), done.stdout + done.stderr


def nav_tree(book: OpenBook) -> list[tuple[int, str, str]]:
    """Level, title and target of each entry of the nav document."""
    toc = next(nav for nav in book.tree("nav.xhtml").iter(f"{XHTML}nav") if nav.get(f"{OPS}type") == "toc")
    links = toc.iter(f"{XHTML}a")
    return [(len(list(a.iterancestors(f"{XHTML}li"))) - 1, a.text or "", a.get("href", "")) for a in links]


def ncx_tree(book: OpenBook) -> list[tuple[int, str, str]]:
    """Level, title and target of each entry of the NCX."""
    points = book.tree("toc.ncx").iter(f"{NCX}navPoint")
    return [
        (
            len(list(point.iterancestors(f"{NCX}navPoint"))),
            point.findtext(f"{NCX}navLabel/{NCX}text") or "",
            point.find(f"{NCX}content").get("src", ""),
        )
        for point in points
    ]


def levels(book: OpenBook) -> list[list[str]]:
    """The titles on each level of the nav document, which has the entries of the NCX."""
    tree = nav_tree(book)
    assert ncx_tree(book) == tree
    depth = 1 + max(level for level, _, _ in tree)
    assert f'<meta name="dtb:depth" content="{depth}"/>'.encode() in book.files["EPUB/toc.ncx"]
    return [[title for level, title, _ in tree if level == wanted] for wanted in range(depth)]


def openers(book: OpenBook) -> list[str]:
    return [name for name in book.spine if name.startswith("g-")]


def contents_pages(book: OpenBook) -> list[str]:
    return [name for name in book.spine if name.startswith("contents")]


def headings(book: OpenBook, name: str) -> list[tuple[str, str]]:
    """The headings of a page, each with its level."""
    found = book.tree(name).iter(f"{XHTML}h1", f"{XHTML}h2", f"{XHTML}h3")
    return [(element.tag.removeprefix(XHTML), "".join(element.itertext())) for element in found]


def reachable(book: OpenBook) -> set[str]:
    """The documents to which the table of contents and its pages lead."""
    found: set[str] = set()
    waiting = {href for _, _, href in nav_tree(book)}
    while waiting:
        name = waiting.pop()
        found.add(name)
        if name.startswith(("contents", "g-")):
            waiting |= {a.get("href", "") for a in book.tree(name).iter(f"{XHTML}a")} - found
    return found


# --- what `--group-by auto` groups by --------------------------------------------------------------------------------


def test_articles_of_one_day_are_not_grouped_and_show_no_time(tmp_path: Path) -> None:
    titles = write(tmp_path / "in", [START, START + timedelta(hours=1)])
    book, _ = build(tmp_path / "in")

    assert levels(book) == [titles]
    assert openers(book) == []
    assert headings(book, "contents.xhtml") == [("h1", "Contents")]
    assert "UTC" not in book.text("contents.xhtml")
    assert book.metadata["title"] == f"news.example.org {START:%F}"


def test_notes_without_a_date_are_not_grouped(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("One", "Two"):
        (tmp_path / "in" / f"{name}.txt").write_text(f"[{name}](https://e.org/{name})\n---\n<p>Text.</p>")
    book, _ = build(tmp_path / "in")

    assert levels(book) == [["One", "Two"]]


def test_up_to_60_days_are_the_headings(tmp_path: Path) -> None:
    titles = write(tmp_path / "in", [START + DAY * n for n in range(60)])
    book, _ = build(tmp_path / "in")

    assert levels(book) == [[format_day(START + DAY * n, "en") for n in range(60)], titles]
    assert book.metadata["title"] == f"news.example.org {START:%F} – {START + DAY * 59:%F}"


def test_of_61_days_the_months_are_the_headings(tmp_path: Path) -> None:
    titles = write(tmp_path / "in", [START + DAY * n for n in range(61)])
    book, _ = build(tmp_path / "in")

    months = [format_month(datetime(2022, month, 1, tzinfo=UTC), "en") for month in (1, 2, 3)]
    assert levels(book) == [months, titles]
    assert openers(book) == ["g-1.xhtml", "g-2.xhtml", "g-3.xhtml"]
    assert headings(book, "contents.xhtml") == [("h1", "Contents")]
    assert [a.text for a in book.tree("contents.xhtml").iter(f"{XHTML}a")] == months
    assert book.metadata["title"] == "news.example.org 2022-01 – 2022-03"
    assert book.text("front.xhtml").split("\n")[2] == "news.example.org"  # the dates stand below it, in words


@pytest.mark.parametrize(("months", "depth"), [(24, 2), (25, 3)])
def test_above_more_than_24_months_are_years(
    tmp_path: Path, assert_clean: AssertClean, months: int, depth: int
) -> None:
    days = [datetime(2020 + n // 12, n % 12 + 1, day, tzinfo=UTC) for n in range(months) for day in (1, 2, 3)]
    titles = write(tmp_path / "in", days)
    book, _ = build(tmp_path / "in")

    assert_clean(tmp_path / "in.epub")
    found = levels(book)
    assert len(found) == depth
    assert found[-2:] == [[format_month(moment, "en") for moment in days[::3]], titles]
    if depth == 3:
        years = [format_year(datetime(year, 1, 1, tzinfo=UTC), "en") for year in (2020, 2021, 2022)]
        assert found[0] == years
        assert [text for tag, text in headings(book, "contents.xhtml") if tag == "h2"] == years
        assert [a.text for a in book.tree("contents.xhtml").iter(f"{XHTML}a")] == found[1]
    assert len(openers(book)) == months


def test_years_can_be_asked_for(tmp_path: Path) -> None:
    titles = write(tmp_path / "in", [datetime(year, 5, 1, tzinfo=UTC) for year in (2020, 2022)])
    book, _ = build(tmp_path / "in", "--group-by", "year", "--reverse")

    assert levels(book) == [["2022", "2020"], titles[::-1]]
    assert book.metadata["title"] == "news.example.org 2020 – 2022"


@pytest.mark.parametrize(("articles", "each", "opened"), [(62, 2, 0), (60, 3, 0), (63, 3, 21)])
def test_groups_have_openers_in_books_of_more_than_60_articles_three_in_a_group(
    tmp_path: Path, articles: int, each: int, opened: int
) -> None:
    write(tmp_path / "in", [START + DAY * (n // each) for n in range(articles)])
    book, _ = build(tmp_path / "in")

    assert openers(book) == [f"g-{number}.xhtml" for number in range(1, opened + 1)]
    if not opened:
        assert [href for level, _, href in nav_tree(book) if level == 0] == book.chapters[::each]


# --- groups in groups ------------------------------------------------------------------------------------------------


def write_of_two_sources(folder: Path, days: Iterable[int], each: int) -> None:
    """Write articles of two sources on days of January and February 2022, counted from 1, and one that has no date."""
    for host in ("b.example.org", "a.example.org"):
        for number, day in enumerate(day for day in days for _ in range(each)):
            path, link = folder / f"{host}/{number:03}.txt", f"https://{host}/{number}"
            write_article(path, f"{host} {day}.{number}", link=link, moment=START + DAY * (day - START.day))
    (folder / "c.txt").write_text("[Undated](https://a.example.org/undated)\n---\n<p>Text.</p>")


def test_two_names_nest_with_openers_of_the_inner_groups(tmp_path: Path, assert_clean: AssertClean) -> None:
    write_of_two_sources(tmp_path / "in", (3, 10, 16, 40), 8)
    book, _ = build(tmp_path / "in", "--group-by", "source/week")

    assert_clean(tmp_path / "in.epub")
    weeks = [format_period(week, "en") for week in ("2022-W01", "2022-W02", "2022-W06")]
    assert levels(book)[:2] == [["a.example.org", "b.example.org"], [*weeks, "Without a date", *weeks]]
    assert len(levels(book)) == 3
    assert headings(book, "contents.xhtml") == [("h1", "Contents"), ("h2", "a.example.org"), ("h2", "b.example.org")]
    assert [a.text for a in book.tree("contents.xhtml").iter(f"{XHTML}a")] == levels(book)[1]
    assert len(openers(book)) == 6  # the group of one article needs none
    assert "a.example.org · 8 articles" in book.text(openers(book)[0])
    places = [book.spine.index(href) for _, _, href in nav_tree(book)]
    assert places == sorted(places)
    said = commandline.run("inspect", tmp_path / "in.epub", cwd=tmp_path).stdout
    assert f"  a.example.org\n    {weeks[0]}\n      a.example.org 3.0" in said


def test_a_group_named_as_the_one_above_it_is_named_once(tmp_path: Path, assert_clean: AssertClean) -> None:
    write_of_two_sources(tmp_path / "in", (3, 40), 1)
    book, _ = build(tmp_path / "in", "--group-by", "month/folder", "--reverse", "--sort", "source")

    assert_clean(tmp_path / "in.epub")
    february, january = (format_month(datetime(2022, month, 1, tzinfo=UTC), "en") for month in (2, 1))
    folders = ["b.example.org", "a.example.org"]
    assert levels(book)[:2] == [[february, january, "Without a date"], [*folders, *folders, "Other"]]
    book, _ = build(tmp_path / "in", "--group-by", "folder/source", "--title", "Once")
    found = [(level, title) for level, title, _ in nav_tree(book)]
    assert found == [
        *((0, "a.example.org"), (1, "a.example.org 3.0"), (1, "a.example.org 40.1")),
        *((0, "b.example.org"), (1, "b.example.org 3.0"), (1, "b.example.org 40.1")),
        *((0, "Other"), (1, "a.example.org"), (2, "Undated")),
    ]
    write_article(tmp_path / "in/a.example.org/deep/1.txt", "Deep", link="https://a.example.org/deep")
    book, _ = build(tmp_path / "in", "--group-by", "source/folder", "--title", "Once", "--reverse")
    assert [
        title for level, title, _ in nav_tree(book) if level < 2 and "3.0" not in title and "40.1" not in title
    ] == [
        "b.example.org",
        *("a.example.org", "a.example.org/deep", "a.example.org", "Other"),
    ]


def test_articles_are_below_their_first_tags(tmp_path: Path, assert_clean: AssertClean) -> None:
    (tmp_path / "in").mkdir()
    for title, tags in (("One", "[wind 10, sea]"), ("Two", "wind 9"), ("Three", "'<b>: & more'"), ("Four", "[]")):
        front = f"title: {title}\ndate: 2022-01-12\ntags: {tags}"
        (tmp_path / "in" / f"{title}.md").write_text(f"---\n{front}\n---\nWords of {title}.")
    book, _ = build(tmp_path / "in", "--group-by", "tag")

    assert_clean(tmp_path / "in.epub")
    tree = [title for _, title, _ in nav_tree(book)]
    assert tree == [": & more", "Three", "wind 9", "Two", "wind 10", "One", "Other", "Four"]
    assert "tag        wind 10  [front matter]" in commandline.run("inspect", "in/One.md", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("named", "cause"),
    [
        ("sorce", "'sorce' is no grouping; give one of auto, day, week, month, year, source, folder, tag, none"),
        ("source/none", "'source/none' is no grouping; give one of auto"),
        ("year/month/day", "'year/month/day' is no grouping; give one of auto"),
        ("day/month", "each day of 'day/month' has one month; give the longer one first, or one alone"),
        ("source/source", "each source of 'source/source' has one source"),
    ],
)
def test_what_divides_nothing_is_wrong_usage(tmp_path: Path, named: str, cause: str) -> None:
    write(tmp_path / "in", [START])
    done = commandline.run("build", tmp_path / "in", "--group-by", named, "-o", tmp_path / "a.epub", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert cause in done.stderr


# --- titles ----------------------------------------------------------------------------------------------------------


TITLES = {
    "Short #one #two": "Short #one #two",
    "How the harbor was built in eleven years #harbor #ships #sea": "How the harbor was built in eleven years #harbor …",
    "#港口 #船#灯塔 ＃harbor #ships #lighthouse #keepers": "#港口 #船#灯塔 ＃harbor #ships #lighthouse …",
    "We built #this and #that in eleven years of hard work": "We built #this and #that in eleven years of hard work",
    " ".join(["word"] * 40): " ".join(["word"] * 24) + " …",
    "字" * 200: "字" * 119 + " …",
}


def test_long_titles_are_short_in_tables_of_contents_and_whole_in_the_chapter(tmp_path: Path) -> None:
    for number, title in enumerate(TITLES):
        write_article(tmp_path / "in" / f"{number}.txt", title, link=f"https://e.org/{number}")
    book, _ = build(tmp_path / "in", "--sort", "input")

    assert levels(book) == [list(TITLES.values())]
    for title, name in zip(TITLES, book.chapters, strict=True):
        assert TITLES[title] in book.text("contents.xhtml")
        assert title in book.text(name)


# --- thousands of articles -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("flags", [(), ("--group-by", "none"), ("--group-by", "day")])
def test_of_thousands_of_articles_reading_systems_list_the_groups_and_pages_all(
    tmp_path: Path, flags: tuple[str, ...]
) -> None:
    write(tmp_path / "in", [START + DAY * n for n in range(2100)])
    book, said = build(tmp_path / "in", *flags)

    assert not re.search(r"Article \d", book.text("nav.xhtml"))
    assert set(book.chapters) <= reachable(book)
    assert len(book.chapters) == 2100
    assert max(len(book.files[f"EPUB/{name}"]) for name in book.spine) < PAGE_LIMIT + 5000
    assert "2,100 articles, with which many readers are slow" in said
    places = [book.spine.index(href) for _, _, href in nav_tree(book)]
    assert places == sorted(places)
    assert ncx_tree(book) == nav_tree(book)


@pytest.mark.slow
def test_lists_by_day_on_several_pages_are_valid(tmp_path: Path, assert_clean: AssertClean) -> None:
    for number in range(420):  # what takes time is each document
        title, moment = f"第{number}篇" + "港口" * 60, START + DAY * number
        link = f"https://news.example.org/{number}"
        write_article(tmp_path / "in" / f"{number:03}.txt", title, link=link, body="<p>x</p>", moment=moment)
    book, _ = build(tmp_path / "in", "--group-by", "day")

    assert len(contents_pages(book)) > 1
    assert_clean(tmp_path / "in.epub")


@pytest.mark.slow
def test_the_lists_of_5000_days_are_small(tmp_path: Path) -> None:
    write(tmp_path / "in", [START + DAY * n for n in range(5000)])
    book, _ = build(tmp_path / "in")

    years = range(2022, 2036)
    assert levels(book)[0] == ["Contents", *map(str, years)]
    assert len(book.files["EPUB/nav.xhtml"]) < 20_000
    assert len(book.files["EPUB/toc.ncx"]) < 40_000
    assert contents_pages(book) == ["contents.xhtml"]
    assert set(book.chapters) <= reachable(book)
