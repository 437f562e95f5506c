"""Cut a line of text into segments, and make the keys by which segments of several articles are compared.

A segment is a sentence, a hashtag, or what ends with an address. Text whose line ends are lost has no other signs of where
one line stopped, so that a rule (`=====`) and a time stamp (`1:23`) part segments as well.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from hashlib import blake2b
from typing import TypeAlias

from epubmaker.text.characters import letters

__all__ = ["Kind", "Segment", "picture_key", "segments"]

# RFC 3986, ASCII only: an address ends before the next one and before a rule.
_AFTER_HTTP = r"s?://(?:(?!https?://|={3}|-{3}|_{3})[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-])+"
_CLOSING = r"[”’」』）)\]\"'»]*"
# One set of characters leads, so that the search skips to them: half of the time of patterns side by side.
_CUT = re.compile(
    r"[h。！？!?….#0-9=\-－*_~—─](?:"
    rf"(?<=h)(?P<address>ttp{_AFTER_HTTP})"
    rf"|(?<=[。！？!?…])(?P<end>[。！？!?…]*{_CLOSING})"
    rf"|(?<=\.)(?P<stop>{_CLOSING}(?=\s))"
    r"|(?<=#)(?P<hashtag>[^\s#]+)"
    r"|(?<=(?P<sign>[=\-－*_~—─]))(?P<rule>(?P=sign){2,})"
    r"|(?<![0-9:][0-9])(?<=[0-9])(?P<stamp>[0-9]?(?::[0-9]{2}){1,2}(?![0-9]))"
    ")"
)
_BEFORE = frozenset({"hashtag", "rule", "stamp"})  # what begins a segment
_AFTER = frozenset({"address", "end", "stop", "hashtag", "rule"})  # what ends one
_ADDRESS = re.compile(f"http{_AFTER_HTTP}")
_STAMPED = re.compile(r"\s*[0-9]{1,2}(?::[0-9]{2}){1,2}(?![0-9])")
_HOST = re.compile(r"https?://(?:www\.)?([A-Za-z0-9.-]*)[^\s]*")
_DIGITS = re.compile(r"\d+")
_SHORT = 300  # characters of a segment that is kept in memory
_END_OF_ADDRESS = ".,;:!?)\"'"


class Kind(Enum):
    """What a segment says: words, a number, or nothing (a rule, a bullet)."""

    WORDS = 0
    NUMBER = 1
    SIGN = 2


Segment: TypeAlias = tuple[int, int, Kind, int]
"""A part of a line: where it starts and stops, its kind, and its key, which is 0 for what is never compared."""


def segments(line: str) -> list[Segment]:
    """Return the segments of a line, in order; together they are the line. Linear in its length."""
    found: list[Segment] = []
    start = 0
    for cut in _CUT.finditer(line):
        group = cut.lastgroup
        if group in _BEFORE and (stop := cut.start()) > start:
            found.append((start, stop, *_judged(line[start:stop])))
            start = stop
        if group in _AFTER:
            stop = cut.end()
            found.append((start, stop, *_judged(line[start:stop])))
            start = stop
    if start < len(line):
        found.append((start, len(line), *_judged(line[start:])))
    return found


def picture_key(address: str) -> int:
    """Return the key of a picture: its file's name and folder, whatever the host, the proxy or the size asked for."""
    path = address.partition("#")[0].partition("?")[0].rstrip("/")
    return _hash("picture " + "/".join(path.split("/")[-2:]))


def _judged(text: str) -> tuple[Kind, int]:
    """Return the kind and the key of a segment."""
    return _known(text) if len(text) <= _SHORT else _read(text)


@lru_cache(maxsize=4096)  # what repeats is looked at again and again
def _known(text: str) -> tuple[Kind, int]:
    return _read(text)


def _read(text: str) -> tuple[Kind, int]:
    if "://" in text:
        # Behind the same label the address changes from post to post; without a label, the address is what is compared.
        if not letters(_ADDRESS.sub("", text)):
            return Kind.WORDS, _hash(f"address {text.strip().rstrip(_END_OF_ADDRESS)}")
        text = _HOST.sub(r"\1", text)
    plain = _DIGITS.sub("0", letters(text))
    if plain in {"", "0"}:
        return (Kind.NUMBER if plain else Kind.SIGN), 0
    if _STAMPED.match(text):
        return Kind.WORDS, 0  # an item of a list, of which the rest is another
    return Kind.WORDS, _hash(plain)


def _hash(text: str) -> int:
    """Return the same number in every process."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
