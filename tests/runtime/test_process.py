"""Signals end a wait of the main thread, whichever thread the system gives them to."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import CancelledError, Future

import pytest

from epubmaker.runtime.process import result_of

WAITS = """
import os, signal, threading
from concurrent.futures import Future
from epubmaker.runtime.process import interrupt_on_signals, result_of

def send():
    asleep = 0
    while asleep < 100:  # so often in a row, that the main thread waits for no lock of the interpreter
        with open(f"/proc/self/task/{os.getpid()}/stat") as state:
            asleep = asleep + 1 if ") S " in state.read() else 0
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)  # to this thread, not to the one that waits

interrupt_on_signals()
threading.Thread(target=send).start()
try:
    result_of(Future())
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the state of a thread is read from /proc")
def test_a_signal_that_does_not_wake_the_main_thread_ends_its_wait_for_a_future() -> None:
    done = subprocess.run([sys.executable, "-c", WAITS], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")


@pytest.mark.parametrize("error", [None, TimeoutError("mine"), ValueError("mine"), CancelledError()])
def test_a_future_gives_its_result_or_its_exception(error: Exception | None) -> None:
    future: Future[str] = Future()
    if error is None:
        future.set_result("done")
        assert result_of(future) == "done"
        return
    future.set_exception(error)
    with pytest.raises(type(error)) as caught:
        result_of(future)
    assert caught.value is error
