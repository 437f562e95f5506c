"""Read a declaration list: CSS Syntax Level 3, section 5.4.5, with shorthands taken apart where a part is needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from epubmaker.text.html import names

__all__ = ["as_text", "declared"]

_LONGEST = 100_000  # characters of a declaration list that are read

# Most attributes hold nothing that needs a tokenizer: no comment, no escape, no bracket in brackets. Each alternative
# begins with another character, so that the time is linear.
_PLAIN = re.compile(
    r"[\s;]*+(?P<name>-{0,2}[a-zA-Z][a-zA-Z0-9-]*+)\s*+:"
    r"(?P<value>(?:[^;\"'(){}\[\]\\!@]|\"[^\"\\\n]*+\"|'[^'\\\n]*+'|\([^()\"'\\{}\[\];]*+\))*+)"
    r"(?P<important>!\s*+important\s*+)?+(?:;|$)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[\s;]*+$")

_KEYWORDS: Mapping[str, frozenset[str]] = {
    "direction": names("ltr rtl"),
    "visibility": names("visible hidden collapse"),
    "white-space": names("normal nowrap pre pre-wrap pre-line break-spaces -moz-pre-wrap -pre-wrap -o-pre-wrap"),
    "text-align": names(
        "left right center justify start end match-parent -webkit-center -webkit-right -webkit-left "
        "-moz-center -moz-right -moz-left"
    ),
    "float": names("left right none inline-start inline-end"),
    "font-style": names("normal italic oblique"),
    "font-weight": names("normal bold bolder lighter 100 200 300 400 500 600 700 800 900 950"),
    "display": names(
        "none contents block inline run-in flow flow-root table flex grid ruby list-item inline-block inline-table "
        "inline-flex inline-grid table-row-group table-header-group table-footer-group table-row table-cell "
        "table-column-group table-column table-caption ruby-base ruby-text ruby-base-container ruby-text-container math"
    ),
}
_INITIAL = {"display": "inline", "font-weight": "normal"}
_INHERITED = names("visibility white-space direction text-align list-style list-style-type")
_COLLAPSES = {"preserve": "pre-wrap", "preserve-breaks": "pre-line", "break-spaces": "break-spaces"}
_CASE_MATTERS = ("url(", '"', "'")
_GENERAL = names("inherit revert revert-layer")
_WEIGHT = re.compile(r"\b(?:bold|bolder|[6-9]00)\b")
_STYLES = re.compile(r"\b(?:italic|oblique)\b")
_FONT_SIZE = re.compile(r"(?:^|\s)([0-9.]+[a-z%]+|(?:xx?-)?(?:small|large)(?:er)?|medium)(?:\s*/\s*[0-9a-z.%]+)?\s")
_NO_MARK_PART = names("inside outside")
_IDENT_OR_STRING = re.compile(r"\"[^\"]*\"|'[^']*'|[a-z-]+\([^)]*\)|[^\s\"'()]+")


def declared(text: str) -> Mapping[str, str]:
    """Return the properties that a declaration list declares, in lower case, with the values that win.

    Values are in lower case, except those with a string or an address in them. Never raises.
    """
    found: dict[str, str] = {}
    strong: set[str] = set()
    for name, value, weighs in _declarations(text[:_LONGEST]):
        for part, each in _parts(name, value):
            if part in strong and not weighs:
                continue
            if weighs:
                strong.add(part)
            found[part] = each
    return found


def as_text(tokens: Iterable[Any], depth: int = 4) -> str | None:
    """Return component values of tinycss2 as text without comments; None for a block, or for brackets nested deeper."""
    found = []
    for token in tokens:
        if token.type == "comment":
            continue
        inner = getattr(token, "arguments", None) if token.type == "function" else getattr(token, "content", None)
        if inner is None:
            found.append(" " if token.type == "whitespace" else token.serialize())
            continue
        within = as_text(inner, depth - 1) if depth else None
        if within is None or token.type == "{} block":
            return None
        opening = f"{token.name}(" if token.type == "function" else token.type[0]
        found.append(f"{opening}{within}{'])'[token.type[0] != '[']}")
    return "".join(found).strip()


def _declarations(text: str) -> Iterator[tuple[str, str, bool]]:
    found = []
    place = 0
    if "/*" not in text:
        while (match := _PLAIN.match(text, place)) and match.end() > place:
            found.append((match["name"].lower(), match["value"].strip(), match["important"] is not None))
            place = match.end()
        if _SPACE.match(text, place):
            return iter(found)
    return _tokenized(text)


def _tokenized(text: str) -> Iterator[tuple[str, str, bool]]:
    import tinycss2  # noqa: PLC0415 - 20 ms, which few articles need

    for node in tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True):
        value = as_text(node.value) if node.type == "declaration" else None
        if value is not None:
            yield node.lower_name, value, node.important


def _parts(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Yield the properties that one declaration sets, without those whose value no browser knows."""
    if not any(mark in value for mark in _CASE_MATTERS):
        value = value.lower()
    if not value or value in _GENERAL or "var(" in value:
        return
    known = _KEYWORDS.get(name)
    if value in {"initial", "unset"}:
        if name not in _INHERITED:
            yield name, _INITIAL.get(name, "")
    elif known is not None:
        if known.issuperset(value.split() if name == "display" else value.split()[:1]):
            yield name, value
    elif name in _SHORTHANDS:
        yield from _SHORTHANDS[name](value)
    else:
        yield name, value


def _font(value: str) -> Iterator[tuple[str, str]]:
    yield "font-weight", "bold" if _WEIGHT.search(value) else "normal"
    yield "font-style", "italic" if _STYLES.search(value) else "normal"
    if size := _FONT_SIZE.search(f"{value} "):
        yield "font-size", size[1]
    yield "font-family", value


def _background(value: str) -> Iterator[tuple[str, str]]:
    yield "background", value
    yield "background-image", value


def _lists(value: str) -> Iterator[tuple[str, str]]:
    yield "list-style-type", _mark(value)


def _space(value: str) -> Iterator[tuple[str, str]]:
    yield "white-space", _COLLAPSES.get(value, "normal")


def _mark(value: str) -> str:
    """Return the type of a list's marks that `list-style` gives, without their place and picture."""
    parts = _IDENT_OR_STRING.findall(value)
    kept = [part for part in parts if part not in _NO_MARK_PART and not part.startswith("url(")]
    return next((part for part in kept if part != "none"), "none" if "none" in kept else "disc")


_SHORTHANDS: Mapping[str, Callable[[str], Iterator[tuple[str, str]]]] = {
    "background": _background,
    "font": _font,
    "list-style": _lists,
    "list-style-type": _lists,
    "text-decoration-line": lambda value: iter((("text-decoration", value),)),
    "white-space-collapse": _space,
}
