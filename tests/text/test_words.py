"""The book's own words in all languages."""

from __future__ import annotations

import string
import tomllib

import pytest
from checkout import ROOT

from epubmaker.text.words import languages, words

TABLE = tomllib.loads((ROOT / "epubmaker" / "text" / "words.toml").read_text(encoding="utf-8"))


def braces(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_language_has_every_word_in_the_same_order_with_the_same_braces(language: str) -> None:
    table = TABLE[language]

    assert list(table) == list(TABLE["en"])
    for key, text in table.items():
        assert text.strip() == text != ""
        assert braces(text) == braces(TABLE["en"][key]), key


def test_the_languages_that_readers_were_promised_are_there() -> None:
    promised = {"en", "zh-Hans", "zh-Hant", "ja", "ko", "ru", "uk", "ar", "fa", "fr", "de", "es", "pt"}

    assert promised <= set(languages())


@pytest.mark.parametrize(
    ("tag", "table"),
    [
        ("zh", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("pt-BR", "pt"),
        ("de-1901", "de"),
        ("vo", "en"),  # Volapük
        ("und", "en"),
    ],
)
def test_the_nearest_table_decides(tag: str, table: str) -> None:
    assert words(tag)["contents"] == TABLE[table]["contents"]
