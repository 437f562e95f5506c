"""Runs the reading systems that `.ci/readers` installs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

SCRIPT = Path(__file__).parent / "readers" / "readers.mjs"
MODULES = Path(os.environ.get("EPUBMAKER_READERS") or Path.home() / ".cache" / "epubmaker-readers")
SECONDS = 600.0  # for one book; the slowest takes a tenth of that on a busy machine


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing(package: str) -> str | None:
    """Return what is not installed of all that a Node package needs; None when it can run."""
    if shutil.which("node") is None:
        return "Node.js"
    if chromium() is None:
        return "Chromium"
    return None if (MODULES / "node_modules" / package).is_dir() else f"{package} in {MODULES}"


class ReadingSystems:
    """foliate-js in Chromium, and DAISY Ace; a context manager.

    One process serves all books, since the start of a browser takes longer than a small book.
    """

    def __enter__(self) -> Self:
        config = json.dumps({"modules": str(MODULES), "chromium": chromium()})
        self._process = subprocess.Popen(
            ["node", SCRIPT, config],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "PUPPETEER_EXECUTABLE_PATH": chromium() or "", "ACE_TIMEOUT_INITIAL": "60000"},
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # with its input at an end, it ends the browsers and itself

    def foliate(self, book: Path, **fields: Any) -> dict[str, Any]:
        """Open a book in foliate-js; see readers.mjs for what goes in and comes out."""
        return self._ask({"system": "foliate", "path": str(book), **fields})

    def unknown_css(self, declarations: list[str]) -> list[str]:
        """Return the declarations that Chromium does not know."""
        unknown: list[str] = self._ask({"system": "css", "declarations": declarations})["unknown"]
        return unknown

    def ace(self, book: Path, folder: Path) -> list[str]:
        """Return the violations that DAISY Ace finds, a line each; its report is left in the folder, which exists."""
        report = self._ask({"system": "ace", "path": str(book), "folder": str(folder)})
        return [
            f"{page['earl:testSubject']['url']}: {found['earl:test']['dct:title']} ({found['earl:test']['earl:impact']})"
            for page in report["assertions"]
            for found in page["assertions"]
            if found["earl:result"]["earl:outcome"] == "fail"
        ]

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(SECONDS, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(f"{json.dumps(question)}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        finally:
            timer.cancel()
        answer: dict[str, Any] = json.loads(line or '{"error": "Node.js ended, or took too long"}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        found: dict[str, Any] = answer["found"]
        return found
