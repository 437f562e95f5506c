"""Kill a build at any moment: a whole book stands at the output before and after, and the next run finishes."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import commandline
import pytest
from archives import write_archive
from effort import effort
from pictures import photo_file
from webserver import WebServer, picture

KILLS = max(40, effort(40))  # in each of two tests; of fewer, too many may come too late
ARTICLES = 50
FRESH = {"Cache-Control": "max-age=86400"}


def command(folder: Path, cache: Path) -> list[str]:
    given = ["build", folder / "in", "-o", folder / "out" / "book.epub", "--cache", cache, "-q"]
    return [*map(str, given), "--allow-private-network"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
@pytest.mark.parametrize("seed", range(2))
def test_a_build_killed_at_any_moment_leaves_a_whole_book_and_the_next_run_finishes(tmp_path: Path, seed: int) -> None:
    (tmp_path / "out").mkdir()
    book = tmp_path / "out" / "book.epub"
    random = Random(seed)
    environment = {"TMPDIR": str(tmp_path / "tmp")}
    (tmp_path / "tmp").mkdir()

    def run(cache: Path) -> None:
        assert commandline.start(command(tmp_path, cache), cwd=tmp_path, environment=environment).wait() == 0

    with WebServer() as server:
        for number in range(ARTICLES):
            server.add(f"/{number}", picture(photo_file(240, 180, seed=number), headers=FRESH))
        write_archive(tmp_path / "in", ARTICLES - 1, server.address)
        run(tmp_path / "cache-older")
        older = sha256(book)
        older_bytes = book.read_bytes()

        write_archive(tmp_path / "in", ARTICLES, server.address)
        start = time.monotonic()
        run(tmp_path / "cache-undisturbed")
        whole = time.monotonic() - start
        newer = sha256(book)
        assert newer != older

        book.write_bytes(older_bytes)
        seen = []
        for turn in range(KILLS):
            cache = tmp_path / f"cache-{turn // 5}"  # now empty, now half full, which is quicker
            process = commandline.start(command(tmp_path, cache), cwd=tmp_path, environment=environment)
            try:
                process.wait(timeout=1.1 * whole * random.random() ** 2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            seen.append(sha256(book))
            if seen[-1] == newer and turn % 2:
                book.write_bytes(older_bytes)
        assert set(seen) <= {older, newer}
        assert seen.count(older) > KILLS // 10  # else the kills came too late to test anything

        run(tmp_path / "cache-0")
    assert sha256(book) == newer
    assert [path.name for path in book.parent.iterdir()] == ["book.epub"]
    assert list((tmp_path / "tmp").iterdir()) == []
