"""`--new`: each article in one book, night after night, whatever happens between two of them."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import commandline
import pytest
from archives import write_article
from commandline import COMMAND
from openbook import OpenBook

FLAGS = ("build", "in", "-o", "news.epub", "--no-cover", "--cache", "cache", "--report", "r.json", "--new")
START = datetime(2022, 3, 1, 12, tzinfo=UTC)


def run(*arguments: str, cwd: Path, state: str = "seen.sqlite") -> subprocess.CompletedProcess[str]:
    return commandline.run(*FLAGS, "--state", state, *arguments, cwd=cwd)


def night(*arguments: str, cwd: Path) -> list[str]:
    """Make the next book; return the titles in it."""
    done = run(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return sorted(article["title"] for article in json.loads((cwd / "r.json").read_text(encoding="utf-8"))["articles"])


def write(folder: Path, *names: str, day: int = 1, text: str = "", link: str = "https://e.org/{}") -> None:
    for name in names:
        body = f"<p>{text or f'The news of {name}, in a text of its own.'}</p>"
        moment = START + timedelta(days=day)
        write_article(folder / "in" / f"{name}.txt", name, link=link.format(name), body=body, moment=moment)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a state, a damaged one, and another database."""
    folder = tmp_path_factory.mktemp("seen")
    write(folder, "one")
    with closing(sqlite3.connect(folder / "other.sqlite")) as other:
        other.execute("CREATE TABLE things (name TEXT)")
    night(cwd=folder)
    data = (folder / "seen.sqlite").read_bytes()
    (folder / "bad.sqlite").write_bytes(data[:4096] + bytes(len(data) - 4096))
    return folder


def test_each_article_is_in_one_book_late_ones_in_the_next(tmp_path: Path) -> None:
    write(tmp_path, "one", "two", "three")
    assert night(cwd=tmp_path) == ["one", "three", "two"]

    write(tmp_path, "four", day=2)
    write(tmp_path, "late", day=0)
    write(tmp_path, "two", text="The news of two, told again at its address.", day=2)
    (tmp_path / "in" / "one.txt").unlink()
    assert night(cwd=tmp_path) == ["four", "late"]

    # The text of another article at an address of its own, and then there alone.
    copied = (tmp_path / "in" / "three.txt").read_text(encoding="utf-8")
    (tmp_path / "in" / "copy.txt").write_text(copied.replace("e.org/three", "e.org/copy"), encoding="utf-8")
    write(tmp_path, "five", day=3)
    assert night(cwd=tmp_path) == ["five"]
    (tmp_path / "in" / "three.txt").unlink()
    write(tmp_path, "one", day=4)
    write(tmp_path, "six", "seven", day=4)
    assert night("--limit", "1", cwd=tmp_path) == ["seven"]
    assert night("--match", "s", cwd=tmp_path) == ["six"]


@pytest.mark.parametrize("flags", [("-o", "{date}.epub"), ("-o", "x.epub", "--split-by", "day")], ids=["date", "split"])
def test_a_late_article_costs_no_earlier_book_its_place(tmp_path: Path, flags: tuple[str, ...]) -> None:
    given = (*flags, "--series", "S")
    write(tmp_path, "one", day=1)
    assert night(*given, cwd=tmp_path) == ["one"]
    [first] = [(path.name, path.read_bytes()) for path in tmp_path.glob("*.epub")]
    for name in ("late", "later"):
        write(tmp_path, name, day=1)
        assert night(*given, cwd=tmp_path) == [name]

    stem = first[0].removesuffix(".epub")
    assert sorted(path.stem for path in tmp_path.glob("*.epub")) == [stem, f"{stem}-2", f"{stem}-3"]
    assert (tmp_path / first[0]).read_bytes() == first[1]
    assert len({OpenBook.read(path).metadata["identifier"] for path in tmp_path.glob("*.epub")}) == 3

    commandline.run("state", "forget", "S", "--last", "--state", "seen.sqlite", cwd=tmp_path)
    assert night(*given, cwd=tmp_path) == ["later"]  # as after a kill: its book is there, and not remembered
    assert len([*tmp_path.glob("*.epub")]) == 3


