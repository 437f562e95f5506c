"""Where a line of a title may end: between words, and in scripts without spaces between phrases.

The phrases of Chinese, Japanese and Thai are found by BudouX, whose models weigh the characters around each place.
What must not begin or end a line is after JIS X 4051 and GB/T 15834.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from itertools import accumulate, pairwise
from operator import add
from typing import NamedTuple

__all__ = ["clusters", "ends_well", "may_break", "phrases"]

_NEVER_FIRST = frozenset(
    "、。，．：；？！）］｝〕〉》」』】〙〗〟’”｠»"
    "‐゠–—〜～‼⁇⁈⁉・·%‰℃…‥)]},.:;!?%"
    "ヽヾーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ々〻"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«¥￥＄$£([{#@")
_AFTER = frozenset("-‐–—/|·、。，．：；？！）》」』】…")  # good places to break after
_PAUSES = "、。，：；？！—…"  # a phrase ends after each, whatever the model says
_PAUSE = re.compile(rf"[{_PAUSES}\s]")
_END = re.compile(rf"[{_PAUSES}\s]+\Z")
# Thai and Lao have no spaces between words, but a syllable begins before each of these vowels.
_SYLLABLE_STARTS = frozenset("เแโใไເແໂໃໄ")
_THAI_FOLLOWERS = frozenset("ะาำๅๆฯ")  # vowels and signs that belong to what is before them
_THAI = range(0x0E01, 0x0E5C)
_HANGUL = range(0xAC00, 0xD7A4)
# Chinese words of one character that belong to what follows; any other is rather the end of a word or phrase.
_LEADING = frozenset("不没沒未与與和跟及或在从從把被将將为為对對向让讓是有并並却卻也又再更最")
_LONG_PHRASE = 8  # characters, which nothing more is joined to
_WORD = re.compile(r"\S*\s+|\S+")
_MAX_TITLE = 300  # characters; a longer text is no title, and would take long
# BudouX's features: one, two or three characters, and how far behind their beginning the place is that they speak for.
_FEATURES = {
    "UW1": 3, "UW2": 2, "UW3": 1, "UW4": 0, "UW5": -1, "UW6": -2,
    "BW1": 2, "BW2": 1, "BW3": 0,
    "TW1": 3, "TW2": 2, "TW3": 1, "TW4": 0,
}  # fmt: skip


class _Model(NamedTuple):
    """A model of BudouX: how much its characters must weigh for a place to end a phrase, and what they weigh where."""

    least: float
    weights: dict[str, list[tuple[int, int]]]


def phrases(text: str, language: str) -> tuple[str, ...]:
    """Cut a title in Chinese, Japanese or Thai into phrases, each with the punctuation and the space after it.

    `language` is a BCP 47 tag. Joined, the phrases are the text. Returns () where the language has spaces between words
    or the text is too long for a title.
    """
    model = _model(language)
    return _phrases(text, model) if model and not text.isascii() and len(text) <= _MAX_TITLE else ()


@lru_cache(maxsize=256)  # the language of a book is asked for with each title
def _model(language: str) -> str:
    """Return the name of BudouX's model for a language; "" if it has none."""
    primary, *subtags = language.lower().split("-")
    if primary == "zh":
        is_traditional = "hans" not in subtags and not {"hant", "hk", "mo", "tw"}.isdisjoint(subtags)
        return "traditional_chinese" if is_traditional else "simplified_chinese"
    return {"ja": "japanese", "th": "thai"}.get(primary, "")


@cache
def _loaded(model: str) -> _Model:
    import budoux  # noqa: PLC0415 - 5 ms, which few books need

    tables: dict[str, dict[str, int]] = getattr(budoux, f"load_default_{model}_parser")().model
    weights = defaultdict(list)
    for feature, table in tables.items():
        for characters, weight in table.items():
            weights[characters].append((_FEATURES[feature], weight))
    return _Model(sum(map(sum, map(dict.values, tables.values()))) / 2, dict(weights))


@lru_cache(maxsize=64)  # the cover tries a title in many sizes
def _phrases(text: str, model: str) -> tuple[str, ...]:
    found = [phrase for word in _WORD.findall(text) for phrase in _cut(word, _loaded(model))]
    ends = {pause.end() for pause in _PAUSE.finditer(text)}
    ends.update(accumulate(map(len, _with_single(found) if model.endswith("chinese") else found)))
    parts = clusters(text)
    places = zip(accumulate(map(len, parts[:-1])), pairwise(parts), strict=True)
    cuts = [at for at, (before, after) in places if at in ends and _may_part(before, after)]
    return tuple([text[start:end] for start, end in pairwise((0, *cuts, len(text)))])


def _cut(word: str, model: _Model) -> list[str]:
    """Cut a word as `budoux.Parser.parse` does, in a third of its time: most characters are in few features, or none."""
    sums = [0] * (len(word) + 3)  # what speaks for places before or behind the word goes to the end
    pairs = list(map(add, word, word[1:]))
    for characters in (word, pairs, map(add, pairs, word[2:])):
        for start, found in enumerate(map(model.weights.get, characters)):
            for distance, weight in found or ():
                sums[start + distance] += weight
    cuts = [at for at in range(1, len(word)) if sums[at] > model.least]
    return [word[start:end] for start, end in pairwise((0, *cuts, len(word)))]


def _with_single(words: list[str]) -> list[str]:
    """Join the words of one character to others: the models for Chinese cut names and rare words into characters."""
    joined: list[str] = []
    for word in words:
        last = joined[-1] if joined else ""
        if last and not _is_end(last) and (len(last) == 1 or (len(last) < _LONG_PHRASE and _is_single(word))):
            joined[-1] += word
        else:
            joined.append(word)
    return joined


def _is_single(word: str) -> bool:
    """Tell whether a word is one character, beside what ends a phrase, and belongs to what stands before it."""
    return len(_END.sub("", word)) == 1 and word[0] not in _LEADING


def _is_end(part: str) -> bool:
    """Tell whether a phrase ends after a part of it."""
    return part[-1] in _PAUSES or part[-1].isspace()


def _may_part(before: str, after: str) -> bool:
    if not _SYLLABLE_STARTS.isdisjoint(before) or after[0] in _THAI_FOLLOWERS:
        return False
    return (ord(before[-1]) in _THAI and ord(after[0]) in _THAI) or may_break(before, after)


def may_break(before: str, after: str) -> bool:
    """Tell whether a line may end between two of a text's `clusters`: at white space, or beside an ideograph or kana.

    Korean is broken between words.
    """
    first, last = after[0], before[-1]
    if after.isspace():
        return False
    if before.isspace():
        return first not in _NEVER_FIRST  # which may follow a space: a dash, in French a question mark
    if first in _NEVER_FIRST or last in _NEVER_LAST:
        return False
    if first in _SYLLABLE_STARTS:
        return True
    return last in "-–—/" or _is_ideographic(before[0]) or _is_ideographic(first)


def ends_well(line: str) -> bool:
    """Tell whether a line ends with punctuation that it is good to break after."""
    return line[-1] in _AFTER


def _is_ideographic(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"} and ord(character) not in _HANGUL


def clusters(text: str) -> list[str]:
    """Cut a text into user-perceived characters: each a base with its marks and joiners."""
    found: list[str] = []
    for character in text:
        joins = unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"} or (found and found[-1][-1] == "\u200d")
        if joins and found:
            found[-1] += character
        else:
            found.append(character)
    return found
