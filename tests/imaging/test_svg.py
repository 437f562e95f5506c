import base64
import gzip
import re
import xml.etree.ElementTree as ET
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import encoded
from PIL import Image
from svgbombs import plain_bombs

from epubmaker.imaging.sniff import Undecodable, sniff
from epubmaker.imaging.svg import rasterize, sanitize

BOX = (600, 800)
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawn(svg: str | bytes, box: tuple[int, int] = BOX) -> Image.Image:
    data = svg.encode() if isinstance(svg, str) else svg
    found = sniff(data)
    assert found is not None
    assert found.name == "SVG"
    image = Image.open(BytesIO(rasterize(data, box)[0]))
    image.load()
    return image.convert("RGBA")


def painted(svg: str) -> bool:
    """Whether any pixel is visible."""
    return drawn(svg).getchannel("A").getbbox() is not None


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="100" height="50"', (200, 100)),
        ('width="1in" height="0.5in"', (192, 96)),
        ('viewBox="0 0 100 50"', (200, 100)),
        ('width="100%" viewBox="0 0 100 50"', (200, 100)),
        ('width="50" viewBox="0 0 100 50"', (100, 50)),
        ('width="4000" height="2000"', (600, 300)),
        ("", (600, 300)),
    ],
)
def test_a_drawing_has_twice_its_own_size_or_fits_into_the_box(attributes: str, size: tuple[int, int]) -> None:
    assert drawn(f'{HEAD} {attributes}><rect width="9" height="9"/></svg>').size == size


def test_shapes_styles_gradients_and_uses_are_drawn() -> None:
    image = drawn(
        f"""<?xml version="1.0"?><!-- by a program --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">
        {HEAD} width="100" height="50"><style>.a {{ fill: #f00 }}</style>
        <defs><linearGradient id="g"><stop stop-color="#00f"/></linearGradient><rect id="r" width="20" height="20"/></defs>
        <rect class="a" width="30" height="50"/><rect x="30" width="30" height="50" fill="url(#g)"/>
        <use xlink:href="#r" x="70" fill="lime"/></svg>"""
    )
    assert image.getpixel((20, 50)) == (255, 0, 0, 255)
    assert image.getpixel((90, 50)) == (0, 0, 255, 255)
    assert image.getpixel((150, 10)) == (0, 255, 0, 255)


def test_gzipped_drawings_and_other_encodings_are_read() -> None:
    svg = f'<?xml version="1.0" encoding="utf-16"?>{HEAD} width="9" height="9"><rect width="9" height="9"/></svg>'
    assert drawn(gzip.compress(svg.replace("utf-16", "utf-8").encode())).size == (18, 18)
    assert rasterize(svg.encode("utf-16"), BOX)


def test_the_entities_of_drawing_programs_are_resolved() -> None:
    svg = """<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>
    <svg xmlns="&ns_svg;" width="9" height="9"><rect width="9" height="9"/></svg>"""
    assert painted(svg)


def test_a_raster_picture_in_a_data_address_is_drawn() -> None:
    data = base64.b64encode(encoded(Image.new("RGB", (9, 9), "red"), "PNG")).decode()
    assert painted(
        f'{HEAD} width="9" height="9"><image width="9" height="9" xlink:href="data:image/png;base64,{data}"/></svg>'
    )


