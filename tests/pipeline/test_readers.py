"""Books in real reading systems: foliate-js in Chromium, MuPDF, calibre, and DAISY Ace. `.ci/readers` installs them."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from archives import write_archive
from checkout import ROOT
from pictures import jpeg
from readingsystems import ace, foliate, missing
from samples import CAPTIONS, TEXTS, TITLES, write_samples

from epubmaker.devices import DEVICES
from epubmaker.options import Network, Options
from epubmaker.packager.check.epubcheck import check_all
from epubmaker.packager.styles.sheets import styles
from epubmaker.pipeline.build import build

pytestmark = pytest.mark.slow

SEEDS = ROOT / "seeds"
SIZES = [[600, 800], [758, 1024], [1264, 1680]]
STYLES = [style.name for style in styles()]
# Every way in which one book may differ from another, several of them in each.
KINDS: dict[str, dict[str, Any]] = {
    "kepub": {"device": DEVICES["kobo-6"], "kepub": True, "picture_list": True},
    "kobo": {"device": DEVICES["kobo-7"], "group_by": "month", "grayscale": True},
    "kindle": {"device": DEVICES["kindle"], "group_by": "source", "style": "plain", "picture_list": True},
    "ade": {"device": DEVICES["ade"], "group_by": "folder", "style": "eink", "reverse": True},
    "apple": {"device": DEVICES["apple"], "group_by": "none", "style": "large-print", "series": "每日"},
    "bare": {"images": False, "draw_cover": False, "style": "magazine", "language": "fr", "authors": ("A", "B")},
    "volume": {"max_size": 150_000, "title": "The Parts"},
}


def of_a_kind(name: str) -> bool:
    return re.sub(r"-\d+$", "", name) in KINDS  # volumes are numbered


def needs(package: str) -> pytest.MarkDecorator:
    absent = missing(package)
    return pytest.mark.skipif(absent is not None, reason=f"{absent} is not installed: run .ci/readers")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the books: of the seeds, of three languages in each style, and of 200 articles."""
    folder = tmp_path_factory.mktemp("shelf")
    mixed = folder / "mixed"
    for language in TITLES:
        write_samples(mixed / language, language)
    write_archive(folder / "many", 200, "pictures")
    (folder / "many" / "pictures").mkdir()
    for number in range(200):
        (folder / "many" / "pictures" / str(number)).write_bytes(jpeg(480 + number, 320))
    books = {"seeds": SEEDS, "many": folder / "many"} | {f"mixed-{style}": mixed for style in STYLES}
    for name, articles in books.items():
        style = name.removeprefix("mixed-") if name.startswith("mixed") else "news"
        build(Options(inputs=(articles,), output=folder / f"{name}.epub", style=style))
    only = {language: folder / f"only-{language}.epub" for language in TITLES}
    for language, path in only.items():
        build(Options(inputs=(mixed / language,), output=path, group_by="none", draw_cover=False))
    few = folder / "few"
    for language in TITLES:
        for name in ("003.txt", "small.jpg", "wide.jpg"):
            (few / language).mkdir(parents=True, exist_ok=True)
            shutil.copy(mixed / language / name, few / language)
    for name, options in KINDS.items():
        build(Options(inputs=(few, SEEDS), output=folder / f"{name}.epub", **options))
    return {path.stem: path for path in sorted(folder.glob("*.epub"))}


def documents(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name).decode() for name in book.namelist() if name.endswith("html")}


def text_of(markup: str) -> str:
    body = markup.partition("<body")[2]
    return " ".join(html.unescape(re.sub("<[^>]*>", " ", "<body" + body)).split())


def letters(text: str) -> str:
    return "".join(text.split())


def test_epubcheck_has_no_message(shelf: dict[str, Path]) -> None:
    assert [message for result in check_all(list(shelf.values())) for message in result.messages] == []


@needs("foliate-js")
def test_foliate_shows_every_page_as_it_should_be(shelf: dict[str, Path]) -> None:
    books = [{"path": str(path), "sizes": SIZES[:1] if of_a_kind(name) else SIZES} for name, path in shelf.items()]
    for name, found in zip(shelf, foliate(books), strict=True):
        assert found["errors"] == [], name
        assert found["requests"] == [], name
        assert_pages(name, shelf[name], found)


