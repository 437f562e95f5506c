"""Markup that would stall a parser is bounded; all other markup is left alone."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.chapters.parse import parse
from epubmaker.text.bounds import bounded

HOSTILE: dict[str, Callable[[int], str]] = {
    "nested blocks": lambda n: "<div>x" * n,
    "nested inline elements": lambda n: "<span>x" * n,
    "nested lists": lambda n: "<ul><li>x" * n,
    "nested tables": lambda n: "<table><tr><td>x" * n,
    "formatting never closed": lambda n: "".join(f"<p><font size={i}>x" for i in range(n)),
    "blocks closed in formatting": lambda n: "<b><div>x</b>" * n,
    "end tags that close nothing": lambda n: "<div>x</p></span>" * n,
    "many attributes": lambda n: "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">x",
    "many bodies": lambda n: "".join(f"<body a{i}=1>x" for i in range(n)),
    "nested blocks that are closed": lambda n: "<div>x" * n + "</div>" * n,
    "many attributes in quotes": lambda n: "<p " + " ".join(f'a{i}="1"' for i in range(n)) + ">x</p>",
    "many bodies that are closed": lambda n: "".join(f'<body a{i}="1">x</body>' for i in range(n)),
    "quotes that hide tags": lambda n: "<div '>x" * n,
    "tags in comments that never end": lambda n: "<div>x<!--" * n,
    "raw text that never ends": lambda n: "<title><div>x" * n,
}


def depth(html: str) -> int:
    node, deepest = parse(html).body.contents, 0
    while node:
        node = [child for tag in node for child in getattr(tag, "contents", ())]
        deepest += 1
    return deepest


@pytest.mark.parametrize("name", HOSTILE)
def test_no_tree_is_deeper_than_browsers_make_them_nor_larger_than_its_source(name: str) -> None:
    html = HOSTILE[name](4_000)
    assert depth(html) < 2100
    assert sum(1 for _ in parse(html).body.descendants) < 8 * html.count("<") + 30_000


@pytest.mark.parametrize(
    "name",
    [name for name in HOSTILE if name.startswith(("nested", "formatting", "many a"))],
)
def test_bounding_loses_no_text(name: str) -> None:
    html = HOSTILE[name](8_000)
    assert parse(html).body.get_text().count("x") == re.sub("<[^>]*>", "", html).count("x")


@pytest.mark.parametrize(
    ("name", "counted", "most"),
    [
        ("many attributes", "=", 50),
        ("many attributes in quotes", "=", 50),
        ("many bodies", "<body", 3),
        ("many bodies that are closed", "<body", 3),
    ],
)
def test_attributes_and_bodies_beyond_the_bounds_are_left_out(name: str, counted: str, most: int) -> None:
    assert bounded(HOSTILE[name](8_000)).count(counted) == most


@pytest.mark.parametrize(
    "html",
    [
        "<p>a <b>b</b></p>" * 1000,
        "<p>a <b>b" * 20 + "<p>c" * 500,
        "<div><ul><li><table><tr><td><font color=red>x" * 60,
        "<table>" + "<tr><td><font color=red>x" * 1000,
        "<script>" + "document.write('<div><div>');" * 1000 + "</script><p>a",
        "<svg>" + "<path d='M 0 0'/>" * 1000 + "</svg>",
        "<p><img src='data:image/png;base64," + "A" * 100_000 + "'>",
        "<!-- <div> --><p>a" * 1000,
        "<p>a < b" * 1000,
    ],
)
def test_an_ordinary_page_is_not_changed(html: str) -> None:
    assert bounded(html) is html


@given(st.text(alphabet="<>/ab!-='\" ", max_size=300).map(lambda part: part * 20))
def test_any_text_is_bounded_without_an_error(html: str) -> None:
    assert len(bounded(html)) <= 2 * len(html)
