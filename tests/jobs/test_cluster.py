"""Jobs carried out by real schedulers and workers of Dask, on this machine."""

from __future__ import annotations

import hashlib
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import commandline
import psutil
import pytest
from checkout import ROOT
from effort import effort
from objectstore import object_storage
from pictures import png
from webserver import Exchange, WebServer, closed_port

from epubmaker.errors import ClusterError
from epubmaker.jobs.make import Done, RunSettings
from epubmaker.options import Network

slow = pytest.mark.slow


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the tests' folder the current one, which is not that of the workers."""
    monkeypatch.chdir(tmp_path)


WORDS = "The river was quiet in the morning, and nobody had yet come down to the water. " * 20


class Cluster:
    """A scheduler and workers, as processes. Several workers have a nanny, which starts them anew when they die."""

    def __init__(self, folder: Path, stack: ExitStack, workers: int) -> None:
        from distributed import Client  # noqa: PLC0415 - two seconds, for the slow tests alone

        self.address = f"127.0.0.1:{closed_port()}"
        self._folder = folder
        self._stack = stack
        host, port = self.address.split(":")
        self.scheduler = self._start("dask_scheduler", "--host", host, "--port", port)
        number = ("--no-nanny",) if workers == 1 else ("--nworkers", str(workers))
        place = "--local-directory", str(folder)
        self._nanny = self._start("dask_worker", self.address, "--nthreads", "1", *number, *place)
        Client(self.address, timeout=60, set_as_default=False).close()  # it takes a while to start

    def _start(self, command: str, *arguments: str) -> psutil.Popen:
        log = self._stack.enter_context((self._folder / f"{command}.log").open("wb"))
        words = [sys.executable, "-m", f"distributed.cli.{command}", "--no-dashboard", *arguments]
        process = psutil.Popen(words, cwd=self._folder, stdout=log, stderr=log)
        self._stack.callback(_end, process)
        return process

    @property
    def workers(self) -> list[psutil.Process]:
        """The processes of the workers that run now."""
        found = []
        for child in self._nanny.children():
            with suppress(psutil.NoSuchProcess):  # it has just died
                if "spawn_main" in " ".join(child.cmdline()):
                    found.append(child)
        return found


def _end(process: psutil.Popen) -> None:
    if process.is_running():
        children = process.children(recursive=True)
        for each in (process, *children):
            with suppress(psutil.NoSuchProcess):
                each.kill()
        psutil.wait_procs(children)
    process.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    with ExitStack() as stack:
        folder.mkdir()
        yield Cluster(folder, stack, workers)


def planned(folder: Path, volumes: int, *flags: str, posts: int = 2, pictures: str = "") -> Path:
    """Plan volumes of so many posts, one volume a day; return the file of jobs. `pictures` is an address of theirs."""
    (folder / "posts").mkdir()
    for number in range(volumes * posts):
        day = date(2022, 1, 1) + timedelta(days=number % volumes)
        picture = pictures and f"\n\n![A picture]({pictures}/{number}.png)"
        text = f"---\ntitle: Post {number}\ndate: {day}\n---\n{WORDS}{picture}\n"
        (folder / "posts" / f"{number}.md").write_text(text, encoding="utf-8")
    return plan(folder, "posts", "books", *flags)


def plan(folder: Path, posts: str, output: str, *flags: str) -> Path:
    split = "--split-by", "day", "-o", f"{output}/{{date:%Y-%m-%d}}.epub", "--no-cover"
    done = commandline.run("plan", posts, *split, "--jobs-file", "jobs.jsonl", *flags, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "jobs.jsonl"


def kill_one_of(workers: list[psutil.Process], chance: random.Random) -> None:
    if workers:
        with suppress(psutil.NoSuchProcess):
            chance.choice(workers).kill()


def books(folder: Path) -> dict[str, str]:
    return {book.name: hashlib.sha256(book.read_bytes()).hexdigest() for book in (folder / "books").glob("*.epub")}


def made_on(address: str, jobs: Path) -> Iterator[Done]:
    from epubmaker.jobs.cluster import made_on_dask  # noqa: PLC0415 - as above

    return made_on_dask(jobs.read_text("utf-8").splitlines(), RunSettings(), address=address, say=print)


@slow
def test_every_volume_is_made_once_and_as_by_one_process_whatever_workers_are_killed(tmp_path: Path, seed: int) -> None:
    from distributed import Client  # noqa: PLC0415 - as above

    kills = min(effort(5), 10)  # the most that one job can do with
    volumes = 2 * kills + 4
    jobs = planned(tmp_path, volumes)
    assert commandline.run("run", jobs, "--no-cache", cwd=tmp_path).returncode == 0
    expected = books(tmp_path)
    shutil.rmtree(tmp_path / "books")
    chance = random.Random(seed)
    results = []
    held = []

    with (
        object_storage() as storage,
        cluster(tmp_path / "dask") as dask,
        Client(dask.address, set_as_default=False) as looking,
    ):
        for done in made_on(dask.address, jobs):
            results.append(done)
            held.append(looking.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks)))
            if len(results) <= kills:
                kill_one_of(dask.workers, chance)

        # Again with all files in object storage.
        for post in (tmp_path / "posts").iterdir():
            storage.pipe_file(f"bucket/posts/{post.name}", post.read_bytes())
        remote = plan(tmp_path, "s3://bucket/posts", "s3://bucket/books")
        put = []
        for done in made_on(dask.address, remote):
            put.append(done)
            if len(put) == 1:
                kill_one_of(dask.workers, chance)
        there = {name: hashlib.sha256(storage.cat_file(name)).hexdigest() for name in storage.find("bucket/books")}

    assert [done.error for done in put] == [None] * volumes
    assert {name.rpartition("/")[2]: value for name, value in there.items()} == expected
    assert [done.error for done in results] == [None] * volumes
    assert len({done.output for done in results}) == volumes
    assert books(tmp_path) == expected
    assert max(held) <= 6  # two for each worker, and those that are just done


