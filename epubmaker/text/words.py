"""Words that the program writes into a book ("Contents", "Source", ...), in the languages of `words.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

__all__ = ["languages", "words"]

_FALLBACK = "en"


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    import tomllib  # noqa: PLC0415 - 4 ms, and an unchanged book needs no words

    with (Path(__file__).parent / "words.toml").open("rb") as file:
        return tomllib.load(file)


def languages() -> tuple[str, ...]:
    """Return the BCP 47 tags of the languages that the table holds, in its order."""
    return tuple(_tables())


@cache
def words(language: str) -> Mapping[str, str]:
    """Return the table of words for a BCP 47 language tag.

    The longest known prefix of the tag counts: "zh-Hant-HK", then "zh-Hant", then "zh". Chinese without a script is
    simplified, except in regions with traditional script. Words that a language lacks are in English.
    """
    tag = {"zh": "zh-Hans", "zh-TW": "zh-Hant", "zh-HK": "zh-Hant", "zh-MO": "zh-Hant"}.get(language, language)
    parts = tag.split("-")
    tables = _tables()
    for length in range(len(parts), 0, -1):
        found = tables.get("-".join(parts[:length]))
        if found is not None:
            return {**tables[_FALLBACK], **found}
    if parts[0] == "zh":
        return words("zh-Hans")
    return tables[_FALLBACK]
