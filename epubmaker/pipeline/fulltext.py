"""Fetches the pages of articles of which a file has an address alone, or the beginning of the text: `--full-text`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from epubmaker.collector.formats.listings import JsonFeed, XmlFeed
from epubmaker.collector.locations.folder import File
from epubmaker.collector.parse import parse
from epubmaker.collector.scan import ArticleHead, entries_of, read_file
from epubmaker.collector.select import select
from epubmaker.model.articles import Entry, Issue, Location
from epubmaker.pipeline.session import Progress, Session

__all__ = ["with_full_text"]

_FEEDS = frozenset({XmlFeed.name, JsonFeed.name})

_EXCERPT = 1500  # bytes: feeds that cut articles short cut them to less
_TAG = re.compile(r"<[^<>]*>")
# An ellipsis at the end, behind which a link to the article may stand.
_CUT = re.compile(r"(?:…|\.\.\.|&hellip;|&#8230;)\s*[])]?\s*(?:\S+\s+){0,6}\S*\s*$")
_TAIL = 600  # characters of HTML


def with_full_text(entries: Sequence[Entry], session: Session) -> tuple[list[Entry], list[Issue]]:
    """Return the articles with those that are cut short, or have no text, as their pages have them.

    The address of a feed becomes the articles in the feed, whose pages are fetched in their turn. Only articles that the
    options choose are asked for. An article whose page cannot be had stays as it was, with an issue.
    """
    articles, issues, added = _with_pages(entries, entries, session)
    if not added:
        return articles, issues
    all_of_them, more, _ = _with_pages([*articles, *added], added, session)
    return all_of_them, [*issues, *more]


def _with_pages(
    entries: Sequence[Entry], asked: Sequence[Entry], session: Session
) -> tuple[list[Entry], list[Issue], list[Entry]]:
    """Return the articles with the pages of some of them, issues, and the articles of feeds in the place of addresses."""
    whole = [entry._replace(is_link_only=False) if entry.is_link_only else entry for entry in entries]
    chosen = {entry.position for entry in select(whole, session.options, session.known).entries}
    wanted = [entry for entry in asked if entry.link and entry.position in chosen and _is_cut(entry)]
    pages = _fetched(wanted, session)
    position = max((entry.position for entry in entries), default=-1) + 1
    found: dict[int, Entry | None] = {}
    added: list[Entry] = []
    issues: list[Issue] = []
    for entry in wanted:
        page = pages[entry.link or ""]
        fuller = _from_page(entry, page, position + len(added)) if isinstance(page, Path) else page
        if isinstance(fuller, str):
            issues.append(Issue("article-unreachable", "warning", entry.link or "", fuller))
        elif isinstance(fuller, Entry):
            found[entry.position] = fuller
        else:
            found[entry.position] = None
            added += fuller
    kept = (found.get(entry.position, entry) for entry in entries)
    return [entry for entry in kept if entry is not None], issues, added


def _is_cut(entry: Entry) -> bool:
    """Tell whether a file has no more than the beginning of an article."""
    if entry.is_link_only or not entry.text_size:
        return True
    if not entry.member:  # a file of its own has all that there is
        return False
    return entry.text_size < _EXCERPT or _CUT.search(_TAG.sub(" ", parse(entry).html[-_TAIL:])) is not None


def _fetched(entries: Sequence[Entry], session: Session) -> Mapping[str, Path | str]:
    """Return the file with each page by its address, or why there is none.

    Feeds name what nobody has chosen by hand, so that their sites' robots.txt is asked.
    """
    found: dict[str, Path | str] = {}
    by_person: dict[str, bool] = {}
    for entry in entries:
        if entry.link:
            by_person[entry.link] = by_person.get(entry.link, False) or entry.format not in _FEEDS
    if not by_person:
        return found
    for address, answer in session.documents.get_all(by_person):
        found[address] = answer
        session.show(Progress("pages", len(found), len(by_person)))
    return found


def _from_page(entry: Entry, path: Path, position: int) -> Entry | list[Entry] | str:
    """Return an article as its page has it, where that has more text; the articles of a feed; else why not.

    `position` is that of the first article of a feed.
    """
    location = Location(str(path.parent), is_download=True)
    file = File(location, path.name, entry.link or entry.label, str(path), is_named=True, link=entry.link)
    read = read_file(file)
    if entry.is_link_only and any(head.member for head in read.heads):
        return list(entries_of(file, read.heads, position))
    if len(read.heads) != 1:
        return read.issues[0].message if read.issues else "not an article's page"
    page = _joined(entry, read.heads[0], location, path.name)
    if not entry.is_link_only and len(parse(page).html) <= len(parse(entry).html):
        return "the page has no more of the text"
    return page


def _joined(entry: Entry, head: ArticleHead, location: Location, name: str) -> Entry:
    """Return an entry for a page, with what the file with its address says, and what only the page says."""
    return entry._replace(
        location=location,
        name=name,
        member="",
        format=head.format,
        size=head.size,
        sha256=head.sha256,
        title=head.title if entry.title in {entry.link, "untitled"} else entry.title,
        published=entry.published or head.published,
        author=entry.author or head.author,
        tag=entry.tag or head.tag,
        text_size=head.text_size,
        text_hash=head.text_hash,
        pictures=head.pictures,
        is_link_only=False,
    )
