"""A tab of Chromium without a window, spoken to over pipes by the Chrome DevTools Protocol."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import ExitStack
from typing import Any, Self

__all__ = ["Tab"]

_SECONDS = 20  # for one answer
_PIECE = 1 << 16
_LETTERS = {" ": 32, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Enter": 13}


class Tab:
    """A tab; a context manager."""

    def __init__(self, chromium: str, width: int = 1280, height: int = 800) -> None:
        self._chromium, self._size = chromium, (width, height)
        self._count = 0
        self._session = ""
        self._data = b""
        self._events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        to_browser, commands = os.pipe()
        answers, from_browser = os.pipe()
        shell = (
            'exec "$0" --headless --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe '
            f'--user-data-dir="$1" --window-size={self._size[0]},{self._size[1]} 3<&{to_browser} 4>&{from_browser}'
        )
        with ExitStack() as undo:
            profile = undo.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            self._process = subprocess.Popen(
                ["bash", "-c", shell, self._chromium, profile],
                pass_fds=(to_browser, from_browser),
                stderr=subprocess.DEVNULL,
            )
            undo.callback(self._process.wait)
            undo.callback(self._process.kill)
            os.close(to_browser)
            os.close(from_browser)
            self._commands, self._answers = commands, answers
            undo.callback(os.close, commands)
            undo.callback(os.close, answers)
            target = self.ask("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self.ask("Page.enable")
            self.resize(*self._size)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def open(self, address: str) -> None:
        """Go to an address, and wait until all of the page is there."""
        self._events.clear()
        self.ask("Page.navigate", url=address)
        self._wait("Page.loadEventFired")

    def run(self, expression: str) -> Any:
        """Return the value of an expression in the page, which may be a promise."""
        found = self.ask("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"].get("exception", found["exceptionDetails"]))
        return found["result"].get("value")

    def until(self, expression: str) -> Any:
        """Return the value of an expression once that is true."""
        found = self.run(
            f"""new Promise(done => {{
                const end = Date.now() + {_SECONDS * 1000}
                const look = () => {{
                    let found = null
                    try {{ found = {expression} }} catch {{ /* not yet */ }}
                    found || Date.now() > end ? done(found) : setTimeout(look, 20)
                }}
                look()
            }})"""
        )
        assert found, expression
        return found

    def press(self, key: str) -> None:
        """Press a key, by its name in the DOM."""
        text = {"text": " "} if key == " " else {} if len(key) > 1 else {"text": key}
        code = _LETTERS.get(key, ord(key[0].upper()))
        for kind in ("keyDown", "keyUp"):
            given = text if kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **given)

    def click(self, x: float, y: float) -> None:
        """Click at a place of the page."""
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def resize(self, width: int, height: int) -> None:
        """Give the page so many CSS pixels."""
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )

    def ask(self, method: str, **given: object) -> dict[str, Any]:
        """Return the answer to a command of the protocol."""
        self._count += 1
        question: dict[str, Any] = {"id": self._count, "method": method, "params": given}
        if self._session:
            question["sessionId"] = self._session
        os.write(self._commands, json.dumps(question).encode() + b"\0")
        while True:
            message = self._message()
            if message.get("id") == self._count:
                result: dict[str, Any] = message["result"]
                return result
            self._events.append(message)

    def _wait(self, event: str) -> None:
        while True:
            message = self._events.pop(0) if self._events else self._message()
            if message.get("method") == event:
                return

    def _message(self) -> dict[str, Any]:
        while b"\0" not in self._data:
            piece = os.read(self._answers, _PIECE)
            if not piece:
                raise EOFError
            self._data += piece
        text, _, self._data = self._data.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message
