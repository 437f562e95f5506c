"""Where a line of a title may end: between words, and in scripts without spaces between phrases.

The phrases of Chinese, Japanese and Thai are found by BudouX, whose models weigh the characters around each place.
What must not begin or end a line is after JIS X 4051 and GB/T 15834.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from budoux import Parser

__all__ = ["clusters", "ends_well", "may_break", "phrases"]

_NEVER_FIRST = frozenset(
    "、。，．：；？！）］｝〕〉》」』】〙〗〟’”｠»"
    "‐゠–—〜～‼⁇⁈⁉・·%‰℃…‥)]},.:;!?%"
    "ヽヾーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ々〻"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«¥￥＄$£([{#@")
_AFTER = frozenset("-‐–—/|·、。，．：；？！）》」』】…")  # good places to break after
_PAUSES = "、。，：；？！—…"  # a phrase ends after each, whatever the model says
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
def _parser(model: str) -> Parser:
    import budoux  # noqa: PLC0415 - 5 ms, which few books need

    parser: Parser = getattr(budoux, f"load_default_{model}_parser")()
    return parser


@lru_cache(maxsize=64)  # the cover tries a title in many sizes
def _phrases(text: str, model: str) -> tuple[str, ...]:
    found = [phrase for word in _WORD.findall(text) for phrase in _parser(model).parse(word)]
    ends = set(accumulate(map(len, _with_single(found) if model.endswith("chinese") else found)))
    parts: list[str] = []
    before, at = "", 0
    for cluster in clusters(text):
        if before and not ((at in ends or _is_end(before)) and _may_part(before, cluster)):
            parts[-1] += cluster
        else:
            parts.append(cluster)
        before, at = cluster, at + len(cluster)
    return tuple(parts)


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
