"""Turns the articles of an order into packed chapters: in order, with a bounded number of articles in flight.

entries
| known?     the outline of an earlier build, for an article that has not changed         -> Outline
| draft      else, here or in child processes                                             -> Draft
| gather     its pictures, which threads and processes fetch and shrink                   -> Future[PictureResult]
| known?     the chapter of an earlier build, where all that is in it is the same         -> PackedChapter
| render     else, and pack                                                               -> PackedChapter
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import chain, groupby, islice, pairwise
from pathlib import Path
from typing import NamedTuple

from epubmaker.chapters.render import Neighbor, Page, render
from epubmaker.collector.formats.holders import holder_of
from epubmaker.model.articles import Entry, Location
from epubmaker.model.chapters import DocumentForm, Draft, DraftSettings, PackedChapter, Section
from epubmaker.model.pictures import PictureRef, PictureRequest, PictureResult
from epubmaker.options import Options, PictureSettings
from epubmaker.order import Order
from epubmaker.packager.contents import CONTENTS_PAGE
from epubmaker.packager.package import STYLESHEET
from epubmaker.packager.writer import pack_chapter
from epubmaker.pipeline.drafting import draft_article
from epubmaker.pipeline.pictures import Gather
from epubmaker.pipeline.session import Session
from epubmaker.reuse.chapters import ChapterContext, Outline
from epubmaker.runtime import process
from epubmaker.text.documents import LinksFrom, links_to, stem
from epubmaker.text.videos import video_still

__all__ = ["FinishedChapter", "chapters", "document_form"]

_NO_PICTURES: frozenset[str] = frozenset()
_NO_LINES: frozenset[int] = frozenset()
_WINDOW = 64  # articles in flight: drafted, and waiting for their pictures or for those before them
_WINDOW_BYTES = 16_000_000  # of the files of articles in flight; with more, the first one is waited for
_MOST_SECTIONS = 20_000  # and articles before the one at hand, kept for links back; 5 MB
_RUN = 32  # articles whose outlines or chapters are looked up at a time


@dataclass(frozen=True, slots=True)
class FinishedChapter:
    """A packed chapter, the results of its pictures, and the SHA-256 of its article's file.

    The hash is None where the file could not be read.
    """

    chapter: PackedChapter
    pictures: Sequence[PictureResult]
    sha256: str | None


class _ArticleInFlight(NamedTuple):
    """An article that waits for its pictures: drafted, or known by its outline."""

    page: Page
    sha256: str | None
    draft: Draft | None
    outline: Outline | None
    pictures: Mapping[PictureRef, Future[PictureResult]]

    @property
    def ready(self) -> bool:
        return all(future.done() for future in self.pictures.values())

    @property
    def size(self) -> int:
        """The bytes of its file, about what its draft takes; 0 without a draft."""
        return self.page.entry.size if self.draft else 0

    @property
    def language(self) -> str:
        """The language that it is in."""
        return self.draft.language if self.draft else self.outline.language if self.outline else ""

    @property
    def known(self) -> Outline | None:
        """The outline by which its chapter may be found; None where it was drafted just now."""
        return self.outline if self.draft is None else None


def document_form(options: Options) -> DocumentForm:
    """Return the form that the device's engine needs documents in."""
    if options.kepub:
        return "kepub"
    rendition = options.device.rendition
    return "epub" if rendition.mathml and rendition.ruby else "adobe"


def chapters(order: Order, session: Session, settings: PictureSettings) -> Generator[FinishedChapter]:
    """Yield the chapters of a book in order, each as soon as it and all before it are ready.

    `settings` are those of its pictures. The processes for pictures, which hold half of a build's memory, end after the
    last chapter.
    """
    with session.pictures.fit(settings) as gather:
        maker = _ChapterMaker(order, session, gather)
        window = _Window()
        for article in maker.articles():
            window.add(article)
            while window.is_due():
                yield from maker.finish(window.take())
        while window:
            yield from maker.finish(window.take())


