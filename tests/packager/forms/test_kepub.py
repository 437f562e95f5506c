"""Kobo's form of the documents."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from books import METADATA, STYLE, chapter, draw_picture, entries, grouped
from cleanbooks import AssertClean
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.packager.forms.kepub import add_spans
from epubmaker.packager.writer import BookWriter

XHTML = "{http://www.w3.org/1999/xhtml}"


def page(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>A. B.</title></head><body>{body}</body></html>"
    ).encode()


def spans(document: bytes) -> list[str]:
    return ["".join(span.itertext()) for span in ET.fromstring(document).iter(f"{XHTML}span")]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"]),
        ("It cost 3.5 million, he said.", ["It cost 3.5 million, he said."]),
        ("“Come in.” She did.", ["“Come in.” ", "She did."]),
        (
            "会议结束了。他说：“没有进展！”双方将继续谈判？是的",
            ["会议结束了。", "他说：“没有进展！”", "双方将继续谈判？", "是的"],
        ),
        ("等等……好。", ["等等……", "好。"]),
        ("Wait ... what", ["Wait ... ", "what"]),
        ("A &amp; B. C", ["A & B. ", "C"]),
        ("...", ["..."]),
    ],
)
def test_each_sentence_has_its_span(text: str, sentences: list[str]) -> None:
    assert spans(add_spans(page(f"<p>{text}</p>"))) == sentences


def test_ids_count_paragraphs_and_sentences() -> None:
    made = add_spans(
        page('<h1>T</h1>\n<p>One. <em>Two</em>. 3</p>\n<figure><img src="x.jpg" alt=""/></figure><ul><li>x</li></ul>')
    )

    assert re.findall(rb'id="(kobo\.[^"]*)"', made) == [
        b"kobo.1.1",
        b"kobo.2.1",
        b"kobo.2.2",
        b"kobo.2.3",
        b"kobo.3.1",
        b"kobo.4.1",
    ]
    assert b'<span class="koboSpan" id="kobo.3.1"><img src="x.jpg" alt=""/></span>' in made
    assert b"</h1>\n<p>" in made


def test_code_formulas_and_ruby_are_left_alone() -> None:
    body = "<pre>a. b</pre><ruby>漢<rt>かん</rt></ruby><p><math><mi>x</mi></math></p><svg><text>t. u</text></svg>"

    assert spans(add_spans(page(body))) == []


@pytest.mark.parametrize("body", ["", "<p>Text.</p>", "<p/>", "<img src='a>b' alt='x'/>"])
def test_done_twice_is_done_once(body: str) -> None:
    once = add_spans(page(body))

    assert once != page(body)
    assert add_spans(once) == once


@given(
    st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
)
def test_no_text_is_lost_or_moved(texts: list[str]) -> None:
    before = page("".join(f"<p>{escape(text)}<br/>{escape(text)}</p>" for text in texts))
    after = add_spans(before)
    body = f"{XHTML}body"

    assert "".join(ET.fromstring(after).find(body).itertext()) == "".join(ET.fromstring(before).find(body).itertext())  # type: ignore[union-attr]
    ids = re.findall(rb'id="([^"]*)"', after)
    assert len(set(ids)) == len(ids)


@pytest.mark.slow
def test_a_book_in_this_form_passes_epubcheck(tmp_path: Path, assert_clean: AssertClean) -> None:
    made = [chapter(1, "zh-Hans", [draw_picture(tmp_path, "one")]), chapter(2, "ar")]
    with BookWriter(tmp_path / "b.kepub.epub", STYLE, form="kepub") as writer:
        for one in made:
            writer.add_chapter(one.chapter)
        writer.complete(METADATA, grouped(made, 1))
        writer.publish()

    assert_clean(tmp_path / "b.kepub.epub")
    files = entries(tmp_path / "b.kepub.epub")
    pages = {name for name in files if name.endswith(".xhtml")}
    assert {name for name in pages if b"koboSpan" in files[name]} == pages - {"EPUB/nav.xhtml"}
    assert len(pages) >= 4
