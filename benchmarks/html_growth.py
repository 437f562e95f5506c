"""Measures how the time for one article grows with its size: ordinary pages, and pages made to stall a parser.

Run `python benchmarks/html_growth.py [LARGEST]`; LARGEST is in bytes, 1,000,000 unless given. Prints one line for each
kind of page: CPU seconds at each size, and the worst growth of time by size (1.0 is linear).
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from itertools import pairwise

from epubmaker.chapters.draft import draft
from epubmaker.model.articles import Article, Entry, Location

_PARAGRAPH = "<p>Some <b>bold</b> text with a <a href='/x'>link</a> and 中文 words, a hundred characters long.</p>\n"

PAGES: dict[str, Callable[[int], str]] = {
    "ordinary text": lambda size: _PARAGRAPH * (size // len(_PARAGRAPH)),
    "no markup": lambda size: "word " * (size // 5),
    "nested blocks": lambda size: "<div>x" * (size // 6),
    "nested lists": lambda size: "<ul><li>x" * (size // 9),
    "nested tables": lambda size: "<table><tr><td>x" * (size // 16),
    "nested emphasis": lambda size: "<b><i>x" * (size // 7),
    "siblings": lambda size: "<p>x" * (size // 4),
    "links": lambda size: "".join(f"<a href='/a{n}'>l</a> " for n in range(size // 24)),
    "links inside": lambda size: "".join(f"<a href='#i{n}'>l</a><p id=i{n}>x" for n in range(size // 36)),
    "open formatting": lambda size: "".join(f"<p><font size={n}>x" for n in range(size // 22)),
    "attributes": lambda size: "<p " + " ".join(f"a{n}=1" for n in range(size // 9)) + ">x",
    "one long attribute": lambda size: f"<p title='{'x' * size}'>x",
    "table cells": lambda size: "<table>" + "<tr><td>a<td>b" * (size // 14),
    "definitions": lambda size: "<dl>" + "<dt>a<dd>b" * (size // 10),
    "preformatted": lambda size: "<pre>" + "a\n<b>b</b>" * (size // 10),
    "line breaks": lambda size: "a<br><br>" * (size // 9),
    "pictures": lambda size: "".join(f"<img src=/{n}.jpg alt=x>" for n in range(size // 25)),
    "less-than signs": lambda size: "<" * size,
    "end tags": lambda size: "</p>" * (size // 4),
    "zero-width spaces": lambda size: "&#8203;a" * (size // 8),
}


def measured(html: str) -> float:
    """Return the CPU seconds that one article with this body takes."""
    entry = Entry("a.txt", Location(""), "a.txt", 0, "a", "Title", "https://example.com/")
    gc.collect()
    start = time.process_time()
    draft(Article(entry, html))
    return time.process_time() - start


def main() -> None:
    """Measure every kind of page at sizes ten times apart."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    sizes = [size for size in (10_000, 100_000, 1_000_000, 10_000_000) if size <= largest]
    measured(_PARAGRAPH * 100)
    print(f"{'page':20}", *(f"{size:>12,}" for size in sizes), f"{'growth':>8}")
    for name, page in PAGES.items():
        pages = [page(size) for size in sizes]
        times = [measured(html) for html in pages]
        # Below a tenth of a second, growth is noise.
        growth = [later / max(before, 0.1) / 10 for before, later in pairwise(times)]
        print(f"{name:20}", *(f"{seconds:12.3f}" for seconds in times), f"{max(growth, default=1.0):8.2f}", flush=True)


if __name__ == "__main__":
    main()