class _Window:
    """The articles in flight, in order."""

    def __init__(self) -> None:
        self._waiting: deque[_ArticleInFlight] = deque()
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, article: _ArticleInFlight) -> None:
        """Add an article behind the others."""
        self._waiting.append(article)
        self._size += article.size

    def is_due(self) -> bool:
        """Tell whether the first must be finished, or can be finished together with enough others."""
        if len(self._waiting) > _WINDOW or self._size > _WINDOW_BYTES:
            return True
        return len(self._waiting) >= _RUN and self._waiting[0].ready

    def take(self) -> list[_ArticleInFlight]:
        """Take out the first, and those after it that are ready, up to a run."""
        run = [self._waiting.popleft()]
        while self._waiting and len(run) < _RUN and self._waiting[0].ready:
            run.append(self._waiting.popleft())
        self._size -= sum(article.size for article in run)
        return run


class _ChapterMaker:
    """Makes chapters in two steps, before and after the window: `articles` requests pictures, `finish` waits for them."""

    def __init__(self, order: Order, session: Session, gather: Gather) -> None:
        self._entries = order.plan.entries
        self._repeated_text = order.repeated_text
        self._repeated_pictures = order.repeated_pictures
        self._repeated_lines = order.repeated_lines
        self._keep_all = order.options.keep_all
        self._shows_stills = order.options.video_pictures and order.options.images
        self._whole_page = order.options.whole_page
        self._drafting = session.drafting
        self._known = session.chapters
        self._gather = gather
        self._form = document_form(order.options)
        self._web_links = links_to(self._entries)
        self._links: dict[Location, LinksFrom] = {}
        self._sections: dict[str, Mapping[str, Section]] = {}
        self._room = _MOST_SECTIONS

    def articles(self) -> Iterator[_ArticleInFlight]:
        """Yield the articles in order, drafted or known, once their pictures are requested.

        Each waits for the one after it, since its page names both neighbors in their languages.
        """
        waiting, before = None, ""
        for article in chain(self._drafted(), (None,)):
            if waiting is not None:
                page = waiting.page
                after = article.language if article else ""
                page = page._replace(previous=_in(page.previous, before), following=_in(page.following, after))
                yield waiting._replace(page=page)
                before = waiting.language
            waiting = article

    def _drafted(self) -> Iterator[_ArticleInFlight]:
        found = self._found()
        new = [entry for entry, outline in zip(self._entries, found, strict=True) if outline is None]
        drafts = self._drafting.drafts(new, self._settings_of)
        pages = zip(_pages(self._entries), found, strict=True)
        while run := list(islice(pages, _RUN)):
            keys = [remembered[1] for _, remembered in run if remembered]
            outlines = self._known.outlines(keys) if self._known else {}
            for page, remembered in run:
                entry = page.entry
                outline = outlines.get(remembered[1]) if remembered else None
                if remembered and outline:
                    refs = outline.pictures
                    self._keep_sections(entry, outline.sections)
                    yield _ArticleInFlight(page, remembered[0], None, outline, self._requested(refs, entry))
                else:  # new, or another run has cleared the cache since
                    draft = draft_article(entry, self._settings_of(entry)) if remembered else next(drafts)
                    outline = self._kept_outline(entry, draft)
                    self._keep_sections(entry, draft.sections)
                    pictures = self._requested(draft.pictures, entry)
                    yield _ArticleInFlight(page, _hash_of(draft), draft, outline, pictures)

    def _found(self) -> Sequence[tuple[str, str] | None]:
        """Return, for each article that was drafted before, the hash of its file and the key of its outline."""
        if self._known is None or self._known.is_empty():
            return [None] * len(self._entries)
        return self._known.find([(entry, self._settings_of(entry)) for entry in self._entries])

    def _settings_of(self, entry: Entry) -> DraftSettings:
        repeated = self._repeated_text.get(entry.source, frozenset())
        pictures = self._repeated_pictures.get(entry.source) if entry.pictures else None
        its = pictures.intersection(entry.pictures.split()) if pictures else _NO_PICTURES
        still = video_still(entry.link) if self._shows_stills else ""
        lines = self._repeated_lines.get(entry.source, _NO_LINES)
        return DraftSettings(self._keep_all, repeated, its, still, self._whole_page, lines)

    def _kept_outline(self, entry: Entry, draft: Draft) -> Outline | None:
        if self._known is None:
            return None
        return self._known.keep_outline(entry, draft, self._settings_of(entry))

    def _requested(self, refs: Sequence[PictureRef], entry: Entry) -> Mapping[PictureRef, Future[PictureResult]]:
        if not refs:
            return {}
        holder = holder_of(entry)
        folder = Path(entry.path).parent
        root, address = None if entry.location.is_download else Path(entry.location.root), entry.location.address
        return {ref: self._gather(PictureRequest(ref, entry.link, folder, root, holder, address)) for ref in refs}

    def finish(self, run: Sequence[_ArticleInFlight]) -> Iterator[FinishedChapter]:
        """Yield the chapters of a run of articles, once their pictures are there."""
        contexts = [self._context(article.page, _results(article.pictures)) for article in run]
        asked = [(article.known, context) for article, context in zip(run, contexts, strict=True) if article.known]
        answers = iter(self._known.chapters(asked) if self._known else ())
        for article, context in zip(run, contexts, strict=True):
            chapter = next(answers) if article.known else None
            if chapter is not None:
                yield FinishedChapter(chapter, tuple(context.pictures.values()), article.sha256)
            else:
                yield self._made(article, context.pictures)

    def _context(self, page: Page, results: Mapping[PictureRef, PictureResult]) -> ChapterContext:
        return ChapterContext(page, results, self._links_from(page.entry.location), self._form)

    def _links_from(self, location: Location) -> LinksFrom:
        if location not in self._links:
            self._links[location] = LinksFrom(location, self._entries, self._web_links, self._sections_of)
        return self._links[location]

    def _keep_sections(self, entry: Entry, sections: Mapping[str, Section]) -> None:
        """Keep the sections of an article, if there is room."""
        self._room -= 1 + len(sections)
        if self._room >= 0:
            self._sections[entry.key] = sections

    def _sections_of(self, entry: Entry) -> Mapping[str, Section]:
        """Return the sections of an article that a link leads to.

        They are kept, or in its outline; else it is drafted for them, which happens once: a draft depends on nothing but
        its article and settings, and so its chapter will have the same.
        """
        if entry.key not in self._sections:
            settings = self._settings_of(entry)
            found = self._known.find([(entry, settings)])[0] if self._known else None
            outline = self._known.outlines([found[1]]).get(found[1]) if found and self._known else None
            self._sections[entry.key] = outline.sections if outline else draft_article(entry, settings).sections
        return self._sections[entry.key]

    def _made(self, article: _ArticleInFlight, results: Mapping[PictureRef, PictureResult]) -> FinishedChapter:
        draft, outline, sha256, entry = article.draft, article.outline, article.sha256, article.page.entry
        if draft is None:
            draft = draft_article(entry, self._settings_of(entry))
            # The file has changed since, or its outline in the cache is wrong.
            if not draft.origin or draft.origin.sha256 != sha256 or not results.keys() >= set(draft.pictures):
                sha256 = _hash_of(draft)
                outline = self._kept_outline(entry, draft)
                results = _results(self._requested(draft.pictures, entry))
        links = self._links_from(entry.location)
        chapter = pack_chapter(render(draft, article.page, results, links), self._form)
        if outline and self._known:
            self._known.keep_chapter(outline, self._context(article.page, results), chapter)
        return FinishedChapter(chapter, tuple(results.values()), sha256)


