"""What is shown at the moment, and what the page is told when that changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from threading import Condition
from typing import Any, NamedTuple

from epubmaker.devices import DEVICES
from epubmaker.packager.styles.sheets import styles
from epubmaker.preview.book import ShownBook

__all__ = ["Choice", "Showing"]

_AN_INCH = 150  # CSS pixels: on a screen that is held near, text of 16 of them is as large as readers set it at first
_BETWEEN = 15.0  # seconds after which a page that is told nothing gets a sign of life


class Choice(NamedTuple):
    """The style and the device to look at, by their names; the style "" is the book's own."""

    style: str
    device: str


class Showing:
    """The book that is shown, and how. All methods may be called by any thread.

    Of styles, all shipped ones can be chosen, and that of the first choice. `fixed` says why none can; "" where one can.
    """

    def __init__(self, book: ShownBook, choice: Choice, fixed: str) -> None:
        self._changed = Condition()
        self._changes = 0
        self._book = book
        self._edition = 1
        self._choice = choice
        self._is_making = False
        self._error = ""
        self._fixed = fixed
        self._styles = {style.name: style.description for style in styles()}
        if choice.style:
            self._styles.setdefault(choice.style, "your own")

    @property
    def book(self) -> ShownBook:
        return self._book

    @property
    def edition(self) -> int:
        """The number of books that were shown."""
        return self._edition

    @property
    def choice(self) -> Choice:
        return self._choice

    def choose(self, style: str | None, device: str | None) -> bool:
        """Choose a style, a device, or both; tell whether there are such."""
        with self._changed:
            if (style and (self._fixed or style not in self._styles)) or (device and device not in DEVICES):
                return False
            self._choice = Choice(style or self._choice.style, device or self._choice.device)
            self._tell()
            return True

    def begin(self) -> None:
        """Note that the book is being made again."""
        with self._changed:
            self._is_making = True
            self._tell()

    def fail(self, error: str) -> None:
        """Note that it could not be made: the last one stays."""
        with self._changed:
            self._is_making, self._error = False, error
            self._tell()

    def show(self, book: ShownBook, fixed: str) -> None:
        """Show a book in the place of the last one."""
        with self._changed:
            self._is_making, self._error = False, ""
            self._book, self._fixed = book, fixed
            self._edition += 1
            self._tell()

    def wait_for_choice(self, last: object, kind: Callable[[Choice], object], seconds: float) -> bool:
        """Tell whether the kind of the choice is another one than the last, or becomes so within the time."""
        with self._changed:
            return self._changed.wait_for(lambda: kind(self._choice) != last, seconds)

    def events(self) -> Iterator[bytes]:
        """Yield what the page is told, now and with each change, as server-sent events (HTML, section 9.2)."""
        seen = -1
        while True:
            with self._changed:
                is_new = self._changed.wait_for(lambda: self._changes != seen, _BETWEEN)  # noqa: B023 - called at once
                seen, state = self._changes, self._state()
            yield f"data: {json.dumps(state)}\n\n".encode() if is_new else b": \n\n"

    def _tell(self) -> None:
        self._changes += 1
        self._changed.notify_all()

    def _state(self) -> dict[str, Any]:
        devices = [
            {
                "name": device.name,
                "title": device.title,
                "width": device.width * _AN_INCH / device.ppi,
                "height": device.height * _AN_INCH / device.ppi,
                "eink": device.eink,
            }
            for device in DEVICES.values()
        ]
        return {
            "edition": self._edition,
            "making": self._is_making,
            "error": self._error,
            "style": self._choice.style or self._book.style,
            "styles": [{"name": name, "title": title} for name, title in self._styles.items()],
            "fixed": self._fixed,
            "device": self._choice.device,
            "devices": devices,
        }
