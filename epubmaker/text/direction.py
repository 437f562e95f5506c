"""The direction of a language or a text, and the class that stylesheets know a language by."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

from babel.core import get_global

__all__ = ["body_class", "direction", "text_direction"]

_RIGHT_TO_LEFT = frozenset({"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"})


@cache
def direction(language: str) -> Literal["ltr", "rtl"]:
    """Return the direction of a BCP 47 language: by its script subtag, else by its likely script in the CLDR."""
    first, *rest = language.lower().split("-")
    likely: str = get_global("likely_subtags").get(first, "")
    scripts = [subtag for subtag in (*rest, *likely.lower().split("_")[1:]) if len(subtag) == 4 and subtag.isalpha()]
    return "rtl" if scripts and scripts[0] in _RIGHT_TO_LEFT else "ltr"


def text_direction(text: str) -> Literal["ltr", "rtl"] | None:
    """Return the direction of a text by its first letter, as browsers do for `dir="auto"`; None when it has no letter."""
    strong = (unicodedata.bidirectional(character) for character in text)
    first = next((kind for kind in strong if kind in {"L", "R", "AL"}), None)
    return None if first is None else "ltr" if first == "L" else "rtl"


@cache
def body_class(language: str) -> str:
    """Return the classes of `body` that tell stylesheets a page's language: "zh", "ar rtl".

    Not every reading system matches `:lang()` and attribute selectors.
    """
    primary = re.sub("[^a-z]", "", language.lower().split("-")[0])
    return f"{primary} rtl" if direction(language) == "rtl" else primary
