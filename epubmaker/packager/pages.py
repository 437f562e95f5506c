"""The book's own pages: cover, title page, table of contents, the opener of each group, the list of pictures.

No page is longer than `PAGE_LIMIT`, since older readers (ADE) open nothing above 300 KB; a long list goes on in further
files. A table of contents that is too long for one page names the groups alone where they have openers, which name the
articles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from typing import NamedTuple

from epubmaker.model.books import Metadata
from epubmaker.model.chapters import PictureAnchor
from epubmaker.packager.contents import CONTENTS_PAGE, Contents, ContentsGroup, ContentsItem
from epubmaker.text.dates import format_date, format_range, numerals
from epubmaker.text.direction import body_class
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, language_attributes, text

__all__ = [
    "COVER_IMAGE",
    "COVER_PAGE",
    "PAGE_LIMIT",
    "TITLE_PAGE",
    "Page",
    "Pages",
    "count_of",
    "date_range",
    "framed",
]

COVER_IMAGE = "cover.jpg"
COVER_PAGE = "cover.xhtml"
TITLE_PAGE = "front.xhtml"
PAGE_LIMIT = 200_000  # bytes
_PICTURE_LIST = "pictures.xhtml"
_AROUND_HEADING = 30  # bytes of a heading's tags, and of those that end and begin the lists around it
_MAX_SOURCES = 30  # named on the title page


@dataclass(frozen=True, slots=True)
class Page:
    """One XHTML document: the name of its file, its title, and its text."""

    name: str
    title: str
    markup: str


class _Line(NamedTuple):
    """A line of a list, as markup, and the headings above it, the outermost first."""

    headings: tuple[str, ...]
    markup: str


def framed(title: str, body: str, language: str, stylesheet: str, *, attributes: str = "") -> str:
    """Return an XHTML document with a plain title and the markup of its body, in a BCP 47 language.

    `stylesheet` is the name of the CSS file; `attributes` are more attributes of `body`, each after a space.
    """
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f"{language_attributes(language)}>\n"
        f"<head><title>{text(title)}</title>"
        f'<link rel="stylesheet" type="text/css" href={attribute(stylesheet)}/></head>\n'
        f'<body class="{body_class(language)}"{attributes}>\n{body}</body>\n</html>\n'
    )


class Pages:
    """Writes the pages of one book, in its language."""

    def __init__(self, metadata: Metadata, contents: Contents, stylesheet: str) -> None:
        """Take the book's metadata, its contents as `Contents.with_openers` returns them, and the stylesheet's name."""
        self._metadata = metadata
        self._language = metadata.language
        self._contents = contents
        self._stylesheet = stylesheet
        self._words = words(metadata.language)
        self._source = cache(text)  # there are few sources, and many articles of each

    def cover(self) -> Page:
        """Return the page with the cover picture."""
        alt = attribute(self._words["labeled"].format(label=self._words["cover"], text=self._metadata.title))
        picture = f'<p class="cover"><img src="{COVER_IMAGE}" alt={alt} role="doc-cover"/></p>\n'
        return self._page(COVER_PAGE, self._words["cover"], picture, attributes=' epub:type="cover"')

    def title_page(self, pictures: int, missing: int) -> Page:
        """Return the title page: title, dates, authors, and what the book is made of.

        `pictures` is the number of pictures in the book, `missing` of those that could not be fetched.
        """
        metadata, own, items = self._metadata, self._words, tuple(self._contents.articles)
        lines = [f'<p class="dates">{text(dates)}</p>'] if (dates := date_range(items, self._language)) else []
        lines += [f'<p class="author">{text(author)}</p>' for author in metadata.authors]
        if metadata.description:
            lines.append(f'<p class="description">{text(metadata.description)}</p>')
        counts = [count_of("article", len(items), self._language)]
        counts += [own["pictures"].format(count=pictures)] if pictures else []
        counts += [own["pictures_missing"].format(count=missing)] if missing else []
        lines += [f'<p class="count">{self._numbered(count)}</p>' for count in counts]
        sources = Counter(item.source for item in items if item.source).most_common(_MAX_SOURCES)
        if sources:
            named = "".join(
                f"<li>{text(name)} <small>({self._numbered(str(count))})</small></li>\n" for name, count in sources
            )
            lines.append(f'<h2 id="sources">{text(own["sources"])}</h2>\n<ul class="sources">\n{named}</ul>')
        if metadata.publisher:
            lines.append(f'<p class="publisher">{text(metadata.publisher)}</p>')
        title = text(metadata.heading or metadata.title)
        body = f'<section class="front">\n<h1>{title}</h1>\n' + "\n".join(lines) + "\n</section>\n"
        return self._page(TITLE_PAGE, metadata.title, body)

    def table_of_contents(self, *, every_article: bool = False) -> Iterator[Page]:
        """Yield the table of contents for people: all articles in their groups.

        Where that takes several pages and the groups have openers, which list the articles, it names the groups alone,
        unless it is to name `every_article`.
        """
        title = self._words["contents"]
        if not every_article and any(group.has_opener for group in self._contents.groups):
            pages = list(islice(self._listing(CONTENTS_PAGE, title, self._everything()), 2))
            if len(pages) > 1:
                return self._listing(CONTENTS_PAGE, title, map(self._group_line, self._contents.groups))
        return self._listing(CONTENTS_PAGE, title, self._everything())

    def opener(self, group: ContentsGroup) -> Iterator[Page]:
        """Yield the page that opens a group, and those that go on with its list."""
        return self._listing(group.href, group.heading, (_Line((), self._item_line(item)) for item in group.items))

    def picture_list(self, pictures: Sequence[PictureAnchor]) -> Iterator[Page]:
        """Yield the list of the book's pictures by their captions."""
        lines = (
            f"<li><a href={attribute(picture.href)}{language_attributes(picture.language, around=self._language)}>"
            f"{text(picture.caption)}</a></li>\n"
            for picture in pictures
        )
        return self._listing(_PICTURE_LIST, self._words["picture_list"], (_Line((), line) for line in lines))

    def _page(self, name: str, title: str, body: str, *, attributes: str = "") -> Page:
        return Page(name, title, framed(title, body, self._language, self._stylesheet, attributes=attributes))

    def _numbered(self, line: str) -> str:
        return text(numerals(line, self._language))

    def _everything(self) -> Iterator[_Line]:
        for group in self._contents.groups:
            name = text(group.heading)
            heading = f'<a href="{group.href}">{name}</a>' if group.has_opener else name
            headings = tuple(filter(None, (text(group.year), heading)))
            for item in group.items:
                yield _Line(headings, self._item_line(item))

    def _group_line(self, group: ContentsGroup) -> _Line:
        count = self._count(sum(1 for _ in group.articles))
        line = f'<li><a href="{group.href}">{text(group.heading)}</a> <span class="meta">{count}</span></li>\n'
        return _Line((text(group.year),) if group.year else (), line)

    def _count(self, articles: int) -> str:
        return text(count_of("article", articles, self._language))

    def _item_line(self, item: ContentsItem) -> str:
        mark = language_attributes(item.language, around=self._language)
        notes = self._source(item.source) if item.source else ""
        if moment := item.date:
            # UTC throughout the book: the day in the heading is one in UTC. Midnight stands for a day without a time.
            if not self._contents.by_day:
                when = text(format_date(moment, self._language))
            elif moment.hour or moment.minute or moment.second:
                when = f"{moment.hour:02}:{moment.minute:02} UTC"
            else:
                when = ""
            notes = " · ".join(filter(None, (notes, when)))
        if item.articles:
            notes = self._count(len(item.articles))
        meta = f' <span class="meta">{notes}</span>' if notes else ""
        return f'<li><a href="{item.href}"{mark}>{item.label}</a>{meta}</li>\n'

    def _listing(self, name: str, title: str, lines: Iterable[_Line]) -> Iterator[Page]:
        """Yield pages that list the lines below their headings, each page of at most about `PAGE_LIMIT` bytes."""
        stem = name.removesuffix(".xhtml")
        for number, chunk in enumerate(_chunks(lines), start=1):
            own_title = title if number == 1 else f"{title} ({number})"
            body = f'<section class="listing">\n<h1>{text(own_title)}</h1>\n{"".join(_lists(chunk))}</section>\n'
            yield self._page(name if number == 1 else f"{stem}-{number}.xhtml", own_title, body)


