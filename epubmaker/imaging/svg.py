"""Draws SVG (1.1, and what resvg supports of 2) as PNG. No other file is read.

The renderer follows `href` to any file of this computer. So it never gets the document itself: that is parsed, and a
new one is written from an allow-list of elements and attributes. An address in it can only be a fragment of the
document or a raster picture in a `data:` address. It has no doctype, entities or scripts, and no style rules with
addresses.

Limits: bytes, nesting, and the cost of drawing (`svgcost`).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from html import escape
from xml.parsers import expat

import resvg_py

from epubmaker.imaging.fit import Size, target_size
from epubmaker.imaging.memory import MAX_MEMORY, Reserve, within_reason
from epubmaker.imaging.svgcost import MAX_ELEMENTS, Element, all_elements, check, memory, refuse
from epubmaker.imaging.svgfonts import lettering
from epubmaker.imaging.svglabels import Label
from epubmaker.imaging.svgvalues import background_of, needs_settling, settle_values

__all__ = ["Drawing", "rasterize", "sanitize"]

_MAX_BYTES = 10_000_000
_MAX_DEPTH = 256
_MAX_OCTAVES = 10  # of noise: each is half as strong as the one before, and after eight no pixel changes
_MAX_ENTITY = 4096
_MAX_SIDE = 16_000.0
_DENSITY = 2  # pixels for each unit of the drawing: e-readers have 300 pixels an inch, and lettering must stay sharp

_SVG = "http://www.w3.org/2000/svg"
_XLINK_HREF = "http://www.w3.org/1999/xlink href"
_SPACE = "http://www.w3.org/XML/1998/namespace space"
_ELEMENTS = frozenset(
    "svg g defs symbol use switch a style path rect circle ellipse line polyline polygon text tspan textPath image "  # noqa: SIM905
    "linearGradient radialGradient stop pattern clipPath mask marker filter feBlend feColorMatrix feComponentTransfer "
    "feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB "
    "feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight "
    "feTile feTurbulence".split()
)
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
_FRAGMENT = re.compile(r"\s*#[^\s\"'<>]+\s*\Z")
_RASTER = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*\Z")
# `url(` to anything but a fragment; with a backslash it can be spelled in many ways.
_ELSEWHERE = re.compile(r"\\|@import|url\s*+\(\s*+(?![\s\"']*#)", re.IGNORECASE)
_LENGTH = re.compile(r"([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?")
_LONGEST_LENGTH = 100  # characters
_FONT_SIZE = 16.0  # pixels, as browsers have it where nothing is declared
_FONT_SIZE_IN_STYLE = re.compile(r"(?:^|;)\s*font-size\s*:\s*([^;\s]+)", re.IGNORECASE)
_UNITS = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0, "em": 16.0, "ex": 8.0}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A document that is safe to render: its XML, whether it has text, for which fonts must be looked up, and its scale.

    The scale is the number of pixels for each one of the drawing's own size.
    """

    xml: str
    lettered: bool
    scale: float = 1.0


def rasterize(data: bytes, box: Size, reserve: Reserve = within_reason) -> tuple[bytes, float]:
    """Return a drawing as a PNG with transparency, at twice its own size or as large as fits into `box`; and that scale.

    `data` is SVG or gzipped SVG. `reserve` is called with the bytes of memory that it takes, before it is drawn. Raises
    Undecodable when it is no SVG, or exceeds a limit.
    """
    drawing = sanitize(data, box, reserve)
    try:
        with lettering() if drawing.lettered else nullcontext({"skip_system_fonts": True}) as fonts:
            png = bytes(resvg_py.svg_to_bytes(svg_string=drawing.xml, **fonts))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the renderer is no Exception, and has no name to import
        refuse(" ".join(str(error).split())[:120])
    return png, drawing.scale


def sanitize(data: bytes, box: Size, reserve: Reserve = within_reason) -> Drawing:
    """Write a new document of the allowed elements, at the size that it is to have; raises Undecodable."""
    markup = _unpacked(data)
    reserve(memory(len(markup)))
    root = _parsed(markup)
    width, height = _own_size(root)
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        refuse(f"a drawing of {width:g} x {height:g}")
    root.attributes.setdefault("viewBox", f"0 0 {width:g} {height:g}")
    size = target_size((max(1, round(width * _DENSITY)), max(1, round(height * _DENSITY))), box)
    root.attributes["width"], root.attributes["height"] = str(size[0]), str(size[1])
    if needs_settling(markup):
        settle_values(all_elements(root))
    _paint_background(root)
    reserve(min(MAX_MEMORY, memory(len(markup)) + check(root, size)))
    parts: list[str] = []
    lettered = _write(root, parts)
    return Drawing("".join(parts), lettered, size[0] / width)


def _paint_background(root: Element) -> None:
    """Draw the color that a drawing's style puts behind it."""
    color = background_of(root)
    box = root.attributes["viewBox"].replace(",", " ").split()
    if color and len(box) == 4:
        shape = dict(zip(("x", "y", "width", "height"), box, strict=True))
        root.content.insert(0, Element("rect", {**shape, "fill": color, "stroke": "none"}))


def _unpacked(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, _MAX_BYTES + 1)
        except zlib.error as error:
            refuse(f"not a whole gzip file: {error}")
    if len(data) > _MAX_BYTES:
        refuse(f"more than {_MAX_BYTES // 1_000_000} MB of SVG")
    return data


# --- reading ---------------------------------------------------------------------------------------------------------


