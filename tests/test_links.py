"""Every kind of link: absolute, inside the article, or its text."""

import pytest
from drafting import LINK, article, body, markup
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.chapters.draft import draft
from epubmaker.chapters.links import resolve_links
from epubmaker.chapters.parse import parse
from epubmaker.model.chapters import LinkSlot


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("http://a.com/b", "http://a.com/b"),
        ("/x y", "https://example.com/x%20y"),
        ("//a.com/", "https://a.com/"),
        ("?q=中", "https://example.com/news/1.html?q=%E4%B8%AD"),
        ("MAILTO:a@b.c?subject=x y", None),
        ("mailto:a@b.c?subject=x", "mailto:a@b.c?subject=x"),
        ("tel:+49-30-1", "tel:+49-30-1"),
    ],
)
def test_links_that_lead_out_are_absolute(href: str, address: str | None) -> None:
    expected = "<p>x</p>" if address is None else f'<p><a href="{address}">x</a></p>'
    assert body(f'<p><a href="{href}" target=_blank onclick=y>x</a></p>') == expected


@pytest.mark.parametrize(
    "href",
    [
        *("", "#", "#none", "javascript:alert(1)", " JaVa\tScript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
        *("vbscript:x", "weixin://x", "magnet:?x", "blob:x", "about:blank", "http://", "http://a b/", "mailto:"),
        *("mailto:x y", "tel:x y"),
    ],
)
def test_links_that_lead_nowhere_are_unwrapped(href: str) -> None:
    assert body(f'<p><a href="{href}">x</a></p>') == "<p>x</p>"


def test_without_an_own_address_relative_links_are_unwrapped() -> None:
    assert (
        body('<p><a href="/x">a</a><a href="http://b.com/">b</a></p>', link=None)
        == '<p>a<a href="http://b.com/">b</a></p>'
    )


def test_the_base_of_the_document_counts() -> None:
    assert (
        body('<base href="/deep/er/"><p><a href="x">a</a></p>')
        == '<p><a href="https://example.com/deep/er/x">a</a></p>'
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p><a href="#b">a</a></p><p id=b>c</p>', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p><a href="#b">a</a></p><a name=b></a><p>c</p>', '<p><a href="#s1">a</a></p><p><span id="s1"></span>c</p>'),
        (f'<p><a href="{LINK}#b">a</a></p><h2 id=b>c</h2>', '<p><a href="#s1">a</a></p><h2 id="s1">c</h2>'),
        ('<p><a href="#%E4%B8%AD">a</a></p><p id="中">c</p>', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p id=b>c</p><p id=b>d</p><p><a href="#b">a</a></p>', '<p id="s1">c</p><p>d</p><p><a href="#s1">a</a></p>'),
        ('<p id="x y">a</p><div id=epm-title>b</div>', "<p>a</p><p>b</p>"),
        ('<p><a href="#b">a</a></p><p>c</p><div id=b></div>', '<p><a href="#s1">a</a></p><p>c</p><div id="s1"></div>'),
        ('<p><a id=b href="#b">a</a></p>', "<p>a</p>"),
        ('<p><a href="#b"></a>a</p><p id=b>c</p>', '<p>a</p><p id="s1">c</p>'),
    ],
)
def test_links_inside_the_article_stay(html: str, expected: str) -> None:
    assert body(html) == expected


def test_a_picture_that_is_a_link_says_so() -> None:
    made = draft(article('<p>a <a href="/x"><img src=b.jpg alt=b></a></p>'))
    assert [picture.linked for part in made.parts for picture in part if not isinstance(picture, str | LinkSlot)] == [
        True
    ]


def test_links_are_slots_so_that_articles_can_link_to_each_other() -> None:
    made = draft(article("<p><a href='http://a.com/?b&c'>x</a></p>"))
    assert made.parts == (('<p><a href="', LinkSlot("http://a.com/?b&c"), '">x</a></p>'),)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=6))
def test_resolving_twice_is_resolving_once(pairs: list[tuple[str, str]]) -> None:
    root = parse("".join(f"<p id={name}><a href='#{target}'>x</a>" for name, target in pairs)).body
    resolve_links(root, None)
    once = str(root)
    resolve_links(root, None)
    assert str(root) == once


def test_markup_escapes_addresses() -> None:
    assert "&amp;c" in markup(draft(article("<p><a href='http://a.com/?b&c'>x</a></p>")))
