"""Decides which of several copies of an article stays.

Copies have the same address, or else the same text. Mirrors keep an article again whenever its feed hands it out, and
sometimes with nothing but the title, so that the text counts for more than the date.

I/O: reads two files whole where their long texts begin alike, and the files of a source's articles of one title. Both are
rare.
"""

from __future__ import annotations

import html
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from epubmaker.collector.filters import NEVER
from epubmaker.collector.parse import parse
from epubmaker.model.articles import Entry, Issue
from epubmaker.text.addresses import identity, names_article
from epubmaker.text.characters import letters

__all__ = ["WAYS", "Way", "gone_in", "with_keys_of_their_own", "without_duplicates"]

_HASHED_WHOLE = 5000  # bytes; of longer texts the hash may cover the beginning alone
# Below different titles only a text of this many bytes is an article for certain: a video's description, in which a channel
# tells about itself again and again, has at most 5,000 characters on the largest site.
_SURELY_ARTICLE = 15_000
_HOST = re.compile(r"(?:www|m|mobile|amp)\.(?=[^/]*\.)")  # names of a site's machines for one and the same page
_MOST_OF_A_TITLE = 50  # articles of one title; of more it is the title of a series
_LONGEST_STUB = 2000  # bytes of a text that may be the beginning of another one
_LONGEST = 1_000_000  # bytes of a text that is compared with others
_LONG = 1000  # letters of a text that the same title and another end make no other article
_COMMON = 0.9  # of the longer text
_TAG = re.compile(r"<[^<>]*>")
_ADDRESSES = re.compile(r"""\b(?:src|href)\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""", re.IGNORECASE)


_Name: TypeAlias = Callable[[Entry], Hashable | None]


class Way(NamedTuple):
    """A way to find copies.

    Of several articles with the same name, None being none, `copies` lists those that are copies of each other, with what
    they share; of more than `most`, none is one. `names` returns what names some articles as `name` does, where it takes
    less time, None where no two of them have the same name.
    """

    name: _Name
    copies: Callable[[list[Entry]], Iterator[tuple[str, list[Entry]]]]
    names: Callable[[Iterable[Entry]], _Name | None]
    most: int = sys.maxsize


def without_duplicates(
    entries: Sequence[Entry], issues: list[Issue], copies: dict[str, set[str]] | None = None
) -> list[Entry]:
    """Return the articles without the copies of others, in their order; add an issue for each copy.

    Of several copies one stays: one with a text before one that says nothing but its title or has less than half of the
    longest text, then the latest, then the longest, then the last in input order. No two of the articles that are
    returned have the same key. `copies` gets, by the key of an article that stays, those of its copies that have
    another one.
    """
    copies = {} if copies is None else copies
    unique = with_keys_of_their_own(entries)
    for way in WAYS:
        gone = set(gone_in(unique, way, issues, copies))
        unique = [entry for entry in unique if entry.position not in gone] if gone else unique
    return unique


def gone_in(entries: Sequence[Entry], way: Way, issues: list[Issue], copies: dict[str, set[str]]) -> Iterator[int]:
    """Yield the positions of all but the best of the copies of each article, as far as one way of looking tells them."""
    names = way.names(entries)
    for candidates in _several(entries, names) if names else ():
        if len(candidates) <= way.most:
            yield from _worse(way.copies(candidates), issues, copies)


def _worse(lists: Iterable[tuple[str, list[Entry]]], issues: list[Issue], copies: dict[str, set[str]]) -> Iterator[int]:
    """Yield the positions of all but the best of each list of copies; the texts before the lists say what they share."""
    for shared, found in lists:
        longest = max(entry.text_size for entry in found)
        ranks = {entry.position: _rank(entry, longest) for entry in found}
        best = max(found, key=lambda entry: ranks[entry.position])
        for entry in found:
            if entry is not best:
                message = f"the same {shared} as {best.label}, which stays{_reason(best, entry, longest)}"
                issues.append(Issue("article-duplicate", "warning", entry.label, message))
                if entry.key != best.key:
                    copies.setdefault(best.key, set()).update({entry.key}, copies.pop(entry.key, ()))
                yield entry.position


def _several(entries: Iterable[Entry], name: Callable[[Entry], Hashable]) -> list[list[Entry]]:
    """Return lists of the entries that have the same name, where there are several; None is no name."""
    first: dict[Hashable, Entry] = {}
    found: dict[Hashable, list[Entry]] = {}
    for entry in entries:
        its = name(entry)
        if its is not None and (other := first.setdefault(its, entry)) is not entry:
            found.setdefault(its, [other]).append(entry)
    return sorted(found.values(), key=lambda copies: copies[0].position)


def _rank(entry: Entry, longest: int) -> tuple[bool, datetime, int, int]:
    return not _is_stub(entry, longest), _latest(entry), entry.text_size, entry.position


def _is_stub(entry: Entry, longest: int) -> bool:
    """Return True for a copy that says little beside the longest one: its beginning, or that it has been taken down."""
    return not entry.text_size or (entry.text_size < _LONGEST_STUB and 2 * entry.text_size < longest)


def _latest(entry: Entry) -> datetime:
    return entry.archived or entry.published or NEVER


