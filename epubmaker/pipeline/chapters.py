"""Turns the articles of a plan into chapters ready for the container: in order, a bounded number at a time.

entries
| known?     the outline of an earlier build, for an article that nobody has touched      -> Outline
| draft      else, here or in helper processes                                            -> Draft
| gather     its pictures, which threads and processes get and fit                        -> Future[PictureResult]
| known?     the chapter of an earlier build, where all that is in it is the same         -> PackedChapter
| render     else, and deflate                                                            -> PackedChapter
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from epubmaker.chapters.render import Page, render
from epubmaker.model.articles import Entry
from epubmaker.model.chapters import Chapter, DocumentForm, Draft, PackedChapter
from epubmaker.model.pictures import PictureRef, PictureRequest, PictureResult
from epubmaker.packager.writer import CONTENTS, STYLESHEET
from epubmaker.pipeline.drafting import Drafting, draft_article
from epubmaker.pipeline.ledger import Ledger
from epubmaker.pipeline.pictures import Gather
from epubmaker.reuse.chapters import ChapterContext, Chapters, Outline
from epubmaker.text.documents import first_document, links_to, stem

__all__ = ["Made", "Means", "production"]

_WINDOW = 64  # articles in flight: parsed, and waiting for their pictures or for those before them
_WINDOW_BYTES = 16_000_000  # of their files: with more, the first is waited for
_RUN = 32  # articles whose outlines or chapters are looked up at a time


@dataclass(frozen=True, slots=True)
class Means:
    """What chapters are made with: who gets pictures, who helps to draft, and the chapters of earlier builds.

    `pictures` holds, as long as pictures are wanted, what gets them.
    """

    pictures: Callable[[], AbstractContextManager[Gather]]
    drafting: Drafting
    known: Chapters | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A finished chapter, and the SHA-256 of the file that it was made of; None where that could not be read."""

    chapter: PackedChapter
    sha256: str | None


@dataclass(frozen=True, slots=True)
class _Pending:
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
        """The bytes of its file, about what its draft takes; 0 without one."""
        return self.draft.origin.state.size if self.draft and self.draft.origin else 0

    @property
    def known(self) -> Outline | None:
        """The outline by which its chapter may be found; None where it was drafted just now."""
        return self.outline if self.draft is None else None


def production(
    entries: Sequence[Entry],
    means: Means,
    pack: Callable[[Chapter], PackedChapter],
    ledger: Ledger,
    form: DocumentForm = "epub",
) -> Generator[Made]:
    """Yield the chapters of a book's entries in order, each as soon as it and all before it are ready.

    `pack` deflates a chapter in the form of the book, which `form` names; `ledger` hears what became of each picture.
    What gets pictures is let go once the last chapter was taken: its processes are half of a build's memory.
    """
    with means.pictures() as gather:
        finish = _Finisher(means, gather, pack, ledger, links=links_to(entries), form=form)
        window = _Window()
        for pending in _pending(entries, means, gather):
            window.add(pending)
            while window.is_due():
                yield from finish(window.take())
        while window:
            yield from finish(window.take())


class _Window:
    """The articles in flight, in order."""

    def __init__(self) -> None:
        self._waiting: deque[_Pending] = deque()
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def add(self, pending: _Pending) -> None:
        """Put one behind the others."""
        self._waiting.append(pending)
        self._size += pending.size

    def is_due(self) -> bool:
        """Tell whether the first must go on, or may with enough others."""
        if len(self._waiting) > _WINDOW or self._size > _WINDOW_BYTES:
            return True
        return len(self._waiting) >= _RUN and self._waiting[0].ready

    def take(self) -> list[_Pending]:
        """Take out the first, and what is ready after it, up to a run."""
        run = [self._waiting.popleft()]
        while self._waiting and len(run) < _RUN and self._waiting[0].ready:
            run.append(self._waiting.popleft())
        self._size -= sum(pending.size for pending in run)
        return run


