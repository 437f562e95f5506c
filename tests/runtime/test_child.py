"""Child processes answer, and their end is noticed at once, however it comes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from processes import Children

from epubmaker.runtime.child import ChildProcess

SUPPORT = str(Path(__file__).parent)


@pytest.fixture(name="child")
def answering_child(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChildProcess]:
    monkeypatch.syspath_prepend(SUPPORT)
    child = ChildProcess("answering", {"EPUBMAKER_TEST": "given"})
    yield child
    child.kill()
    child.close()


def test_each_message_gets_its_answer(child: ChildProcess) -> None:
    for message in ("one", ["two"], b"3" * 1_000_000):
        child.send(message)
        assert child.receive() == message


def test_the_environment_is_added_to(child: ChildProcess) -> None:
    child.send("environment")

    assert child.receive() == "given"


def test_text_that_a_child_prints_is_no_answer(child: ChildProcess) -> None:
    child.send("print")

    assert child.receive() == "print"


@pytest.mark.parametrize("last", ["exit", "half"])
def test_a_child_that_ends_is_the_end_of_its_answers(child: ChildProcess, last: str) -> None:
    child.send(last)

    with pytest.raises(EOFError):
        child.receive()


def test_a_dead_child_takes_no_messages(child: ChildProcess) -> None:
    child.kill()
    child.close()

    with pytest.raises(EOFError):
        child.send("one")


def test_close_returns_the_exit_status(child: ChildProcess) -> None:
    child.send("exit")

    assert child.close() == 7
    assert not child.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_close_returns_the_signal_that_ended_the_child(child: ChildProcess) -> None:
    child.kill()

    assert child.close() == -signal.SIGKILL


def test_a_child_that_is_closed_ends(children: Children, child: ChildProcess) -> None:
    child.send("one")
    child.receive()
    assert len(children()) == 1

    assert child.close() == 0
    assert children() == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals")
def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    code = (
        "from epubmaker.runtime.child import ChildProcess\n"
        "child = ChildProcess('answering'); child.send('one'); child.receive()\n"
        "import psutil; print(psutil.Process().children()[0].pid, flush=True); input()"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([SUPPORT, *sys.path])}
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()

        child.wait(10)
