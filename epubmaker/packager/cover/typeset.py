"""Breaking a title into lines, and finding the size at which it fills its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

__all__ = ["Setting", "break_lines", "set_in_box"]

# Characters that must not begin a line, and those that must not end one (JIS X 4051 and GB/T 15834 agree on these).
_NEVER_FIRST = frozenset(
    "、。，．：；？！）］｝〕〉》」』】〙〗〟’”｠»"
    "‐゠–—〜～‼⁇⁈⁉・·%‰℃…‥)]},.:;!?%"
    "ヽヾーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖ々〻"
)
_NEVER_LAST = frozenset("（［｛〔〈《「『【〘〖〝‘“｟«¥￥＄$£([{#@")
_AFTER = frozenset("-‐–—/|·、。，．：；？！）》」』】…")  # good places to break after
# Thai and Lao set no spaces between words; before these vowels, at least, a syllable begins.
_SYLLABLE_STARTS = frozenset("เแโใไເແໂໃໄ")
_HANGUL = range(0xAC00, 0xD7A4)

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A text as it is set: the size in pixels and its lines."""

    size: int
    lines: tuple[str, ...]


def set_in_box(
    text: str, measure: Callable[[int], Measure], *, width: int, height: int, sizes: Sequence[int], leading: float
) -> Setting:
    """Return the text at the best of `sizes` (the largest first) at which its lines fit.

    The largest is the best, unless one of not much less than two thirds has no line that ends inside a run of
    ideographs, where it may part a word. `measure(size)` gives the function that measures a line's width at that size; a
    line takes `leading` times the size. Words with spaces round them are only broken at the last size; what does not
    fit even there is cut and ends in an ellipsis.
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
    lines = break_lines(text, measure(size), width, anywhere=True) or (text,)
    if len(lines) > most:
        lines = (*lines[: most - 1], lines[most - 1].rstrip()[:-1] + "…")
    return Setting(size, lines)


def _broken_words(text: str, lines: Sequence[str]) -> int:
    """Count the line ends that are neither at a space nor after punctuation."""
    count, at = 0, 0
    for line in lines[:-1]:
        at = text.index(line, at) + len(line)
        count += not text[at].isspace() and not _ends_well(line)
    return count


def break_lines(text: str, measure: Measure, width: float, *, anywhere: bool = False) -> tuple[str, ...] | None:
    """Break a text into the fewest lines that fit, as even in length as can be; None when a word is too wide.

    Breaks stand at white space and between ideographs and kana, except where punctuation forbids it; Korean is broken
    between words. `anywhere`: between any two characters where it must be.
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
    """Cut a text into pieces that stay whole; each keeps the space after it."""
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
        return first not in _NEVER_FIRST  # nor a dash or, in French, a question mark with a space before it
    if first in _NEVER_FIRST or last in _NEVER_LAST:
        return False
    if first in _SYLLABLE_STARTS:
        return True
    return last in "-–—/" or _is_ideographic(before[0]) or _is_ideographic(first)


def _is_ideographic(character: str) -> bool:
    return unicodedata.east_asian_width(character) in {"W", "F"} and ord(character) not in _HANGUL


def _clusters(text: str) -> list[str]:
    """Cut a text into what readers see as characters: a base with its marks and joiners."""
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
    """Return how many lines it takes to fill each before the next."""
    lines, line = 1, ""
    for part in parts:
        if line and measure((line + part).strip()) > width:
            lines, line = lines + 1, ""
        line += part
    return lines


def _even(parts: Sequence[str], measure: Measure, width: float, lines: int) -> tuple[str, ...]:
    """Return the parts in exactly so many lines, the sum of squares of what each lacks to the mean at its least."""
    ideal = measure("".join(parts)) / lines
    worst = float("inf")
    # best[count][end]: the cost of the first `end` parts in `count` lines, and where the last of these begins.
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for _count in range(lines):
        row: dict[int, tuple[float, int]] = {}
        for start, (spent, _) in best[-1].items():
            line = ""
            for end in range(start + 1, len(parts) + 1):
                line += parts[end - 1]
                length = measure(line.strip())
                if length > width and end > start + 1:  # one character wider than the line stands alone
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
    """Say how much a line end after so many parts hurts: inside a run of ideographs it may part a word."""
    return 0.0 if end == len(parts) or parts[end - 1][-1].isspace() or _ends_well(parts[end - 1]) else 0.08


def _ends_well(line: str) -> bool:
    return line[-1] in _AFTER
