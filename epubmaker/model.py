"""The types that flow through the pipeline, and nothing else.

Each arrow of the diagram in `epubmaker.build` is one frozen type of this module.  A stage takes such values, returns new
ones and edits nothing that it was given.  All of them can be pickled: bytes, strings and paths cross process borders,
parse trees do not.

All datetimes are aware and in UTC.  All sizes are bytes and all lengths pixels, unless a name says otherwise.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

_PLAIN_HOST = re.compile(r"https?://([a-z0-9.-]+)(?:[/?#]|$)")

Severity: TypeAlias = Literal["warning", "error"]


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that the user should know; ends in the report.

    `code` is stable and documented (docs/report.md), `where` names the file or address, `message` is one line.
    """

    code: str
    severity: Severity
    where: str
    message: str


# --- collector: scan -> select -> parse ------------------------------------------------------------------------------


class FileState(NamedTuple):
    """What the file system says of a file, as far as it changes when the file does; times in nanoseconds since the epoch.

    `changed` is the time of the last change of anything about the file (POSIX's ctime; the file's creation on Windows).
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileState:
        """Return the part of a file's status that tells of changes."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which bytes an article was read from: their SHA-256, and the state that their file was in then."""

    sha256: str
    state: FileState


@dataclass(frozen=True, slots=True)
class Entry:
    """One article's head, as `scan` found it without reading the body.

    `path` is the file, absolute; `root` the input folder that bounds which local files its pictures may name.  `label` is
    the path as the user would write it (forward slashes, relative to where the input was given); reports and errors use
    it.  `position` counts entries in input order, from 0.  `key` names the article for good: the same for the same article
    in every build, whatever folder it lies in; made of lower-case letters and digits, unique within one scan.  `sha256` is
    the hash of the file where an earlier build read it and nobody has changed it since.

    What this holds, a build holds for each article: hence a string for the path, where a `Path` takes 0.25 KB more.
    """

    path: str
    root: Path
    label: str
    position: int
    key: str
    title: str
    link: str | None = None
    published: datetime | None = None
    archived: datetime | None = None
    issues: tuple[Issue, ...] = ()
    sha256: str | None = None

    @property
    def date(self) -> datetime | None:
        """When it was published, else when it was archived, else None."""
        return self.published or self.archived

    @property
    def source(self) -> str | None:
        """The site it comes from: its link's host without `www.`; None without a link."""
        if not self.link:
            return None
        plain = _PLAIN_HOST.match(self.link)
        host = plain[1] if plain else urlsplit(self.link).hostname
        return host.removeprefix("www.") if host else None


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive articles under one heading of the contents.

    `key` is what they share: an ISO day ("2022-01-12") or month ("2022-01"), a source ("voachinese.com"), a folder, or ""
    where `--group-by none` is in force or the article has no such thing.  The heading itself is worded by the packager,
    in the book's language.
    """

    key: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be in the book, and in which order; known before any body is read."""

    groups: tuple[Group, ...]
    grouped_by: Literal["day", "month", "source", "folder", "none"]
    issues: tuple[Issue, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in reading order."""
        return tuple(entry for group in self.groups for entry in group.entries)


@dataclass(frozen=True, slots=True)
class Article:
    """One article whole: its head and its body as an HTML string (a fragment or a full page), already decoded.

    `origin` is None where the file could not be read.
    """

    entry: Entry
    html: str
    issues: tuple[Issue, ...] = ()
    origin: Origin | None = None


# --- chapters: draft -> render ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PictureRef:
    """A picture as an article names it: its candidates in order of preference, as written, white space trimmed.

    The first is the one to embed; the others (a smaller `srcset` candidate, the `src` beside a lazy-loading attribute) are
    tried when it cannot be had.  They may be relative, protocol-relative or `data:` addresses: the collector resolves them.
    """

    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PictureSlot:
    """The place of one picture in a chapter.

    `before` and `after` are mark-up that stands only if the picture (or its placeholder) does, such as the tags of a
    `figure` with nothing else in it.  `alt` is plain text, not escaped; empty where the picture only decorates.
    `linked` says that the slot stands inside an `a`, where a placeholder must not hold another.
    """

    ref: PictureRef
    alt: str
    before: str = ""
    after: str = ""
    linked: bool = False


@dataclass(frozen=True, slots=True)
class LinkSlot:
    """The value of one `href` that leads out of the article: an absolute http(s) address, not escaped.

    `render` puts the chapter's file name there when the book holds that article, else the address.
    """

    address: str


Piece: TypeAlias = str | PictureSlot | LinkSlot


@dataclass(frozen=True, slots=True)
class Draft:
    """A chapter's text, finished but for its pictures and its links to other articles of the book.

    `parts` are the files it is cut into (one, unless the chapter is long): pieces that joined make valid XHTML flow
    content, the header with the title not included.  It depends on the article alone, not on the book it stands in.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    parts: tuple[tuple[Piece, ...], ...]
    excerpt: str = ""
    features: frozenset[str] = frozenset()  # manifest properties its documents need: "svg", "mathml"
    issues: tuple[Issue, ...] = ()
    origin: Origin | None = None

    @property
    def pictures(self) -> tuple[PictureRef, ...]:
        """Every picture it names, in reading order, each once."""
        found = {piece.ref: None for part in self.parts for piece in part if isinstance(piece, PictureSlot)}
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Document:
    """One XHTML content document: final bytes, and its file name inside the package folder."""

    name: str
    content: bytes
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PicturePlace:
    """Where a chapter shows a picture: its caption (or alternative text), a link to it, and the chapter's language."""

    caption: str
    href: str
    language: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One article as it stands in the book: its documents in reading order (the first is what the contents lead to)."""

    entry: Entry
    language: str
    documents: tuple[Document, ...]
    pictures: tuple[Picture, ...] = ()
    places: tuple[PicturePlace, ...] = ()
    excerpt: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class PackedDocument:
    """One content document as the container holds it.

    `deflated` is a raw deflate stream (RFC 1951), `crc` the CRC-32 of what it inflates to, `size` the bytes of that.
    """

    name: str
    deflated: bytes
    crc: int
    size: int
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PackedChapter:
    """A chapter whose documents are ready to be stored in the container as they are."""

    entry: Entry
    language: str
    documents: tuple[PackedDocument, ...]
    pictures: tuple[Picture, ...] = ()
    places: tuple[PicturePlace, ...] = ()
    excerpt: str = ""
    issues: tuple[Issue, ...] = ()


# --- collector: fetch -> shrink --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to be had, for one article: where it may be, and what bounds the search.

    `link` is the article's own address (base of relative ones, and the Referer); `folder` is the article's folder and
    `root` the input folder that no local file may lie outside of.
    """

    ref: PictureRef
    link: str | None
    folder: Path
    root: Path


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture's own bytes, on disk.  `url` is the address that the article asked for, for the report."""

    url: str
    path: Path
    size: int
    sha256: str
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A picture that cannot be had; travels like one that was.

    `url` is the address that the article asked for; where it is http(s) the placeholder links to it.  `code` is an issue
    code ("picture-missing", "picture-broken", ...), `reason` one line for people ("HTTP 404", "not a picture: text/html").
    `status` tells a picture that should be there from one that was left out on purpose (a tracking pixel, `--no-images`):
    the latter leaves no placeholder.
    """

    url: str
    code: str
    reason: str
    status: Literal["missing", "skipped"] = "missing"


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One picture file as it goes into the book: baseline JPEG or opaque 8-bit PNG, on disk, ready to be stored.

    `name` is its file name inside the package folder, made from `sha256`, so that equal bytes have equal names.
    """

    path: Path
    name: str
    media_type: Literal["image/jpeg", "image/png"]
    width: int
    height: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture fit for the device: one file, or several for a long strip cut into page-high pieces, top first.

    `issues` say what was changed that the user might miss (a truncated file, the first frame of an animation).
    """

    url: str
    files: tuple[PictureFile, ...]
    bytes_in: int
    from_cache: bool = False
    issues: tuple[Issue, ...] = ()


PictureResult: TypeAlias = Picture | FetchFailed


# --- packager --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the package document says of the book; see EPUB 3.3, section 5.5.

    `sort_title` is what libraries file it under where that is not the title.  `series` is the periodical or series that the
    book is an issue of, `series_index` its number there (from the date: 20220112).  `sources` and `excerpt` (the sites, the
    articles' first lines) tell libraries about a book that has no author or description of its own.
    """

    title: str
    language: str
    identifier: str
    modified: datetime
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    description: str | None = None
    date: datetime | None = None
    sort_title: str | None = None
    subjects: tuple[str, ...] = ()
    series: str | None = None
    series_index: int | None = None
    sources: tuple[str, ...] = ()
    excerpt: str | None = None


class BookStatus(StrEnum):
    """What became of the file at the output."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Book:
    """A book that was published."""

    path: Path
    title: str
    size: int
    sha256: str
    articles: int
    pictures: int
    status: BookStatus = BookStatus.WRITTEN
    issues: tuple[Issue, ...] = field(default=())