def _reason(best: Entry, other: Entry, longest: int) -> str:
    if best.text_size and not other.text_size:
        return ": this one has no text"
    if _is_stub(other, longest) and not _is_stub(best, longest):
        return ": this one has less than half of its text"
    if _latest(best) > _latest(other):
        return ": it is later"
    return ": it is longer" if best.text_size > other.text_size else ""


def with_keys_of_their_own(entries: Sequence[Entry]) -> list[Entry]:
    """Return the articles, with other keys for those whose addresses have the same hash and differ."""
    others: dict[int, Entry] = {}
    for found in _several(entries, attrgetter("key")):
        firsts = found[:1]
        for entry in found[1:]:
            number = next((number for number, first in enumerate(firsts) if _is_same(first, entry)), len(firsts))
            if number == len(firsts):
                firsts.append(entry)
            if number:
                others[entry.position] = entry._replace(key=entry.key + "x" * number)
    return [others.get(entry.position, entry) for entry in entries] if others else list(entries)


def _same_address(candidates: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Yield the articles of one address; those without an address, of one text and title."""
    yield "address" if names_article(identity(candidates[0].link or "")) else "text", candidates


def _is_same(one: Entry, other: Entry) -> bool:
    """Return whether two articles with the same key have the same address, or the same text if they have none."""
    first, second = (identity(entry.link or "") for entry in (one, other))
    return first == second if names_article(first) or names_article(second) else one.sha256 == other.sha256


def _text(entry: Entry) -> tuple[int, int] | None:
    """Return what tells a text from others. One that says nothing but its title tells no article from another."""
    return (entry.text_size, entry.text_hash) if entry.text_size else None


def _same_text(candidates: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Yield the articles of one text that have the same title too, or a text that is an article for certain."""
    copies: list[list[Entry]] = []
    by_title: dict[str, list[Entry]] = {}
    for entry in candidates:
        title = "" if entry.text_size >= _SURELY_ARTICLE else letters(entry.title)
        known = by_title.get(title)
        if known is not None and _is_same_text(known[0], entry):
            known.append(entry)
        else:
            by_title[title] = [entry]
            copies.append(by_title[title])
    yield from (("text", found) for found in copies)


def _is_same_text(one: Entry, other: Entry) -> bool:
    if one.text_size <= _HASHED_WHOLE:
        return True
    first, second = ("".join(parse(entry).html.split()) for entry in (one, other))
    return first == second


# --- the same page at other hosts, and nearly the same text -----------------------------------------------------------


def _hosts_of_one_site(entries: Iterable[Entry]) -> set[str]:
    """Return the hosts that differ from another one only by "www." or the like."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for host in {entry.link.split("/", 3)[2] for entry in entries if entry.link}:
        spellings[_HOST.sub("", host, count=1)].add(host)
    return {host for hosts in spellings.values() if len(hosts) > 1 for host in hosts}


def _page(entry: Entry) -> str | None:
    """Return the address of an article, whichever of the hosts of one site it names."""
    name = identity(entry.link) if entry.link else ""
    return _HOST.sub("", name, count=1) if names_article(name) else None


def _pages(entries: Iterable[Entry]) -> _Name | None:
    """Return what names the pages of the sites that have several hosts here; None where there is none."""
    hosts = _hosts_of_one_site(entries)
    return (
        (lambda entry: _page(entry) if entry.link and entry.link.split("/", 3)[2] in hosts else None) if hosts else None
    )


def _same_page(candidates: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    yield "address", candidates


def _title(entry: Entry) -> tuple[str, str] | None:
    title = letters(entry.title) if 0 < entry.text_size <= _LONGEST else ""
    return (entry.source, title) if title else None


def _nearly_same_text(candidates: list[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Yield the articles of each text, which is looked at for articles of one title and source, where these are not many.

    A text is another's where the letters are the same, or where a long one goes on for a tenth more at most. A short one
    shows the same pictures and leads to the same places, too.
    """
    texts = sorted(((_text_of(entry), entry) for entry in candidates), key=lambda pair: pair[0])
    first, copies = "", list[Entry]()
    for text, entry in texts:
        if copies and _is_nearly(first, text):
            copies.append(entry)
            continue
        if copies:
            yield "text", copies
        first, copies = text, [entry]
    yield "text", copies


def _text_of(entry: Entry) -> str:
    markup = parse(entry).html
    text = letters(html.unescape(_TAG.sub("", markup)))
    return text if len(text) >= _LONG else f"{text} {' '.join(_ADDRESSES.findall(markup))}"


def _is_nearly(first: str, text: str) -> bool:
    """Tell whether a text is the same as one that is before it in alphabetical order, or little more than that."""
    return not first.isspace() and (
        first == text or (_COMMON * len(text) <= len(first) >= _LONG and text.startswith(first))
    )


# --- all of them ------------------------------------------------------------------------------------------------------


def _by(name: _Name) -> Callable[[Iterable[Entry]], _Name]:
    return lambda _: name


_ADDRESS = attrgetter("key")

WAYS = (
    Way(_ADDRESS, _same_address, _by(_ADDRESS)),
    Way(_text, _same_text, _by(_text)),
    Way(_page, _same_page, _pages),
    Way(_title, _nearly_same_text, _by(_title), _MOST_OF_A_TITLE),
)
"""In the order in which they look, each at what those before have left."""
