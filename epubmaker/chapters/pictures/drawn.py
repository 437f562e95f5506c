"""Drawings in the text (`svg`) that become pictures: the drawing as a document of its own, in a `data:` address.

The document has all that the renderer needs: what it uses from elsewhere on the page, its size, variables that are defined
around it. The renderer bounds its cost, and follows no address; see `imaging.svg`.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

from bs4.element import NavigableString, Tag

from epubmaker.chapters.pictures.alttext import shortened
from epubmaker.chapters.style import style_of
from epubmaker.chapters.tree import attribute, tags_within, text_within
from epubmaker.chapters.xhtml.content import names
from epubmaker.text.characters import clean, plain
from epubmaker.text.xhtml import attribute as quoted
from epubmaker.text.xhtml import escaped

__all__ = ["FORMULA", "DrawingWriter", "is_icon", "is_layout", "label_of"]

FORMULA = "mathjax"
"""The class of a drawing that shows a formula, as `passes.formulas` leaves it."""

_ICON = 48  # pixels
_COLUMN = 600  # pixels; what a browser gives a drawing without a size
_ROOM = 4_000_000  # characters of what the drawings of an article take from elsewhere
_ROUNDS = 3  # of what is used by what is used
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z")
_REFERENCE = re.compile(r"url\(\s*[\"']?#([^\s\"')]+)")
_VARIABLE = re.compile(r"(--[\w-]{1,100})\s*:\s*([^;{}]{1,200})")
_USE_OF_VARIABLE = re.compile(r"var\(\s*(--[\w-]{1,100})")
_LONGEST_STYLE = 10_000  # characters of a style in which variables are looked for
_SHAPES = names("path rect circle ellipse line polyline polygon text use image")
_HELD = names("img picture video table iframe")
_LONGEST_LABEL = 300  # characters of one label; a longer text is one to read
_LONGEST_SIZE = 100


def is_layout(svg: Tag) -> bool:
    """Return True for a drawing that is only a box for HTML: texts to read, or pictures."""
    shapes = False
    for tag in tags_within(svg):
        shapes = shapes or tag.name in _SHAPES
        if tag.name in _HELD or (tag.name == "foreignObject" and len(text_within(tag, 400)) > _LONGEST_LABEL):
            return True
    return not shapes


def is_icon(svg: Tag) -> bool:
    """Return True for a drawing without words that is small, or whose size only a sheet elsewhere may have."""
    if FORMULA in attribute(svg, "class").split() or _words_in(svg):
        return False
    style = style_of(svg)
    sized = any(style[name] or attribute(svg, name) for name in ("width", "height"))
    return max(_size(svg)) <= _ICON if sized else not _view_box(svg)


def label_of(svg: Tag) -> str:
    """Return what a drawing shows in a few words: its label or title, else the words in it; "" for nothing."""
    given = plain(attribute(svg, "aria-label"))
    titles = (plain(tag.get_text()) for tag in tags_within(svg) if tag.name in {"title", "desc"})
    named = next((title for title in titles if title and not title.startswith("Created with ")), "")
    return given or shortened(named) or _words_in(svg)


def _words_in(svg: Tag) -> str:
    texts = (plain(tag.get_text(" ")) for tag in tags_within(svg) if tag.name in {"text", "foreignObject"})
    return shortened(" ".join(filter(None, texts)))


class DrawingWriter:
    """Writes the drawings of one article; `anchors` are the elements of the page by their ids."""

    def __init__(self, anchors: Mapping[str, Tag], variables: Mapping[str, str]) -> None:
        self._anchors = anchors
        self._variables = variables
        self._room = _ROOM
        self._parts: dict[str, tuple[str, set[str]]] = {}

    def address(self, svg: Tag) -> str:
        """Return a drawing as a `data:` address."""
        parts: list[str] = []
        _write(svg, parts, self._root_attributes(svg), "".join(self._used(svg)))
        data = base64.b64encode("".join(parts).encode("utf-8", "replace")).decode()
        return f"data:image/svg+xml;base64,{data}"

    def elsewhere(self, svg: Tag) -> str | None:
        """Return the address of what a drawing shows where that is not on the page, None where anything of it is."""
        found: str | None = None
        for tag in tags_within(svg):
            if tag.name == "use":
                address = attribute(tag, "href") or attribute(tag, "xlink:href")
                if address.startswith("#") and address[1:] in self._anchors:
                    return None
                found = found or address
            elif tag.name in _SHAPES or tag.name == "foreignObject":
                return None
        return found

    def _root_attributes(self, svg: Tag) -> Mapping[str, str]:
        given = {str(key): str(value) for key, value in svg.attrs.items()}
        width, height = _size(svg)
        given["width"], given["height"] = f"{width:g}", f"{height:g}"
        if wanted := _variables_of(svg):
            given["style"] = f"{self._defined(svg, wanted)};{given.get('style', '')}"
        return given

    def _defined(self, svg: Tag, wanted: set[str]) -> str:
        """Return the definitions of variables: of the elements around a drawing, else of the sheets."""
        known = dict(self._variables)
        for around in reversed([svg, *svg.parents]):
            if "--" in (style := attribute(around, "style")[:_LONGEST_STYLE]):
                known.update(_VARIABLE.findall(style))
        found: dict[str, str] = {}
        for _ in range(_ROUNDS):
            found.update((name, known[name].strip()) for name in sorted(wanted - found.keys()) if name in known)
            wanted = {name for value in found.values() for name in _USE_OF_VARIABLE.findall(value)}
        written = ";".join(f"{name}:{value}" for name, value in found.items())
        self._room -= len(written)
        return written if self._room > 0 else ""

    def _used(self, svg: Tag) -> Iterator[str]:
        """Yield what a drawing uses of other drawings on the page, as markup."""
        inside = {attribute(tag, "id") for tag in tags_within(svg)} | {attribute(svg, "id")}
        wanted = _references(svg)
        for _ in range(_ROUNDS):
            missing = sorted(name for name in wanted - inside if name in self._anchors)
            inside.update(missing)
            wanted = set()
            for name in missing:
                markup, references = self._part(name)
                self._room -= len(markup)
                if self._room > 0:
                    wanted |= references
                    yield markup

    def _part(self, name: str) -> tuple[str, set[str]]:
        """Return the element of an id as markup, and what it uses itself; each is written once."""
        if name not in self._parts:
            parts: list[str] = []
            _write(self._anchors[name], parts)
            self._parts[name] = "".join(parts), _references(self._anchors[name])
        return self._parts[name]


def _variables_of(svg: Tag) -> set[str]:
    """Return the names of the variables that a drawing uses."""
    values = (str(value) for tag in (svg, *tags_within(svg)) for value in tag.attrs.values())
    return {name for value in values if "var(" in value for name in _USE_OF_VARIABLE.findall(value)}


def _references(root: Tag) -> set[str]:
    """Return the ids of what an element and those in it use."""
    found: set[str] = set()
    for tag in (root, *tags_within(root)):
        for name, value in tag.attrs.items():
            if name in {"href", "xlink:href"} and str(value).startswith("#"):
                found.add(str(value)[1:])
            elif "url(" in str(value):
                found.update(_REFERENCE.findall(str(value)))
    return found


def _size(svg: Tag) -> tuple[float, float]:
    """Return the size of a drawing on the page in pixels."""
    style = style_of(svg)
    width, height = style.pixels("width", of=_COLUMN), style.pixels("height")
    width = width if width is not None else _pixels(attribute(svg, "width"))
    height = height if height is not None else _pixels(attribute(svg, "height"))
    box = [float(number) for number in re.findall(r"-?\d*\.?\d+(?:e-?\d+)?", _view_box(svg))]
    ratio = box[3] / box[2] if len(box) == 4 and box[2] > 0 and box[3] > 0 else 0.0
    if not width and not height:
        width = max(_COLUMN, box[2]) if ratio else 300.0
    if not width:
        width = height / ratio if height and ratio else 300.0
    return width, height or (width * ratio if ratio else 150.0)


def _view_box(svg: Tag) -> str:
    return (attribute(svg, "viewBox") or attribute(svg, "viewbox"))[:_LONGEST_SIZE]


_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
    "em": 16.0,
    "ex": 8.0,
}
_LENGTH = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})([a-z%]*)")


def _pixels(value: str) -> float | None:
    match = _LENGTH.fullmatch(value.strip().lower())
    if match is None:
        return None
    if match[2] == "%":
        return float(match[1]) * _COLUMN / 100
    return float(match[1]) * _UNITS[match[2]] if match[2] in _UNITS else None


def _write(root: Tag, parts: list[str], attributes: Mapping[str, str] | None = None, within: str = "") -> None:
    """Append an element as XML to `parts`, with `attributes` in place of its own and `within` before its contents."""
    waiting: list[Tag | NavigableString | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, NavigableString):
            parts.append(escaped(clean(str(node))))
        elif isinstance(node, str):
            parts.append(node)
        elif _NAME.match(node.name):
            given = attributes if node is root and attributes is not None else node.attrs
            space = ' xmlns="http://www.w3.org/2000/svg"' if node is root and attributes is not None else ""
            parts.append(f"<{node.name}{space}{_written(given)}>")
            if node is root and within:
                parts.append(f"<defs>{within}</defs>")
            waiting.append(f"</{node.name}>")
            waiting += [child for child in reversed(node.contents) if isinstance(child, Tag | NavigableString)]


def _written(given: Mapping[str, object]) -> str:
    written: dict[str, str] = {}
    for key, value in given.items():
        name = "href" if key == "xlink:href" else "viewBox" if key == "viewbox" else str(key)
        if _NAME.match(name) and name != "xmlns" and not name.startswith("on"):
            written.setdefault(name, f" {name}={quoted(str(value))}")
    return "".join(written.values())
