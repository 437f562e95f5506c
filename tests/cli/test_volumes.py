"""`--split-by`: whole books of one series, which keep their names and bytes while other volumes change."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from subprocess import CompletedProcess
from typing import Any

import commandline
import pytest
from archives import write_article
from cleanbooks import AssertClean
from effort import effort
from openbook import DC, OPF, OpenBook

from epubmaker.options import Options
from epubmaker.pipeline.build import Progress
from epubmaker.pipeline.build import build as build_book

START = datetime(2021, 12, 30, 12, tzinfo=UTC)
FLAGS = ("build", "in", "--no-cover", "--timezone", "UTC", "--report", "r.json")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tests' folder the current one."""
    monkeypatch.chdir(tmp_path)


def write(folder: Path, *days: int, source: str = "a.org", words: int = 1) -> None:
    """Write an article for each of some days after `START`, with some words that deflate does not make smaller."""
    for day in days:
        random = Random(day)
        more = " ".join(f"{random.getrandbits(32):x}" for _ in range(words))
        body = f"<p>What happened at {source} on day {day}, told in a line or two.</p><p>{more}</p>"
        link = f"https://{source}/{day}"
        path = folder / "in" / f"{source}-{day:03}.txt"
        write_article(path, f"Day {day}", link=link, body=body, moment=START + timedelta(days=day))


def write_undated(folder: Path) -> None:
    (folder / "in" / "undated.txt").write_text("[Some day](https://a.org/undated)\n---\n<p>Text.</p>")


def build(*arguments: str, cache: str = "cache") -> list[dict[str, Any]]:
    """Build, and return what the report says of the books."""
    done = commandline.here(*FLAGS, "--cache", cache, *arguments)
    assert done.returncode == 0, done.stderr
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    return list(report["books"])


def refused(*arguments: str) -> str:
    done: CompletedProcess[str] = commandline.here(*FLAGS, *arguments)
    assert done.returncode == 2
    assert not list(Path().rglob("*.epub"))
    return done.stderr.splitlines()[-1]


def names(books: list[dict[str, Any]]) -> list[str]:
    return [Path(book["path"]).as_posix() for book in books]


def written(books: list[dict[str, Any]]) -> list[str]:
    return [Path(book["path"]).as_posix() for book in books if book["status"] == "written"]


def told(path: Path) -> dict[str, str]:
    """Return what a library shows of a book."""
    package = OpenBook.read(path).package
    metas = {
        meta.get("name") or meta.get("property"): meta.get("content") or meta.text
        for meta in package.iter(f"{OPF}meta")
    }
    return {
        "title": package.findtext(f".//{DC}title", ""),
        "identifier": package.findtext(f".//{DC}identifier", ""),
        "series": metas["calibre:series"],
        "index": metas["calibre:series_index"],
        "collection": f"{metas['belongs-to-collection']} {metas['group-position']}",
    }


def test_months_are_whole_books_of_a_series_and_only_those_that_changed_are_written(tmp_path: Path) -> None:
    write(tmp_path, 0, 1, 2, 3, 40)
    write_undated(tmp_path)
    flags = ("-o", "news.epub", "--split-by", "month", "-t", "The News")

    books = build(*flags)

    assert names(books) == ["news-2021-12.epub", "news-2022-01.epub", "news-2022-02.epub", "news-undated.epub"]
    assert [(book["title"], book["articles"]) for book in books] == [
        ("The News: December 2021", 2),
        ("The News: January 2022", 2),
        ("The News: February 2022", 1),
        ("The News: Without a date", 1),
    ]
    before = [told(tmp_path / name) for name in names(books)]
    assert [each["collection"] for each in before] == [
        f"The News {index}" for index in (202112, 202201, 202202, 999999)
    ]
    assert (before[1]["series"], before[1]["index"]) == ("The News", "202201")
    assert len({each["identifier"] for each in before}) == 4
    assert written(build(*flags)) == []

    write(tmp_path, 4, 90)
    (tmp_path / "in" / "a.org-040.txt").unlink()
    again = build(*flags)

    assert written(again) == ["news-2022-01.epub", "news-2022-03.epub"]
    assert told(tmp_path / "news-2022-01.epub") == before[1]
    stood = [(tmp_path / name).read_bytes() for name in names(again)]
    (tmp_path / "other").mkdir()
    from_nothing = build(*flags, "-o", "other/news.epub", cache="other")
    assert [(tmp_path / name).read_bytes() for name in names(from_nothing)] == stood