def assert_pages(name: str, path: Path, found: dict[str, Any]) -> None:
    expected = documents(path)
    expected.pop("EPUB/nav.xhtml")
    assert {section["href"] for section in found["sections"]} == set(expected)
    for section in found["sections"]:
        where = f"{name} {section['size']} {section['href']}"
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
        assert entry["heading"] == entry["label"] or no_opener, name
    assert found["start"] in {entry["href"] for entry in found["contents"]}


def test_mupdf_renders_every_page_with_its_text_and_pictures(shelf: dict[str, Path]) -> None:
    for name, path in shelf.items():
        with pymupdf.open(path) as book:  # type: ignore[no-untyped-call]  # it has no types
            book.layout(width=440, height=600, fontsize=12)
            pages = [page.get_text() for page in book]
            shown = letters("".join(pages))
            for language in TITLES if name.startswith("mixed") else ():
                # MuPDF gives right-to-left text in the order of the page.
                if language != "ar":
                    assert all(letters(title) in shown for title in TITLES[language]), (name, language)
            assert len(book.get_toc()) >= len(documents(path)) - 6
            for page in book:
                pixels = page.get_pixmap(dpi=72).samples
                # The library's own test for one color takes twenty times as long as drawing the page.
                blank = pixels == pixels[:3] * (len(pixels) // 3)
                assert not blank or not page.get_text().strip(), (name, page.number)


@pytest.mark.skipif(shutil.which("ebook-convert") is None, reason="calibre is not installed: run .ci/readers")
@pytest.mark.parametrize("name", ["seeds", "mixed-news", "many", "kindle"])
def test_calibre_converts_to_azw3_and_back_with_all_text_and_pictures(
    name: str, shelf: dict[str, Path], tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox",
        "CALIBRE_CONFIG_DIRECTORY": str(tmp_path),
    }
    azw3, back = tmp_path / "b.azw3", tmp_path / "b.epub"
    for source, target in ((shelf[name], azw3), (azw3, back)):
        subprocess.run(["ebook-convert", source, target], env=environment, check=True, capture_output=True)
    kept = letters("".join(text_of(markup) for markup in documents(back).values()))
    for document, markup in documents(shelf[name]).items():
        if document.startswith("EPUB/a-"):
            for paragraph in re.findall(r"<(?:p|figcaption|h1)\b[^>]*>(.*?)</(?:p|figcaption|h1)>", markup, re.DOTALL):
                assert letters(text_of(f"<body>{paragraph}")) in kept, document
    with zipfile.ZipFile(shelf[name]) as before, zipfile.ZipFile(back) as after:
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
        description="What happened.",
        series="每周要闻",
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
    assert found["Series"] == "每周要闻 #20220114"
    assert found["Tags"] == "news, 新闻"
    assert (found["Publisher"], found["Comments"]) == ("P", "What happened.")
    assert found["Languages"] == "eng"
    assert found["Published"].startswith("2022-01-14")


@needs("@daisy/ace")
def test_ace_finds_no_violation_in_any_kind_of_book(shelf: dict[str, Path], tmp_path: Path) -> None:
    names = [name for name in shelf if of_a_kind(name) or name.startswith("only")] + ["seeds", "mixed-news"]
    assert {re.sub(r"-\d+$", "", name) for name in names} >= set(KINDS)

    # Two at a time: each starts a browser of its own, and waits for it most of the time.
    with ThreadPoolExecutor(2) as pool:
        found = dict(zip(names, pool.map(lambda name: ace(shelf[name], tmp_path / name), names), strict=True))

    assert found == {name: [] for name in names}


def test_the_samples_are_whole(shelf: dict[str, Path]) -> None:
    """The tests above compare books with themselves; this one compares them with what was written."""
    for language, texts in TEXTS.items():
        shown = letters("".join(text_of(markup) for markup in documents(shelf[f"only-{language}"]).values()))
        for text in (*TITLES[language], CAPTIONS[language], *texts):
            assert letters(text_of(f"<body>{text}")) in shown, text
