"""Footnotes are marked, whatever markup a site uses for them, and lead back; other links stay links."""
# ruff: noqa: E501 - markup is easier to read on one line

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4.element import Tag
from cleanbooks import AssertClean
from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st
from minibook import write_book

from epubmaker.chapters.draft import draft
from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.links import resolve_links
from epubmaker.chapters.passes.notes import mark_notes
from epubmaker.chapters.render import Page, render
from epubmaker.model.articles import Article, Entry, Location
from epubmaker.model.chapters import Document

LINK = "https://example.org/a.html"


def tree(html: str) -> Tag:
    parsed = parse(html)
    context = PassContext(address=LINK, base=LINK, anchors=parsed.anchors)
    mark_notes(parsed.body, context)
    resolve_links(parsed.body, context)
    return parsed.body


EXAMPLES = {
    "Markdown": (
        '<p>Text<sup id="fnref:1"><a class="footnote-ref" href="#fn:1">1</a></sup></p><div class="footnotes"><hr><ol>'
        '<li id="fn:1"><p>The note.&nbsp;<a class="footnote-backref" href="#fnref:1">↩</a></p></li></ol></div>'
    ),
    "WordPress": (
        '<p>Text<sup data-fn="b2" class="fn"><a href="#b2" id="b2-link">1</a></sup></p>'
        '<ol class="wp-block-footnotes"><li id="b2">The note. <a href="#b2-link">↩︎</a></li></ol>'
    ),
    "Wikipedia": (
        '<p>Text<sup id="cite_ref-1" class="reference"><a href="#cite_note-1"><span>[</span>1<span>]</span></a></sup></p>'
        '<div class="reflist"><ol class="references"><li id="cite_note-1"><span class="mw-cite-backlink"><b>'
        '<a href="#cite_ref-1">^</a></b></span> <span class="reference-text">The note.</span></li></ol></div>'
    ),
    "Wikipedia, named": (
        '<p>Text<sup id="r0"><a href="#n">[1]</a></sup> and<sup id="r1"><a href="#n">[1]</a></sup></p>'
        '<ol><li id="n">^ <sup><a href="#r0">a</a></sup> <sup><a href="#r1">b</a></sup> The note.</li></ol>'
    ),
    "Substack": (
        '<p>Text<a class="footnote-anchor" id="footnote-anchor-1" href="#footnote-1" target="_self">1</a></p>'
        '<div class="footnote"><a id="footnote-1" href="#footnote-anchor-1" class="footnote-number">1</a>'
        '<div class="footnote-content"><p>The note.</p></div></div>'
    ),
    "a letter, with the addresses of its page": (
        '<p>Text<a id="footnote-anchor-1-9" href="https://letters.example/p/a#footnote-1-9">1</a></p>'
        '<div><a id="footnote-1-9" href="https://letters.example/p/a#footnote-anchor-1-9">1</a><div><p>The note.</p></div></div>'
    ),
    "a letter with a list": (
        '<p>Text<sup id="fnref-2"><a href="https://other.example/x?u=1#fn-2">2</a></sup></p>'
        '<ol><li id="fn-2">The note. <a href="https://other.example/x?u=1#fnref-2">↩</a></li></ol>'
    ),
    "raised, without a way back and a number": '<p>Text<sup><a href="#n">7</a></sup></p><div id="n">The note.</div>',
    "in brackets, without a way back and a number": '<p>Text <a href="#n">[7]</a></p><p id="n">The note.</p>',
    "numbered by its list, without a way back": '<p>Text <a href="#n">1</a></p><ol><li id="n">The note.</li></ol>',
    "cited twice, leading back to the first": (
        '<p>Text<sup id="r"><a href="#n">1</a></sup> and <sup><a href="#n">1</a></sup></p><p id="n">1. The note. <a href="#r">back</a></p>'
    ),
    "beside another in one sentence": (
        '<p id="p">Text<sup id="r"><a href="#n">1</a></sup> and <a id="q" href="#m">note</a></p>'
        '<p id="n">1. The note. <a href="#r">back</a></p><p id="m">More. <a href="#q">back</a></p>'
    ),
    "with a link to the top as well": (
        '<p id="top">Text <a id="r" href="#n">1</a></p><p id="n">1. The note. <a href="#r">back</a> <a href="#top">top</a></p>'
        '<p>End. <a href="#top">top</a></p>'
    ),
    "by hand, both ways": (
        '<p>Text <a name="r1" href="#n1">[1]</a></p><p><a name="n1" href="#r1">[1]</a> The note.</p>'
    ),
    "by hand, an anchor before the sign": (
        '<p>Text <a name="r1"></a><a href="#n1">[1]</a></p><p><a name="n1"></a><a href="#r1">[1]</a> The note.</p>'
    ),
    "by hand, one way": '<p>Text <a href="#n1">[1]</a></p><p id="n1">[1] The note.</p>',
    "a list, one way": '<p>Text <a href="#n1">[1]</a></p><ol class="notes"><li id="n1">The note.</li></ol>',
    "a star": '<p>Text<a href="#n">*</a></p><p id="n">* The note.</p>',
    "Chinese": '<p>正文<a href="#n1">［注1］</a><a href="#n2">[注2]</a></p><p id="n2">[注2] The note.</p>',
    "absolute links to itself": f'<p>Text<sup><a href="{LINK}#n1">1</a></sup></p><p id="n1"><a href="#">1</a> The note.</p>',
    "an aside by its author": (
        '<p>Text<a epub:type="noteref" href="#n1" id="r1">1</a></p><aside epub:type="footnote" id="n1"><p>The note. '
        '<a href="#r1">back</a></p></aside>'
    ),
    "Word": (
        '<p>Text<a style="mso-footnote-id:ftn1" href="#_ftn1" name="_ftnref1" title=""><span>[1]</span></a></p>'
        '<div style="mso-element:footnote-list"><div id="ftn1"><p><a href="#_ftnref1" name="_ftn1"><span>[1]</span></a> The note.</p></div></div>'
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_note_is_marked_and_leads_back(name: str) -> None:
    root = tree(EXAMPLES[name])
    [note] = root.find_all("aside")
    assert note.attrs["epub:type"] == "footnote"
    assert note.attrs["role"] == "doc-footnote"
    assert "The note." in note.get_text()
    references = [tag for tag in root.find_all("a") if tag.attrs.get("epub:type") == "noteref"]
    assert references
    assert {tag.attrs["href"] for tag in references} == {f"#{note.attrs['id']}"}
    assert {tag.attrs["role"] for tag in references} == {"doc-noteref"}
    named = {str(tag.attrs["id"]): tag for tag in root.find_all(id=True)}
    back = [tag for tag in note.find_all("a") if tag.attrs.get("role") == "doc-backlink"]
    assert back
    for link in back:
        place = named[str(link.attrs["href"])[1:]]
        near = [place, *place.find_all("a"), *([place.find_next("a")] if not place.get_text() else [])]
        assert any(tag is reference for tag in near for reference in references)


def test_a_numbered_note_keeps_its_number() -> None:
    html = '<p>x<a href="#a">[1]</a> y<a href="#b">[2]</a></p><ol class="notes"><li id="a">First.</li><li id="b"><p>Second.</p></li></ol>'
    assert [note.get_text() for note in tree(html).find_all("aside")] == ["1. First.", "2. Second."]


def test_a_link_back_is_added_in_the_articles_language() -> None:
    root = parse('<p>x<a href="#n">*</a></p><p id="n">* 注释。</p>').body
    mark_notes(root, PassContext(language="zh-Hans"))
    assert root.get_text() == "x** 注释。 返回正文"


def test_no_text_is_lost_or_moved() -> None:
    for html in EXAMPLES.values():
        before = re.sub(r"[\W\d]", "", parse(html).body.get_text())
        after = re.sub(r"[\W\d]", "", tree(html).get_text())
        assert after.removesuffix("Backtothetext") == before


NO_NOTES = {
    "a table of contents": '<ul><li><a href="#1">1</a></li><li><a href="#2">2</a></li></ul><h2 id="1">One</h2><p>x</p><h2 id="2">Two</h2>',
    "a link to a section": '<p>See <a href="#s">2</a>.</p><div id="s"><h2>Section</h2><p>Text.</p></div>',
    "a link with words": '<p>See <a href="#s">below</a>.</p><p id="s">Text.</p>',
    "a link upwards": '<p id="s">Text.</p><p>See <a href="#s">1</a>.</p>',
    "a link to a paragraph that is no note": '<p>See <a href="#s">12</a>.</p><p id="s">Some words.</p>',
    "a letter of an index": '<p><a href="#a">A</a> <a href="#b">B</a></p><p id="a">Apple</p><p id="b">Book</p>',
    "a link out of the article": '<p>x<sup><a href="https://example.org/b#fn1">1</a></sup></p>',
    "parts that lead back to the list of them": (
        '<p id="top">Parts: <a href="#one">1</a> <a href="#two">2</a></p><div id="one"><p>Part one.</p><p><a href="#top">up</a></p></div>'
        '<p id="two">2. Part two. <a href="#top">up</a></p>'
    ),
    "a part that leads back to the list of them, another that does not": (
        '<p id="top">Parts: <a href="#one">1</a> <a href="#two">2</a></p><p id="one">1. Part one. <a href="#top">up</a></p>'
        '<div id="two"><h2>Two</h2><p>Part two.</p></div>'
    ),
    "parts that lead back to an anchor before the list": (
        '<a name="top"></a><p><a href="#one">I</a> <a href="#two">II</a></p><p id="one">I. Part one. <a href="#top">↑</a></p>'
        '<p id="two">II. Part two. <a href="#top">↑</a></p>'
    ),
    "parts that lead back to a heading": (
        '<h2 id="toc">Parts</h2><ol><li><a href="#one">1</a></li><li><a href="#two">2</a></li></ol>'
        '<section id="one">1 Part one. <a href="#toc">top</a></section><section id="two">2 Part two. <a href="#toc">top</a></section>'
    ),
    "the same place in another article": '<p>x<a href="https://example.org/b#n1">1</a></p><p id="n1">1. Text.</p>',
    "a chapter behind a number": '<p><a href="#c">1</a></p><div id="c">' + "1 word and more words. " * 300 + "</div>",
}


@pytest.mark.parametrize("name", NO_NOTES)
def test_nothing_else_becomes_a_note(name: str) -> None:
    root = tree(NO_NOTES[name])
    assert root.find("aside") is None
    assert not [tag for tag in root.find_all("a") if "role" in tag.attrs]


def test_a_list_of_which_only_some_items_are_notes_stays_a_list() -> None:
    html = (
        '<p>x<sup id="r"><a href="#a">1</a></sup></p><ol><li id="a">First. <a href="#r">↩</a></li><li>Other.</li></ol>'
    )
    root = tree(html)
    assert root.find("aside") is None
    assert [tag.attrs.get("role") for tag in root.find_all("a")] == ["doc-noteref", "doc-backlink"]


@pytest.mark.parametrize("html", ["", "<p>text</p>", *EXAMPLES.values()])
def test_marking_twice_changes_nothing(html: str) -> None:
    root = tree(html)
    once = str(root)
    mark_notes(root, PassContext())
    assert str(root) == once


PIECES = st.sampled_from(
    [
        *('<a href="#a">[1]</a>', '<a href="#b">2</a>', '<sup id="a"><a href="#b">*</a></sup>', "<p>", "</p>", "<li>"),
        *('<p id="a">', '<li id="b">', '<div id="c">', "</div>", "<ol>", "</ol>", "text ", "[1] ", '<a name="a"></a>'),
        *('<a href="#c" id="b">1</a>', "<h2>", "</h2>", '<aside id="a">', "</aside>", "<td>", '<dd id="c">'),
    ]
)


@settings(max_examples=effort(100))
@given(st.lists(PIECES, max_size=20).map("".join))
def test_any_links_are_marked_once_and_keep_their_targets(html: str) -> None:
    root = tree(html)
    named = [str(tag.attrs["id"]) for tag in root.find_all(id=True)]
    assert len(named) == len(set(named))
    for link in root.find_all("a", href=re.compile("^#")):
        assert str(link.attrs["href"])[1:] in named
    before = re.sub(r"\s|Back to the text|[12*]\.", "", parse(html).body.get_text())
    assert sorted(re.sub(r"\s|Back to the text|[12*]\.", "", root.get_text())) == sorted(before)
    once = str(root)
    mark_notes(root, PassContext())
    assert str(root) == once


@pytest.mark.slow
def test_time_grows_with_the_size_alone() -> None:
    count = 5_000
    html = "<p>" + "".join(f'<a id="r{n}" href="#n{n}">[{n}]</a> ' for n in range(count)) + "</p><ol>"
    html += "".join(f'<li id="n{n}">x <a href="#r{n}">back</a></li>' for n in range(count)) + "</ol>"
    assert len(tree(html).find_all("aside")) == count


@pytest.mark.slow
def test_every_form_is_valid_in_a_book(tmp_path: Path, assert_clean: AssertClean) -> None:
    documents: list[Document] = []
    for number, html in enumerate(EXAMPLES.values()):
        entry = Entry("a", Location(str(tmp_path)), "a", number, f"k{number}", "T", LINK)
        chapter = render(draft(Article(entry, html)), Page(entry, f"a-{number}"), {}, {})
        documents += chapter.documents
    assert_clean(write_book(tmp_path / "book.epub", documents))
