"""Breaks a title into lines, and finds the size at which it fills its box."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

__all__ = ["Setting", "break_lines", "set_in_box"]

# Characters that must not begin a line, and those that must not end one, by both JIS X 4051 and GB/T 15834.
_NEVER_FIRST = frozenset(
    "、。，．：；？！）］｝〕〉》」』】〙〗〟’”｠»"
    "‐゠–—〜～‼⁇⁈⁉・·%‰℃…‥)]},.:;!?%"
    "ヽヾーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ々〻"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«¥￥＄$£([{#@")
_AFTER = frozenset("-‐–—/|·、。，．：；？！）》」』】…")  # good places to break after
# Thai and Lao have no spaces between words, but a syllable begins before each of these vowels.
_SYLLABLE_STARTS = frozenset("เแโใไເແໂໃໄ")
_HANGUL = range(0xAC00, 0xD7A4)

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A text in lines, at a size in pixels."""

    size: int
    lines: tuple[str, ...]


def set_in_box(
    text: str, measure: Callable[[int], Measure], *, width: int, height: int, sizes: Sequence[int], leading: float
) -> Setting:
    """Return the text at the best of `sizes` (the largest first) at which its lines fit into `width` x `height` pixels.

    The largest is the best, unless one of about two thirds or more avoids line ends inside a run of ideographs, which may
    divide a word. `measure(size)` returns the function that measures a line's width at that size; a line is `leading`
    times the size high. Words between spaces are broken, with a hyphen, only at the last size; text that does not fit even
    there is cut and ends in an ellipsis.
    """
    fitting = []
    for size in sizes:
        lines = break_lines(text, measure(size), width)
        if lines is not None and len(lines) * size * leading <= height:
            broken = _broken_words(text, lines)
            fitting.append((size * (0.62 if broken else 1.0) * 0.93**broken, Setting(size, lines)))
    if fitting:
        return max(fitting, key=lambda item: item[0])[1]
    size = sizes[-1]
    most = max(1, int(height / (size * leading)))
    room = width - measure(size)("-")
    lines = tuple(_hyphenated(break_lines(text, measure(size), room, anywhere=True) or (text,)))
    if len(lines) > most:
        lines = (*lines[: most - 1], lines[most - 1].rstrip()[:-1] + "…")
    return Setting(size, lines)


def _hyphenated(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a text, with a hyphen where a line end divides a word."""
    for line, following in pairwise((*lines, "")):
        both = line[-1:] + following[:1]
        yield f"{line}-" if len(both) == 2 and both.isalpha() and not _may_break(*both) else line


def _broken_words(text: str, lines: Sequence[str]) -> int:
    """Count the line ends that are neither at a space nor after punctuation."""
    count, at = 0, 0
    for line in lines[:-1]:
        at = text.index(line, at) + len(line)
        count += not text[at].isspace() and not _ends_well(line)
    return count


def break_lines(text: str, measure: Measure, width: float, *, anywhere: bool = False) -> tuple[str, ...] | None:
    """Break a text into the fewest lines that fit, as even in length as possible; return None if a word is too wide.

    Lines end at white space and between ideographs and kana, except where punctuation forbids it; Korean is broken
    between words. With `anywhere`, words that are too wide are broken between any two characters.
    """
    parts = _parts(" ".join(text.split()))
    if anywhere:
        parts = [piece for part in parts for piece in (_torn(part) if measure(part.strip()) > width else [part])]
    if not parts:
        return ()
    if not anywhere and any(measure(part.strip()) > width for part in parts):
        return None
    wide = cache(measure)
    fewest = _greedy(parts, wide, width)
    return _even(parts, wide, width, fewest)


def _parts(text: str) -> list[str]:
    """Cut a text into the pieces between possible line ends; each keeps the space after it."""
    clusters = _clusters(text)
    parts: list[str] = []
    for number, cluster in enumerate(clusters):
        if number and not _may_break(clusters[number - 1], cluster):
            parts[-1] += cluster
        else:
            parts.append(cluster)
    return parts


def _may_break(before: str, after: str) -> bool:
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


def _is_ideographic(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"} and ord(character) not in _HANGUL


def _clusters(text: str) -> list[str]:
    """Cut a text into user-perceived characters: each a base with its marks and joiners."""
    clusters: list[str] = []
    for character in text:
        joins = unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"} or (
            clusters and clusters[-1][-1] == "\u200d"
        )
        if joins and clusters:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _torn(part: str) -> list[str]:
    """Cut a word between its characters; the last keeps the space after it."""
    clusters = _clusters(part.rstrip()) or [""]
    return [*clusters[:-1], clusters[-1] + part[len(part.rstrip()) :]]


def _greedy(parts: Sequence[str], measure: Measure, width: float) -> int:
    """Return the number of lines if each is filled before the next begins."""
    lines, line = 1, ""
    for part in parts:
        if line and measure((line + part).strip()) > width:
            lines, line = lines + 1, ""
        line += part
    return lines


def _even(parts: Sequence[str], measure: Measure, width: float, lines: int) -> tuple[str, ...]:
    """Return the parts in `lines` lines, with the least sum of the squares of their differences from the mean length."""
    ideal = measure("".join(parts)) / lines
    worst = float("inf")
    # best[count][end]: the cost of the first `end` parts in `count` lines, and the part that the last line begins with.
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _count in range(lines):
        row: dict[int, tuple[float, int]] = {}
        for start, (spent, _) in best[-1].items():
            line = ""
            for end in range(start + 1, len(parts) + 1):
                line += parts[end - 1]
                length = measure(line.strip())
                if length > width and end > start + 1:  # a character that is wider than the line gets one alone
                    break
                cost = spent + ((length - ideal) / ideal) ** 2 + _break_cost(parts, end)
                if cost < row.get(end, (worst, 0))[0]:
                    row[end] = cost, start
        best.append(row)
    ends = [len(parts)]
    for row in reversed(best[1:]):
        ends.append(row[ends[-1]][1])
    ends.reverse()
    return tuple("".join(parts[start:end]).strip() for start, end in pairwise(ends))


def _break_cost(parts: Sequence[str], end: int) -> float:
    """Return the cost of a line end after `end` parts: inside a run of ideographs it may divide a word."""
    return 0.0 if end == len(parts) or parts[end - 1][-1].isspace() or _ends_well(parts[end - 1]) else 0.08


def _ends_well(line: str) -> bool:
    return line[-1] in _AFTER