@pytest.mark.parametrize("name", ["href", "xlink:href"])
@pytest.mark.parametrize("form", ["{path}", "file://{path}", "picture.png", "data:image/svg+xml,%3Csvg%3E"])
def test_no_file_is_ever_read(name: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "picture.png"
    path.write_bytes(encoded(Image.new("RGB", (9, 9), "red"), "PNG"))
    address = form.format(path=path)
    for element in ("image", "use", "feImage"):
        assert not painted(f'{HEAD} width="9" height="9"><{element} width="9" height="9" {name}="{address}"/></svg>')


@pytest.mark.parametrize(
    "part",
    [
        '<rect width="9" height="9" style="fill: url(http://example.org/#a)"/>',
        '<rect width="9" height="9" fill="u\\72l(http://example.org/#a)"/>',
        "<style>@import 'http://example.org/a.css';</style>",
        '<rect onload="alert(1)" width="9"/><script>alert(1)</script>',
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">x</body></foreignObject>',
        '<a xlink:href="javascript:alert(1)"><rect width="9"/></a>',
    ],
)
def test_nothing_that_leads_elsewhere_reaches_the_renderer(part: str) -> None:
    written = sanitize(f'{HEAD} width="9" height="9">{part}</svg>'.encode(), BOX).xml
    words = written.replace('xmlns="http://www.w3.org/2000/svg"', "").lower()
    assert not any(word in words for word in ("http", "alert", "script", "foreign", "import", "onload", "xhtml"))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<svg", "not well-formed"),
        ("<html/>", "not SVG"),
        (f'{HEAD} width="1e9" height="5"/>', "a drawing of"),
        ('<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>', "an entity that is not plain text"),
        ("<svg>" + "<g>" * 5000 + "</g>" * 5000 + "</svg>", "too deeply nested"),
        pytest.param("<svg>" + "<g/>" * 300_000 + "</svg>", "too many elements", marks=pytest.mark.slow),
        (
            f"{HEAD}><defs>"
            '<g id="a0"><rect width="9" height="9"/></g>'
            + "".join(f'<g id="a{n}">' + f'<use xlink:href="#a{n - 1}"/>' * 10 + "</g>" for n in range(1, 10))
            + '</defs><use xlink:href="#a9"/></svg>',
            "repeats parts of itself too often",
        ),
    ],
)
def test_bombs_and_invalid_drawings_are_refused(data: str, reason: str) -> None:
    with pytest.raises(Undecodable, match=reason):
        rasterize(data.encode(), BOX)


def test_a_drawing_too_costly_by_its_markup_is_refused_before_it_is_drawn() -> None:
    refusals = {name: refusal(svg) for name, svg in plain_bombs()}
    reason = re.compile(r"too often|too long|more memory|holds a picture")
    assert {name: said for name, said in refusals.items() if not reason.search(said)} == {}


def refusal(svg: str) -> str:
    try:
        sanitize(svg.encode(), (1440, 1920))
    except Undecodable as error:
        return str(error)
    return ""


def test_noise_is_the_same_with_fewer_octaves_than_it_asks_for() -> None:
    noise = (
        f'{HEAD} width="50" height="50"><filter id="f"><feTurbulence baseFrequency="0.1" numOctaves="{{}}"/></filter>'
        '<rect width="50" height="50" filter="url(#f)"/></svg>'
    )
    assert drawn(noise.format(14)).tobytes() == drawn(noise.format("1e999")).tobytes()


def test_patterns_markers_masks_and_filters_are_drawn() -> None:
    body = (
        '<pattern id="p" width="4" height="4" patternUnits="userSpaceOnUse"><circle r="2"/></pattern>'
        '<marker id="m" markerWidth="4" markerHeight="4"><path d="M0 0L4 4"/></marker>'
        '<mask id="k"><rect width="90" height="90" fill="white"/></mask><clipPath id="c"><circle r="60"/></clipPath>'
        '<filter id="f"><feGaussianBlur stdDeviation="3"/><feMorphology radius="2"/><feOffset dx="2"/></filter>'
    )
    shape = '<path d="M0 0L50 50L90 0" stroke="red" {}/>'
    blurred = 'filter="url(#f)"'
    for attribute in ('fill="url(#p)"', 'marker-mid="url(#m)"', 'mask="url(#k)"', 'clip-path="url(#c)"'):
        assert painted(f'{HEAD} width="90" height="90">{body}{shape.format(attribute) * 50}</svg>')
    assert painted(f'{HEAD} width="90" height="90">{body}{shape.format(blurred) * 5}</svg>')


def test_a_gzip_bomb_is_refused() -> None:
    with pytest.raises(Undecodable, match="more than 10 MB"):
        rasterize(gzip.compress(b"<svg>" + b" " * 50_000_000), BOX)


def test_a_circle_of_uses_ends() -> None:
    with suppress(Undecodable):
        drawn(f'{HEAD}><g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g></svg>')


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_and_attribute_is_drawn_or_refused(text: str, value: str) -> None:
    root = ET.Element("svg", {"width": "20", "height": "20", "class": value})
    ET.SubElement(root, "text", {"id": value, "style": value, "href": value}).text = text
    with suppress(Undecodable):
        assert rasterize(ET.tostring(root), BOX)[0].startswith(b"\x89PNG")
