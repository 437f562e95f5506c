"""Lists directly in lists stand in the item before them, and no number is counted for them."""

import pytest
from drafting import body


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<ol><li>a</li><ol type=a><li>b</li></ol><li>c</li></ol>",
            '<ol><li>a<ol type="a"><li>b</li></ol></li><li>c</li></ol>',
        ),
        (
            "<ul>\n<li>a</li>\n<ul>\n<li>b</li>\n</ul>\n<li>c</li></ul>",
            "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
        ),
        ("<ol><li><p>a</p><ul><li>b</ul></ol>", "<ol><li><p>a</p><ul><li>b</li></ul></li></ol>"),
        (
            "<ol><li>a</li><ul><li>b</ul><ol><li>c</ol></ol>",
            "<ol><li>a<ul><li>b</li></ul><ol><li>c</li></ol></li></ol>",
        ),
        (
            "<ul><li>a</li><ul><li>b</li><menu><li>c</li></menu><li>d</li></ul><li>e</ul>",
            "<ul><li>a<ul><li>b<ul><li>c</li></ul></li><li>d</li></ul></li><li>e</li></ul>",
        ),
        ("<ul><li>a</li><div><ul><li>b</ul></div><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
        ("<ol><ol><li>a</ol><li>b</ol>", "<ol><li>a</li></ol><ol><li>b</li></ol>"),
        ("<ul><ul><ul><li>a</ul></ul></ul>", "<ul><li>a</li></ul>"),
        (
            "<ul><li>x</li><ul><ol><li>a</ol><li>b</ul></ul>",
            "<ul><li>x<ol><li>a</li></ol><ul><li>b</li></ul></li></ul>",
        ),
        (
            "<ol><ol id=t start=3><li>a</ol></ol><a href=#t>b</a>",
            '<ol start="3" id="s1"><li>a</li></ol><p><a href="#s1">b</a></p>',
        ),
        (
            "<ol id=t><ol><li>a</ol><li>b</ol><a href=#t>c</a>",
            '<ol id="s1"><li>a</li></ol><ol><li>b</li></ol><p><a href="#s1">c</a></p>',
        ),
        ("<ul>a<ul><li>b</ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("<ul><li>a</li><li><ul><li>b</ul></li></ul>", "<ul><li>a</li><li><ul><li>b</li></ul></li></ul>"),
        ("<ol><li>a</li><p>b</p><li>c</li></ol>", "<ol><li>a</li><li><p>b</p></li><li>c</li></ol>"),
    ],
)
def test_a_list_directly_in_a_list_belongs_to_the_item_before_it(html: str, expected: str) -> None:
    assert body(html) == expected


@pytest.mark.slow
def test_no_text_is_lost_however_many_lists_stand_in_lists() -> None:
    assert body("<ul>" + "<li>x</li><ul>" * 400).count("x") == 400
    assert body("<ul><li>x</li>" + "<ul><li>x</ul>" * 20_000).count("<li>x</li>") == 20_000
