"""Lines, lists, directions and alignment that styles give are in the chapter, whatever elements they are on."""

import pytest
from drafting import body


@pytest.mark.parametrize("display", ["block", "LIST-ITEM", "table", "flex", "grid", "flow-root", "block flow"])
@pytest.mark.parametrize("name", ["span", "b", "a", "label", "my-line"])
def test_an_inline_element_that_is_a_block_stands_on_a_line_of_its_own(display: str, name: str) -> None:
    given = (
        f'<p>Fares: <{name} style="display:{display}">one</{name}><{name} style="display:{display}">two</{name}>or</p>'
    )
    inline = {"b": ("<b>", "</b>")}.get(name, ("", ""))

    assert (
        body(given)
        == "<p>Fares:</p>" + "".join(f"<p>{inline[0]}{line}{inline[1]}</p>" for line in ("one", "two")) + "<p>or</p>"
    )


@pytest.mark.parametrize(
    "display", ["inline", "inline-block", "inline-flex", "inline-grid", "inline-table", "contents"]
)
def test_an_element_that_stays_in_its_line_does(display: str) -> None:
    assert body(f'<p>a<b style="display:{display}">b</b>c</p>') == "<p>a<b>b</b>c</p>"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<h2>A<span style="display:block">b</span></h2><p>c</p>', "<h2>A b</h2><p>c</p>"),
        ('<ul><li>x<span style="display:table">y</span></li></ul>', "<ul><li>x<p>y</p></li></ul>"),
        (
            (
                "<style>a{display:flex}</style>"
                '<p><a href="http://a.example/1">A</a><a href="http://a.example/2">B</a></p>'
            ),
            '<p><a href="http://a.example/1">A</a></p><p><a href="http://a.example/2">B</a></p>',
        ),
        (
            '<pre><code><span style="display:block">for:</span><span style="display:block">    ring</span></code></pre>',
            "<pre><code>for:\n    ring</code></pre>",
        ),
        (
            '<pre><code style="display:grid"><span data-line>open</span>\n<span data-line>  wait</span></code></pre>',
            "<pre><code>open\n  wait</code></pre>",
        ),
        ('<pre><code style="display:block">for:\n  x</code></pre>', "<pre><code>for:\n  x</code></pre>"),
        ("<pre><div>a</div><br><div>b</div></pre>", "<pre>a\n\nb</pre>"),
    ],
)
def test_blocks_by_style_are_lines_in_whatever_holds_them(given: str, expected: str) -> None:
    assert body(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            '<div style="white-space: pre-wrap">In the morning,\n  in    the night,\n\nand between</div>',
            "<p>In the morning,<br/>\xa0\xa0in\xa0\xa0\xa0 the night,</p><p>and between</p>",
        ),
        (
            '<p style="white-space:pre-line">Up   at six\nDown <b>at\nnine</b></p>',
            "<p>Up at six<br/>Down <b>at<br/>nine</b></p>",
        ),
        ('<blockquote style="white-space:break-spaces">a\nb</blockquote>', "<blockquote><p>a<br/>b</p></blockquote>"),
        ('<p style="white-space-collapse:preserve">a\nb</p>', "<p>a<br/>b</p>"),
        ('<div style="white-space:pre-wrap">\n<p>a</p>\n<p>b\nc</p>\n</div>', "<p>a</p><p>b<br/>c</p>"),
        ('<div style="white-space:pre-wrap"><p style="white-space:normal">a\nb</p></div>', "<p>a b</p>"),
        ('<p style="white-space:nowrap">a\nb</p>', "<p>a b</p>"),
        ('<ul><li style="white-space:pre-line">a\nb</li></ul>', "<ul><li>a<br/>b</li></ul>"),
        ('<div style="font-family:monospace; white-space:pre">if x:\n    y()</div>', "<pre>if x:\n    y()</pre>"),
        ('<p style="white-space:pre"><code>if x:\n    y()</code></p>', "<pre><code>if x:\n    y()</code></pre>"),
        ('<p>Use <code style="white-space:pre-wrap">x y</code>.</p>', "<p>Use <code>x y</code>.</p>"),
        ('<p>a<code style="white-space:pre">b\n  c</code></p>', "<p>a</p><pre><code>b\n  c</code></pre>"),
    ],
)
def test_white_space_that_a_style_keeps_is_kept(given: str, expected: str) -> None:
    assert body(f"<p>0</p>{given}<p>1</p>") == f"<p>0</p>{expected}<p>1</p>"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("<p><code>if<br>&nbsp;&nbsp;x&nbsp;&nbsp;y</code></p>", "<p><code>if<br/>\xa0\xa0x\xa0\xa0y</code></p>"),
        ("<p>a,<br>&nbsp;&nbsp;&nbsp;b <i>c</i></p>", "<p>a,<br/>\xa0\xa0\xa0b <i>c</i></p>"),
        ("<p>a,<br>\n&nbsp; &nbsp; b</p>", "<p>a,<br/>\xa0\xa0\xa0\xa0b</p>"),
        ("<p>a,<br>&nbsp;b</p><p>&nbsp;&nbsp;c &nbsp; d</p>", "<p>a,<br/>b</p><p>c d</p>"),
        ("<p>a<br><br>&nbsp;&nbsp;b</p>", "<p>a</p><p>b</p>"),
    ],
)
def test_no_break_spaces_indent_after_a_line_break_and_in_code(given: str, expected: str) -> None:
    assert body(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("First</p>Second</p>Third<p></p>Last", "<p>First</p><p>Second</p><p>Third</p><p>Last</p>"),
        ("<div>a<p> </p>b<br><p><br></p>c</div>", "<p>a</p><p>b</p><p>c</p>"),
        ("<p>One<span>Two</p>Three<div></div>Four", "<p>OneTwo</p><p>Three</p><p>Four</p>"),
        ("<ul><li>Coal</p>Water</li></ul>", "<ul><li>Coal<br/>Water</li></ul>"),
        ("<blockquote>a</p>b</blockquote>", "<blockquote><p>a</p><p>b</p></blockquote>"),
        ("<dl><dt>a</p>b</dt><dd>c</p>d</dd></dl>", "<dl><dt>a<br/>b</dt><dd>c<br/>d</dd></dl>"),
        ("<h2>a</p>b</h2><p>c</p>", "<h2>a b</h2><p>c</p>"),
        (
            "<table><tr><th>x</th><th>y</th></tr><tr><td>Up</p>Down</td><td>12</td></tr></table>",
            "<table><tbody><tr><th>x</th><th>y</th></tr><tr><td>Up<br/>Down</td><td>12</td></tr></tbody></table>",
        ),
        ("<p>a</p><p></p><p>b</p>", "<p>a</p><p>b</p>"),
        ("<ul><li></li><li>a</li></ul>", "<ul><li>a</li></ul>"),
    ],
)
def test_an_empty_block_between_texts_ends_a_line(given: str, expected: str) -> None:
    assert body(given) == expected


