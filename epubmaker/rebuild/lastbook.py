"""The book that the last build left: runs of its articles that would come out the same are copied from there.

key       the book's size and SHA-256, and the run's digest (`runs.digest`)
record    where the run lies in the container; what the contents and the report say of its chapters; which articles its
          links lead to, in the book and elsewhere

Only runs without pictures are kept: what became of a picture is not known before the server was asked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TypeAlias

from epubmaker.addresses import KEY_LENGTH, article_key
from epubmaker.documents import particular
from epubmaker.ledger import KEPT_EXCERPTS
from epubmaker.model.articles import Severity
from epubmaker.model.books import Book
from epubmaker.model.chapters import PackedChapter
from epubmaker.packager.container import Finished, Place, Stretch
from epubmaker.rebuild.chapters import Outline
from epubmaker.rebuild.hashes import Hashes
from epubmaker.rebuild.store import Store

__all__ = ["LastBook", "LastBooks", "Note", "Notes"]

_GET = "SELECT digest, start, start_row, start_number, stop, stop_row, stop_number, record FROM runs"
_GET += " WHERE size = ? AND book = ? AND digest IN (...)"
_PUT = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

_Name: TypeAlias = tuple[int, str]  # a book's size in bytes and its SHA-256


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be known of a run to copy it; `packed` is what follows it here, as it is kept.

    `languages` are those of its chapters, in order; `excerpts` the first ones.  `issues` are the code, the severity and the
    message of what is to be said of an article, after its number in the run.  `documents` are the names and the manifest
    properties of each chapter's documents, of those that have several or whose only one has properties.  `inside` and
    `outside` are the keys of the articles that its links lead to, which the book has or has not.
    """

    digest: bytes
    stretch: Stretch
    packed: bytes
    languages: tuple[str, ...]
    excerpts: tuple[str, ...] = ()
    issues: tuple[tuple[int, str, Severity, str], ...] = ()
    documents: tuple[tuple[tuple[str, str], ...], ...] = ()
    inside: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()

    def fits(self, keys: AbstractSet[str]) -> bool:
        """Tell whether its links lead to the same places in a book with articles of these keys (`addresses`)."""
        return keys >= self.inside and keys.isdisjoint(self.outside)


class LastBook:
    """A book in its place, of which runs can be copied: from `source`, where its notes say.

    `hashes` are those of the files of the new book's articles.
    """

    def __init__(self, store: Store, source: Finished, name: _Name, hashes: Hashes) -> None:
        self.source = source
        self.hashes = hashes
        self._store = store
        self._name = name

    def notes(self, digests: Iterable[bytes]) -> dict[bytes, Note]:
        """Return the notes of the runs with these digests, of those that the book has."""
        notes = [_load(*row, packed=packed) for *row, packed in self._store.rows(_GET, digests, *self._name)]
        return {note.digest: note for note in notes if note is not None}


class Notes:
    """Takes notes of the runs of a book under construction; `articles` are the keys of all that the book has.

    They are packed at once: to some hundred bytes for each run, and six for each link.
    """

    def __init__(self, articles: AbstractSet[str]) -> None:
        self._articles = articles
        self._run = _Run()
        self._noted: list[tuple[bytes, Stretch, bytes]] = []

    def add(self, chapter: PackedChapter, outline: Outline | None) -> None:
        """Note a chapter of the run that is being made; `outline` is that of its article, if it is known."""
        self._run.add(chapter, outline)

    def end_run(self, digest: bytes | None, stretch: Stretch) -> None:
        """Note that a run was made, and lies there; one without a digest is not kept."""
        run, self._run = self._run, _Run()
        if digest and run.can_be_copied:
            self._noted.append((digest, stretch, run.packed(self._articles)))

    def add_copied(self, note: Note, stretch: Stretch) -> None:
        """Note a run that was copied, and lies there now."""
        self._noted.append((note.digest, stretch, note.packed))

    def __iter__(self) -> Iterator[tuple[bytes, Stretch, bytes]]:
        """Yield the runs' digests, where they lie, and the packed notes."""
        return iter(self._noted)


