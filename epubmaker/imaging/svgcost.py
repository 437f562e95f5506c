"""Estimates the cost of drawing an SVG from its markup: elements after all repetition, work of filters, memory.

A few lines can ask for more than any computer has. Drawings that cost too much are refused. The estimates take each
layer and each filter to be as large as the page. They are rough, so the limits are wide; the process that draws has
limits of memory and time, too.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from math import ceil
from typing import NoReturn

from PIL import Image

from epubmaker.imaging.fit import Size
from epubmaker.imaging.memory import MAX_MEMORY, webp_size
from epubmaker.imaging.sniff import Undecodable, sniff

__all__ = ["MAX_ELEMENTS", "Element", "all_elements", "check", "memory", "refuse"]

MAX_ELEMENTS = 200_000
_MAX_INNER_PIXELS = 20_000_000  # of a raster picture inside a drawing, which is decoded at its full size
_MAX_FILTER_WORK = 20_000_000_000  # operations on pixels, some 20 s
_UNSURE = 3  # an estimate of memory may be this many times too high
_MARKUP, _INNER, _LAYER = 20, 8, 4  # bytes for each byte of markup, pixel of a picture inside, pixel of a layer
_PLAIN_LAYERS = 3

_REFERENCE = re.compile(r"url\s*+\(\s*+[\"']?\s*+#([^\s\"')]+)")
_NUMBER = re.compile(r"\d++(?:\.\d*+)?|\.\d++")
_LAYERED = re.compile(r"opacity|mask|clip-path|filter|blend|isolation")
_PAINT = frozenset(("linearGradient", "radialGradient"))
_MARKERS = ("marker", "marker-start", "marker-mid", "marker-end")
# Operations for each pixel of a filter's primitive, where that is known.
_WORK = {"feGaussianBlur": 30, "feDropShadow": 40, "feSpecularLighting": 60, "feDiffuseLighting": 50}
_FEW_OPERATIONS = 5
_OCTAVE = 30


@dataclass(slots=True)
class Element:
    """An element of a drawing, with its content in order."""

    name: str
    attributes: dict[str, str]
    content: list[Element | str] = field(default_factory=list)

    @property
    def children(self) -> list[Element]:
        """The child elements."""
        return [item for item in self.content if isinstance(item, Element)]


@dataclass(frozen=True, slots=True)
class _Measure:
    """The number of elements that an element shows, itself included, and of layers on top of each other."""

    elements: int = 1
    layers: int = 0


def check(root: Element, size: Size) -> int:
    """Return about how many bytes it takes to draw a document at `size` in pixels; raises Undecodable for too much."""
    by_id = {element.attributes["id"]: element for element in all_elements(root) if "id" in element.attributes}
    pixels = size[0] * size[1]
    side = max(size)
    inner = 0
    for element in all_elements(root):
        if element.name == "filter" and _work(element, side) * pixels > _MAX_FILTER_WORK:
            refuse("has a filter that takes too long")
        if element.name == "image":
            inner = max(inner, _inner_pixels(element))
    layers = _measure(root, by_id).layers + _PLAIN_LAYERS
    needed = pixels * layers * _LAYER + inner * _INNER
    if needed > _UNSURE * MAX_MEMORY:
        refuse(f"needs more memory than allowed: about {needed // 1_000_000} MB")
    return needed


def memory(markup: int) -> int:
    """Return about how many bytes of memory it takes to read `markup` bytes."""
    return markup * _MARKUP


def refuse(reason: str) -> NoReturn:
    raise Undecodable(reason)


def all_elements(root: Element) -> Iterator[Element]:
    """Yield an element and all that are in it."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting.extend(element.children)


def _measure(root: Element, by_id: dict[str, Element]) -> _Measure:
    """Measure an element after all that it shows, without recursion."""
    measures: dict[int, _Measure] = {}
    waiting: list[tuple[Element, tuple[tuple[Element, int], ...] | None]] = [(root, None)]
    under_way: set[int] = set()
    while waiting:
        element, shown = waiting.pop()
        if shown is not None:
            measures[id(element)] = _sum(
                element, [(measures.get(id(part), _Measure()), times) for part, times in shown]
            )
        elif id(element) not in measures and id(element) not in under_way:
            # One that is under way is in a cycle, which the renderer leaves out.
            under_way.add(id(element))
            shown = (*((child, 1) for child in element.children), *_references(element, by_id))
            waiting.append((element, shown))
            waiting.extend((part, None) for part, _times in shown)
    return measures[id(root)]


