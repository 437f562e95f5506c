"""The meaning of an element's style, for a book: what it shows, how its lines run, how large it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from bs4.element import Tag

from epubmaker.chapters.style.declarations import declared
from epubmaker.text.html import names

__all__ = ["NO_STYLE", "Style", "is_hidden", "read", "style_of"]

_CACHED = 2000  # characters of the longest attribute that is kept with its meaning
_BLOCKS = names("block list-item table flex grid flow-root table-row table-caption table-row-group table-header-group "
                "table-footer-group")  # fmt: skip
_RUBY: Mapping[str, str] = {"ruby": "ruby", "ruby-base": "rb", "ruby-text": "rt"}
_KEEPS_LINES = names("pre pre-wrap pre-line break-spaces -moz-pre-wrap -pre-wrap -o-pre-wrap")
_MONOSPACE = re.compile(r"mono|courier|consol|menlo|typewriter|lucida console|source code|fira code")
_LENGTH = re.compile(r"([+-]?(?:[0-9]{1,7}(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]{1,2})?)\s*([a-z]*|%)", re.ASCII)
_URL = re.compile(r"url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\"']*))\s*\)", re.IGNORECASE)

FONT = 16.0
"""The pixels of a page's font where nothing else is said."""

_UNITS: Mapping[str, float] = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 9.6 / 2.54,
    "q": 2.4 / 2.54,
}
_FONT_UNITS: Mapping[str, float] = {"em": 1.0, "ex": 0.5, "ch": 0.5, "cap": 0.7, "ic": 1.0, "lh": 1.2}
_SCREEN: Mapping[str, float] = {"vw": 12.8, "vh": 8.0, "vmin": 8.0, "vmax": 12.8}  # a hundredth of 1280 by 800
_FONT_SIZES: Mapping[str, float] = {
    "xx-small": 9.0,
    "x-small": 10.0,
    "small": 13.0,
    "smaller": FONT / 1.2,
    "medium": FONT,
    "larger": FONT * 1.2,
    "large": 18.0,
    "x-large": 24.0,
    "xx-large": 32.0,
}