def test_a_quiet_night_is_one_line_and_the_book_stays(tmp_path: Path) -> None:
    write(tmp_path, "one", "two")
    night(cwd=tmp_path)
    before = (tmp_path / "news.epub").stat()

    quiet = run("-q", cwd=tmp_path)
    done = run(cwd=tmp_path)
    down = run("http://127.0.0.1/feed", cwd=tmp_path)
    empty = run("--fail-if-empty", "--fail-if-warnings", cwd=tmp_path)

    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")
    assert (done.returncode, done.stdout) == (0, "nothing to do: none is left of 2 articles: 2 in earlier books\n")
    assert down.stdout == (
        "nothing to do: none is left of 3 articles: 2 in earlier books,"
        " 1 unreadable (http://127.0.0.1/feed: 127.0.0.1 is a loopback address)\n"
    )
    assert empty.returncode == 5
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (report["books"], report["articles"], report["left_out"]) == ([], [], {"known": 2})
    assert (tmp_path / "news.epub").stat().st_mtime_ns == before.st_mtime_ns


def test_an_empty_folder_is_a_quiet_night_too_and_what_a_run_writes_into_it_is_not_worth_a_word(tmp_path: Path) -> None:
    write(tmp_path, "one")
    places = ("--state", "in/seen.sqlite", "-o", "in/news.txt", "--report", "in/r.json")
    first = run(*places, cwd=tmp_path)
    (tmp_path / "in" / "seen.sqlite").rename(tmp_path / "seen.sqlite")
    elsewhere = run("--state", "seen.sqlite", "-o", "other.epub", cwd=tmp_path)
    next(tmp_path.glob("in/one*")).unlink()
    empty = run("--state", "seen.sqlite", "-o", "other.epub", cwd=tmp_path)
    without = commandline.run("build", "in", "-o", "other.epub", cwd=tmp_path)

    assert "in/news.txt: the name does not end in .epub" in first.stdout
    assert [each.returncode for each in (first, elsewhere, empty, without)] == [0, 0, 0, 1]
    assert "files not read" not in first.stdout + elsewhere.stdout
    assert empty.stdout == "nothing to do: there is no article\n"
    assert without.stderr.startswith("error: in: no article in it; read are ")


def test_days_without_an_article_are_nothing_to_do_too(tmp_path: Path) -> None:
    write(tmp_path, "one")

    done = commandline.run("build", "in", "--since", "2030", "--match", "o", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "nothing to do: none is left of 1 article: 1 of another day\n")
    assert not list(tmp_path.glob("*.epub"))


def test_a_build_that_fails_forgets_nothing(tmp_path: Path) -> None:
    write(tmp_path, "one")

    assert run("--language", "no such language", cwd=tmp_path).returncode == 2
    assert night(cwd=tmp_path) == ["one"]
    assert run(cwd=tmp_path).stdout.startswith("nothing to do")