def _chunks(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Yield the lines of one page after the other."""
    held: list[_Line] = []
    size = 0
    for line in lines:
        length = len(line.markup.encode())
        if not held or line.headings != held[-1].headings:
            length += sum(_AROUND_HEADING + len(heading.encode()) for heading in line.headings)
        if held and size + length > PAGE_LIMIT:
            yield held
            held, size = [], 0
        held.append(line)
        size += length
    yield held


def _lists(lines: Iterable[_Line]) -> Iterator[str]:
    """Yield the lists of a page with the headings above them, which a new page repeats."""
    shown: tuple[str, ...] = ()
    for headings, below in groupby(lines, key=lambda line: line.headings):
        for level, heading in enumerate(headings):
            if headings[: level + 1] != shown[: level + 1]:
                yield f"<h{level + 2}>{heading}</h{level + 2}>\n"
        shown = headings
        yield "<ul>\n"
        yield from (line.markup for line in below)
        yield "</ul>\n"


def count_of(noun: str, count: int, language: str) -> str:
    """Return "1 article" or "{count} articles" in the words and digits of a BCP 47 language."""
    own = words(language)
    return numerals(own[noun] if count == 1 else own[f"{noun}s"].format(count=count), language)


def date_range(items: Iterable[ContentsItem], language: str) -> str:
    """Return the first and the last day of the articles as a BCP 47 language writes them; "" when none is dated."""
    dates = [item.date for item in items if item.date is not None]
    if not dates:
        return ""
    return format_range(min(dates), max(dates), language)
