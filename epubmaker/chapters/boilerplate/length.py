"""How much text an article has that its source does not repeat. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from epubmaker.chapters.boilerplate.sample import lines_of
from epubmaker.chapters.boilerplate.segments import Kind, segments
from epubmaker.chapters.plaintext import as_html
from epubmaker.text.characters import letters

__all__ = ["own_length"]

_Verdict: TypeAlias = Literal["own", "repeated", "number"]


def own_length(markup: str, title: str, repeated: frozenset[int], enough: int) -> int:
    """Return the characters of text in an article's HTML, or at least `enough` where there are more.

    Not counted are the title, where it is repeated, and the runs of `repeated` segments that are dropped at either end.
    """
    named = letters(title)
    parts: list[tuple[_Verdict, int]] = []
    own = 0
    for line in lines_of(as_html(markup), {}):
        if letters(line) == named:
            continue
        for start, stop, kind, key in segments(line):
            if kind is Kind.SIGN:
                continue
            length = len(line[start:stop].strip())
            verdict: _Verdict = "repeated" if key in repeated else "own" if kind is Kind.WORDS else "number"
            parts.append((verdict, length))
            own += length if verdict == "own" else 0
            if own >= enough:
                return own
    whole = sum(length for _, length in parts)
    return whole - _run(parts) - (_run(reversed(parts)) if own else 0)


def _run(parts: Iterable[tuple[_Verdict, int]]) -> int:
    """Return the characters from the first of some parts to the last repeated one before any text of the article's."""
    passed = gone = 0
    for verdict, length in parts:
        if verdict == "own":
            break
        passed += length
        if verdict == "repeated":
            gone = passed
    return gone
