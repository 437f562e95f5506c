"""Looks at all articles before the first is drafted: what each source repeats, and which posts are short.

    articles of a source   | sample    those with the lowest keys, which are hashes: the same ones in any build
    files of the sample    | edges     see `chapters.boilerplate`
    edges                  | repeated  the keys of what repeats
    heads of all articles  | count     the pictures that return
    files of all articles  | length    with `--min-text`: see `shortposts`

Files are read and nothing is kept of them but keys and numbers, one source after the other. The keys of pictures are in the
heads, from the scan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest

from epubmaker.chapters.boilerplate.sample import Edges, edges, repeated_share, repeated_text
from epubmaker.chapters.furniture.lines import Line
from epubmaker.chapters.furniture.survey import repeated_lines, surveyed_lines
from epubmaker.collector.parse import parse
from epubmaker.model.articles import Entry
from epubmaker.order import Order
from epubmaker.pipeline.languages import language_of_titles, with_languages
from epubmaker.pipeline.shortposts import with_shared_pages

__all__ = ["repeating_sources", "surveyed"]

_SAMPLE = 128  # articles of a source: enough to tell 5 % of 2,000 with five articles more or less
_LEAST = 3  # articles of a source, for anything to repeat; and those that a picture stands in, to be one that does
_PAGES, _PAGES_LEAST = 8, 5  # articles of a source whose lines are compared
_HINT_SAMPLE, _HINT_LEAST = 24, 20
_HINT_SOURCES = 8  # the largest
_HINT_WINDOW = 4000  # characters at either end
_HINT_SHARE = 0.5


def surveyed(order: Order) -> Order:
    """Return an order with what each source repeats, where that is to be dropped, and a plan with languages and pages."""
    options, plan = order.options, with_languages(order.plan)
    text = _repeated_text(plan.entries) if options.drop_repeated else {}
    if options.min_text:
        language = options.language or language_of_titles(plan.entries) or "en"
        plan = with_shared_pages(plan, options.min_text, text, language)
    pictures = _repeated_pictures(plan.entries) if options.images and not options.keep_all else {}
    lines = {} if options.keep_all else _repeated_lines(plan.entries)
    return order._replace(plan=plan, repeated_text=text, repeated_pictures=pictures, repeated_lines=lines)


def _repeated_text(entries: Iterable[Entry]) -> Mapping[str, frozenset[int]]:
    """Return the keys of the segments and pictures that each source repeats, where it repeats any."""
    found = {source: repeated_text(_sample(its, _SAMPLE)) for source, its in _by_source(entries, _LEAST).items()}
    return {source: keys for source, keys in found.items() if keys}


def _repeated_pictures(entries: Iterable[Entry]) -> Mapping[str, frozenset[str]]:
    """Return the keys of the pictures that stand in three and more articles of a source; copies of a text count once."""
    found = {}
    for source, its in _by_source((entry for entry in entries if entry.pictures), _LEAST).items():
        by_text = {(entry.text_size, entry.text_hash): entry.pictures for entry in its}
        counts = Counter(key for pictures in by_text.values() for key in pictures.split())
        if keys := frozenset([key for key, count in counts.items() if count >= _LEAST]):
            found[source] = keys
    return found


def _repeated_lines(entries: Iterable[Entry]) -> Mapping[str, frozenset[int]]:
    """Return the keys of the lines and places that most articles of each source have; copies of an article count once."""
    found = {}
    for source, its in _by_source(entries, _PAGES_LEAST).items():
        pages: dict[tuple[str, int], Sequence[Line]] = {}
        for number, entry in enumerate(nsmallest(_PAGES, its, key=lambda entry: entry.key)):
            if number == _LEAST and not any(pages.values()):
                break  # without boxes and links, as plain text is
            html = parse(entry, whole_page=True).html  # to find the text of a page takes many times as long
            copy = entry.title, hash(html)
            if copy not in pages:
                pages[copy] = surveyed_lines(html, entry.link)
        if keys := repeated_lines(pages.values()):
            found[source] = keys
    return found


def repeating_sources(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the large sources more than half of whose text repeats, by a small sample."""
    sources = sorted(_by_source(entries, _HINT_LEAST).items(), key=lambda pair: len(pair[1]), reverse=True)
    return tuple(
        source
        for source, its in sources[:_HINT_SOURCES]
        if repeated_share(_sample(its, _HINT_SAMPLE, _HINT_WINDOW)) > _HINT_SHARE
    )


def _by_source(entries: Iterable[Entry], least: int) -> Mapping[str, Sequence[Entry]]:
    """Return the articles of each source that has `least` of them or more."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.source:
            found.setdefault(entry.source, []).append(entry)
    return {source: its for source, its in found.items() if len(its) >= least}


def _sample(entries: Iterable[Entry], size: int, *window: int) -> Iterator[Edges]:
    """Yield what stands at the edges of a sample; copies of an article, which repeat all of it, count once."""
    seen = set()
    for entry in nsmallest(size, entries, key=lambda entry: entry.key):
        article = parse(entry)
        copy = entry.title, hash(article.html)
        if copy not in seen:
            seen.add(copy)
            yield edges(article.html, *window)
