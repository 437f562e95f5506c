"""The book's own pages: cover, title page, table of contents, the opener of each group, the list of pictures, the notes.

No page is longer than `PAGE_LIMIT`, since older readers (ADE) open nothing above 300 KB; a long list goes on in further
files. Where groups have openers, which name the articles, the table of contents names the groups alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import NamedTuple

from epubmaker.model.books import Metadata
from epubmaker.model.chapters import PictureAnchor
from epubmaker.packager.contents import CONTENTS_PAGE, Contents, ContentsGroup, ContentsItem
from epubmaker.text.dates import format_date, format_range, numerals
from epubmaker.text.direction import body_class
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, heading, language_attributes, text

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
_NOTES = "notes.xhtml"
_AROUND_HEADING = 30  # bytes of a heading's tags, and of those that end and begin the lists around it
_MAX_SOURCES = 6  # named on the title page
_MAX_NOTED = 500  # named at the end of the book
_HOURS = 100  # minutes of reading from which on they are counted in hours


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


def framed(
    title: str, body: str, language: str, stylesheet: str, *, attributes: str = "", body_classes: str = ""
) -> str:
    """Return an XHTML document with a plain title and the markup of its body, in a BCP 47 language.

    `stylesheet` is the name of the CSS file; `attributes` and `body_classes` are more of `body`, each after a space.
    """
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        f"{language_attributes(language)}>\n"
        f"<head><title>{text(title)}</title>"
        f'<link rel="stylesheet" type="text/css" href={attribute(stylesheet)}/></head>\n'
        f'<body class="{body_class(language)}{body_classes}"{attributes}>\n{body}</body>\n</html>\n'
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
        self._sources = Counter(item.source for item in contents.articles if item.source)

    def cover(self, size: tuple[int, int] | None = None) -> Page:
        """Return the page with the cover picture, in a drawing where its size in pixels is given.

        A drawing shows it whole on a page of any shape. Without one, CSS columns cut the foot of a high picture, and MuPDF
        shows it on the page after an empty one.
        """
        alt = attribute(self._words["labeled"].format(label=self._words["cover"], text=self._metadata.title))
        picture = f'<img src="{COVER_IMAGE}" alt={alt} role="doc-cover"/>'
        if size is not None:
            width, height = size
            picture = (
                '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
                f'aria-label={alt} width="100%" height="100%" viewBox="0 0 {width} {height}" '
                f'preserveAspectRatio="xMidYMid meet"><image width="{width}" height="{height}" '
                f'xlink:href="{COVER_IMAGE}"/></svg>'
            )
        markup = f'<p class="cover">{picture}</p>\n'
        title, classes = self._words["cover"], " whole" if size else ""
        page = framed(
            title, markup, self._language, self._stylesheet, attributes=' epub:type="cover"', body_classes=classes
        )
        return Page(COVER_PAGE, title, page)

    def title_page(self, pictures: int, minutes: int, headlines: Iterable[ContentsItem] = ()) -> Page:
        """Return the title page: title, dates, authors, main headlines, and what the book is made of.

        `pictures` is the number of pictures in the book, `minutes` how long an adult needs to read it.
        """
        metadata, items = self._metadata, tuple(self._contents.articles)
        lines = [f'<p class="dates">{text(dates)}</p>'] if (dates := date_range(items, self._language)) else []
        lines += [f'<p class="author">{text(author)}</p>' for author in metadata.authors]
        if metadata.description:
            lines.append(f'<p class="description">{text(metadata.description)}</p>')
        if named := "".join(f"<li>{self._link(item)}</li>\n" for item in headlines):
            lines.append(f'<ul class="headlines">\n{named}</ul>')
        counts = [count_of("article", len(items), self._language)]
        counts += [count_of("picture", pictures, self._language)] if pictures else []
        counts += [self._reading_time(minutes)] if minutes > 1 else []
        lines.append(f'<p class="count">{" · ".join(map(self._numbered, counts))}</p>')
        if sources := [name for name, _ in self._sources.most_common(_MAX_SOURCES)]:
            lines.append(f'<p class="sources">{" · ".join(map(text, sources))}</p>')
        if metadata.publisher:
            lines.append(f'<p class="publisher">{text(metadata.publisher)}</p>')
        if metadata.rights:
            lines.append(f'<p class="rights">{text(metadata.rights)}</p>')
        title = heading("h1", metadata.heading or metadata.title, self._language)
        body = f'<section class="front">\n{title}\n' + "\n".join(lines) + "\n</section>\n"
        return self._page(TITLE_PAGE, metadata.title, body)

    def notes(self, missing: int) -> Page | None:
        """Return the page that says what the title page has no room for; None where that is nothing.

        `missing` is the number of pictures that could not be fetched.
        """
        own = self._words
        lines = [f"<p>{self._numbered(own['pictures_missing'].format(count=missing))}</p>"] if missing else []
        if len(self._sources) > _MAX_SOURCES:
            named = "".join(
                f'<li>{text(name)} <span class="meta">{self._count(count)}</span></li>\n'
                for name, count in self._sources.most_common(_MAX_NOTED)
            )
            lines.append(f"<h2>{text(own['sources'])}</h2>\n<ul>\n{named}</ul>")
        if not lines:
            return None
        title = own["about"]
        body = f'<section class="listing">\n<h1>{text(title)}</h1>\n' + "\n".join(lines) + "\n</section>\n"
        return self._page(_NOTES, title, body)

    def table_of_contents(self, *, every_article: bool = False) -> Iterator[Page]:
        """Yield the table of contents for people: all articles in their groups.

        Where the groups have openers, which list the articles, it names the groups alone, unless it is to name
        `every_article`.
        """
        groups = self._contents.groups
        opened = any(group.has_opener for group in groups) and not every_article
        lines = map(self._group_line, groups) if opened else self._everything()
        return self._listing(CONTENTS_PAGE, self._words["contents"], lines)

    def opener(self, group: ContentsGroup) -> Iterator[Page]:
        """Yield the page that opens a group, and those that go on with its list."""
        lines = (_Line((), self._item_line(item, opens=True)) for item in group.items)
        notes = [text(group.above)] if group.above else []
        notes.append(self._count(sum(1 for _ in group.articles)))
        return self._listing(group.href, group.heading, lines, " · ".join(notes))

    def picture_list(self, pictures: Sequence[PictureAnchor]) -> Iterator[Page]:
        """Yield the list of the book's pictures: small, with caption and article."""
        alt = attribute(self._words["picture"])  # the caption is read beside it
        lines = (
            f"<li{language_attributes(picture.language, around=self._language)}><a href={attribute(picture.href)}>"
            f'<img class="thumbnail" src={attribute(picture.file)} alt={alt}/>'
            f"{text(picture.caption)}</a>{self._of_article(picture)}</li>\n"
            for picture in pictures
        )
        return self._listing(_PICTURE_LIST, self._words["picture_list"], (_Line((), line) for line in lines))

    @staticmethod
    def _of_article(picture: PictureAnchor) -> str:
        return f' <span class="meta">{text(picture.article)}</span>' if picture.article else ""

    def _page(self, name: str, title: str, body: str) -> Page:
        return Page(name, title, framed(title, body, self._language, self._stylesheet))

    def _numbered(self, line: str) -> str:
        return text(numerals(line, self._language))

    def _everything(self) -> Iterator[_Line]:
        for group in self._contents.groups:
            name = text(group.heading)
            heading = f'<a href="{group.href}">{name}</a>' if group.has_opener else name
            headings = tuple(filter(None, (text(group.above), heading)))
            for item in group.items:
                yield _Line(headings, self._item_line(item))

    def _link(self, item: ContentsItem) -> str:
        return f'<a href="{item.href}"{language_attributes(item.language, around=self._language)}>{item.label}</a>'

    def _reading_time(self, minutes: int) -> str:
        if minutes < _HOURS:
            return self._words["reading_time"].format(minutes=minutes)
        return self._words["reading_hours"].format(hours=round(minutes / 60))

    def _group_line(self, group: ContentsGroup) -> _Line:
        count = self._count(sum(1 for _ in group.articles))
        line = f'<li><a href="{group.href}">{text(group.heading)}</a> <span class="meta">{count}</span></li>\n'
        return _Line((text(group.above),) if group.above else (), line)

    def _count(self, articles: int) -> str:
        return text(count_of("article", articles, self._language))

    def _item_line(self, item: ContentsItem, *, opens: bool = False) -> str:
        if item.articles:
            notes = [self._count(len(item.articles))]
        else:
            notes = [self._source(item.source)] if item.source and len(self._sources) > 1 else []
            if item.date and not self._contents.by_day:
                notes.append(text(format_date(item.date, self._language)))
        meta = f' <span class="meta">{" · ".join(notes)}</span>' if notes else ""
        language = language_attributes(item.language, around=self._language)
        said = f' <span class="dek"{language}>{item.standfirst}</span>' if opens and item.standfirst else ""
        return f"<li>{self._link(item)}{said}{meta}</li>\n"

    def _listing(self, name: str, title: str, lines: Iterable[_Line], note: str = "") -> Iterator[Page]:
        """Yield pages that list the lines below their headings, each page of at most about `PAGE_LIMIT` bytes.

        `note` is markup that stands below the title of the first one.
        """
        stem = name.removesuffix(".xhtml")
        for number, chunk in enumerate(_chunks(lines), start=1):
            own_title = title if number == 1 else f"{title} ({number})"
            below = f'<p class="meta">{note}</p>\n' if note and number == 1 else ""
            lists = "".join(_lists(chunk))
            above = heading("h1", own_title, self._language)
            body = f'<section class="listing">\n{above}\n{below}{lists}</section>\n'
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
        for level, each in enumerate(headings):
            if headings[: level + 1] != shown[: level + 1]:
                yield f"<h{level + 2}>{each}</h{level + 2}>\n"
        shown = headings
        yield "<ul>\n"
        yield from (line.markup for line in below)
        yield "</ul>\n"


def count_of(noun: str, count: int, language: str) -> str:
    """Return "1 article" or "2 articles" in the words and digits of a BCP 47 language; `noun`: "article" or "picture"."""
    own = words(language)
    return numerals(own[f"one_{noun}"] if count == 1 else own[f"{noun}s"].format(count=count), language)


def date_range(items: Iterable[ContentsItem], language: str | None) -> str:
    """Return the first and the last day of the articles; "" when none is dated.

    They are as a BCP 47 language writes them, or as ISO 8601 does where there is none.
    """
    dates = [item.date for item in items if item.date is not None]
    if not dates:
        return ""
    first, last = min(dates), max(dates)
    if language is None:
        return " – ".join(dict.fromkeys(moment.date().isoformat() for moment in (first, last)))
    return format_range(first, last, language)
