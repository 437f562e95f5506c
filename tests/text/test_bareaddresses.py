"""Where an address in running text begins and ends, and where it leads."""

from __future__ import annotations

import re

import pytest
from drafting import body
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.text.bareaddresses import bare_addresses, may_have_addresses

VIDEO = "https://youtu.be/A1_b-C2d3E4"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # the sentence around it
        ("see https://e.org/a, or (https://e.org/b_(c)).", ["https://e.org/a", "https://e.org/b_(c)"]),
        ("“https://e.org/a?b=c&d#e”!", ["https://e.org/a?b=c&d#e"]),
        ("https://e.org/a*, https://e.org/b~~", ["https://e.org/a", "https://e.org/b"]),
        ("HTTP, http:// and www alone", []),
        # what is glued to it
        ("日記https://e.org/a更新", ["https://e.org/a"]),
        ("https://e.org/ahttps://e.org/b", ["https://e.org/a", "https://e.org/b"]),
        ("https://e.org/a=====next-----https://e.org/b---", ["https://e.org/a", "https://e.org/b"]),
        ("https://e.org/a---b and https://e.org/?q=YQ==", ["https://e.org/a---b", "https://e.org/?q=YQ=="]),
        ("https://www.e.orgFollow me", ["https://www.e.org"]),
        ("https://e.org/b.htmlNext https://e.org/b.phpNext?c", ["https://e.org/b.html", "https://e.org/b.php"]),
        ("https://e.org/b.html下 https://e.org/nextPage.pdf", ["https://e.org/b.html", "https://e.org/nextPage.pdf"]),
        (
            "https://e.org/?b=c.htmlNext https://e.org/b.HTMLPage",
            ["https://e.org/?b=c.htmlNext", "https://e.org/b.HTMLPage"],
        ),
        (f"{VIDEO}Follow me, {VIDEO}?t=9", [VIDEO, f"{VIDEO}?t=9"]),
        ("https://e.org/a900:00 Intro", ["https://e.org/a9"]),
        ("https://e.org/3nByWhatsApp: +100 https://e.org/xMail：@me", ["https://e.org/3nBy", "https://e.org/x"]),
        (
            "https://e.org/wiki/Help:Page https://e.org/myPage: yes",
            ["https://e.org/wiki/Help:Page", "https://e.org/myPage"],
        ),
        ("https://e.org/a#b https://e.org/c#d#e", ["https://e.org/a#b", "https://e.org/c"]),
        # addresses in addresses
        ("https://e.org/?to=https://f.org/", ["https://e.org/?to=https://f.org/"]),
        ("https://web.e.org/web/20200101/https://f.org/", ["https://web.e.org/web/20200101/https://f.org/"]),
        # without a scheme, and mail
        ("www.e.org/a, not awww.e.org", ["www.e.org/a"]),
        ("信箱：1.me+x@mail.e.orgFollow me@e.co.uk, @name, a@b", ["1.me+x@mail.e.org", "me@e.co.uk"]),
    ],
)
def test_an_address_ends_where_it_does_for_a_reader(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end, _ in bare_addresses(text)] == found
    assert may_have_addresses(text) or not found


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>see https://e.org/ä.</p>", '<p>see <a href="https://e.org/">https://e.org/</a>ä.</p>'),
        ("<p>a <b>www.e.org</b>,</p>", '<p>a <b><a href="http://www.e.org">www.e.org</a></b>,</p>'),
        ("<li>me@e.org", '<ul><li><a href="mailto:me@e.org">me@e.org</a></li></ul>'),
        ("<p>https://e.org/?a=1&amp;b", '<p><a href="https://e.org/?a=1&amp;b">https://e.org/?a=1&amp;b</a></p>'),
        ("<p>，\n<i>\nhttps://e.org/a\n</i>\n。", '<p>，<i><a href="https://e.org/a">https://e.org/a</a></i>。</p>'),
        ("<a href='/x'>https://e.org/a</a>", '<p><a href="https://example.com/x">https://e.org/a</a></p>'),
        ("<p><code>https://e.org/a</code></p>", "<p><code>https://e.org/a</code></p>"),
        ("<pre>https://e.org/a</pre>", "<pre>https://e.org/a</pre>"),
        ("<p>http://999.999.999.999/</p>", "<p>http://999.999.999.999/</p>"),
    ],
)
def test_an_address_in_a_page_is_a_link_unless_it_is_one_or_code(html: str, expected: str) -> None:
    assert body(html) == expected


parts = st.sampled_from(
    ["http://", "https://", "www.", "a", "Z9", ".org", "/", "=", "==", "---", "@", ":", "#", ")", "(", "。", " "]
)


@given(st.lists(parts, max_size=40).map("".join))
def test_addresses_are_in_order_and_lead_somewhere(text: str) -> None:
    position = 0
    for start, end, uri in bare_addresses(text):
        assert position <= start < end
        assert re.fullmatch(r"(?:https?://|mailto:)[!-~]+", uri)
        position = end
