"""What books for each family of readers have in addition, and what all books have for the strictest readers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from archives import write_article
from cleanbooks import AssertClean
from openbook import NCX, XHTML, OpenBook
from pictures import photo
from PIL import Image

from epubmaker.devices import DEVICES, RENDITIONS, Device, SizeLimit
from epubmaker.errors import UsageError
from epubmaker.options import Network, Options
from epubmaker.packager.forms.adobe import simplify
from epubmaker.pipeline.build import build
from epubmaker.report import Report

MATH = "http://www.w3.org/1998/Math/MathML"
HOSTILE = (
    '<body id="top"><!-- a -- b --><p style="display:none">Unseen</p><p id="x y">A<u>b</u>c \u00adsoft\u2011hard\u200b</p>'
    '<p><a href="#top">up</a> <a href="#nowhere">no</a></p><img><img src=""><img src="p.jpg" alt=""><style>p{--x:1}</style>'
    "<p><ruby>漢<rt>かん</rt></ruby> <ruby>字<rp>（</rp><rt>じ</rt><rp>）</rp></ruby></p>"
    f'<math xmlns="{MATH}"><mfrac><mrow><mi>a</mi><mo>+</mo><mn>1</mn></mrow><mi>b</mi></mfrac></math></body>'
)
FORM_DEVICES = {form: next(d for d in DEVICES.values() if d.rendition.name == form) for form in RENDITIONS}


def write_input(folder: Path) -> None:
    folder.mkdir()
    photo(900, 600).save(folder / "p.jpg")
    for number in (1, 2):
        body = HOSTILE + "<p>Words.</p>" * 40
        write_article(folder / f"{number}.txt", f"Title\u2011{number}\u00ad", link=f"https://e.org/{number}", body=body)


def make(tmp_path: Path, device: Device | str, **fields: Any) -> tuple[OpenBook, Report]:
    folder = tmp_path / "in"
    if not folder.exists():
        write_input(folder)
    options = {
        "title": "News",
        "language": "en",
        "network": Network(offline=True),
        "draw_cover": False,
        "images": False,
        **fields,
    }
    device = DEVICES[device] if isinstance(device, str) else device
    report = build(Options((folder,), output=tmp_path / "b.epub", device=device, **options))
    return OpenBook.read(report.books[0].path), report


def documents(book: OpenBook) -> Iterator[tuple[str, str]]:
    for name, content in book.files.items():
        if name.endswith(".xhtml"):
            yield name.removeprefix("EPUB/"), content.decode()


@pytest.fixture(params=RENDITIONS, scope="module")
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> OpenBook:
    """A book in each of the forms."""
    return make(tmp_path_factory.mktemp(request.param), FORM_DEVICES[request.param], draw_cover=True, images=True)[0]


def test_a_book_in_every_form_has_what_send_to_kindle_refuses_books_without(book: OpenBook) -> None:
    ids = {name: set(re.findall(r'\bid="([^"]*)"', markup)) for name, markup in documents(book)}
    for name, markup in documents(book):
        assert markup.startswith('<?xml version="1.0" encoding="utf-8"?>'), name
        body = book.tree(name).find(f"{XHTML}body")
        assert body is not None
        assert body.get("id") is None, name
        assert "<!--" not in markup
        assert "<style" not in markup
        assert " style=" not in markup
        assert all(image.get("src") and image.get("alt") for image in book.tree(name).iter(f"{XHTML}img")), name
        for target, fragment in re.findall(r'href="([^":]*)#([^"]*)"', markup):
            assert fragment in ids[target or name], name
        hidden = [element for element in book.tree(name).iter() if element.get("hidden") is not None]
        assert sum(len("".join(element.itertext())) for element in hidden) < 1000, name
    css = re.sub(r"/\*.*?\*/", "", book.files["EPUB/style.css"].decode(), flags=re.DOTALL)
    assert not re.search(r"display:\s*none|var\(|--|position:|@|(?<![\w-])flex", css)
    assert book.metadata["language"] == "en"


def test_contents_spine_and_guide_of_every_form_are_in_one_order_and_name_what_there_is(book: OpenBook) -> None:
    targets = [target for _, target in book.ncx]
    assert targets == [target for _, target in book.nav]
    places = [book.spine.index(target) for target in targets]  # no fragments either: ADE cannot follow them all
    assert places == sorted(places)
    assert all(point.get("id") for point in book.tree("toc.ncx").iter(f"{NCX}navPoint"))
    guide = {mark.get("type"): mark.get("href") for mark in book.package.iter("{*}reference")}
    assert {"cover", "toc", "text"} <= guide.keys()
    assert guide["text"] == book.chapters[0]
    cover = next(meta for meta in book.package.iter("{*}meta") if meta.get("name") == "cover")
    assert cover.get("content") in {item.get("id") for item in book.package.iter("{*}item")}


def test_the_cover_is_in_a_drawing_but_for_engines_that_are_poor_at_them(
    book: OpenBook, request: pytest.FixtureRequest
) -> None:
    page = book.tree("cover.xhtml")
    (item,) = (item for item in book.package.iter("{*}item") if item.get("href") == "cover.xhtml")
    with Image.open(BytesIO(book.files["EPUB/cover.jpg"])) as image:
        width, height = image.size

    if request.node.callspec.params["book"] in {"plain", "modern", "apple"}:
        assert [drawing.get("viewBox") for drawing in page.iter("{*}svg")] == [f"0 0 {width} {height}"]
        assert item.get("properties") == "svg"
    else:
        assert [picture.get("src") for picture in page.iter(f"{XHTML}img")] == ["cover.jpg"]
        assert item.get("properties") is None


def test_no_document_is_longer_and_no_character_stranger_than_ade_can_show(tmp_path: Path) -> None:
    write_article(
        tmp_path / "in/1.txt",
        "Long\u2011er\u00ad",
        body=("<p>" + "Words\u2011words\u200b. " * 60 + "<code>a<wbr>b中<wbr>c</code></p>") * 800,
    )

    book, _ = make(tmp_path, "ade")

    assert len(book.spine) > 4
    for name, markup in documents(book):
        assert len(markup.encode()) <= 240_000, name
        assert not re.search("[\u00ad\u200b\u2011\u2060\ufeff]", markup), name


def test_pages_break_by_files_alone_as_kobo_needs_it(tmp_path: Path) -> None:
    book, _ = make(tmp_path, "kobo-7", draw_cover=True)

    assert book.spine[0] == "cover.xhtml"
    assert book.text("cover.xhtml").strip() == ""
    assert not re.search(r"page-break-(before|after):\s*always", book.files["EPUB/style.css"].decode())
    assert len(book.files["EPUB/cover.jpg"]) < 3_000_000


def test_formulas_and_readings_become_text_for_adobes_engine_alone(tmp_path: Path) -> None:
    whole, _ = make(tmp_path, "generic")
    plain, _ = make(tmp_path, "ade")
    kobo, _ = make(tmp_path, "kobo-6")
    kepub, _ = make(tmp_path, "kobo-6", kepub=True, draw_cover=True)

    assert b"<svg " in kepub.files["EPUB/cover.xhtml"]
    markup = plain.files[f"EPUB/{plain.chapters[0]}"].decode()
    assert '<span class="formula">(a+1)/b</span>' in markup
    assert "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>" in markup
    assert "<ruby>字<rp>（</rp><rt>じ</rt><rp>）</rp></ruby>" in markup
    for book, drawn in ((whole, True), (plain, False), (kobo, False), (kepub, True)):
        assert ("<math" in book.files[f"EPUB/{book.chapters[0]}"].decode()) == drawn
        assert (b'properties="mathml"' in book.files["EPUB/package.opf"]) == drawn


def test_each_device_gets_its_own_form_of_a_book_that_was_made_before(tmp_path: Path) -> None:
    kept = {"cache": tmp_path / "cache", "images": True}
    heavy = DEVICES["ade"]._replace(rendition=RENDITIONS["adobe"]._replace(document_bytes=1_000))

    forms = [make(tmp_path, device, **kept)[0] for device in ("generic", "ade", "generic", "ade")]
    _, said = make(tmp_path, heavy, **kept)

    drawn = ["<math" in book.files[f"EPUB/{book.chapters[0]}"].decode() for book in forms]
    assert drawn == [True, False, True, False]
    assert [issue.code for issue in said.issues].count("document-heavy") == 2


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        ("<msubsup><mo>∫</mo><mn>0</mn><mrow><mi>n</mi><mo>-</mo><mn>1</mn></mrow></msubsup>", "∫_0^(n-1)"),
        ("<msqrt><mn>2</mn><mi>x</mi></msqrt>", "√2x"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "x^(1/3)"),
        ("<mfrac><mn>12</mn><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></mfrac>", "12/(a&lt;b)"),
        (
            "<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr><mtr><mtd><mi>c</mi></mtd></mtr></mtable>",
            "a, b; c",
        ),
        ("<mrow/>", ""),
    ],
)
def test_a_formula_reads_as_one_would_type_it(formula: str, text: str) -> None:
    page = f'<p>a <math xmlns="{MATH}">{formula}</math> b</p>'

    assert simplify(page.encode()).decode() == f'<p>a <span class="formula">{text}</span> b</p>'


def test_a_formula_that_its_author_put_in_words_keeps_them() -> None:
    page = f'<p><math xmlns="{MATH}" alttext="half of &lt;x&gt;"><mi>y</mi></math></p>'

    assert simplify(page.encode()).decode() == '<p><span class="formula">half of &lt;x&gt;</span></p>'


CSS = """p { margin: 1em } .a { display: none } .b { max-height: 9em; padding: 1em } .c { width: calc(1em + 1px) }
.d { margin-left: -2em } @media print { p { margin: 0 } } .e { visibility: hidden }"""


@pytest.mark.parametrize(
    ("device", "kept", "codes"),
    [
        ("generic", ["display", "max-height", "calc", "-2em", "@media", "hidden"], {"css-risky"}),
        ("kindle", [], {"css-dropped"}),
        ("ade", ["display", "max-height", "-2em", "hidden"], {"css-dropped"}),
        ("kobo-6", ["display", "max-height", "-2em", "hidden"], {"css-dropped"}),
        ("apple", ["display", "max-height", "calc", "-2em", "@media", "hidden"], {"css-risky"}),
    ],
)
def test_css_that_the_device_does_not_support_is_left_out(
    device: str, kept: list[str], codes: set[str], tmp_path: Path
) -> None:
    own = tmp_path / "own.css"
    own.write_text(CSS)

    book, report = make(tmp_path, device, css=(own,))

    sheet = book.files["EPUB/style.css"].decode().rpartition("p { margin: 1em; }")[2]
    assert [word for word in ("display", "max-height", "calc", "-2em", "@media", "hidden") if word in sheet] == kept
    assert "padding: 1em" in sheet
    assert {issue.code for issue in report.issues if issue.code.startswith("css")} == codes


@pytest.mark.parametrize("device", ["ade", "kobo-6", "generic"])
def test_a_users_own_style_knows_the_elements_of_html5_where_the_engine_does_not(device: str, tmp_path: Path) -> None:
    own = tmp_path / "own.css"
    own.write_text("p { margin: 1em }")

    book, _ = make(tmp_path, device, style=str(own))

    opens = book.files["EPUB/style.css"].startswith(b"section, article, header, footer, nav, aside")
    assert opens == (device != "generic")


def test_the_cover_has_the_shape_of_the_screen_on_a_kobo(tmp_path: Path) -> None:
    kobo, _ = make(tmp_path, "kobo-6", draw_cover=True)
    other, _ = make(tmp_path, "generic", draw_cover=True)

    assert kobo.picture("cover.jpg").size == (1600, 2133)
    assert other.picture("cover.jpg").size == (1600, 2560)


@pytest.mark.parametrize(
    ("device", "title", "name"),
    [
        ("kindle", "News – été 2022", "News - ete 2022.epub"),
        ("kindle", "每日要闻 2022-01-12", "2022-01-12 e32433.epub"),
        ("kindle", "体育", "book ef7be5.epub"),
        ("generic", "每日要闻 2022-01-12", "每日要闻 2022-01-12.epub"),
    ],
)
def test_a_file_name_for_the_mail_is_ascii(device: str, title: str, name: str, tmp_path: Path) -> None:
    write_input(tmp_path / "in")
    report = build(
        Options(
            (tmp_path / "in",),
            output=tmp_path,
            title=title,
            device=DEVICES[device],
            network=Network(offline=True),
            draw_cover=False,
            images=False,
        )
    )

    assert report.books[0].path == tmp_path / name
    assert report.books[0].title == title


def test_a_name_that_was_asked_for_is_kept(tmp_path: Path) -> None:
    write_input(tmp_path / "in")
    output = tmp_path / "要闻.epub"
    build(Options((tmp_path / "in",), output=output, device=DEVICES["kindle"], images=False, draw_cover=False))

    assert output.exists()


@pytest.mark.parametrize(
    ("device", "language", "said"), [("kindle", "uk", True), ("kindle", "zh-Hans", False), ("ade", "uk", False)]
)
def test_a_language_that_amazon_does_not_list_is_an_issue(
    tmp_path: Path, device: str, language: str, *, said: bool
) -> None:
    _, report = make(tmp_path, device, language=language)

    found = [issue for issue in report.issues if issue.code == "language-unlisted"]
    assert len(found) == said
    assert all("'uk'" in issue.message and "--language" in issue.message for issue in found)


def test_a_book_that_is_too_large_to_be_sent_says_so(tmp_path: Path) -> None:
    limits = (SizeLimit(5_000, "five at most"), SizeLimit(10_000, "ten at most"), SizeLimit(50_000_000, "much"))
    small = DEVICES["kindle"]._replace(rendition=RENDITIONS["kindle"]._replace(size_limits=limits))

    _, report = make(tmp_path, small, images=True)
    _, other = make(tmp_path, "kindle")

    [found] = [issue for issue in report.issues if issue.code == "book-large"]
    assert "ten at most; give --max-size" in found.message
    assert not [issue for issue in other.issues if issue.code == "book-large"]
    assert [limit.size for limit in RENDITIONS["kindle"].size_limits] == [50_000_000, 200_000_000]


def test_a_document_with_more_pictures_than_fit_in_memory_is_reported(tmp_path: Path) -> None:
    small = DEVICES["kobo-6"]._replace(rendition=RENDITIONS["kobo"]._replace(document_bytes=1_000))

    _, report = make(tmp_path, small, images=True)
    _, other = make(tmp_path, "kobo-6", images=True)

    heavy = [Path(issue.where).name for issue in report.issues if issue.code == "document-heavy"]
    assert heavy == ["1.txt", "2.txt"]
    assert not [issue for issue in other.issues if issue.code == "document-heavy"]


def test_kobos_own_form_is_not_made_for_a_kindle(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--kepub"):
        make(tmp_path, "kindle", kepub=True)


@pytest.mark.slow
def test_a_book_in_every_form_passes_epubcheck(tmp_path: Path, assert_clean: AssertClean) -> None:
    books = []
    for form, device in FORM_DEVICES.items():
        for kepub in (False, True) if form == "kobo" else (False,):
            (tmp_path / f"{form}{kepub}").mkdir()
            make(tmp_path / f"{form}{kepub}", device, kepub=kepub, draw_cover=True, images=True)
            books.append(tmp_path / f"{form}{kepub}" / "b.epub")

    assert_clean(*books)
