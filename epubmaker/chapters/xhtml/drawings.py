"""Simple inline SVG, rebuilt from an allow-list (SVG 1.1): a drawing that it keeps whole stays mark-up.

This is the one place that decides what becomes of a drawing: `find_pictures` makes pictures of those that are not kept, and
icons are dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import inf

from bs4.element import NavigableString, Tag

from epubmaker.chapters.pictures.size import shown_size
from epubmaker.chapters.style.declarations import declared
from epubmaker.chapters.xhtml.content import names
from epubmaker.text.characters import plain, tidy
from epubmaker.text.xhtml import attribute, escaped

__all__ = ["drawing"]

_DEEPEST = 20
_MOST = 5000  # elements
_ICON = 48  # units up to which a drawing without text is an icon
_LARGE = 150  # pixels of either side, from which no drawing is an icon
_LARGEST_SIGN = 160  # pixels
_SHAPES = names("circle ellipse line path polygon polyline rect")
_GROUPS = names("a g switch")
_TEXTS = names("text tspan")
_HIDDEN = names(
    "defs desc metadata script style title symbol clipPath filter linearGradient radialGradient pattern marker mask "
    "animate animateMotion animateTransform set"
)

_NUMBER = re.compile(r"-?(?:[0-9]{1,7}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:px|em|%)?")
_RGB = re.compile(r"rgb\(\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*\)")
_POSITIVE = re.compile(r"(?:[0-9]{1,7}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:px|%)?")
_COLOR = re.compile(r"none|currentColor|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}|(?!inherit|context)[a-z]{3,20}")
_PATH = re.compile(r"\s*[Mm][MmZzLlHhVvCcSsQqTtAa0-9eE.,+\s-]*")
_POINTS = re.compile(r"[\s,]*[0-9.eE+-]+(?:[\s,]+[0-9.eE+-]+)*[\s,]*")
_TRANSFORM = re.compile(r"\s*(?:(?:matrix|translate|scale|rotate|skewX|skewY)\s*\([0-9.eE+\s,-]+\)[\s,]*)+")
_VIEW_BOX = re.compile(
    r"(?:-?[0-9]{1,7}(?:\.[0-9]{1,9})?[\s,]+){2}[0-9]{1,7}(?:\.[0-9]{1,9})?[\s,]+[0-9]{1,7}(?:\.[0-9]{1,9})?"
)
_VALUES: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("cx", "cy", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy"), _NUMBER),
    **dict.fromkeys(("height", "r", "rx", "ry", "width", "font-size", "stroke-width"), _POSITIVE),
    **dict.fromkeys(("fill", "stroke"), _COLOR),
    **dict.fromkeys(("fill-opacity", "opacity", "stroke-opacity"), re.compile(r"0|1(?:\.0+)?|0?\.[0-9]{1,9}")),
    "d": _PATH,
    "fill-rule": re.compile("evenodd|nonzero"),
    "font-style": re.compile("italic|normal"),
    "font-weight": re.compile("bold|normal|[1-9]00"),
    "points": _POINTS,
    "stroke-dasharray": re.compile(r"none|[0-9.]{1,8}(?:[\s,]+[0-9.]{1,8}){0,20}"),
    "stroke-linecap": re.compile("butt|round|square"),
    "stroke-linejoin": re.compile("miter|round|bevel"),
    "text-anchor": re.compile("start|middle|end"),
    "transform": _TRANSFORM,
}
_PAINT = names(
    "fill stroke fill-opacity opacity stroke-opacity fill-rule stroke-width stroke-dasharray stroke-linecap "
    "stroke-linejoin transform"
)
_FONT = names("font-size font-style font-weight text-anchor")
_KEPT: Mapping[str, frozenset[str]] = {
    "circle": _PAINT | names("cx cy r"),
    "ellipse": _PAINT | names("cx cy rx ry"),
    "g": _PAINT | _FONT,
    "line": _PAINT | names("x1 x2 y1 y2"),
    "path": _PAINT | names("d"),
    "polygon": _PAINT | names("points"),
    "polyline": _PAINT | names("points"),
    "rect": _PAINT | names("x y width height rx ry"),
    "svg": (_PAINT | _FONT) - {"transform"},
    "text": _PAINT | _FONT | names("x y dx dy"),
    "tspan": (_PAINT | _FONT | names("x y dx dy")) - {"transform"},
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "circle": ("r",),
    "ellipse": ("rx", "ry"),
    "path": ("d",),
    "polygon": ("points",),
    "polyline": ("points",),
    "rect": ("width", "height"),
}


_UNSEEN = names(
    "id class role style tabindex focusable version baseprofile lang type name title alt cursor pointer-events "
    "font-family font shape-rendering text-rendering color-rendering image-rendering color-interpolation "
    "color-interpolation-filters enable-background clip-rule stroke-miterlimit vector-effect paint-order letter-spacing "
    "user-select transition white-space direction text-align -webkit-user-select will-change line-height "
    "text-decoration-thickness p-id t unicode-bidi max-width max-height font-variant background background-color "
    "background-image float"
)
_UNSEEN_KINDS = (
    "data-",
    "aria-",
    "on",
    "xml",
    "inkscape:",
    "sodipodi:",
    "sketch:",
    "serif:",
    "figma:",
    "--",
    ":",
    "_",
    "v-",
    "ng-",
)
_OF_FRAME = names(
    "viewBox viewbox preserveAspectRatio preserveaspectratio width height x y align display overflow max-width min-width "
    "max-height min-height margin margin-left margin-right margin-top margin-bottom padding vertical-align position "
    "float background background-color border aspect-ratio contentScriptType contentStyleType zoomAndPan inline-size "
    "block-size box-sizing flex-shrink border-radius text-align stop-color"
)
_OF_LINK = names("href xlink:href target rel")
_USUAL = {
    "display": "inline",
    "visibility": "visible",
    "mask": "none",
    "filter": "none",
    "clip-path": "none",
    "marker-start": "none",
    "marker-end": "none",
    "marker-mid": "none",
    "stroke-dashoffset": "0",
    "font-stretch": "normal",
    "mix-blend-mode": "normal",
    "isolation": "auto",
    "text-decoration": "none",
    "dominant-baseline": "auto",
    "alignment-baseline": "auto",
    "baseline-shift": "baseline",
}


class _NotSimpleError(Exception):
    """The drawing has something that is not on the allow-list."""


def drawing(tag: Tag) -> str | None:
    """Return an `svg` element as markup with its name space; "" for an icon, None for one that would not stay whole."""
    given = {str(key).lower(): str(value) for key, value in tag.attrs.items()}
    box = given.get("viewbox", "").strip()
    if not _VIEW_BOX.fullmatch(box):
        size = [given.get(key, "").strip().removesuffix("px") for key in ("width", "height")]
        if not all(re.fullmatch(r"[0-9]{1,5}(?:\.[0-9]{1,6})?", value) for value in size):
            return None
        box = f"0 0 {size[0]} {size[1]}"
    width, height = map(float, re.split(r"[\s,]+", box)[2:])
    has_text = any(not string.isspace() for text in tag.find_all("text", limit=20) for string in text.strings)
    small = (max(width, height) <= _ICON and not _declared(given, least=_LARGE)) or _declared(given, most=_ICON)
    if not has_text and (small or given.get("aria-hidden") == "true" or not min(width, height)):
        return ""
    try:
        around = _attributes(tag, "svg")
        inner = _Drawing().contents(tag, 0)
    except _NotSimpleError:
        return None
    if not inner:
        return ""
    if around:
        inner = f"<g{around}>{inner}</g>"
    label = plain(given.get("aria-label", "")) or plain(
        "".join(title.get_text() for title in tag.find_all("title", limit=1))
    )
    named = f" aria-label={attribute(label)}" if label else ""
    role = ' role="img"' if label else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}"{_size(given)}{role}{named}>{inner}</svg>'


def _size(given: Mapping[str, str]) -> str:
    """Return the style of a drawing that the page shows as large as letters or signs, "" for one that may fill the page."""
    shown = shown_size(given, formula=False)
    if shown is None or not (shown.width or shown.height):
        return ""
    if not shown.always and max(side.pixels for side in (shown.width, shown.height) if side) > _LARGEST_SIGN:
        return ""
    sides = (("width", shown.width), ("height", shown.height), ("vertical-align", shown.align))
    return f" style={attribute('; '.join(f'{name}: {value}' for name, value in sides if value))}"


def _declared(given: Mapping[str, str], least: float = 0, most: float = inf) -> bool:
    """Return True where both sides are declared in pixels, and within bounds."""
    sizes = [given.get(key, "").strip().removesuffix("px") for key in ("width", "height")]
    return all(
        size.isascii() and size.replace(".", "", 1).isdigit() and len(size) < 10 and least <= float(size) <= most
        for size in sizes
    )


class _Drawing:
    """Writes one drawing's elements, up to a number."""

    def __init__(self) -> None:
        self._count = 0

    def contents(self, tag: Tag, depth: int) -> str:
        self._count += len(tag.contents)
        if depth > _DEEPEST or self._count > _MOST:
            raise _NotSimpleError
        return "".join(self._element(child, depth + 1) for child in tag.contents if isinstance(child, Tag))

    def _element(self, tag: Tag, depth: int) -> str:
        name = tag.name
        if name in _HIDDEN:
            return ""
        if name in _SHAPES:
            attributes = _attributes(tag)
            drawable = all(f" {key}=" in attributes for key in _NEEDED.get(name, ()))
            if any(isinstance(child, Tag) and child.name not in _HIDDEN for child in tag.contents):
                raise _NotSimpleError
            return f"<{name}{attributes}/>" if drawable else ""
        if name in _GROUPS:
            inner = self.contents(tag, depth)
            return f"<g{_attributes(tag, 'g')}>{inner}</g>" if inner else ""
        if name == "text":
            inner = self._text(tag, depth)
            return f"<text{_attributes(tag)}>{inner}</text>" if inner else ""
        raise _NotSimpleError

    def _text(self, tag: Tag, depth: int) -> str:
        if depth > _DEEPEST:
            raise _NotSimpleError
        written = ""
        for child in tag.contents:
            if isinstance(child, NavigableString):
                written += escaped(tidy(child))
            elif isinstance(child, Tag) and child.name in {"tspan", "a"}:
                written += f"<tspan{_attributes(child, 'tspan')}>{self._text(child, depth + 1)}</tspan>"
            elif isinstance(child, Tag) and child.name not in _HIDDEN:
                raise _NotSimpleError
        return written


