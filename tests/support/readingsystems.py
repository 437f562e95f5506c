"""Runs the reading systems that `.ci/readers` installs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import threading
import urllib.request
from contextlib import ExitStack, suppress
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
        """Open a book in foliate-js; see readers.mjs for what goes in and comes out.

        With an error it is opened once more: one of the book comes again, and one of foliate's own hurry does not.
        """
        question = {"system": "foliate", "path": str(book), **fields}
        found = self._ask(question)
        return self._ask(question) if found["errors"] else found

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


def missing_webkit() -> str | None:
    """Return what is not installed of all that `WebKit` needs; None when it can run."""
    if _mini_browser() is None:
        return "WebKitGTK's MiniBrowser"
    return next((name for name in ("WebKitWebDriver", "Xvfb") if shutil.which(name) is None), None)


def _mini_browser() -> Path | None:
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4*/MiniBrowser"))), None)


class WebKit:
    """Debian's WebKit, the kind of engine that Apple Books and Kobo have, on a display of its own; a context manager."""

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            display = undo.enter_context(
                subprocess.Popen(
                    ["Xvfb", "-displayfd", "1", "-screen", "0", "800x1000x24", "-nolisten", "tcp"],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            )
            undo.callback(display.terminate)
            assert display.stdout is not None
            number = display.stdout.readline().decode().strip()
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            # A container has no namespaces for the sandbox of its processes.
            environment = {**os.environ, "DISPLAY": f":{number}", "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
            driver = undo.enter_context(
                subprocess.Popen(["WebKitWebDriver", f"--port={port}"], env=environment, stderr=subprocess.DEVNULL)
            )
            undo.callback(driver.terminate)
            self._address = f"http://127.0.0.1:{port}"
            self._wait(driver)
            options = {"binary": str(_mini_browser()), "args": ["--automation"]}
            asked = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
            self._address += f"/session/{self._call('POST', '/session', asked)['sessionId']}"
            undo.callback(self._call, "DELETE", "")
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def run(self, script: str, *arguments: object, page: Path | None = None) -> Any:
        """Return what a script (the body of a function) returns, on a page that is opened before, if one is given."""
        if page is not None:
            self._call("POST", "/url", {"url": page.as_uri()})
        return self._call("POST", "/execute/sync", {"script": script, "args": arguments})

    def _wait(self, driver: subprocess.Popen[bytes]) -> None:
        while driver.poll() is None:
            with suppress(OSError):
                self._call("GET", "/status")
                return
            with suppress(subprocess.TimeoutExpired):
                driver.wait(0.05)
        raise ChildProcessError(driver.args)

    def _call(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self._address}{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]
