"""The formats that articles are read in, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from epubmaker.collector.formats.archiveform import ArchiveForm
from epubmaker.collector.formats.epub import Epub
from epubmaker.collector.formats.format import Format
from epubmaker.collector.formats.listings import (
    AddressList,
    Bookmarks,
    ExportedText,
    JsonFeed,
    Opml,
    RecordExport,
    Shortcut,
    TableExport,
    XmlFeed,
)
from epubmaker.collector.formats.mail import Mail
from epubmaker.collector.formats.markdown import Markdown
from epubmaker.collector.formats.mhtml import Mhtml
from epubmaker.collector.formats.plugins import added_formats, refused
from epubmaker.collector.formats.warc import Warc
from epubmaker.collector.formats.webpage import WebPage

__all__ = ["FORMATS", "format_named", "format_names", "formats", "recognized", "suffixes"]

_ARCHIVE = ArchiveForm()

FORMATS: Sequence[Format] = (
    XmlFeed(),
    JsonFeed(),
    Opml(),
    AddressList(),
    Shortcut(),
    Bookmarks(),
    TableExport(),
    RecordExport(),
    ExportedText(),
    WebPage(),
    Markdown(),
    Mhtml(),
    Mail(),
    Epub(),
    Warc(),
    _ARCHIVE,
)


@cache
def formats() -> Sequence[Format]:
    """Return all formats, those of other packages first. Raises UsageError for one of these that cannot be used."""
    added = added_formats()
    own = {each.name for each in FORMATS}
    for each in added:
        if each.name in own:
            raise refused(each.name, "is the name of a format that is there already")
    return (*added, *FORMATS)


@cache
def suffixes() -> tuple[str, ...]:
    """Return endings of the files that are looked at inside folders and archives; one named by itself may have any."""
    return tuple(sorted(frozenset[str]().union(*(each.suffixes for each in formats()))))


@cache
def _by_name() -> Mapping[str, Format]:
    return {each.name: each for each in formats()}


def recognized(name: str, start: bytes) -> Format | None:
    """Return the format of a file, by its name and its first bytes; None where it is of no format."""
    if _ARCHIVE.is_certain(start):  # as most files of the largest archives
        return _ARCHIVE
    return next((each for each in formats() if each.fits(name, start)), None)


def format_names() -> tuple[str, ...]:
    """Return the names of all formats."""
    return tuple(_by_name())


def format_named(name: str) -> Format:
    """Return the format with a name; raises KeyError."""
    return _by_name()[name]
