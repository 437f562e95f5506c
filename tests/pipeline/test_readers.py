"""Books in real reading systems: foliate-js in Chromium, WebKit, MuPDF, calibre, DAISY Ace. `.ci/readers` installs them."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from archives import write_archive, write_article
from blankness import MOST, MOST_ON_AVERAGE, blank_feet, write_book
from checkout import ROOT
from cleanbooks import AssertClean
from pictures import jpeg
from PIL import Image, ImageChops
from readingsystems import ReadingSystems, WebKit, missing, missing_webkit
from samples import CAPTIONS, TEXTS, TITLES, write_samples

from epubmaker.devices import DEVICES
from epubmaker.options import Network, Options
from epubmaker.packager.styles.sheets import styles
from epubmaker.pipeline.build import build

pytestmark = pytest.mark.slow

SEEDS = ROOT / "seeds"
MANY = 30  # articles, so that the lists of contents are longer than a page
SIZES = [[600, 800], [1264, 1680]]
# Every way in which one book may differ from another, several of them in each book.
BOOKS: dict[str, dict[str, Any]] = {
    "seeds": {"inputs": ["seeds"]},
    "many": {"inputs": ["many"]},
    **{f"mixed-{style.name}": {"inputs": ["mixed"], "style": style.name} for style in styles()},
    "kepub": {
        "inputs": ["few", "seeds"],
        "device": DEVICES["kobo-6"],
        "kepub": True,
        "group_by": "month",
        "grayscale": True,
        "picture_list": True,
    },
    "kindle": {
        "inputs": ["few"],
        "device": DEVICES["kindle"],
        "group_by": "source",
        "style": "plain",
        "picture_list": True,
    },
    "ade": {"inputs": ["few"], "device": DEVICES["ade"], "group_by": "folder", "style": "eink", "reverse": True},
    "bare": {"inputs": ["few"], "images": False, "draw_cover": False, "style": "magazine", "authors": ("A", "B")},
    "volumes": {"inputs": ["few", "seeds"], "max_size": 240_000, "title": "The Parts", "language": "fr"},
    "zh": {"inputs": ["mixed/zh"], "group_by": "none", "draw_cover": False},
    "en": {"inputs": ["mixed/en"], "group_by": "none", "draw_cover": False},
    "ar": {
        "inputs": ["mixed/ar"],
        "device": DEVICES["apple"],
        "group_by": "none",
        "style": "large-print",
        "series": "每日",
    },
}
FEW = {"zh": ["003.txt", "small.jpg", "wide.jpg"], "en": ["002.txt", "003.txt", "small.jpg", "wide.jpg"]}


@dataclass(frozen=True)
class Book:
    """A book, by its name in BOOKS: its volumes, which is one file for most."""

    name: str
    paths: tuple[Path, ...]


def needs(package: str) -> pytest.MarkDecorator:
    absent = missing(package)
    return pytest.mark.skipif(absent is not None, reason=f"{absent} is not installed: run .ci/readers")


def only(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("book", names, indirect=True)


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of inputs, by their names in BOOKS."""
    folder = tmp_path_factory.mktemp("articles")
    for language in TITLES:
        write_samples(folder / "mixed" / language, language)
    for language, names in FEW.items():
        (folder / "few" / language).mkdir(parents=True)
        for name in names:
            shutil.copy(folder / "mixed" / language / name, folder / "few" / language)
    write_archive(folder / "many", MANY, "pictures")
    (folder / "many" / "pictures").mkdir()
    for number in range(MANY):
        (folder / "many" / "pictures" / str(number)).write_bytes(jpeg(480 + number, 320))
    shutil.copytree(SEEDS, folder / "seeds")
    return folder


@pytest.fixture(scope="module", params=BOOKS)
def book(request: pytest.FixtureRequest, articles: Path, tmp_path_factory: pytest.TempPathFactory) -> Book:
    """Return the book of a name: tests of the same book run one after the other, so that it is built once."""
    fields = dict(BOOKS[request.param])
    inputs = tuple(articles / name for name in fields.pop("inputs"))
    output = tmp_path_factory.mktemp("book") / f"{request.param}.epub"
    report = build(Options(inputs, output=output, network=Network(offline=True), **fields))
    return Book(request.param, tuple(made.path for made in report.books))


@pytest.fixture(scope="module")
def pymupdf() -> Any:
    return import_module("pymupdf")  # takes a second, which a run without the slow tests saves


@pytest.fixture(scope="module")
def systems() -> Iterator[ReadingSystems]:
    with ReadingSystems() as systems:
        yield systems


def documents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith("html")}


def text_of(markup: str) -> str:
    body = markup.partition("<body")[2]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", "<body" + body)).split())


def letters(text: str) -> str:
    return "".join(text.split())


def test_epubcheck_has_no_message(book: Book, assert_clean: AssertClean) -> None:
    assert_clean(*book.paths)
    assert len(book.paths) > 1 or book.name != "volumes"


