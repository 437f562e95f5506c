"""Puts the short posts of a day on one page: those with less text of their own than `--min-text` asks for.

How long a text is must be known before the first chapter is made: it decides which pages there are, and where links lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from epubmaker.chapters.boilerplate.length import own_length
from epubmaker.collector.parse import parse
from epubmaker.model.articles import Entry, Group, Plan, SharedPage
from epubmaker.text.dates import format_day
from epubmaker.text.words import words

__all__ = ["with_shared_pages"]

_MOST_MARKUP = 30_000  # characters of HTML: a post with more gets a chapter, whatever its text
_PAGE = 100_000  # bytes of HTML on one page, beside its frame
_EACH = 1000  # bytes that a post's title, dates and links take


def with_shared_pages(plan: Plan, least: int, repeated: Mapping[str, frozenset[int]], language: str) -> Plan:
    """Return a plan in which short posts have a `page`, and stand where it does: behind the other articles of their day.

    Short is a post with fewer than `least` characters of text that its source does not repeat (`repeated`, by source). A
    day's only short post in a group stays a chapter. The titles of the pages are in `language`.
    """
    groups = [_shared(group, _short(group.entries, least, repeated), language) for group in plan.groups]
    return plan._replace(groups=tuple(groups))


def _short(entries: Iterable[Entry], least: int, repeated: Mapping[str, frozenset[int]]) -> Mapping[str, int]:
    """Return the bytes of the HTML of each short post, by its key."""
    found = {}
    for entry in entries:
        article = parse(entry)
        markup = article.html
        if (
            article.origin is not None
            and len(markup) <= _MOST_MARKUP
            and own_length(markup, entry.title, repeated.get(entry.source, frozenset()), least) < least
        ):
            found[entry.key] = len(markup.encode("utf-8", "replace"))
    return found


def _shared(group: Group, short: Mapping[str, int], language: str) -> Group:
    """Return a group with its short posts on pages."""
    days: dict[str, list[Entry]] = {}
    last: dict[str, Entry] = {}
    for entry in group.entries:
        last[_day(entry)] = entry
        if entry.key in short:
            days.setdefault(_day(entry), []).append(entry)
    days = {day: posts for day, posts in days.items() if len(posts) > 1}
    ordered: list[Entry] = []
    for entry in group.entries:
        day = _day(entry)
        posts = days.get(day, ())
        if not posts or entry.key not in short:
            ordered.append(entry)
        if posts and entry is last[day]:
            ordered += _on_pages(day, list(_cut(posts, short)), language)
    return group._replace(entries=tuple(ordered))


def _day(entry: Entry) -> str:
    return entry.date.date().isoformat() if entry.date else ""


def _cut(posts: Sequence[Entry], sizes: Mapping[str, int]) -> Iterator[list[Entry]]:
    """Yield the posts of each page of a day: as many as older readers can open in one document."""
    page: list[Entry] = []
    size = 0
    for post in posts:
        more = _EACH + sizes[post.key]
        if page and size + more > _PAGE:
            yield page
            page, size = [], 0
        page.append(post)
        size += more
    yield page


def _on_pages(day: str, pages: Sequence[Sequence[Entry]], language: str) -> Iterator[Entry]:
    own = words(language)
    title = own["short_posts"]
    if day:
        title = own["labeled"].format(label=title, text=format_day(date.fromisoformat(day), language))
    for number, posts in enumerate(pages, start=1):
        counted = title if len(pages) == 1 else f"{title} ({number}/{len(pages)})"
        page = SharedPage(f"s-{posts[0].key}", counted, language)
        yield from (post._replace(page=page) for post in posts)
