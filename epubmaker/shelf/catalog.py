"""Books to the pages of a catalog: the newest, those of each series, and those of each month. Pure.

The same books give the same pages, whenever and wherever they are written: a synced folder carries what has changed. So
that a new book changes few pages, a list is cut from its end: all pages but the first two have the same entries for
ever, and paths that are numbered from the oldest.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import quote

from epubmaker.shelf.shelvedbook import ShelvedBook
from epubmaker.text.dates import format_month
from epubmaker.text.words import words

__all__ = [
    "CATALOG",
    "COVERS",
    "ROOT",
    "Kind",
    "Page",
    "Section",
    "atom_id",
    "cover_path",
    "identifiers",
    "newest_first",
    "pages",
    "position",
    "relative",
    "thumbnail_path",
    "web_path",
]

Kind: TypeAlias = Literal["navigation", "acquisition"]

CATALOG, COVERS = "catalog", "catalog/covers"
ROOT, _NEWEST = "opds", "newest"
_ON_A_PAGE = 50  # entries
_NAMESPACE = uuid.UUID("6f0c2b4e-98a7-5c5d-8c1f-7d6d3a2b9e10")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # when a shelf without books was changed
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")
_PARTS = r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})"  # of an IRI in ASCII, without hosts in brackets
_IRI = re.compile(rf"[A-Za-z][A-Za-z0-9+.-]*:{_PARTS}+(?:#{_PARTS}*)?")


@dataclass(frozen=True, slots=True)
class Section:
    """A line of a navigation page: the list that it leads to, and how many entries that has."""

    title: str
    path: str
    kind: Kind
    count: int
    updated: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the catalog: of a list of sections, or of books, the newest first.

    `path` is that of its file, from the shelf's folder and without the ending; `stem` is what the pages of its list have in
    common. It is page `number` of `count`; the list has `total` entries, which the first page alone says. `up` is the path
    of the page above, and `top` are the sections of the root, which browsers show on each page.
    """

    path: str
    stem: str
    title: str
    language: str
    kind: Kind
    updated: datetime
    entries: Sequence[Section | ShelvedBook]
    number: int
    count: int
    total: int
    up: str
    top: Sequence[Section | ShelvedBook]

    @property
    def books(self) -> Sequence[ShelvedBook]:
        """The entries that are books."""
        return [entry for entry in self.entries if isinstance(entry, ShelvedBook)]

    @property
    def lists(self) -> Sequence[Section]:
        """The entries that are sections."""
        return [entry for entry in self.entries if isinstance(entry, Section)]

    def neighbors(self) -> Iterator[tuple[str, str]]:
        """Yield the other pages of the list: the relation and the path of each."""
        if self.count > 1:
            yield "first", _path(self.stem)
        if self.number > 1:
            yield "previous", _path(self.stem, self.number - 1, self.count)
        if self.number < self.count:
            yield "next", _path(self.stem, self.number + 1, self.count)
        if self.count > 1:
            yield "last", _path(self.stem, self.count, self.count)

    def href(self, path: str) -> str:
        """Return the address, relative to this page, of a file of the shelf."""
        return relative(path, self.path)


def relative(path: str, page: str) -> str:
    """Return the address of a file, relative to a page; both are paths from the shelf's folder."""
    folder = f"{CATALOG}/"  # all pages lie here or above; `posixpath.relpath` would take a sixth of a run
    if not page.startswith(folder):
        return quote(path)
    return quote(path.removeprefix(folder) if path.startswith(folder) else f"../{path}")


def cover_path(book: ShelvedBook) -> str:
    """Return the path of a book's cover, from the shelf's folder."""
    return f"{COVERS}/{book.cover}.jpg"


def thumbnail_path(book: ShelvedBook) -> str:
    """Return the path of a book's thumbnail, from the shelf's folder."""
    return f"{COVERS}/{book.cover}-small.jpg"


def newest_first(books: Iterable[ShelvedBook]) -> list[ShelvedBook]:
    """Return books in the order of the shelf: by date, by number in the series, and by title."""
    return sorted(books, key=lambda book: (_day(book), position(book), book.title, book.name), reverse=True)


def position(book: ShelvedBook) -> float:
    """Return a book's number in its series; 0.0 where it has none."""
    return float(book.position) if _NUMBER.fullmatch(book.position) else 0.0


def atom_id(name: str) -> str:
    """Return a `urn:uuid:` that depends on a name alone."""
    return uuid.uuid5(_NAMESPACE, name).urn


