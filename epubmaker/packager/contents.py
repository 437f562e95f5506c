"""The contents of a book: its articles in reading order, in groups with headings, and the page that opens each group.

Titles are shortened here, for all tables of contents; the chapters have them whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from epubmaker.model.choices import GroupedBy
from epubmaker.text.characters import plain
from epubmaker.text.dates import format_period
from epubmaker.text.periods import PERIODS
from epubmaker.text.words import words
from epubmaker.text.xhtml import escaped

__all__ = ["CONTENTS_PAGE", "Contents", "ContentsGroup", "ContentsItem", "group_heading", "headlines"]

CONTENTS_PAGE = "contents.xhtml"
_LISTED = 60  # articles that the table of contents names; of more it names the groups, which have openers
_LEAST_FOR_OPENERS = 3  # articles in a group, on average: a page for one or two of them says nothing
_HASHTAG = re.compile(r"[#＃][^\s#＃]+[#＃]?")
_MAX_WITH_HASHTAGS = 40  # characters of a title and those of its last hashtags that are kept
_MAX_TITLE = 120  # characters
_BETWEEN_HEADLINES = " · "
_MAX_HEADLINES = 500  # characters of the headlines that stand for a description


class ContentsItem(NamedTuple):
    """An article, or another page of the book, as the table of contents names it.

    `label` is its title, shortened, as XML text. `href` is the name of its first document: letters, digits, `-` and
    `.`, so that it needs no escaping. `language` is that of the title (BCP 47), `source` the name of the site that it
    comes from; `date` is aware and in the book's time zone. `articles` are those on a page that several share.
    `standfirst` is a sentence about it as XML text, "" where there is none.
    """

    label: str
    href: str
    language: str
    source: str = ""
    date: datetime | None = None
    articles: tuple[ContentsItem, ...] = ()
    standfirst: str = ""

    @classmethod
    def of(  # noqa: PLR0917 - the fields of an item
        cls,
        title: str,
        href: str,
        language: str,
        source: str = "",
        date: datetime | None = None,
        standfirst: str = "",
    ) -> ContentsItem:
        """Return the item of a title in plain text. No entry may be empty: without a title the label is the file's name."""
        label, below = escaped(_shortened(plain(title))) or escaped(href), escaped(plain(standfirst))
        return cls(label, href, language, source, date, standfirst=below)


@dataclass(frozen=True, slots=True)
class ContentsGroup:
    """Consecutive articles under one heading.

    `heading` is plain text in the book's language, "" where there is none. `href` is the document that the heading leads
    to; see `Contents.with_openers`. `above` is the heading above this one and those of the groups beside it, "" where
    there is none.
    """

    heading: str
    items: tuple[ContentsItem, ...]
    href: str = ""
    above: str = ""

    @property
    def articles(self) -> Iterator[ContentsItem]:
        """All articles in reading order, those of pages that several share one by one."""
        return (article for item in self.items for article in item.articles or (item,))

    @property
    def has_opener(self) -> bool:
        """Whether the heading leads to a page that lists the group."""
        return bool(self.heading) and self.href not in {CONTENTS_PAGE, self.items[0].href}


@dataclass(frozen=True, slots=True)
class Contents:
    """All of the book in reading order.

    `by_day` says that the headings are days, so that the items need no date. `after` are the book's own pages behind
    the last article.
    """

    groups: tuple[ContentsGroup, ...]
    by_day: bool = False
    after: tuple[ContentsItem, ...] = ()

    @property
    def articles(self) -> Iterator[ContentsItem]:
        """All articles in reading order."""
        return (article for group in self.groups for article in group.articles)

    def with_openers(self) -> Contents:
        """Return the contents with each group's `href` set, and without empty groups.

        In a book of more than 60 articles, three or more in a group on average, a group is opened by a page that lists its
        articles. Else the heading leads to the first article, as does that of a group with one article; that of the only
        group leads to the table of contents.
        """
        groups = [
            replace(group, heading=plain(group.heading), above=plain(group.above))
            for group in self.groups
            if group.items
        ]
        if len(groups) == 1:
            return replace(self, groups=(replace(groups[0], href=CONTENTS_PAGE),))
        opening = sum(len(group.items) for group in groups) >= max(_LISTED + 1, _LEAST_FOR_OPENERS * len(groups))
        opened = (
            replace(group, href=f"g-{number}.xhtml" if opening and len(group.items) > 1 else group.items[0].href)
            for number, group in enumerate(groups, start=1)
        )
        return replace(self, groups=tuple(opened))


def group_heading(by: GroupedBy, key: str, language: str) -> str:
    """Return the heading of a group (see `model.articles.Group`) in a BCP 47 language."""
    if not key:
        return words(language)["undated" if by in PERIODS else "other"]
    return format_period(key, language) if by in PERIODS else key


def headlines(titles: Iterable[str]) -> str:
    """Return the first titles, shortened, on one line that a library can show: "One · Two · Three …"."""
    shown: list[str] = []
    size = 0
    for title in filter(None, map(_shortened, map(plain, titles))):
        size += len(title)
        if shown and size > _MAX_HEADLINES:
            return f"{_BETWEEN_HEADLINES.join(shown)} …"
        shown.append(title)
    return _BETWEEN_HEADLINES.join(shown)


def _shortened(title: str) -> str:
    """Return a plain title for a table of contents: with few hashtags at its end, and of at most 120 characters."""
    tags = list(_HASHTAG.finditer(title))
    first, begin = len(tags), len(title)  # of those that end the title
    while first and not title[tags[first - 1].end() : begin].strip():
        first -= 1
        begin = tags[first].start()
    if len(tags) - first > 1:
        ends = [tag.end() for tag in tags[first:]]
        title = _cut(title, max([end for end in ends if end <= _MAX_WITH_HASHTAGS] or ends[:1]))
    if len(title) > _MAX_TITLE:
        words_end = title.rfind(" ", _MAX_TITLE // 2, _MAX_TITLE)
        title = _cut(title, _MAX_TITLE - 1 if words_end == -1 else words_end)
    return title


def _cut(title: str, length: int) -> str:
    return title if length >= len(title) else f"{title[:length].rstrip(' …')} …"
