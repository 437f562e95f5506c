"""Finds the articles: reads the head of each file that `locations.folder` finds.

I/O: lists folders and reads the first kilobytes of each file. A file is read whole if it is not UTF-8, since its encoding
cannot be told from the beginning, or if it has no address, since its key is then made of its bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path, PurePath
from typing import NamedTuple, Protocol, TypeAlias

from epubmaker.collector.formats.archive import Head, body_start, is_stub, read_head
from epubmaker.collector.formats.encoding import decode, decode_head, is_text
from epubmaker.collector.formats.frontmatter import MOST_CHARACTERS, begins, read_front_matter
from epubmaker.collector.locations.folder import File, files
from epubmaker.model.articles import Article, Entry, FileState, Issue, Origin
from epubmaker.storage.publish import is_epub
from epubmaker.text.addresses import article_key, identity, names_article, site

__all__ = ["ArticleHead", "HeadIndex", "Scan", "origin_of", "parse", "scan"]

_HEAD_BYTES = 8192
_HASHED = 5000  # bytes of a text that goes on beyond its head
_LONGEST_STUB = 2000  # characters
_REPORT = re.compile(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"program"\s*:\s*"epubmaker')
_BATCH = 500  # articles looked up, and reported as progress, at a time
_MAX_BYTES = 32_000_000  # as long as a hundred novels, so no article


class Scan(NamedTuple):
    """The articles in the inputs, in input order, and issues with files that were passed over.

    `not_read` counts the files that are no articles by their endings, "" for none; with the reason behind it where a file
    of that kind can be an article: ".md (draft)".
    """

    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...]
    not_read: Mapping[str, int]


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def issue(self, file: File) -> Issue:
        return Issue(self.code, "error", file.label, self.message)


class ArticleHead(NamedTuple):
    """The head of an article's file, without the file's path; `problems` are pairs of an issue code and a message.

    `key` is the article's key. `sha256` is the hash of the whole file, None where only its head was read. `source`,
    `author`, `text_size` and `text_hash` are those of `Entry`.
    """

    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    problems: tuple[tuple[str, str], ...]
    key: str
    sha256: str | None = None
    source: str = ""
    author: str = ""
    text_size: int = 0
    text_hash: int = 0


class _NoArticle(NamedTuple):
    reason: str


_Found: TypeAlias = ArticleHead | Issue | _NoArticle  # an Issue: why it cannot be read


class HeadIndex(Protocol):
    """The heads that earlier scans read. A head is known as long as its file's state is the same."""

    def get(self, files: Sequence[tuple[str, FileState]]) -> Sequence[ArticleHead | None]:
        """Return the head of each file, given by path and state; None where it is not known for that state."""

    def put(self, path: str, state: FileState, head: ArticleHead) -> None:
        """Keep the head of a file; `state` is the file's state before it was read."""


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
        for file, head in zip(batch, _heads(batch, heads), strict=True):
            if isinstance(head, Issue):
                issues.append(head)
                continue
            if isinstance(head, _NoArticle):
                passed[f"{PurePath(file.path).suffix.lower()} ({head.reason})"] += 1
                continue
            entries.append(_entry(file, head, len(entries)))
        if len(batch) == _BATCH:
            found(entries)
    return Scan(tuple(entries), tuple(issues), passed)


def parse(entry: Entry) -> Article:
    """Read one article whole. A file that can no longer be read gives an article without text and an issue."""
    try:
        data, state = _read(entry.path)
    except _Unreadable as problem:
        return Article(entry, "", (Issue(problem.code, "error", entry.label, problem.message),))
    decoded = decode(data)
    issues: list[Issue] = []
    nulls = decoded.text.count("\0") if "\0" in decoded.text else 0  # `in` is quicker than `count`
    if decoded.encoding != "utf-8" or decoded.damaged or nulls:
        issues.append(_encoding_issue(entry.label, decoded.encoding, decoded.damaged + nulls))
    text = _unix_lines(decoded.text.replace("\0", "\ufffd") if nulls else decoded.text)
    body = text[body_start(text) :]
    if not body or body.isspace():
        issues.append(Issue("article-empty", "warning", entry.label, "the article has no text"))
    return Article(entry, body, tuple(issues), Origin(hashlib.sha256(data).hexdigest(), state))


def origin_of(path: str) -> Origin | None:
    """Return the hash and state of an article's file; None where it cannot be read."""
    try:
        data, state = _read(path)
    except _Unreadable:
        return None
    return Origin(hashlib.sha256(data).hexdigest(), state)


def _entry(file: File, head: ArticleHead, position: int) -> Entry:
    return Entry(
        path=file.path,
        root=file.root,
        label=file.label,
        position=position,
        key=head.key,
        title=head.title,
        link=head.link,
        published=head.published,
        archived=head.archived,
        issues=tuple([Issue(code, "warning", file.label, message) for code, message in head.problems])
        if head.problems
        else (),
        sha256=head.sha256,
        source=sys.intern(head.source),  # a few names, each of thousands of articles
        author=sys.intern(head.author),
        text_size=head.text_size,
        text_hash=head.text_hash,
    )