@pytest.mark.parametrize(
    ("split", "expected"),
    [
        ("day", ["x-2021-12-30 20211230", "x-2021-12-31 20211231", "x-2022-01-02 20220102", "x-undated 99999999"]),
        ("week", ["x-2021-W52 202152", "x-undated 999999"]),
        ("year", ["x-2021 2021", "x-2022 2022", "x-undated 9999"]),
        ("source", ["x-a.org 20211230", "x-b.org 20211230"]),
        (
            "source/year",
            [
                "x-a.org-2021 2021",
                "x-a.org-2022 2022",
                "x-a.org-undated 9999",
                "x-b.org-2021 2021",
                "x-b.org-2022 2022",
            ],
        ),
        ("4", ["x-1 1", "x-2 2"]),
        ("1", [f"x-{number} {number}" for number in range(1, 8)]),
    ],
)
def test_what_volumes_are_split_by(tmp_path: Path, split: str, expected: list[str]) -> None:
    write(tmp_path, 0, 1, 3)
    write(tmp_path, 0, 1, 3, source="b.org")
    write_undated(tmp_path)

    books = build("-o", "x.epub", "--split-by", split, "--language", "fr")

    found = {name: told(tmp_path / name) for name in names(books)}
    assert [f"{name.removesuffix('.epub')} {each['index']}" for name, each in found.items()] == expected
    titles, series = [each["title"] for each in found.values()], {each["series"] for each in found.values()}
    match split:
        case "day":
            assert titles[0] == "a.org, b.org : 30 décembre 2021"
        case "source":
            assert titles == ["a.org", "b.org"]
        case "source/year":
            assert titles[0] == "a.org · 2021"
            assert series == {"a.org", "b.org"}
        case "4":
            assert titles == ["a.org, b.org (1/2)", "a.org, b.org (2/2)"]
    assert series == {"a.org, b.org"} or split == "source/year"
    assert sum(book["articles"] for book in books) == 7


def test_a_volume_that_is_the_only_one_is_not_counted(tmp_path: Path) -> None:
    write(tmp_path, 0, 1, 2)

    [only] = build("-o", "x.epub", "--split-by", "20", "-t", "News")
    assert (only["title"], names([only])) == ("News", ["x-1.epub"])
    before = told(tmp_path / "x-1.epub")
    first, _ = build("-o", "x.epub", "--split-by", "2", "-t", "News")
    assert first["title"] == "News (1/2)"
    assert told(tmp_path / "x-1.epub") == {**before, "title": "News (1/2)"}


def test_days_are_those_of_the_time_zone_and_an_identifier_is_kept(tmp_path: Path) -> None:
    write(tmp_path, 0)
    given = ("--split-by", "month", "-o", "x.epub", "--series", "S", "--identifier")

    [book] = build(*given, "urn:x:1", "--timezone", "Pacific/Kiritimati")
    assert told(tmp_path / names([book])[0])["identifier"] == "urn:x:1-2021-12"
    write(tmp_path, 1)  # noon in UTC is two in the morning there
    books = build(*given, "urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427", "--timezone", "Pacific/Kiritimati")

    assert names(books) == ["x-2021-12.epub", "x-2022-01.epub"]
    assert all(told(tmp_path / name)["identifier"].startswith("urn:uuid:") for name in names(books))


def test_the_name_of_a_book_is_made_of_fields(tmp_path: Path) -> None:
    write(tmp_path, *range(11))
    write(tmp_path, 0, source="b.org")

    books = build("-o", "shelf/{source}/{date:%Y/%m}-{{x}}.epub", "--split-by", "source,month")
    assert names(books) == [
        "shelf/a.org/2021/12-{x}.epub",
        "shelf/a.org/2022/01-{x}.epub",
        "shelf/b.org/2021/12-{x}.epub",
    ]

    [*_, last] = build("-o", "{title} {n} of {count:03}, {first}.epub", "--split-by", "1", "-t", "A/B: ..")
    assert names([last]) == ["A B 12 of 012, 2022-01-09.epub"]
    assert (tmp_path / "A B 01 of 012, 2021-12-30.epub").is_file()

    [book] = build("-o", "{date:%Y}-{last}-{n}.epub")
    assert names([book]) == ["2022-2022-01-09-1.epub"]