@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_killed_between_book_and_state_the_next_run_repeats_the_book(tmp_path: Path) -> None:
    write(tmp_path, "one")
    night(cwd=tmp_path)
    write(tmp_path, "two", day=2)
    first = (tmp_path / "news.epub").read_bytes()

    with closing(sqlite3.connect(tmp_path / "seen.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM article").fetchone()  # as long as it reads, nothing can be committed
        build = commandline.start([*FLAGS, "--state", "seen.sqlite"], cwd=tmp_path, environment={})
        while (tmp_path / "news.epub").read_bytes() == first:
            assert build.returncode is None
        build.kill()

    write(tmp_path, "three", day=3)
    assert night(cwd=tmp_path) == ["three", "two"]


def test_a_second_run_at_the_same_time_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "one")
    feed = '<rss version="2.0"><channel><item><title>two</title><link>https://e.org/2</link></item></channel></rss>'
    command = [*COMMAND, *FLAGS, "--state", "seen.sqlite", "-"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        assert first.stdin
        assert first.stderr
        while not (tmp_path / "seen.sqlite").exists():
            assert first.poll() is None
        second = run(cwd=tmp_path)
        while second.returncode == 0:  # the file was there before its lock
            second = run(cwd=tmp_path)
        first.stdin.write(feed.encode())
        first.stdin.close()
        first.stderr.read()

    assert first.returncode == 0
    assert second.returncode == 1
    assert second.stderr == "error: seen.sqlite: another run uses this state; wait for its end\n"


def test_what_is_remembered_can_be_looked_at_and_forgotten(tmp_path: Path) -> None:
    write(tmp_path, "one")
    night("--title", "First", cwd=tmp_path)
    write(tmp_path, "two", "three")
    night("--title", "Second", cwd=tmp_path)
    assert night("--series", "Other", cwd=tmp_path) == ["one", "three", "two"]
    at = ("--state", "seen.sqlite")

    shown = commandline.run("state", "show", *at, cwd=tmp_path)
    today = datetime.now(UTC).date().isoformat()
    assert shown.stdout.splitlines() == [
        f"Other: 3 articles in 1 book, the last {today}: e.org 2022-03-02",
        f"news: 3 articles in 2 books, the last {today}: Second",
    ]
    assert (
        commandline.run("state", "forget", "news", "--last", *at, cwd=tmp_path).stdout == "news: 2 articles forgotten\n"
    )
    assert night(cwd=tmp_path) == ["three", "two"]
    assert commandline.run("state", "forget", "news", *at, cwd=tmp_path).stdout == "news: 3 articles forgotten\n"
    gone = commandline.run("state", "forget", "news", *at, cwd=tmp_path)
    assert (gone.returncode, gone.stderr) == (2, "error: news: no such series; `epubmaker state show` lists them\n")
    assert night("--match", "one", cwd=tmp_path) == ["one"]


@pytest.mark.skipif(sys.platform != "linux", reason="XDG's variable names the folder there")
def test_without_a_file_of_its_own_a_series_is_remembered_in_the_users_folder(tmp_path: Path) -> None:
    write(tmp_path, "one")
    home = {"XDG_STATE_HOME": str(tmp_path / "home")}

    first = commandline.run(*FLAGS, "--series", "A/B", cwd=tmp_path, fresh=False, **home)
    second = commandline.run(*FLAGS, "--series", "A/B", cwd=tmp_path, fresh=False, **home)
    shown = commandline.run("state", "show", cwd=tmp_path, fresh=False, **home)

    assert (first.returncode, second.stdout[:13]) == (0, "nothing to do"), first.stderr
    assert shown.stdout.startswith("A/B: 1 article in 1 book, the last ")


@pytest.mark.parametrize(
    ("flags", "status", "said"),
    [
        (
            "-o news.epub --new --state other.sqlite",
            1,
            "other.sqlite: a file that is no state of epubmaker's is there; ",
        ),
        ("-o news.epub --new --state bad.sqlite", 1, "bad.sqlite: damaged, or no state of epubmaker's; name another "),
        ("-o news.epub --new --state in", 1, "in: a folder has that name; choose another name with --state"),
        ("-o news.epub --new --state in/one.txt", 1, "in/one.txt: it is an input; choose another place with --state"),
        ("-o x.epub --new --state x.epub", 1, "x.epub: the state would take the place of another file; "),
        ("-o x.epub --state seen.sqlite", 2, "--state: is for --new; add that, or leave --state out"),
        ("-o . --new", 2, "--new: has no name for what it remembers; give --series, or the book's name with --output"),
    ],
)
def test_no_other_file_becomes_a_state(seen: Path, flags: str, status: int, said: str) -> None:
    held = {path: path.read_bytes() for path in seen.glob("*.*") if path.is_file()}

    done = commandline.run("build", "in", "--force", *flags.split(), cwd=seen)

    assert done.returncode == status
    assert done.stderr.startswith(f"error: {said}"), done.stderr
    assert {path: path.read_bytes() for path in seen.glob("*.*") if path.is_file()} == held


def test_an_outage_of_the_network_costs_no_older_book_its_pictures(tmp_path: Path) -> None:
    flags = ("--allow-private-network", "--retries", "0")
    write(tmp_path, "one")
    night(cwd=tmp_path)
    older = (tmp_path / "news.epub").read_bytes()
    pictures = "".join(f'<p>Text {number}.</p><img src="http://127.0.0.1:9/{number}.jpg">' for number in range(10))
    write(tmp_path, "two", text=pictures, day=2)

    lost = run(*flags, "-q", cwd=tmp_path)
    assert lost.returncode == 4
    said = (
        r"error: news\.epub: the network failed for 10 of 10 pictures \(.*\), and an older book stays; try again .*\n"
    )
    assert re.fullmatch(said, lost.stderr), lost.stderr
    assert (tmp_path / "news.epub").read_bytes() == older

    assert run(*flags, "--max-missing", "101%", cwd=tmp_path).returncode == 2
    assert run(*flags, "-o", "other.epub", "--series", "news", cwd=tmp_path).returncode == 0  # there is no older one
    write(tmp_path, "three", text=pictures, day=3)
    assert night(*flags, "--max-missing", "100%", cwd=tmp_path) == ["three"]
