"""Find what a site puts around its articles by comparing some of them: an article's own words do not repeat. Pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from math import ceil

from epubmaker.chapters.furniture.lines import Line, lines_of_page
from epubmaker.chapters.parse import parse

__all__ = ["repeated_lines", "surveyed_lines"]

_LEAST = 3  # articles
_MOST = 0.5  # of them
_FEW_LEAST = 6  # articles in which a place has a line, for it to be one that has few
_FEW = 0.9  # of these, in which the line is one that another has, too
_AT_ONCE = 4  # lines in one place of one article
_LINKS = 0.95  # of the lines in a place that are links to other pages of the site
_LINK = re.compile(r"<(?:a|button|input)[\s>]", re.IGNORECASE)
_BOX = re.compile(r"<(?:div|section|aside|footer|header|nav|form|center|hr)[\s>]", re.IGNORECASE)
_BOXES = 2


def surveyed_lines(markup: str, address: str | None) -> Sequence[Line]:
    """Return the lines of an article's HTML; none, and in no time, of one without links, or without classes and boxes."""
    if _LINK.search(markup) and ("class=" in markup or len(_BOX.findall(markup)) >= _BOXES):
        return lines_of_page(parse(markup).body, address)
    return ()


def repeated_lines(sample: Collection[Sequence[Line]]) -> frozenset[int]:
    """Return the keys of what most articles of a sample have: lines, labels before links, and places.

    None where none of them has a link or a button, without which nothing is furniture. A place is one where there is
    nothing but links to other pages of the site, or one of a few short texts, such as the names of sections and authors.
    """
    articles = 0
    counts: Counter[int] = Counter()
    places: Counter[int] = Counter()
    lines: Counter[int] = Counter()
    links: Counter[int] = Counter()
    texts: dict[int, Counter[int]] = defaultdict(Counter)
    crowded: set[int] = set()
    for page in sample:
        articles += 1
        here = Counter(line.slot for line in page if line.slot)
        places.update(here.keys())
        lines.update(here)
        links.update(line.slot for line in page if line.acts and line.leads_home)
        crowded.update(slot for slot, count in here.items() if count > _AT_ONCE)
        found = {key for line in page for key in (line.exact, line.masked, line.label) if key}
        counts.update(found)
        for slot, text in {(line.slot, line.exact) for line in page if line.slot and not line.is_prose and line.text}:
            texts[slot][text] += 1
    least = max(_LEAST, ceil(_MOST * articles))
    keys = {key for key, count in counts.items() if count >= least}
    for slot, count in places.items():
        if count < least:
            continue
        if links[slot] >= _LINKS * lines[slot]:
            keys.add(slot)
        elif count >= _FEW_LEAST and slot not in crowded:
            its = texts[slot]
            if sum(number for number in its.values() if number > 1) >= _FEW * lines[slot]:
                keys.add(slot)
    acts = any(line.acts or line.links for page in sample for line in page if not keys.isdisjoint(line.keys))
    return frozenset(keys) if acts else frozenset()
