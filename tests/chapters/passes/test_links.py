"""Every kind of link: absolute, inside the article, or its text."""

import re

import pytest
from drafting import LINK, article, body, dangling, documents, markup
from effort import effort
from hypothesis import given, settings
from hypothesis import strategies as st
from trees import NAMES

from epubmaker.chapters.draft import draft
from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.links import resolve_links
from epubmaker.chapters.render import Page, render
from epubmaker.chapters.split import LIMIT
from epubmaker.model.chapters import LinkSlot
from epubmaker.model.pictures import FetchFailed

OFTEN = {
    "a",
    "b",
    "br",
    "figure",
    "hr",
    "img",
    "input",
    "li",
    "map",
    "mi",
    "p",
    "rt",
    "span",
    "svg",
    "table",
    "td",
    "ul",
}
# What an element may hold, and what may be around it; "{}" stands for the element, or for an id.
INSIDE = ("", "x", "<b id={}></b>", "<img src=x.jpg alt=''>", "<p id={}>x</p>")
AROUND = (
    *("{}", "<p>{}</p>", "<p>a{}b</p>", "<ul><li>{}</ul>", "<dl><dt>a<dd>{}</dl>", "<h2>{}</h2>", "<pre>{}</pre>"),
    *("<table><caption>{}</caption><tr><th>{}<td>{}</table>", "<table role=presentation><tr><td>{}</table>"),
    *("<a href='http://e.com/'>{}</a>", "<a href='mailto:a@b.c'>{}<img src=x.jpg></a>", "<div hidden>{}</div>"),
    "<figure>{}<img src=x.jpg><figcaption>{}</figcaption></figure>",
    "<ruby>a{}<rt>b{}</rt></ruby>",
    "<math><mrow>{}</mrow><mi>x{}</mi></math>",
    "<svg viewBox='0 0 99 99'><text>{}x</text>{}</svg>",
    "<object data=x>{}</object><video src=x>{}</video><iframe src='http://e.com/'></iframe>",
)


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


def test_relative_links_start_from_the_base_of_the_document() -> None:
    assert (
        body('<base href="/deep/er/"><p><a href="x">a</a></p>')
        == '<p><a href="https://example.com/deep/er/x">a</a></p>'
    )


TWO_LINKS = '<p><a href="#s1">a</a> <a href="#s1">d</a></p>'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p><a href="#b">a</a></p><p id=b>c</p>', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p><a href="#b">a</a></p><a name=b></a><p>c</p>', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        (f'<p><a href="{LINK}#b">a</a></p><h2 id=b>c</h2>', '<p><a href="#s1">a</a></p><h2 id="s1">c</h2>'),
        ('<p><a href="#%E4%B8%AD">a</a></p><p id="中">c</p>', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p id=b>c</p><p id=b>d</p><p><a href="#b">a</a></p>', '<p id="s1">c</p><p>d</p><p><a href="#s1">a</a></p>'),
        ('<p id="x y">a</p><div id=epm-title>b</div>', "<p>a</p><p>b</p>"),
        ('<p><a href="#b">a</a></p><p>c</p><div id=b></div>', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p><a id=b href="#b">a</a></p>', "<p>a</p>"),
        ('<p><a href="#b"></a>a</p><p id=b>c</p>', '<p>a</p><p id="s1">c</p>'),
        ('<p><a href="#b">a</a></p><p id=b></p>', '<p id="s1"><a href="#s1">a</a></p>'),
        ('<p><a href="#b">a</a></p><hr id=b><p>c</p>', '<p><a href="#s1">a</a></p><hr id="s1"/><p>c</p>'),
        ('<p><a href="#b">a</a></p><hr><hr id=b><p>c</p>', '<p><a href="#s1">a</a></p><hr/><p id="s1">c</p>'),
        (
            '<p><a href="#b">a</a> <a href="#c">d</a></p><br id=b><ul><li id=c></li></ul><h2>e</h2>',
            TWO_LINKS + '<h2 id="s1">e</h2>',
        ),
        (
            '<p><a href="#b">a</a> <a href="#c">d</a></p><ul><li>e<li id=b><li id=c></ul>',
            TWO_LINKS + '<ul><li id="s1">e</li></ul>',
        ),
        (
            '<p><a href="#b">a</a> <a href="#c">d</a></p><section id=b></section><p id=c>e</p>',
            TWO_LINKS.replace("s1", "s2") + '<p id="s2">e</p>',
        ),
        (
            '<p><a href="#b">a</a></p><div id=b></div><p><img src=x></p>',
            '<p><a href="#s1">a</a></p><span id="s1"></span><figure><img src="x" alt=""/></figure>',
        ),
        (
            '<p><a href="#b">a</a></p><table><tr><td>e<td id=b></table>',
            '<p><a href="#s1">a</a></p><table><tbody><tr><td>e</td><td id="s1"></td></tr></tbody></table>',
        ),
        ('<p><a href="#b">a</a></p><ul id=b></ul>c', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p><a href="#b">a</a></p><h1 id=b>Title</h1>c', '<p><a href="#s1">a</a></p><p id="s1">c</p>'),
        ('<p id=b hidden>c</p><a href="#b">a</a>', "<p>a</p>"),
        (
            '<p><a href="#b">a</a></p><iframe id=b src="//e.com/"></iframe>c',
            '<p><a href="#s1">a</a></p><p id="s1"><a href="https://e.com/">Embedded content: e.com</a></p><p>c</p>',
        ),
        (
            '<p><a href="#b">a</a>c<a id=b href="//e.com/"><img src=d.jpg></a></p>',
            '<p><a href="#s1">a</a>c<span id="s1"></span><img src="d.jpg" alt=""/></p>',
        ),
    ],
)
def test_links_inside_the_article_stay(html: str, expected: str) -> None:
    assert body(html) == expected


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in NAMES]
)
def test_no_link_dangles_whatever_becomes_of_its_target(name: str) -> None:
    elements = [around.replace("{}", f"<{name} id={{}}>{inside}</{name}>") for around in AROUND for inside in INSIDE]
    pieces = "".join(elements).split("{}")
    targets = len(pieces) - 1
    html = pieces[0] + "".join(f"t{number}{piece}" for number, piece in enumerate(pieces[1:]))
    links = "".join(f"<p><a href='#t{number}'>x</a></p>" for number in range(targets))

    assert dangling(documents(draft(article(links + html)), "c")) == []


