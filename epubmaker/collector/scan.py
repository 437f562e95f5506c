"""Finds the articles: walks the inputs and reads each file's head.

I/O: lists folders and reads the first kilobytes of each file.  No body is read here unless a file is not UTF-8, since an
encoding shows only in the whole of it.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from epubmaker.addresses import identity
from epubmaker.collector.archive import body_start, read_head
from epubmaker.collector.encoding import decode, decode_head
from epubmaker.errors import InputError
from epubmaker.model import Article, Entry, FileState, Issue, Origin, Severity

__all__ = ["ARTICLE_SUFFIXES", "Heads", "KnownHead", "Scan", "hash_file", "parse", "scan"]

ARTICLE_SUFFIXES = frozenset({".txt"})
"""Endings of the files that count as articles inside a folder; a file named by itself may have any."""

_ENDINGS = tuple(ARTICLE_SUFFIXES)
_HEAD_BYTES = 8192
_SHOWN_EVERY = 500  # articles
_MAX_BYTES = 32_000_000  # a text this long is no article: a hundred novels
_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Scan:
    """What the inputs hold: the articles in input order, and what was passed over."""

    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    root: Path
    label: str
    relative: str  # to the root, with forward slashes: what names the file wherever the folder lies


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class KnownHead:
    """What stands in the head of a file, wherever the file lies; `problems` are pairs of an issue code and a message.

    `sha256` is the hash of the whole file, None where only its head was read.
    """

    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    problems: tuple[tuple[str, str], ...] = ()
    sha256: str | None = None


class Heads(Protocol):
    """What earlier scans read in the heads of files; only those whose state is the same are known."""

    def get(self, path: Path, state: FileState) -> KnownHead | None:
        """Return what stands in the head of a file, None when that is not known for certain."""

    def put(self, path: Path, state: FileState, head: KnownHead) -> None:
        """Keep what stands in the head of a file, whose state was looked at before it was read."""


def scan(
    inputs: Sequence[Path], found: Callable[[Sequence[Entry]], None] = lambda _: None, heads: Heads | None = None
) -> Scan:
    """Find the articles of files and folders and read their heads, those that `heads` does not know.

    Folders are walked whole, in natural order ("9.txt" before "10.txt"); hidden files, files of other kinds and links that
    lead out of the folder or in a circle are passed over.  `found` is shown now and then the articles so far.

    Raises InputError when an input does not exist or cannot be listed.
    """
    entries: list[Entry] = []
    issues: list[Issue] = []
    keys: set[str] = set()
    for file in _files(inputs, issues):
        try:
            entry = _entry(file, len(entries), keys, heads)
        except _Unreadable as problem:
            issues.append(Issue(problem.code, "error", file.label, problem.message))
            continue
        keys.add(entry.key)
        entries.append(entry)
        if len(entries) % _SHOWN_EVERY == 0:
            found(entries)
    return Scan(tuple(entries), tuple(issues))


def parse(entry: Entry) -> Article:
    """Read one article whole.  A file that can no longer be read gives an article without text and an issue."""
    try:
        data, state = _read(entry.path, whole=True)
    except _Unreadable as problem:
        return Article(entry, "", (Issue(problem.code, "error", entry.label, problem.message),))
    decoded = decode(data)
    issues: list[Issue] = []
    if decoded.encoding != "utf-8" or decoded.damaged:
        issues.append(_encoding_issue(entry.label, decoded.encoding, decoded.damaged))
    text = _unix_lines(decoded.text)
    body = text[body_start(text) :]
    if not body or body.isspace():
        issues.append(Issue("article-empty", "warning", entry.label, "the article has no text"))
    return Article(entry, body, tuple(issues), Origin(hashlib.sha256(data).hexdigest(), state))


def hash_file(path: Path) -> str | None:
    """Return the SHA-256 of an article's file, None where it cannot be read."""
    try:
        return hashlib.sha256(_read(path, whole=True)[0]).hexdigest()
    except _Unreadable:
        return None


def _entry(file: _File, position: int, keys: set[str], heads: Heads | None) -> Entry:
    head = _head(file) if heads is None else _known_head(file, heads)
    return Entry(
        path=file.path,
        root=file.root,
        label=file.label,
        position=position,
        key=_key(identity(head.link) if head.link else file.relative, keys),
        title=head.title,
        link=head.link,
        published=head.published,
        archived=head.archived,
        issues=tuple(Issue(code, "warning", file.label, message) for code, message in head.problems),
        sha256=head.sha256,
    )


def _known_head(file: _File, heads: Heads) -> KnownHead:
    try:
        state = FileState.of(file.path.stat())
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    head = heads.get(file.path, state)
    if head is None:
        head = _head(file)
        heads.put(file.path, state, head)
    return head


def _head(file: _File) -> KnownHead:
    data, _ = _read(file.path, whole=False)
    if not data.strip():
        raise _Unreadable("article-empty", "the file is empty")
    text = decode_head(data)
    if text is None:
        text = decode(_read(file.path, whole=True)[0]).text
    if "\0" in text:
        raise _Unreadable("article-not-text", "not a text file")
    head = read_head(_unix_lines(text), file.path.stem)
    return KnownHead(head.title, head.link, head.published, head.archived, head.problems)


