"""Measures a night of `--new`: a large archive whose articles earlier books have, and fifty new ones.

    python -m benchmarks.nightly FOLDER [--articles N] [--rounds N]

Everything is made in FOLDER, which is left behind. Each row is the median of several rounds, in which the cases take turns.
For comparison, `stat` lists the folders and asks the system for the state of each file, which no index can do without, and
`fifty alone` is a book of the new articles in a folder of their own.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import Measurement, run
from benchmarks.words import paragraph
from epubmaker.collector.scan import scan
from epubmaker.storage.state import State

_NEW = 50
_A_FOLDER = 250  # articles
_SOURCES = 40
_SETTLED = 2.5  # seconds after which a file's times are trusted
_START = datetime(2012, 1, 1, 6, 0, tzinfo=UTC)
_LIMIT = 3600.0

# Runs the first two stages as a build does, without the rest; prints the seconds of each.
_STAGES = """
import sys, time
from pathlib import Path
from epubmaker.collector.scan import scan
from epubmaker.collector.select import select
from epubmaker.options import Options
from epubmaker.reuse.buildcache import BuildCache
from epubmaker.storage.state import State
inputs, cache, state = map(Path, sys.argv[1:])
with State(state) as known, BuildCache(cache) as kept:
    keys = known.known("night")
    times = [time.process_time()]
    found = scan((inputs,), heads=kept.heads)
    times.append(time.process_time())
    plan = select(found.entries, Options((inputs,), new=True), keys)
    times.append(time.process_time())
print(len(plan.entries), *(after - before for before, after in zip(times, times[1:])))
"""
_STAT = """
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        os.stat(os.path.join(folder, name))
"""


def main(arguments: list[str] | None = None) -> None:
    """Make the archive, measure, print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.nightly", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    night = _Night(given.folder.resolve(), given.articles)
    print(night.table(given.rounds))


def write_posts(folder: Path, numbers: range, folders: int) -> None:
    """Write posts of one to three paragraphs into folders, every other one below front matter."""
    chance = random.Random(numbers.start)
    texts = [paragraph(chance, chinese=number % 2 == 0) for number in range(500)]
    for number in numbers:
        path = folder / f"{number % folders:04}" / f"post {number:07}{'.md' if number % 2 else '.txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_post(number, texts, chance), encoding="utf-8")


def _post(number: int, texts: list[str], chance: random.Random) -> str:
    moment = _START + timedelta(minutes=45 * number)
    source = f"source-{number % _SOURCES}"
    title = (
        f"第{number}號：{chance.choice(texts)[:12]}" if number % 2 else f"Number {number}: {chance.choice(texts)[:40]}"
    )
    if number % 8 == 0:
        title += f" - {source}"
    host = f"www.{source}" if number % 80 == 1 else source
    link = f"https://{host}.example.org/post/{number - (_SOURCES if number % 50 == 7 else 0)}"  # some are there twice
    head = f"<!--{int(moment.timestamp() * 1000)}-->\n[{title}]({link})\n------\n\n"
    if number % 2:
        lines = f'title: "{title}"', f"date: {moment:%Y-%m-%dT%H:%M:%S}.000Z", f"author: {source}", f"from: {link}"
        head = "\n".join(("---", "layout: post", *lines, f"tags: [ {source} ]", "---", head))
    body = "".join(f"<p>{chance.choice(texts)}</p>" for _ in range(chance.randint(1, 3)))
    return f"{head}<div>\n{body}<p>Post {number}.</p></div>\n"


