"""Marks on a picture's `img`: what the attributes of its element say of it, for the passes that come later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bs4.element import Tag

from epubmaker.chapters.pictures.decoration import is_formula
from epubmaker.chapters.pictures.size import shown_size
from epubmaker.chapters.style import read
from epubmaker.chapters.tree import SHOWN, WORD, attribute

__all__ = ["CENTERED", "DESCRIBES", "SAYS", "mark", "mark_size"]

DESCRIBES = ":describes"
"""The attribute of the element that an article names as a picture's description (`aria-describedby`)."""

CENTERED = ":centered"
"""The attribute of a picture that is set in the middle of the page."""

SAYS = ":says"
"""The attribute that holds what a picture's element says of it besides `alt`, as a tuple of texts."""

_SAYING = (
    *("alt", "title", "aria-label", "data-caption", "data-title", "data-image-caption", "data-image-title"),
    *("data-image-description", "data-sub-html", "data-desc", "data-description"),
)
_LONGEST_SAYING = 1000  # characters
_TAG = re.compile(r"<[^<>]*>")
_SIGN = 64  # pixels; what is shown no larger in a sentence stands for a word of it


def mark(picture: Tag, attributes: Mapping[str, str]) -> None:
    """Mark a picture with what the attributes of its element, or of the link around it, say of it."""
    found = [attributes[name][:_LONGEST_SAYING] for name in _SAYING if name in attributes]
    said = {_TAG.sub(" ", text) if "<" in text else text for text in found} - {"", attribute(picture, "alt")}
    if said:
        marks: dict[str, Any] = {SAYS: (*picture.attrs.get(SAYS, ()), *sorted(said))}
        picture.attrs.update(marks)
    style = read(attributes.get("style", ""))
    middle = attributes.get("align", "").lower() in {"center", "middle"}
    if (
        middle
        or "center" in attributes.get("class", "").lower()
        or "auto" in f"{style['margin']} {style['margin-left']}".split()
    ):
        picture.attrs[CENTERED] = ""


def mark_size(picture: Tag, attributes: Mapping[str, str]) -> None:
    """Mark a picture with the size that its element declares, and one that stands for a word."""
    marks: dict[str, Any] = {}
    formula = is_formula(attributes)
    shown = shown_size(attributes, formula=formula)
    if shown:
        marks[SHOWN] = shown
    largest = max((side.pixels for side in (shown.width, shown.height) if side), default=0) if shown else 0
    if formula or 0 < largest <= _SIGN:
        marks[WORD] = ""
    picture.attrs.update(marks)
