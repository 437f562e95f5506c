"""Writes the labels of a drawing that are HTML (`foreignObject`) as text of the drawing, in their places.

The renderer knows nothing of HTML. What counts is the text with its lines, and of its style the size, the color and
whether it stands in the middle.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from epubmaker.imaging.svgcost import Element
from epubmaker.text.html import names

__all__ = ["Label"]

_LINE_HEIGHT = 1.2  # em
_ASCENT = 0.95  # em from the top of a line to the foot of its letters
_LETTER = 0.55  # em, the mean width of a Latin letter
_MOST_LINES = 100
_LONGEST = 5_000  # characters
_NUMBER = re.compile(r"\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*(px|pt|em|rem|%)?\s*")
_UNITS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0}
_LINES = names(
    "address article aside blockquote center dd div dl dt footer h1 h2 h3 h4 h5 h6 header li ol p pre section table tr ul"
)
_SPACE = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class Label:
    """A label that is read: the attributes of its `foreignObject`, and what is found in it.

    `size` is that of the letters around it in pixels; the size of its own is the last that an element in it declares.
    """

    attributes: Mapping[str, str]
    size: float
    centered: bool = False
    middle: bool = False
    wraps: bool = True
    bold: bool = False
    color: str = ""
    _texts: list[str] = field(default_factory=list)
    _length: int = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element in it."""
        if name in _LINES or name == "br":
            self._texts.append("\n")
        style = {
            key.strip().lower(): value.strip().lower() for key, value in _declarations(attributes.get("style", ""))
        }
        self.centered = (
            self.centered
            or name == "center"
            or "center" in style.get("text-align", attributes.get("align", ""))
            or "center" in style.get("justify-content", "")
        )
        self.middle = self.middle or "center" in style.get("align-items", "")
        self.wraps = self.wraps and style.get("white-space") not in {"nowrap", "pre"}
        self.bold = self.bold or name in {"b", "strong"} or style.get("font-weight") in {"bold", "600", "700", "800"}
        self.color = style.get("color", self.color)
        if match := _NUMBER.fullmatch(style.get("font-size", "")):
            size = float(match[1]) * (self.size / 100 if match[2] == "%" else _UNITS[match[2] or "px"])
            self.size = min(max(size, 1.0), 1000.0)

    def end(self, name: str) -> None:
        """Take the end of an element in it."""
        if name in _LINES:
            self._texts.append("\n")

    def text(self, text: str) -> None:
        """Take text in it."""
        if self._length < _LONGEST:
            self._texts.append(_SPACE.sub(" ", text))
            self._length += len(text)

    def element(self) -> Element | None:
        """Return the label as a `text` element; None where it says nothing."""
        x, y, width, height = (_pixels(self.attributes.get(name)) for name in ("x", "y", "width", "height"))
        given = [" ".join(line.split()) for line in "".join(self._texts).split("\n")]
        room = width / self.size if self.wraps and width else float("inf")
        lines = [part for line in given if line for part in _wrapped(line, room)][:_MOST_LINES]
        if not lines:
            return None
        step = _LINE_HEIGHT * self.size
        top = y + max(0.0, height - step * len(lines)) / 2 if self.middle else y
        at = f"{x + width / 2 if self.centered else x:g}"
        attributes = {
            "font-size": f"{self.size:g}",
            "font-weight": "bold" if self.bold else "normal",
            "text-anchor": "middle" if self.centered else "start",
            "fill": self.color or "currentColor",
            "stroke": "none",
        }
        for name in ("transform", "opacity", "clip-path"):
            if name in self.attributes:
                attributes[name] = self.attributes[name]
        rows: list[Element | str] = [
            Element("tspan", {"x": at, "y": f"{top + _ASCENT * self.size + number * step:g}"}, [line])
            for number, line in enumerate(lines)
        ]
        return Element("text", attributes, rows)


def _declarations(style: str) -> Iterable[tuple[str, str]]:
    for part in style[:2000].split(";"):
        name, colon, value = part.partition(":")
        if colon:
            yield name, value


def _pixels(value: str | None) -> float:
    match = _NUMBER.fullmatch((value or "").removeprefix("-"))
    if match is None or match[2] == "%":
        return 0.0
    number = float(match[1]) * _UNITS[match[2] or "px"]
    return -number if (value or "").startswith("-") else number


def _wrapped(line: str, room: float) -> Iterable[str]:
    """Yield the parts of a line that is no wider than `room` in em, cut between words."""
    if _width(line) <= room:
        return [line]
    parts: list[str] = []
    for word in line.split(" "):
        longer = f"{parts[-1]} {word}" if parts else word
        if parts and _width(longer) <= room:
            parts[-1] = longer
        else:
            parts.append(word)
    return parts


def _width(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else _LETTER for letter in text)
