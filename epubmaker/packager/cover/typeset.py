"""Breaks a title into lines, and finds the size at which it fills its box."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

from epubmaker.text.linebreaks import clusters, ends_well, may_break, phrases

__all__ = ["Setting", "break_lines", "set_in_box"]

_THAI_AND_LAO = range(0x0E00, 0x0F00)  # which have no hyphens

Measure = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Setting:
    """A text in lines, at a size in pixels."""

    size: int
    lines: tuple[str, ...]


def set_in_box(
    text: str,
    measure: Callable[[int], Measure],
    *,
    width: int,
    height: int,
    sizes: Sequence[int],
    leading: float,
    language: str = "",
) -> Setting:
    """Return the text at the best of `sizes` (the largest first) at which its lines fit into `width` x `height` pixels.

    The largest is the best, unless one of about two thirds or more avoids line ends that may divide a word: those inside a
    phrase, or inside any run of ideographs where the phrases of the `language` (BCP 47) are not known. `measure(size)`
    returns the function that measures a line's width at that size; a line is `leading` times the size high. Words between
    spaces are broken, with a hyphen, only at the last size; text that does not fit even there is cut and ends in an
    ellipsis.
    """
    fitting = []
    ends = frozenset(accumulate(map(len, phrases(text, language))))
    for size in sizes:
        lines = break_lines(text, measure(size), width, language)
        if lines is not None and len(lines) * size * leading <= height:
            broken = _broken_words(text, lines, ends)
            fitting.append((size * (0.62 if broken else 1.0) * 0.93**broken, Setting(size, lines)))
    if fitting:
        return max(fitting, key=lambda item: item[0])[1]
    size = sizes[-1]
    most = max(1, int(height / (size * leading)))
    room = width - measure(size)("-")
    lines = tuple(_hyphenated(break_lines(text, measure(size), room, language, anywhere=True) or (text,)))
    if len(lines) > most:
        lines = (*lines[: most - 1], lines[most - 1].rstrip()[:-1] + "…")
    return Setting(size, lines)


def _hyphenated(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a text, with a hyphen where a line end divides a word."""
    for line, following in pairwise((*lines, "")):
        both = line[-1:] + following[:1]
        divided = len(both) == 2 and both.isalpha() and not may_break(*both) and ord(both[0]) not in _THAI_AND_LAO
        yield f"{line}-" if divided else line


def _broken_words(text: str, lines: Sequence[str], ends: AbstractSet[int]) -> int:
    """Count the line ends that are neither at a space nor after punctuation nor at one of the `ends` of phrases."""
    count, at = 0, 0
    for line in lines[:-1]:
        at = text.index(line, at) + len(line)
        count += not text[at].isspace() and at not in ends and not ends_well(line)
    return count


def break_lines(
    text: str, measure: Measure, width: float, language: str = "", *, anywhere: bool = False
) -> tuple[str, ...] | None:
    """Break a text into the fewest lines that fit, as even in length as possible; return None if a word is too wide.

    Lines end at white space and between the phrases of the `language` (BCP 47). In one whose phrases are not known, and in
    a phrase that is too wide, they end between ideographs and kana, except where punctuation forbids it. With `anywhere`,
    words that are too wide are broken between any two characters.
    """
    text = " ".join(text.split())
    parts = _parts(text)
    if known := phrases(text, language):
        parts = [
            piece for phrase in known for piece in (_parts(phrase) if measure(phrase.strip()) > width else [phrase])
        ]
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
    found = clusters(text)
    parts: list[str] = []
    for number, cluster in enumerate(found):
        if number and not may_break(found[number - 1], cluster):
            parts[-1] += cluster
        else:
            parts.append(cluster)
    return parts


def _torn(part: str) -> list[str]:
    """Cut a word between its characters; the last keeps the space after it."""
    found = clusters(part.rstrip()) or [""]
    return [*found[:-1], found[-1] + part[len(part.rstrip()) :]]


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
    return 0.0 if end == len(parts) or parts[end - 1][-1].isspace() or ends_well(parts[end - 1]) else 0.08
