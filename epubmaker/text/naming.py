"""A book's default title, file name, identifier and date, and a volume's identifier. Pure.

The defaults depend on the articles alone: the same articles give the same book at any place and time.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from epubmaker.model.articles import Entry, Plan
from epubmaker.options import Options
from epubmaker.text.timezones import source_date
from epubmaker.text.words import words

__all__ = [
    "book_identifier",
    "book_title",
    "file_name",
    "folded_name",
    "heading",
    "is_safe_on_windows",
    "issue_identifier",
    "modified",
    "position",
    "sort_title",
    "sources_of",
    "volume_identifier",
]

_NAMESPACE = uuid.UUID("5b6f9f0e-2f0c-5d8a-9d55-2f1f6b0e7a43")  # the names in it are made of article keys
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # the earliest date in a zip file
_UNSAFE = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\.|$)")
_ARTICLES = {
    "en": "the a an",
    "de": "der die das ein eine",
    "fr": "le la les un une",
    "es": "el la los las un una",
    "pt": "o a os as um uma",
}
_DASHES = str.maketrans("‐‑‒–—―’", "------'")
_NAME_BYTES = 100  # long enough for 33 Chinese characters, short enough for every device and mail server
_NAMED_SOURCES = 2
_LENGTHS = {"day": len("2022-01-12"), "week": len("2022-01-12"), "month": len("2022-01"), "year": len("2022")}


def book_title(plan: Plan) -> str:
    """Return the default title of a book: the title of a single article, else sources and dates.

    Dates are written as ISO 8601 has them, since the title stands in file names and in libraries of any language:
    "voachinese.com 2022-01-12 – 2022-01-14". A book that is grouped by several months or years is named after these:
    "voachinese.com 2020-03 – 2022-01".
    """
    entries = plan.entries
    if len(entries) == 1:
        return entries[0].title
    return " ".join(filter(None, (sources_of(entries), _span(plan)))) or "Articles"


def heading(plan: Plan, title: str, language: str) -> str:
    """Return a book's title where the dates stand beside it in words: a default title without its own.

    Where that would name more than two sources it is "News" in a BCP 47 language.
    """
    entries = plan.entries
    if len(entries) <= 1 or title != book_title(plan):
        return title
    sources = _by_count(entries)
    return words(language)["news"] if len(sources) > _NAMED_SOURCES else ", ".join(sources) or title


def sources_of(entries: Sequence[Entry]) -> str:
    """Return the sources of most articles, and how many more there are: "a.org, b.org +1"; "" where there is none."""
    sources = _by_count(entries)
    more = len(sources) - _NAMED_SOURCES
    return ", ".join(sources[:_NAMED_SOURCES]) + (f" +{more}" if more > 0 else "")


def _by_count(entries: Sequence[Entry]) -> list[str]:
    """Return the sources, that of most articles first; the order of the inputs makes no difference."""
    sources = Counter(filter(None, (entry.source for entry in entries)))
    return [source for source, _ in sorted(sources.items(), key=lambda pair: (-pair[1], pair[0]))]


def _span(plan: Plan) -> str:
    dates = [date for entry in plan.entries if (date := entry.date)]
    if not dates:
        return ""
    first, last = (moment.date().isoformat() for moment in (min(dates), max(dates)))
    length = next((_LENGTHS[level] for level in reversed(plan.grouped_by) if level in _LENGTHS), len(first))
    if first[:length] != last[:length]:  # one month or year alone would name books of different days alike
        first, last = first[:length], last[:length]
    return " – ".join(dict.fromkeys((first, last)))


def sort_title(title: str, language: str) -> str | None:
    """Return the form of a title that libraries sort by, "Guardian Weekly, The"; None where that is the title itself."""
    articles = _ARTICLES.get(language.partition("-")[0], "")
    first, space, rest = title.partition(" ")
    return f"{rest}, {first}" if space and rest and first.lower() in articles.split() else None


def file_name(title: str, ending: str = ".epub", *, ascii_only: bool = False) -> str:
    """Return a file name for a title, safe on every file system: "Title.epub", of at most 100 bytes before the ending.

    With `ascii_only`, letters lose their accents, and characters without an ASCII form are left out. Where letters are
    left out, six digits of the title's hash are added, so that two such titles differ.
    """
    if ascii_only:
        title = _in_ascii(title)
    name = _UNSAFE.sub(" ", unicodedata.normalize("NFC", title)).encode("utf-8", "ignore").decode()
    name = " ".join(name.split()).strip(". ")
    name = name.encode()[:_NAME_BYTES].decode("utf-8", "ignore").strip(". ")
    if not name or _RESERVED.match(name):
        name = f"book {name}".strip()
    return f"{name}{ending}"


def folded_name(name: str) -> str:
    """Return what is the same for all names that FAT, Windows or macOS take for one: in whatever case and normal form."""
    return unicodedata.normalize("NFC", name).casefold()


def _in_ascii(title: str) -> str:
    bare = unicodedata.normalize("NFKD", title.translate(_DASHES))
    kept = bare.encode("ascii", "ignore").decode()
    if all(
        unicodedata.combining(character) or not character.isalnum() for character in bare if not character.isascii()
    ):
        return kept
    digits = hashlib.sha256(title.encode("utf-8", "backslashreplace")).hexdigest()[:6]
    return f"{kept if any(map(str.isalnum, kept)) else 'book'} {digits}"


def is_safe_on_windows(name: str) -> bool:
    """Tell whether Windows takes a file name as it is. It reserves names of devices, and cuts off dots at the end."""
    return not (_UNSAFE.search(name) or _RESERVED.match(name) or name.endswith((".", " ")))


def book_identifier(plan: Plan) -> str:
    """Return a `urn:uuid:` that depends on which articles there are, and not on their order."""
    keys = "\n".join(sorted(entry.key for entry in plan.entries))
    return uuid.uuid5(_NAMESPACE, keys).urn


def issue_identifier(plan: Plan, options: Options) -> str:
    """Return a `urn:uuid:` for a book of a series, which it keeps when articles are added to it.

    Libraries put a book in the place of one with the same identifier (Foliate, Readest, Apple Books). So an issue keeps its
    own, and no two have the same. An issue is told by its number, `--series-index`; else by its title, where one is
    given, and the day and the source of its oldest article, which stay as others come. With `--new`, a day may have
    several issues, each of other articles: there the oldest article itself tells them apart.
    """
    oldest = min(plan.entries, key=lambda entry: (entry.date is None, entry.date or _EARLIEST, entry.key))
    if options.series_index is not None:
        issue = [position(options.series_index)]
    elif options.new or oldest.date is None:
        issue = [options.title or "", oldest.key]
    else:
        issue = [options.title or "", oldest.date.date().isoformat(), oldest.source]
    return uuid.uuid5(_NAMESPACE, "\n".join(("series", options.series or "", *issue))).urn


def position(number: float) -> str:
    """Return a number in a series as libraries write it: "3", "3.5", "20220112"."""
    return f"{number:.2f}".rstrip("0").removesuffix(".")


def volume_identifier(*names: str) -> str:
    """Return a `urn:uuid:` that depends on what names a volume, and not on its articles."""
    return uuid.uuid5(_NAMESPACE, "volume\n" + "\n".join(names)).urn


def modified(plan: Plan, environment: Mapping[str, str]) -> datetime:
    """Return the book's modification date: `SOURCE_DATE_EPOCH` where it is set, else the date of the newest article.

    The wall clock would give every build other bytes. See https://reproducible-builds.org/specs/source-date-epoch/.

    Raises UsageError when the variable is not a number of seconds.
    """
    if moment := source_date(environment):
        return moment
    newest = max(
        (moment for entry in plan.entries for moment in (entry.published, entry.archived) if moment), default=_EARLIEST
    )
    return max(newest, _EARLIEST).replace(microsecond=0)
