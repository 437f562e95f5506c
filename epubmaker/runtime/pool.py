"""Several child processes that do the same work, each one task at a time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

from epubmaker.runtime.child import ChildProcess
from epubmaker.runtime.closable import Closable

__all__ = ["ProcessPool"]


class ProcessPool(Closable):
    """Processes that answer each message that they get with one (see `child`). A context manager."""

    def __init__(self, module: str, count: int) -> None:
        """Start them, without waiting for it; raises OSError."""
        self._children: list[ChildProcess] = []
        self._idle: SimpleQueue[ChildProcess] = SimpleQueue()
        self._threads = ThreadPoolExecutor(count, module)
        try:
            for _ in range(count):
                self._children.append(ChildProcess(module))
                self._idle.put(self._children[-1])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for child in self._children:
            child.kill()
        self._threads.shutdown(cancel_futures=True)
        for child in self._children:
            child.close()

    def submit(self, task: object) -> Future[Any]:
        """Have a task done; its result is the answer, or None where the process died."""
        return self._threads.submit(self._ask, task)

    def _ask(self, task: object) -> Any:
        child = self._idle.get()
        try:
            child.send(task)
            return child.receive()
        except EOFError:
            return None
        finally:
            self._idle.put(child)