@needs("foliate-js")
def test_foliate_shows_every_page_as_it_should_be(book: Book, systems: ReadingSystems) -> None:
    # Pages of another size differ by their styles: of all, one is small and one has large letters.
    sizes = SIZES if book.name in {"mixed-eink", "mixed-large-print"} else SIZES[:1]
    for path in book.paths:
        found = systems.foliate(path, sizes=sizes)
        assert found["errors"] == []
        assert found["requests"] == []
        assert_pages(path, found)


def assert_pages(path: Path, found: dict[str, Any]) -> None:
    expected = documents(path)
    expected.pop("EPUB/nav.xhtml")
    assert {section["href"] for section in found["sections"]} == set(expected)
    for section in found["sections"]:
        where = f"{section['size']} {section['href']}"
        assert letters(section["text"]) == letters(text_of(expected[section["href"]])), where
        assert section["broken"] == [], where
        assert section["outside"] == [], where
        assert section["overflowing"] == [], where
        assert section["parted"] == [], where  # a caption on another page than its picture
        assert section["images"] == expected[section["href"]].count("<img "), where
    contents = found["contents"]
    for entry, following in zip(contents, [*contents[1:], {"href": None}], strict=True):
        assert entry["href"] == entry["reached"]
        # A group that needs no opener leads to the contents page, or to its one article.
        no_opener = entry["href"] == "EPUB/contents.xhtml" or entry["href"] == following["href"]
        assert entry["heading"] == entry["label"] or no_opener
    assert found["start"] in {entry["href"] for entry in found["contents"]}


def test_mupdf_renders_every_page_with_its_text_and_pictures(book: Book, pymupdf: Any) -> None:
    for path in book.paths:
        with pymupdf.open(path) as opened:
            opened.layout(width=440, height=600, fontsize=12)
            shown = letters("".join(page.get_text() for page in opened))
            for language in TITLES if book.name.startswith("mixed") else ():
                # MuPDF gives right-to-left text in the order of the page.
                if language != "ar":
                    assert all(letters(title) in shown for title in TITLES[language]), language
            assert len(opened.get_toc()) >= len(documents(path)) - 6
            if "<svg" in documents(path).get("EPUB/cover.xhtml", ""):
                assert not is_blank(opened[0])
                assert opened[1].get_text().strip()  # the title page comes next
            for page in opened:
                assert not is_blank(page) or not page.get_text().strip(), page.number


