"""What the collector makes of the inputs: scan -> select -> parse."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

__all__ = ["Article", "Entry", "FileState", "Group", "Issue", "Origin", "Plan", "Severity"]

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

    `path` is the file, absolute; `root` the input folder that bounds which local files its pictures may name. `label` is
    the path as the user would write it (forward slashes, relative to where the input was given); reports and errors use
    it. `position` counts entries in input order, from 0. `key` names the article for good, whatever folder it lies
    in and whatever lies beside it: made of its address, or of its title and its text where it has none. It is of
    lower-case letters and digits, and unique within a plan. `sha256` is the hash of the file where that was read whole
    and nobody has changed it since.

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


@dataclass(frozen=True, slots=True)
class Group:
    """Consecutive articles under one heading of the contents.

    `key` is what they share: an ISO day ("2022-01-12") or month ("2022-01"), a source ("voachinese.com"), a folder, or ""
    where `--group-by none` is in force or the article has no such thing. The heading itself is worded by the packager,
    in the book's language.
    """

    key: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be in the book, and in which order; known before any body is read.

    `other_days` and `beyond_limit` are how many articles were not asked for; those that are left out for other reasons are
    among the `issues`.
    """

    groups: tuple[Group, ...]
    grouped_by: Literal["day", "month", "source", "folder", "none"]
    issues: tuple[Issue, ...] = ()
    other_days: int = 0
    beyond_limit: int = 0

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
