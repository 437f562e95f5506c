"""Which articles a book has: by day and time zone, by source, by words."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import commandline
import pytest
from archives import write_article
from openbook import FOLDER, OpenBook

NOON = datetime(2022, 3, 10, 12, tzinfo=UTC)
NOW = str(int(NOON.timestamp()))  # a Thursday


def run(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ("build", "in", "-o", "b.epub", "--cache", "cache", "--no-cover", *arguments)
    return commandline.run(*command, cwd=cwd, fresh=False, **environment)


def titles(folder: Path) -> list[str]:
    report = json.loads((folder / "r.json").read_text(encoding="utf-8"))
    return [article["title"] for article in report["articles"]]


def report(folder: Path) -> Any:
    return json.loads((folder / "r.json").read_text(encoding="utf-8"))


def text_of(book: OpenBook) -> str:
    return "".join(book.files[f"{FOLDER}{name}"].decode() for name in book.chapters)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An article of each of some days before a day in March, named by how many days those are."""
    folder = tmp_path_factory.mktemp("year")
    for days in (0, 1, 2, 3, 7, 14, 30, 70, 400):
        moment = NOON - timedelta(days=days)
        write_article(folder / "in" / f"{days}.txt", f"{days} ago", link=f"https://e.org/{days}", moment=moment)
    return folder


