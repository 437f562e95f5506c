"""Clean-up of characters: removes those that XML forbids or older readers show as boxes, and collapses white space.

Every text in a book passes through here: paragraphs, attributes, metadata, the table of contents.

Forbidden characters: XML 1.0, section 2.2. White space: CSS Text, section 4; see `lineends`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from epubmaker.text.lineends import join_lines

__all__ = ["INVISIBLE", "clean", "collapse", "letters", "plain", "tidy", "with_code_breaks"]

INVISIBLE = "\xad\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"
"""Soft hyphens, zero-width spaces and joiners, invisible operators and byte order marks: boxes in older readers."""

# The invisible ones, control characters, halves of surrogate pairs, non-characters, and the non-breaking hyphen, which
# older fonts lack.
_DEBRIS = re.compile(
    f"[{INVISIBLE}\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2011\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]+"
)
# Joiners belong to the spelling of these scripts, and to composed emoji.
_JOINING = (
    "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\u2190-\u2bff\ufe0f\U00011000-\U00011fff\U0001f000-\U0001faff"
)
# Scripts without spaces between words: a zero-width space is where a line may end, and no reader finds such a place itself.
_WITHOUT_SPACES = "\u0e01-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
_KEPT = re.compile(
    f"(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])|(?<=[{_WITHOUT_SPACES}])\u200b(?=[{_WITHOUT_SPACES}])"
)
_CODE_BREAK = re.compile("(?<=\\S)\u200b+(?=\\S)")
_SPACES = re.compile("[ \t\n\r\f\xa0]{2,}|[\t\n\r\f]")
_SIGNS = re.compile(r"[\W_]+")
_ASCII_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum())
_IN_LOWER_CASE = bytes(range(256)).lower()


def clean(text: str) -> str:
    """Return a text without characters that XML forbids or that e-readers show as boxes."""
    # Checks at C speed spare most texts a search that tries 50 ranges for each character: 0.3 ms of an article's 1.4.
    one_line = text.replace("\n", "") if "\n" in text else text
    if (one_line.isprintable() and "\u2011" not in text) or _DEBRIS.search(text) is None:
        return text
    kept = {match.start() for match in _KEPT.finditer(text)}
    return _DEBRIS.sub(lambda match: _mended(match, kept), text)


def _mended(match: re.Match[str], kept: set[int]) -> str:
    found = match[0]
    mended = []
    for index, character in enumerate(found, start=match.start()):
        if character == "\u2011":
            mended.append("-")
        elif character in "\f\u2028\u2029":
            mended.append(" ")
        elif index in kept:
            mended.append(character)
    return "".join(mended)


def collapse(text: str, language: str = "") -> str:
    """Return a text with each run of white space as one space, and none where a line end is none in its language."""
    if text.isprintable() and "  " not in text:  # no other white space is printable; the patterns take 20 times as long
        return text
    if "\n" in text:
        text = join_lines(text, language)
    return _SPACES.sub(" ", text)


def tidy(text: str, language: str = "") -> str:
    """Return a text clean and with its white space collapsed; `language` is its BCP 47 tag, "" where it is not known."""
    # Most texts need neither step, and one check for both is quicker than two.
    if text.isprintable() and "  " not in text and "\u2011" not in text:
        return text
    return collapse(clean(text), language)


def with_code_breaks(text: str, write: Callable[[str], str]) -> str:
    """Return code as `write` writes it, with the zero-width spaces in its words: no reader hyphenates code."""
    return "\u200b".join(map(write, _CODE_BREAK.split(text))) if "\u200b" in text else write(text)


def plain(text: str) -> str:
    """Return a text on one line, clean, without white space around it."""
    if text.isprintable() and "  " not in text and "\u2011" not in text:  # as in `tidy`
        return text.strip()
    return " ".join(clean(text).split())


def letters(text: str) -> str:
    """Return the letters and digits of a text without case, to compare it with others."""
    if text.isascii():  # a twentieth of the time
        return text.encode().translate(_IN_LOWER_CASE, _ASCII_SIGNS).decode()
    return _SIGNS.sub("", text).casefold()
