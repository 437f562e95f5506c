"""Settings of a process that nobody else shares (the command line's own): signals, and the collection of garbage."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

__all__ = ["INTERRUPTED", "claim", "finish", "interrupt_on_signals", "is_claimed", "leave_on_signals", "settle"]

INTERRUPTED = 130
"""Exit status after an interrupt, as shells have it."""

_AGAIN_AFTER = 0.05  # seconds

_ours = False


def claim() -> None:
    """Say that nobody else uses this process.

    Until `settle`, no garbage is collected: next to nothing becomes any while modules are imported and articles found.
    """
    global _ours  # noqa: PLW0603 - it is about the process as a whole
    _ours = True
    gc.disable()


def is_claimed() -> bool:
    """Return whether `claim` was called."""
    return _ours


def settle() -> None:
    """Leave what exists now out of garbage collections, if the process is ours: what was imported stays to the end.

    Articles are trees whose nodes know each other, so that collections come often, and each looked at all modules again.
    """
    if _ours:
        gc.freeze()
        gc.enable()


# --- signals ---------------------------------------------------------------------------------------------------------


def leave_on_signals(status: int = INTERRUPTED, said: bytes = b"interrupted\n") -> None:
    """Have SIGINT and SIGTERM end the process at once, while there is nothing to clean up: at its start and at its end.

    An exception would be printed wherever Python cannot raise it: while it imports, and while it shuts down.
    """

    def leave(_signal: int, _frame: object) -> NoReturn:
        with suppress(OSError):
            os.write(2, said)
        os._exit(status)

    _on_signals(leave)


def finish(status: int) -> NoReturn:
    """Exit, with that status whatever signal comes: all is done, and threads that still wait must not hold anybody."""
    leave_on_signals(status, b"")
    atexit.register(_on_signals, signal.SIG_IGN)  # Python gives up its own handlers before it is gone
    sys.exit(status)


def interrupt_on_signals() -> None:
    """Have SIGINT and SIGTERM raise KeyboardInterrupt in the main thread, so that all is cleaned up; the second leaves."""

    def interrupt(_signal: int, _frame: object) -> NoReturn:
        leave_on_signals()
        raise KeyboardInterrupt

    def unraisable(problem: Any) -> None:
        if not isinstance(problem.exc_value, KeyboardInterrupt):
            sys.__unraisablehook__(problem)
            return
        # It was raised in a finalizer or a callback, and went no further.
        _on_signals(interrupt)
        again = threading.Timer(_AGAIN_AFTER, signal.raise_signal, (signal.SIGINT,))
        if hasattr(signal, "pthread_kill"):  # wakes the main thread, too
            again = threading.Timer(_AGAIN_AFTER, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
        again.daemon = True
        again.start()

    sys.unraisablehook = unraisable
    _on_signals(interrupt)


def _on_signals(handler: Callable[[int, Any], NoReturn] | signal.Handlers) -> None:
    with suppress(ValueError):  # not the main thread: then somebody else minds the signals
        for number in (signal.SIGINT, signal.SIGTERM):
            # What `nohup` and shells leave in the background deaf to a signal stays so.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, handler)
