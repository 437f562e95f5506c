"""Saves a page with a real browser: as MHTML, and as SingleFile does."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from readingsystems import MODULES

__all__ = ["save_as_mhtml", "save_with_single_file"]


def save_as_mhtml(chromium: str, address: str) -> bytes:
    """Return what Chromium saves of a page; it is spoken to over pipes, by the Chrome DevTools Protocol."""
    to_browser, commands = os.pipe()
    answers, from_browser = os.pipe()
    shell = (
        'exec "$0" --headless --no-sandbox --disable-gpu --remote-debugging-pipe --user-data-dir="$1" '
        f"3<&{to_browser} 4>&{from_browser}"
    )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(
            ["bash", "-c", shell, chromium, profile],
            pass_fds=(to_browser, from_browser),
            stderr=subprocess.DEVNULL,
        )
        os.close(to_browser)
        os.close(from_browser)
        try:
            with open(commands, "wb", buffering=0) as send, open(answers, "rb") as receive:  # noqa: PTH123 - descriptors
                tab = _Session(send, receive)
                target = tab.ask("Target.createTarget", url="about:blank")["targetId"]
                tab.session = tab.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
                tab.ask("Page.enable")
                tab.ask("Page.navigate", url=address)
                tab.wait("Page.loadEventFired")
                saved: str = tab.ask("Page.captureSnapshot", format="mhtml")["data"]
        finally:
            browser.kill()
            browser.wait()
    return saved.encode()


def save_with_single_file(chromium: str, address: str, path: Path) -> None:
    """Write what SingleFile saves of a page to a file that does not exist."""
    program = MODULES / "node_modules" / "single-file-cli" / "single-file-node.js"
    browser = ["--browser-executable-path", chromium, "--browser-arg=--no-sandbox", "--browser-headless=true"]
    subprocess.run(["node", program, *browser, address, path], check=True, timeout=120)


class _Session:
    def __init__(self, send: Any, receive: Any) -> None:
        self._send, self._receive, self._count, self.session = send, receive, 0, ""

    def ask(self, method: str, **given: object) -> dict[str, Any]:
        self._count += 1
        question: dict[str, Any] = {"id": self._count, "method": method, "params": given}
        if self.session:
            question["sessionId"] = self.session
        self._send.write(json.dumps(question).encode() + b"\0")
        answer = self._until(lambda message: message.get("id") == self._count)
        result: dict[str, Any] = answer["result"]
        return result

    def wait(self, event: str) -> None:
        self._until(lambda message: message.get("method") == event)

    def _until(self, is_it: Any) -> dict[str, Any]:
        data = b""
        while True:
            byte = self._receive.read(1)
            if not byte:
                raise EOFError
            if byte != b"\0":
                data += byte
                continue
            message: dict[str, Any] = json.loads(data)
            data = b""
            if is_it(message):
                return message
