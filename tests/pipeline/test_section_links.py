"""A link to a section of another article of the book leads to that section, wherever it stands in the book."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from lxml import etree
from openbook import XHTML, OpenBook
from rebuilt import Archive

SITE = "https://www.example.org"
LONG = "<p>" + "A line of a very long story of the sea. " * 7500 + "</p>"
TARGET = (
    '<h2 id="tides">The tides</h2><p>They rise.</p><h2><span id="é t" class="mw-headline">Été</span></h2><p>Warm.</p>'
    '<section id="part"><h3>A part</h3><p>Text.</p></section><p><a name="old"></a>An old anchor.</p>'
    '<dl><dt id="term">Term</dt><dd>Meaning.</dd></dl><figure id="chart"><p>One, two.</p></figure>'
    '<p>See <a href="#inside">inside</a>.</p><p id="inside">Inside.</p>'
    f'{LONG}<h2 id="far">Far below</h2><p>The end.</p><pre><span id="line-1">code</span></pre>'
)
# Addresses of places in the article, and the text there; None where the link leads to the chapter.
PLACES = {
    f"{SITE}/target#tides": "The tides",
    "/target#tides": "The tides",
    "http://example.org/target/?utm_source=x#tides": "The tides",
    "https://m.example.org/target#tides": "The tides",
    "https://amp.example.org/target.amp#tides": "The tides",
    f"{SITE}/target/amp/#tides": "The tides",
    f"{SITE}/target?amp=1#tides": "The tides",
    f"{SITE}/tar%67et#%C3%A9%20t": "Été",
    f"{SITE}/target#%25C3%25A9%2520t": "Été",
    f"{SITE}/target#tides:~:text=They": "The tides",
    f"{SITE}/target#part": "A part",
    f"{SITE}/target#old": "An old anchor.",
    f"{SITE}/target#term": "Term",
    f"{SITE}/target#chart": "One, two.",
    f"{SITE}/target#inside": "Inside.",
    f"{SITE}/target#far": "Far below",
    f"{SITE}/target#line-1": None,
    f"{SITE}/target#gone": None,
    f"{SITE}/target#:~:text=They": None,
    f"{SITE}/target": None,
}
LINKS = "".join(f'<p><a href="{address}">x</a></p>' for address in PLACES)
WORDS = "<p>Words that no page with others has room for, and many of them.</p>"


def write(archive: Archive, name: str, hour: int, body: str) -> Path:
    path = archive.inputs / f"{name}.txt"
    return write_article(path, name.title(), link=f"{SITE}/{name}", body=body, moment=START + timedelta(hours=hour))


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path)
    write(made, "early", 0, f"{WORDS}{LINKS}")
    write(made, "target", 1, TARGET)
    write(made, "late", 2, f"{WORDS}{LINKS}")
    write(made, "short", 3, f'<h2 id="own">Own</h2><p>See <a href="{SITE}/short-2#other">x</a>.</p>')
    write(made, "short-2", 4, f'<h2 id="other">Other</h2><p>See <a href="{SITE}/short#own">x</a>.</p>')
    return made


def place(book: OpenBook, document: str, link: etree._Element) -> str | None:
    """Return the text that a link leads to; None where it leads to the start of a document."""
    name, _, identifier = link.get("href", "").partition("#")
    if not identifier:
        return None
    (node,) = [node for node in book.tree(name or document).iter() if node.get("id") == identifier]
    return ("".join(node.itertext()) or str(node.tail)).strip()


def places(book: OpenBook, document: str) -> list[str | None]:
    """Return what the links of an article lead to, in order."""
    return [place(book, document, link) for link in book.tree(document).iter(f"{XHTML}a") if link.text == "x"]


def test_a_link_leads_to_a_section_before_and_after_it_in_whichever_document_that_is(
    archive: Archive, assert_clean: AssertClean
) -> None:
    archive.build(min_text=60)
    book = OpenBook.read(archive.output)
    early, target, late, page = book.chapters

    assert places(book, early) == places(book, late) == list(PLACES.values())
    documents = {link.get("href", "").partition("#")[0] for link in book.tree(early).iter(f"{XHTML}a")}
    assert sum(name.startswith(target.removesuffix(".xhtml")) for name in documents) == 2
    assert places(book, page) == ["Other", "Own"]
    assert_clean(archive.output)


def test_a_chapter_is_made_anew_when_a_section_that_it_leads_to_goes_or_comes(archive: Archive) -> None:
    archive.build()
    write(archive, "target", 1, TARGET.replace('id="tides"', 'id="gone"'))
    archive.build()

    early, _, late, *_ = OpenBook.read(archive.output).chapters
    swapped = {None: None, **{text: text for text in PLACES.values()}, "The tides": None}
    wanted = ["The tides" if address.endswith("#gone") else swapped[text] for address, text in PLACES.items()]
    assert places(OpenBook.read(archive.output), early) == places(OpenBook.read(archive.output), late) == wanted
    assert archive.output.read_bytes() == archive.from_nothing()

    (archive.inputs / "late.txt").unlink()  # all others are known
    archive.build()

    assert archive.output.read_bytes() == archive.from_nothing()
