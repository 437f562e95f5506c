"""The contents of a book: its articles in reading order, in groups with headings, and the page that opens each group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from epubmaker.options import GroupBy
from epubmaker.text.characters import plain
from epubmaker.text.dates import format_day, format_month
from epubmaker.text.words import words
from epubmaker.text.xhtml import text

__all__ = ["CONTENTS_PAGE", "Contents", "ContentsGroup", "ContentsItem", "group_heading"]

CONTENTS_PAGE = "contents.xhtml"


class ContentsItem(NamedTuple):
    """An article, or another page of the book, as the table of contents names it.

    `label` is its title as XML text. `href` is the name of its first document: letters, digits, `-` and `.`, so that it
    needs no escaping. `language` is that of the title (BCP 47), `source` the name of the site that it comes from; `date` is
    aware and in UTC. `articles` are those on a page that several share.
    """

    label: str
    href: str
    language: str
    source: str = ""
    date: datetime | None = None
    articles: tuple[ContentsItem, ...] = ()

    @classmethod
    def of(cls, title: str, href: str, language: str, source: str = "", date: datetime | None = None) -> ContentsItem:
        """Return the item of a title in plain text. No entry may be empty: without a title the label is the file's name."""
        return cls(text(title) or text(href), href, language, source, date)


@dataclass(frozen=True, slots=True)
class ContentsGroup:
    """Consecutive articles under one heading.

    `heading` is plain text in the book's language, "" where there is none. `href` is the document that the heading leads
    to; see `Contents.with_openers`.
    """

    heading: str
    items: tuple[ContentsItem, ...]
    href: str = ""

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

    `by_day` says that the headings are days, so that the items need only the time. `after` are the book's own pages behind
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

        A group is opened by a page that lists its articles. Where that would say nothing new, the heading leads elsewhere:
        that of the only group to the table of contents, that of a group with one article to the article.
        """
        groups = [replace(group, heading=plain(group.heading)) for group in self.groups if group.items]
        if len(groups) == 1:
            return replace(self, groups=(replace(groups[0], href=CONTENTS_PAGE),))
        opened = (
            replace(group, href=f"g-{number}.xhtml" if len(group.items) > 1 else group.items[0].href)
            for number, group in enumerate(groups, start=1)
        )
        return replace(self, groups=tuple(opened))


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