@slow
def test_no_host_gets_more_requests_from_all_workers_than_from_one_process(tmp_path: Path) -> None:
    pictures, delay = 16, 0.2

    def answer(exchange: Exchange) -> None:
        exchange.stopping.wait(0.3)  # so long that many are under way at once
        number = int(Path(exchange.seen.path).stem)
        exchange.reply(200, png(width=200 + number), {"Content-Type": "image/png"})

    with WebServer() as server, cluster(tmp_path / "dask") as dask:
        for number in range(pictures):
            server.add(f"/{number}.png", answer)
        for name, flags in {"at-once": (), "apart": ("--delay", str(delay))}.items():
            (tmp_path / name).mkdir()
            server.forget()
            given = "--allow-private-network", *flags
            jobs = planned(tmp_path / name, 2, *given, posts=pictures // 2, pictures=server.address)
            results = list(made_on(dask.address, jobs))

            assert sum(done.pictures for done in results) == pictures
            if name == "at-once":
                assert server.busiest <= Network().per_host
            else:
                # From one start to the next, a request may be late and its successor not: the sum is sure.
                starts = [seen.at for seen in server.seen]
                assert max(starts) - min(starts) >= (pictures - 2) * delay


@slow
@pytest.mark.skipif(sys.platform == "win32", reason="no signal but that which ends a process at once")
def test_a_run_that_was_interrupted_or_lost_its_scheduler_goes_on(tmp_path: Path) -> None:
    volumes = 40
    jobs = planned(tmp_path, volumes)
    with cluster(tmp_path / "dask", workers=1) as dask:
        on = "run", jobs, "--no-cache", "-v", "--on", f"dask://{dask.address}"

        status, error = ended_after_a_volume(on, tmp_path, lambda running: running.send_signal(signal.SIGTERM))
        assert status == 130
        assert "interrupted" in error
        assert books(tmp_path)

        # Another program, which might make other books.
        for part in ("epubmaker", "styles"):
            shutil.copytree(ROOT / part, tmp_path / "other" / part)
        (tmp_path / "other" / "epubmaker" / "later.py").write_text('"""What the cluster does not have."""\n')
        done = subprocess.run(
            [*commandline.COMMAND, *on], cwd=tmp_path / "other", capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert f"error: dask://{dask.address}: this scheduler has another epubmaker" in done.stderr

        status, error = ended_after_a_volume(on, tmp_path, lambda _: dask.scheduler.kill())
        assert status == 1
        assert f"error: dask://{dask.address}: the scheduler has stopped, or dropped the jobs; what is done" in error

    done = commandline.run("run", jobs, "--no-cache", cwd=tmp_path)
    assert "there already" in done.stdout
    assert len(books(tmp_path)) == volumes


def ended_after_a_volume(
    arguments: tuple[str | Path, ...], folder: Path, end: Callable[[subprocess.Popen[str]], object]
) -> tuple[int, str]:
    """Start a command, call `end` once it has made a volume; return its exit status and what it said from then on."""
    command = [*commandline.COMMAND, *map(str, arguments)]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if ": written, " in line:
                break
        end(running)
        error = running.communicate()[1]
        return running.returncode, error


@slow
def test_what_keeps_a_cluster_from_working_is_said_before_any_volume_is_made() -> None:
    from distributed import LocalCluster  # noqa: PLC0415 - as above

    from epubmaker.jobs.cluster import made_on_dask  # noqa: PLC0415 - as above

    def error(address: str, **limits: float) -> str:
        said: list[str] = []
        with pytest.raises(ClusterError) as raised:
            next(made_on_dask(["{}"], RunSettings(), address=address, say=said.append, **limits))
        return "; ".join([*said, str(raised.value)])

    nobody = f"127.0.0.1:{closed_port()}"
    assert f"dask://{nobody}: no Dask scheduler answers: " in error(nobody, answer_within=0.2)
    with WebServer() as server:
        other = server.address.removeprefix("http://")
        assert f"dask scheduler --host 127.0.0.1 --port {server.port}" in error(other, answer_within=0.2)
    settings = {"processes": False, "protocol": "tcp", "host": "127.0.0.1", "dashboard_address": ":0"}
    with LocalCluster(n_workers=0, **settings) as empty:
        address = empty.scheduler_address.removeprefix("tcp://")
        assert "no worker yet; waiting for one; dask://" in error(address, worker_within=0.1)
    with LocalCluster(n_workers=1, threads_per_worker=2, **settings) as threaded:
        address = threaded.scheduler_address.removeprefix("tcp://")
        assert "this worker has 2 threads" in error(address)


@pytest.mark.parametrize("address", ["ray://a:1", "dask://a", "dask://a:b", "a:8786", "dask://me@a:1"])
def test_an_address_of_no_scheduler_is_refused_with_an_example(address: str, tmp_path: Path) -> None:
    (tmp_path / "jobs.jsonl").touch()

    done = commandline.here("run", "jobs.jsonl", "--on", address)

    assert done.returncode == 2
    assert f"error: --on: '{address}' is no scheduler; write it like dask://HOST:PORT" in done.stderr
