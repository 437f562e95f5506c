"""Messages between a child process and its parent, and the child's side of them. `child.py` has the parent's side."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from contextlib import suppress
from importlib import import_module
from typing import IO, Any

from epubmaker.runtime import process

__all__ = ["Channel", "run"]

_LENGTH = 8  # bytes, big-endian


class Channel:
    """Two pipes to another process. A message is a pickle behind its length."""

    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def send(self, message: object) -> None:
        """Send an object that can be pickled; raises EOFError where the other process is gone."""
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        try:
            self._outgoing.write(len(data).to_bytes(_LENGTH, "big"))
            self._outgoing.write(data)
            self._outgoing.flush()
        except (OSError, ValueError) as error:  # ValueError: the pipe is closed
            raise EOFError from error

    def receive(self) -> Any:
        """Wait for a message; raises EOFError where the other process is gone, be it in the middle of a message."""
        try:
            length = self._incoming.read(_LENGTH)
            size = int.from_bytes(length, "big")
            data = self._incoming.read(size)
        except (OSError, ValueError) as error:
            raise EOFError from error
        if len(length) < _LENGTH or len(data) < size:
            raise EOFError
        return pickle.loads(data)  # noqa: S301 - it comes from our own process


def run(module: str) -> None:
    """Call `serve(parent)` of a module in this process, which `ChildProcess` has started, and exit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what stops
    parent = Channel(sys.stdin.buffer, os.fdopen(os.dup(1), "wb"))
    os.dup2(2, 1)  # standard output is for messages alone, whatever a library prints
    process.own()
    serve = import_module(module).serve
    gc.freeze()  # modules stay to the end: collections need not look at them
    with suppress(EOFError):
        serve(parent)
    os._exit(0)  # an orderly shutdown of the interpreter takes 10 ms, for which the parent would wait
