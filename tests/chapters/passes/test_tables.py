"""Tables on small pages: layout tables are unwrapped, tables too wide become lists, all others stay."""

import pytest
from drafting import body

from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.tables import fit_tables

WIDE = "<tr>" + "".join(f"<th>Heading{n}" for n in range(7)) + "<tr>" + "".join(f"<td>value {n}" for n in range(7))


@pytest.mark.parametrize(
    ("what", "given", "expected"),
    [
        ("one with the role of a layout", "<table role=presentation><tr><td>a<td>b</table>", "<p>a</p><p>b</p>"),
        ("one with a single column", "<table><tr><td>a<tr><td>b</table>", "<p>a</p><p>b</p>"),
        ("one row with blocks", "<table><tr><td><p>a<td><ul><li>b</table>", "<p>a</p><ul><li>b</li></ul>"),
        ("one row with a rare block", "<table><tr><td>a<td><menu><li>b</table>", "<p>a</p><ul><li>b</li></ul>"),
        (
            "one that holds a table, which stays",
            "<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table><td>e</table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></tbody></table><p>e</p>",
        ),
    ],
)
def test_layout_tables_are_unwrapped(what: str, given: str, expected: str) -> None:
    assert body(given) == expected, what


@pytest.mark.parametrize(
    "given",
    [
        "<table><tbody><tr><th>a</th></tr><tr><td>b</td></tr></tbody></table>",
        "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>",
        "<table><caption>x</caption><tbody><tr><td>a</td></tr></tbody></table>",
        "<table><tbody>" + ("<tr>" + "<td>1</td>" * 9 + "</tr>") * 2 + "</tbody></table>",
        "<table><tbody><tr><td>中文中文中文</td><td>中文</td></tr></tbody></table>",
    ],
)
def test_tables_of_data_stay(given: str) -> None:
    assert body(given) == given


def test_a_table_too_wide_becomes_a_list_with_its_headings() -> None:
    made = body(f"<table><caption>C</caption>{WIDE}</table>")
    assert made.startswith("<p><strong>C</strong></p><p><strong>Heading0 · Heading1")
    assert "<ol><li><ul><li><b>Heading0:</b> value 0</li><li><b>Heading1:</b> value 1</li>" in made
    assert "<table" not in made


def test_a_row_of_a_wide_table_without_headings_is_one_line() -> None:
    row = "<tr>" + "<td>several</td>" * 6 + "<td></td><td> <b>words</b></td></tr>"

    made = body(f"<table>{row}{row}</table>")

    line = "several · " * 6 + "<b>words</b>"
    assert made == f"<ol><li>{line}</li><li>{line}</li></ol>"


@pytest.mark.parametrize("html", ["", "<p>a</p>", "<table></table>"])
def test_nothing_to_fit_is_left_alone(html: str) -> None:
    root = parse(html).body
    before = str(root)
    fit_tables(root, PassContext())
    assert str(root) == before


@pytest.mark.parametrize(
    ("word", "fits"), [("Internationale", False), ("Международный", False), ("الاجتماعات", False), ("国际会议", True)]
)
def test_a_column_is_as_wide_as_its_longest_word_but_ideographs_may_be_broken(word: str, fits: bool) -> None:  # noqa: FBT001
    row = "<tr>" + f"<td>{word}</td>" * 7 + "</tr>"
    table = f"<table>{row}{row}</table>"

    assert ("<table" in body(table)) == fits
