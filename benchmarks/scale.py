"""Measures the figures of `docs/scale.md`: `python -m benchmarks.scale FOLDER [--articles 2000 20000]`.

Everything is made in FOLDER, which is left behind. Processor time and memory, not wall time, unless it says so: they
are much the same on a busy machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

from benchmarks.archives import Scenario, make
from benchmarks.measure import Measurement, run
from benchmarks.photographs import write_originals
from benchmarks.server import serving

_LIMIT = 7200.0
_START = datetime(2022, 1, 1, 6, 0, tzinfo=UTC)
_A_DAY, _A_ZIP = 300, 2000  # articles
_SOURCES = 40

# Puts rows as a build does, one transaction each; prints how many a second, and the time of the slowest.
_WRITER = """
import hashlib, sys, time
from pathlib import Path
from epubmaker.collector.pictures.outcomes import Answer
from epubmaker.collector.pictures.outcomes import Body
from epubmaker.collector.cache.store import Cache
folder, name, rows = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
store, slowest = Cache(folder), 0.0
begin = time.perf_counter()
for number in range(rows):
    sha256 = hashlib.sha256(f"{name} {number}".encode()).hexdigest()
    path = store.parts / f"{name}-{number}"
    path.write_bytes(b"x")
    start = time.perf_counter()
    store.keep(f"https://{name}/{number}", {}, Answer(None, {}, 3600.0), Body(path, 300_000, sha256))
    slowest = max(slowest, time.perf_counter() - start)
seconds = time.perf_counter() - begin
start = time.perf_counter()
issues = store.issues
store.close()
print(f"{rows / seconds:.0f} {slowest * 1000:.0f} {(time.perf_counter() - start) * 1000:.0f} {len(issues)}")
"""


def main(arguments: list[str] | None = None) -> None:
    """Measure and print, a line each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, nargs="+", default=[2000, 20000])
    parser.add_argument("--files", type=int, default=100000, help="articles of an archive from which one day is taken")
    parser.add_argument(
        "--planned", type=int, nargs="*", default=[100000], help="posts in ZIPs whose volumes are planned"
    )
    parser.add_argument("--pictures", type=int, default=100, help="articles with one picture, of each build at once")
    parser.add_argument("--rows", type=int, default=2000, help="rows that each writer puts into a shared cache")
    parser.add_argument("--check", type=int, nargs="*", default=[200, 2000], help="articles of books to be checked")
    parser.add_argument("--photographs", type=Path, default=Path("photographs"), help="painted where there are none")
    given = parser.parse_args(arguments)
    given.folder = given.folder.resolve()  # the commands run elsewhere
    given.folder.mkdir(parents=True)
    for articles in given.articles:
        _text(given.folder / f"text-{articles}", articles)
    _days(given.folder / "days", given.files)
    for articles in given.planned:
        _planned(given.folder / f"planned-{articles}", articles)
    for articles in given.check:
        _check(given.folder / f"check-{articles}", articles)
    _pictures(given.folder / "pictures", given.pictures, given.photographs)
    for writers in (1, 2, 4, 8):
        _shared_index(given.folder / f"index-{writers}", writers, given.rows)


def _build(folder: Path, *arguments: str | Path) -> Measurement:
    command = [sys.executable, "-m", "epubmaker", "build", *map(str, arguments), "-q"]
    if "--cache" not in arguments:
        command += ["--cache", str(folder / "cache")]
    return run(command, folder, {}, limit=_LIMIT, sample=0.25)


def _line(what: str, done: Measurement, number: int, more: str = "") -> None:
    each = done.cpu * 1000 / number
    memory = f", {(done.peak or 0) / 1e6:.0f} MB" if done.peak else ""
    print(f"{what}: {done.cpu:.1f} s CPU, {each:.2f} ms each{memory}{more} {done.failure or ''}", flush=True)


def _text(folder: Path, articles: int) -> None:
    """Build a book of text alone; tell how long its lists are."""
    made = make(Scenario("text", articles), folder, "http://127.0.0.1:9")
    done = _build(folder, made.texts, "-o", folder / "all.epub", "--no-images")
    _line(f"text, {articles} articles", done, articles, f", {_lists(folder / 'all.epub')}")
    kept = sum(path.stat().st_size for path in (folder / "cache").glob("rebuild*"))
    done = _build(folder, made.texts, "-o", folder / "all.epub", "--no-images")
    _line("the same again", done, articles, f", {kept / 1e6:.0f} MB kept for it")


