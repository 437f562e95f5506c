"""The characters of a text: which are removed, which stay, and that the quick checks agree with the patterns."""

from __future__ import annotations

import sys
from html import escape

import pytest
from books import METADATA
from drafting import article, documents
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from epubmaker.chapters.draft import draft
from epubmaker.chapters.xhtml.content import ATTRIBUTES
from epubmaker.model.chapters import PictureAnchor, PictureSlot
from epubmaker.packager.contents import Contents, ContentsGroup, ContentsItem
from epubmaker.packager.package import statements
from epubmaker.packager.pages import Pages
from epubmaker.packager.toc import Landmark, nav_document, ncx, outline
from epubmaker.text.characters import INVISIBLE, clean, collapse, letters, plain


def test_every_character_is_treated_alone_as_beside_one_that_needs_mending() -> None:
    # A lone character may take the quick way; beside a control character it never does.
    differing = [
        hex(code)
        for code in (*range(0x12000), *range(0x1F000, 0x1FFFF + 1), sys.maxunicode)
        if clean(chr(code)) != clean(f"a\0{chr(code)}").removeprefix("a")
        or clean(chr(code)) != clean(f"{chr(code)}\n").removesuffix("\n")
        or collapse(chr(code)) != collapse(f"a\t{chr(code)}a").removeprefix("a ").removesuffix("a")
        if chr(code) not in " \t\n\r\f\xa0"
    ]

    assert differing == []


def test_a_character_on_one_line_is_treated_alone_as_beside_one_that_needs_mending() -> None:
    codes = (*range(0x12000), *range(0x1F000, 0x1FFFF + 1), sys.maxunicode)
    assert [hex(code) for code in codes if plain(f"a{chr(code)} ") != plain(f"\0a{chr(code)} ")] == []


@given(st.text(), st.text())
def test_the_letters_of_two_texts_are_those_of_each(one: str, other: str) -> None:
    assert letters(one + other) == letters(one) + letters(other)


@given(st.text("a \xa0\u3000\u2011\xad\t中", max_size=8))
def test_a_text_on_one_line_is_that_of_its_words(text: str) -> None:
    assert plain(text) == " ".join(filter(None, map(clean, text.split()))) == plain(f"{text}\0")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", "plain words"),
        ("two  spaces", "two spaces"),
        ("no\u2011break", "no-break"),
        ("so\u00adft", "soft"),
        ("\u4e2d\n  \u6587", "\u4e2d\u6587"),
        ("one\nline", "one line"),
        ("hard\xa0space", "hard\xa0space"),
        ("indent\u3000ed", "indent\u3000ed"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("ภาษา\u200bไทย", "ภาษา\u200bไทย"),
        ("harbor\u200bmaster", "harbormaster"),
    ],
)
def test_a_text_is_cleaned_and_its_white_space_collapsed(text: str, expected: str) -> None:
    assert collapse(clean(text)) == expected


# What XML forbids, what it advises against, and what older readers show as boxes.
BAD = [
    *map(chr, (*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, *range(0xFDD0, 0xFDF0))),
    *(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    *INVISIBLE,
]
HELD = sorted({(name, key) for name, keys in ATTRIBUTES.items() for key in keys})
OTHERS = [
    *(
        (name, key)
        for name in ("p", "span", "a", "img", "math", "svg", "iframe")
        for key in ("id", "lang", "dir", "class")
    ),
    *(("a", "href"), ("a", "name"), ("a", "title"), ("img", "alt"), ("img", "title"), ("img", "aria-label")),
    *(("math", "alttext"), ("mo", "mathvariant"), ("mfenced", "open"), ("svg", "aria-label"), ("text", "fill")),
    *(("iframe", "title"), ("table", "summary"), ("video", "aria-label"), ("aside", "role"), ("aside", "epub:type")),
]
AROUND = {
    "mo": "<math><mi>x</mi>{}</math>",
    "mfenced": "<math><mi>x</mi>{}</math>",
    "text": "<svg viewBox='0 0 99 99'>{}</svg>",
    "td": "<table><tr>{}</table>",
    "th": "<table><tr>{}</table>",
    "li": "<ol>{}</ol>",
}
hostile = st.text(st.one_of(st.sampled_from(BAD), st.sampled_from("ab1 &<>\"'\n#:/.\u0645")), max_size=8)


def check_clean(content: str) -> None:
    """Check that a document is well-formed and has none of the characters, however they are written."""
    read = etree.tostring(etree.fromstring(content.encode()), encoding="unicode")
    assert not set(BAD) & {*content, *read}


held = st.tuples(st.sampled_from(HELD + OTHERS), hostile, hostile, st.booleans())


@given(st.lists(held, min_size=1, max_size=8), hostile)
def test_no_attribute_or_text_brings_a_forbidden_character_into_a_chapter(
    elements: list[tuple[tuple[str, str], str, str, bool]], title: str
) -> None:
    html = "".join(
        AROUND.get(name, "<p>{}</p>").format(
            f'<{name} src="http://e.com/a.jpg" {key}="{_written(value, named)}">{_written(text, named)}x</{name}>'
        )
        for (name, key), value, text, named in elements
    )
    made = draft(article(f"<ul><li>{html}</ul>", title or "x"))

    assert not set(BAD) & set(made.excerpt)
    assert not any(set(BAD) & set(slot.alt) for slot in made.parts[0] if isinstance(slot, PictureSlot))
    for document in documents(made, "c"):
        check_clean(document.content.decode())


@given(hostile, hostile)
def test_no_title_or_source_brings_a_forbidden_character_into_the_package(title: str, source: str) -> None:
    item = ContentsItem.of(title, "a.xhtml", "en", source)
    contents = Contents((ContentsGroup(source, (item, item)), ContentsGroup(title, (item, item)))).with_openers()
    metadata = METADATA._replace(title=title, identifier=source, authors=(source, title), publisher=title)
    metadata = metadata._replace(description=source, series=title, subjects=(source,), sort_title=source)
    pages = Pages(metadata, contents, "style.css")
    landmarks = (Landmark("toc", "toc", title, "contents.xhtml"),)

    for page in (
        pages.cover(),
        pages.cover((3, 4)),
        pages.title_page(1, 1),
        *pages.table_of_contents(),
        *pages.picture_list([PictureAnchor(title, "a", "en", "b.jpg", title)]),
    ):
        check_clean(page.markup)
    entries = outline(contents, (), "en")
    check_clean(nav_document(entries, landmarks, "en", "style.css"))
    check_clean(ncx(entries, title, source, "en"))
    for statement in statements(metadata, cover=True, pictures=True):
        assert not set(BAD) & {*statement.value, *"".join(statement.attributes.values())}


def _written(value: str, by_reference: bool) -> str:  # noqa: FBT001
    return "".join(f"&#{ord(character)};" for character in value) if by_reference else escape(value)
