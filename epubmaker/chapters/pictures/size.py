"""The size at which a page shows a picture, and its place on the line: what attributes and inline style declare."""

from __future__ import annotations

import re
from collections.abc import Mapping

from epubmaker.chapters.style import read
from epubmaker.model.chapters import Length, ShownSize

__all__ = ["shown_size"]

_LENGTH = re.compile(r"\s*(-?(?:[0-9]{1,5}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}))\s*(px|em|ex|rem|pt)?\s*", re.IGNORECASE)
_SHARE = re.compile(r"\s*([0-9]{1,2}(?:\.[0-9]{0,9})?)\s*%\s*")
_COLUMN = 600  # pixels of a column of text
_KEYWORDS = frozenset({"sub", "super", "middle", "text-top", "text-bottom", "top", "bottom"})
_TALLEST_OF_TEXT = 160  # pixels; what is measured by the letters and no higher belongs to the text, wherever it stands


def shown_size(attributes: Mapping[str, str], *, formula: bool) -> ShownSize | None:
    """Return the size that an element declares, in the units of its text or of the page; None where it declares none.

    `formula`: the picture shows one, and so has that size even by itself. A share of the page's width is that of a column
    of text; all of it says nothing.
    """
    style = read(attributes.get("style", ""))
    width, height = (
        _side(style[name], attributes.get(name, ""), style[f"max-{name}"], is_width=name == "width")
        for name in ("width", "height")
    )
    raised = style["vertical-align"]
    align = raised if raised in _KEYWORDS or (raised and (_length(raised) or Length(0)).number) else ""
    if not (width or height or align):
        return None
    leading = height or width
    by_letters = leading is not None and leading.of_text and leading.pixels <= _TALLEST_OF_TEXT
    return ShownSize(width, height, align, always=formula or by_letters)


def _side(styled: str, given: str, most: str, *, is_width: bool) -> Length | None:
    """Return a side, by style or else by attribute, within the `most` by style; None where neither is a length."""
    found, limit = (_length(value) or (_share(value) if is_width else None) for value in (styled or given, most))
    if limit is not None and limit.number > 0 and (found is None or limit.pixels < found.pixels):
        return limit
    return found if found is not None and found.number > 0 else None


def _share(text: str) -> Length | None:
    """Return a share of a column's width, "10%", as a length."""
    match = _SHARE.fullmatch(text)
    return Length(float(match[1]) * _COLUMN / 100) if match else None


def _length(text: str) -> Length | None:
    match = _LENGTH.fullmatch(text) if text else None  # most pictures declare nothing
    if match is None:
        return None
    unit = (match[2] or "px").lower()
    return Length(float(match[1]), "em" if unit == "rem" else unit)