EMPTY = st.sampled_from(
    [
        *(
            "p",
            "hr",
            "br",
            "blockquote",
            "ul",
            "ol",
            "li",
            "pre",
            "table",
            "tr",
            "td",
            "figure",
            "section",
            "div",
            "dl",
            "dt",
            "h2",
        ),
        *(
            "span",
            "b",
            "a",
            "img",
            "aside",
            "ruby",
            "rt",
            "svg",
            "math",
            "input",
            "figcaption",
            "caption",
            "details",
            "q",
        ),
    ]
)


@st.composite
def linked_articles(draw: st.DrawFn) -> str:
    """Return an article of elements in any order, empty or not, each with an id, and with a link to each of them."""
    count = draw(st.integers(1, 12))
    parts = []
    for number in range(count):
        name = draw(EMPTY)
        opened, end = f"<{name} id=t{number}>", draw(st.sampled_from(["", f"</{name}>", f"</{name}>"]))
        inside = draw(
            st.sampled_from(["", "", "x", " ", "<p>x</p>", "<img src=/x.jpg>", f"<a href=#t{count - 1}>y</a>"])
        )
        before = draw(st.sampled_from(["", "", "<p>", "text ", "<ul><li>", "<table><tr><td>", "</p>", "</ul>", "<b>"]))
        parts.append(f"{before}{opened}{inside}{end}")
    links = "".join(f"<a href='#t{number}'>{number}</a> " for number in range(count))
    parts.insert(draw(st.integers(0, count)), f"<p>{links}</p>")
    return "".join(parts)


def check_links(html: str) -> None:
    drafted = draft(article(html))
    made = documents(drafted, "c")
    assert dangling(made) == []
    # A place at the very end is none: what follows it, or the last thing, is shown there.
    assert not any(
        re.search(rb'<div id="[^"]*"></div>\s*<footer>', document.content)
        for document in made
        if b"<img" not in html.encode()
    )


@settings(max_examples=60, deadline=None)
@given(linked_articles())
def test_every_link_of_an_article_resolves(html: str) -> None:
    check_links(html)


@pytest.mark.slow
@settings(max_examples=effort(1200), deadline=None)
@given(linked_articles())
def test_every_link_of_any_article_resolves(html: str) -> None:
    check_links(html)


def test_the_place_of_a_credit_stays_when_its_picture_cannot_be_had() -> None:
    html = (
        '<p><a href="#c">credit</a> <a href="#d">all</a></p><figure><img src="/x.jpg"><figcaption id="d">'
        '<span class="credit">Photo: <b id="c">A. Name</b></span></figcaption></figure><p>x</p>'
    )
    drafted = draft(article(html))
    skipped = {
        ref: FetchFailed(ref.sources[0], "picture-tiny", "too small", status="skipped") for ref in drafted.pictures
    }
    made = render(drafted, Page(article("").entry, "c"), skipped, {}).documents
    assert b"A. Name" not in made[0].content
    assert dangling(made) == []


def test_a_link_may_lead_to_an_empty_element_in_another_part() -> None:
    long = "<p>" + "Some words. " * (LIMIT // 24) + "</p>"
    html = '<p><a href="#b">a</a><a href="#c">a</a></p>' + long * 5 + "<p id=b></p>" + long * 5 + "<ul id=c></ul>"
    made = documents(draft(article(html)), "c")

    assert len(made) > 3
    assert dangling(made) == []
    assert b'<a href="c-' in made[0].content


def test_the_text_of_a_mail_link_stays() -> None:
    assert "Hello" in body('<p>a <a href="mailto:a@b.c">Hello <img src=x.jpg></a></p>')


def test_a_picture_in_a_link_is_marked_as_linked() -> None:
    made = draft(article('<p>a <a href="/x"><img src=b.jpg alt=b></a></p>'))
    assert [picture.linked for part in made.parts for picture in part if not isinstance(picture, str | LinkSlot)] == [
        True
    ]


def test_links_are_slots_so_that_articles_can_link_to_each_other() -> None:
    made = draft(article("<p><a href='http://a.com/?b&c'>x</a></p>"))
    assert made.parts == (('<p><a href="', LinkSlot("http://a.com/?b&c"), '">x</a></p>'),)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=6))
def test_resolving_twice_changes_nothing(pairs: list[tuple[str, str]]) -> None:
    root = parse("".join(f"<p id={name}><a href='#{target}'>x</a>" for name, target in pairs)).body
    resolve_links(root, PassContext())
    once = str(root)
    resolve_links(root, PassContext())
    assert str(root) == once


def test_markup_escapes_addresses() -> None:
    assert "&amp;c" in markup(draft(article("<p><a href='http://a.com/?b&c'>x</a></p>")))