def _days(folder: Path, articles: int) -> None:
    """Find one day in an archive of short articles, in one folder and in a folder a day, and build its folder alone."""
    archive, days = folder / "archive", folder / "days"
    archive.mkdir(parents=True)
    days.mkdir()
    for number in range(articles):
        moment = _START + timedelta(days=number // _A_DAY, minutes=number % _A_DAY)
        head = f"<!--{int(moment.timestamp() * 1000)}-->\n[Number {number}](https://example.org/{number})\n------\n\n"
        (archive / f"{number:08}.txt").write_text(f"{head}<p>{'Some words of the article. ' * 40}</p>", "utf-8")
    until = ("--no-images", "--until", f"{_START:%Y-%m-%d}")
    done = _build(folder, archive, "-o", folder / "day.epub", *until)
    _line(f"one day of {articles} in one folder", done, articles, f", {done.wall:.1f} s wall")
    done = _build(folder, archive, "-o", folder / "day.epub", *until)
    _line("the same again", done, articles, f", {done.wall:.1f} s wall")
    for number, path in enumerate(sorted(archive.iterdir())):
        day = days / f"{_START + timedelta(days=number // _A_DAY):%Y-%m-%d}"
        day.mkdir(exist_ok=True)
        path.rename(day / path.name)
    done = _build(folder, days, "-o", folder / "day.epub", *until)
    _line(f"one day of {articles} in a folder a day", done, articles, f", {done.wall:.1f} s wall")
    done = _build(folder, days / f"{_START:%Y-%m-%d}", "-o", folder / "one.epub", "--no-images")
    _line("the folder of that day alone", done, _A_DAY)


def _planned(folder: Path, articles: int) -> None:
    """Plan the volumes of short posts, which lie in ZIPs: every fiftieth is there twice, and titles share an ending."""
    folder.mkdir(parents=True)
    archive = folder / "archive"
    archive.mkdir()
    random = Random(articles)
    words = [f"{random.getrandbits(28):x}" for _ in range(5000)]
    for first in range(0, articles, _A_ZIP):
        with ZipFile(archive / f"{first // _A_ZIP:06}.zip", "w", ZIP_DEFLATED, compresslevel=1) as posts:
            for number in range(first, min(first + _A_ZIP, articles)):
                source, moment = number % _SOURCES, _START + timedelta(minutes=5 * number)
                link = f"https://site{source}.example/{number if number % 50 else max(0, number - _SOURCES)}"
                title = " ".join(random.choices(words, k=6)) + (" | The Harbour" if number % 20 == 0 else "")
                text = " ".join(random.choices(words, k=60))
                head = f"<!--{int(moment.timestamp() * 1000)}-->\n[{title}]({link})\n------\n\n"
                posts.writestr(f"site{source}/{number:08}.txt", f"{head}<p>{text}</p>")
    plan = ["plan", str(archive), "--split-by", "source/month", "-o", "books/", "--jobs-file", "jobs.jsonl", "-q"]
    done = run([sys.executable, "-m", "epubmaker", *plan], folder, {}, limit=_LIMIT, sample=0.25)
    jobs = (folder / "jobs.jsonl").stat().st_size
    _line(f"a plan of {articles} posts", done, articles, f", {done.wall:.0f} s wall, {jobs / articles:.0f} bytes each")


def _lists(book: Path) -> str:
    with ZipFile(book) as entries:
        sizes = {name.rpartition("/")[2]: entries.getinfo(name).file_size for name in entries.namelist()}
    named = ", ".join(f"{name} {sizes[name]:,}" for name in ("nav.xhtml", "toc.ncx", "package.opf") if name in sizes)
    return f"book {book.stat().st_size:,} bytes, {named}"


def _check(folder: Path, articles: int) -> None:
    made = make(Scenario("text", articles), folder, "http://127.0.0.1:9")
    _build(folder, made.texts, "-o", folder / "all.epub", "--no-images")
    done = run(
        [sys.executable, "-m", "epubmaker", "check", str(folder / "all.epub")], folder, {}, limit=_LIMIT, sample=0.25
    )
    _line(f"EPUBCheck, {articles} articles", done, articles)


def _pictures(folder: Path, articles: int, photographs: Path) -> None:
    """Build books with pictures alone and several at once, each with its own cache and with one for all."""
    folder.mkdir()
    originals = folder / "pictures"
    write_originals("pictures", photographs, originals)
    with serving(40, [originals]) as server:
        made = make(Scenario("pictures", 4 * articles), folder / "archive", server)
        parts = [folder / f"part-{number}" for number in range(4)]
        for number, path in enumerate(sorted(made.texts.iterdir())):
            part = parts[number % len(parts)]
            part.mkdir(exist_ok=True)
            path.rename(part / path.name)

        def one(part: Path, cache: Path) -> Measurement:
            work = cache.parent / f"{cache.name}-{part.name}"
            work.mkdir()
            return _build(work, part, "-o", work / "b.epub", "--cache", cache, "--allow-private-network")

        done = one(parts[0], folder / "single")
        _line("pictures, alone", done, articles, f", {done.wall:.1f} s wall")
        for many in (2, 4):
            for kind in ("own", "shared"):
                caches = [
                    folder / (f"{kind}-{many}" if kind == "shared" else f"{kind}-{many}-{n}") for n in range(many)
                ]
                start = time.perf_counter()
                with ThreadPoolExecutor(many) as pool:
                    runs = list(pool.map(one, parts[:many], caches))
                wall = time.perf_counter() - start
                cpu = sum(each.cpu for each in runs)
                failures = [each.failure for each in runs if each.failure]
                print(
                    f"pictures, {many} at once, {kind} cache: {cpu:.1f} s CPU, {wall:.1f} s wall {failures}", flush=True
                )
        (folder / "single-again").mkdir()
        done = _build(
            folder / "single-again", parts[0], "-o", folder / "single-again" / "b.epub",
            "--cache", folder / "single", "--allow-private-network",
        )  # fmt: skip
        _line("pictures, again", done, articles)


def _shared_index(folder: Path, writers: int, rows: int) -> None:
    commands = [[sys.executable, "-c", _WRITER, str(folder), f"w{number}", str(rows)] for number in range(writers)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    for process in processes:
        answer = process.communicate()[0].split()
        if answer:
            rate, slowest, close, issues = answer
            print(
                f"{writers} writers into one cache: {rate} rows a second each, the slowest {slowest} ms, "
                f"closed in {close} ms, {issues} gave up",
                flush=True,
            )


if __name__ == "__main__":
    main()
