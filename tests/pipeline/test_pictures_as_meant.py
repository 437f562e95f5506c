"""Pictures come into the finished book as their page means them: which, how large, and what tells of one that is gone.

All chapters are of one book, which is made once.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from openbook import XHTML, OpenBook
from pictures import jpeg, photo, png
from PIL import Image
from webserver import WebServer, picture

from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build
from epubmaker.report import PictureRecord

PICTURES: Mapping[str, tuple[int, int]] = {
    "slate-grey.jpg": (640, 420),
    "hall-empty.png": (400, 300),
    "sky_clear.jpg": (640, 400),
    "bell.jpg": (512, 320),
    "formula.png": (120, 60),
    "door.jpg": (320, 200),
    "loading.gif": (32, 32),
    "pixel.png": (60, 12),
}
SUM = '<svg xmlns="http://www.w3.org/2000/svg" width="3ex" height="2.2ex" viewBox="0 0 13 9"><path d="M1 1H12V8H1z"/></svg>'
PREVIEW = base64.b64encode(jpeg(40, 26)).decode()
DOOR = base64.b64encode(jpeg(320, 200)).decode()
LAMP = base64.b64encode(SUM.encode()).decode()
GONE = '<small><a href="https://example.org/gone.png">Picture unavailable</a></small>'


class Case(NamedTuple):
    """The text of an article, and what stands in its chapter."""

    html: str
    chapter: str


# What stands in the chapter of an article: `#` stands for a picture's name, its id and the size of its file.
CASES: Mapping[str, Case] = {
    "a name like a stand-in's": Case(
        '<p><img src="slate-grey.jpg" alt="Roof"></p>',
        '<figure><img # alt="Roof"/></figure>',
    ),
    "such a name in a figure": Case(
        '<figure><img src="hall-empty.png"><figcaption>The hall</figcaption></figure>',
        '<figure><img # alt="The hall"/><figcaption>The hall</figcaption></figure>',
    ),
    "such a name with a query": Case('<p><img src="sky_clear.jpg?w=3"></p>', '<figure><img # alt="Picture"/></figure>'),
    "such a name and a better one": Case(
        '<p><img src="slate-grey.jpg" data-src="door.jpg" alt="Door"></p>',
        '<figure><img # alt="Door"/></figure>',
    ),
    "a better one that is gone": Case(
        '<p><img src="slate-grey.jpg" data-src="gone.png" alt="Door"></p>',
        f'<figure><span class="missing">Door<br/>{GONE}</span></figure>',
    ),
    "a stand-in by name and size": Case('<p>Wait <img src="loading.gif" alt="Roof">.</p>', "<p>Wait .</p>"),
    "a stand-in of one color": Case('<p>Wait <img src="/blank.gif">.</p><p><img src="grey.png"></p>', "<p>Wait .</p>"),
    "a small picture within a sentence": Case(
        '<p>Ring <img src="bell.jpg" alt="little bell" width="40" height="25"> twice.</p>',
        '<p>Ring <img # alt="little bell" width="40" height="25"/> twice.</p>',
    ),
    "one side, by style, by the letters": Case(
        '<p>Ring <img src="bell.jpg" alt="little bell" style="height:1.5em"> twice.</p>',
        '<p>Ring <img # alt="little bell" width="38" height="24" style="width: 2.4em; height: 1.5em"/> twice.</p>',
    ),
    "one side in a cell and an item": Case(
        '<table><tr><td><img src="bell.jpg" alt="little bell" width="40"></td><td>Halt</td></tr><tr><td>-</td>'
        '<td>Depot</td></tr></table><ul><li><img src="bell.jpg" alt="little bell" style="HEIGHT: 30px"> Ring</li></ul>',
        '<table><tbody><tr><td><img # alt="little bell" width="40" height="25"/></td><td>Halt</td></tr><tr><td>-</td>'
        '<td>Depot</td></tr></tbody></table><ul><li><img # alt="little bell" width="48" height="30"/> Ring</li></ul>',
    ),
    "declared larger than the file": Case(
        '<p>Ring <img src="bell.jpg" alt="little bell" width="900"> twice.</p>',
        '<p>Ring <img # alt="little bell"/> twice.</p>',
    ),
    "small, but by itself": Case(
        '<p><img src="bell.jpg" alt="little bell" width="320" height="200"></p>',
        '<figure><img # alt="little bell"/></figure>',
    ),
    "a share of the page": Case(
        '<p>A <img src="bell.jpg" alt="little bell" width="50%"> B</p>',
        '<p>A <img # alt="little bell" width="300" height="188"/> B</p>',
    ),
    "a formula by the letters": Case(
        '<p>Sum <img src="sum.svg" class="mwe-math-fallback-image-inline" alt="S" '
        'style="vertical-align: -0.7ex; width:3ex; height:2.2ex;">.</p>',
        '<p>Sum <img # alt="S" width="24" height="18" style="width: 3ex; height: 2.2ex; vertical-align: -0.7ex"/>.</p>',
    ),
    "a formula by itself": Case(
        '<p><img src="sum.svg" class="mwe-math-fallback-image-display" alt="S" style="width:3ex; height:2.2ex"></p>',
        '<figure><img # alt="S" width="24" height="18" style="width: 3ex; height: 2.2ex"/></figure>',
    ),
    "a drawing's own size": Case(
        '<p>Sum <img src="sum.svg" alt="S">.</p>',
        '<p>Sum <img # alt="S" width="24" height="18"/>.</p>',
    ),
    "a formula of pixels": Case(
        '<p>A <img class="latex" src="formula.png" alt="x" width="60" style="vertical-align:-5px"> B</p>',
        '<p>A <img # alt="x" width="60" height="30" style="vertical-align: -5px"/> B</p>',
    ),
    "gone, by itself": Case(
        '<p><img src="gone.png" alt="Map of the line"></p>',
        f'<figure><span class="missing">Map of the line<br/>{GONE}</span></figure>',
    ),
    "gone, with a title": Case(
        '<p><img src="gone.png" title="Map: 1 &lt; 2"></p>',
        f'<figure><span class="missing">Map: 1 &lt; 2<br/>{GONE}</span></figure>',
    ),
    "gone, with its text in the caption": Case(
        '<figure><img src="gone.png" alt="The hall"><figcaption>The hall in May</figcaption></figure>',
        f'<figure><span class="missing">{GONE}</span><figcaption>The hall in May</figcaption></figure>',
    ),
    "a formula that is gone": Case('<p>A <img class="tex" src="gone.png" alt="1/40"> B</p>', "<p>A 1/40 B</p>"),
    "a sign that is gone": Case(
        '<p>A <img src="gone.png" alt="signal" width="60" height="60"> B</p>', "<p>A signal B</p>"
    ),
    "gone, without a text": Case('<p><img src="gone.png"></p>', f"<figure>{GONE}</figure>"),
    "data without a type": Case(
        f'<p><img src="data:;base64,{DOOR}" alt="Door"></p>',
        '<figure><img # alt="Door"/></figure>',
    ),
    "data of another type": Case(
        f'<p><img src="DATA:application/octet-stream;base64,{LAMP}" alt="Lamp"></p>',
        '<figure><img # alt="Lamp"/></figure>',
    ),
    "data of no picture": Case(
        '<p><img src="data:text/html;base64,PHA+Tm8gcGljdHVyZTwvcD4=" alt="A door"></p>',
        '<figure><span class="missing">A door<br/>'
        '<small><a href="https://example.org/{}">Picture unavailable</a></small></span></figure>',
    ),
    "a preview beside its picture": Case(
        f'<div class="wrap"><img aria-hidden="true" src="data:image/jpeg;base64,{PREVIEW}" alt="">'
        '<img src="door.jpg" alt="Door"></div>',
        '<figure><img # alt="Door"/></figure>',
    ),
    "a preview with a box, a source and a noscript": Case(
        f'<figure><span><span></span><img src="data:image/jpeg;base64,{PREVIEW}"></span><picture><source srcset="door.jpg">'
        '<img data-src="door.jpg" alt="Door"></picture><noscript><img src="door.jpg" alt="Door"></noscript>'
        "<figcaption>The tunnel</figcaption></figure>",
        '<figure><img # alt="Door"/><figcaption>The tunnel</figcaption></figure>',
    ),
    "a picture of data by itself": Case(
        f'<p>A</p><p><img src="data:image/jpeg;base64,{PREVIEW}" alt=""></p><p><img src="door.jpg" alt="Door"></p>',
        '<p>A</p><figure><img # alt="Picture"/></figure><figure><img # alt="Door" class="t2"/></figure>',
    ),
    "a picture of data with a text of its own": Case(
        f'<div><img src="data:image/jpeg;base64,{PREVIEW}" alt="Lamp"><img src="door.jpg" alt="Door"></div>',
        '<figure><img # alt="Lamp"/></figure><figure><img # alt="Door" class="t2"/></figure>',
    ),
}


class Made(NamedTuple):
    """The book, the markup of each case's chapter, and the report's pictures by their address."""

    path: Path
    chapters: Mapping[str, str]
    pictures: Mapping[str, PictureRecord]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("pictures")
    for number, (title, (body, _)) in enumerate(CASES.items()):
        link, moment = f"https://example.org/{number}", START + timedelta(minutes=number)
        write_article(folder / "in" / f"{number:02}.txt", title, link=link, body=body, moment=moment)
    for name, size in PICTURES.items():
        photo(*size, seed=len(name)).save(folder / "in" / name)
    Image.new("RGB", (400, 300), "gray").save(folder / "in" / "grey.png")
    (folder / "in" / "sum.svg").write_text(SUM, encoding="utf-8")
    output = folder / "book.epub"
    network = Network(offline=True)
    report = build(Options((folder / "in",), output=output, network=network, draw_cover=False))
    book = OpenBook.read(output)
    return Made(
        output, {_title(book, name): _body(book, name) for name in book.chapters}, {r.url: r for r in report.pictures}
    )


def _title(book: OpenBook, name: str) -> str:
    return "".join(next(book.tree(name).iter(f"{XHTML}h1")).itertext())


def _body(book: OpenBook, name: str) -> str:
    text = book.files[f"EPUB/{name}"].decode().partition("</header>\n")[2].partition("\n<footer>")[0]
    sizes = {
        picture.removeprefix("EPUB/"): book.picture(picture.removeprefix("EPUB/")).size for picture in book.pictures
    }

    def plain(match: re.Match[str]) -> str:
        width, height = sizes[match[1]]
        return f"<img #{match[2]}".replace(f' width="{width}" height="{height}"', "")

    return re.sub(r'<img src="([^"]*)"([^>]*?) id="[^"]*"(?=/)', plain, text)


@pytest.mark.parametrize("case", CASES)
def test_a_picture_is_shown_as_its_page_means_it(made: Made, case: str) -> None:
    assert made.chapters[case] == CASES[case].chapter.replace("{}", str([*CASES].index(case)))


def test_the_report_knows_why_each_picture_is_left_out(made: Made) -> None:
    assert {
        url: (record.status, record.reason) for url, record in made.pictures.items() if record.status == "skipped"
    } == {
        "https://example.org/loading.gif": ("skipped", "stands in for a picture, by its name and look: 32 x 32"),
        "https://example.org/grey.png": ("skipped", "stands in for a picture, by its name and look: 400 x 300"),
    }
    assert made.pictures["https://example.org/blank.gif"].status == "missing"
    assert [record.reason for url, record in made.pictures.items() if url.startswith("data:text")] == [
        "HTML page instead of a picture"
    ]


def test_a_request_tells_of_the_page_what_the_page_allows(tmp_path: Path) -> None:
    with WebServer() as server:

        def shown(name: str, attributes: str = "") -> str:
            address = server.add(f"/{name}.png", picture(png(60, 40)))
            return f'<p><img src="{address}" alt="x" {attributes}></p>'

        first, second = "https://example.org/1", "https://example.org/2"
        plain = (
            shown("plain") + shown("never", 'referrerpolicy="no-referrer"') + shown("origin", "referrerpolicy=origin")
        )
        links = f'<p><a rel="nofollow noreferrer" href="{second}">{shown("linked")[3:-4]}</a></p>' + shown(
            "same", "referrerpolicy=same-origin"
        )
        write_article(tmp_path / "in" / "1.txt", "One", link=first, body=plain + links)
        page = '<meta content="never" name="referrer">' + shown("page") + shown("but", "referrerpolicy=unsafe-url")
        write_article(tmp_path / "in" / "2.txt", "Two", link=second, body=page)
        text = (
            "<p>The railway up the valley was closed in the autumn, and the rails were taken up in the summer.</p>" * 5
        )
        head = f'<title>Three</title><link rel="canonical" href="{first}3"><META NAME=referrer content="no-referrer">'
        saved = f"<!DOCTYPE html><html><head>{head}</head><body><article>{text}{shown('saved')}{text}</article></body>"
        (tmp_path / "in" / "3.html").write_text(saved, encoding="utf-8")

        report = build(Options((tmp_path / "in",), output=tmp_path / "b.epub", network=Network(allow_private=True)))

        assert {record.status for record in report.pictures} == {"embedded"}
        told = {seen.path.strip("/").partition(".")[0]: seen.headers.get("referer") for seen in server.seen}
    assert told == {
        "plain": first,
        "never": None,
        "origin": "https://example.org/",
        "linked": None,
        "same": None,
        "page": None,
        "but": second,
        "saved": None,
    }


def test_the_book_is_valid(made: Made, assert_clean: AssertClean) -> None:
    assert_clean(made.path)
