"""Runs the tools over one archive in turns, and examines their books."""

from __future__ import annotations

import re
import shutil
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from benchmarks.archives import Archive, Scenario
from benchmarks.measure import Measurement, run
from benchmarks.tools import Tool

__all__ = ["Result", "measure"]

_BOOK = "book.epub"
_TAG = re.compile(r"<[^>]*>")
_TEXTS = (".html", ".xhtml")
_PICTURES = (
    b"\xff\xd8\xff",
    b"\x89PNG",
    b"RIFF",
    b"GIF8",
)  # known by first bytes: not every tool names them by their type
_SAMPLE_EVERY = 0.02  # seconds, in the run that is not timed
_SAMPLE_TIMED = 0.25  # seconds, in a run that is timed as well: to measure large processes slows them down a little


@dataclass(frozen=True, slots=True)
class Result:
    """The result of one tool with one archive.

    `wall` and `cpu` are the medians over the timed runs, in seconds, `walls` all of them; `peak` bytes (see
    `measure.Measurement`); `size` the book's bytes; `pictures` how many are in it; `text` the part of the archive's
    letters that is in it (more than 1 with what the tool adds). `skipped` says why there is nothing of all that.
    """

    tool: str
    scenario: Scenario
    wall: float = 0.0
    walls: tuple[float, ...] = ()
    cpu: float = 0.0
    peak: int = 0
    size: int = 0
    pictures: int = 0
    text: float = 0.0
    skipped: str | None = None

    @property
    def per_article(self) -> float:
        """Milliseconds an article."""
        return self.wall * 1000 / self.scenario.articles


class _Turns:
    """One tool and its runs over one archive."""

    def __init__(self, tool: Tool, archive: Archive, folder: Path, limit: float) -> None:
        self.tool = tool
        self.skipped = tool.missing
        self._archive = archive
        self._folder = folder / tool.name.replace(" ", "-")
        self._limit = limit
        self._timed: list[Measurement] = []
        self._peak = 0

    def turn(self, *, sample: float | None, timed: bool) -> None:
        """Run once more, unless an earlier run failed."""
        if self.skipped:
            return
        if not self.tool.warm:
            shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        # The user's caches of programs lie in the folder, too, and are removed with it.
        places = {"XDG_CACHE_HOME": str(self._folder / "cache"), "TMPDIR": str(self._temporary())}
        command = self.tool.command(self._archive, str(self._folder / _BOOK))
        environment = {**places, **self.tool.environment(self._archive)}
        measurement = run(command, self._folder, environment, limit=self._limit, sample=sample)
        self.skipped = measurement.failure
        self._peak = max(self._peak, measurement.peak or 0)
        if timed:
            self._timed.append(measurement)

    def result(self) -> Result:
        """Examine the last book and return the result; remove the book."""
        scenario = self._archive.scenario
        if self.skipped:
            result = Result(self.tool.name, scenario, skipped=self.skipped)
        else:
            walls = tuple(measurement.wall for measurement in self._timed)
            cpu = statistics.median(measurement.cpu for measurement in self._timed)
            size, pictures, letters = _look(self._folder / _BOOK)
            text = letters / self._archive.letters
            wall = statistics.median(walls)
            result = Result(self.tool.name, scenario, wall, walls, cpu, self._peak, size, pictures, text)
        shutil.rmtree(self._folder, ignore_errors=True)
        return result

    def _temporary(self) -> Path:
        folder = self._folder / "tmp"
        folder.mkdir(exist_ok=True)
        return folder


def measure(archive: Archive, tools: Sequence[Tool], folder: Path, *, repeat: int, limit: float) -> list[Result]:
    """Run each tool `repeat` times over an archive, all of them in turns; a run may take `limit` seconds.

    A round before these fills the disk's cache, warms what can be warm, and samples memory. With `repeat` 1 there is no
    such round but for warm tools: that run is sampled, too.
    """
    turns = [_Turns(tool, archive, folder, limit) for tool in tools]
    single = repeat == 1
    for each in turns:
        if not single or each.tool.warm:
            each.turn(sample=_SAMPLE_EVERY, timed=False)
    for _ in range(repeat):
        for each in turns:
            each.turn(sample=_SAMPLE_TIMED if single else None, timed=True)
    return [each.result() for each in turns]


def _look(book: Path) -> tuple[int, int, int]:
    """Return a book's bytes, how many pictures it has and how many letters and digits of text."""
    try:
        with ZipFile(book) as container:
            names = container.namelist()
            texts = [name for name in names if name.lower().endswith(_TEXTS)]
            letters = sum(_letters(container.read(name).decode("utf-8", "replace")) for name in texts)
            pictures = sum(_is_picture(container, name) for name in names)
    except (OSError, BadZipFile):
        return 0, 0, 0
    return book.stat().st_size, pictures, letters


def _is_picture(container: ZipFile, name: str) -> bool:
    with container.open(name) as file:
        return file.read(4).startswith(_PICTURES)


def _letters(page: str) -> int:
    return sum(map(str.isalnum, _TAG.sub("", page)))
