"""Runs one command and measures it: wall time, processor time and memory of all its processes together."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Measurement", "run"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """One run of a command.

    `wall` and `cpu` are seconds; `cpu` is user and system time of the command and of all processes that it waited for.
    `peak` is in bytes: the largest sum, over all processes that lived at one moment, of their proportional set sizes
    (Linux's PSS: memory that n processes share counts 1/n for each); None when it was not sampled. `failure` is None,
    or in one line why the run does not count.
    """

    wall: float
    cpu: float
    peak: int | None
    failure: str | None


def _environment() -> dict[str, str]:
    """Return this process's environment, without the variable that stops Python from storing compiled modules."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], *, limit: float, sample: float | None = None
) -> Measurement:
    """Run a command to its end, at most `limit` seconds; with `sample`, measure its memory at least every `sample` seconds.

    Its output goes to a file `log` in `cwd`.
    """
    log = cwd / "log"
    with log.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env={**_environment(), **environment}, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        expired = threading.Event()
        timer = threading.Timer(limit, _expire, (process.pid, expired))
        timer.start()
        sampler = _Sampler(process.pid, sample) if sample else None
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    peak = sampler.finish() if sampler else None
    failure = None
    if expired.is_set():
        failure = f"takes longer than {limit:.0f} s"
    elif process.returncode:
        failure = f"ends with status {process.returncode}: {_last_line(log)}"
    return Measurement(wall, usage.ru_utime + usage.ru_stime, peak, failure)


def _expire(group: int, expired: threading.Event) -> None:
    expired.set()
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "no output"


class _Sampler:
    """A thread that measures the memory of a process and its descendants at intervals."""

    def __init__(self, pid: int, interval: float) -> None:
        self._interval = interval
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, args=(pid,))
        self._thread.start()

    def finish(self) -> int:
        self._over.set()
        self._thread.join()
        return self._peak

    def _watch(self, pid: int) -> None:
        pause = 0.01  # grows, so that short runs are measured as well
        while not self._over.wait(pause):
            pause = min(pause * 1.1, self._interval)
            with suppress(psutil.NoSuchProcess):
                root = psutil.Process(pid)
                self._peak = max(self._peak, sum(map(_size, [root, *root.children(recursive=True)])))


def _size(process: psutil.Process) -> int:
    """Return a process's proportional set size, 0 when it has just ended."""
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