class _Reader:
    """Builds the tree of allowed elements from the parser's events."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element | None] = []  # None for an element that is left out, with all that is in it
        self._label: Label | None = None  # that is read, at `_label_depth`
        self._label_depth = 0
        self._labels: list[Element] = []
        self._sizes = [_FONT_SIZE]
        self._count = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.removeprefix(_SVG + " ")
        self._count += 1
        if self._count > MAX_ELEMENTS or len(self._open) > _MAX_DEPTH:
            refuse("too many elements, or too deeply nested")
        if self.root is None and local != "svg":
            refuse("XML that is not SVG")
        parent = self._open[-1] if self._open else None
        self._sizes.append(_font_size(attributes) or self._sizes[-1])
        if self._label is not None:
            self._label.start(name.rpartition(" ")[2].lower(), attributes)
        elif local == "foreignObject" and parent is not None:
            self._label, self._label_depth = Label(_attributes(local, attributes), self._sizes[-1]), len(self._open)
            self._label.start(local, attributes)
        if local not in _ELEMENTS or (self._open and parent is None):
            self._open.append(None)
            return
        element = Element(local, _attributes(local, attributes))
        if parent is None:
            self.root = element
        else:
            parent.content.append(element)
        self._open.append(element)

    def end(self, name: str) -> None:
        ended = self._open.pop()
        self._sizes.pop()
        if self._label is not None and len(self._open) == self._label_depth:
            parent, label = self._open[-1], self._label.element()
            self._label = None
            if parent is not None and label is not None:
                parent.content.append(label)
                self._labels.append(label)
        elif self._label is not None:
            self._label.end(name.rpartition(" ")[2].lower())
        elif ended is not None and ended.name == "switch" and len(ended.content) > 1:
            # The other choice is for those that cannot show HTML, and made for its place.
            ended.content = [item for item in ended.content if not any(item is label for label in self._labels)]

    def text(self, text: str) -> None:
        if self._label is not None:
            self._label.text(text)
        elif self._open and (parent := self._open[-1]) is not None:
            parent.content.append(text)

    @staticmethod
    def entity(name: str, is_parameter: bool, value: str | None, *_outside: object) -> None:  # noqa: FBT001 - expat's own
        """Allow entities that are plain text, as drawing programs declare them; refuse those that expand others."""
        if value is not None and (is_parameter or len(value) > _MAX_ENTITY or "&" in value or "%" in value):
            refuse(f"an entity that is not plain text: {name}")


def _font_size(attributes: Mapping[str, str]) -> float:
    """Return the size of letters that an element declares, in pixels; 0.0 where it declares none."""
    match = _FONT_SIZE_IN_STYLE.search(attributes.get("style", "")[:2000])
    return _length(match[1] if match else attributes.get("font-size"))


def _parsed(data: bytes) -> Element:
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = reader.entity
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, LookupError, ValueError) as error:
        refuse(f"not well-formed XML: {error}")
    if reader.root is None:
        refuse("no drawing in it")
    return reader.root


def _attributes(element: str, attributes: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for name, value in attributes.items():
        if name in {"href", _XLINK_HREF}:
            if (_RASTER if element == "image" else _FRAGMENT).match(value):
                kept["href"] = value.strip()
        elif name == _SPACE:
            kept["xml:space"] = value
        elif name == "numOctaves":
            kept[name] = str(round(min(_MAX_OCTAVES, _length(value))))
        elif _NAME.match(name) and not name.lower().startswith("on") and not _ELSEWHERE.search(value):
            kept[name] = value
    return kept


# --- measuring -------------------------------------------------------------------------------------------------------


def _own_size(root: Element) -> tuple[float, float]:
    """Return the drawing's size in its own units: width and height, else those of the view box."""
    width, height = _length(root.attributes.get("width")), _length(root.attributes.get("height"))
    view_box = root.attributes.get("viewBox", "")[: 5 * _LONGEST_LENGTH]
    numbers = re.findall(r"[+-]?\d*\.?\d+(?:[eE][+-]?\d+)?", view_box)
    view = (float(numbers[2]), float(numbers[3])) if len(numbers) == 4 else None
    if view is None or min(view) <= 0:
        root.attributes.pop("viewBox", None)
        return width or 300.0, height or 150.0  # what browsers take for a replaced element without a size
    if width and height:
        return width, height
    if width or height:
        scale = width / view[0] if width else height / view[1]
        return view[0] * scale, view[1] * scale
    return view


def _length(value: str | None) -> float:
    """Return a length in pixels, 0.0 where it is missing, relative or wrong."""
    match = _LENGTH.fullmatch((value or "").strip()[:_LONGEST_LENGTH])
    return max(0.0, float(match[1]) * _UNITS[match[2] or "px"]) if match else 0.0


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(root: Element, parts: list[str]) -> bool:
    """Append the drawing's XML to `parts`; returns whether there is text in it."""
    lettered = False
    waiting: list[Element | str] = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            parts.append(item)
            continue
        lettered = lettered or item.name == "text"
        namespace = f' xmlns="{_SVG}"' if item is root else ""
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in item.attributes.items())
        parts.append(f"<{item.name}{namespace}{attributes}>")
        waiting.append(f"</{item.name}>")
        waiting.extend(reversed([_safe(item, inner) for inner in item.content]))
    return lettered


def _safe(parent: Element, inner: Element | str) -> Element | str:
    if isinstance(inner, Element):
        return inner
    if parent.name == "style" and _ELSEWHERE.search(inner):
        return ""
    return escape(inner) if parent.name in {"style", "text", "tspan", "textPath", "a"} else ""
