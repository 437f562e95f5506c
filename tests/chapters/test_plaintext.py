"""Plain text, with line ends and without: what its paragraphs and lists are, and that none of it is lost."""

from __future__ import annotations

import re

import pytest
from drafting import article, body, markup
from effort import effort
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from epubmaker.chapters.draft import draft
from epubmaker.chapters.plaintext import as_html
from epubmaker.model.chapters import DraftSettings

WRAPPED = """\
The ships lay in the harbor for three weeks, because no wind would come
that could have brought them out to the islands. Every morning the men went
down to the quay and looked at the sky, and every evening they came back.

On the first day of the fourth week a boy ran up the street and shouted
that the flags were moving. Within an hour all the sails were set.

    Your friend,
    John
"""
LINK = "https://video.example/a"


def blocks(text: str) -> list[str]:
    """Return the blocks of a chapter of plain text, and the items of its lists, without links."""
    made = re.sub(r"</?a\b[^>]*>", "", body(text, title="-"))
    return re.findall(r"<(?:p|li)>.*?</(?:p|li)>", made)


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", ["{}", "<div>\n{}\n</div>", "<div class=x>\n<div>{}</div></div>\n"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb\n\nc", ["<p>a<br/>b</p>", "<p>c</p>"]),
        ("a\n \t\n\nb", ["<p>a</p>", "<p>b</p>"]),
        ("Roses are red\nviolets are blue", ["<p>Roses are red<br/>violets are blue</p>"]),
        (
            "It was late.\nNobody came.\nWe went home.",
            ["<p>It was late.</p>", "<p>Nobody came.</p>", "<p>We went home.</p>"],
        ),
        ("第一行寫得很長，" * 8 + "\n短行", ["<p>" + "第一行寫得很長，" * 8 + "</p>", "<p>短行</p>"]),
        ("1 < 2 &amp;&amp; 3 > 2\n&lt;b&gt;", ["<p>1 &lt; 2 &amp;&amp; 3 &gt; 2<br/>&lt;b&gt;</p>"]),
    ],
)
def test_lines_of_a_text_without_blocks_are_lines(wrap: str, text: str, expected: list[str]) -> None:
    assert blocks(wrap.format(text)) == expected


def test_lines_that_were_wrapped_at_a_width_are_joined() -> None:
    first, second, end = blocks(WRAPPED)

    assert "because no wind would come that could have" in first
    assert "shouted that the flags" in second
    assert end == "<p>Your friend,<br/>John</p>"
    assert first.count("<br/>") == second.count("<br/>") == 0


def test_wrapped_paragraphs_without_blank_lines_end_with_a_short_line() -> None:
    unparted = WRAPPED.partition("\n\n    ")[0].replace("they came back.\n\n", "they were back.\nSo.\n")
    assert [block.split(" ", block.count(" ") - 1)[-1] for block in blocks(unparted)] == [
        "back. So.</p>",
        "were set.</p>",
    ]


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    text = "\n".join(["天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往秋收冬藏閏餘成歲律呂調陽"] * 4) + "\n雲騰。"
    assert blocks(text) == [f"<p>{text.replace(chr(10), '')}</p>"]


def test_items_in_wrapped_text_stay_lines() -> None:
    items = "- a first thing that is long enough to be wrapped at the same width as the\n  rest of it\n- a second\n"
    assert "<br/>- a second" in blocks(WRAPPED.replace("    Your", items + "    Your"))[-1]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>a</b>\nb\n\nc <i>d</i>", "<p><b>a<br/></b>b</p><p>c <i>d</i></p>"),
        ("<p>a\nb\n\nc</p>", "<p>a b c</p>"),
        ("a\nb<br>c", "<p>a b<br/>c</p>"),
        ("<div>\n a\n <b>\n b\n </b>\n c\n</div>", "<p>a <b>b</b> c</p>"),
        (f"<p>{'=' * 9}</p><p>0:00 a 0:10 b 0:20 c #x #y</p>", "<hr/><p>0:00 a 0:10 b 0:20 c #x #y</p>"),
    ],
)
def test_line_ends_in_markup_are_white_space_unless_blank_lines_part_it(html: str, expected: str) -> None:
    assert body(html, title="-") == expected


def test_a_date_above_plain_text_is_no_part_of_it() -> None:
    assert as_html("<div>\n<div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>a\nb\n</div>") == (
        "<div>\n<div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div><p>a<br>b</p></div>"
    )


# --- what a text without line ends holds -----------------------------------------------------------------------------


