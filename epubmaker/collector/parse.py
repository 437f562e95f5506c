"""Reads one article whole."""

from __future__ import annotations

import hashlib

from epubmaker.collector.formats.format import UnreadableError, failure
from epubmaker.collector.formats.table import format_named
from epubmaker.collector.locations.items import StoredItem
from epubmaker.model.articles import Article, Entry, Issue, Origin

__all__ = ["origin_of", "parse"]


def parse(entry: Entry, *, whole_page: bool = False) -> Article:
    """Read one article whole; with `whole_page`, of a page all that is in it.

    A file that can no longer be read gives an article without text and an issue.
    """
    found = format_named(entry.format)
    item = _item(entry, whole_page=whole_page)
    try:
        body = found.body(item, entry.member)
        origin = Origin(body.sha256, None) if body.sha256 else _origin(item)
    except UnreadableError as problem:
        return _without_text(entry, problem)
    except Exception as error:  # noqa: BLE001 - a format may come from another package
        return _without_text(entry, failure(found, error))
    issues = tuple([Issue(code, "warning", entry.label, message) for code, message in body.problems])
    if not body.html or body.html.isspace():
        issues += (Issue("article-empty", "warning", entry.label, "the article has no text"),)
    return Article(entry, body.html, issues, origin, body.language)


def _without_text(entry: Entry, problem: UnreadableError) -> Article:
    return Article(entry, "", (Issue(problem.code, "error", entry.label, problem.message),))


def origin_of(entry: Entry) -> Origin | None:
    """Return the hash and state of an article's file; None where it cannot be read."""
    try:
        return _origin(_item(entry))
    except UnreadableError:
        return None


def _item(entry: Entry, *, whole_page: bool = False) -> StoredItem:
    most = format_named(entry.format).max_bytes
    link = entry.link if entry.location.is_download else None
    return StoredItem(entry.location, entry.name, link=link, most=most, whole_page=whole_page)


def _origin(item: StoredItem) -> Origin:
    return Origin(hashlib.sha256(item.read()).hexdigest(), item.state)