@pytest.mark.parametrize(
    ("output", "split", "said"),
    [
        (
            "{author}.epub",
            "month",
            "--output: there is no field {author}; there are {title} {source} {first} {last} {date} ",
        ),
        (
            "a{.epub",
            "month",
            "--output: a brace stands alone in 'a{.epub'; write {{ and }} for braces, or a field as {date}",
        ),
        ("{title}.epub", "month", "--output: two volumes would be a.org.epub; add {date} to tell them apart"),
        ("x.epub", "source", "--output: two volumes would be x-A_B.epub; add {n} to tell them apart"),
        ("{n}.epub", "decade", "--split-by: 'decade' is nothing to split by; give day, week, month, year, source, "),
        ("{n}.epub", "day/month", "--split-by: 'day/month' is nothing to split by; give "),
        ("{n}.epub", "0", "--split-by: '0' is nothing to split by; give "),
    ],
)
def test_a_name_or_a_cut_that_is_none_is_wrong_usage(tmp_path: Path, output: str, split: str, said: str) -> None:
    write(tmp_path, 0, 3)
    if split == "source":
        for number, source in enumerate(("A_B", "../a_b")):
            head = f"---\ntitle: T{number}\nlink: https://e.org/{number}\nsite: {source}\n---\n"
            (tmp_path / "in" / f"{number}.txt").write_text(f"{head}<p>Text {number}.</p>")

    assert refused("-o", output, "--split-by", split).startswith(f"error: {said}")


def test_the_paths_of_all_volumes_are_looked_at_before_any_is_written(tmp_path: Path) -> None:
    write(tmp_path, 0, 3)
    (tmp_path / "x-2022-01.epub").write_text("My diary.")
    (tmp_path / "x.epub").write_text("Not in the way of any volume.")

    done = commandline.here(*FLAGS, "-o", "x.epub", "--split-by", "month")

    assert done.returncode == 1
    assert "error: x-2022-01.epub: a file that is no EPUB is there; replace it with --force" in done.stderr
    assert not (tmp_path / "x-2021-12.epub").exists()


def test_volumes_of_earlier_runs_are_named_and_removed_only_where_asked_to(tmp_path: Path) -> None:
    write(tmp_path, 0, 3, 40, 70, 100)
    made = ("-o", "x.epub", "--split-by", "month", "-t", "T", "--until", "2021-12-31")
    months = [f"x-{month}.epub" for month in ("2021-12", "2022-01", "2022-02", "2022-03", "2022-04")]
    assert names(build(*made, "--until", "2022-12")) == months
    (tmp_path / "x-2020-01.epub").write_bytes((tmp_path / months[0]).read_bytes())  # no run wrote that
    with (tmp_path / months[3]).open("ab") as changed:
        changed.write(b"a note of mine")

    def run(*flags: str) -> list[str]:
        done = commandline.here(*FLAGS, *made, "--cache", "cache", *flags)
        assert done.returncode == 0, done.stderr
        return [line for line in done.stdout.splitlines() if "no longer made" in line]

    assert run() == [f"no longer made: {months[1]}; {months[2]}; {months[4]}; --prune removes them"]
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["volumes_left"], report["volumes_removed"]) == ([months[1], months[2], months[4]], [])
    assert run("-o", "y.epub") == run("--new", "--state", "seen") == []

    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    dry = commandline.here(*FLAGS, *made, "--cache", "cache", "--prune", months[4], "--dry-run")
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before
    assert [line for line in dry.stdout.splitlines() if "remove" in line] == [
        f"would remove {month}: no longer made" for month in months[1:3]
    ]
    assert run("--prune", months[4]) == [
        f"removed, as no longer made: {months[1]}; {months[2]}"
    ]  # the third is an input
    assert sorted(path.name for path in tmp_path.glob("x*.epub")) == ["x-2020-01.epub", months[0], *months[3:]]
    assert run("--max-size", "1MB") == [f"no longer made: {months[4]}; --prune removes it"]
    assert run("--prune") == [f"removed, as no longer made: {months[4]}"]
    assert run() == []


@pytest.mark.parametrize("other", ["--new", "--no-cache"])
def test_nothing_is_removed_where_earlier_volumes_are_wanted_or_not_known(tmp_path: Path, other: str) -> None:
    write(tmp_path, 0)

    said = refused("-o", "x.epub", "--split-by", "month", "--prune", other)

    assert said.startswith(f"error: --prune: contradicts {other}; leave ")


def test_a_volume_that_is_too_large_is_cut_into_parts_that_keep_what_tells_them_apart(tmp_path: Path) -> None:
    write(tmp_path, 0, *range(2, 10), words=900)
    flags = ("-o", "x.epub", "--split-by", "month", "-t", "T", "--max-size", "40KB")

    books = build(*flags)

    assert names(books) == ["x-2021-12.epub", "x-2022-01-1.epub", "x-2022-01-2.epub"]
    assert all(book["bytes"] <= 40_000 for book in books)
    _, *parts = [told(tmp_path / name) for name in names(books)]
    assert [part["title"] for part in parts] == ["T: January 2022 (1/2)", "T: January 2022 (2/2)"]
    assert [part["collection"] for part in parts] == ["T 202201.01", "T 202201.02"]
    assert written(build(*flags)) == []

    write(tmp_path, 1, words=900)
    again = build(*flags)
    assert written(again) == ["x-2021-12.epub"]
    assert [told(tmp_path / name) for name in names(again)[1:]] == parts