def _pending(entries: Sequence[Entry], means: Means, gather: Gather) -> Iterator[_Pending]:
    known = means.known
    found = _found(entries, known)
    new = [entry for entry, outline in zip(entries, found, strict=True) if outline is None]
    fresh = means.drafting.drafts(new)
    pages = zip(_pages(entries), found, strict=True)
    while run := list(islice(pages, _RUN)):
        keys = [remembered[1] for _, remembered in run if remembered]
        outlines = known.outlines(keys) if known else {}
        for page, remembered in run:
            entry = page.entry
            draft = sha256 = None
            outline = outlines.get(remembered[1]) if remembered else None
            if remembered and outline:
                sha256 = remembered[0]
            else:  # new, or another run has cleared the cache since
                draft = draft_article(entry) if remembered else next(fresh)
                outline = known.keep_outline(entry, draft) if known else None
                sha256 = draft.origin.sha256 if draft.origin else None
            refs = draft.pictures if draft else outline.pictures if outline else ()
            yield _Pending(page, sha256, draft, outline, {ref: gather(_request(ref, entry)) for ref in refs})


def _found(entries: Sequence[Entry], known: Chapters | None) -> Sequence[tuple[str, str] | None]:
    """Return, for each article that was drafted before, the hash of its file and the key of its outline."""
    if known is None or known.is_empty():
        return [None] * len(entries)
    return known.find(entries)


class _Finisher:
    """Makes the finished chapter of an article whose pictures are there, or finds it."""

    def __init__(
        self,
        means: Means,
        gather: Gather,
        pack: Callable[[Chapter], PackedChapter],
        ledger: Ledger,
        *,
        links: Mapping[str, str],
        form: DocumentForm,
    ) -> None:
        self._gather = gather
        self._pack = pack
        self._ledger = ledger
        self._known = means.known
        self._form = form
        self._links = links

    def __call__(self, run: Sequence[_Pending]) -> Iterator[Made]:
        """Yield the chapters of a run of articles."""
        places = [self._place(pending) for pending in run]
        for pending, place, chapter in zip(run, places, self._remembered(run, places), strict=True):
            if chapter is None:
                yield self._made(pending, place.pictures)
            else:
                self._note(place.pictures)
                yield Made(chapter, pending.sha256)

    def _place(self, pending: _Pending) -> ChapterContext:
        results = {ref: future.result() for ref, future in pending.pictures.items()}
        return ChapterContext(pending.page, results, self._links, self._form)

    def _remembered(self, run: Sequence[_Pending], places: Sequence[ChapterContext]) -> Iterator[PackedChapter | None]:
        asked = [(pending.known, place) for pending, place in zip(run, places, strict=True) if pending.known]
        answers = iter(self._known.chapters(asked) if self._known else ())
        return (next(answers) if pending.known else None for pending in run)

    def _made(self, pending: _Pending, results: Mapping[PictureRef, PictureResult]) -> Made:
        draft, outline, sha256, entry = pending.draft, pending.outline, pending.sha256, pending.page.entry
        if draft is None:
            draft = draft_article(entry)
            # Somebody has written to it since, or what was remembered of it is wrong.
            if not draft.origin or draft.origin.sha256 != sha256 or not results.keys() >= set(draft.pictures):
                sha256 = draft.origin.sha256 if draft.origin else None
                outline = self._known.keep_outline(entry, draft) if self._known else None
                requests = {ref: self._gather(_request(ref, entry)) for ref in draft.pictures}
                results = {ref: future.result() for ref, future in requests.items()}
        self._note(results)
        chapter = self._pack(render(draft, pending.page, results, self._links))
        if outline and self._known:
            self._known.keep_chapter(outline, ChapterContext(pending.page, results, self._links, self._form), chapter)
        return Made(chapter, sha256)

    def _note(self, results: Mapping[PictureRef, PictureResult]) -> None:
        for result in results.values():
            self._ledger.add_picture(result)


def _pages(entries: Sequence[Entry]) -> Iterator[Page]:
    named: Iterator[tuple[str, str] | None] = chain(
        ((entry.title, first_document(entry)) for entry in entries), (None,)
    )
    previous, this = None, next(named)
    for entry, following in zip(entries, named, strict=True):
        yield Page(entry, stem(entry), STYLESHEET, CONTENTS, previous, following)
        previous, this = this, following


def _request(ref: PictureRef, entry: Entry) -> PictureRequest:
    return PictureRequest(ref, entry.link, Path(entry.path).parent, entry.root)
