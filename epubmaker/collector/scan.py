"""Finds the articles: reads the heads in each file that `locations.folder` finds.

I/O: lists folders and reads files: as much of each as its format needs for the heads, and the whole where an article has no
address, since its key is then made of its bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePath
from typing import NamedTuple, Protocol, TypeAlias

from epubmaker.collector.formats.format import HEAD_BYTES, Format, Head, NoArticleError, UnreadableError
from epubmaker.collector.formats.table import recognized
from epubmaker.collector.locations.folder import File, files
from epubmaker.collector.locations.items import StoredItem
from epubmaker.model.articles import Entry, FileState, Issue
from epubmaker.storage.publish import is_epub
from epubmaker.text.addresses import article_key, identity, names_article

__all__ = ["ArticleHead", "HeadIndex", "Scan", "scan"]

_REPORT = re.compile(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"program"\s*:\s*"epubmaker')
_BATCH = 500  # articles looked up, and reported as progress, at a time


class Scan(NamedTuple):
    """The articles in the inputs, in input order, and issues with files that were passed over.

    `not_read` counts the files that are no articles by their endings, "" for none; with the reason behind it where a file
    of that kind can be an article: ".md (draft)".
    """

    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...]
    not_read: Mapping[str, int]


class ArticleHead(NamedTuple):
    """The head of an article, without the path of its file.

    `key` is the article's key, `format` the name of its format. `sha256` is the hash of the article's own bytes, None where
    they were not all read. `member`, `size`, `source`, `author`, `text_size`, `text_hash`, `pictures` and `is_link_only`
    are those of `Entry`; `problems` are pairs of an issue code and a message.
    """

    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    problems: tuple[tuple[str, str], ...]
    key: str
    format: str
    size: int
    source: str = ""
    author: str = ""
    text_size: int = 0
    text_hash: int = 0
    pictures: str = ""
    member: str = ""
    sha256: str | None = None
    is_link_only: bool = False


_Found: TypeAlias = Sequence[ArticleHead] | UnreadableError | NoArticleError


class HeadIndex(Protocol):
    """The heads that earlier scans read. Those of a file are known as long as the file's state is the same."""

    def get(self, files: Sequence[tuple[str, FileState]]) -> Sequence[Sequence[ArticleHead] | None]:
        """Return the heads in each file, given by path and state; None where they are not known for that state."""

    def put(self, path: str, state: FileState, heads: Sequence[ArticleHead]) -> None:
        """Keep the heads in a file; `state` is the file's state before it was read."""


def scan(
    inputs: Sequence[Path],
    found: Callable[[Sequence[Entry]], None] = lambda _: None,
    heads: HeadIndex | None = None,
    written: Collection[Path] = (),
) -> Scan:
    """Find the articles of files and folders, and read the heads that `heads` does not know.

    The order is that of `folder.files`. `found` is called after each batch, with all articles so far. `written` are files
    that the build writes itself, or an earlier one has written: no articles, and not worth a word.

    Raises InputError when an input does not exist or cannot be listed.
    """
    entries: list[Entry] = []
    issues: list[Issue] = []
    passed: Counter[str] = Counter()
    walked = files(inputs, issues, passed, {os.path.normcase(os.path.realpath(path)) for path in written})
    while batch := list(islice(walked, _BATCH)):
        for file, known in zip(batch, _heads(batch, heads), strict=True):
            if isinstance(known, UnreadableError):
                issues.append(Issue(known.code, "error", file.label, known.message))
            elif isinstance(known, NoArticleError):
                passed[f"{PurePath(file.name).suffix.lower()} ({known})"] += 1
            else:
                for number, head in enumerate(known, start=1):
                    label = file.label if len(known) == 1 else f"{file.label}#{number}"
                    entries.append(_entry(file, head, label, len(entries)))
        if len(batch) == _BATCH:
            found(entries)
    return Scan(tuple(entries), tuple(issues), passed)


