"""Measures `run --on`: the volumes of an archive, made by one process, by one worker of Dask and by two.

    python -m benchmarks.cluster FOLDER [--articles N] [--volumes N] [--rounds N] [--kills N] [--runs RUN...]

The runs of `--runs` take turns in each round: `alone` is `epubmaker run -j 1`, `one` and `two` are so many workers, and of
two workers `killed` kills one now and then. Everything is made in FOLDER, which is left behind, so that another run may be
measured later; the first one must be `alone`, since whoever makes them, the books must be its books.

The rate is that from the first volume on, so that the start of the processes does not count. The machine should be idle:
rates are of wall time. The processor time of the workers that were not killed tells more on a busy one: it must not grow
with their number.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from distributed import Client

from benchmarks.nightly import write_posts
from epubmaker.jobs.cluster import made_on_dask
from epubmaker.jobs.jobfile import head_of
from epubmaker.jobs.make import Done, RunSettings
from epubmaker.jobs.run import made_here
from epubmaker.runtime import process

_A_FOLDER = 500  # posts
_START = 60.0  # seconds for a scheduler to start in
_RUNS = ("alone", "one", "two", "killed")
_EXPECTED = Path("expected.json")  # the hash of each book of `alone`
# What `docs/scale.md` has workers start with.
_WORKERS = {
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
}


def main(arguments: list[str] | None = None) -> None:
    """Make the archive, plan it, measure, print a line for each run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--volumes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--runs", nargs="+", choices=_RUNS, default=_RUNS)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(given.folder)
    process.own()  # as the command line does
    lines = _plan(given.articles, -(-given.articles // given.volumes))
    rates: dict[str, list[float]] = {name: [] for name in given.runs}
    for _ in range(given.rounds):
        for name in given.runs:
            rates[name].append(_alone(lines) if name == "alone" else _on(lines, name, given.kills))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    for name, base in (("one", "alone"), ("two", "one"), ("killed", "two")):
        if name in medians and base in medians:
            print(f"{name}: {medians[name] / medians[base]:.3f} times the rate of {base}")


def _plan(articles: int, each: int) -> list[str]:
    archive, jobs = Path("archive"), Path("jobs.jsonl")
    if not archive.exists():
        write_posts(archive, range(articles), -(-articles // _A_FOLDER))
    words = "plan", "archive", "--split-by", str(each), "-o", "books/{n}.epub", "--jobs-file", str(jobs), "--no-images"
    subprocess.run([sys.executable, "-m", "epubmaker", *words], check=True)
    return jobs.read_text("utf-8").splitlines()


def _alone(lines: list[str]) -> float:
    """Make the volumes in this process, and note their hashes; return how many articles a second."""
    run = _Measured(lambda: sum(psutil.Process().cpu_times()[:2]))
    for done in made_here(lines, RunSettings(jobs=1)):
        run.add(done)
    print(f"alone: {run.told()}", flush=True)
    _EXPECTED.write_text(json.dumps(_hashes()), "utf-8")
    return run.rate


def _on(lines: list[str], name: str, kills: int) -> float:
    """Make the volumes on workers; return how many articles a second. Raises RuntimeError where the books are others."""
    most_tasks = most_bytes = 0
    killed = min(kills, len(lines) - 1) if name == "killed" else 0
    moments = set(random.Random(kills).sample(range(len(lines) - 1), killed))
    outputs = []
    with _cluster(1 if name == "one" else 2) as cluster, Client(cluster.address, set_as_default=False) as looking:
        run = _Measured(lambda: cluster.seconds)
        results = made_on_dask(lines, RunSettings(), address=cluster.address, say=print, worker_within=_START)
        for number, done in enumerate(results):
            run.add(done)
            outputs.append(done.output)
            most_bytes = max(most_bytes, cluster.scheduler.memory_info().rss)
            if number % 10 == 0:
                most_tasks = max(most_tasks, looking.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
            if number in moments:
                cluster.kill_a_worker()
        told = run.told()
    print(f"{name}: {told}; the scheduler held {most_tasks} jobs and {most_bytes / 1e6:.0f} MB at most", flush=True)
    if sorted(outputs) != sorted(head_of(line)[0] for line in lines) or _hashes() != json.loads(
        _EXPECTED.read_text("utf-8")
    ):
        message = "these are not the books of one process"
        raise RuntimeError(message)
    return run.rate


class _Measured:
    """How fast volumes come, from the first one on. The books of earlier runs are removed."""

    def __init__(self, used: Callable[[], float]) -> None:
        """Begin; `used` returns the processor time of the processes that make the volumes."""
        shutil.rmtree("books", ignore_errors=True)
        self._used = used
        self._articles = -1

    def add(self, done: Done) -> None:
        """Count a volume."""
        if self._articles < 0:
            self._articles, self._start, self._before = 0, time.perf_counter(), self._used()
        else:
            self._articles += done.articles
        self._seconds = time.perf_counter() - self._start

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self._articles / self._seconds

    def told(self) -> str:
        """Return the figures as words; to be asked for while the processes run."""
        milliseconds = 1000 * (self._used() - self._before) / self._articles
        return f"{self._articles:,} articles, {self.rate:.0f}/s, CPU {milliseconds:.2f} ms each"


def _hashes() -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in Path("books").iterdir()}


class _Cluster(NamedTuple):
    address: str
    scheduler: psutil.Process
    nanny: psutil.Process

    @property
    def seconds(self) -> float:
        """The processor time that the workers that run have used."""
        return sum(sum(worker.cpu_times()[:2]) for worker in self._workers())

    def kill_a_worker(self) -> None:
        """Kill a worker that runs, if there is one; its nanny starts another."""
        with suppress(psutil.NoSuchProcess):
            if workers := list(self._workers()):
                random.choice(workers).kill()

    def _workers(self) -> Iterator[psutil.Process]:
        for child in self.nanny.children():
            with suppress(psutil.NoSuchProcess):  # it has just died
                if "spawn_main" in " ".join(child.cmdline()):
                    yield child


@contextmanager
def _cluster(workers: int) -> Iterator[_Cluster]:
    """Start a scheduler and workers; end them with the context."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"127.0.0.1:{port}"
    commands = (
        ("scheduler", "--host", "127.0.0.1", "--port", str(port)),
        ("worker", address, "--nthreads", "1", "--nworkers", str(workers), "--local-directory", "dask"),
    )
    with Path("dask.log").open("ab") as log:
        started = [
            psutil.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{name}", "--no-dashboard", *words],
                stdout=log,
                stderr=log,
                env=os.environ | _WORKERS,
            )
            for name, *words in commands
        ]
        try:
            Client(address, timeout=_START, set_as_default=False).close()
            yield _Cluster(address, *started)
        finally:
            for each in reversed(started):
                children = each.children(recursive=True)
                each.terminate()
                each.wait()
                for child in psutil.wait_procs(children, timeout=5)[1]:
                    child.kill()


if __name__ == "__main__":
    main()
