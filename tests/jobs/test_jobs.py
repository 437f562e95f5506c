"""`plan` and `run`: the same books as by `build`, in any number of runs, and each of them once."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import commandline
import pytest
from archives import write_article
from hypothesis import given
from hypothesis import strategies as st
from kills import Kills

from epubmaker.storage.headtable import sortable

START = datetime(2021, 12, 30, 12, tzinfo=UTC)
CLOCK = {"SOURCE_DATE_EPOCH": "1700000000"}
TEXT = "What was said at the bridge on the day that it opened, told in a line or two that nobody has told before. "


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tests' folder the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", CLOCK["SOURCE_DATE_EPOCH"])


def write(number: int, *, source: str = "a.org", title: str = "", body: str = "", **others: Any) -> Path:
    """Write an article of a day after the first; each has its own text unless one is given."""
    path = Path("in", source, f"{number:03}.txt")
    moment = START + timedelta(days=number, hours=number % 7)
    link = others.pop("link", f"https://{source}/{number}")
    body = body or f"<p>{number}. {TEXT}</p><p>{Random(number).getrandbits(200):x}</p>"
    return write_article(path, title or f"Day {number}", link=link, body=body, moment=moment, **others)


def write_odd_ones() -> None:
    """Write an archive in which each rule that looks at many articles has something to do."""
    for number in range(24):
        write(number, source="a.org" if number % 3 else "b.net", title=f"Day {number} | The Harbour Times")
    write(30, link="https://a.org/2", title="The same address")
    write(31, title="Day 4 | The Harbour Times", body=f"<p>4. {TEXT}</p><p>{Random(4).getrandbits(200):x}</p>")
    write(32, source="www.a.org", link="https://www.a.org/5?x", title="Another host")
    write(33, source="m.a.org", link="https://m.a.org/5?x", title="Yet another host", body="<p>Short.</p>")
    long = TEXT * 12
    write(34, title="Told twice", body=f"<p>{long}</p>")
    write(35, title="Told twice", body=f"<p>{long}</p><p>And a line more.</p>")
    Path("in", "undated.txt").write_text("[Some day](https://a.org/undated)\n---\n<p>Text without a day.</p>")
    Path("in", "a.org", "readme.md").write_text("# Read me\n\nWhat this folder holds.\n")
    with zipfile.ZipFile("in/posts.zip", "w") as packed:
        for path in sorted(Path("in", "b.net").iterdir())[:5]:
            packed.writestr(f"_posts/{path.name}", path.read_text().replace("b.net/", "d.net/"))
        packed.writestr("_posts/readme.txt", "What this folder holds.")
    Path("in", "broken.epub.txt").write_bytes(b"")
    Path("in", "links.csv").write_text(
        "title,url,file\nKept,https://c.org/kept,kept.html\nAlone,https://c.org/alone,\n"
    )
    Path("in", "kept.html").write_text(f"<title>Kept</title><article><p>{TEXT * 4}</p></article>")


def made(folder: str) -> dict[str, str]:
    """Return the hash of each book in a folder, by name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path(folder).rglob("*.epub")}


def plan(*flags: str, status: int = 0) -> str:
    done = commandline.here("plan", "in", "--offline", "--timezone", "UTC", "--jobs-file", "jobs.jsonl", "-j1", *flags)
    assert done.returncode == status, done.stderr
    return str(done.stdout + done.stderr)


def run(*flags: str, status: int = 0) -> str:
    done = commandline.here("run", "jobs.jsonl", "--no-cache", "-j1", *flags)
    assert done.returncode == status, done.stderr
    return str(done.stdout + done.stderr)


def assert_as_built(*flags: str) -> None:
    for name in ("built", "books"):
        shutil.rmtree(name, ignore_errors=True)
    Path("jobs.done.jsonl").unlink(missing_ok=True)
    built = commandline.here("build", "in", "--offline", "--timezone", "UTC", "--no-cache", "-o", "built/", *flags)
    assert built.returncode == 0, built.stderr

    planned = plan("-o", "books/", *flags)
    run()

    assert made("books") == made("built")
    left_out = [line for line in built.stdout.splitlines() if line.startswith(("left out: ", "files not read: "))]
    for line in left_out:
        assert line.split(" (")[0] in planned


def test_planned_volumes_are_those_of_a_build() -> None:
    write_odd_ones()

    assert_as_built("--split-by", "source/month", "--no-cover")
    assert_as_built("--split-by", "7", "--reverse", "--since", "2022-01-03", "--no-cover")


@pytest.mark.slow
@pytest.mark.parametrize("sort", ["date", "title", "source", "input"])
@pytest.mark.parametrize("split", ["week", "source", "5"])
def test_planned_volumes_are_those_of_a_build_in_any_order(split: str, sort: str) -> None:
    write_odd_ones()
    turned = ["--reverse"] if Random(f"{split} {sort}").random() < 0.5 else []

    assert_as_built("--split-by", split, "--sort", sort, "--exclude", "day 7", *turned)


def test_a_plan_does_not_depend_on_the_number_of_processes() -> None:
    write_odd_ones()
    plan("--split-by", "week", "-o", "books/")
    alone = Path("jobs.jsonl").read_bytes()

    plan("--split-by", "week", "-o", "books/", "-j3")

    assert Path("jobs.jsonl").read_bytes() == alone
    assert b"broken" not in alone


