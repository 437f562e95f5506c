"""Writes the values of a drawing as the renderer knows them: variables as what they stand for, colors as digits.

resvg reads the colors of CSS Color 3, and no custom properties; what it cannot read, it draws black.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from epubmaker.imaging.svgcost import Element

if TYPE_CHECKING:
    from tinycss2 import color4

__all__ = ["background_of", "needs_settling", "settle_values"]

_NEEDED = re.compile(rb"var\(|rgb|hsl|hwb|lab\(|lch\(|color\(|color-mix|light-dark|rebeccapurple|canvas", re.IGNORECASE)
_DEFINITION = re.compile(r"(--[\w-]{1,100})\s*:\s*([^;{}<>]{1,200})")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]{1,100})\s*(?:,([^()]{0,200}))?\)")
_FUNCTION = re.compile(
    r"(?<![\w-])(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color|color-mix|light-dark)\([^()]{1,200}\)", re.IGNORECASE
)
_NAME = re.compile(r"(?<![\w#.-])(?:rebeccapurple|canvastext|canvas|linktext)(?![\w-])", re.IGNORECASE)
_NAMES = {"rebeccapurple": "#663399", "canvastext": "#000000", "canvas": "#ffffff", "linktext": "#0000ee"}
_SHARE = re.compile(r"\s*(?:([0-9.]{1,8})%\s+)?(.*?)(?:\s+([0-9.]{1,8})%)?\s*")
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;]{1,200})", re.IGNORECASE)
_MOST = 2_000  # variables
_ROUNDS = 4  # of functions within functions
_LONGEST = 2_000  # characters of a value in which variables stand


def needs_settling(markup: bytes) -> bool:
    """Tell whether a drawing may have values that must be written in another way."""
    return bool(_NEEDED.search(markup))


def settle_values(elements: Iterable[Element]) -> None:
    """Write the values of attributes and style rules so that they can be read."""
    every = list(elements)
    variables = _variables(every)
    for element in every:
        for name, value in element.attributes.items():
            if "(" in value or name in {"fill", "stroke", "stop-color", "color", "flood-color", "style"}:
                element.attributes[name] = _settled(value, variables)
        if element.name == "style":
            element.content = [_settled(item, variables) if isinstance(item, str) else item for item in element.content]


def background_of(element: Element) -> str:
    """Return the color behind a drawing that its style declares, "" for none."""
    match = _BACKGROUND.search(element.attributes.get("style", ""))
    value = match[1].strip() if match else ""
    return "" if "(" in value or value in {"none", "transparent", "inherit", "initial"} else value.partition(" ")[0]


def _variables(elements: Iterable[Element]) -> Mapping[str, str]:
    """Return the custom properties of a drawing, the last definition of each."""
    found: dict[str, str] = {}
    for element in elements:
        texts = [element.attributes.get("style", "")]
        if element.name == "style":
            texts += [item for item in element.content if isinstance(item, str)]
        for text in texts:
            if "--" in text:
                found.update((name, value.strip()) for name, value in _DEFINITION.findall(text))
        if len(found) > _MOST:
            break
    return found


def _settled(value: str, variables: Mapping[str, str]) -> str:
    def stands_for(match: re.Match[str]) -> str:
        found = variables.get(match[1])
        return found if found is not None else (match[2] or "").strip() or "none"

    longest = max(_LONGEST, 4 * len(value))
    for _ in range(_ROUNDS):
        before = value
        if "var(" in value:
            value = _VARIABLE.sub(stands_for, value)
        value = _FUNCTION.sub(lambda match: _color(match[0]), value)
        if value == before or len(value) > longest:
            break
    return _NAME.sub(lambda match: _NAMES[match[0].lower()], value)[:longest]


def _color(function: str) -> str:
    """Return a color as digits; what is no color stays."""
    name, _, inner = function[:-1].partition("(")
    name = name.lower()
    if name == "light-dark":
        return inner.partition(",")[0].strip()
    found = _mixed(inner) if name == "color-mix" else _parsed(function)
    return (
        function if found is None else "#" + "".join(f"{round(255 * min(1.0, max(0.0, part))):02x}" for part in found)
    )


def _parsed(text: str) -> tuple[float, ...] | None:
    """Return red, green, blue and alpha of a color, from 0 to 1; None for what is no color."""
    from tinycss2 import color4  # noqa: PLC0415 - few drawings have such colors

    try:
        found = color4.parse_color(text)
        if not isinstance(found, color4.Color):
            return None
        try:
            parts = tuple(part or 0.0 for part in found.to("srgb").coordinates)
        except NotImplementedError:
            parts = _from_xyz(*_xyz(found))  # Lab and its kin
    except (ArithmeticError, NotImplementedError, TypeError, ValueError):
        return None
    return (*parts, 1.0 if found.alpha is None else float(found.alpha))


def _xyz(color: color4.Color) -> tuple[float, float, float]:
    try:
        x, y, z = (part or 0.0 for part in color.to("xyz-d65").coordinates)
    except NotImplementedError:
        x, y, z = (part or 0.0 for part in color.to("xyz-d50").coordinates)
        x, z = x * 0.9505 / 0.9643, z * 1.0888 / 0.8251  # from the one white to the other
    return x, y, z


def _from_xyz(x: float, y: float, z: float) -> tuple[float, ...]:
    """Return a color of CIE XYZ (D65) in sRGB: CSS Color 4, section 18."""
    linear = (
        3.2409699 * x - 1.5373832 * y - 0.4986108 * z,
        -0.9692436 * x + 1.8759675 * y + 0.0415551 * z,
        0.0556301 * x - 0.2039770 * y + 1.0569715 * z,
    )
    return tuple(12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in linear)


def _mixed(inner: str) -> tuple[float, ...] | None:
    """Return the color of `color-mix`, whatever the space in which it is to be mixed."""
    shares: list[tuple[tuple[float, ...], float | None]] = []
    for text in inner.split(",")[1:3]:
        match = _SHARE.fullmatch(text)
        color = _parsed(match[2]) if match else None
        if match is None or color is None:
            return None
        share = match[1] or match[3]
        try:
            shares.append((color, float(share) / 100 if share else None))
        except ValueError:
            return None
    if len(shares) != 2:
        return None
    (first, given), (second, other) = shares
    share = given if given is not None else 1 - other if other is not None else 0.5
    return tuple(share * one + (1 - share) * two for one, two in zip(first, second, strict=True))
