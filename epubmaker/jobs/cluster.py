"""Volumes made on other machines, by Dask. The only module that knows `distributed`.

    this process    submits the lines of a few jobs for each worker, and another line for each that is done
    scheduler       gives them to workers, to another one where a worker dies; it holds these lines and no more
    worker          makes one volume at a time, publishes it, and returns what came of it

The scheduler and the workers have the same versions of epubmaker and all that it uses as this process, and workers reach
articles and outputs by the same paths. The limits for each host hold for all workers together, as turns that the scheduler
gives.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, count, islice
from pathlib import Path
from typing import NamedTuple

from distributed import Client, Future, Semaphore, Worker, get_worker
from distributed.scheduler import KilledWorker

from epubmaker.collector.pictures.outcomes import Failure
from epubmaker.collector.web.hosts import Refusal, shared_turns
from epubmaker.errors import ERROR, ClusterError
from epubmaker.jobs.jobfile import head_of
from epubmaker.jobs.make import Done, Maker, RunSettings
from epubmaker.reuse.fingerprints import program_fingerprint
from epubmaker.runtime import process

__all__ = ["made_on_dask"]

_CLOSING = 10.0  # seconds for the end of the connection
_LOOK = 1.0  # seconds between two looks at the workers; each takes a message to the scheduler
_EACH = 2  # jobs in flight for a worker: the next one is there when one is done
# Dask gives up a job once four workers have died that had it, even as their next one. Three times as many may.
_SUBMISSIONS = 3
_ASK = 2.0  # seconds of waiting for a turn at a host, before asking whether it is still wanted
_PLACES = 10_000  # of hosts, so that what the scheduler keeps of them has bounds; two at one place share their turns

_EPOCH = "SOURCE_DATE_EPOCH"
_AGAIN = "what is done stays: give the command again once the scheduler runs"
_VERSIONS = (
    "install the same versions everywhere (pip install -c constraints.txt 'epubmaker[cluster]'), and start it anew"
)


@dataclass(frozen=True, slots=True)
class _Run:
    """What every job of a run is sent with, so that a worker does what the process that sends it would do.

    `program` is its fingerprint, `folder` its current folder, which the paths of volumes may begin in, and `epoch` its
    `SOURCE_DATE_EPOCH`.
    """

    name: str
    program: str
    settings: RunSettings
    folder: str
    epoch: str | None


# --- this process ----------------------------------------------------------------------------------------------------


def made_on_dask(
    lines: Iterable[str],
    settings: RunSettings,
    *,
    address: str,
    say: Callable[[str], None],
    answer_within: float = 10.0,
    worker_within: float = 300.0,
) -> Iterator[Done]:
    """Make volumes on the workers of the scheduler at HOST:PORT. With the arguments that have names, an `Engine`.

    `say` is called with a line for the user. Raises ClusterError where the scheduler has not answered after
    `answer_within` seconds, or stops; where there is no worker for `worker_within` seconds, as new machines take a while;
    and where a worker might make other books than this process.
    """
    waiting = iter(lines)
    first = next(waiting, None)
    if first is None:
        return
    # A worker is one of several processes on its machine, which share its processors.
    settings = settings._replace(jobs=settings.jobs or 1)
    run = _Run(uuid.uuid4().hex, program_fingerprint(), settings, str(Path.cwd()), os.environ.get(_EPOCH))
    client = _connected(address, answer_within)
    try:
        window = _Window(client, address, run, worker_within)
        window.await_worker(say)
        _check(client, address, run)
        yield from window.results(chain([first], waiting))
    except OSError as error:  # of the connection: those of files have become others before
        raise _gone(address) from error
    finally:
        # The end of the connection cancels the jobs in flight; a volume that is being made becomes whole.
        with suppress(Exception):  # the scheduler may be gone
            if client.status == "running":
                client.run(_close, run.name, on_error="ignore")
            client.close(timeout=_CLOSING)


def _connected(address: str, answer_within: float) -> Client:
    for name in ("distributed", "distributed.client", "asyncio"):  # what they tell ends as one line of ours
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # In a thread of its own, since Dask waits without end for a server of another kind, such as that of its web page.
    made: queue.SimpleQueue[Client | Exception] = queue.SimpleQueue()
    threading.Thread(target=lambda: made.put(_client(address, answer_within)), daemon=True).start()
    try:
        client = made.get(timeout=2 * answer_within)
    except queue.Empty:
        client = TimeoutError("another program answers there")
    if isinstance(client, Exception):
        host, _, port = address.rpartition(":")
        advice = f"start one there: dask scheduler --host {host} --port {port}"
        raise ClusterError(_at(address), f"no Dask scheduler answers: {client}", advice) from client
    return client


def _client(address: str, answer_within: float) -> Client | Exception:
    try:
        return Client(f"tcp://{address}", timeout=answer_within, set_as_default=False)
    except Exception as error:  # noqa: BLE001 - it is another thread's
        return error


def _check(client: Client, address: str, run: _Run) -> None:
    """Raise ClusterError where the scheduler or a worker has another epubmaker, or cannot work."""
    try:
        program = client.run_on_scheduler(program_fingerprint)
    except OSError:
        raise
    except Exception as error:  # whatever another version lacks
        raise _of_other_version("scheduler", _at(address)) from error
    if program != run.program:
        raise _of_other_version("scheduler", _at(address))
    for worker, state in client.run(_state, on_error="return").items():
        if not isinstance(state, OSError):  # it has just gone
            _refuse(worker, state, run)


def _refuse(worker: str, state: object, run: _Run) -> None:
    """Raise ClusterError for a worker whose `_state` is wrong, or is an error."""
    if not isinstance(state, _State) or state.program != run.program:
        raise _of_other_version("worker", worker)
    if state.threads != 1:
        cause = f"this worker has {state.threads} threads, and a process makes one volume at a time"
        raise ClusterError(worker, cause, "start it with --nthreads 1, and more of them with --nworkers")


class _InFlight(NamedTuple):
    line: str
    future: Future[Done]
    submissions: int


class _Window:
    """The jobs in flight: a few for each worker."""

    def __init__(self, client: Client, address: str, run: _Run, worker_within: float) -> None:
        self._client = client
        self._address = address
        self._run = run
        self._worker_within = worker_within
        self._numbers = count()
        self._in_flight: dict[object, _InFlight] = {}
        self._ended: queue.SimpleQueue[Future[Done]] = queue.SimpleQueue()
        self._workers = 0
        self._looked = 0.0
        self._last_worker = time.monotonic()

    def await_worker(self, say: Callable[[str], None]) -> None:
        """Wait until there is a worker; raises ClusterError where none comes."""
        if not self._client.nthreads():
            say(f"{_at(self._address)}: no worker yet; waiting for one")
        while not self._client.nthreads():
            self._look()
            with suppress(TimeoutError):
                self._client.wait_for_workers(1, timeout=_LOOK)

    def results(self, lines: Iterable[str]) -> Iterator[Done]:
        """Submit lines as there is room for them, and yield what comes of each."""
        waiting = iter(lines)
        while True:
            self._look()
            room = _EACH * max(self._workers, 1) - len(self._in_flight)
            for line in islice(waiting, max(room, 0)):
                self._submit(line, 1)
            if not self._in_flight:
                return
            with suppress(queue.Empty):
                done = self._result(self._ended.get(timeout=_LOOK))
                if done is not None:
                    yield done

    def _look(self) -> None:
        """Count the workers now and then; raises ClusterError where there have been none for long."""
        now = time.monotonic()
        if now < self._looked + _LOOK:
            return
        self._looked = now
        self._workers = len(self._client.nthreads())
        if self._workers:
            self._last_worker = now
        elif now > self._last_worker + self._worker_within:
            advice = f"start some: dask worker {self._address} --nthreads 1 --nworkers N"
            raise ClusterError(_at(self._address), f"no worker for {self._worker_within:.0f} seconds", advice)

    def _submit(self, line: str, submissions: int) -> None:
        key = f"epubmaker-{self._run.name}", next(self._numbers)
        future = self._client.submit(_volume, self._run, line, key=key, pure=False)
        self._in_flight[key] = _InFlight(line, future, submissions)
        future.add_done_callback(self._ended.put)

    def _result(self, future: Future[Done]) -> Done | None:
        """Return what came of a job that was done; None where that is still to come."""
        job = self._in_flight.pop(future.key)
        try:
            done = future.result(timeout=_LOOK)
        except TimeoutError:  # its worker died with the result, and it is done once more
            self._in_flight[future.key] = job
            future.add_done_callback(self._ended.put)
            return None
        except KilledWorker:
            if job.submissions < _SUBMISSIONS:
                self._submit(job.line, job.submissions + 1)
                return None
            output, key = head_of(job.line)
            message = f"{output}: the workers died that were at it; they may need more memory, or smaller volumes"
            done = Done(output, key, "failed", exit_status=ERROR, error=message)
        except CancelledError as error:
            raise _gone(self._address) from error
        except (ClusterError, OSError):
            raise
        except Exception as error:  # before the job began: what becomes of that is no error
            raise _of_other_version("worker", _at(self._address)) from error
        future.release()
        return done


def _at(address: str) -> str:
    return f"dask://{address}"


def _gone(address: str) -> ClusterError:
    return ClusterError(_at(address), "the scheduler has stopped, or dropped the jobs", _AGAIN)


def _of_other_version(who: str, address: str) -> ClusterError:
    return ClusterError(address, f"this {who} has another epubmaker, or other versions of what it uses", _VERSIONS)


# --- a worker --------------------------------------------------------------------------------------------------------


class _State(NamedTuple):
    program: str
    threads: int


class _Kept(NamedTuple):
    """What a worker keeps open between the jobs of a run."""

    name: str
    maker: Maker
    turns: _Turns


_kept: _Kept | None = None


def _state(dask_worker: Worker) -> _State:
    return _State(program_fingerprint(), dask_worker.state.nthreads)


def _volume(run: _Run, line: str) -> Done:
    """Make the volume of a job's line, in the one thread of a worker."""
    global _kept  # noqa: PLW0603 - the process has one such thread
    worker = get_worker()
    _refuse(worker.address, _state(worker), run)  # it may have come since this was asked of all
    _settle(worker, run, head_of(line)[0])
    if _kept is None or _kept.name != run.name:
        process.own()  # a worker of one thread makes our volumes, whatever else it could do
        _forget()
        _kept = _Kept(run.name, Maker(run.settings), _Turns(worker))
    shared_turns.set(_kept.turns)
    return _kept.maker.make(line)