class _Run:
    """What is noted of a run while it is made."""

    def __init__(self) -> None:
        self.can_be_copied = True
        self._languages: list[str] = []
        self._excerpts: list[str] = []
        self._issues: list[tuple[int, str, Severity, str]] = []
        self._documents: list[tuple[tuple[str, str], ...]] = []
        self._links: set[str] = set()

    def add(self, chapter: PackedChapter, outline: Outline | None) -> None:
        if outline is None or outline.pictures:
            self.can_be_copied = False
            return
        number = len(self._languages)
        self._languages.append(chapter.language)
        if chapter.excerpt and len(self._excerpts) < KEPT_EXCERPTS:
            self._excerpts.append(chapter.excerpt)
        self._issues += [(number, issue.code, issue.severity, issue.message) for issue in chapter.issues]
        if documents := particular(chapter.documents):
            self._documents.append(documents)
        self._links.update(map(article_key, outline.links))

    def packed(self, articles: AbstractSet[str]) -> bytes:
        links = ["".join(sorted(found)) for found in (self._links & articles, self._links - articles)]
        record = [self._languages, self._excerpts, self._issues, self._documents, *links]
        return zlib.compress(json.dumps(record).encode())


class LastBooks:
    """What a store knows of books whose runs can be copied."""

    def __init__(self, store: Store, hashes: Callable[[], Hashes]) -> None:
        """Take what returns the hashes of the files of the new book's articles."""
        self._store = store
        self._hashes = hashes
        self._replaced: dict[Path, _Name] = {}

    @contextmanager
    def open(self, output: Path) -> Iterator[LastBook | None]:
        """Hold the book at a path open; None where there is none, or nothing is known of it."""
        with ExitStack() as stack:
            try:
                found = self._found(output, stack.enter_context(output.open("rb")))
            except (OSError, ValueError):
                found = None
            yield found

    def _found(self, output: Path, file: BufferedReader) -> LastBook | None:
        size = os.fstat(file.fileno()).st_size
        # This tells of most books that nothing is known of, before they are read whole.
        if self._store.one("SELECT 1 FROM runs WHERE size = ? LIMIT 1", size) is None:
            return None
        name = self._replaced[output] = size, hashlib.file_digest(file, "sha256").hexdigest()
        return LastBook(self._store, Finished(file), name, self._hashes())

    def keep(self, output: Path, book: Book, notes: Notes) -> None:
        """Keep the notes of a book that was published, instead of those of the one that was there."""
        if output in self._replaced:
            self._store.write("DELETE FROM runs WHERE size = ? AND book = ?", *self._replaced.pop(output))
        now = time.time()
        for digest, stretch, packed in notes:
            places = (*stretch.start, *stretch.stop)
            self._store.write(_PUT, book.size, book.sha256, digest, *places, packed, now)


def _load(digest: bytes, *places: int, packed: bytes) -> Note | None:
    """Return what was noted; None where a page of the file went bad."""
    try:
        languages, excerpts, issues, documents, *links = json.loads(zlib.decompress(packed))
    except (ValueError, zlib.error):
        return None
    inside, outside = (
        frozenset(keys[at : at + KEY_LENGTH] for at in range(0, len(keys), KEY_LENGTH)) for keys in links
    )
    return Note(
        digest=digest,
        stretch=Stretch(Place(*places[:3]), Place(*places[3:])),
        packed=packed,
        languages=tuple(languages),
        excerpts=tuple(excerpts),
        issues=tuple((number, code, severity, message) for number, code, severity, message in issues),
        documents=tuple(tuple((name, properties) for name, properties in chapter) for chapter in documents),
        inside=inside,
        outside=outside,
    )
