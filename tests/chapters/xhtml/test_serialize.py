"""The rebuilt markup: each line of the table has a sentence, the input and the output."""

import pytest
from drafting import article, body

from epubmaker.chapters.draft import draft

SENTENCES: list[tuple[str, str, str]] = [
    ("text straight in the body becomes paragraphs", "a<div>b</div>c", "<p>a</p><p>b</p><p>c</p>"),
    ("characters that look like markup are text", "1 < 2 &amp;&amp; 3 > 2", "<p>1 &lt; 2 &amp;&amp; 3 &gt; 2</p>"),
    ("an unclosed paragraph ends where the next begins", "<p>a<p>b", "<p>a</p><p>b</p>"),
    ("emphasis across paragraphs is in each of them", "<b><p>a</p><p>b</p></b>", "<p><b>a</b></p><p><b>b</b></p>"),
    ("misnested emphasis is what browsers show", "<p>1<b>2<i>3</b>4</i>5", "<p>1<b>2<i>3</i></b><i>4</i>5</p>"),
    (
        "a link around blocks is in each of them",
        "<a href='x'><div><h3>T</h3><p>s</p></div></a>",
        '<h2><a href="https://example.com/news/x">T</a></h2><p><a href="https://example.com/news/x">s</a></p>',
    ),
    ("white space is collapsed, outside of inline elements", "<p> a  <b> b </b>\n c </p>", "<p>a <b>b</b> c</p>"),
    ("a line end between ideographs is no space", "<p>中\n  文</p>", "<p>中文</p>"),
    ("a line end between words is one", "<p>a\n b</p>", "<p>a b</p>"),
    ("the indent that the style sheet makes goes", "<p>　　中文　字</p>", "<p>中文　字</p>"),
    ("two line breaks part paragraphs", "a<br>b<br><br>c<br> <br><br>d<br>", "<p>a<br/>b</p><p>c</p><p>d</p>"),
    ("two line breaks in a marked paragraph do too", "<p><b>a<br><br>b</b></p>", "<p><b>a</b></p><p><b>b</b></p>"),
    ("line breaks at either end of a block go", "<p><br>a<br></p><br><br><p>b</p>", "<p>a</p><p>b</p>"),
    (
        "empty elements go",
        "<p>&nbsp;</p><p></p><div><span></span></div><ul><li></li></ul><h2></h2><p>a</p>",
        "<p>a</p>",
    ),
    (
        "text straight in a list becomes an item",
        "<ul>a<li>b</li><p>c</p></ul>",
        "<ul><li>a</li><li>b</li><li><p>c</p></li></ul>",
    ),
    ("stray items share a list", "<p>a</p><li>b<li>c<p>d", "<p>a</p><ul><li>b</li><li>c<p>d</p></li></ul>"),
    (
        "lists keep their numbers",
        '<ol start="3" type="a"><li>a<li value="7">b</ol>',
        '<ol start="3" type="a"><li>a</li><li value="7">b</li></ol>',
    ),
    (
        "values that are not valid go",
        '<ol start="x" type="q"><li value="">a</ol><ul><li value=3>b</ul>',
        "<ol><li>a</li></ol><ul><li>b</li></ul>",
    ),
    (
        "blocks in a list item stand apart",
        "<ul><li><div>a</div><div>b</div></li></ul>",
        "<ul><li><p>a</p><p>b</p></li></ul>",
    ),
    ("a lone block in a list item is its text", "<ul><li><div>a</div></li></ul>", "<ul><li>a</li></ul>"),
    ("definitions stay", "<dl><dt>a<dd>b<dd>c</dl>", "<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>"),
    (
        "an item in a term has a list there",
        "<ul><li><dl><dt>a<li>b</dt><dd>c</dl></ul>",
        "<ul><li><dl><dt>a<ul><li>b</li></ul></dt><dd>c</dd></dl></li></ul>",
    ),
    (
        "groups of definitions in another language are text",
        '<p>cccc</p><dl><div lang="fr"><dt>a<dd>b</div></dl>',
        '<p>cccc</p><div lang="fr" xml:lang="fr"><p><strong>a</strong></p><p>b</p></div>',
    ),
    ("definitions without a term are text", "<dl><dd>a</dl>", "<p>a</p>"),
    ("terms without a definition are text", "<dl><dt>a</dl>", "<p><strong>a</strong></p>"),
    (
        "table rows get a body, empty cells stay",
        "<table><tr><th>a<td><tr><td>b<td>c</table>",
        "<table><tbody><tr><th>a</th><td></td></tr><tr><td>b</td><td>c</td></tr></tbody></table>",
    ),
    (
        "spans of cells stay where they are valid",
        '<table><tr><td colspan="2" rowspan="0" width="3">a<th scope="col" colspan="x">b</table>',
        '<table><tbody><tr><td colspan="2">a</td><th scope="col">b</th></tr></tbody></table>',
    ),
    (
        "an empty header cell is no header",
        "<table><tr><th></th><th>a</th></tr></table>",
        "<table><tbody><tr><td></td><th>a</th></tr></tbody></table>",
    ),
    (
        "a second head and a foot are bodies",
        "<table><thead><tr><th>a<tfoot><tr><td>b<thead><tr><td>c<tbody><tr><td>d</table>",
        (
            "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody>"
            "<tbody><tr><td>c</td></tr></tbody><tbody><tr><td>d</td></tr></tbody></table>"
        ),
    ),
    ("code keeps its white space", "<pre>\n a\n\t<b>b</b>  c<br>d</pre>", "<pre> a\n\t<b>b</b>  c\nd</pre>"),
    ("code of white space alone is none", "x<pre>\n\n </pre>y", "<p>x</p><p>y</p>"),
    ("a block in code without a line before it begins none", "x<pre><div>a</div></pre>", "<p>x</p><pre>a</pre>"),
    ("lines of code in blocks stay lines", "<pre><div>a</div><div>b</div></pre>", "<pre>a\nb</pre>"),
    (
        "emphasis in a style stays",
        '<p><span style="font-weight: 700; font-style:italic">a</span></p>',
        "<p><strong><em>a</em></strong></p>",
    ),
    ("emphasis of a block stays", '<div style="FONT-WEIGHT:bold">a</div>', "<p><strong>a</strong></p>"),
    ("bold that says it is not goes", '<b style="font-weight:normal">a</b>', "<p>a</p>"),
    (
        "old elements have new names",
        "<strike>a</strike><tt>b</tt><acronym title=x>c</acronym><big>e</big>",
        '<p><s>a</s><code>b</code><abbr title="x">c</abbr>e</p>',
    ),
    ("unknown elements are unwrapped", "<o:p>a</o:p><my-el @click=x>b</my-el><nobr>c</nobr>", "<p>abc</p>"),
    (
        "direction and language of parts stay",
        '<p dir=rtl lang=ar>ا</p><div lang="fr_FR">b</div><span lang="xx-nonsense">c</span>',
        '<p lang="ar" xml:lang="ar" dir="rtl">ا</p><div lang="fr-FR" xml:lang="fr-FR"><p>b</p></div><p>c</p>',
    ),
    (
        "digits and signs have no language",
        '<p>于<span lang="EN-US">2024</span>年<span lang="EN-US">, </span><span lang=fr>été</span></p>',
        '<p>于2024年, <span lang="fr" xml:lang="fr">été</span></p>',
    ),
    ("bdo needs a direction", "<bdo>a</bdo><bdo dir=RTL>b</bdo>", '<p>a<bdo dir="rtl">b</bdo></p>'),
    (
        "dates stay where they are valid",
        "<time datetime=2026-01-02>a</time><time datetime=2026-1-2>b</time>",
        '<p><time datetime="2026-01-02">a</time>b</p>',
    ),
    (
        "a picture alone in a paragraph is a figure",
        "<p>a</p><p><img src=b.jpg alt=b></p>",
        '<p>a</p><figure><img src="b.jpg" alt="b"/></figure>',
    ),
    ("a picture in a text stays there", "<p>a <img src=b.jpg alt=b> c</p>", '<p>a <img src="b.jpg" alt="b"/> c</p>'),
    ("rules stay, one at a time", "<p>a<hr><hr><p>b", "<p>a</p><hr/><p>b</p>"),
    (
        "sections and their like leave no trace",
        "<article><header>a</header><main>b</main></article>",
        "<p>a</p><p>b</p>",
    ),
    (
        "ruby stays",
        "<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby>",
        "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字<rt>じ</rt></ruby></p>",
    ),
    ("ruby without a reading is text", "<ruby>a</ruby>", "<p>a</p>"),
    ("a bracket of no ruby goes, a text in its place stays", "<p>a <rp>(</rp>b <rp>c</rp></p>", "<p>a b c</p>"),
    ("a reading without a base is in brackets", "雪<ruby><rt>ゆき</rt></ruby>a<rt>b</rt>", "<p>雪（ゆき）a (b)</p>"),
    (
        "ruby over a picture stays",
        '<p>x<ruby><img src="a" alt="鶫"><rt>つぐみ</rt></ruby></p><p><ruby><img src="b"><rp>(</rp><rt>い</rt></ruby></p>',
        '<p>x<ruby><img src="a" alt="鶫"/><rt>つぐみ</rt></ruby></p><p><ruby><img src="b" alt=""/><rt>い</rt></ruby></p>',
    ),
    (
        "ruby over a picture and a text has its reading in brackets",
        '<p>x<ruby>小<img src="a.png" alt="鶫"><rt>つぐみ</rt></ruby></p>',
        '<p>x小<img src="a.png" alt="鶫"/>（つぐみ）</p>',
    ),
    (
        "a base without the last reading is text",
        "<ruby>駅<rt>えき</rt>長</ruby>",
        "<p><ruby>駅<rt>えき</rt></ruby>長</p>",
    ),
    (
        "ruby with one bracket stays, without it",
        "<ruby>鐘<rp>(</rp><rt>かね</rt></ruby><ruby>雪<rt>ゆき</rt><rp>)</rp></ruby>",
        "<p><ruby>鐘<rt>かね</rt></ruby><ruby>雪<rt>ゆき</rt></ruby></p>",
    ),
    (
        "readings before their bases change places with them",
        "<ruby><rt>ゆき</rt>雪</ruby><ruby><rp>(</rp><rt>a</rt><rp>)</rp><rb>b</rb><rt>c</rt><b>d</b></ruby>",
        "<p><ruby>雪<rt>ゆき</rt></ruby><ruby>b<rt>a</rt></ruby><ruby>d<rt>c</rt></ruby></p>",
    ),
    (
        "bases and the readings after them are pairs",
        "<ruby><rb>鉄</rb><rb>道</rb><rt>てつ</rt><rt>どう</rt></ruby><ruby><rb>終<rb>点<rp>(</rp><rt>しゅう<rt>てん<rp>)</rp></ruby>",
        "<p><ruby>鉄<rt>てつ</rt>道<rt>どう</rt></ruby><ruby>終<rt>しゅう</rt>点<rt>てん</rt></ruby></p>",
    ),
    (
        "so are those in containers; second readings are in brackets",
        "<ruby><rbc><rb>終</rb><rb>点</rb></rbc><rtc><rt>しゅう</rt><rt>てん</rt></rtc><rtc><rt>the end</rt></rtc></ruby>",
        "<p><ruby>終<rt>しゅう</rt>点<rt>てん</rt></ruby> (the end)</p>",
    ),
    (
        "more bases or readings than there are of the other are text, and brackets",
        "<ruby><rb>a<rb>b<rb>c<rt>1<rt>2</ruby><ruby><rb>a<rb>b<rt>1<rt>2<rt>3</ruby><ruby><rb>a<rb>b<rt>12</ruby>",
        "<p><ruby>a<rt>1</rt>b<rt>2</rt></ruby>c<ruby>a<rt>1</rt>b<rt>2</rt></ruby> (3)<ruby>ab<rt>12</rt></ruby></p>",
    ),
    (
        "formulas stay, their wrong arguments a row",
        (
            "<math display=block><mfrac><mi>a</mi><mn onclick=x>2</mn></mfrac><msup><mi>x</mi></msup>"
            "<mroot><mi>a</mi><mi>b</mi><mi>c</mi></mroot></math>"
        ),
        (
            '<p><math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac>'
            "<msup><mi>x</mi><mrow></mrow></msup><mrow><mi>a</mi><mi>b</mi><mi>c</mi></mrow></math></p>"
        ),
    ),
    (
        "a formula's TeX is its alternative text",
        "<math><semantics><mi>x</mi><annotation encoding=application/x-tex>x&amp;</annotation></semantics></math>",
        '<p><math xmlns="http://www.w3.org/1998/Math/MathML" alttext="x&amp;"><mi>x</mi></math></p>',
    ),
    (
        "simple drawings stay",
        (
            "<svg viewBox='0 0 90 90' onload=x><g data-x=y><path d='M0 0L9 9' style='fill:RED' class=z /></g>"
            "<text x=1 y=2>a<tspan>b</text></svg>"
        ),
        (
            '<p><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 90"><g><path d="M0 0L9 9" fill="red"/></g>'
            '<text x="1" y="2">a<tspan>b</tspan></text></svg></p>'
        ),
    ),
    ("icons go", "<p>a<svg width=16 height=16><path d='M0 0'/></svg>", "<p>a</p>"),
    (
        "boxes for texts are those",
        "<svg viewBox='0 0 90 90'><foreignObject><div>a</div></foreignObject></svg>",
        "<p>a</p>",
    ),
]