@pytest.mark.parametrize(
    ("flags", "kept"),
    [
        ("--since today", [0]),
        ("--since TODAY --until today", [0]),
        ("--until yesterday --since yesterday", [1]),
        ("--since 3d", [3, 2, 1, 0]),
        ("--since today-7d --until today-2days", [7, 3, 2]),
        ("--since today-2weeks --until yesterday-1w", [14]),
        ("--since today-2months --until today-1month", [30]),
        ("--until today-1year", [400]),
        ("--since 2022-02 --until 2022-02", [30, 14]),
        ("--since 20220309 --until 2022-03-09", [1]),
        ("--until 2021", [400, 70]),
    ],
)
def test_days_are_written_as_people_write_them_and_both_ends_are_included(
    year: Path, flags: str, kept: list[int]
) -> None:
    done = run(*flags.split(), "--report", "r.json", cwd=year, SOURCE_DATE_EPOCH=NOW)

    assert done.returncode == 0, done.stderr
    assert titles(year) == [f"{days} ago" for days in kept]
    assert report(year)["left_out"] == {"other-day": 9 - len(kept)}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (
            "--since tomorow",
            "--since: 'tomorow' is no day; write it like 2022-01-31, 2022-01, yesterday, today-7d or 3d",
        ),
        ("--until 2022-02-30", "--until: '2022-02-30' is no day; .*"),
        ("--since today-99999years", "--since: 'today-99999years' is no day; .*"),
        ("--since today --until yesterday", "--since: is after --until; turn them round"),
        ("--timezone berlin", "--timezone: no time zone is called 'berlin'; did you mean Europe/Berlin?"),
        ("--timezone Europe/Berln", "--timezone: no time zone .*; did you mean Europe/Berlin?"),
        ("--timezone ../x", "--timezone: no time zone is called '../x'; write it like Europe/Berlin"),
        ("--timezone Europe", "--timezone: no time zone is called 'Europe'; .*"),
        ("--match /(/", "--match: /(/ is no regular expression: missing .*; mend it, or leave the slashes out"),
        ("--exclude /a{99999999999}/", "--exclude: .* is no regular expression: .*"),
        ("--source=", "--source: is empty; .*"),
        ("--match a --match b --exclude b", "--match: contradicts --exclude: b; leave one out"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage_before_any_work(year: Path, flags: str, said: str) -> None:
    done = run(*flags.split(), cwd=year)

    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(f"error: {said.replace('?', '[?]').replace('(', '[(]')}\n", done.stderr), done.stderr


def test_a_day_is_one_of_the_time_zone_and_a_date_without_a_time_is_that_day_anywhere(tmp_path: Path) -> None:
    late = datetime(2022, 3, 27, 23, 30, tzinfo=UTC)
    write_article(tmp_path / "in" / "late.txt", "Late", link="https://e.org/1", moment=late)
    write_article(tmp_path / "in" / "noon.txt", "Noon", link="https://e.org/2", moment=late.replace(hour=12))
    for number in (3, 4):
        day = '---\ntitle: "Day"\ndate: 2022-03-2{}\nfrom: https://e.org/{}\n---\n\n<div><p>Text.</p></div>'
        (tmp_path / "in" / f"{number}.md").write_text(day.format(number + 4, number), encoding="utf-8")
    flags = ("--group-by", "day", "--report", "r.json", "--since", "2022-03-28")

    run(*flags, "--timezone", "Europe/Berlin", cwd=tmp_path)
    book = OpenBook.read(tmp_path / "b.epub")
    assert titles(tmp_path) == ["Day", "Late"]
    assert [article["published"] for article in report(tmp_path)["articles"]] == [
        "2022-03-28T00:00:00+02:00",
        "2022-03-28T01:30:00+02:00",
    ]
    assert report(tmp_path)["time_zone"] == "Europe/Berlin"
    assert '<time datetime="2022-03-28T01:30:00+02:00">' in text_of(book)
    assert '<time datetime="2022-03-28">' in text_of(book)

    run(*flags, cwd=tmp_path, TZ="America/New_York")
    assert titles(tmp_path) == ["Day"]
    assert report(tmp_path)["time_zone"] == "America/New_York"

    run(*flags, cwd=tmp_path, TZ="America/New_York", SOURCE_DATE_EPOCH=NOW)
    assert report(tmp_path)["time_zone"] == "UTC"


def test_another_time_zone_makes_another_book_and_other_days_of_the_same_articles_do_not(year: Path) -> None:
    first = run("--timezone", "Asia/Tokyo", cwd=year)
    same = run("--timezone", "Asia/Tokyo", "--since", "2020", "--exclude", "nothing", cwd=year)
    other = run("--timezone", "Asia/Kolkata", cwd=year)

    assert (first.returncode, other.returncode) == (0, 0)
    assert "b.epub (unchanged): " in same.stdout
    assert "unchanged" not in other.stdout


def test_articles_within_the_hour_that_a_clock_is_put_back_stay_in_their_order(tmp_path: Path) -> None:
    turn = datetime(2022, 10, 30, 0, 40, tzinfo=UTC)  # 02:40 in Berlin; half an hour later it is 02:10
    for number in range(3):
        moment = turn + number * timedelta(minutes=30)
        write_article(tmp_path / "in" / f"{3 - number}.txt", f"{number}", link=f"https://e.org/{number}", moment=moment)

    run("--report", "r.json", "--timezone", "Europe/Berlin", cwd=tmp_path)

    assert titles(tmp_path) == ["0", "1", "2"]


def test_the_date_of_archiving_can_decide(tmp_path: Path) -> None:
    for name, published, archived in (("a", 1, 9), ("b", 2, 8)):
        path = write_article(tmp_path / "in" / f"{name}.txt", name, link=f"https://e.org/{name}")
        stamp = int(NOON.replace(day=archived).timestamp() * 1000)
        lines = path.read_text(encoding="utf-8").replace("12 Jan 2022", f"{published:02} Mar 2022").split("\n", 1)
        path.write_text(f"<!--{stamp}-->\n{lines[1]}", encoding="utf-8")
    write_article(tmp_path / "in" / "c.txt", "c", link="https://e.org/c", moment=NOON.replace(day=1))

    run("--report", "r.json", "--since", "2022-03-02", cwd=tmp_path)
    assert titles(tmp_path) == ["b"]
    run("--report", "r.json", "--since", "2022-03-02", "--dated", "archived", cwd=tmp_path)
    assert titles(tmp_path) == ["b", "a"]


@pytest.mark.parametrize(
    ("flags", "kept", "left_out"),
    [
        (["--source", "E.org"], "ab", {"other-source": 2}),
        (["--source", "*.net", "--source", "/^s/"], "cd", {"other-source": 2}),
        (["--match", "TALKS"], "ac", {"no-match": 2}),
        (["--match", "talks*on"], "a", {"no-match": 3}),
        (["--match", r"/^ship|c\d$/"], "bc", {"no-match": 2}),
        (["--exclude", "e.org", "--exclude", "地震"], "c", {"excluded": 3}),
        (["--match", "/e/", "--exclude", "[pq]?ace", "--source", "*.*"], "abd", {"excluded": 1}),
    ],
)
def test_articles_are_chosen_by_source_and_words(
    tmp_path: Path, flags: list[str], kept: str, left_out: dict[str, int]
) -> None:
    for name, title, link in (
        ("a", "Talks go on", "https://e.org/a1"),
        ("b", "Ships leave", "https://e.org/b2"),
        ("c", "Peace talks", "https://news.net/c3"),
        ("d", "地震 news", "https://sub.d.edu/"),
    ):
        write_article(tmp_path / "in" / f"{name}.txt", title, link=link)

    done = run("--report", "r.json", "--sort", "input", *flags, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert [article["source"] for article in report(tmp_path)["articles"]] == [f"in/{name}.txt" for name in kept]
    assert report(tmp_path)["left_out"] == left_out


def test_what_was_left_out_is_counted_in_words_and_patterns_in_the_environment_are_one_a_line(year: Path) -> None:
    done = run("--since", "2022", "--limit", "1", cwd=year, EPUBMAKER_BUILD_EXCLUDE="3 ago\n*30 a*")

    assert done.stdout.splitlines()[2] == "left out: 2 of other days, 2 excluded, 4 beyond --limit"


def test_where_nothing_is_left_the_reasons_are_named(year: Path) -> None:
    done = run("--match", "nobody", "--source", "e.org", cwd=year)

    assert (done.returncode, done.stdout) == (0, "nothing to do: none is left of 9 articles: 9 without a match\n")
