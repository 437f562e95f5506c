"""The characters of a text: what goes, what stays, and that the quick looks agree with the patterns behind them."""

from __future__ import annotations

import sys

import pytest

from epubmaker.chapters.text import clean, collapse


def test_every_character_is_treated_alone_as_beside_one_that_needs_mending() -> None:
    # A lone character may take the quick way; beside a control character it never does.
    differing = [
        hex(code)
        for code in (*range(0x12000), *range(0x1F000, 0x1FFFF + 1), sys.maxunicode)
        if clean(chr(code)) != clean(f"a\0{chr(code)}").removeprefix("a")
        or collapse(chr(code)) != collapse(f"a\t{chr(code)}a").removeprefix("a ").removesuffix("a")
        if chr(code) not in " \t\n\r\f\xa0"
    ]

    assert differing == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain words", "plain words"),
        ("two  spaces", "two spaces"),
        ("no\u2011break", "no-break"),
        ("so\u00adft", "soft"),
        ("\u4e2d\n  \u6587", "\u4e2d\u6587"),
        ("one\nline", "one line"),
        ("hard\xa0space", "hard\xa0space"),
        ("indent\u3000ed", "indent\u3000ed"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
    ],
)
def test_a_text_is_cleaned_and_its_white_space_collapsed(text: str, expected: str) -> None:
    assert collapse(clean(text)) == expected
