"""What a byline says that the chapter's header does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.names import is_author, is_date
from epubmaker.chapters.furniture.phrases import kind_of_button, names_author, only_joins, other_words
from epubmaker.chapters.tree import text_within, texts_outside, walk
from epubmaker.text.characters import plain

__all__ = ["said", "says_nothing_new"]

_LONGEST_DATE = 80
_WRITTEN_DATE = re.compile(r"\d{4}|\d{1,2}[-./]\d{1,2}")
# Words of classes and of `rel`: categories and counters.
_ABOUT_PAGE = re.compile(
    r"(?:^|[\s_-])(?:cat|category|categories|tags?|topics?|comments?|views?|counts?|minutes?|read|reading|words?|share|icon)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_BESIDE = " \t/:：|·•,"
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_CLOCK = re.compile(r"\d{1,2}[:h]\d{2}(?::\d{2})?")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}")
_NUMBER = re.compile(r"[0-9]{1,4}")


def said(nodes: Sequence[PageElement], *, dated: bool, signed: bool) -> Iterator[str]:
    """Yield the names of authors in a byline, and its date unless the article is `dated` without it.

    Without elements for the names they are its text where it says who wrote. Else they are all that is neither a date nor
    about the page, such as its categories; nothing where the article is `signed` without them.
    """
    tags = [tag for node in nodes if isinstance(node, Tag) for tag in (node, *walk(node)) if isinstance(tag, Tag)]
    dates = {id(tag) for tag in tags if tag.name == "time" or is_date(tag.attrs)}
    authors = [tag for tag in tags if "author" in {tag.attrs.get("rel"), tag.attrs.get("itemprop")}]
    authors = authors or [tag for tag in tags if is_author(tag.attrs)]
    inside = {id(inner) for tag in authors for inner in walk(tag)}
    found = [text for tag in authors if id(tag) not in inside and (text := _without(tag, dates))]
    text = "" if found else plain(" ".join(_without(node, dates) for node in nodes))
    if names_author(text):
        found = [text]
    elif text and not signed:
        about = dates | {id(tag) for tag in tags if _is_about_page(tag)}
        found = [text for text in map(plain, texts_outside(nodes, about)) if not _WRITTEN_DATE.search(text)]
    yield from (name for name in map(_stripped, found) if not only_joins(name))
    if dated:
        return
    marked = [tag for tag in tags if id(tag) in dates]
    first = next((tag for tag in marked if tag.name == "time"), marked[-1] if marked else None)
    if first is not None:
        yield text_within(first, _LONGEST_DATE)
    else:
        yield from filter(_WRITTEN_DATE.search, map(plain, texts_outside(nodes, ())))


def says_nothing_new(text: str, shown: Sequence[str], published: datetime | None) -> bool:
    """Return True for a line of names and dates in which there is nothing but what the chapter's header shows.

    `shown` are the names in the header, `published` is its date. Beside them may stand words that join names and dates.
    """
    rest = _MAIL.sub(" ", text.casefold())
    named = False
    for name in map(str.casefold, shown):
        if name in rest:
            rest, named = rest.replace(name, " "), True
        elif (left := rest.strip(_BESIDE)) and left in name:
            return True
    if _YEAR.search(rest):
        return published is not None and _is_of_day(rest, published, len(other_words(rest)))
    return named and only_joins(rest)


def _is_of_day(text: str, published: datetime, words: int) -> bool:
    """Return True where the numbers of a text are those of a day, and its only other word is the month if any."""
    numbers = list(map(int, _NUMBER.findall(_CLOCK.sub(" ", text))))
    for shift in (0, -1, 1):
        day = published + timedelta(days=shift)
        if day.year in numbers and day.day in numbers:
            numbers.remove(day.year)
            numbers.remove(day.day)
            return words == 0 or (words == 1 and day.month not in numbers)
    return False


def _is_about_page(tag: Tag) -> bool:
    return any(name in tag.attrs and _ABOUT_PAGE.search(str(tag.attrs[name])[:400]) for name in ("class", "rel"))


def _without(node: PageElement, left_out: set[int]) -> str:
    """Return the text of a node without that of some elements in it, on one line."""
    inner = node.contents if isinstance(node, Tag) else [node]
    return " ".join(text for text in map(plain, texts_outside(inner, left_out)) if kind_of_button(text, 1) is None)


def _stripped(text: str) -> str:
    """Return a name without the words before it: "by", "文/"."""
    while True:
        first, _, rest = text.strip(_BESIDE).partition(" ")
        if not rest.strip() or not only_joins(first) or first.isdecimal():
            return text.strip(_BESIDE)
        text = rest
