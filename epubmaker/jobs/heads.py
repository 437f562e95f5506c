"""Reads the heads of files for a plan, in this process or for another one, and packs them for the disk."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from epubmaker.collector.duplicates import WAYS
from epubmaker.collector.locations.folder import File
from epubmaker.collector.locations.items import state_of
from epubmaker.collector.scan import doubt_about, ending_of, entries_of, read_files
from epubmaker.collector.titles import parts_of
from epubmaker.model.articles import Entry, Issue
from epubmaker.runtime.channel import Channel
from epubmaker.storage.headtable import HeadRow, name_hash

__all__ = ["Batch", "Head", "pack", "read_batch", "row_of", "serve", "unpack"]


class Head(NamedTuple):
    """An article, and the state of its file, from which a later run knows whether it has changed."""

    entry: Entry
    state: str


class Batch(NamedTuple):
    """What some files hold: see `collector.scan.Scan`. `text_files` are the names of addresses' texts, by position."""

    rows: Sequence[HeadRow]
    issues: Sequence[Issue]
    passed: Mapping[str, int]
    text_files: Mapping[int, str]


def read_batch(files: Sequence[File], first: int, form: str) -> Batch:
    """Return what some files of an input hold.

    `first` is the position of the first article, `form` as in `collector.scan.scan`.
    """
    rows: list[HeadRow] = []
    issues: list[Issue] = []
    passed = Counter[str]()
    text_files: dict[int, str] = {}
    states = [file.state or state_of(file.path) for file in files]
    for file, state, found in zip(files, states, read_files(files, form), strict=True):
        issues += [issue._replace(where=f"{file.label}{issue.where}") for issue in found.issues]
        passed.update(found.passed)
        entries = entries_of(file, found.heads, first + len(rows))
        for entry, head in zip(entries, found.heads, strict=True):
            if head.text_file:
                text_files[entry.position] = head.text_file
            doubt = doubt_about(file, head) or None
            rows.append(row_of(Head(entry, f"{state.size} {state.modified}" if state else "-"), doubt))
    return Batch(rows, issues, passed, text_files)


def row_of(head: Head, doubt: str | None = None) -> HeadRow:
    """Return an article as a table of heads has it; `doubt` as in `formats.format.Head`."""
    entry = head.entry
    names = [None if (name := way.name(entry)) is None else name_hash(name) for way in WAYS]
    parts = parts_of(entry.title)
    kind = name_hash(entry.location, ending_of(entry))
    return HeadRow(entry.position, names, entry.source, parts[1] if parts else None, kind, doubt, pack(head))


def pack(head: Head) -> bytes:
    """Return a head as bytes, for a process of this program."""
    return pickle.dumps((tuple(head.entry), head.state), pickle.HIGHEST_PROTOCOL)


def unpack(data: bytes) -> Head:
    """Return the head that `pack` made bytes of."""
    entry, state = pickle.loads(data)  # noqa: S301 - this run wrote it, into a folder of its own
    return Head(Entry(*entry), state)


def serve(parent: Channel) -> None:
    """Answer each batch of files with what they hold, until the parent is gone."""
    while True:
        parent.send(read_batch(*parent.receive()))
