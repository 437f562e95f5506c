"""The days of one who keeps an archive: a book of each month of each source, and only what changed is written."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from random import Random

import commandline
import pytest
from archives import write_article
from cleanbooks import AssertClean

MONTHS = [(2021, month) for month in range(8, 11)]
SOURCES = [f"{name}.example.org" for name in ("courier", "herald", "post")]
ARTICLES = 20  # of a source in a month
FLAGS = ("build", "archive", "--split-by", "source/month", "-o", "shelf/{source}/{date}.epub", "--cache", "cache")


def write_month(folder: Path, source: str, year: int, month: int, *, articles: int = ARTICLES) -> None:
    """Write the articles of a source in a month, each into a folder of its day."""
    random = Random(f"{source} {year} {month}")
    for number in range(articles):
        moment = datetime(year, month, 1, 6, tzinfo=UTC) + timedelta(hours=6 * number)
        name = f"{source} {year}-{month:02} {number:03}"
        words = " ".join(f"{random.getrandbits(32):x}" for _ in range(30))
        body = f"<p>{words}</p>"
        place = folder / source / f"{moment:%Y-%m}" / f"{moment:%d}" / f"{number:03}.txt"
        write_article(place, name, link=f"https://{source}/{moment:%Y/%m}/{number}", body=body, moment=moment)


def build(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    done = commandline.run(*FLAGS, *flags, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return done


def held(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return the moment of the last change, in nanoseconds, and the bytes of each book."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*.epub")
    }


@pytest.mark.slow
def test_a_keeper_has_a_book_of_each_month_and_source(tmp_path: Path, assert_clean: AssertClean) -> None:
    archive, shelf = tmp_path / "archive", tmp_path / "shelf"
    for source, (year, month) in product(SOURCES, MONTHS):
        write_month(archive, source, year, month)

    build(tmp_path)
    first = held(shelf)
    assert first.keys() == {f"{source}/{year}-{month:02}.epub" for source, (year, month) in product(SOURCES, MONTHS)}

    done = build(tmp_path)
    assert held(shelf) == first
    assert len(re.findall(r"unchanged", done.stdout)) == len(first), done.stdout

    late = archive / SOURCES[1] / "2021-10" / "31" / "late.txt"
    moment = datetime(2021, 10, 31, 18, tzinfo=UTC)
    write_article(
        late, "A late one", link=f"https://{SOURCES[1]}/late", body="<p>Found in a drawer.</p>", moment=moment
    )
    build(tmp_path)
    second = held(shelf)
    assert [name for name in second if second[name] != first.get(name)] == [f"{SOURCES[1]}/2021-10.epub"]
    assert second.keys() == first.keys()

    for path in (archive / SOURCES[2] / "2021-08").rglob("*.txt"):
        path.unlink()
    withdrawn = f"{SOURCES[2]}/2021-08.epub"
    done = build(tmp_path)
    assert f"no longer made: shelf/{withdrawn}; --prune removes it\n" in done.stdout
    assert held(shelf) == second
    done = build(tmp_path, "--prune")
    assert f"removed, as no longer made: shelf/{withdrawn}\n" in done.stdout
    assert held(shelf) == {name: book for name, book in second.items() if name != withdrawn}
    assert "no longer made" not in build(tmp_path).stdout

    assert_clean(shelf / SOURCES[0] / "2021-08.epub", shelf / SOURCES[1] / "2021-10.epub")
