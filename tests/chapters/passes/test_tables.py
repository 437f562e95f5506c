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
        '<table class="wide"><tbody>' + ("<tr>" + "<td>x</td>" * 9 + "</tr>") * 2 + "</tbody></table>",
        "<table><tbody><tr><td>中文中文中文</td><td>中文</td></tr></tbody></table>",
    ],
)
def test_tables_of_data_stay(given: str) -> None:
    assert body(given) == given


def test_a_table_too_wide_is_split_and_each_part_has_the_first_column() -> None:
    made = body(f"<table><caption>C</caption>{WIDE}</table>")

    assert made.startswith(
        '<p class="caption"><b>C</b></p><table class="wide"><tbody><tr><th>Heading0</th><th>Heading1</th>'
    )
    assert made.count("<table") == made.count("<th>Heading0</th>") == made.count("<td>value 0</td>") == 2
    assert all(made.count(f">value {n}<") == 1 for n in range(1, 7))


@pytest.mark.parametrize("count", [12, 40, 100])
def test_no_part_has_more_columns_than_a_page_has_room_for(count: int) -> None:
    row = "<tr>" + "".join(f"<td id=c{{}}-{n}>v{n}</td>" for n in range(count)) + "</tr>"

    made = body(f"<table>{row.format(*[1] * count)}{row.format(*[2] * count)}</table>")

    parts = made.split("<table")[1:]
    assert max(part.split("</tr>")[0].count("<td") for part in parts) <= 10
    assert [n for n in range(1, count) if made.count(f">v{n}<") != 2] == []
    assert len(parts) == made.count(">v0<") / 2


def test_a_wide_table_of_texts_becomes_a_list_and_its_first_cells_the_titles() -> None:
    long = "a text that is much too long for a cell of a table on a small page"
    head = "<tr>" + "".join(f"<th>Heading{n}</th>" for n in range(7)) + "</tr>"
    rows = "".join("<tr>" + "".join(f"<td>{long} {r}{n}</td>" for n in range(7)) + "</tr>" for r in range(2))

    made = body(f"<table>{head}{rows}</table>")

    assert made.startswith("<p><strong>Heading0</strong></p><ol><li><p><strong>a text that")
    assert f"<ul><li><b>Heading1:</b> {long} 01</li>" in made
    assert "<table" not in made


def test_a_row_of_texts_without_headings_is_one_line() -> None:
    long = "a text that is much too long for a cell of a table on a small page"
    row = "<tr>" + f"<td>{long}</td>" * 6 + "<td></td><td> <b>words</b></td></tr>"

    made = body(f"<table>{row}{row}</table>")

    line = f"{long} · " * 6 + "<b>words</b>"
    assert made == f"<ol><li>{line}</li><li>{line}</li></ol>"


@pytest.mark.parametrize(
    ("values", "is_right"),
    [
        (["56.7", "104.6"], True),
        (["1,234", "−5", ""], True),
        (["12 %", "3 %"], True),
        (["$5", "n/a", "–"], True),
        (["3,5", "1 234,5"], True),
        (["2021", "bricks"], False),
        (["", ""], False),
    ],
)
def test_a_column_of_numbers_is_set_to_the_right_with_its_heading(values: list[str], is_right: bool) -> None:  # noqa: FBT001
    rows = "".join(f"<tr><td>Row</td><td>{value}</td></tr>" for value in values)

    made = body(f"<table><tr><th>Name</th><th>kg</th></tr>{rows}</table>")

    assert ('<th class="right">kg</th>' in made) is is_right
    assert made.count('<td class="right">') == (len(values) if is_right else 0)


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

    assert (body(table).count("<table") == 1) == fits