def _results(pictures: Mapping[PictureRef, Future[PictureResult]]) -> Mapping[PictureRef, PictureResult]:
    return {ref: process.result_of(future) for ref, future in pictures.items()}


def _hash_of(draft: Draft) -> str | None:
    return draft.origin.sha256 if draft.origin else None


def _pages(entries: Sequence[Entry]) -> Iterator[Page]:
    """Yield the page of each article; those that share one have the same stem and follow each other."""
    runs = (list(run) for _, run in groupby(entries, key=stem))
    previous: Neighbor | None = None
    for run, after in pairwise(chain(runs, ([],))):
        *others, last = run
        for entry in others:
            yield Page(entry, stem(entry), STYLESHEET, CONTENTS_PAGE, opens=entry is run[0], closes=False)
        following = _name_of(after[0]) if after else None
        yield Page(last, stem(last), STYLESHEET, CONTENTS_PAGE, previous, following, opens=not others)
        previous = _name_of(last)


def _name_of(entry: Entry) -> Neighbor:
    """Return the name of an article's chapter, whose language is not known yet, or of the page that it shares."""
    page = entry.page
    return Neighbor(page.title if page else entry.title, f"{stem(entry)}.xhtml", page.language if page else "")


def _in(neighbor: Neighbor | None, language: str) -> Neighbor | None:
    return neighbor._replace(language=language) if neighbor and not neighbor.language else neighbor