def _key(name: str, taken: set[str]) -> str:
    key = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    count = 1
    while (numbered := key if count == 1 else f"{key}x{count}") in taken:
        count += 1
    return numbered


def _encoding_issue(label: str, encoding: str, damaged: int) -> Issue:
    read = f"read as {encoding}" if encoding != "utf-8" else "read as utf-8"
    lost = f", {damaged} unreadable characters replaced" if damaged else ""
    return Issue("article-encoding", "warning", label, f"not clean UTF-8: {read}{lost}")


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _read(path: Path, *, whole: bool) -> tuple[bytes, FileState]:
    """Return a file's bytes, or the first of them, and the state that it was in before they were read."""
    try:
        with path.open("rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            size = status.st_size
            if size > _MAX_BYTES:
                raise _Unreadable("article-too-large", f"larger than {_MAX_BYTES // 1_000_000} MB")
            data = file.read(size + 1 if whole else _HEAD_BYTES) or b""
            if whole and len(data) > size:  # it grows while it is read: one byte more than allowed
                data += file.read(_MAX_BYTES + 1 - size) or b""
    except (OSError, ValueError) as error:
        raise _unreadable(error) from error
    if len(data) > _MAX_BYTES:
        raise _Unreadable("article-too-large", f"larger than {_MAX_BYTES // 1_000_000} MB")
    return data, FileState.of(status)


def _unreadable(error: OSError | ValueError) -> _Unreadable:
    return _Unreadable("article-unreadable", getattr(error, "strerror", None) or str(error))


# --- walking ---------------------------------------------------------------------------------------------------------


def _files(inputs: Sequence[Path], issues: list[Issue]) -> Iterator[_File]:
    """Yield each article file of the inputs once, in order."""
    seen: set[str] = set()
    for given in inputs:
        try:
            real = given.resolve(strict=True)
            mode = real.stat().st_mode
        except (OSError, RuntimeError) as error:
            cause = getattr(error, "strerror", None) or str(error)
            raise InputError(given, cause.lower(), "name a file or folder that exists") from error
        if stat.S_ISDIR(mode):
            walked = _Walk(given, real, issues).files()
        elif stat.S_ISREG(mode):
            walked = iter([_File(real, real.parent, given.as_posix(), given.name)])
        else:
            raise InputError(given, "neither a file nor a folder", "name a file or folder of articles")
        for file in walked:
            name = os.path.normcase(file.path)
            if name not in seen:
                seen.add(name)
                yield file


class _Walk:
    """A walk through one folder.

    With strings and what the folder's list says of each file: paths and a `stat` for each took half of a scan's time.
    """

    def __init__(self, given: Path, root: Path, issues: list[Issue]) -> None:
        self._given = given
        self._root = root
        self._issues = issues
        self._label = (given / "x").as_posix()[:-1]  # what stands before each name when the user reads it

    def files(self) -> Iterator[_File]:
        visited = {self._root}
        stack = [iter(self._children(""))]
        while stack:
            child = next(stack[-1], None)
            if child is None:
                stack.pop()
                continue
            relative, entry = child
            is_article = entry.name.lower().endswith(_ENDINGS)
            try:
                if entry.is_symlink():
                    real = Path(entry.path).resolve(strict=True)
                    mode = real.stat().st_mode
                    is_folder, is_file = stat.S_ISDIR(mode), stat.S_ISREG(mode)
                else:
                    is_folder = entry.is_dir(follow_symlinks=False)
                    is_file = is_article and entry.is_file(follow_symlinks=False)
                    if not is_folder and not is_file:
                        continue
                    real = self._root / relative
            except (OSError, RuntimeError) as error:
                self._note("article-unreadable", "error", relative, getattr(error, "strerror", None) or str(error))
                continue
            if not real.is_relative_to(self._root):
                message = f"a link that leads out of {self._given.as_posix()}"
                self._note("article-outside", "warning", relative, message)
            elif is_folder:
                if real not in visited:
                    visited.add(real)
                    stack.append(iter(self._children(f"{relative}/")))
            elif is_file and is_article:
                yield _File(real, self._root, f"{self._label}{relative}", relative)

    def _children(self, folder: str) -> list[tuple[str, os.DirEntry[str]]]:
        """Return what is in a folder, named from the root on with a slash at its end, in natural order."""
        path = self._given / folder
        try:
            with os.scandir(path) as listed:
                found = [entry for entry in listed if not entry.name.startswith(".")]
        except OSError as error:
            cause = error.strerror or str(error)
            if path.resolve() == self._root:
                raise InputError(path, cause.lower(), "check the folder's permissions") from error
            self._note("article-unreadable", "error", folder.removesuffix("/"), cause)
            return []
        found.sort(key=lambda entry: natural(entry.name))
        return [(f"{folder}{entry.name}", entry) for entry in found]

    def _note(self, code: str, severity: Severity, relative: str, message: str) -> None:
        self._issues.append(Issue(code, severity, f"{self._label}{relative}", message))


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return the sort key of natural order: numbers by value, letters without case, ties by the name itself."""
    parts = (
        (0, int(part), "") if part.isdecimal() else (1, 0, part) for part in _DIGITS.split(name.casefold()) if part
    )
    return (*parts, (2, 0, name))