def _heads(batch: Sequence[File], heads: HeadIndex | None) -> Iterator[_Found]:
    """Yield the head of each file, known or read now."""
    if heads is None:
        yield from map(_head, batch)
        return
    states = [_state(file) for file in batch]
    there = [(file.path, state) for file, state in zip(batch, states, strict=True) if isinstance(state, FileState)]
    known = iter(heads.get(there))
    for file, state in zip(batch, states, strict=True):
        if isinstance(state, Issue):
            yield state
        elif (remembered := next(known)) is not None:
            yield remembered
        else:
            head = _head(file)
            if isinstance(head, ArticleHead):
                heads.put(file.path, state, head)
            yield head


def _state(file: File) -> FileState | Issue:
    try:
        return FileState.of(os.stat(file.path))  # noqa: PTH116 - see `folder.File`
    except (OSError, ValueError) as error:
        return _unreadable(error).issue(file)


def _head(file: File) -> _Found:
    try:
        return _read_head(file)
    except _Unreadable as problem:
        return problem.issue(file)


def _read_head(file: File) -> ArticleHead | _NoArticle:
    data, state = _read(file.path, _HEAD_BYTES)
    if not data.strip() and len(data) < _HEAD_BYTES:
        raise _Unreadable("article-empty", "the file is empty")
    if not file.is_named and (kind := _kind_of_output(data)):
        return _NoArticle(kind)
    text = decode_head(data)
    if text is None:
        text = decode(_read(file.path)[0]).text[:_HEAD_BYTES]  # as much as of a UTF-8 file
    elif len(data) == _HEAD_BYTES and begins(text) and read_front_matter(_unix_lines(text)) is None:
        data, state = _read(file.path, _HEAD_BYTES + MOST_CHARACTERS)
        text = decode_head(data) or text
    if "\0" in text:
        if not is_text(text):
            raise _Unreadable("article-not-text", "not a text file")
        text = text.replace("\0", "\ufffd")
    text = _unix_lines(text)
    head = read_head(text, file.path)
    if head.no_article and not file.is_named:
        return _NoArticle(head.no_article)
    name, sha256 = identity(head.link) if head.link else "", None
    if not names_article(name):  # only its text tells the article from others
        whole = data if state.size < _HEAD_BYTES else _read(file.path)[0]
        sha256 = hashlib.sha256(whole).hexdigest()
        name = f"{sha256} {head.title}"  # the title may come from the file's name, which the hash does not cover
    text_size, text_hash = _measured(text, head, state.size, is_whole=state.size <= len(data))
    return ArticleHead(
        title=head.title,
        link=head.link,
        published=head.published,
        archived=head.archived,
        problems=head.problems,
        key=article_key(name),
        sha256=sha256,
        source=head.source or site(head.link) or "",
        author=head.author,
        text_size=text_size,
        text_hash=text_hash,
    )


def _kind_of_output(data: bytes) -> str:
    """Return what a file is that a build writes, "" for any other."""
    if is_epub(data):
        return "an EPUB"
    return "a report" if _REPORT.match(data) else ""


def _measured(text: str, head: Head, size: int, *, is_whole: bool) -> tuple[int, int]:
    """Return the size and the hash of an article's text, as `Entry` has them, from the head of its file."""
    body = "".join(text[head.body :].split())
    if is_whole and len(body) < _LONGEST_STUB and is_stub(body, head.title):
        return 0, 0
    encoded = body.encode("utf-8", "surrogatepass")
    length = len(encoded) if is_whole else size - len(text[: head.body].encode("utf-8", "surrogatepass"))
    # Of long articles as much as is there whatever the length of what stands above: a link takes up to 2 KB.
    return max(length, 1), zlib.crc32(encoded if is_whole else encoded[:_HASHED])


def _encoding_issue(label: str, encoding: str, damaged: int) -> Issue:
    read = f"read as {encoding}" if encoding != "utf-8" else "read as utf-8"
    lost = f", {damaged} unreadable characters replaced" if damaged else ""
    return Issue("article-encoding", "warning", label, f"not clean UTF-8: {read}{lost}")


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _read(path: str, most: int | None = None) -> tuple[bytes, FileState]:
    """Return a file's bytes, at most as many as `most`, and its state before they were read."""
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - see `folder.File`
            status = os.fstat(file.fileno())
            size = status.st_size
            if size > _MAX_BYTES:
                raise _Unreadable("article-too-large", f"larger than {_MAX_BYTES // 1_000_000} MB")
            data = file.read(size + 1 if most is None else most) or b""
            if most is None and len(data) > size:  # the file has grown since: read up to one byte above the limit
                data += file.read(_MAX_BYTES + 1 - size) or b""
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    if len(data) > _MAX_BYTES:
        raise _Unreadable("article-too-large", f"larger than {_MAX_BYTES // 1_000_000} MB")
    return data, FileState.of(status)


def _unreadable(error: OSError | ValueError) -> _Unreadable:
    return _Unreadable("article-unreadable", getattr(error, "strerror", None) or str(error))