def _settle(worker: Worker, run: _Run, output: str) -> None:
    """Make the process one like that which sends the job."""
    os.environ.pop(_EPOCH, None)
    if run.epoch is not None:
        os.environ[_EPOCH] = run.epoch
    try:
        os.chdir(run.folder)
    except OSError as error:
        if "://" not in output and not Path(output).is_absolute():
            cause = f"this worker has no folder {run.folder}, where {output} is to be"
            advice = "let it reach the same files at the same paths, or plan with an output that begins with /"
            raise ClusterError(worker.address, cause, advice) from error


def _close(name: str, dask_worker: Worker) -> None:
    """Close what is kept of a run, once the volume is made that is being made."""
    dask_worker.executors["default"].submit(lambda: _forget() if _kept and _kept.name == name else None)


def _forget() -> None:
    global _kept
    kept, _kept = _kept, None
    if kept is not None:
        kept.maker.close()
        kept.turns.close()


class _Turns:
    """The turns at hosts that all workers share: leases of semaphores. See `hosts.SharedTurns`.

    Those of a worker that dies come back after half a minute, when it has not renewed them.
    """

    def __init__(self, worker: Worker) -> None:
        self._scheduler, self._loop = worker.scheduler, worker.loop
        self._semaphores: dict[str, Semaphore] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        for semaphore in self._semaphores.values():
            self._loop.add_callback(semaphore.refresh_callback.stop)

    @contextmanager
    def turn(self, name: str, per_host: int, delay: float, refusal: Refusal) -> Iterator[Failure | None]:
        place = zlib.crc32(name.encode()) % _PLACES
        with ExitStack() as stack:
            refused = stack.enter_context(self._lease(f"epubmaker-requests-{place}-{per_host}", per_host, refusal))
            if delay and refused is None:
                # Held until this request starts, so that the next one starts a whole delay later.
                with self._lease(f"epubmaker-starts-{place}", 1, refusal) as none:
                    refused = none or _paused(delay, refusal)
            yield refused

    @contextmanager
    def _lease(self, name: str, leases: int, refusal: Refusal) -> Iterator[Failure | None]:
        semaphore = self._semaphore(name, leases)
        while (refused := refusal()) is None:
            try:
                if semaphore.acquire(timeout=_ASK):
                    break
            except OSError:  # without the scheduler nobody starts; a worker that has lost it ends before long
                time.sleep(_ASK)
        try:
            yield refused
        finally:
            if refused is None:
                semaphore.release()

    def _semaphore(self, name: str, leases: int) -> Semaphore:
        with self._lock:
            if name not in self._semaphores:
                self._semaphores[name] = Semaphore(leases, name, self._scheduler, self._loop)
            return self._semaphores[name]


def _paused(seconds: float, refusal: Refusal) -> Failure | None:
    """Wait; return early where there is a refusal, with that."""
    end = time.monotonic() + seconds
    while (refused := refusal()) is None and (left := end - time.monotonic()) > 0:
        time.sleep(min(left, _ASK))
    return refused
