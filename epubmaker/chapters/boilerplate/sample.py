"""Find what the articles of one source share, in a sample of them. Pure.

The markup is not parsed: tags part lines or are passed over, which takes a tenth of the time and finds the same segments in
all but broken markup. A segment that is not found stays in the book; one that is found is compared with real text.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil

from epubmaker.chapters.boilerplate.segments import picture_key, segments
from epubmaker.chapters.plaintext import as_html
from epubmaker.chapters.xhtml.content import LINE_ENDS, SILENT

__all__ = ["Edges", "edges", "lines_of", "repeated_share", "repeated_text"]

_WINDOW = 16_000  # characters of markup at either end that are looked at
_SHARE = 0.05  # of a sample, from which on a segment is one that repeats
_LEAST = 3  # articles
_TOKEN = re.compile(r"<(?:(!--)|(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>)")
_AROUND = frozenset({"div"})  # what an archive puts around plain text
_SOURCES = re.compile(r"""(?<![\w-])(?:src|data-)[\w-]*\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""")


@dataclass(frozen=True, slots=True)
class Edges:
    """The keys of the segments and pictures near the ends of one article, with the length of each segment."""

    keys: dict[int, int]


def edges(markup: str, window: int = _WINDOW) -> Edges:
    """Return what stands near the ends of an article's HTML, or of its plain text."""
    markup = as_html(markup)  # whose lines are those of the chapter
    ends = (markup,) if len(markup) <= 2 * window else (markup[:window], markup[-window:])
    found: dict[int, int] = {}
    for end in ends:
        for line in lines_of(end, found):
            for start, stop, _, key in segments(line):
                if key:
                    found[key] = len(line[start:stop].strip())
    return Edges(found)


def repeated_text(sample: Iterable[Edges]) -> frozenset[int]:
    """Return the keys that at least 5 % of the articles, and at least three, have."""
    counts: Counter[int] = Counter()
    articles = 0
    for each in sample:
        counts.update(each.keys.keys())
        articles += 1
    least = max(_LEAST, ceil(_SHARE * articles))
    return frozenset([key for key, count in counts.items() if count >= least])


def repeated_share(sample: Iterable[Edges]) -> float:
    """Return which part of the text of a sample is in segments that repeat, from 0 to 1."""
    every = list(sample)
    keys = repeated_text(every)
    whole = sum(sum(each.keys.values()) for each in every)
    return sum(each.keys[key] for each in every for key in each.keys.keys() & keys) / whole if whole else 0.0


def lines_of(markup: str, pictures: dict[int, int]) -> Iterator[str]:
    """Yield the lines of text of a piece of markup; put the keys of its pictures into `pictures`."""
    parts: list[str] = []
    position = 0
    lined = True  # a line end in text without elements that part lines is one
    for token in _TOKEN.finditer(markup):
        if token.start() < position:
            continue
        parts.append(markup[position : token.start()])
        comment, closing, name, attributes = token.groups()
        position = token.end()
        name = (name or "").lower()
        if comment or (name in SILENT and not closing):
            stop = markup.find("-->" if comment else f"</{name}", position)
            position = stop if stop >= 0 else len(markup)
        elif name in LINE_ENDS or name == "img":
            lined = lined and name in _AROUND
            parts.append("\0")
            if name == "img":
                pictures.update(dict.fromkeys(map(picture_key, _addresses(attributes)), 0))
    parts.append(markup[position:])
    text = "".join(parts)
    if "&" in text:
        text = html.unescape(text)
    for line in text.split("\0"):
        yield from line.split("\n") if lined else (line,)


def _addresses(attributes: str) -> Iterator[str]:
    """Yield all that may be a picture's address in the attributes of its element: one, or the candidates of a `srcset`."""
    for value in _SOURCES.findall(attributes):
        for candidate in html.unescape(value.strip("\"'")).split(","):
            yield from candidate.split()[:1]
