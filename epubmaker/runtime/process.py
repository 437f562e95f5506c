"""This process: whether only epubmaker uses it, and what signals do to it."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["INTERRUPTED", "finish", "interrupt_on_signals", "is_own", "leave_on_signals", "own", "result_of"]

INTERRUPTED = 130
"""Exit status after an interrupt, as shells have it."""

_AGAIN_AFTER = 0.05  # seconds
_LOOK = 0.5  # seconds

# The last is sent where a terminal is closed.
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

_own = False

_T = TypeVar("_T")


def own() -> None:
    """Note that only epubmaker uses this process: the command line and child processes do."""
    global _own  # noqa: PLW0603 - it is about the process as a whole
    _own = True


def is_own() -> bool:
    """Tell whether only epubmaker uses this process, so that settings of the whole process may be changed."""
    return _own


# --- signals ---------------------------------------------------------------------------------------------------------


def leave_on_signals(status: int = INTERRUPTED, said: bytes = b"interrupted\n") -> None:
    """Make signals end the process at once, while there is nothing to clean up: at its start and at its end.

    An exception would be printed wherever Python cannot raise it: while it imports, and while it shuts down.
    """

    def leave(_signal: int, _frame: object) -> NoReturn:
        with suppress(OSError):
            os.write(2, said)
        os._exit(status)

    _on_signals(leave)


def finish(status: int) -> NoReturn:
    """Exit with a status, whatever signal comes: all is done, and threads that still wait must not delay the exit."""
    leave_on_signals(status, b"")
    atexit.register(_on_signals, signal.SIG_IGN)  # Python drops its handlers before it ends
    sys.exit(status)


def interrupt_on_signals() -> None:
    """Make signals raise KeyboardInterrupt in the main thread, so that all is cleaned up; a second one exits."""
    last = signal.SIGINT.value

    def interrupt(number: int, _frame: object) -> NoReturn:
        nonlocal last
        last = number
        leave_on_signals()
        raise KeyboardInterrupt

    def unraisable(problem: Any) -> None:
        if not isinstance(problem.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(problem)
            return
        # It was raised in a finalizer or a callback, and went no further. Another signal might be ignored here.
        _on_signals(interrupt)
        again = threading.Timer(_AGAIN_AFTER, signal.raise_signal, (last,))
        if hasattr(signal, "pthread_kill"):  # wakes the main thread, too
            again = threading.Timer(_AGAIN_AFTER, signal.pthread_kill, (threading.main_thread().ident, last))
        again.daemon = True
        again.start()

    sys.unraisablehook = unraisable
    _on_signals(interrupt)


def result_of(future: Future[_T]) -> _T:
    """Return a future's result, or raise its exception, as `Future.result` does; the main thread heeds signals meanwhile.

    A signal that comes just before a wait does not end it, and on Windows none does.
    """
    while True:
        try:
            return future.result(_LOOK)
        except TimeoutError:
            if future.done():
                return future.result()


def _on_signals(handler: Callable[[int, Any], NoReturn] | signal.Handlers) -> None:
    with suppress(ValueError):  # handlers can be set in the main thread only
        for number in _ENDING:
            # A signal that `nohup` or a shell has the program ignore stays ignored.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, handler)
