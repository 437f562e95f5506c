"""The direction of a text."""

from __future__ import annotations

import pytest

from epubmaker.text.direction import text_direction


@pytest.mark.parametrize(
    ("text", "direction"), [("12 أخبار", "rtl"), ("BBC أخبار", "ltr"), ("חדשות", "rtl"), ("12", None)]
)
def test_the_first_letter_decides_the_direction(text: str, direction: str | None) -> None:
    assert text_direction(text) == direction
