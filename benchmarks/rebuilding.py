"""Measures second builds: nothing new, ten articles more, one article changed; beside a copy of the book itself.

    python -m benchmarks.rebuilding CACHE [--articles N] [--kind text|pictures] [--results docs]

Each case begins with the book and the cache of a build without the last ten articles, and is run several times; figures
are medians. For comparison, `ten articles alone` is a book of the last ten, made without a cache; `copy` writes the book's
file again and syncs it to the disk; `zip copy` reads every entry and writes it into a new container unchanged.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.archives import Scenario, make
from benchmarks.measure import Measurement, run
from benchmarks.photographs import SIZES, write_originals
from benchmarks.server import serving

_MORE = 10
_SETTLED = 2.5  # seconds after which a file's times are trusted
_LIMIT = 3600.0  # seconds for one build


@dataclass(frozen=True, slots=True)
class Row:
    """One case: its name, medians in seconds, and the peak memory of its processes, in bytes."""

    case: str
    wall: float
    cpu: float
    peak: int


class Site:
    """A folder with an archive, its book and its cache, that can be put back to how it was."""

    def __init__(self, texts: Path, work: Path) -> None:
        self.inputs = work / "in"
        self._state = work / "state"
        self._kept = work / "kept"
        self._work = work
        shutil.copytree(texts, self.inputs)
        self._last = sorted(self.inputs.iterdir())[-_MORE:]
        self._aside = work / "aside"
        self._aside.mkdir()
        self._state.mkdir()

    @property
    def book(self) -> Path:
        return self._state / "book.epub"

    def take_away(self) -> None:
        for path in self._last:
            path.rename(self._aside / path.name)
        time.sleep(_SETTLED)

    def put_back(self) -> None:
        for path in self._last:
            shutil.copyfile(self._aside / path.name, path)

    def keep(self) -> None:
        shutil.copytree(self._state, self._kept, copy_function=shutil.copyfile)

    def restore(self) -> None:
        """Bring back the book and the cache, and take the last articles away; nothing else is touched."""
        for path in self._last:
            path.unlink(missing_ok=True)
        shutil.rmtree(self._state)
        shutil.copytree(self._kept, self._state, copy_function=shutil.copyfile)

    def build(self, *, sample: bool = False) -> Measurement:
        return self._build(self.inputs, self._state / "cache", self.book, sample=sample)

    def build_the_last_alone(self) -> Measurement:
        shutil.rmtree(self._work / "alone", ignore_errors=True)
        (self._work / "alone").mkdir()
        return self._build(self._aside, self._work / "alone" / "cache", self._work / "alone" / "book.epub", sample=True)

    def _build(self, inputs: Path, cache: Path, book: Path, *, sample: bool) -> Measurement:
        flags = ["--allow-private-network", "--quiet", "--cache", str(cache), "-o", str(book)]
        command = [sys.executable, "-m", "epubmaker", "build", str(inputs), *flags]
        return run(command, self._work, {}, limit=_LIMIT, sample=0.05 if sample else None)


def change_one(site: Site) -> None:
    """Change the text of an article in the middle of the archive."""
    paths = sorted(site.inputs.iterdir())
    path = paths[len(paths) // 2]
    path.write_text(path.read_text(encoding="utf-8") + f"<p>{time.time_ns()}</p>", encoding="utf-8")


def copy(source: Path, target: Path) -> None:
    """Copy a file to the disk."""
    shutil.copyfile(source, target)
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def zip_copy(source: Path, target: Path) -> None:
    """Copy a container entry by entry, their bytes as they are, to the disk."""
    with zipfile.ZipFile(source) as old, source.open("rb") as raw, zipfile.ZipFile(target, "w") as new:
        file = new.fp
        assert file is not None
        for entry in old.infolist():
            raw.seek(entry.header_offset + 26)
            name, extra = (int.from_bytes(raw.read(2), "little") for _ in range(2))
            raw.seek(name + extra, os.SEEK_CUR)
            data = raw.read(entry.compress_size)
            entry.header_offset = file.tell()
            file.write(entry.FileHeader(zip64=False))
            file.write(data)
            new.start_dir = file.tell()
            new.filelist.append(entry)
    with target.open("rb+") as written:
        os.fsync(written.fileno())


def measured(case: str, runs: int, before: Callable[[], None], action: Callable[[], Measurement]) -> Row:
    """Run a case several times."""
    found = []
    for _ in range(runs):
        before()
        found.append(action())
        if found[-1].failure:
            sys.exit(f"{case}: {found[-1].failure}")
    wall, cpu = (statistics.median(getattr(each, name) for each in found) for name in ("wall", "cpu"))
    return Row(case, wall, cpu, max(each.peak or 0 for each in found))


def timed(action: Callable[[], None]) -> Measurement:
    """Measure something that is done in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return Measurement(time.perf_counter() - wall, time.process_time() - cpu, None, None)


def rows(site: Site, runs: int) -> list[Row]:
    """Measure all cases."""

    def nothing() -> None:
        pass

    site.take_away()
    cold = site.build(sample=True)
    site.keep()

    def ten_more() -> None:
        site.restore()
        site.put_back()

    def one_changed() -> None:
        site.restore()
        change_one(site)

    target = site.book.with_name("copy.epub")
    found = [Row("first build", cold.wall, cold.cpu, cold.peak or 0)]
    found.append(measured("nothing new, first time", runs, site.restore, site.build))
    found.append(measured("nothing new", runs, nothing, site.build))
    found.append(measured("ten articles more", runs, ten_more, lambda: site.build(sample=True)))
    found.append(measured("one article changed", runs, one_changed, lambda: site.build(sample=True)))
    found.append(measured("ten articles alone", runs, nothing, site.build_the_last_alone))
    found.append(measured("copy", runs, nothing, lambda: timed(lambda: copy(site.book, target))))
    found.append(measured("zip copy", runs, nothing, lambda: timed(lambda: zip_copy(site.book, target))))
    return found


def table(found: Sequence[Row], scenario: Scenario) -> str:
    """Return the rows as a Markdown table."""
    first = found[0].wall
    lines = [f"| {scenario} | wall s | of the first build | CPU s | peak MB |", "| --- | --: | --: | --: | --: |"]
    for row in found:
        peak = f"{row.peak / 1e6:.0f}" if row.peak else ""
        lines.append(f"| {row.case} | {row.wall:.2f} | {row.wall / first:.3f} | {row.cpu:.2f} | {peak} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make an archive, measure, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rebuilding", description=__doc__)
    parser.add_argument("cache", type=Path, help="the folder that benchmarks/install-peers filled, or an empty one")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--kind", choices=["text", "pictures"], default="text")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--results", type=Path, help="folder for rebuilding.md")
    options = parser.parse_args(arguments)
    scenario = Scenario(options.kind, options.articles + _MORE)
    originals = options.cache / "originals" / options.kind
    if options.kind in SIZES:
        write_originals(options.kind, options.cache / "photographs", originals)
    else:
        originals.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as work, serving(40, [originals]) as server:
        archive = make(scenario, Path(work) / "archive", server)
        text = table(rows(Site(archive.texts, Path(work)), options.runs), scenario)
    print(text)
    if options.results:
        options.results.mkdir(parents=True, exist_ok=True)
        with (options.results / "rebuilding.md").open("a", encoding="utf-8") as file:
            file.write(f"{text}\n\n")


if __name__ == "__main__":
    main()