class Style:
    """What one element's style declares; see the package."""

    __slots__ = ("_values", "is_block", "is_hidden")

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        display = values.get("display", "").split()
        self.is_hidden = "none" in display or values.get("visibility") in {"hidden", "collapse"}
        self.is_block = not _BLOCKS.isdisjoint(display) and "inline" not in display

    def __getitem__(self, name: str) -> str:
        """Return the declared value of a property, "" where there is none."""
        return self._values.get(name, "")

    def __bool__(self) -> bool:
        """Return True where anything is declared."""
        return bool(self._values)

    @property
    def stacks(self) -> bool:
        """True for a grid of one column, and for a column of flexible boxes: each child stands on a line of its own."""
        display = self["display"]
        if "grid" in display:
            columns = self["grid-template-columns"] or self["grid-template"].rpartition("/")[2]
            return len(columns.split()) <= 1 and "column" not in self["grid-auto-flow"]
        return "flex" in display and self["flex-direction"].startswith("column")

    @property
    def keeps_lines(self) -> bool | None:
        """Whether line ends are shown as such; None where it says nothing."""
        space = self["white-space"].split()
        return not _KEEPS_LINES.isdisjoint(space) if space else None

    @property
    def keeps_spaces(self) -> bool:
        """True where runs of spaces are shown as such."""
        return bool(self.keeps_lines) and "pre-line" not in self["white-space"]

    @property
    def is_monospace(self) -> bool:
        """True for a font for code."""
        return bool(_MONOSPACE.search(self["font-family"].lower()))

    @property
    def direction(self) -> str:
        """Return "ltr" or "rtl", "" where it is not declared."""
        return self["direction"]

    @property
    def ruby(self) -> str:
        """Return the element that a box of a ruby stands for: "ruby", "rb", "rt"; "" for any other box."""
        return _RUBY.get(self["display"], "")

    @property
    def overrides_direction(self) -> bool:
        """True where letters run one way whatever their script, as in a `bdo`."""
        return self["unicode-bidi"] in {"bidi-override", "isolate-override"}

    @property
    def marks(self) -> str:
        """Return the type of a list's marks, such as "lower-alpha" or "none", "" where it is not declared."""
        return self["list-style-type"]

    @property
    def align(self) -> str:
        """Return "left", "right", "center", "justify", "start" or "end", "" where it says nothing."""
        return self["text-align"].removeprefix("-webkit-").removeprefix("-moz-").replace("match-parent", "")

    @property
    def is_bold(self) -> bool | None:
        """Whether letters are bold; None where it says nothing."""
        weight = self["font-weight"]
        if weight.isdecimal():
            return int(weight) >= 600
        return weight in {"bold", "bolder"} if weight else None

    @property
    def is_italic(self) -> bool | None:
        """Whether letters are slanted; None where it says nothing."""
        slant = self["font-style"]
        return not slant.startswith("normal") if slant else None

    @property
    def lines(self) -> frozenset[str]:
        """The lines at letters, such as "underline" and "line-through"."""
        return names(self["text-decoration"])

    @property
    def raised(self) -> str:
        """Return `vertical-align` as it is declared."""
        return self["vertical-align"]

    @property
    def background(self) -> str:
        """Return the address of the first background picture, "" where there is none."""
        match = _URL.search(self["background-image"])
        return next(filter(None, match.groups()), "").strip() if match else ""

    @property
    def font_size(self) -> float:
        """The pixels of the font, where the text around has that of the page."""
        named = _FONT_SIZES.get(self["font-size"])
        return named or self.pixels("font-size", of=FONT, font=FONT) or FONT

    def pixels(self, name: str, *, of: float | None = None, font: float | None = None) -> float | None:
        """Return a length in CSS pixels; None where it is not declared, `auto`, or in a unit that is not known.

        `of` is what a percentage is of; `font` the size of the font in pixels, else that of this style.
        """
        return length(self[name], of=of, font=font or (self.font_size if "font-size" in self._values else FONT))

    def size(self, attributes: Mapping[str, object], *, of: float | None = None) -> tuple[float | None, float | None]:
        """Return width and height in pixels that the style declares, else the attributes of the same names.

        `of` is the width that a percentage is of; one of a height is not known.
        """
        width, height = (self.pixels("width", of=of), self.pixels("height")) if self._values else (None, None)
        if width is None:
            width = length(str(attributes.get("width") or ""), of=of, unit="px")
        if height is None:
            height = length(str(attributes.get("height") or ""), unit="px")
        return width, height


def length(value: str, *, of: float | None = None, font: float = FONT, unit: str = "") -> float | None:
    """Return a CSS length in pixels; `unit` is that of a number without one, else only zero may be one."""
    match = _LENGTH.fullmatch(value.strip().lower()) if value else None  # most pictures declare nothing
    if match is None:
        return None
    number, unit = float(match[1]), match[2] or unit
    if unit == "%":
        return None if of is None else number * of / 100
    if not unit:
        return 0.0 if number == 0 else None
    if unit in _UNITS:
        return number * _UNITS[unit]
    if unit == "rem":
        return number * FONT
    factor = _FONT_UNITS[unit] * font if unit in _FONT_UNITS else _SCREEN.get(unit.lstrip("sld"))
    return None if factor is None else number * factor


NO_STYLE = Style({})


def read(text: str) -> Style:
    """Return what the value of a `style` attribute says. Never raises."""
    return _read(text) if len(text) <= _CACHED else _read_long(text)


@lru_cache(maxsize=4096)
def _read(text: str) -> Style:
    return Style(declared(text))


@lru_cache(maxsize=16)  # what a sheet says of many elements is one text
def _read_long(text: str) -> Style:
    return Style(declared(text))


def style_of(tag: Tag) -> Style:
    """Return what an element's style says."""
    text = tag.attrs.get("style")
    return read(str(text)) if text else NO_STYLE


def is_hidden(given: Mapping[str, object]) -> bool:
    """Return True where the attributes of an element keep browsers from showing it: `hidden`, or its style."""
    if "hidden" in given and given["hidden"] != "until-found":
        return True
    style = given.get("style")
    return bool(style) and read(str(style)).is_hidden
