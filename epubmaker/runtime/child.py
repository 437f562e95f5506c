"""Child processes that work for this one.

    child = ChildProcess("package.module")    a new Python, which imports that module and calls its `serve(parent)`
    child.send(task)                          in the child: parent.receive()
    answer = child.receive()                  in the child: parent.send(answer)

Both sides get EOFError once the other is gone. The child ends when its parent does, however that ends: its input ends then.

Not `multiprocessing`, nor a pool that is built on it: to spawn a process, it runs the main module of the program again,
which breaks scripts that use epubmaker without `if __name__ == "__main__"`; and its processes share queues with locks,
which a killed process may hold.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from epubmaker.runtime.channel import Channel

__all__ = ["ChildProcess"]

_BOOT = "import sys; sys.path[:] = sys.argv[2:]; from epubmaker.runtime.channel import run; run(sys.argv[1])"


class ChildProcess(Channel):
    """A process that runs `serve` of a module. One thread sends and receives at a time; any thread may kill."""

    def __init__(self, module: str, environment: Mapping[str, str] = MappingProxyType({})) -> None:
        """Start it, without waiting for it; raises OSError. `environment` is added to this process's variables."""
        self._popen = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            [sys.executable, "-c", _BOOT, module, *filter(None, sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
        assert self._popen.stdin is not None  # noqa: S101 - for the type checker: they are pipes
        assert self._popen.stdout is not None  # noqa: S101 - as above
        super().__init__(self._popen.stdout, self._popen.stdin)

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self._popen.poll() is None

    def kill(self) -> None:
        """End the process at once. `close` must still be called."""
        self._popen.kill()

    def close(self) -> int:
        """End the input of the process, wait until it ends, and return its exit status: -N after signal N."""
        with suppress(OSError, ValueError):  # what it has not read is lost; ValueError: it was closed before
            self._popen.communicate()
        return self._popen.wait()