def identifiers(books: Iterable[ShelvedBook]) -> Mapping[str, str]:
    """Return an IRI for each book, by the names of their files; no two have the same.

    It is the book's own identifier, unless that is none, or the identifier of another book before it.
    """
    found: dict[str, str] = {}
    used: set[str] = set()
    for book in sorted(books, key=lambda book: book.name):
        own = book.identifier
        chosen = own if _IRI.fullmatch(own) and own not in used else atom_id(f"book\n{own}\n{book.name}")
        found[book.name] = chosen
        used.add(chosen)
    return found


def pages(books: Iterable[ShelvedBook]) -> list[Page]:
    """Return the pages of a catalog, each after those that it leads to: written in this order, no link leads nowhere."""
    books = newest_first(books)
    language = _language_of(books)
    own = words(language)
    series = _groups(books, "series", lambda book: (book.series, book.series))
    months = _groups(books, "month", lambda book: (f"{_day(book):%Y-%m}", format_month(_day(book), language)))
    lists = [
        _List("series", own["series"], [each.section() for each in series], ROOT),
        _List("months", own["months"], [each.section() for each in months], ROOT),
    ]
    newest = _List(_NEWEST, own["newest"], books, ROOT)
    top = [newest, *(each for each in lists if each.entries)]
    root = _List(ROOT, own["books"], [each.section() for each in top], ROOT)
    return [page for each in (*series, *months, *reversed(top), root) for page in each.pages(language, root.entries)]


def web_path(path: str) -> str:
    """Return the file that shows a page in a browser: the root shows the newest books."""
    return "index.html" if path in {ROOT, _path(_NEWEST)} else f"{path}.html"


def _language_of(books: Sequence[ShelvedBook]) -> str:
    """Return the language of most books, which is that of the catalog's own words."""
    return Counter(book.language for book in books).most_common(1)[0][0] if books else "en"


class _List(NamedTuple):
    """All entries of a list, before they are cut into pages."""

    stem: str
    title: str
    entries: Sequence[Section | ShelvedBook]
    up: str

    @property
    def kind(self) -> Kind:
        return "navigation" if self.entries and isinstance(self.entries[0], Section) else "acquisition"

    def section(self) -> Section:
        """Return the line that leads to the list."""
        return Section(self.title, _path(self.stem), self.kind, len(self.entries), _updated(self.entries))

    def pages(self, language: str, top: Sequence[Section | ShelvedBook]) -> Iterator[Page]:
        """Yield the pages, the first one last. They are full but for the second one, so that a new book changes but two."""
        on_second = len(self.entries) % _ON_A_PAGE or _ON_A_PAGE
        ends = [_ON_A_PAGE, *range(_ON_A_PAGE + on_second, len(self.entries) + 1, _ON_A_PAGE)]
        for number in (*range(2, len(ends) + 1), 1):
            start = ends[number - 2] if number > 1 else 0
            entries = self.entries[start : ends[number - 1]]
            yield Page(
                path=_path(self.stem, number, len(ends)),
                stem=self.stem,
                title=self.title,
                language=language,
                kind=self.kind,
                updated=_updated(self.entries if number == 1 else entries),
                entries=entries,
                number=number,
                count=len(ends),
                total=len(self.entries),
                up=self.up,
                top=top,
            )


def _groups(
    books: Iterable[ShelvedBook], name: str, key_and_title: Callable[[ShelvedBook], tuple[str, str]]
) -> list[_List]:
    """Return a list of the books of each key, in the order of the newest book of each; none of those without one."""
    found: dict[tuple[str, str], list[ShelvedBook]] = {}
    for book in books:
        found.setdefault(key_and_title(book), []).append(book)
    up = _path("series" if name == "series" else "months")
    return [_List(f"{name}-{_ascii(key)}", title, held, up) for (key, title), held in found.items() if key]


def _ascii(key: str) -> str:
    """Return a key as a part of a file's name: a month as it is, a series by its hash."""
    return key if _MONTH.fullmatch(key) else sha256(key.encode()).hexdigest()[:16]


def _path(stem: str, number: int = 1, count: int = 1) -> str:
    """Return the path of a list's page, which is `number` of `count`; it stays when pages come before it."""
    if stem == ROOT:
        return ROOT
    return f"{CATALOG}/{stem}-1" if number == 1 else f"{CATALOG}/{stem}-old-{count - number + 1}"


def _updated(entries: Iterable[Section | ShelvedBook]) -> datetime:
    moments = (each.updated if isinstance(each, Section) else each.modified for each in entries)
    return max(moments, default=_LONG_AGO)


def _day(book: ShelvedBook) -> date:
    return book.day or book.modified.date()