class _Night:
    """The archive, and what earlier nights left: a cache, and a state that knows all but the new articles."""

    def __init__(self, folder: Path, articles: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._articles = articles
        self._archive = folder / "archive"
        self._state = folder / "night.sqlite"
        self._alone = folder / "alone"
        self._cache = folder / "cache"
        if not self._archive.exists():
            write_posts(self._archive, range(articles), articles // _A_FOLDER)
            time.sleep(_SETTLED)
        if not self._state.exists():
            with State(self._state, write=True) as state:
                keys = [entry.key for entry in scan((self._archive,)).entries]
                state.keep("night", "2022-01-01", "Night", keys)

    def table(self, rounds: int) -> str:
        """Measure all cases in turns; return a table."""
        cases: dict[str, Callable[[], Measurement]] = {
            "stat": lambda: self._python(_STAT, str(self._archive)),
            "first scan": self._first,
            "nothing new": self._nothing,
            "fifty new": self._fifty,
            "fifty alone": self._fifty_alone,
        }
        found: dict[str, list[Measurement]] = {name: [] for name in cases}
        stages: list[list[float]] = []
        for _ in range(rounds):
            for name, action in cases.items():
                found[name].append(action())
                if found[name][-1].failure:
                    sys.exit(f"{name}: {found[name][-1].failure}")
                if name == "fifty new":
                    stages.append(self._stages())
            self._take_away()
        stat = statistics.median(each.cpu for each in found["stat"])
        lines = [f"| night-{self._articles} | wall s | CPU s | of stat | peak MB |", "| --- | --: | --: | --: | --: |"]
        for name, runs in found.items():
            wall, cpu = (statistics.median(getattr(each, what) for each in runs) for what in ("wall", "cpu"))
            peak = max(each.peak or 0 for each in runs)
            lines.append(f"| {name} | {wall:.2f} | {cpu:.2f} | {cpu / stat:.1f} | {peak / 1e6:.0f} |")
        for name, values in zip(("its scan", "its selection"), zip(*stages, strict=True), strict=True):
            cpu = statistics.median(values)
            lines.append(f"| {name} | | {cpu:.2f} | {cpu / stat:.1f} | |")
        return "\n".join(lines)

    def _first(self) -> Measurement:
        shutil.rmtree(self._cache, ignore_errors=True)
        return self._build(self._archive)

    def _nothing(self) -> Measurement:
        return self._build(self._archive)

    def _fifty(self) -> Measurement:
        self._add()
        return self._build(self._archive)

    def _fifty_alone(self) -> Measurement:
        write_posts(self._alone, self._new, 1)
        return self._build(self._alone, cache=self._folder / "cache-alone")

    def _stages(self) -> list[float]:
        """Return the seconds of scan and selection, as the index is before a night."""
        self._take_away()
        self._build(self._archive)
        self._add()
        done = self._python(_STAGES, str(self._archive), str(self._cache), str(self._state))
        if done.failure:
            sys.exit(done.failure)
        count, *seconds = (self._folder / "log").read_text(encoding="utf-8").split()
        if not int(count):
            sys.exit("no article is new")
        return [*map(float, seconds)]

    @property
    def _new(self) -> range:
        return range(self._articles, self._articles + _NEW)

    def _add(self) -> None:
        """Put the new articles into folders of the archive, one each."""
        write_posts(self._archive, self._new, self._articles // _A_FOLDER)

    def _take_away(self) -> None:
        for number in self._new:
            for path in self._archive.glob(f"*/post {number:07}.*"):
                path.unlink()
        shutil.rmtree(self._alone, ignore_errors=True)
        shutil.rmtree(self._folder / "cache-alone", ignore_errors=True)

    def _build(self, inputs: Path, cache: Path | None = None) -> Measurement:
        state = self._folder / "used.sqlite"
        shutil.copyfile(self._state, state)
        book = self._folder / "night.epub"
        book.unlink(missing_ok=True)
        flags = ["--new", "--state", str(state), "--cache", str(cache or self._cache), "-q", "-o", str(book)]
        command = [sys.executable, "-m", "epubmaker", "build", str(inputs), "--no-images", *flags]
        return run(command, self._folder, {}, limit=_LIMIT, sample=0.1)

    def _python(self, program: str, *arguments: str) -> Measurement:
        return run([sys.executable, "-c", program, *arguments], self._folder, {}, limit=_LIMIT, sample=0.1)


if __name__ == "__main__":
    main()
