"""Turn a draft into the final documents of a chapter: the page around the text, the pictures, the links in the book.

Strings are joined and nothing is parsed: a book has thousands of chapters. What is written follows EPUB 3.3 (section 6.1,
XHTML content documents) and DPUB-ARIA 1.1 for the roles. No white space is put where a reader would see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from epubmaker.chapters.pictures.placed import first_of, lead_of
from epubmaker.chapters.pictures.shown import size_attributes
from epubmaker.model.articles import Entry, SharedPage
from epubmaker.model.chapters import Chapter, Document, Draft, LinkSlot, PictureAnchor, PictureSlot, Piece
from epubmaker.model.pictures import FetchFailed, Picture, PictureRef, PictureResult
from epubmaker.text.addresses import resolve
from epubmaker.text.characters import letters, plain
from epubmaker.text.dates import format_date, numerals
from epubmaker.text.direction import body_class, direction, text_direction
from epubmaker.text.documents import anchor, document, link_key
from epubmaker.text.notes import is_note
from epubmaker.text.timezones import iso
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, between_quotes, heading, language_attributes, text

__all__ = ["Neighbor", "Page", "render"]

_TAG = re.compile("<[^>]*>")
_OTHER_PART = re.compile(r"part:([1-9][0-9]*)(#.*)?", re.DOTALL)
_VISIBLE = ("<img", "<svg", "<math", "<hr", 'class="missing"')  # a page with one of these is not empty
_ARCHIVED_AT_ONCE = timedelta(days=1)  # the date of archiving then says nothing that the date of publication does not
_PACE = 1300  # characters a minute, spaces included: some 220 words
_DENSE_PACE = 400  # in languages where a character is a syllable or a word
_text = lru_cache(maxsize=64)(text)  # a title is on three pages, the labels are on all
_SECTION = '<section epub:type="chapter" role="doc-chapter" aria-labelledby="epm-title">\n'
_TITLE_ID = ' id="epm-title"'
_CREDIT = r'<span class="credit">(?:[^<]|</?(?:a|b|em|i|strong)\b[^<>]*>)*</span>'
_ANY_ID = r'(?: id="[^"<>]*")?'
_ID = re.compile(r'<[^<>]* id="([^"<>]*)"')
_CREDITS_ALONE = re.compile(rf"<figure{_ANY_ID}><figcaption{_ANY_ID}>(?:\s*{_CREDIT})+\s*</figcaption></figure>")
_UNLINKED = re.compile(r"<a((?: (?!href=)[^<>]*)?)>(.*?)</a>", re.DOTALL)  # an `a` that has lost its `href`
_SENTENCE = re.compile(  # not as short as an abbreviation
    r"""(.{24,}?(?:[.!?…]+["'”’»)\]]*(?=\s)|[。！？｡…]+[”’」』）》】"']*)|.{1,240}(?=\s|$)|.{240}).*""", re.DOTALL
)
_TEX = re.compile(r"\\[A-Za-z]{2,}|[\^_]\{")
_DISPLAYED = re.compile(r"\{\\displaystyle (?P<source>.*)\}", re.DOTALL)  # as MediaWiki has it
_SHORT = 2000  # characters; a longer body is never empty


class Neighbor(NamedTuple):
    """The title of a chapter beside another, the name of its first document, and its language (BCP 47; "": not known)."""

    title: str
    document: str
    language: str = ""


class Page(NamedTuple):
    """Where a chapter stands in its book.

    `stem` names its documents: `{stem}.xhtml`, `{stem}-2.xhtml`, ... `stylesheet` and `contents` are file names.
    `previous` and `following` are the chapters beside it, None at either end. On a page that articles share, the first
    of them opens it and the last closes it.
    """

    entry: Entry
    stem: str
    stylesheet: str = "style.css"
    contents: str = "nav.xhtml"
    previous: Neighbor | None = None
    following: Neighbor | None = None
    opens: bool = True
    closes: bool = True

    def document(self, part: int) -> str:
        """Return the file name of the chapter's part, which counts from 1."""
        return document(self.stem, part)


def render(
    draft: Draft,
    page: Page,
    pictures: Mapping[PictureRef, PictureResult],
    links: Mapping[str, str],
) -> Chapter:
    """Return the chapter's final documents.

    `pictures` holds the result for each of `draft.pictures`. `links` maps the `documents.link_key` of each address that
    leads into the book to the document there, with a place in it or without.
    """
    writer = _Writer(draft, page, pictures, links)
    if page.entry.page:
        documents = [writer.post(page.entry.page)]
    else:
        documents = [writer.part(number, pieces) for number, pieces in enumerate(draft.parts, start=1)]
    results = (pictures[ref] for ref in draft.pictures)
    return Chapter(
        entry=page.entry,
        language=draft.language,
        documents=tuple(documents),
        pictures=tuple(dict.fromkeys(result for result in results if isinstance(result, Picture))),
        anchors=tuple(writer.anchors),
        excerpt=draft.excerpt,
        issues=draft.issues,
        dropped=draft.dropped,
        left_out=draft.left_out,
        closes=page.closes,
        seconds=writer.seconds,
        standfirst=_first_sentence(draft.standfirst) if draft.standfirst else "",
    )


# Tags with an id, a link to one, or a reference of a drawing to one; and what stands before the id in them.
_TAG_WITH_PLACE = re.compile(r"<[^<>]*(?: id=\"|href=\"#|url\(#)[^<>]*>")
_PLACE = re.compile(r"( id=\"|href=\"#|url\(#)")
_HEADING = re.compile(r"(</?h)([2-5])(?=[ >])")
_ELEMENTS = {"svg": "<svg", "mathml": "<math"}  # the element that a manifest property stands for


class _Writer:
    """Writes the markup of one chapter's documents."""

    def __init__(
        self, draft: Draft, page: Page, pictures: Mapping[PictureRef, PictureResult], links: Mapping[str, str]
    ) -> None:
        self._draft = draft
        self._page = page
        self._pictures = pictures
        self._links = links
        self.anchors: list[PictureAnchor] = []
        self._shown = 0  # pictures
        self._first = first_of(chain.from_iterable(draft.parts))
        self._document = self._prefix = ""
        self._lacks_pictures = self._lacks_notes = False
        self._around, self._direction = draft.language, draft.direction
        self._words = words(draft.language)
        self._link = resolve(None, page.entry.link) if page.entry.link else None
        self._source = plain(page.entry.source)
        self._title = plain(page.entry.title) or self._source or plain(page.entry.label)
        self.seconds = self._reading_time()

    def part(self, number: int, pieces: Iterable[Piece]) -> Document:
        """Return the document of a part of the chapter."""
        parts = len(self._draft.parts)
        title = self._title if parts == 1 else f"{self._title} ({number}/{parts})"
        body = self._body(number, pieces)
        lead, rest = lead_of(body) if number == 1 and self._draft.standfirst else ("", body)
        if lead and not _shows_something(rest):
            lead, rest = "", body
        start = f"{_SECTION}{lead}{self._header()}" if number == 1 else "<section>"
        opening = self._opening(title, self._draft.language)
        markup = "".join((opening, start, "\n", rest, self._closing(last=number == parts)))
        return Document(self._page.document(number), markup.encode(), self._properties(body))

    def post(self, shared: SharedPage) -> Document:
        """Return what a page has of the article: title, dates, source and text, and what is around all if it stands there.

        Its headings are below its title, and its ids are told from those of the other articles.
        """
        self._prefix = f"{anchor(self._page.entry)}-"
        self._document = self._page.document(1)
        pieces = chain.from_iterable(self._draft.parts)
        body = self._filled(pieces)
        body = _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", body)
        body = _TAG_WITH_PLACE.sub(lambda found: _PLACE.sub(rf"\1{self._prefix}", found[0]), body)
        place, language = anchor(self._page.entry), language_attributes(self._draft.language, around=shared.language)
        title = heading("h2", self._title, self._draft.language, f' id="{place}-title"')
        markup = (
            f'<section id="{place}" aria-labelledby="{place}-title"{language}>\n'
            f"{self._line('kicker')}{title}\n"
            f"{self._line('standfirst')}{self._byline()}{self._meta()}{body}\n</section>\n"
        )
        if self._page.opens:
            head = f"{_SECTION}<header>\n{heading('h1', shared.title, shared.language, _TITLE_ID)}\n</header>\n"
            markup = f"{self._opening(shared.title, shared.language)}{head}{markup}"
        if self._page.closes:
            self._around = shared.language
            self._words, self._direction = words(shared.language), direction(shared.language)
            markup += self._closing(last=True)
        return Document(self._document, markup.encode(), self._properties(body))

    def _properties(self, body: str) -> frozenset[str]:
        return frozenset(name for name in self._draft.features if _ELEMENTS.get(name, "<") in body)

    def _opening(self, title: str, language: str) -> str:
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
            f"{language_attributes(language)}>\n<head>\n<title>{_text(title)}</title>\n"
            f'<link rel="stylesheet" type="text/css" href={attribute(self._page.stylesheet)}/>\n</head>\n'
            f'<body class="{body_class(language)}">\n'
        )

    def _header(self) -> str:
        """Return the title and the lines around it."""
        title = f"{heading('h1', self._title, self._draft.language, _TITLE_ID)}\n"
        below = f"{self._line('standfirst')}{self._byline()}{self._meta()}"
        return f"<header>\n{self._line('kicker')}{title}{below}</header>"

    def _line(self, name: Literal["kicker", "standfirst"]) -> str:
        said: str = getattr(self._draft, name)
        return f'<p class="{name}">{text(said)}</p>\n' if said else ""

    def _byline(self) -> str:
        author = plain(self._page.entry.author)
        return f'<p class="byline">{_text(author)}</p>\n' if author and not _is_part(author, self._source) else ""

    def _meta(self) -> str:
        """Return the line with the dates, the source, the time that reading takes, and the link."""
        entry = self._page.entry
        line = []
        if entry.published is not None:
            line.append(self._time(entry.published))
        if entry.archived is not None and (
            entry.published is None or entry.archived - entry.published > _ARCHIVED_AT_ONCE
        ):
            archived = _text(self._words["archived"])
            line.append(self._words["labeled"].format(label=archived, text=self._time(entry.archived)))
        if self._source:
            line.append(f'<span class="source">{_text(self._source)}</span>')
        if (minutes := round(self.seconds / 60)) > 1:
            said = numerals(self._words["reading_time"].format(minutes=minutes), self._draft.language)
            line.append(f'<span class="reading">{_text(said)}</span>')
        if self._link:
            line.append(f"<a href={attribute(self._link)}>{_text(self._words['original'])}</a>")
        return f'<p class="meta">{" · ".join(line)}</p>\n' if line else ""

    def _time(self, moment: datetime) -> str:
        is_day = not (moment.hour or moment.minute or moment.second)  # midnight stands for a day
        stamp = moment.date().isoformat() if is_day else iso(moment)
        return f'<time datetime="{stamp}">{_text(format_date(moment, self._draft.language))}</time>'

    def _closing(self, *, last: bool) -> str:
        """Return the markup after the text of a part; the last one ends with links to the chapters beside it."""
        if not last:
            return "\n</section>\n</body>\n</html>\n"
        own, page = self._words, self._page
        lines = [f'<p class="contents"><a href={attribute(page.contents)}>{_text(own["contents"])}</a></p>']
        if page.previous is not None:
            lines.insert(0, self._neighbor("previous", page.previous))
        if page.following is not None:
            lines.append(self._neighbor("next", page.following))
        joined = "\n".join(lines)
        return f'\n<footer>\n<nav class="chapter-nav">\n{joined}\n</nav>\n</footer>\n</section>\n</body>\n</html>\n'

    def _neighbor(self, kind: str, neighbor: Neighbor) -> str:
        title, href, language = neighbor
        name = _text(title)
        attributes = language_attributes(language, around=self._around) if language else ""
        way = text_direction(title)
        if way not in {None, self._direction} and " dir=" not in attributes:
            attributes += f' dir="{way}"'  # otherwise its numbers and brackets would change places
        if attributes:
            name = f"<span{attributes}>{name}</span>"
        label = _text(self._words["labeled"]).format(label=_text(self._words[kind]), text=name)
        return f'<p class="{kind}"><a href={attribute(href)}>{label}</a></p>'

    def _reading_time(self) -> int:
        """Return how many seconds an adult needs to read the chapter."""
        text = sum(len(_TAG.sub("", piece)) for part in self._draft.parts for piece in part if isinstance(piece, str))
        primary = self._draft.language.partition("-")[0]
        return round(60 * text / (_DENSE_PACE if primary in {"ja", "ko", "zh"} else _PACE))

    def _body(self, number: int, pieces: Iterable[Piece]) -> str:
        """Return the text of a part with its slots filled; never empty."""
        self._document = self._page.document(number)
        written = self._filled(pieces)
        if len(written) < _SHORT and not _shows_something(written):
            return f'{written}<p class="empty">{_text(self._words["no_text"])}</p>'
        return written

    def _filled(self, pieces: Iterable[Piece]) -> str:
        """Return markup with its slots filled.

        Who made a picture that was left out on purpose is left out as well, but no word for which one stands; of a link
        to a note that is not in the book the text stays, and the id, which others may lead to.
        """
        written = "".join([piece if isinstance(piece, str) else self._fill(piece) for piece in pieces])
        if self._lacks_notes:
            written = _UNLINKED.sub(lambda link: f"<span{link[1]}>{link[2]}</span>" if link[1] else link[2], written)
        if self._lacks_pictures:
            written = _CREDITS_ALONE.sub(_places_in, written)
        return written

    def _fill(self, slot: PictureSlot | LinkSlot) -> str:
        if isinstance(slot, LinkSlot):
            if is_note(slot.address):
                note = self._links.get(slot.address)
                self._lacks_notes = self._lacks_notes or not note
                return f' href="{between_quotes(note)}"' if note else ""
            return between_quotes(self._target(slot.address))
        result = self._pictures[slot.ref]
        if isinstance(result, Picture):
            shown = self._images(result, slot)
        elif result.status == "missing" and not slot.optional:
            shown = self._placeholder(result, slot)
        elif result.code == "picture-skipped" and slot.word and slot.inline and slot.alt:
            shown = _text(slot.alt)
        else:
            self._lacks_pictures = True
            return ""
        return f"{slot.before}{shown}{slot.after}"

    def _target(self, address: str) -> str:
        part = _OTHER_PART.fullmatch(address)
        if part and self._prefix:  # all parts are in one document
            return part[2] or self._document
        if part:
            return self._page.document(int(part[1])) + (part[2] or "")
        return self._links.get(link_key(address), address)

    def _images(self, picture: Picture, slot: PictureSlot) -> str:
        alt = plain(slot.alt) or self._words["picture"]
        count = len(picture.files)
        self._shown += 1
        name = f"epm-p{self._shown}"
        mark = f' id="{name}"'
        if not slot.inline:  # a sign or a formula in the text is none to be listed
            place = f"{self._document}#{self._prefix}{name}"
            self.anchors.append(PictureAnchor(alt, place, self._draft.language, picture.files[0].name))
        # The pieces of a strip follow each other downwards, however wide the screen.
        return "<br/>".join(
            f"<img src={attribute(file.name)} alt={attribute(alt if count == 1 else f'{alt} ({number}/{count})')}"
            f"{size_attributes(picture, slot, file, leads=slot is self._first)}{mark if number == 1 else ''}/>"
            for number, file in enumerate(picture.files, start=1)
        )

    def _placeholder(self, failed: FetchFailed, slot: PictureSlot) -> str:
        """Return what a missing picture says, and under it that it is missing; in a line of text, the former alone."""
        if slot.alt and slot.inline:
            return _as_formula(slot.alt) or _text(slot.alt)
        label = _text(self._words["picture_unavailable"])
        # What is in the article itself, such as a drawing, can be seen on its page.
        address = None if slot.linked else resolve(None, failed.url) or (self._link if _is_within(failed.url) else None)
        if address:
            label = f"<a href={attribute(address)}>{label}</a>"
        label = f"<small>{label}</small>"
        if slot.captioned:
            return f'<span class="missing">{label}</span>'
        return f'<span class="missing">{_text(slot.alt)}<br/>{label}</span>' if slot.alt else label


def _as_formula(alt: str) -> str:
    """Return the text of a picture of a formula as code, where that is TeX; else ""."""
    found = _DISPLAYED.fullmatch(alt)
    source = found["source"] if found else alt
    return f"<code>{_text(source.strip())}</code>" if found or _TEX.search(alt) else ""


def _first_sentence(said: str) -> str:
    """Return the first sentence of a plain text, or its beginning."""
    return _SENTENCE.sub(r"\1", said[:1000])


def _is_within(url: str) -> bool:
    return url[:5].lower() == "data:"


def _places_in(markup: re.Match[str]) -> str:
    """Return what must stay of markup that is left out: the places that links lead to."""
    return "".join(f'<span id="{place}"></span>' for place in _ID.findall(markup[0]))


def _is_part(one: str, other: str) -> bool:
    """Tell whether a name is the other one with more or fewer words: "Harbour TV" and "The Harbour TV (official)"."""
    first, second = letters(one), letters(other)
    return bool(first) and bool(second) and (first in second or second in first)


def _shows_something(markup: str) -> bool:
    return any(mark in markup for mark in _VISIBLE) or bool(_TAG.sub("", markup).strip())
