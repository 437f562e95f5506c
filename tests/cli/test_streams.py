"""Streams that are closed, full or read by nobody, names that a locale cannot encode, signals at any moment."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import commandline
import pytest
from archives import write_archive

if sys.platform != "win32":
    import fcntl
    import termios

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams, locales and signals of POSIX")

PROGRAM = f"'{sys.executable}' -m epubmaker"
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_archive(Path("in"), 2)
    monkeypatch.setenv("EPUBMAKER_BUILD_CACHE", "cache")
    return tmp_path


def shell(line: str, **environment: str) -> tuple[int, str]:
    """Run a line of the shell, "E" standing for the program; return its status and both streams."""
    command = ["bash", "-o", "pipefail", "-c", line.replace("E ", f"{PROGRAM} ", 1)]
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **environment}
    )
    return done.returncode, done.stdout.decode()


@pytest.mark.parametrize("closing", ["<&- >&- 2>&-", "2>&1 | true"])
def test_a_stream_that_is_closed_costs_no_book(closing: str) -> None:
    status, said = shell(f"E build in -o b.epub --no-cover {closing}")

    assert (status, Path("b.epub").stat().st_size > 1000) == (0, True)
    assert "rror" not in said


@pytest.mark.parametrize(
    ("command", "unbuffered"), [("--help", ""), ("--version", "1"), ("devices", ""), ("inspect in", "1")]
)
def test_no_command_fails_where_nobody_reads_its_output(command: str, unbuffered: str) -> None:
    assert shell(f"E {command} | true", PYTHONUNBUFFERED=unbuffered) == (0, "")


@pytest.mark.parametrize("columns", [5, 20, 200])
def test_on_a_terminal_the_progress_takes_one_line_and_leaves_none(columns: int) -> None:
    terminal, end = os.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    building = ("build", "in", "-o", "b.epub", "--no-cover")
    status = commandline.start(building, cwd=Path.cwd(), environment={}, stderr=end).wait()
    os.close(end)
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)

    assert status == 0
    *drawn, last = shown.split("\r")
    assert last == ""
    assert drawn[-1].strip() == ""
    assert "\n" not in shown
    assert [line.strip() for line in drawn if line.startswith(("scan", "arti"))]
    assert all(len(line) < columns for line in drawn)


@NEEDS_FULL
def test_a_full_disk_behind_the_output_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full, Path("said").open("wb") as err:
        status = commandline.start(["devices"], cwd=Path.cwd(), environment={}, stdout=full, stderr=err).wait()

    assert status == 1
    said = "error: standard output: no space left on device; all is done, but its lines are lost\n"
    assert Path("said").read_text(encoding="utf-8") == said


@NEEDS_FULL
def test_a_message_that_cannot_be_written_costs_no_book() -> None:
    with Path("/dev/full").open("wb") as full:
        building = ("build", "in", "-o", "b.epub", "--no-cover", "-v")
        assert commandline.start(building, cwd=Path.cwd(), environment={}, stderr=full).wait() == 0
    assert Path("b.epub").exists()


def test_a_locale_that_cannot_write_the_default_name_gets_another() -> None:
    status, said = shell("E build in -t 新闻 --no-cover", **ASCII)

    assert status == 0, said
    [book] = Path().glob("*.epub")
    assert re.fullmatch(r"book [0-9a-f]{6}\.epub", book.name)
    assert "新闻" in commandline.here("inspect", str(book)).stdout


def test_a_name_that_was_given_is_written_in_any_locale() -> None:
    status, said = shell("E build in -t News -o 新闻.epub --no-cover", **ASCII)

    assert status == 0, said
    assert Path("新闻.epub").exists()


NO_FILE = "is no regular file; name a file"
PLACES = [
    ("build pipe", 1, "pipe: neither a file nor a folder; "),
    ("build /dev/zero", 1, "/dev/zero: neither a file nor a folder; "),
    ("build in --css pipe", 2, f"--css: pipe: {NO_FILE}"),
    ("build in --cover pipe", 2, f"--cover: pipe: {NO_FILE}"),
    ("build in --style pipe", 2, "pipe: is no file; "),
    ("build in --style /dev/zero", 2, "/dev/zero: is no file; "),
    ("build --files-from /dev/zero", 2, "--files-from: is longer than 100 MB; "),
    ("build in -o pipe", 1, "pipe: a pipe is there, and no file; "),
    ("build in -o b.epub --report /dev/zero", 1, "/dev/zero: a device is there, and no file; "),
    ("build in -o b.epub --new --state pipe", 1, "pipe: a pipe is there, and no file; "),
    ("build in -o b.epub --config pipe", 2, ""),
    ("inspect pipe", 1, "pipe: neither a file nor a folder; "),
    ("check pipe", 2, f"pipe: {NO_FILE}"),
    ("check /dev/zero", 2, f"/dev/zero: {NO_FILE}"),
    ("state show --state pipe", 1, "pipe: no state of epubmaker's is there; "),
]


@pytest.mark.parametrize(("command", "status", "said"), PLACES, ids=[command for command, *_ in PLACES])
def test_a_pipe_or_device_in_the_place_of_a_file_is_one_line_and_is_not_waited_for(
    command: str, status: int, said: str
) -> None:
    os.mkfifo("pipe")
    with Path("said").open("wb") as err:
        running = commandline.start(command.split(), cwd=Path.cwd(), environment={}, stderr=err)
        try:
            ended = running.wait(60)
        finally:
            running.kill()
    [line] = Path("said").read_text(encoding="utf-8").splitlines()

    assert ended == status
    assert line.startswith(f"error: {said}"), line


@pytest.mark.parametrize("command", ["build", "check"])
def test_an_argument_that_is_too_long_is_one_line(command: str) -> None:
    done = commandline.here(command, "x" * 5000)

    assert done.returncode == 2
    assert re.fullmatch(r"error: x+: file name too long; name a .*\n", done.stderr)


def test_clearing_a_cache_that_is_no_folder_does_not_fail() -> None:
    Path("file").write_text("x")

    assert commandline.here("cache", "clear", "--cache", "file").returncode == 0


def python(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=False, capture_output=True, text=True)


SEND = (
    "import atexit, os, signal, sys, time; send = lambda *_: os.kill(os.getpid(), signal.{0}); "
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # the background jobs of a shell ignore it
)


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("module", ["epubmaker.cli", "click"])
def test_a_signal_while_the_program_starts_is_one_line(module: str, sent: str) -> None:
    code = (
        SEND.format(sent) + "\nclass Finder:\n"
        f"    def find_spec(self, name, path=None, target=None):\n        if name == {module!r}: send()\n"
        "sys.meta_path.insert(0, Finder()); sys.argv[1:] = ['devices']\n"
        "from epubmaker.__main__ import main; main()"
    )
    done = python(code)

    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize("sent", ["SIGINT", "SIGTERM"])
def test_a_signal_while_the_program_ends_changes_nothing(sent: str) -> None:
    code = (
        SEND.format(sent) + "atexit.register(send); sys.argv[1:] = ['styles']; from epubmaker.cli import main; main()"
    )
    done = python(code)

    assert (done.returncode, done.stderr) == (0, "")
    assert "news" in done.stdout


@pytest.mark.parametrize(("sent", "ignored"), [("SIGINT", "SIGTERM"), ("SIGTERM", "SIGINT")])
def test_an_interrupt_that_python_cannot_raise_is_repeated(sent: str, ignored: str) -> None:
    code = SEND.format(sent) + (
        f"signal.signal(signal.{ignored}, signal.SIG_IGN)\n"
        "from epubmaker.runtime.process import interrupt_on_signals; interrupt_on_signals()\n"
        "class Dying: __del__ = send\n"
        "try:\n    Dying(); time.sleep(30)\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    done = python(code)

    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


def test_a_terminal_that_is_closed_interrupts() -> None:
    code = SEND.format("SIGHUP") + (
        "from epubmaker.runtime.process import interrupt_on_signals; interrupt_on_signals()\n"
        "try:\n    send(); time.sleep(30)\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    assert python(code).stdout == "interrupted\n"


def test_a_process_that_ignores_interrupts_goes_on_ignoring_them() -> None:
    code = (
        "import os, signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "from epubmaker.runtime.process import interrupt_on_signals, leave_on_signals\n"
        "leave_on_signals(); interrupt_on_signals(); os.kill(os.getpid(), signal.SIGINT); print('alive')"
    )
    assert python(code).stdout == "alive\n"


def test_a_flag_wins_over_the_environment() -> None:
    flags = ("-o", "b.epub", "--no-cache", "--no-cover")
    assert commandline.here("build", "in", *flags, EPUBMAKER_BUILD_CACHE="elsewhere").returncode == 0
    assert not Path("elsewhere").exists()
