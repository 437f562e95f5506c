"""The pages that the packager itself writes: cover, front page, contents, and the opener of each group.

No page is longer than `PAGE_LIMIT`: older readers (ADE) open nothing above 300 KB. A long list goes on in a further file.
Where the contents as a whole are longer than one page, they name the groups, and the openers name the articles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice

from epubmaker.model.books import Metadata
from epubmaker.model.chapters import PictureAnchor
from epubmaker.packager.markup import PageFrame, language_attributes
from epubmaker.packager.toc import Contents, ContentsGroup, ContentsItem
from epubmaker.text.characters import plain
from epubmaker.text.dates import format_date, format_range, numerals
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, text

__all__ = [
    "CONTENTS",
    "COVER_IMAGE",
    "COVER_PAGE",
    "FRONT_PAGE",
    "PAGE_LIMIT",
    "PICTURE_LIST",
    "Page",
    "Pages",
    "has_opener",
    "with_openers",
]

CONTENTS = "contents.xhtml"
COVER_IMAGE = "cover.jpg"
COVER_PAGE = "cover.xhtml"
FRONT_PAGE = "front.xhtml"
PICTURE_LIST = "pictures.xhtml"
PAGE_LIMIT = 200_000  # bytes
_MOST_SOURCES = 30  # named on the front page
_DAYS_AT_END = re.compile(r"(?P<title>.+?) (?P<first>\d{4}-\d\d-\d\d)(?: – (?P<last>\d{4}-\d\d-\d\d))?")


@dataclass(frozen=True, slots=True)
class Page:
    """One XHTML document: its file name and its text."""

    name: str
    markup: str


def with_openers(contents: Contents) -> Contents:
    """Return the contents with each group's `href` set, and without what neither heads nor holds anything.

    A group is opened by a page of its own. Where that would say nothing new, its heading leads elsewhere: that of an only
    group to the contents, that of a group with one article to the article.
    """
    groups = [replace(group, heading=plain(group.heading)) for group in contents.groups if group.items]
    if len(groups) == 1:
        return replace(contents, groups=(replace(groups[0], href=CONTENTS),))
    hrefs = (
        f"g-{number}.xhtml" if len(group.items) > 1 else group.items[0].href
        for number, group in enumerate(groups, start=1)
    )
    return replace(contents, groups=tuple(replace(group, href=href) for group, href in zip(groups, hrefs, strict=True)))


def has_opener(group: ContentsGroup) -> bool:
    """Return whether the group, as `with_openers` returned it, is opened by a page of its own."""
    return bool(group.heading) and group.href not in {CONTENTS, group.items[0].href}


class Pages:
    """Writes the pages of one book, in its language."""

    def __init__(self, metadata: Metadata, contents: Contents, stylesheet: str) -> None:
        """Take the book's metadata, its contents as `with_openers` returned them, and the stylesheet's name."""
        self._metadata = metadata
        self._contents = contents
        self._words = words(metadata.language)
        self._frame = PageFrame(metadata.language, stylesheet)
        self._source = cache(text)  # there are few, and many articles of each

    def cover(self) -> Page:
        """Return the cover page: the cover picture and nothing else."""
        alt = attribute(self._words["labelled"].format(label=self._words["cover"], text=self._metadata.title))
        picture = f'<p class="cover"><img src="{COVER_IMAGE}" alt={alt} role="doc-cover"/></p>\n'
        frame = self._frame
        return Page(COVER_PAGE, frame.open(self._words["cover"], body=' epub:type="cover"') + picture + frame.close())

    def front(self, pictures: int, missing: int) -> Page:
        """Return the front page: what this book is, what it is made of, and how many pictures could not be had."""
        metadata, own, items = self._metadata, self._words, tuple(self._contents.items)
        lines = [f'<p class="dates">{text(dates)}</p>'] if (dates := date_range(items, metadata.language)) else []
        lines += [f'<p class="author">{text(author)}</p>' for author in metadata.authors]
        if metadata.description:
            lines.append(f'<p class="description">{text(metadata.description)}</p>')
        counts = [count_of("article", len(items), metadata.language)]
        counts += [own["pictures"].format(count=pictures)] if pictures else []
        counts += [own["pictures_missing"].format(count=missing)] if missing else []
        lines += [f'<p class="count">{self._numbered(count)}</p>' for count in counts]
        sources = Counter(item.source for item in items if item.source).most_common(_MOST_SOURCES)
        if sources:
            named = "".join(
                f"<li>{text(name)} <small>({self._numbered(str(count))})</small></li>\n" for name, count in sources
            )
            lines.append(f'<h2 id="sources">{text(own["sources"])}</h2>\n<ul class="sources">\n{named}</ul>')
        if metadata.publisher:
            lines.append(f'<p class="publisher">{text(metadata.publisher)}</p>')
        title = title_beside_dates(metadata.title, items)
        body = f'<section class="front">\n<h1>{text(title)}</h1>\n' + "\n".join(lines) + "\n</section>\n"
        return Page(FRONT_PAGE, self._frame.open(metadata.title) + body + self._frame.close())

    def contents(self) -> Iterator[Page]:
        """Yield the contents for people: all articles in their groups, or the groups alone when that is too long."""
        heading = self._words["contents"]
        groups = self._contents.groups
        whole = self._listing(CONTENTS, heading, self._everything())
        begun = list(islice(whole, 2))
        if len(begun) > 1 and len(groups) > 1:
            begun, whole = [], self._listing(CONTENTS, heading, map(self._group_line, groups))
        yield from chain(begun, whole)

    def opener(self, group: ContentsGroup) -> Iterator[Page]:
        """Yield the page that opens a group, and those that go on with its list."""
        return self._listing(group.href, group.heading, map(self._item_line, group.items))

    def picture_list(self, places: Sequence[PictureAnchor]) -> Iterator[Page]:
        """Yield the list of the book's pictures, caption by caption."""
        lines = (
            f"<li><a href={attribute(place.href)}{language_attributes(place.language, around=self._metadata.language)}>"
            f"{text(place.caption)}</a></li>\n"
            for place in places
        )
        return self._listing(PICTURE_LIST, self._words["picture_list"], lines)

    def _numbered(self, line: str) -> str:
        return text(numerals(line, self._metadata.language))

    def _everything(self) -> Iterator[str]:
        for group in self._contents.groups:
            if group.heading:
                # A heading and the first line of what it heads stay in one piece, so that no page ends with a heading.
                first, *others = map(self._item_line, group.items)
                name = text(group.heading)
                title = f'<a href="{group.href}">{name}</a>' if has_opener(group) else name
                yield f"</ul>\n<h2>{title}</h2>\n<ul>\n{first}"
                yield from others
            else:
                yield from map(self._item_line, group.items)

    def _group_line(self, group: ContentsGroup) -> str:
        count = text(count_of("article", len(group.items), self._metadata.language))
        return f'<li><a href="{group.href}">{text(group.heading)}</a> <span class="meta">{count}</span></li>\n'

    def _item_line(self, item: ContentsItem) -> str:
        mark = language_attributes(item.language, around=self._metadata.language)
        notes = self._source(item.source) if item.source else ""
        if moment := item.date:
            # UTC throughout the book: the day that an article stands under is one in UTC.
            if self._contents.by_day:
                when = f"{moment.hour:02}:{moment.minute:02} UTC"
            else:
                when = text(format_date(moment, self._metadata.language))
            notes = f"{notes} · {when}" if notes else when
        meta = f' <span class="meta">{notes}</span>' if notes else ""
        return f'<li><a href="{item.href}"{mark}>{item.label}</a>{meta}</li>\n'

    def _listing(self, name: str, heading: str, lines: Iterable[str]) -> Iterator[Page]:
        """Yield pages that list the lines, each at most about `PAGE_LIMIT` bytes long."""
        stem = name.removesuffix(".xhtml")
        for number, chunk in enumerate(_chunks(lines), start=1):
            title = heading if number == 1 else f"{heading} ({number})"
            # The first line may open with a heading, which closes a list that has nothing in it yet.
            body = f'<section class="listing">\n<h1>{text(title)}</h1>\n<ul>\n{chunk}</ul>\n</section>\n'
            body = body.replace("<ul>\n</ul>\n", "")
            own_name = name if number == 1 else f"{stem}-{number}.xhtml"
            yield Page(own_name, self._frame.open(title) + body + self._frame.close())


def _chunks(lines: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for line in lines:
        length = len(line.encode())
        if held and size + length > PAGE_LIMIT:
            yield "".join(held)
            held, size = [], 0
        held.append(line)
        size += length
    yield "".join(held)


def count_of(noun: str, count: int, language: str) -> str:
    """Return "1 article" or "{count} articles" in the words and the digits of a language."""
    own = words(language)
    return numerals(own[noun] if count == 1 else own[f"{noun}s"].format(count=count), language)


def title_beside_dates(title: str, items: Iterable[ContentsItem]) -> str:
    """Return the title without the days at its end, as `naming.book_title` puts them: `date_range` stands right below."""
    named = _DAYS_AT_END.fullmatch(title)
    dates = [item.date for item in items if item.date is not None]
    if named is None or not dates:
        return title
    days = {moment.date().isoformat() for moment in (min(dates), max(dates))}
    return named["title"] if days == {named["first"], named["last"] or named["first"]} else title


def date_range(items: Iterable[ContentsItem], language: str) -> str:
    """Return the first and the last day of the articles in the language's way; "" when none is dated."""
    dates = [item.date for item in items if item.date is not None]
    if not dates:
        return ""
    return format_range(min(dates), max(dates), language)
