"""The command line as users run it: a process with arguments, two streams and an exit status.

Of a small build most of the time is Python's start and the imports. So on Linux one process per test run imports
everything and then forks for each command; it is this file run as a program. `fresh=True` starts a new interpreter
instead, for what depends on its start: imports, locales, hash seeds. `here` runs one in this process, which is quickest.
"""

from __future__ import annotations

import atexit
import gc
import io
import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import IO, Any
from unittest import mock

from epubmaker.cli import run as run_here
from epubmaker.runtime import process

__all__ = ["COMMAND", "Running", "here", "import_all", "run", "serving", "start"]

COMMAND = [sys.executable, "-m", "epubmaker"]
AT_START = ("LC_", "PYTHON")  # variables that Python reads when it starts
MOST_BYTES = 200_000  # of a request, arguments and environment: a packet of a socket holds no more


class Running:
    """A command that runs; as much of `subprocess.Popen` as tests use."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self.pid: int = self._receive()
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit status, -N after signal N; raises subprocess.TimeoutExpired after `timeout` seconds."""
        if self.returncode is None:
            if not select.select([self._channel], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(COMMAND, timeout or 0)
            self.returncode = self._receive()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):  # it has just ended; its status is on the way
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(9)
        self.wait()

    def _receive(self) -> int:
        return int(self._channel.recv(100))


def start(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str],
    stdin: int = subprocess.DEVNULL,
    stdout: IO[Any] | int | None = subprocess.DEVNULL,
    stderr: IO[Any] | int | None = subprocess.DEVNULL,
    fresh: bool = False,
) -> Running | subprocess.Popen[bytes]:
    """Start a command with the environment of the tests and `environment`; one at a time.

    A stream that is None is closed when the command starts.
    """
    closed = [number for number, end in ((1, stdout), (2, stderr)) if end is None]
    stdout, stderr = (subprocess.DEVNULL if end is None else end for end in (stdout, stderr))
    if fresh or sys.platform != "linux" or any(name.startswith(AT_START) for name in environment):
        whole = {**os.environ, **environment}
        closing = "".join(f" {number}>&-" for number in closed)
        command = ["bash", "-c", f'exec "$@"{closing}', "bash", *COMMAND] if closed else COMMAND
        return subprocess.Popen([*command, *arguments], cwd=cwd, env=whole, stdin=stdin, stdout=stdout, stderr=stderr)
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123 - beside the numbers of open files
        ends = [nothing.fileno() if end == subprocess.DEVNULL else end for end in (stdin, stdout, stderr)]
        numbers = [end if isinstance(end, int) else end.fileno() for end in ends]
        request = json.dumps([list(arguments), str(cwd), {**os.environ, **environment}, closed])
        socket.send_fds(_importer(), [request.encode()], numbers)
    return Running(_importer())


def run(
    *arguments: str | Path, cwd: Path, given: str = "", fresh: bool = False, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command with `given`, up to 64 KB, on its standard input; return its status and what it wrote."""
    read, write = os.pipe()
    os.write(write, given.encode())
    os.close(write)
    with os.fdopen(read) as stdin, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        words = [*map(str, arguments)]
        number = stdin.fileno()
        running = start(words, cwd=cwd, environment=environment, stdin=number, stdout=out, stderr=err, fresh=fresh)
        status = running.wait()
        streams = []
        for file in (out, err):
            file.seek(0)
            streams.append(file.read().decode().replace("\r\n", "\n"))
    return subprocess.CompletedProcess(words, status, *streams)


def here(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in this process and folder; return its status and what it wrote. Signals are as before then."""
    out, err = io.StringIO(), io.StringIO()
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [signal.getsignal(number) for number in numbers], sys.unraisablehook
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(process, "own"),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            status = run_here([*arguments])
        finally:
            for number, handler in zip(numbers, before[0], strict=True):
                signal.signal(number, handler)
            sys.unraisablehook = before[1]
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


@contextmanager
def serving(
    arguments: Sequence[str], first_line: str, *, folder: Path, environment: Mapping[str, str], fresh: bool = False
) -> Iterator[re.Match[str]]:
    """Run a command in a folder that serves until a signal ends it; yield the match of a pattern in its first line.

    Its messages go to said.txt there. With `fresh`, it may run while another one does.
    """
    read, write = os.pipe()
    with (
        os.fdopen(read, encoding="utf-8") as said,
        os.fdopen(write, "wb") as end,
        (folder / "said.txt").open("wb") as errors,
    ):
        running = start(arguments, cwd=folder, environment=environment, stdout=end, stderr=errors, fresh=fresh)
        end.close()
        found = re.search(first_line, said.readline())
        try:
            assert found, (folder / "said.txt").read_text()
            yield found
        finally:
            if sys.platform == "win32" or not found:
                running.kill()
                running.wait()
            else:
                running.send_signal(signal.SIGTERM)  # SIGINT is ignored in the background
                assert running.wait(20) == 0


@cache
def _importer() -> socket.socket:
    """Start the process that imports everything and forks; it ends when its socket is closed, with this process."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with there:
        importer = subprocess.Popen([sys.executable, __file__, str(there.fileno())], pass_fds=[there.fileno()])

    def end() -> None:
        here.close()
        importer.wait()

    atexit.register(end)
    return here


def import_all() -> None:
    """Import every module of the program but the one that needs Dask, which takes two seconds, for few commands."""
    for module in walk_packages(import_module("epubmaker").__path__, "epubmaker."):
        if module.name != "epubmaker.jobs.cluster":
            with suppress(ImportError):  # what an extra would bring
                import_module(module.name)


def _serve(channel: socket.socket) -> None:
    """Fork for each request; return in the child, ready for its command."""
    while True:
        request, numbers, *_ = socket.recv_fds(channel, MOST_BYTES, 3)
        if not request:
            sys.exit()
        child = os.fork()
        if not child:
            break
        for number in numbers:
            os.close(number)
        channel.send(str(child).encode())
        channel.send(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])).encode())
    channel.close()
    for place, number in enumerate(numbers):
        os.dup2(number, place)
        os.close(number)
    arguments, folder, environment, closed = json.loads(request)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = ["epubmaker", *arguments]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open until the process ends
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - as above
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    for number in closed:
        os.close(number)
        setattr(sys, ("stdin", "stdout", "stderr")[number], None)


if __name__ == "__main__":
    from epubmaker.__main__ import main

    process.own()
    process.leave_on_signals()  # as at the start of any command
    import_all()
    gc.collect()
    gc.freeze()
    _serve(socket.socket(fileno=int(sys.argv[1])))
    main()
