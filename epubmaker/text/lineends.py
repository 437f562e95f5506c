"""Where a line ends in the source of a text: a space for the reader, or none.

Chinese and Japanese have no spaces between words, and pretty-printed markup has a line end at both sides of each inline
element: before a full stop too. Segment break transformation: CSS Text Level 3, section 4.1.3, with its rule for wide
punctuation and that for ambiguous punctuation in Chinese and Japanese. White space without a line end is what the writer
typed, and stays.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["join_lines", "joins"]

_LINE_END = re.compile(r"(?<![ \t\r\n\f])[ \t\r\f]*\n[ \t\r\n\f]*")  # begins where white space does, so linear

# --- what CSS asks about a character: East Asian Width (UAX #11) and general category ---
_OTHER, _HANGUL, _AMBIGUOUS, _WIDE, _WIDE_PUNCTUATION = range(5)
_IS_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff\uffa0-\uffdc]")
_WITHOUT_SPACES = frozenset({"ii", "ja", "zh"})  # languages, by their primary subtags

# --- punctuation that no space stands before, or after, in the other languages ---
_MARK = r"[,;:!?،؛؟।](?![\w)(-])|\.(?![\w.])"  # not that of ".net", "..." and ":-)"
_CLOSING = rf"[)\]}}]|{_MARK}"
_OPENING = "([{"
_SPACED_MARKS = frozenset({"fr"})  # languages with a space before ; : ! ? and inside of quotation marks
# In these, “ or « may close a quotation, or ” or » open one.
_OTHER_QUOTES = frozenset(
    {"bg", "cs", "da", "de", "et", "fi", "hr", "hu", "is", "lt", "lv", "mk", "pl", "ro", "sk", "sl", "sr", "sv"}
)


def join_lines(text: str, language: str = "") -> str:
    """Return a text with one space for white space that holds a line end, or with nothing where `joins` says so.

    `language` is a BCP 47 tag, "" where it is not known. White space at either end of the text becomes a space.
    """

    def joint(match: re.Match[str]) -> str:
        start, end = match.span()
        return "" if joins(text[start - 1 : start] if start else "", text[end : end + 3], language) else " "

    return _LINE_END.sub(joint, text)


def joins(before: str, after: str, language: str = "") -> bool:
    """Return whether white space that holds a line end, between two texts, is none for the reader.

    The last character of `before` and the first three of `after` are looked at.
    """
    last, first = before[-1:], after[:1]
    if not last or not first:
        return False
    primary = language.partition("-")[0]
    if not (last.isascii() and first.isascii()):
        one, other = _kind(last), _kind(first)
        if one >= _WIDE and other >= _WIDE:
            return True
        if _HANGUL not in {one, other}:
            if _WIDE_PUNCTUATION in {one, other}:
                return True
            if primary in _WITHOUT_SPACES and _joins_in_east_asia(last, one, first, other):
                return True
    closing, opening = _punctuation(primary)
    return last in opening or closing.match(after[:3]) is not None


def _joins_in_east_asia(last: str, one: int, first: str, other: int) -> bool:
    """Return whether two characters, of which none is wide punctuation, join in Chinese or Japanese."""
    if one >= _AMBIGUOUS and other >= _AMBIGUOUS:
        return True
    return (other == _WIDE and last in ",.;:!?)]") or (one == _WIDE and first in "([")


@lru_cache(4096)
def _kind(character: str) -> int:
    if _IS_HANGUL.match(character):
        return _HANGUL
    width, category = unicodedata.east_asian_width(character), unicodedata.category(character)
    if width in {"W", "F", "H"}:
        return _WIDE_PUNCTUATION if category.startswith("P") else _WIDE
    return _AMBIGUOUS if width == "A" and category[0] in "PS" else _OTHER


@cache
def _punctuation(primary: str) -> tuple[re.Pattern[str], str]:
    """Return a pattern for what no space stands before in a language, and the characters that none stands after."""
    if primary in _SPACED_MARKS:
        return re.compile(r"[)\]}]|,(?!\w)|\.(?![\w.])", re.ASCII), _OPENING
    if primary in _OTHER_QUOTES:
        return re.compile(_CLOSING, re.ASCII), _OPENING
    possessive = r"|['’]s\b" if primary == "en" else ""
    return re.compile(rf"{_CLOSING}|[”»]|’(?!\w){possessive}", re.ASCII), f"{_OPENING}“‘«¿¡"
