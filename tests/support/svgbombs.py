"""Drawings of a few lines that take more memory or time than any computer has."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from pictures import encoded, png_file
from PIL import Image

__all__ = ["patient_bombs", "plain_bombs", "small_drawing"]

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="1000" height="1000" '
    'viewBox="0 0 1000 1000">'
)
PAGE = '<rect width="1000" height="1000" {}/>'


def plain_bombs() -> Iterator[tuple[str, str]]:
    """Those that are refused by their markup: (name, SVG)."""
    yield "morphology", _filter('<feMorphology operator="dilate" radius="500"/>')
    yield "morphology by the box", _filter('<feMorphology radius="0.5"/>', 'primitiveUnits="objectBoundingBox"')
    yield "convolution", _filter(f'<feConvolveMatrix order="200" kernelMatrix="{"1 " * 40_000}"/>')
    yield "many blurs", _filter('<feGaussianBlur stdDeviation="50"/>' * 5000)
    yield "many noises", _filter('<feTurbulence baseFrequency="0.5" numOctaves="10"/>' * 500)
    yield "many lights", _filter('<feSpecularLighting><fePointLight x="5" y="5" z="5"/></feSpecularLighting>' * 500)
    for kind, attribute in (
        ("pattern", 'fill="url(#{})"'),
        ("pattern", "style=\"stroke: red; fill: url( '#{}' )\""),
        ("mask", 'mask="url(#{})"'),
        ("clipPath", 'clip-path="url(#{})"'),
    ):
        parts = [f'<{kind} id="a0" width="1" height="1"><rect width="9" height="9"/></{kind}>']
        for level in range(1, 12):
            shape = '<rect width="10" height="10" ' + attribute.format(f"a{level - 1}") + "/>"
            parts.append(f'<{kind} id="a{level}" width="1" height="1">{shape * 10}</{kind}>')
        yield f"nested {kind} {attribute[:5]}", _drawing("".join(parts) + PAGE.format(attribute.format("a11")))
    path = "M0 0" + " L1 1 L2 2" * 10
    for carrier in ("path", "g"):
        parts = [f'<marker id="m0"><path d="{path}"/></marker>']
        for level in range(1, 6):
            use = f'marker-mid="url(#m{level - 1})"'
            inner = f'<path d="{path}" {use}/>' if carrier == "path" else f'<g {use}><path d="{path}"/></g>'
            parts.append(f'<marker id="m{level}">{inner}</marker>')
        yield f"nested markers by {carrier}", _drawing("".join(parts) + f'<path d="{path}" marker-mid="url(#m5)"/>')
    yield "deep groups", _drawing('<g opacity="0.5">' * 200 + PAGE.format("") + "</g>" * 200)
    zeros = png_file((20_000, 20_000), depth=1, color=0, row=bytes(2500))
    large = encoded(Image.new("L", (9000, 9000)), "JPEG")
    for kind, data in (("png", zeros), ("jpeg", large), ("gif", zeros)):
        address = f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        yield f"{kind} inside", _drawing(f'<image width="1000" height="1000" xlink:href="{address}"/>')


def patient_bombs() -> Iterator[tuple[str, str]]:
    """Those that look like drawings, and take much time or memory."""
    group = '<g opacity="0.5">' + PAGE.format("") * 2 + "</g>"
    yield "noise", _filter('<feTurbulence baseFrequency="0.5" numOctaves="1000000000"/>')
    yield "groups", _drawing(group * 60_000)
    yield "curves", _drawing(f'<path d="M0 0{" C1e9 1e9 -1e9 1e9 1000 0" * 100_000}" fill="none" stroke="red"/>')
    yield "arcs", _drawing(f'<path d="M0 0{" A1e9 1e9 0 1 1 1000 0" * 100_000}" fill="none" stroke="red"/>')
    white = PAGE.format('fill="white"')
    yield "masks", _drawing(f'<mask id="m">{white}</mask>' + PAGE.format('mask="url(#m)"') * 20_000)
    rules = "* * * * * * rect { fill: red }" * 3000
    yield "rules", _drawing(f"<style>{rules}</style>{'<g>' * 100}{PAGE.format('') * 5000}{'</g>' * 100}")
    yield "letters", _drawing(f"<text>{'W' * 5_000_000}</text>")


def small_drawing() -> str:
    """A drawing with every feature that is allowed."""
    return _drawing(
        '<defs><linearGradient id="g"><stop stop-color="#00f"/></linearGradient><filter id="f"><feGaussianBlur '
        'stdDeviation="3"/></filter><pattern id="p" width="9" height="9" patternUnits="userSpaceOnUse"><circle r="3"/>'
        '</pattern><marker id="m"><path d="M0 0L9 9"/></marker></defs><g opacity="0.5" transform="scale(2)"><rect '
        'width="90" height="50" fill="url(#g)" filter="url(#f)"/><path d="M0 0L99 99C1 2 3 4 5 6z" stroke="red" '
        'stroke-dasharray="3 1" marker-mid="url(#m)" fill="url(#p)"/></g><text x="9" y="90">Words</text>'
    )


def _drawing(body: str) -> str:
    return f"{HEAD}{body}</svg>"


def _filter(primitives: str, attributes: str = "") -> str:
    return _drawing(f'<filter id="f" {attributes}>{primitives}</filter>' + PAGE.format('filter="url(#f)"'))
