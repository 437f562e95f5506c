"""What may hold the pictures of an article."""

from __future__ import annotations

from epubmaker.collector.formats.table import format_named
from epubmaker.model.articles import Entry
from epubmaker.model.pictures import Holder

__all__ = ["holder_of"]


def holder_of(entry: Entry) -> Holder | None:
    """Return what may hold an article's pictures; None for a file of a folder in a format without pictures."""
    name = entry.format if format_named(entry.format).holds_pictures else ""
    if not (name or entry.location.archives):
        return None
    return Holder(entry.location, entry.name, entry.member, name)
