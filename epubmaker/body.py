"""Fills a book with its articles, run by run: what the last book has the same is copied from there, the rest is made."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, nullcontext
from itertools import islice
from pathlib import Path

from epubmaker.documents import Links
from epubmaker.ledger import Ledger
from epubmaker.model.articles import Entry
from epubmaker.model.chapters import PackedChapter
from epubmaker.packager.writer import BookWriter
from epubmaker.production import Made, Means, production
from epubmaker.rebuild.hashes import Hashes
from epubmaker.rebuild.lastbook import LastBook, Note, Notes
from epubmaker.rebuild.runs import cut, digest

__all__ = ["Body"]


class Body:
    """The articles of a book: `entries`, in reading order, in the form that `form` names.

    Once it is filled, `hashes` are those of the articles' files, and `notes` are for the next build.
    """

    def __init__(self, entries: Sequence[Entry], form: str, means: Means, writer: BookWriter, ledger: Ledger) -> None:
        self._entries = entries
        self._form = form
        self._means = means
        self._writer = writer
        self._ledger = ledger
        self._links = Links(entries)
        self.hashes = Hashes()
        self.notes = Notes(self._links.articles)

    def fill(self, output: Path) -> Generator[tuple[int, PackedChapter | None]]:
        """Write all chapters; `output` is where the last book may lie.

        Yields again and again how many articles the book has, and which chapter was made for the last of them, if one was.
        """
        runs = list(cut(self._entries))
        with self._means.books.open(output) if self._means.books else nullcontext() as last:
            same = self._same(last, runs) if last else {}
            with closing(self._production([run for run in runs if run not in same])) as chapters:
                for run in runs:
                    if last and run in same:
                        self._copy(last, run, same[run])
                        yield run.stop, None
                    else:
                        yield from self._make(run, islice(chapters, len(run)))

    def _same(self, last: LastBook, runs: Sequence[range]) -> Mapping[range, Note]:
        """Find the runs that the last book has just as they would be made now."""
        digests = {run: digest(self._entries, run, last.hashes, self._form) for run in runs}
        notes = last.notes(filter(None, digests.values()))
        found = {run: notes[key] for run, key in digests.items() if key in notes}
        return {run: note for run, note in found.items() if note.fits(self._links.articles)}

    def _production(self, runs: Sequence[range]) -> Generator[Made]:
        numbers = [number for run in runs for number in run]
        wanted = numbers if len(numbers) < len(self._entries) else range(len(self._entries))
        pack, ledger = self._writer.pack, self._ledger
        return production(self._entries, wanted, self._means, pack, ledger, links=self._links, form=self._form)

    def _copy(self, last: LastBook, run: range, note: Note) -> None:
        start = self._writer.place
        self._writer.copy_chapters(last.source, note.stretch, note.documents)
        self._ledger.add_run([self._entries[number] for number in run], note.languages, note.excerpts, note.issues)
        self.hashes.add_part(last.hashes, run)
        self.notes.add_copied(note, self._writer.since(start))

    def _make(self, run: range, chapters: Iterator[Made]) -> Iterator[tuple[int, PackedChapter]]:
        start = self._writer.place
        for count, made in enumerate(chapters, start=run.start + 1):
            self._writer.add_chapter(made.chapter)
            self._ledger.add_chapter(made.chapter)
            self.hashes.add(made.sha256)
            self.notes.add(made.chapter, made.outline)
            yield count, made.chapter
        self.notes.end_run(digest(self._entries, run, self.hashes, self._form), self._writer.since(start))
