"""Who wrote a book of articles: names in bylines, and those of the whole book. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from epubmaker.model.articles import Entry
from epubmaker.text.characters import letters

__all__ = ["authors_of_all", "contributors", "names_in"]

_BETWEEN = ", "


def names_in(byline: str) -> list[str]:
    """Return the names in an article's `author`: "Ann Lee, Bo Chen" has two, "Lee, Ann" and "Ann Lee, Jr." have one.

    Names of one word are told from parts of a name only in scripts without capital letters: "王小明, 李四" has two.
    """
    names = [name for name in map(str.strip, byline.split(_BETWEEN)) if name]
    are_whole = all(" " in name or name.lower() == name.upper() for name in names)
    return names if are_whole else [byline]


def authors_of_all(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return the authors of a book whose articles all have the same ones, as those of one blog; nobody for any other."""
    bylines = {entry.author for entry in entries}
    return tuple(names_in(bylines.pop())) if len(bylines) == 1 and "" not in bylines else ()


def contributors(entries: Iterable[Entry], besides: Iterable[str], most: int) -> tuple[str, ...]:
    """Return the authors of articles, those of most articles first, without those named `besides`; at most `most`.

    Of equal numbers, the first in reading order comes first. Names with the same letters are one person's.
    """
    counts: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for byline, number in Counter(entry.author for entry in entries if entry.author).items():
        for name in dict.fromkeys(names_in(byline)):
            key = letters(name)
            counts[key] += number
            shown.setdefault(key, name)
    for name in besides:
        counts.pop(letters(name), None)
    return tuple(shown[key] for key, _ in counts.most_common(most) if key)