def test_parts_of_a_run_that_was_interrupted_are_named_by_the_next(tmp_path: Path) -> None:
    write(tmp_path, *range(9), words=900)

    def interrupt(_: Progress) -> None:
        if Path("x-1.epub").exists():
            raise KeyboardInterrupt

    options = Options((Path("in"),), output=Path("x.epub"), max_size=40_000, draw_cover=False, cache=Path("cache"))
    with pytest.raises(KeyboardInterrupt):
        build_book(options, interrupt)
    done = commandline.here(*FLAGS, "--cache", "cache", "-o", "x.epub", "--max-size", "1MB")

    assert done.stdout.splitlines()[-1] == "no longer made: x-1.epub; --prune removes it"


def test_a_limit_that_is_too_small_is_wrong_usage_before_the_first_volume_and_said_of_later_ones(
    tmp_path: Path,
) -> None:
    random = Random(0)
    authors = ["A", *(" ".join(f"{random.getrandbits(32):x}" for _ in range(200)) for _ in range(2))]
    (tmp_path / "in").mkdir()
    for month, author in enumerate(authors, start=1):
        head = f"---\ntitle: T{month}\ndate: 2022-0{min(month, 2)}-01\nauthor: {author}\n---\n"
        (tmp_path / "in" / f"{month}.md").write_text(f"{head}What the post of month {month} tells.\n")
    flags = ("-o", "x.epub", "--split-by", "month", "--max-size")

    assert refused(*flags, "5KB").startswith("error: --max-size: contents and other pages alone take ")
    for status in ("written", "unchanged"):
        done = commandline.here(*FLAGS, *flags, "8KB", "--cache", "cache")
        assert done.returncode == 0
        assert re.fullmatch(
            r"note: x-2022-02\.epub: \S+ bytes are more than the 8,000 of --max-size: its cover, .*",
            done.stdout.splitlines()[-1],
        )
        books = json.loads(Path("r.json").read_text(encoding="utf-8"))["books"]
        assert [book["status"] for book in books] == [status, status]
        assert names(books) == ["x-2022-01.epub", "x-2022-02.epub"]


def test_parts_of_one_book_are_known_by_its_oldest_article(tmp_path: Path) -> None:
    write(tmp_path, *range(8), words=900)
    flags = ("-o", "x-{n}.epub", "-t", "T", "--max-size", "35KB")

    first = [told(tmp_path / name) for name in names(build(*flags))]
    write(tmp_path, *range(8, 14), words=900)
    second = [told(tmp_path / name) for name in names(build(*flags))]

    assert len(second) > len(first) > 1
    assert [each["identifier"] for each in second[: len(first)]] == [each["identifier"] for each in first]
    assert [each["collection"] for each in second] == [f"T {number}" for number in range(1, len(second) + 1)]


@pytest.mark.slow
def test_volumes_of_every_kind_are_valid(tmp_path: Path, assert_clean: AssertClean) -> None:
    write(tmp_path, *range(0, 40, 3), words=300)
    write(tmp_path, *range(0, 40, 5), source="b.org", words=300)
    write_undated(tmp_path)
    for split in ("week", "source/month", "9"):
        assert commandline.here("build", "in", "-o", f"{split[0]}-{{n}}.epub", "--split-by", split).returncode == 0
    assert_clean(*tmp_path.glob("*.epub"))


@pytest.mark.slow
def test_of_many_articles_one_book_is_written_where_one_month_changed(tmp_path: Path) -> None:
    count, sources = effort(5_000), 10
    step = timedelta(days=730) / count
    for number in range(count):
        source, title = f"s{number % sources}.example.org", f"Number {number}"
        body = f"<p>What there is to say of number {number}.</p>" * 3
        path, link = tmp_path / "in" / source / f"{number:05}.txt", f"https://{source}/{number}"
        write_article(path, title, link=link, body=body, moment=START + number * step)
    flags = ("-o", "books/{source}/{date}.epub", "--split-by", "source/month")

    books = build(*flags)
    assert len(books) > 20 * sources
    assert sum(book["articles"] for book in books) == count
    before = {path: path.stat().st_mtime_ns for path in Path("books").rglob("*.epub")}
    assert written(build(*flags)) == []

    with next((tmp_path / "in" / "s3.example.org").iterdir()).open("a") as changed:
        changed.write("<p>And this.</p>")
    [name] = written(build(*flags))
    after = {path: path.stat().st_mtime_ns for path in Path("books").rglob("*.epub")}
    assert [path.as_posix() for path in before if after[path] != before[path]] == [name]
    assert name.startswith("books/s3.example.org/")
    assert before.keys() == after.keys()