@pytest.mark.parametrize("sign", "=-－*~━")
def test_a_rule_is_a_break_between_paragraphs(sign: str) -> None:
    assert blocks(f"甲{sign * 6}乙{' '.join(sign * 8)}丙{sign * 5}丁") == [
        "<p>甲</p>",
        "<p>乙</p>",
        f"<p>丙{sign * 5}丁</p>",
    ]
    assert blocks(f"甲乙\n{sign * 30}\n丙丁") == ["<p>甲乙</p>", "<p>丙丁</p>"]


def test_asterisks_in_a_word_are_no_rule() -> None:
    assert blocks("call 138******12, what the f******") == ["<p>call 138******12, what the f******</p>"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"看看吧{LINK}00:00 片頭00:17 第一段(01:05)第二段1:02:03結語。謝謝",
            [
                f"<p>看看吧{LINK}</p>",
                "<li>00:00 片頭</li>",
                "<li>00:17 第一段</li>",
                "<li>(01:05)第二段</li>",
                "<li>1:02:03結語。</li>",
                "<p>謝謝</p>",
            ],
        ),
        ("from 9:30 to 10:30, and 11:30", ["<p>from 9:30 to 10:30, and 11:30</p>"]),
        ("0:00 a 0:30 b, not 0:10", ["<p>0:00 a 0:30 b, not 0:10</p>"]),
    ],
)
def test_time_stamps_that_increase_are_a_list(text: str, expected: list[str]) -> None:
    assert blocks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一段文字#海港#大船 #北方", ["<p>一段文字</p>", "<p><small>#海港 #大船 #北方</small></p>"]),
        ("a\n\nb #x #y", ["<p>a</p>", "<p>b</p>", "<p><small>#x #y</small></p>"]),
        ("only one #tag", ["<p>only one #tag</p>"]),
        (f"一段文字{LINK}#a#b", [f"<p>一段文字{LINK}</p>", "<p><small>#a #b</small></p>"]),
        (f"一段文字{LINK}#a #b", [f"<p>一段文字{LINK}#a #b</p>"]),
    ],
)
def test_hashtags_at_the_end_are_a_small_line_of_their_own(text: str, expected: list[str]) -> None:
    assert blocks(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            f"請訂閱我的頻道。日記：{LINK}1微博：{LINK}2，信箱: a@b.example商業合作請來信，謝謝。",
            [
                "<p>請訂閱我的頻道。</p>",
                f"<li>日記：{LINK}1</li>",
                f"<li>微博：{LINK}2，</li>",
                "<li>信箱: a@b.example</li>",
                "<p>商業合作請來信，謝謝。</p>",
            ],
        ),
        (
            f"好船        {LINK}1海港        {LINK}2",
            [f"<li>好船 {LINK}1</li>", f"<li>海港 {LINK}2</li>"],
        ),
        (f"日記：{LINK}1。這是另外一句話。微博：{LINK}2", [f"<p>日記：{LINK}1。這是另外一句話。微博：{LINK}2</p>"]),
        (f"see {LINK}1 and {LINK}2", [f"<p>see {LINK}1 and {LINK}2</p>"]),
    ],
)
def test_addresses_with_a_label_each_are_a_list(text: str, expected: list[str]) -> None:
    assert blocks(text) == expected


# --- none of it is lost ----------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    [
        "海港",
        "word ",
        "。",
        "：",
        ": ",
        "，",
        "\n",
        "\n\n",
        "  ",
        LINK,
        "www.e.example",
        "a@b.example",
        "00:00",
        "0:17",
        "1:02:03",
        "#x",
        "#",
        " #標籤",
        "======",
        "－－－－－－",
        "***",
        "< ",
        "& ",
        "& amp;",
        "<b>",
        "</b>",
        "(",
        "）",
        "- ",
        "　",
        "字" * 60,
    ]
)


def check_is_whole(text: str) -> None:
    made = markup(draft(article(text, title="-"), DraftSettings(keep_all=True)))  # a last line may be furniture
    shown = re.sub(r"<[^<>]*>", "", made).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert _letters(shown) == _letters(re.sub(r"</?b>", "", text))


def _letters(text: str) -> str:
    return re.sub(r"[\s=－*-]", "", text)


@given(st.lists(pieces, max_size=40).map("".join))
def test_no_character_is_lost_but_white_space_and_rules(text: str) -> None:
    check_is_whole(text)


@pytest.mark.slow
@settings(max_examples=effort(1_200), deadline=None, phases=[Phase.generate, Phase.shrink])
@given(st.lists(pieces | st.text(max_size=5).filter(str.isalnum), max_size=80).map("".join))
def test_no_character_is_lost_wherever_it_stands(text: str) -> None:
    check_is_whole(text)