def _attributes(tag: Tag, name: str = "") -> str:
    """Return the attributes that are kept, in a fixed order; raises _NotSimpleError where one is lost that is seen."""
    name = name or tag.name
    kept = _KEPT[name]
    style = str(tag.attrs.get("style") or "")
    if "var(" in style:
        raise _NotSimpleError
    styled = declared(style) if style else {}
    given = {str(key): str(value or "").strip() for key, value in tag.attrs.items()}
    written = ""
    for key in sorted({*given, *styled}):
        value = styled.get(key) or given.get(key, "")
        if not value or _is_unseen(key, value, name):
            continue
        if key in {"fill", "stroke"} and (parts := _RGB.fullmatch(value)):
            value = "#" + "".join(f"{min(255, int(part)):02x}" for part in parts.groups())
        if key not in kept or len(value) >= 50_000 or not _VALUES[key].fullmatch(value):
            raise _NotSimpleError
        written += f' {key}="{value}"'
    return written


def _is_unseen(key: str, value: str, name: str) -> bool:
    """Return True for an attribute or property without which an element looks the same in a book."""
    if key in _UNSEEN or key.startswith(_UNSEEN_KINDS) or (name == "svg" and key in _OF_FRAME):
        return True
    if name in _SHAPES and key.startswith(("font", "text")):
        return True
    return _USUAL.get(key) == value or (name in {"g", "tspan"} and key in _OF_LINK)
