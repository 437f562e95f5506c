"""Where a line of the source ends: in one text, across inline elements, and in what `prettify` makes of a page."""

from __future__ import annotations

import re
from itertools import islice

import pytest
from bs4 import BeautifulSoup
from drafting import body
from hypothesis import given
from hypothesis import strategies as st

ZH = "我們昨天在港口看見了三艘新船，其中一艘正要出發。"
JA = "私たちは昨日、港で新しい船を三隻見ました。"
KO = "우리는 어제 항구에서 새 배 세 척을 보았습니다."
EN = "Yesterday we saw three new ships in the harbor, and one of them was about to leave for the islands in the north. "
FR = "Hier nous avons vu trois nouveaux bateaux dans le port, et l'un d'eux allait partir pour les îles du nord. "
DE = "Gestern sahen wir im Hafen drei neue Schiffe, von denen eines gerade zu den Inseln im Norden auslief. "


def shown(html: str) -> str:
    """Return the text of the first paragraph of an article with the body `html`."""
    paragraphs: list[str] = re.findall(r'<p(?: class="[^"]*")?>(.*?)</p>', body(html))
    return re.sub(r"<[^>]*>", "", paragraphs[0])


@pytest.mark.parametrize(
    ("around", "source", "expected"),
    [
        # between wide characters, and beside wide punctuation
        (ZH, "中\n文", "中文"),
        (ZH, "中\n <b>\n 文\n </b>\n ，字", "中文，字"),
        (ZH, "Apple\n，<b>\n Google\n </b>\n 。", "Apple，Google。"),
        (ZH, "中\n《<i>\n Dune\n </i>\n 》", "中《Dune》"),
        (ZH, "中\n <a href='/x'>\n A\n </a>\n 文", "中 A 文"),
        (ZH, "😀\n文", "😀文"),
        (EN, "the sign 中\n <b>\n 文\n </b>\n ，字", "the sign 中文，字"),
        # ambiguous punctuation, and that of ASCII beside an ideograph
        (ZH, "他說\n <b>\n “好”\n </b>\n ——\n 很好\n ……", "他說“好”——很好……"),
        (ZH, "中\n (<i>\n 文\n </i>\n )\n ,字", "中(文),字"),
        (EN, "the sign 中\n “A”", "the sign 中 “A”"),
        (JA, "「船\n <b>\n ・\n </b>\n 港」\n ﾃｽﾄ", "「船・港」ﾃｽﾄ"),
        # Hangul has spaces
        (KO, "새\n <b>\n 배\n </b>\n 를", "새 배 를"),
        # what was typed
        (ZH, "中 <b>文</b> ，字", "中 文 ，字"),
        (ZH, "中&nbsp;\n<b>文</b>", "中 文"),
        (EN, "a <b>b</b> , c ( d )", "a b , c ( d )"),
        # letters
        (
            EN,
            "see\n <a href='/x'>\n this\n </a>\n , (\n <i>\n that\n </i>\n ) and\n <b>\n it\n </b>\n .",
            "see this, (that) and it.",
        ),
        (
            EN,
            "“\n <i>\n Ship\n </i>\n ” was the\n <i>\n Times\n </i>\n ’s\n word\n :\n yes\n !",
            "“Ship” was the Times’s word: yes!",
        ),
        (EN, "the\n .net and\n :-) and\n ... so", "the .net and :-) and ... so"),
        (FR, "vu\n <b>\n là\n </b>\n ; «\n <i>\n ici\n </i>\n » , oui\n .", "vu là ; « ici » , oui."),
        (DE, "das\n <i>\n Wort\n </i>\n „\n <b>\n Schiff\n </b>\n “\n , ja\n !", "das Wort „ Schiff “, ja!"),
        # pictures
        (ZH, "中\n <img src='a.gif' width=1 height=1>\n 文", "中文"),
        (ZH, "中\n <img src='a.png' width=60 height=40 alt=x>\n 文", "中文"),
        (EN, "a\n <img src='a.gif' width=1 height=1>\n b", "a b"),
        (EN, "a\n <img src='a.png' width=60 height=40 alt=x>\n b", "a  b"),
    ],
)
def test_a_line_end_is_a_space_or_nothing(around: str, source: str, expected: str) -> None:
    assert shown(f"<p>{source}</p>" + f"<p>{around}</p>" * 4) == expected


def test_code_keeps_its_lines() -> None:
    assert body(f"<p>{ZH}</p><pre>中\n<b>\n文</b></pre>") == f"<p>{ZH}</p><pre>中\n<b>\n文</b></pre>"


def wrapped(part: st.SearchStrategy[str], *names: str) -> st.SearchStrategy[str]:
    """Return what a strategy draws, alone or in one of some inline elements, nested or not."""
    start = st.sampled_from(["", *(f'<{name} href="/x">' if name == "a" else f"<{name}>" for name in names)])
    return st.tuples(start, start, part).map(_in_elements)


def _in_elements(drawn: tuple[str, str, str]) -> str:
    outer, inner, text = drawn
    ends = [f"</{start[1:].split()[0].rstrip('>')}>" for start in (inner, outer) if start]
    return f"{outer}{inner}{text}{''.join(ends)}"


ideographs = st.text("天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往", min_size=1, max_size=9)
chinese = st.lists(
    wrapped(ideographs, "b", "i", "a", "span") | st.sampled_from(list("，。、：；！？「」《》（）“”——……")),
    min_size=1,
    max_size=30,
).map("".join)
english = st.lists(
    st.tuples(
        wrapped(st.sampled_from(["ship", "harbor", "north"]), "b", "i", "a", "span"),
        st.sampled_from(["", ",", ".", ";", "?"]),
    ),
    min_size=1,
    max_size=30,
).map(lambda parts: " ".join(word + mark for word, mark in parts))


def check_comes_back(html: str, around: str) -> None:
    page = f"<div><p>{html}</p>" + f"<p>{around}</p>" * 3 + "</div>"
    pretty = BeautifulSoup(page, "html.parser").prettify()
    assert shown(pretty) == re.sub("<[^>]*>", "", html)


@given(chinese.filter(lambda html: re.sub("<[^>]*>", "", html)[0] not in "—…"))
def test_pretty_printed_chinese_comes_back(html: str) -> None:
    check_comes_back(html, ZH)


@given(english)
def test_pretty_printed_english_comes_back(html: str) -> None:
    check_comes_back(html, EN)


def test_line_ends_take_time_that_grows_with_them() -> None:
    assert list(islice(shown(f"<p>中{' ' * 100_000}\n{' ' * 100_000}文{' ' * 100_000}</p>"), 9)) == ["中", "文"]
