"""Runs: some thirty consecutive articles, which the next book takes over from this one in one piece.

Where a run ends hangs on its last article alone.  So an article that comes or goes changes the run that it stands in, and
the one beside it where it is the last, wherever that is in the book.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from epubmaker.documents import first_document
from epubmaker.model.articles import Entry
from epubmaker.rebuild.hashes import Hashes
from epubmaker.rebuild.maker import maker

__all__ = ["cut", "digest"]

_LAST = "08"  # keys below end a run: they are hexadecimal digits of a hash, so one in 32 is
_MOST = 256  # articles, by which a run ends whatever the keys are


def cut(entries: Sequence[Entry]) -> Iterator[range]:
    """Yield the runs of a book's articles, which are given in reading order, as ranges of their numbers."""
    start = 0
    for stop, entry in enumerate(entries, start=1):
        if entry.key < _LAST or stop - start == _MOST or stop == len(entries):
            yield range(start, stop)
            start = stop


def digest(entries: Sequence[Entry], run: range, hashes: Hashes, form: str) -> bytes | None:
    """Return the hash of all that the documents of a run are made of, but for pictures and links to other articles.

    That is our own code, the form of the documents (as in `chapters.Place`), the files and what the articles beside the
    run are called.  Of an article's head only what its file's name may have given is not vouched for by the file's hash.
    `hashes` are those of all articles.  None where one of them is not known.
    """
    files = hashes.of(run)
    if files is None:
        return None
    found = hashlib.sha256(f"{maker()} {form} {len(run)} ".encode())
    found.update(files)
    names: list[str] = []
    for number in run:
        entry = entries[number]
        names += entry.key, entry.title or entry.label
    for number in (run.start - 1, run.stop):
        if 0 <= number < len(entries):
            names += entries[number].title, first_document(entries[number])
        else:
            names += "", ""
    found.update("\0".join(names).encode("utf-8", "surrogatepass"))  # no file's text or name holds this character
    return found.digest()