def test_a_run_makes_what_is_not_there_or_has_changed() -> None:
    for number in range(0, 120, 10):
        write(number)
    plan("--split-by", "month", "-o", "books/{date:%Y-%m}.epub", "--no-cover")
    assert "5 volumes: 5 written; 12 articles" in run()
    first = made("books")

    assert "5 volumes: 5 there already; 0 articles" in run()
    Path("books", "2022-02.epub").unlink()
    assert "1 written, 4 there already" in run()
    assert made("books") == first

    changed = write(100, title="Another title")
    os.utime(changed, ns=(1, 1))
    plan("--split-by", "month", "-o", "books/{date:%Y-%m}.epub", "--no-cover")
    assert "1 written, 4 there already" in run("-v")
    assert {name for name, value in made("books").items() if value != first[name]} == {"2022-04.epub"}


def test_parts_of_a_run_make_each_volume_once_and_know_of_each_other() -> None:
    for number in range(0, 120, 10):
        write(number)
    plan("--split-by", "month", "-o", "books/", "--no-cover")

    said = [run("--only", f"{part}/2") for part in (1, 2)]

    assert ["3 volumes: 3 written" in said[0], "2 volumes: 2 written" in said[1]] == [True, True]
    assert "5 there already" in run()
    assert Path("jobs.done-1-of-2.jsonl").exists()


def test_a_volume_that_cannot_be_made_keeps_no_other_from_being_made() -> None:
    for number in range(0, 90, 10):
        write(number)
    plan("--split-by", "month", "-o", "books/{date:%Y-%m}.epub", "--no-cover")
    Path("books").mkdir()
    Path("books", "2022-01.epub").write_text("a file of somebody's")

    said = run(status=1)

    assert "error: books/2022-01.epub: a file that is no EPUB is there; " in said
    assert "1 failed" in said
    assert len(made("books")) == 4
    Path("books", "2022-01.epub").unlink()
    assert "1 written, 3 there already" in run()


def test_reports_of_volumes_are_written_on_request() -> None:
    write(1)
    plan("--split-by", "month", "-o", "books/{date:%Y-%m}.epub", "--no-cover")
    Path("reports").mkdir()

    run("--reports", "reports")

    (report,) = Path("reports").iterdir()
    assert json.loads(report.read_text())["books"][0]["path"] == str(Path("books", "2021-12.epub"))


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--new"], "--new: is for `epubmaker build`; leave it out of a plan"),
        (["--then", "true"], "--then: is for `epubmaker build`; leave it out of a plan"),
        (
            ["https://a.org/feed"],
            "https://a.org/feed: an address is no part of a plan; save it to a file, and name that",
        ),
        (["-o", "{title}.epub", "--split-by", "month"], "--output: two volumes would be "),
    ],
)
def test_what_only_a_build_can_do_is_wrong_usage(flags: list[str], line: str) -> None:
    write(1)
    write(40)

    assert f"error: {line}" in plan(*flags, status=2)
    assert not Path("jobs.jsonl").exists()


def test_what_is_no_job_is_said_in_a_line() -> None:
    Path("jobs.jsonl").write_text('{"output":"x.epub","key":"a","version":99}\nnothing\n')

    said = run(status=1)

    assert said.count("is no job of this version of epubmaker; plan again with this one") == 2
    assert "--only" in run("--only", "4/3", status=2)
    write(1)
    assert "no article is left of 1; " in plan("--since", "2030-01-01", status=1)


@given(st.lists(st.tuples(st.text(), st.integers(0, 10**18), st.text()), max_size=8))
def test_sort_keys_as_bytes_have_the_order_of_the_keys(keys: list[tuple[str, int, str]]) -> None:
    assert sorted(keys, key=sortable) == sorted(keys)


@given(st.lists(st.lists(st.text(max_size=3), max_size=3), max_size=8))
def test_lists_as_bytes_have_the_order_of_the_lists(keys: list[list[str]]) -> None:
    assert sorted(keys, key=sortable) == sorted(keys)
    assert len({sortable(key) for key in keys}) == len({tuple(key) for key in keys})


@pytest.mark.slow
def test_a_run_keeps_nothing_of_the_volumes_before() -> None:
    for number in range(0, 120, 10):
        write(number)
    plan("--split-by", "month", "-o", "books/", "--no-cover")
    script = (
        "import gc, pathlib",
        "from epubmaker.jobs.make import RunSettings",
        "from epubmaker.jobs.run import run",
        "from epubmaker.runtime import process",
        "process.own()",
        "print(*(gc.get_freeze_count() for _ in run(pathlib.Path('jobs.jsonl'), RunSettings(jobs=1))))",
    )

    done = subprocess.run([sys.executable, "-c", "\n".join(script)], capture_output=True, text=True, check=True)

    first, *later = map(int, done.stdout.split())  # objects that stay to the end of the process
    assert first
    assert max(later) <= first


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_makes_each_volume_in_the_end(seed: int) -> None:
    for number in range(0, 400, 4):
        write(number)
    plan("--split-by", "week", "-o", "books/", "--no-cover")
    kills = Kills(Random(seed))
    start = partial(commandline.start, ["run", "jobs.jsonl", "--no-cache", "-j1"], cwd=Path.cwd(), environment=CLOCK)
    assert kills.spare(start) == 0
    expected = made("books")
    shutil.rmtree("books")
    Path("jobs.done.jsonl").unlink()

    killed = [kills.kill(start) for _ in range(5)]

    assert any(killed)
    assert "error" not in run()
    assert made("books") == expected
    assert f": {len(expected)} there already; 0 articles" in run()
