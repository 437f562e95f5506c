"""Reads which records of a WACZ are pages (WACZ 1.1.1, section 5.2.3: `pages/pages.jsonl`, and `extraPages.jsonl`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from html import escape
from typing import NamedTuple

from epubmaker.collector.formats.archive import clean_title
from epubmaker.collector.formats.format import Item
from epubmaker.collector.formats.jsonvalues import moment_of, string
from epubmaker.text.addresses import resolve

__all__ = ["ListedPage", "listed_pages"]

_LISTS = ("/pages/pages.jsonl", "/pages/extraPages.jsonl")
_LARGEST = 128_000_000  # bytes: some tools put the texts of all pages into the list
_LONGEST_LINE = 16_000_000
_MOST_PAGES = 500_000
_LONGEST = 1000  # characters of a title


class ListedPage(NamedTuple):
    """What a list says of a page: its title, "" where it does not, and when it was kept."""

    title: str
    archived: datetime | None


def listed_pages(item: Item) -> Mapping[str, ListedPage]:
    """Return the pages that the lists beside a web archive name, by their absolute addresses; none where there is no list.

    Lines that are no page count for nothing.
    """
    found: dict[str, ListedPage] = {}
    if item.name.startswith("archive/"):
        for name in _LISTS:
            for address, page in _pages(item.beside(name, _LARGEST) or b""):
                if len(found) < _MOST_PAGES:
                    found.setdefault(address, page)
    return found


def _pages(data: bytes) -> Iterator[tuple[str, ListedPage]]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        line = data[start:end] if end - start <= _LONGEST_LINE else b""
        start = end + 1
        try:
            page = json.loads(line, parse_int=lambda digits: int(digits[:20])) if b'"url"' in line else None
        except (ValueError, RecursionError):
            continue
        if isinstance(page, dict) and (address := resolve(None, string(page.get("url")))):
            title = clean_title(escape(string(page.get("title"))[:_LONGEST]))
            yield address, ListedPage("" if title == address else title, moment_of(page, "ts"))
