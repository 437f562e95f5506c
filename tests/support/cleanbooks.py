"""Checks the books of tests with EPUBCheck."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from epubmaker.errors import CheckError
from epubmaker.packager.check.epubcheck import Checker, CheckResult

__all__ = ["AssertClean"]


class AssertClean:
    """Asserts that EPUBCheck has no message about a book; available as the fixture `assert_clean`.

    One Java process serves all tests, since its start takes seconds and a small book does not. If a test breaks it, the
    next book gets a new process. Not for books of thousands of documents, for which `check`
    gives Java more memory.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._checker: Checker | None = None

    def __call__(self, *books: Path) -> None:
        """Fail with EPUBCheck's messages, of any severity, unless there are none; raises as `check` does."""
        results = self.results(*books)
        found = [f"{result.path.name}: {message}" for result in results for message in result.messages]
        assert not found, "\n".join(found)
        assert all(result.clean for result in results), results  # its counts, too

    def results(self, *books: Path) -> tuple[CheckResult, ...]:
        """Return what EPUBCheck says of the books; raises as `check` does."""
        if self._checker is None:
            self._checker = self._stack.enter_context(Checker())
        try:
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv("LC_ALL", "C")  # if it starts now, in a locale that knows only ASCII
                return self._checker.check_all(books)
        except CheckError:
            self.close()
            raise

    def close(self) -> None:
        """End the Java process."""
        self._checker = None
        self._stack.close()