def _entry(file: File, head: ArticleHead, label: str, position: int) -> Entry:
    return Entry(
        name=file.name,
        location=file.location,
        label=label,
        position=position,
        key=head.key,
        title=head.title,
        link=head.link,
        published=head.published,
        archived=head.archived,
        issues=tuple([Issue(code, "warning", label, message) for code, message in head.problems])
        if head.problems
        else (),
        sha256=head.sha256,
        source=sys.intern(head.source),  # a few names, each of thousands of articles
        author=sys.intern(head.author),
        text_size=head.text_size,
        text_hash=head.text_hash,
        pictures=head.pictures,
        member=head.member,
        format=sys.intern(head.format),
        size=head.size,
        is_link_only=head.is_link_only,
    )


def _heads(batch: Sequence[File], heads: HeadIndex | None) -> Iterator[_Found]:
    """Yield the heads in each file, known or read now."""
    if heads is None:
        yield from (_read_heads(file)[0] for file in batch)
        return
    states = [_state(file) for file in batch]
    there = [(file.path, state) for file, state in zip(batch, states, strict=True) if isinstance(state, FileState)]
    known = iter(heads.get(there))
    for file, state in zip(batch, states, strict=True):
        if isinstance(state, UnreadableError):
            yield state
        elif (remembered := next(known)) is not None:
            yield remembered
        else:
            read, _ = _read_heads(file)
            if not isinstance(read, UnreadableError | NoArticleError):
                heads.put(file.path, state, read)
            yield read


def _state(file: File) -> FileState | UnreadableError:
    try:
        return FileState.of(os.stat(file.path))  # noqa: PTH116 - see `folder.File`
    except (OSError, ValueError) as error:
        return UnreadableError("article-unreadable", getattr(error, "strerror", None) or str(error))


def _read_heads(file: File) -> tuple[_Found, Format | None]:
    """Return the heads in a file, and its format."""
    item = StoredItem(file.location, file.name, is_named=file.is_named)
    found: Format | None = None
    try:
        start = item.start
        if len(start) < HEAD_BYTES and not start.strip():
            return UnreadableError("article-empty", "the file is empty"), None
        if not file.is_named and (kind := _kind_of_output(start)):
            return NoArticleError(kind), None
        found = recognized(file.name, start)
        if found is None:
            return _unknown(file), None
        item.most = found.max_bytes
        if item.size > found.max_bytes:
            return UnreadableError("article-too-large", f"larger than {found.max_bytes // 1_000_000} MB"), found
        return [_article_head(found, item, head) for head in found.heads(item)], found
    except (UnreadableError, NoArticleError) as problem:
        return problem, found


def _unknown(file: File) -> UnreadableError | NoArticleError:
    if file.is_named:
        return UnreadableError("article-unknown-format", "in no format that is read: see docs/formats.md")
    return NoArticleError("in no format that is read")


def _article_head(found: Format, item: StoredItem, head: Head) -> ArticleHead:
    name, sha256 = head.identity or (identity(head.link) if head.link else ""), head.sha256
    if not names_article(name):  # only its text tells the article from others
        sha256 = sha256 or hashlib.sha256(item.read()).hexdigest()
        name = f"{sha256} {head.title}"  # the title may come from the file's name, which the hash does not cover
    return ArticleHead(
        title=head.title,
        link=head.link,
        published=head.published,
        archived=head.archived,
        problems=head.problems,
        key=article_key(name),
        format=found.name,
        size=head.size or item.size,
        source=head.source,
        author=head.author,
        text_size=head.text_size,
        text_hash=head.text_hash,
        pictures=head.pictures,
        member=head.member,
        sha256=sha256,
        is_link_only=head.is_link_only,
    )


def _kind_of_output(data: bytes) -> str:
    """Return what a file is that a build writes, "" for any other."""
    if is_epub(data):
        return "an EPUB"
    return "a report" if _REPORT.match(data) else ""
