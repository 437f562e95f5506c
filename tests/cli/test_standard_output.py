"""`--output -`: a book on standard output, and all that is said on stderr."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from archives import write_archive
from commandline import COMMAND, run, start

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
FLAGS = ("--cache", "cache", "--no-cover", "--offline")
TMP = "{tmp}"  # no field of the name of a book


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_archive(Path("in"), 2)
    Path(TMP).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / TMP))
    return tmp_path


def build(output: str, *flags: str) -> tuple[int, str]:
    """Build a book on standard output, which is a file; return the status and what is said on stderr."""
    arguments = ["build", "in", *FLAGS, "-o", "-", *flags]
    with Path(output).open("wb") as file, Path("said").open("wb") as err:
        status = start(arguments, cwd=Path.cwd(), environment={}, stdout=file, stderr=err).wait()
    assert not list(Path(TMP).iterdir())
    return status, Path("said").read_text(encoding="utf-8")


def test_a_book_on_standard_output_is_the_one_of_a_file() -> None:
    whole = run("build", "in", "-o", "b.epub", *FLAGS, cwd=Path.cwd())
    status, said = build("same.epub", "--report", "r.json")

    assert (whole.returncode, status) == (0, 0), said
    assert Path("same.epub").read_bytes() == Path("b.epub").read_bytes()
    assert [line for line in said.splitlines() if line.startswith("-: ")]
    told = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert [(book["path"], book["status"]) for book in told["books"]] == [("-", "written")]


def test_a_pipe_that_closes_early_ends_quietly() -> None:
    line = 'set -o pipefail; "$@" | head -c 9 > start'
    command = ["bash", "-c", line, "bash", *COMMAND, "build", "in", *FLAGS, "-o", "-", "-q"]
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE)

    assert (done.returncode, done.stderr) == (0, b"")
    assert Path("start").read_bytes()[:4] == b"PK\3\4"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_full_disk_behind_standard_output_is_an_error() -> None:
    status, said = build("/dev/full", "-q", "--report", "r.json")
    error = "standard output: no space left on device; give it room, or name a file with --output"

    assert (status, said) == (1, f"error: {error}\n")
    told = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert (told["exit_status"], told["error"], told["books"]) == (1, error, [])


def test_nothing_to_do_writes_nothing() -> None:
    status, said = build("b.epub", "--since", "2030")

    assert (status, Path("b.epub").stat().st_size) == (0, 0)
    assert "nothing to do" in said