@pytest.mark.parametrize(("what", "given", "expected"), SENTENCES, ids=[what for what, _, _ in SENTENCES])
def test_markup_is_rebuilt(what: str, given: str, expected: str) -> None:
    assert body(given) == expected, what


@pytest.mark.parametrize(("what", "given", "expected"), SENTENCES, ids=[what for what, _, _ in SENTENCES])
def test_rebuilding_twice_changes_nothing(what: str, given: str, expected: str) -> None:
    assert body(expected) == expected, (what, given)


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("Short.", "Short."),
        ("A sentence of some length here. " * 20, ("A sentence of some length here. " * 9).strip()),
        ("word " * 100, ("word " * 59).strip() + " word…"),
        ("一句话。" * 100, "一句话。" * 75),
        ("字" * 400, "字" * 300 + "…"),
        ("美<b>国</b>及其<a href='https://e.org/'>盟友</a>。<br>一", "美国及其盟友。 一"),
        ("so<i>ft</i> <u>and</u> <b>b<u>ol</u>d</b></p><p>next<ul><li>item</ul>", "soft and bold next item"),
    ],
)
def test_the_excerpt_ends_with_a_sentence_or_a_word(text: str, excerpt: str) -> None:
    assert draft(article(f"<p>{text}</p>")).excerpt == excerpt


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>ภาษา<wbr>ไทย</p>", "<p>ภาษา\u200bไทย</p>"),
        ("<p>ພາສາ<WBR/>ລາວ</p>", "<p>ພາສາ\u200bລາວ</p>"),
        ("<h2>ភាសា<wbr></wbr>ខ្មែរ</h2>", "<h2>ភាសា\u200bខ្មែរ</h2>"),
        ("<li>မြန်<wbr class=x>မာ", "<ul><li>မြန်\u200bမာ</li></ul>"),
        ("<p>ภาษา<wbr> <wbr>ไทย", "<p>ภาษา ไทย</p>"),
        ("<p>harbor<wbr>master, 港<wbr>口 <b>x</b><wbr><b>y</b>", "<p>harbormaster, 港口 <b>x</b><b>y</b></p>"),
        ("<p><code>read<wbr>_the<wbr>_line</code>", "<p><code>read\u200b_the\u200b_line</code></p>"),
        ("<p><kbd>a\u200bb \u200bc\u200b</kbd>", "<p><kbd>a\u200bb c</kbd></p>"),
        ("<pre>a.<wbr>b(c)\n<wbr>d</pre>", "<pre>a.\u200bb(c)\nd</pre>"),
    ],
)
def test_a_place_to_break_a_word_stays_where_no_reader_finds_one(html: str, expected: str) -> None:
    assert body(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (
            "<p>See https://a.example/harbor/news?day=2022-01-12&amp;page=two.html now</p>",
            "https://a.example/<wbr/>harbor/<wbr/>news?<wbr/>day=<wbr/>2022-01-12&amp;<wbr/>page=<wbr/>two.html</a> now",
        ),
        ("<p>See https://a.example/harbor/ now</p>", ">https://a.example/harbor/</a> now"),
        ("<p><code>https://a.example/harbor/news?day=2022-01-12</code></p>", "news?day"),
    ],
)
def test_a_long_address_breaks_between_its_parts(html: str, expected: str) -> None:
    assert expected in body(html)
