"""Parsing agrees with browsers, and the tree is a sound Beautiful Soup tree."""

import re

import html5lib
import pytest
from bs4.element import NavigableString, PageElement, Tag
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from epubmaker.chapters.parse import parse

SOUP = st.lists(
    st.one_of(
        st.sampled_from(
            [
                f"<{name}>"
                for name in ("p", "b", "i", "a href=x", "div", "ul", "li", "table", "tr", "td", "h1", "br", "em")
            ]
            + [f"</{name}>" for name in ("p", "b", "i", "a", "div", "ul", "li", "table", "tr", "td", "h1", "em")]
            + [
                "<svg>",
                "<math>",
                "<mi>",
                "</svg>",
                "<noscript>",
                "<!-- c -->",
                "&amp;",
                "&nbsp",
                "<dl>",
                "<dt>",
                "<dd>",
            ]
        ),
        st.text(alphabet="xy 中\n", min_size=1, max_size=4),
    ),
    max_size=40,
).map("".join)


# html5lib is older than two rules of the HTML standard: what moved out of a table is not ended by an item there (section
# 13.2.6.4.7), and `</p>` ends a drawing or a formula (section 13.2.6.5), so that a row behind it is no part of that.
_BEYOND_HTML5LIB = re.compile(
    r"<table>.*<(?:p|dt|dd|li)>.*<(?:dt|dd|li)>|<(?:svg|math)>.*</p>.*<(?:table|tr|td)>", re.DOTALL
)


def outline(html: str) -> str:
    """Return the tree of `parse` as markup without attributes."""
    return "".join(f"<{node.name}>" if isinstance(node, Tag) else str(node) for node in parse(html).body.descendants)


def reference(html: str) -> str:
    """Return the tree of html5lib, which follows the same standard, as markup without attributes."""
    body = html5lib.parse(html, treebuilder="dom", namespaceHTMLElements=False).getElementsByTagName("body")[0]
    written, stack = "", list(reversed(body.childNodes))
    while stack:
        node = stack.pop()
        if node.nodeType == node.TEXT_NODE:
            written += node.data
        elif node.nodeType == node.ELEMENT_NODE:
            written += f"<{node.tagName}>"
            stack.extend(reversed(node.childNodes))
    return written


@pytest.mark.slow
@settings(max_examples=300)
@given(SOUP)
def test_tag_soup_becomes_the_tree_of_the_standard(html: str) -> None:
    assume(not _BEYOND_HTML5LIB.search(html))
    assert outline(html) == reference(html)


@pytest.mark.parametrize("html", ["", "x", "<p>a<p>b", "<table>a<tr><td>b</table>c", "<b><p>a</b>b"])
def test_the_tree_is_linked_as_beautiful_soup_links_it(html: str) -> None:
    body = parse(html).body
    nodes: list[PageElement] = list(body.descendants)
    assert [node for node in nodes if isinstance(node, NavigableString)] == list(body.strings)
    for before, node in zip([body, *nodes], nodes, strict=False):
        assert before.next_element is node
        assert node.previous_element is before
        assert node.parent is not None
        assert any(child is node for child in node.parent.contents)


def test_the_declarations_in_the_head_are_read() -> None:
    parsed = parse("<html lang=zh><head><base href='http://x.com/'><title>t</title></head><body>a<p class=x>b")
    assert (parsed.language, parsed.base, parsed.names) == ("zh", "http://x.com/", frozenset({"p", "@class"}))
    assert parse("<meta http-equiv=Content-Language content=fr><p>a").language == "fr"
    assert parse("<p lang=fr>a").language is None


@given(st.text())
def test_any_text_is_parsed(text: str) -> None:
    assert parse(text).body.name == "body"


def test_a_page_of_frames_becomes_its_noframes_content() -> None:
    html = "<frameset><frame src=x><noframes><p>a</p></noframes></frameset>"
    assert parse(html).body.get_text() == "a"


def test_halves_of_surrogate_pairs_do_no_harm() -> None:
    assert parse("<p>a\ud800b").body.get_text() == "a?b"