def is_blank(page: Any) -> bool:
    pixels: bytes = page.get_pixmap(dpi=72).samples
    # The library's own test for one color takes twenty times as long as drawing the page.
    return pixels == pixels[:3] * (len(pixels) // 3)


def test_mupdf_shows_the_picture(tmp_path: Path, pymupdf: Any) -> None:
    write_article(tmp_path / "in" / "a.txt", body='<img src="red.png">')
    Image.new("RGB", (600, 400), "red").save(tmp_path / "in" / "red.png")
    build(Options((tmp_path / "in",), output=tmp_path / "book.epub", draw_cover=False))

    with pymupdf.open(tmp_path / "book.epub") as document:
        pages = [page.get_pixmap() for page in document]
    assert max(map(red_pixels, pages)) > 1000


def red_pixels(page: Any) -> int:
    image = Image.frombytes("RGB", (page.width, page.height), page.samples)
    red, green, blue = image.split()
    only_red = ImageChops.subtract(red, ImageChops.lighter(green, blue))
    return sum(only_red.histogram()[200:])


@pytest.mark.skipif(shutil.which("ebook-convert") is None, reason="calibre is not installed: run .ci/readers")
@only("mixed-news", "kindle")
def test_calibre_converts_to_azw3_and_back_with_all_text_and_pictures(book: Book, tmp_path: Path) -> None:
    (made,) = book.paths
    environment = {
        **os.environ,
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
        "CALIBRE_CONFIG_DIRECTORY": str(tmp_path),
    }
    azw3, back = tmp_path / "b.azw3", tmp_path / "b.epub"
    for source, target in ((made, azw3), (azw3, back)):
        subprocess.run(["ebook-convert", source, target], env=environment, check=True, capture_output=True)
    cover = tmp_path / "cover.jpg"
    subprocess.run(["ebook-meta", azw3, f"--get-cover={cover}"], env=environment, check=True, capture_output=True)
    with Image.open(cover) as shown:
        assert shown.height > shown.width
    kept = letters("".join(text_of(markup) for markup in documents(back).values()))
    for document, markup in documents(made).items():
        if document.startswith("EPUB/a-"):
            for paragraph in re.findall(r"<(?:p|figcaption|h1)\b[^>]*>(.*?)</(?:p|figcaption|h1)>", markup, re.DOTALL):
                assert letters(text_of(f"<body>{paragraph}")) in kept, document
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(back) as after:
        pictures = [sum(n.endswith((".jpg", ".jpeg", ".png")) for n in book.namelist()) for book in (before, after)]
    assert pictures[0] == pictures[1]


@pytest.mark.skipif(shutil.which("ebook-meta") is None, reason="calibre is not installed: run .ci/readers")
def test_calibre_reads_all_that_the_package_says(tmp_path: Path) -> None:
    options = Options(
        (SEEDS,),
        output=tmp_path / "b.epub",
        title="The Weekly: 要闻",
        language="en-GB",
        authors=("First & Second", "第三"),
        publisher="P",
        series="每周要闻",
        series_index=3.5,
        subjects=("news", "新闻"),
        network=Network(offline=True),
    )
    build(options)
    environment = {**os.environ, "CALIBRE_CONFIG_DIRECTORY": str(tmp_path / "calibre")}
    done = subprocess.run(
        ["ebook-meta", tmp_path / "b.epub"], env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    found = {
        name.strip(): value.strip() for name, _, value in (line.partition(" : ") for line in done.stdout.splitlines())
    }

    assert found["Title"] == "The Weekly: 要闻"
    assert found["Title sort"] == "Weekly: 要闻, The"
    assert found["Author(s)"] == "First && Second & 第三"
    assert found["Series"] == "每周要闻 #3.5"
    assert found["Tags"] == "news, 新闻"
    assert found["Publisher"] == "P"
    assert re.fullmatch(r".+ · Keeping the light: .+ · .+", found["Comments"])
    assert found["Languages"] == "eng"
    assert found["Published"].startswith("2022-01-14")


def modern_declarations() -> list[str]:
    css = re.sub(r"/\*.*?\*/", "", (ROOT / "epubmaker/packager/styles/modern.css").read_text(encoding="utf-8"))
    return [each.strip() for block in re.findall(r"{([^}]*)}", css) for each in block.split(";") if each.strip()]


@pytest.fixture(scope="module")
def webkit() -> Iterator[WebKit]:
    with WebKit() as webkit:
        yield webkit


with_webkit = pytest.mark.skipif(
    missing_webkit() is not None, reason=f"{missing_webkit()} is not installed: run .ci/readers"
)


@with_webkit
def test_webkit_knows_each_rule_that_is_for_the_engines_of_browsers(webkit: WebKit) -> None:
    unknown = webkit.run("return arguments[0].filter(each => !CSS.supports(each))", modern_declarations())

    assert [each for each in unknown if not each.startswith("text-spacing-trim")] == []


@with_webkit
@only("kepub", "ar")
def test_webkit_shows_each_page_whole_and_by_the_second_sheet(book: Book, webkit: WebKit, tmp_path: Path) -> None:
    with zipfile.ZipFile(book.paths[0]) as made:
        made.extractall(tmp_path)
    expected = documents(book.paths[0])
    for name in ("EPUB/cover.xhtml", *(each for each in expected if each.startswith("EPUB/a-"))):
        found = webkit.run(WEBKIT_LOOK, page=tmp_path / name)
        assert letters(found["text"]) == letters(text_of(expected[name])), name
        assert found["broken"] == [], name
        assert found["beyond"] == 0, name
        assert found["wrap"] in {"balance", None}, name


# What a page shows, in which no picture is broken and nothing is wider than the window, and how its title is set.
WEBKIT_LOOK = """
const title = document.querySelector('h1')
return {
    text: document.body.textContent,
    broken: [...document.images].filter(image => !image.naturalWidth).map(image => image.alt),
    beyond: Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth),
    wrap: title && getComputedStyle(title).getPropertyValue('text-wrap-style'),
}
"""


@needs("foliate-js")
def test_chromium_knows_each_rule_that_is_for_the_engines_of_browsers(systems: ReadingSystems) -> None:
    declarations = modern_declarations()

    assert len(declarations) > 5
    assert [each for each in systems.unknown_css(declarations) if not each.startswith("hanging-punctuation")] == []


@needs("foliate-js")
def test_pages_are_not_left_half_empty(
    systems: ReadingSystems, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = write_book(tmp_path)
    found = {style.name: blank_feet(systems, book, style.name) for style in styles()}

    with capsys.disabled():
        for style, blank in found.items():
            print(f"\n{style}: {blank.average:.1%} of a page is blank at its foot on average, {blank.most:.1%} at most")
    assert max(blank.average for blank in found.values()) < MOST_ON_AVERAGE
    assert max(blank.most for blank in found.values()) < MOST


# Those of the most different markup: a document takes Ace about a second of the processor, whatever is in it.
@needs("@daisy/ace")
@only("kepub", "kindle")
def test_ace_finds_no_violation_in_any_kind_of_book(book: Book, systems: ReadingSystems, tmp_path: Path) -> None:
    assert systems.ace(book.paths[0], tmp_path) == []


@only(*TITLES)
def test_the_samples_are_whole(book: Book) -> None:
    """The tests above compare books with themselves; this one compares them with what was written."""
    shown = letters("".join(text_of(markup) for markup in documents(book.paths[0]).values()))
    for text in (*TITLES[book.name], CAPTIONS[book.name], *TEXTS[book.name]):
        assert letters(text_of(f"<body>{text}")) in shown, text