def test_a_lone_empty_paragraph_is_a_gap_and_many_are_none() -> None:
    scenes = "<p>a</p><p>b</p><p>&nbsp;</p><p align=center>c</p><p>d</p><p>e</p>"

    assert body(scenes) == '<p>a</p><p>b</p><p class="gap center">c</p><p>d</p><p>e</p>'
    assert body(scenes.replace("center", "left")) == '<p>a</p><p>b</p><p class="gap">c</p><p>d</p><p>e</p>'
    assert body("<p>a</p><p>&nbsp;</p><p>b</p><p><br></p><p>c</p>") == "<p>a</p><p>b</p><p>c</p>"
    assert (
        body("<p>a</p><p>b</p><p>&nbsp;</p><h2>c</h2><p>d</p><p>e</p>") == "<p>a</p><p>b</p><h2>c</h2><p>d</p><p>e</p>"
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<ol style="list-style-type: lower-alpha"><li>x<li>y</ol>', '<ol type="a"><li>x</li><li>y</li></ol>'),
        ('<ol style="list-style: upper-roman inside" start=4><li>x</ol>', '<ol start="4" type="I"><li>x</li></ol>'),
        ('<ol type=a style="list-style-type: decimal"><li>x</ol>', '<ol type="1"><li>x</li></ol>'),
        ("<ol><li type=A>x<li type=A>y</ol>", '<ol type="A"><li>x</li><li>y</li></ol>'),
        ('<ul style="list-style-type: upper-latin"><li>x</ul>', '<ol type="A"><li>x</li></ol>'),
        ('<ol style="list-style: square"><li>x</ol>', "<ul><li>x</li></ul>"),
        ("<style>li{list-style:lower-roman}</style><ol><li>x</ol>", '<ol type="i"><li>x</li></ol>'),
        (
            "<ol><li>x<li type=a>y</ol>",
            '<ol start="1"><li>x</li></ol><ol start="2" type="a"><li>y</li></ol>',
        ),
        ('<ol style="list-style: lower-greek"><li>x<li>y</ol>', '<ol class="unmarked"><li>α. x</li><li>β. y</li></ol>'),
        (
            '<ol style="list-style: cjk-ideographic" start=10><li>x<li>y</ol>',
            '<ol class="unmarked" start="10"><li>十、x</li><li>十一、y</li></ol>',
        ),
        ("<ul style=\"list-style-type: '– '\"><li>x</ul>", '<ul class="unmarked"><li>– x</li></ul>'),
        ('<ol style="list-style: none"><li>1. x<li>2. y</ol>', "<ol><li>x</li><li>y</li></ol>"),
        ('<ol style="list-style: none"><li><b>a)</b> x<li><b>b)</b> y</ol>', '<ol type="a"><li>x</li><li>y</li></ol>'),
        ('<ol style="list-style: none"><li>4. x<li>2. y</ol>', '<ol class="unmarked"><li>4. x</li><li>2. y</li></ol>'),
        ('<ul style="list-style: none"><li>– x<li>• y</ul>', "<ul><li>x</li><li>y</li></ul>"),
        ('<ul style="list-style: none"><li>→ x<li>✓ y</ul>', '<ul class="unmarked"><li>→ x</li><li>✓ y</li></ul>'),
        ('<ul style="list-style: none"><li>1. x<li>2. y</ul>', '<ul class="unmarked"><li>1. x</li><li>2. y</li></ul>'),
        ('<ul style="list-style: none"><li>x</ul>', '<ul class="unmarked"><li>x</li></ul>'),
        ("<ol><li>1. x<li>2. y</ol>", "<ol><li>x</li><li>y</li></ol>"),
        ("<ul><li>• x<li>•y</ul>", "<ul><li>x</li><li>y</li></ul>"),
        ("<ol><li>1.5 l<li>2.5 l</ol>", "<ol><li>1.5 l</li><li>2.5 l</li></ol>"),
        ("<ol><li>1914. War<li>1918. Peace</ol>", "<ol><li>1914. War</li><li>1918. Peace</li></ol>"),
        ("<ul><li>– x<li>– y</ul>", "<ul><li>– x</li><li>– y</li></ul>"),
        ('<ol type="i"><li>x</ol>', '<ol type="i"><li>x</li></ol>'),
    ],
)
def test_a_list_has_the_marks_that_a_browser_shows_once(given: str, expected: str) -> None:
    assert body(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<p style="direction:rtl">a</p>', '<p dir="rtl">a</p>'),
        ('<div style="direction: RTL"><p>a</p></div>', '<div dir="rtl"><p>a</p></div>'),
        ('<p>x <span style="direction:rtl">a</span></p>', '<p>x <span dir="rtl">a</span></p>'),
        ('<ul><li style="direction:rtl">a</li></ul>', '<ul><li dir="rtl">a</li></ul>'),
        ('<div dir="rtl"><p style="direction:ltr">a</p></div>', '<div dir="rtl"><p dir="ltr">a</p></div>'),
        ('<p style="direction:ltr">a</p>', "<p>a</p>"),
    ],
)  # fmt: skip
def test_a_direction_by_style_is_kept(given: str, expected: str) -> None:
    assert body(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('<p style="text-align:center">a</p>', '<p class="center">a</p>'),
        ('<p style="text-align: -webkit-center">a</p>', '<p class="center">a</p>'),
        ("<p align=right>a</p>", '<p class="right">a</p>'),
        ("<center>a<p>b</center>", '<div class="center"><p>a</p><p>b</p></div>'),
        ('<h2 style="text-align:center">a</h2><p>b</p>', '<h2 class="center">a</h2><p>b</p>'),
        (
            '<div style="text-align:center"><p>x</p><p style="text-align:left">y</p></div>',
            '<div class="center"><p>x</p><p class="left">y</p></div>',
        ),
        ('<p style="text-align:justify">a</p><p style="text-align:start">a</p>', "<p>a</p><p>a</p>"),
        ('<p dir="rtl" style="text-align:right">a</p>', '<p dir="rtl">a</p>'),
        ('<p dir="rtl" style="text-align:end">a</p>', '<p dir="rtl" class="left">a</p>'),
        ('<p style="text-align:center"><img src="http://a.example/b.jpg"></p>', None),
        (
            "<table><tr><th align=right>a<th>b<tr><td>x<td style='text-align:end'>z</table>",
            (
                '<table><tbody><tr><th class="right">a</th><th>b</th></tr>'
                '<tr><td>x</td><td class="right">z</td></tr></tbody></table>'
            ),
        ),
    ],
)
def test_lines_in_the_middle_and_at_the_right_stay_there(given: str, expected: str | None) -> None:
    assert body(given) == (expected or '<figure><img src="http://a.example/b.jpg" alt=""/></figure>')
