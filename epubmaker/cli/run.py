"""The command `epubmaker run`: a file of jobs -> volumes, and lines about those that could not be made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from epubmaker.cli.failures import one_line_errors, worst
from epubmaker.cli.terminal import ProgressDisplay, say, show
from epubmaker.cli.values import FILE, FILE_OR_ADDRESS, Seconds
from epubmaker.errors import UsageError
from epubmaker.runtime import process

if TYPE_CHECKING:
    from epubmaker.jobs.run import Engine, Part, Step

__all__ = ["run"]


class _Part(click.ParamType["Part"]):
    """A part of the jobs: "3/8" is the third of eight."""

    name = "part"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Part:
        from epubmaker.jobs.run import Part

        if isinstance(value, Part):
            return value
        found = re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", str(value))
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            self.fail(f"{value!r} is no part; write it like 3/8: the third of eight", param, ctx)
        return Part(int(found[1]), int(found[2]))


class _Scheduler(click.ParamType[str]):
    """The address of a scheduler of Dask; the value is its HOST:PORT."""

    name = "scheduler"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = re.fullmatch(r"dask://([^\s/@]+:[0-9]{1,5})/?", str(value))
        if not found:
            self.fail(f"{value!r} is no scheduler; write it like dask://HOST:PORT", param, ctx)
        return found[1]


@click.command()
@click.argument("jobs_file", type=FILE_OR_ADDRESS, metavar="JOBS.jsonl")
@click.option(
    "--only", type=_Part(), metavar="K/N", help="Every N-th job, from the K-th on: for arrays of a scheduler."
)
@click.option("--on", type=_Scheduler(), metavar="dask://HOST:PORT", help="Make them on the workers of this scheduler.")
@click.option("--results", type=FILE, metavar="FILE.jsonl", help="What was made; default: beside the jobs.")
@click.option("--reports", type=FILE_OR_ADDRESS, metavar="DIR", help="Also write the report of each volume there.")
@click.option("--retry-missing", is_flag=True, help="Make volumes again that lack pictures.")
@click.option("--cache", type=FILE, metavar="DIR", help="Kept between runs; default: user's cache folder.")
@click.option("--no-cache", is_flag=True, help="Neither use nor fill the cache.")
@click.option("--offline", is_flag=True, help="Ask nothing of the network.")
@click.option("--refresh", is_flag=True, help="Ask for every picture again.")
@click.option("--delay", type=Seconds(), metavar="S", help="Seconds between requests to a host; default: as planned.")
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes; default: one a processor; of workers: one.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say each volume, and where an error came from.")
@click.option("-q", "--quiet", is_flag=True, help="Say errors only.")
def run(
    *,
    jobs_file: Path | str,
    only: Part | None,
    on: str | None,
    results: Path | None,
    reports: Path | str | None,
    retry_missing: bool,
    cache: Path | None,
    no_cache: bool,
    offline: bool,
    refresh: bool,
    delay: float | None,
    jobs: int | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Make the volumes that `epubmaker plan` has planned, but for those that are there. A run that was ended goes on.

    \b
    epubmaker run jobs.jsonl
    epubmaker run jobs.jsonl --only 3/8
    epubmaker run jobs.jsonl --on dask://scheduler:8786
    """  # noqa: D301 - the backslash is click's mark for lines to be left as they are
    process.own()
    with one_line_errors(verbose=verbose):
        from epubmaker.jobs.make import RunSettings
        from epubmaker.jobs.run import Part, made_here
        from epubmaker.jobs.run import run as run_jobs
        from epubmaker.storage.files import cache_folder

        if cache and no_cache:
            raise UsageError("--cache", "contradicts --no-cache", "leave one out")
        if offline and refresh:
            raise UsageError("--offline", "contradicts --refresh", "leave one out")
        folder = None if no_cache else cache or cache_folder()
        settings = RunSettings(folder, jobs, reports, offline, refresh, delay)
        engine = _on_dask(on) if on else made_here
        steps = run_jobs(jobs_file, settings, part=only or Part(), results=results, whole=retry_missing, engine=engine)
        with closing(steps), ProgressDisplay(quiet=quiet) as display:
            return _told(steps, display, verbose=verbose, quiet=quiet)


def _on_dask(address: str) -> Engine:
    """Return the engine that makes volumes on the workers of a scheduler. Raises UsageError without Dask."""
    from importlib.util import find_spec

    if find_spec("distributed") is None:
        raise UsageError("--on", "Dask is not installed", "pip install 'epubmaker[cluster]'")
    from epubmaker.jobs.cluster import made_on_dask

    return partial(made_on_dask, address=address, say=say)


def _told(steps: Iterable[Step], display: ProgressDisplay, *, verbose: bool, quiet: bool) -> int:
    """Say what becomes of each volume, and in the end of all; return the exit status."""
    from epubmaker.pipeline.session import Progress

    counts = Counter[str]()
    missing = articles = there = 0
    statuses = [0]
    for step in steps:
        there = step.there
        if done := step.done:
            counts[done.status] += 1
            statuses.append(done.exit_status)
            missing += done.missing
            articles += done.articles
            if done.error:
                say(f"error: {' '.join(done.error.split())}")
            elif verbose:
                say(f"{done.output}: {done.status}, {done.articles:,} articles, {done.seconds:.1f} s")
        display.show(Progress("volumes", there + counts.total(), step.total))
    if not quiet:
        counts["there already"] = there
        said = [f"{count:,} {what}" for what, count in counts.items() if count]
        show(f"{sum(counts.values()):,} volumes: {', '.join(said)}; {articles:,} articles")
        if missing:
            show(f"pictures missing: {missing:,} (--retry-missing asks again)")
    return worst(statuses)
