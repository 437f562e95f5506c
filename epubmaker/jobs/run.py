"""Carries out a file of jobs: those whose volumes are not there yet."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple, TypeAlias

from epubmaker.errors import InputError
from epubmaker.jobs.ledger import Ledger, ledger_of, other_ledgers
from epubmaker.jobs.make import Done, Maker, RunSettings
from epubmaker.storage.remote import fetch, parent
from epubmaker.storage.scratch import spool

__all__ = ["Engine", "Part", "Step", "made_here", "run"]

Engine: TypeAlias = Callable[[Iterable[str], RunSettings], Iterator[Done]]
"""Takes the lines of jobs, and yields what came of each, whichever is ready first. It asks for lines as it needs them."""


class Part(NamedTuple):
    """Every `of`-th job, from the `number`-th (from 1) on."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}-of-{self.of}" if self.of > 1 else ""


_ALL = Part()


class Step(NamedTuple):
    """How far a run is: of `total` jobs, `there` were made before, and `done` is what came of the last one."""

    total: int
    there: int
    done: Done | None = None


def made_here(lines: Iterable[str], settings: RunSettings) -> Iterator[Done]:
    """Make volumes in this process, one after the other, with the help of its child processes. An `Engine`."""
    with Maker(settings) as maker:
        yield from map(maker.make, lines)


def run(
    jobs: Path | str,
    settings: RunSettings,
    *,
    part: Part = _ALL,
    results: Path | None = None,
    whole: bool = False,
    engine: Engine = made_here,
) -> Generator[Step, None, None]:
    """Make the volumes of a file of jobs that are not there as its ledger says; yield how far it is after each.

    `jobs` is a path or an address (see `storage.remote`). `results` is the ledger, None for the file beside the jobs;
    beside those at an address is the current folder. With `whole`, volumes that lack pictures are made again. What
    becomes of one volume does not keep the others from being made. Raises InputError where the jobs cannot be read,
    OutputError where the ledger cannot be written.
    """
    with ExitStack() as stack:
        place, path = (jobs, jobs) if isinstance(jobs, Path) else _fetched(jobs, stack)
        own = results or ledger_of(place, str(part))
        total = sum(1 for _ in _lines(path, part))
        ledger = stack.enter_context(Ledger(own, [] if results else other_ledgers(place, own)))
        there = 0

        def waiting() -> Iterator[str]:
            nonlocal there
            for line in _lines(path, part):
                if ledger.is_there(line, whole=whole):
                    there += 1
                else:
                    yield line

        for done in engine(waiting(), settings):
            ledger.add(done)
            yield Step(total, there, done)
        yield Step(total, there)


def _fetched(jobs: str, stack: ExitStack) -> tuple[Path, Path]:
    """Return the name of the file at an address, and the path of a copy of it. Raises InputError."""
    address, name = parent(jobs)
    folder = stack.enter_context(spool())
    if failed := fetch(address, [name], folder):
        raise InputError(jobs, failed[name], "name the file that `epubmaker plan --jobs-file` wrote")
    return Path(name), folder / name


def _lines(jobs: Path, part: Part) -> Iterator[str]:
    """Yield the lines of a part of the jobs; raises InputError."""
    try:
        with jobs.open(encoding="utf-8") as file:
            number = 0
            for line in file:
                if line.strip():
                    number += 1
                    if number % part.of == part.number % part.of:
                        yield line
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or "is no text"
        raise InputError(jobs, cause.lower(), "name the file that `epubmaker plan --jobs-file` wrote") from error
