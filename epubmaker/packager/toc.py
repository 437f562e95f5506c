"""The contents of a book, and the two files that machines read them from: nav.xhtml (EPUB 3) and toc.ncx (EPUB 2).

Both list the same places in the order of the spine: a warning of EPUBCheck, a violation for DAISY Ace and a rejection by
Send to Kindle hang on that. What people read, with sources and times, is `epubmaker.packager.pages`: it may be cut into
several files, which the nav may not, and a device's list of contents stays free of such notes.

Both are written piece by piece, so that a book of 20,000 articles needs no memory for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from epubmaker.options import GroupBy
from epubmaker.packager.markup import PageFrame, language_attributes
from epubmaker.text.dates import format_day, format_month
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, text

__all__ = ["Contents", "ContentsGroup", "ContentsItem", "Landmark", "group_heading", "write_nav", "write_ncx"]


class ContentsItem(NamedTuple):
    """One article: what it is called, as XML text; its first document's name, its language (BCP 47).

    The name is of letters, digits, `-` and `.`, so it stands in markup as it is. `source` is the name of the site that
    it comes from; `date` is aware and in UTC.
    """

    label: str
    href: str
    language: str
    source: str = ""
    date: datetime | None = None

    @classmethod
    def of(cls, title: str, href: str, language: str, source: str = "", date: datetime | None = None) -> ContentsItem:
        """Return an item for a title in plain text; one without is called by its file, since no entry may be empty."""
        return cls(text(title) or text(href), href, language, source, date)


@dataclass(frozen=True, slots=True)
class ContentsGroup:
    """Consecutive articles under one heading, which is in the book's language; "" where there is none.

    `href` is the page that the heading leads to, and that opens the group.
    """

    heading: str
    items: tuple[ContentsItem, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """All of the book in reading order. `by_day` says that the headings are days, so that items need only the time.

    `after` are pages of the book's own that follow the last article.
    """

    groups: tuple[ContentsGroup, ...]
    by_day: bool = False
    after: tuple[ContentsItem, ...] = ()

    @property
    def items(self) -> Iterator[ContentsItem]:
        """All articles in reading order."""
        return (item for group in self.groups for item in group.items)


@dataclass(frozen=True, slots=True)
class Landmark:
    """A place that readers know by its kind: `epub_type` for the nav, `guide_type` for the guide of EPUB 2."""

    epub_type: str
    guide_type: str
    title: str
    href: str


def group_heading(grouped_by: GroupBy, key: str, language: str) -> str:
    """Return the heading of a group (see `model.Group.key`) in a BCP 47 language; "" when nothing is grouped."""
    if grouped_by == "none":
        return ""
    if not key:
        return words(language)["undated" if grouped_by in {"day", "month"} else "other"]
    if grouped_by == "day":
        return format_day(date.fromisoformat(key), language)
    if grouped_by == "month":
        return format_month(date.fromisoformat(f"{key}-01"), language)
    return key


def write_nav(contents: Contents, landmarks: tuple[Landmark, ...], language: str, frame: PageFrame) -> Iterator[str]:
    """Yield the navigation document in pieces: EPUB 3.3, section 7."""
    heading = words(language)["contents"]
    yield frame.open(heading)
    yield '<nav epub:type="toc" role="doc-toc" id="toc" aria-labelledby="toc-title">\n'
    yield f'<h1 id="toc-title">{text(heading)}</h1>\n<ol>\n'
    for group in contents.groups:
        if group.heading:
            yield f'<li><a href="{group.href}">{text(group.heading)}</a>\n<ol>\n'
        for item in group.items:
            mark = language_attributes(item.language, around=language)
            yield f'<li><a href="{item.href}"{mark}>{item.label}</a></li>\n'
        if group.heading:
            yield "</ol>\n</li>\n"
    for item in contents.after:
        yield f'<li><a href="{item.href}">{item.label}</a></li>\n'
    yield "</ol>\n</nav>\n"
    yield '<nav epub:type="landmarks" id="landmarks" aria-labelledby="landmarks-title" hidden="hidden">\n'
    yield f'<h2 id="landmarks-title">{text(words(language)["landmarks"])}</h2>\n<ol>\n'
    for place in landmarks:
        yield f'<li><a epub:type="{place.epub_type}" href={attribute(place.href)}>{text(place.title)}</a></li>\n'
    yield "</ol>\n</nav>\n"
    yield frame.close()


def write_ncx(contents: Contents, title: str, identifier: str, language: str) -> Iterator[str]:
    """Yield the NCX in pieces: OPF 2.0.1, section 2.4.1.

    `identifier` is the package's unique identifier, letter by letter.
    """
    depth = 2 if any(group.heading for group in contents.groups) else 1
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang={attribute(language)}>\n'
        f'<head>\n<meta name="dtb:uid" content={attribute(identifier)}/>\n<meta name="dtb:depth" content="{depth}"/>\n'
        '<meta name="dtb:totalPageCount" content="0"/>\n<meta name="dtb:maxPageNumber" content="0"/>\n</head>\n'
        f"<docTitle><text>{text(title)}</text></docTitle>\n<navMap>\n"
    )
    number = order = 0
    for group in contents.groups:
        if group.heading:
            number += 1
            yield _nav_point(number, text(group.heading), group.href, order := order + 1)
        for item in group.items:
            number += 1
            # Entries with one target share their place in the order: NCX 2005-1.
            order += not group.heading or item.href != group.href
            yield _nav_point(number, item.label, item.href, order) + "</navPoint>\n"
        if group.heading:
            yield "</navPoint>\n"
    for item in contents.after:
        number, order = number + 1, order + 1
        yield _nav_point(number, item.label, item.href, order)
        yield "</navPoint>\n"
    yield "</navMap>\n</ncx>\n"


def _nav_point(number: int, title: str, href: str, order: int) -> str:
    return (
        f'<navPoint id="n{number}" playOrder="{order}"><navLabel><text>{title}</text></navLabel><content src="{href}"/>'
    )
