"""Measures `run --on`: the volumes of an archive, made by one process, by one worker of Dask and by two.

    python -m benchmarks.cluster FOLDER [--articles N] [--volumes N] [--rounds N] [--kills N]

Everything is made in FOLDER, which is left behind. In each round one worker and two take turns; the rate is that from the
first volume on, so that the start of the processes does not count. At last, two workers are killed now and then. Whoever
makes them, the books must be those of one process. The machine should be idle: rates are of wall time. The processor time
of the workers that were not killed tells more on a busy one: it must not grow with their number.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psutil
from distributed import Client

from benchmarks.nightly import write_posts
from epubmaker.jobs.cluster import made_on_dask
from epubmaker.jobs.make import RunSettings
from epubmaker.jobs.run import made_here

_A_FOLDER = 500  # posts
_START = 60.0  # seconds for a scheduler to start in


def main(arguments: list[str] | None = None) -> None:
    """Make the archive, plan it, measure, print a line for each run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--volumes", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kills", type=int, default=10)
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(given.folder)
    lines = _plan(given.articles, -(-given.articles // given.volumes))
    expected = _here(lines)
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(given.rounds):
        for workers, found in rates.items():
            found.append(_on(lines, workers, expected))
    ratio = statistics.median(rates[2]) / statistics.median(rates[1])
    print(f"two workers: {ratio:.3f} times the rate of one")
    _on(lines, 2, expected, kills=given.kills)


def _plan(articles: int, each: int) -> list[str]:
    archive, jobs = Path("archive"), Path("jobs.jsonl")
    if not archive.exists():
        write_posts(archive, range(articles), -(-articles // _A_FOLDER))
    words = "plan", "archive", "--split-by", str(each), "-o", "books/{n}.epub", "--jobs-file", str(jobs), "--no-images"
    subprocess.run([sys.executable, "-m", "epubmaker", *words], check=True)
    return jobs.read_text("utf-8").splitlines()


def _here(lines: list[str]) -> dict[str, str]:
    """Make the volumes in this process; return their hashes."""
    shutil.rmtree("books", ignore_errors=True)
    start = time.perf_counter()
    articles = sum(done.articles for done in made_here(lines, RunSettings(jobs=1)))
    print(f"one process: {articles:,} articles, {articles / (time.perf_counter() - start):.0f}/s")
    return _hashes()


def _on(lines: list[str], workers: int, expected: dict[str, str], *, kills: int = 0) -> float:
    """Make the volumes on workers; return how many articles a second. Raises RuntimeError where the books are others."""
    shutil.rmtree("books", ignore_errors=True)
    moments = set(random.Random(workers).sample(range(len(lines) - 1), min(kills, len(lines) - 1)))
    articles = begun = most_tasks = most_bytes = 0
    used = 0.0
    outputs = []
    with _cluster(workers) as cluster, Client(cluster.address, set_as_default=False) as looking:
        start = time.perf_counter()
        for number, done in enumerate(
            made_on_dask(lines, RunSettings(), address=cluster.address, say=print, worker_within=_START)
        ):
            if not number:
                start, begun, used = time.perf_counter(), done.articles, cluster.seconds
            articles += done.articles
            outputs.append(done.output)
            most_bytes = max(most_bytes, cluster.scheduler.memory_info().rss)
            if number % 10 == 0:
                most_tasks = max(most_tasks, looking.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
            if number in moments:
                cluster.kill_a_worker()
        rate = (articles - begun) / (time.perf_counter() - start)
        milliseconds = 1000 * (cluster.seconds - used) / (articles - begun)
    print(
        f"{workers} worker(s), {len(moments)} killed: {articles:,} articles, {rate:.0f}/s, CPU {milliseconds:.2f} ms each; "
        f"the scheduler held {most_tasks} jobs and {most_bytes / 1e6:.0f} MB at most",
        flush=True,
    )
    if len(set(outputs)) != len(lines) or len(outputs) != len(lines) or _hashes() != expected:
        message = "these are not the books of one process"
        raise RuntimeError(message)
    return rate


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
                [sys.executable, "-m", f"distributed.cli.dask_{name}", "--no-dashboard", *words], stdout=log, stderr=log
            )
            for name, *words in commands
        ]
        try:
            Client(address, timeout=_START, set_as_default=False).close()
            yield _Cluster(address, *started)
        finally:
            for process in reversed(started):
                children = process.children(recursive=True)
                process.terminate()
                process.wait()
                for child in psutil.wait_procs(children, timeout=5)[1]:
                    child.kill()


if __name__ == "__main__":
    main()