def _sum(element: Element, shown: Iterable[tuple[_Measure, int]]) -> _Measure:
    elements, layers = 1, 0
    for measure, times in shown:
        elements += measure.elements * times
        layers = max(layers, measure.layers)
    if elements > MAX_ELEMENTS:
        refuse("repeats parts of itself too often")
    if element.name == "filter":
        layers = len(element.content)  # the result of each primitive is kept for those after it
    elif element.name in {"pattern", "mask", "clipPath"} or any(
        _LAYERED.search(value if name == "style" else name) for name, value in element.attributes.items()
    ):
        layers += 1
    return _Measure(elements, layers)


def _references(element: Element, by_id: dict[str, Element]) -> Iterator[tuple[Element, int]]:
    """Yield what an element shows beside its children, and how often: a marker once at each corner."""
    for name, value in element.attributes.items():
        if name == "href" and element.name == "use" and value[1:] in by_id:
            yield by_id[value[1:]], 1
        elif "url" in value:
            for reference in _REFERENCE.findall(value):
                target = by_id.get(reference)
                if target is not None and target.name not in _PAINT:
                    marks = name in _MARKERS or (name == "style" and target.name == "marker")
                    yield target, _corners(element) if marks else 1


def _corners(element: Element) -> int:
    """Return how many corners the shapes in an element have at most; each may show a marker."""
    return sum(
        2 + len(_NUMBER.findall(part.attributes.get("d", ""))) + len(_NUMBER.findall(part.attributes.get("points", "")))
        for part in all_elements(element)
    )


def _work(element: Element, side: int) -> float:
    """Return the operations for each pixel of a filter, on a page whose longer side has `side` pixels."""
    scale = side if element.attributes.get("primitiveUnits") == "objectBoundingBox" else 2
    return sum(_primitive_work(primitive, scale) for primitive in element.children)


def _primitive_work(primitive: Element, scale: int) -> float:
    if primitive.name == "feTurbulence":
        return _OCTAVE * _first(primitive, "numOctaves", 1)
    if primitive.name == "feMorphology":
        return (2 * scale * _first(primitive, "radius", 0) + 1) ** 2
    if primitive.name == "feConvolveMatrix":
        return 2 * _first(primitive, "order", 3) ** 2
    return _WORK.get(primitive.name, _FEW_OPERATIONS)


def _first(element: Element, name: str, default: float) -> float:
    """Return the largest number of an attribute that holds one or two."""
    return max((float(number) for number in _NUMBER.findall(element.attributes.get(name, "")[:100])), default=default)


def _inner_pixels(element: Element) -> int:
    """Return the pixels of the raster picture in an `image`; remove one of an unknown format."""
    _head, _comma, digits = element.attributes.get("href", "").partition(",")
    if not digits:
        return 0
    try:
        digits = "".join(digits.split()).rstrip("=")
        data = base64.b64decode(digits + "=" * (-len(digits) % 4))
        file_format = sniff(data)
        if file_format is None or file_format.name not in {"PNG", "JPEG", "GIF", "WEBP"}:
            raise ValueError  # noqa: TRY301 - as for what is no base64
        if file_format.name == "WEBP":
            width, height = webp_size(data)
        else:
            with Image.open(BytesIO(data), formats=(file_format.name,)) as image:
                width, height = image.size
    except Image.DecompressionBombError:
        width = height = ceil((2 * (Image.MAX_IMAGE_PIXELS or 0)) ** 0.5)
    except (OSError, ValueError, SyntaxError, EOFError):
        del element.attributes["href"]
        return 0
    if width * height > _MAX_INNER_PIXELS:
        refuse(f"holds a picture of {width} x {height} pixels or more")
    return width * height
