"""Headings begin at h2 and skip no level; empty headings and whole texts marked up as headings are none."""

import re
from itertools import pairwise

import pytest
from bs4.element import Tag
from drafting import body
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.headings import number_headings
from epubmaker.chapters.tree import walk


@pytest.mark.parametrize(
    ("given_levels", "expected"),
    [
        ([1], [2]),
        ([3, 4, 3], [2, 3, 2]),
        ([1, 3, 5, 2], [2, 3, 4, 3]),
        ([4, 2, 3], [2, 2, 3]),
        ([1, 2, 3, 4, 5, 6], [2, 3, 4, 5, 6, 6]),
    ],
)
def test_headings_begin_at_level_two(given_levels: list[int], expected: list[int]) -> None:
    made = body("".join(f"<h{level}>x{number}</h{level}><p>y</p>" for number, level in enumerate(given_levels)))
    assert [int(level) for level in re.findall(r"<h(\d)", made)] == expected


@given(st.lists(st.integers(1, 6), min_size=1))
def test_no_level_is_skipped_and_numbering_twice_changes_nothing(levels: list[int]) -> None:
    root = parse("".join(f"<h{level}>x</h{level}>" for level in levels)).body
    number_headings(root, PassContext())
    made = [tag.name for tag in walk(root) if isinstance(tag, Tag)]
    assert made[0] == "h2"
    assert all(int(after[1]) <= int(before[1]) + 1 for before, after in pairwise(made))
    number_headings(root, PassContext())
    assert [tag.name for tag in walk(root) if isinstance(tag, Tag)] == made


@pytest.mark.parametrize("html", ["<h2></h2>", "<h2> <b> </b></h2>", "<h3>&nbsp;</h3>"])
def test_empty_headings_are_dropped(html: str) -> None:
    assert body(f"<p>a</p>{html}") == "<p>a</p>"


def test_a_heading_with_a_picture_alone_is_the_picture() -> None:
    assert body("<h2><img src=a.jpg></h2>") == '<figure><img src="a.jpg" alt=""/></figure>'


def test_a_heading_that_was_never_closed_is_text() -> None:
    assert body("<h1>a<p>b<p>c") == "<p>a</p><p>b</p><p>c</p>"
    assert "<h2>" not in body(f"<h2>{'x' * 500}")


def test_a_heading_in_blocks_is_one_line() -> None:
    assert body("<h2><div>a</div><div>b<br>c</div></h2>") == "<h2>a b<br/>c</h2>"


@pytest.mark.parametrize(
    "sign", ["<a href='#x'>#</a>", "<a class=anchor href='#x'> ¶ </a>", "<a href='#x'><span>§</span></a>"]
)
def test_a_sign_that_links_a_heading_to_itself_goes(sign: str) -> None:
    assert re.sub(r' id="[^"]*"', "", body(f"<h2 id=x>Head{sign}</h2><p>y</p>")) == "<h2>Head</h2><p>y</p>"
    assert body("<h2>C# <a href='http://e.org/'>and more</a></h2><p>y</p>").startswith("<h2>C# <a")
