"""Kill a build at any moment: a whole book stands at the output before and after, and the next run finishes."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from random import Random

import commandline
import pytest
from archives import write_archive, write_article
from effort import effort
from kills import Kills
from pictures import photo_file
from webserver import WebServer, picture

KILLS = max(20, effort(80))
ARTICLES = 50
FRESH = {"Cache-Control": "max-age=86400"}


def command(folder: Path, cache: Path) -> list[str]:
    given = ["build", folder / "in", "-o", folder / "out" / "book.epub", "--cache", cache, "-q"]
    return [*map(str, given), "--allow-private-network"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_a_build_killed_at_any_moment_leaves_a_whole_book_and_the_next_run_finishes(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    book = tmp_path / "out" / "book.epub"
    kills = Kills(Random(0))
    environment = {"TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()

    def start(cache: Path) -> commandline.Running | subprocess.Popen[bytes]:
        return commandline.start(command(tmp_path, cache), cwd=tmp_path, environment=environment)

    with WebServer() as server:
        for number in range(ARTICLES):
            server.add(f"/{number}", picture(photo_file(240, 180, seed=number), headers=FRESH))
        write_archive(tmp_path / "in", ARTICLES - 1, server.address)
        assert wait(start(tmp_path / "cache-older")) == 0
        older = sha256(book)
        older_bytes = book.read_bytes()

        write_archive(tmp_path / "in", ARTICLES, server.address)
        assert kills.spare(lambda: start(tmp_path / "cache-undisturbed")) == 0
        newer = sha256(book)
        assert newer != older

        book.write_bytes(older_bytes)
        seen = []
        for turn in range(KILLS):
            cache = tmp_path / f"cache-{turn // 5}"  # now empty, now half full, which is quicker
            kills.kill(partial(start, cache))
            seen.append(sha256(book))
            if seen[-1] == newer and turn % 4:
                book.write_bytes(older_bytes)
        assert set(seen) <= {older, newer}
        assert seen.count(older) > KILLS // 20  # else the kills came too late to test anything

        assert wait(start(tmp_path / "cache-0")) == 0
    assert sha256(book) == newer
    assert [path.name for path in book.parent.iterdir()] == ["book.epub"]
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_volumes_killed_at_any_moment_are_whole_and_the_next_run_makes_prunes_and_remembers_the_rest(
    tmp_path: Path,
) -> None:
    kills = Kills(Random(0))
    folder = tmp_path / "folder"
    write_months(folder / "in", (1, 2, 3), 12)
    assert wait(volumes(folder)) == 0
    older = held(folder / "out")
    write_months(folder / "in", (2, 4), 14)
    for path in (folder / "in").glob("1-*"):
        path.unlink()
    shutil.copytree(folder, tmp_path / "before")

    assert kills.spare(lambda: volumes(folder)) == 0
    newer = held(folder / "out")
    assert [name for name in sorted({*older, *newer}) if older.get(name) != newer.get(name)] == [
        "news-2022-01.epub",
        "news-2022-02.epub",
        "news-2022-04.epub",
    ]

    cut_short = 0
    for _ in range(max(12, effort(20))):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "before", folder)
        kills.kill(lambda: volumes(folder))
        found = held(folder / "out")
        books = {name: sha for name, sha in found.items() if name.endswith(".epub")}
        assert all(sha in {older.get(name), newer.get(name)} for name, sha in books.items())
        assert books.keys() >= older.keys() & newer.keys()
        assert "news-2022-01.epub" in books or books == newer  # what is no longer made goes last
        cut_short += books != newer
        assert wait(volumes(folder)) == 0
        assert held(folder / "out") == newer
    assert cut_short > 3  # else the kills came too late to test anything


def write_months(folder: Path, months: Sequence[int], count: int) -> None:
    for month, number in product(months, range(count)):
        moment = datetime(2022, month, 1 + number, 12, tzinfo=UTC)
        body = "".join(f"<p>Sentence {index} of article {number} in month {month}.</p>" for index in range(30))
        path, link = folder / f"{month}-{number:02}.txt", f"https://example.org/{month}/{number}"
        write_article(path, f"Article {number}", link=link, body=body, moment=moment)


def volumes(folder: Path) -> commandline.Running | subprocess.Popen[bytes]:
    (folder / "out").mkdir(exist_ok=True)
    given = ["build", "in", "-o", "out/news.epub", "--split-by", "month", "-t", "News", "--timezone", "UTC"]
    return commandline.start([*given, "--prune", "--cache", "cache", "-q"], cwd=folder, environment={})


def wait(process: commandline.Running | subprocess.Popen[bytes]) -> int:
    return process.wait(timeout=600)


def held(folder: Path) -> dict[str, str]:
    """Return the hash of each file in a folder, by name."""
    return {path.name: sha256(path) for path in folder.iterdir()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_new_articles_are_remembered_once_all_volumes_that_have_them_are_there(tmp_path: Path) -> None:
    kills = Kills(Random(1))
    write_months(tmp_path / "in", (1, 2, 3), 8)
    given = ["build", "in", "-o", "news.epub", "--split-by", "month", "--new", "--state", "seen.sqlite", "--no-cache"]
    names = [f"news-2022-0{month}.epub" for month in (1, 2, 3)]
    assert kills.spare(lambda: commandline.start([*given, "-q"], cwd=tmp_path, environment={})) == 0
    books = [sha256(tmp_path / name) for name in names]

    for _ in range(max(8, effort(12))):
        for name in (*names, "seen.sqlite"):
            (tmp_path / name).unlink(missing_ok=True)
        kills.kill(lambda: commandline.start([*given, "-q"], cwd=tmp_path, environment={}))
        there = [name for name in names if (tmp_path / name).exists()]
        second = commandline.run(*given, cwd=tmp_path)
        assert second.returncode == 0
        assert not second.stdout.startswith("nothing to do") or there == names
        assert [sha256(tmp_path / name) for name in names] == books
