"""Whatever an article holds, its chapter is sound XHTML with the article's text in order."""

import re
from pathlib import Path

import pytest
from bs4.element import PageElement, Tag
from cleanbooks import AssertClean
from drafting import article, body, complaints, documents, markup
from effort import effort
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree
from trees import soup, texts, trees

from epubmaker.chapters.draft import draft
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.links import resolve_links
from epubmaker.chapters.split import split
from epubmaker.chapters.xhtml.content import DROPPED
from epubmaker.chapters.xhtml.serialize import serialize
from epubmaker.model.chapters import Draft
from epubmaker.text.bounds import shortened
from epubmaker.text.characters import clean

PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
quickly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def of_tree(tree: Tag) -> Draft:
    """Return the chapter made of a tree that no parser has repaired."""
    resolve_links(tree, PassContext(address="https://example.com/a/", base="https://example.com/a/"))
    written = serialize(tree)
    return Draft("en", "ltr", split(written).pieces, features=frozenset(written.features))


def check_sound(drafted: Draft) -> None:
    for document in documents(drafted, "c"):
        root = etree.fromstring(document.content, PARSER)
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids))
        assert set(root.xpath("//@href[starts-with(., '#')]")) <= {f"#{name}" for name in ids}


def letters(text: str) -> str:
    """Return a text without its white space, the brackets of readings, and the signs that part sections."""
    return re.sub("[-()（）*＊•·●○◆◇■□★☆※~～=_–—―─━＃⁂❦❧☙]", "", "".join(clean(text).split()))


def shown(tree: PageElement) -> str:
    """Return the text of a tree that must be in the chapter."""
    if not isinstance(tree, Tag):
        return str(tree)
    return "" if tree.name in DROPPED else "".join(map(shown, tree.contents))


def text_of(drafted: Draft) -> str:
    root = etree.fromstring(f'<x xmlns:epub="e">{markup(drafted)}</x>'.encode(), PARSER)
    return "".join(root.itertext())


@quickly
@given(trees)
def test_any_tree_becomes_sound_xhtml_with_its_text_in_order(tree: Tag) -> None:
    wanted = letters(shown(tree))
    drafted = of_tree(tree)
    check_sound(drafted)
    assert letters(text_of(drafted)) == wanted


@quickly
@given(soup)
def test_any_tag_soup_becomes_sound_xhtml(html: str) -> None:
    check_sound(draft(article(html)))


@quickly
@given(st.text())
def test_any_text_becomes_sound_xhtml(html: str) -> None:
    check_sound(draft(article(html, title=html, link=html)))


@quickly
@given(st.lists(texts, max_size=5))
def test_text_is_kept_whole(parts: list[str]) -> None:
    html = "".join(f"<p>{part.replace('&', '&amp;').replace('<', '&lt;')}</p>" for part in parts)
    html += "<p>The end.</p>"  # or the last line might be taken for a notice of copyright, which is left out
    kept = "".join(part for part in [*parts, "The end."] if not part.isspace())
    assert letters(text_of(draft(article(html, title="-")))).replace("�", "") == letters(kept).replace("�", "")


def without_places(markup: str) -> str:
    """Return markup without its ids, and without what holds nothing else: other articles lead to those that it had."""
    return re.sub(r"<(span|div)></\1>", "", re.sub(r' id="s\d+"|(?<=href="#)s\d+', "", markup))


@quickly
@given(soup)
def test_rebuilding_a_chapter_changes_nothing(html: str) -> None:
    once = body(html, title="-")
    assert without_places(body(once, title="-")) == without_places(once)


@pytest.mark.slow
def test_any_markup_becomes_a_valid_chapter(tmp_path: Path, assert_clean: AssertClean) -> None:
    drafts: list[Draft] = []
    generously = settings(
        max_examples=effort(400), deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )

    @generously
    @given(trees)
    def nested(tree: Tag) -> None:
        drafts.append(of_tree(tree))

    @generously
    @given(soup)
    def mixed(html: str) -> None:
        drafts.append(draft(article(html)))

    nested()
    mixed()
    assert complaints(drafts, tmp_path / "any.epub", assert_clean) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "end"),
    [
        ("<p>A sentence. Another one</p>", "<p>A sentence."),
        ("A sentence. Another one ", "A sentence."),
        ("一句话。另一句", "一句话。"),
        ("Words without a stop, ", " "),
        ("<br>", "<br>"),
        ("<b>x", "<b>"),
        ("<a title='one. two'>x</a>", "</a>"),
    ],
)
def test_markup_beyond_the_bounds_is_cut_after_a_sentence_a_word_or_a_tag(part: str, end: str) -> None:
    html = part * (12_000_100 // len(part))

    kept = shortened(html)

    assert 0 < len(kept) <= 12_000_000
    assert html.startswith(kept)
    assert kept.endswith(end)
    assert kept.count("<") - kept.count("</") <= 200_000


def test_an_article_that_is_cut_is_reported() -> None:
    made = draft(article("<p>A sentence.</p>" + "< " * 200_000 + "<p>end"))

    assert [(issue.code, issue.severity, issue.where) for issue in made.issues] == [("article-cut", "error", "a.txt")]
    assert markup(made).startswith("<p>A sentence.</p>")
    assert "end" not in markup(made)


def test_a_page_of_the_length_of_a_book_is_not_cut() -> None:
    chapter = "<h2>Chapter</h2>" + f"<p><em>Word</em> {'and word ' * 60}<a href='#x'>link</a></p>\n" * 100
    page = chapter * (3_000_000 // len(chapter))

    assert shortened(page) is page


@pytest.mark.parametrize(
    "html",
    [
        "<![CDATA[<p>One.</p><p>a &lt; b</p>]]>",
        "<p>One.</p><![CDATA[<p>a &lt; b</p>]]>",
        "<![CDATA[<p>One.</p>]]><![CDATA[<p>a &lt; b</p>]]>",
        "<div><![cdata[<p>One.</p>]]><p>a &lt; b</p></div>",
        "<p><![CDATA[One.]]></p><p>a &lt; b</p>",
        "<p>One.</p><p>a &lt; b</p>]]>\n",
        "<p>One.</p><p>a &lt; b</p>]]&gt;",
        "<![CDATA[<p>One.</p><p>a &lt; b</p>",
        "&lt;![CDATA[<p>One.</p><p>a &lt; b</p>]]&gt;",
    ],
)
def test_a_body_in_cdata_sections_is_without_their_marks(html: str) -> None:
    assert body(html) == "<p>One.</p><p>a &lt; b</p>"


def test_the_marks_of_a_cdata_section_that_a_text_shows_stay() -> None:
    html = "<p>It begins with &lt;![CDATA[ and ends with ]]&gt; as a rule.</p>"
    assert body(html) == "<p>It begins with &lt;![CDATA[ and ends with ]]&gt; as a rule.</p>"
    assert body("<pre>&lt;![CDATA[x]]&gt;</pre>") == "<pre>&lt;![CDATA[x]]&gt;</pre>"
    assert body("It is &lt;![CDATA[x]]&gt;") == "<p>It is &lt;![CDATA[x]]&gt;</p>"
