"""Drawings in the text and formulas that scripts have drawn come into the finished book as a browser shows them.

All chapters are of one book, which is made once. Colors are looked at in the pictures of the book.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import commandline
import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from openbook import XHTML, OpenBook

from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build
from epubmaker.report import Report

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)
MATH = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mi>G</mi><mo>=</mo><mi>mg</mi></math>'
GLYPH = '<path id="g1" d="M100 0V600H200V0z"/>'
MATHJAX_SVG = 'xmlns="http://www.w3.org/2000/svg" width="2ex" height="2.4ex" viewBox="0 -700 800 900"'
KATEX = '<span class="base"><span class="mord mathnormal">x</span>{}</span>'
RAISED = '<span class="msupsub"><span class="vlist-t"><span class="vlist"><span>2</span></span></span></span>'


def drawn(inner: str, attributes: str = "") -> str:
    """Return a drawing of 100 x 40 units, which a page shows at twice that."""
    return f'<p>Before.</p><svg viewBox="0 0 100 40" width="200" height="80" {attributes}>{inner}</svg><p>After.</p>'


class Case(NamedTuple):
    """A text with one drawing, and the colors at places in it, in its own units."""

    html: str
    colors: Mapping[tuple[int, int], tuple[int, int, int]]


class Text(NamedTuple):
    """A text, and what stands in its chapter; `{}` is the number of the article."""

    html: str
    chapter: str


LEFT, MIDDLE, RIGHT = (10, 20), (50, 20), (90, 20)
RECT = '<rect width="100" height="40" {}/>'
PICTURES: Mapping[str, Case] = {
    "a gradient": Case(
        drawn(
            '<linearGradient id="a"><stop offset=".4" stop-color="red"/><stop offset=".6" stop-color="blue"/>'
            "</linearGradient>" + RECT.format('fill="url(#a)"')
        ),
        {LEFT: RED, RIGHT: BLUE},
    ),
    "a pattern": Case(
        drawn(
            '<pattern id="a" width="40" height="40" patternUnits="userSpaceOnUse">'
            '<path d="M0 0h20v40H0z" fill="red"/></pattern>' + RECT.format('fill="url(#a)"')
        ),
        {LEFT: RED, (30, 20): WHITE, MIDDLE: RED},
    ),
    "a clip": Case(
        drawn(
            '<clipPath id="a"><circle cx="50" cy="20" r="9"/></clipPath>'
            + RECT.format('fill="red" clip-path="url(#a)"')
        ),
        {LEFT: WHITE, MIDDLE: RED, RIGHT: WHITE},
    ),
    "a mask": Case(
        drawn(
            '<mask id="a"><rect width="30" height="40" fill="#fff"/></mask>' + RECT.format('fill="red" mask="url(#a)"')
        ),
        {LEFT: RED, RIGHT: WHITE},
    ),
    "a marker": Case(
        drawn(
            '<marker id="a" markerWidth="9" markerHeight="9" refX="4" refY="4" markerUnits="userSpaceOnUse">'
            '<circle cx="4" cy="4" r="4" fill="red"/></marker><path d="M10 20H90" stroke="blue" marker-end="url(#a)"/>'
        ),
        {MIDDLE: BLUE, RIGHT: RED},
    ),
    "use, symbol and the older href": Case(
        drawn(
            '<symbol id="a"><path d="M0 0h20v40H0z"/></symbol><use href="#a" fill="red"/>'
            '<use xlink:href="#a" x="80" fill="blue"/>'
        ),
        {LEFT: RED, MIDDLE: WHITE, RIGHT: BLUE},
    ),
    "a symbol of another drawing": Case(
        '<svg width="0" height="0" style="display:none"><symbol id="far">'
        '<path d="M0 0h30v40H0z" fill="red"/></symbol></svg>' + drawn('<use href="#far"/>'),
        {LEFT: RED, RIGHT: WHITE},
    ),
    "a variable that falls back": Case(drawn(RECT.format('fill="var(--house, red)"')), {MIDDLE: RED}),
    "variables of a sheet and of a box around": Case(
        "<style>:root{--one:red}</style><div style='--two:blue'>"
        + drawn('<path d="M0 0h50v40H0z" fill="var(--one)"/><path d="M50 0h50v40H50z" style="fill:var(--two)"/>')
        + "</div>",
        {LEFT: RED, RIGHT: BLUE},
    ),
    "colors in new notations": Case(
        drawn(
            '<path d="M0 0h30v40H0z" fill="rgb(255 0 0 / 100%)"/><path d="M30 0h40v40H30z" fill="hsl(120deg 100% 25%)"/>'
            '<path d="M70 0h30v40H70z" style="fill:color-mix(in srgb, blue, blue)"/>'
        ),
        {LEFT: RED, MIDDLE: GREEN, RIGHT: BLUE},
    ),
    "a color with alpha": Case(drawn(RECT.format('fill="#ff000080"')), {MIDDLE: (255, 127, 127)}),
    "a color behind it": Case(
        drawn('<circle cx="50" cy="20" r="9" fill="#ff0000ff"/>', 'style="background: #0000ff"'),
        {LEFT: BLUE, MIDDLE: RED},
    ),
    "a turned part": Case(
        drawn('<rect width="20" height="40" fill="red" transform="translate(80)" transform-origin="50 20"/>'),
        {LEFT: WHITE, RIGHT: RED},
    ),
}

MARKUP: Mapping[str, Text] = {
    "styled by a sheet": Text(
        drawn("<style>.bar{fill:red;stroke:none}</style><rect class=bar x=0 y=0 width=9 height=9 fill=blue />"),
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40">'
        '<rect fill="red" height="9" stroke="none" width="9" x="0" y="0"/></svg>',
    ),
    "painted by its root": Text(
        drawn('<path d="M9 9H90" style="stroke: rgb(0, 0, 255)"/>', 'fill="none" stroke-width="2"'),
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40"><g fill="none" stroke-width="2">'
        '<path d="M9 9H90" stroke="#0000ff"/></g></svg>',
    ),
    "a box for texts and pictures": Text(
        "<p>Before.</p><svg viewBox='0 0 100 100'><foreignObject><section><p>One</p><p>Two</p></section>"
        "</foreignObject></svg>",
        "<p>Before.</p><p>One</p><p>Two</p>",
    ),
    "a drawing that is too much": Text(
        drawn(
            f'<title>The line</title><filter id="a"><feMorphology radius="99999"/></filter>{RECT.format("filter=url(#a)")}'
        ),
        '<span class="missing">The line<br/><small><a href="https://example.org/{}">Picture unavailable</a></small></span>',
    ),
    "MathJax 2, in a line": Text(
        '<p>The <span class="MathJax_Preview">G</span><span class="MathJax" id="MathJax-Element-1-Frame"><nobr '
        'aria-hidden="true"><span class="math"><span class="mi">G</span></span></nobr><span class="MJX_Assistive_MathML">'
        f'{MATH}</span></span><script type="math/tex" id="MathJax-Element-1">G</script> weighs.</p>',
        f"<p>The {MATH} weighs.</p>",
    ),
    "MathJax 2, in an attribute": Text(
        f"<p>The <span class='MathJax_CHTML' data-mathml='{MATH}'><span class='mjx-char'>G</span></span> weighs.</p>",
        f"<p>The {MATH} weighs.</p>",
    ),
    "MathJax 2, displayed": Text(
        f'<p>The pull of the engine is this.</p><div class="MathJax_SVG_Display"><span class="MathJax_SVG"><svg>'
        f'<path d="M0 0"/></svg><span>{MATH}</span></span></div>'
        '<script type="math/tex; mode=display">G</script><p>After.</p>',
        f"<p>The pull of the engine is this.</p><p>{MATH.replace('>', ' display=block>', 1)}</p><p>After.</p>".replace(
            "=block", '="block"'
        ),
    ),
    "MathJax 2 without MathML": Text(
        '<p>The <span class="MathJax"><nobr aria-hidden="true"><span class="math">Q</span></nobr></span>'
        '<script type="math/tex">Q_1</script> weighs.</p>',
        "<p>The <code>Q_1</code> weighs.</p>",
    ),
    "letters alone": Text(
        '<p>The <span class="MathJax"><nobr aria-hidden="true"><span class="math">Q</span></nobr></span> weighs.</p>',
        "<p>The Q weighs.</p>",
    ),
    "MathML in a script": Text(
        f'<p>The <script type="math/mml">{MATH}</script> weighs.</p>', f"<p>The {MATH} weighs.</p>"
    ),
    "MathJax 3, as HTML": Text(
        '<p>The <mjx-container jax="CHTML"><mjx-math aria-hidden="true"><mjx-c class="mjx-c47"></mjx-c></mjx-math>'
        f"<mjx-assistive-mml>{MATH}</mjx-assistive-mml></mjx-container> weighs.</p>",
        f"<p>The {MATH} weighs.</p>",
    ),
    "MathJax 3, letters of a sheet": Text(
        '<p>The <mjx-container jax="CHTML"><mjx-math aria-hidden="true"><mjx-mi><mjx-c class="mjx-c47"></mjx-c></mjx-mi>'
        "</mjx-math></mjx-container> weighs.</p>",
        "<p>The G weighs.</p>",
    ),
    "MathJax 3, drawn": Text(
        f'<p>The slope is <mjx-container class="MathJax" jax="SVG" aria-label="one fortieth"><svg {MATHJAX_SVG} '
        f'aria-hidden="true"><defs>{GLYPH}</defs><g fill="currentColor" transform="scale(1,-1)"><use xlink:href="#g1"/>'
        "</g></svg></mjx-container> here.</p>",
        '<p>The slope is <img # alt="one fortieth" width="16" height="19" style="width: 2ex; height: 2.4ex"/> here.</p>',
    ),
    "MathJax 3, drawn with letters from elsewhere": Text(
        f'<p>The <mjx-container jax="SVG"><svg {MATHJAX_SVG} style="vertical-align: -0.4ex"><use xlink:href="#far1"/></svg>'
        f'</mjx-container>.</p><svg style="display:none"><defs>{GLYPH.replace("g1", "far1")}</defs></svg>',
        '<p>The <img # alt="Picture" width="16" height="19" '
        'style="width: 2ex; height: 2.4ex; vertical-align: -0.4ex"/>.</p>',
    ),
    "KaTeX as HTML": Text(
        f'<p>The <span class="katex"><span class="katex-html" aria-hidden="true">{KATEX.format(RAISED)}</span>'
        "</span> was.</p>",
        "<p>The x<sup>2</sup> was.</p>",
    ),
    "KaTeX with MathML": Text(
        f'<p>The <span class="katex"><span class="katex-mathml">{MATH}</span><span class="katex-html" aria-hidden="true">'
        f"{KATEX.format('')}</span></span> was.</p>",
        f"<p>The {MATH} was.</p>",
    ),
    "text in a box named after the program": Text(
        '<div class="MathJax"><p>One</p><p>Two</p></div>',
        "<p>One</p><p>Two</p>",
    ),
}


LABELED = drawn(
    '<rect x="1" y="1" width="40" height="38" fill="red"/><foreignObject x="0" y="0" width="42" height="40">'
    '<div style="color:#0000ff;font-size:8px">Low<br>er</div></foreignObject><foreignObject x="50" y="0" width="50" '
    'height="40"><div style="text-align:center;font-size:8px">i</div></foreignObject>'
    '<switch><foreignObject x="50" y="20" width="50" height="20"><b>No</b></foreignObject>'
    '<rect x="50" y="25" width="40" height="10" fill="green"/></switch>'
)


class Made(NamedTuple):
    """The book, the markup of the chapters by their title, and the report."""

    path: Path
    book: OpenBook
    chapters: Mapping[str, str]
    report: Report


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("drawings")
    texts = {
        **{name: case.html for name, case in PICTURES.items()},
        **{name: case.html for name, case in MARKUP.items()},
    }
    texts["labels"] = LABELED
    for number, (title, html) in enumerate(texts.items()):
        link, moment = f"https://example.org/{number}", START + timedelta(minutes=number)
        write_article(folder / "in" / f"{number:02}.txt", title, link=link, body=html, moment=moment)
    output = folder / "book.epub"
    report = build(Options((folder / "in",), output=output, network=Network(offline=True), draw_cover=False))
    book = OpenBook.read(output)
    chapters = {}
    for name in book.chapters:
        title = "".join(next(book.tree(name).iter(f"{XHTML}h1")).itertext())
        chapters[title] = book.files[f"EPUB/{name}"].decode().partition("</header>\n")[2].partition("\n<footer>")[0]
    return Made(output, book, chapters, report)


def _near(found: object, color: tuple[int, int, int], most: int) -> bool:
    assert isinstance(found, tuple)
    return all(abs(one - other) < most for one, other in zip(found, color, strict=True))


@pytest.mark.parametrize("case", PICTURES)
def test_a_drawing_that_markup_cannot_keep_is_a_picture_in_its_colors(made: Made, case: str) -> None:
    [name] = re.findall(r'<img src="([^"]*)"', made.chapters[case])
    picture = made.book.picture(name).convert("RGB")
    assert picture.size == (400, 160)
    for (x, y), color in PICTURES[case].colors.items():
        found = picture.getpixel((4 * x, 4 * y))
        assert _near(found, color, 12), (x, y, found)


@pytest.mark.parametrize("case", MARKUP)
def test_what_can_stay_markup_or_text_does(made: Made, case: str) -> None:
    found = re.sub(r'<img src="[^"]*"([^>]*?) id="[^"]*"/>', r"<img #\1/>", made.chapters[case])
    number = [*PICTURES, *MARKUP].index(case)
    assert MARKUP[case].chapter.replace("{}", str(number)) in found
    if case.startswith(("MathJax", "KaTeX", "letters", "MathML")):
        assert found == MARKUP[case].chapter


def test_labels_stand_in_their_places(made: Made) -> None:
    [(name, alt)] = re.findall(r'<img src="([^"]*)" alt="([^"]*)"', made.chapters["labels"])
    assert alt == "Low er i No"
    picture = made.book.picture(name).convert("RGB")

    def has(box: tuple[int, int, int, int], color: tuple[int, int, int]) -> bool:
        left, top, right, bottom = (4 * side for side in box)
        pixels = (picture.getpixel((x, y)) for x in range(left, right) for y in range(top, bottom))
        return any(_near(found, color, 90) for found in pixels)

    assert has((0, 0, 20, 10), BLUE)  # the first line
    assert has((0, 10, 10, 20), BLUE)  # the second
    assert not has((0, 20, 40, 40), BLUE)
    assert has((70, 0, 80, 10), (0, 0, 0))  # in the middle of its box
    assert not has((50, 0, 68, 20), (0, 0, 0))
    assert picture.getpixel((4 * 70, 4 * 30)) == GREEN
    assert not has((50, 20, 100, 40), (0, 0, 0))  # the choice for those that can show HTML


FAMILIES = ("", "serif", "sans-serif", "monospace", "cursive", "fantasy", "No Such Font", "No Such Font, sans-serif")


@pytest.mark.parametrize("has_fonts", [True, False])
def test_a_text_is_drawn_whatever_fonts_the_computer_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, has_fonts: bool
) -> None:
    lines = "".join(
        f'<text x="5" y="{20 * number + 15}" font-size="16" font-family="{family}">Label</text>'
        for number, family in enumerate(FAMILIES)
    )
    height = 20 * len(FAMILIES)
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="{height}">{lines}</svg>'
    (tmp_path / "drawing.svg").write_text(drawing, encoding="utf-8")
    write_article(tmp_path / "in.txt", "T", body='<p>Text.</p><img src="drawing.svg">')
    if not has_fonts:
        for name in ("PATH", "XDG_DATA_HOME", "XDG_DATA_DIRS"):  # where Linux has them, and what finds them
            monkeypatch.setenv(name, str(tmp_path / "none"))
    command = ("build", "in.txt", "-o", "book.epub", "--no-cover", "--no-cache")
    assert commandline.run(*command, cwd=tmp_path).returncode == 0

    book = OpenBook.read(tmp_path / "book.epub")
    [name] = book.pictures
    picture = book.picture(name.removeprefix("EPUB/")).convert("L")
    scale = picture.height // height
    for number, family in enumerate(FAMILIES):
        line = picture.crop((0, 20 * number * scale, picture.width, (20 * number + 20) * scale))
        assert min(line.tobytes()) < 128, family


def test_a_drawing_that_cannot_be_shown_is_in_the_report(made: Made) -> None:
    [issue] = [each for each in made.report.issues if each.code.startswith("picture")]
    assert (issue.code, issue.where[:18]) == ("picture-broken", "data:image/svg+xml")


def test_the_book_is_valid(made: Made, assert_clean: AssertClean) -> None:
    assert_clean(made.path)
