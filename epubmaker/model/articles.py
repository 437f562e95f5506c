"""The results of the first stage, except pictures: scan -> entries, select -> plan, parse -> article."""

from __future__ import annotations

import os
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from itertools import chain
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

from epubmaker.model.choices import DatedBy, GroupedBy

__all__ = [
    "Article",
    "Entry",
    "FileState",
    "Group",
    "Issue",
    "Location",
    "Origin",
    "Plan",
    "Severity",
    "SharedPage",
]

Severity: TypeAlias = Literal["warning", "error"]

# Seconds. Two changes within one tick of the file system's clock give the same time; the coarsest, FAT's, ticks every two.
_TICK = 2.0


class Issue(NamedTuple):
    """A problem that the user should know of; listed in the report.

    `code` is stable and documented (docs/report.md), `where` names the file or address, `message` is one line.
    """

    code: str
    severity: Severity
    where: str
    message: str


class FileState(NamedTuple):
    """The parts of a file's status that change when the file does; times are in nanoseconds since the epoch.

    `changed` is the time of the last change of anything about the file (POSIX's ctime; the file's creation on Windows).
    """

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileState:
        """Return the state in a file's status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def is_settled(self, now: float) -> bool:
        """Tell whether the last change is so long ago that a later one has another time; `now` is in seconds."""
        return max(self.modified, self.changed) <= (now - _TICK) * 1e9

    def signature(self, now: float) -> str | None:
        """Return a text that stays the same as long as nobody writes to the file; None where it has not settled."""
        return " ".join(map(str, self)) if self.is_settled(now) else None


class Location(NamedTuple):
    """Where a file lies: in a folder, or in an archive.

    `root` is the absolute path of the input folder. `archives` is empty for a file of that folder; else it has the path of
    an archive in the folder and, where that holds another one, the name of this. `is_download`: what lies in the folder
    came from elsewhere, and has nothing to do with what lies beside it there. The root may be an address (see
    `storage.remote`) until its files are read: then it is a folder with copies of them, and `address` is that address.
    """

    root: str
    archives: tuple[str, ...] = ()
    is_download: bool = False
    address: str = ""


class Origin(NamedTuple):
    """The SHA-256 of an article's own bytes, and the state of their file before the read.

    `state` is None where the file holds more than the article: an archive, a feed.
    """

    sha256: str
    state: FileState | None


class SharedPage(NamedTuple):
    """A page of several short posts: the stem of its document's name, its title, and the language of that (BCP 47)."""

    stem: str
    title: str
    language: str


class Entry(NamedTuple):
    """One article's head, as `scan` found it without reading the body.

    name                 the file's path in its `location`, with "/"
    label                the path as the user would write it, for reports and errors
    position             counts entries in input order, from 0
    title, link          plain text on one line; None where there is no address
    published, archived  when it was published, and when it was saved; None where that is not known
    key                  made of the article's address, or of its title and text where it has none, and so the same in
                         any folder: lower-case letters and digits, unique within a plan
    sha256               hash of the article's own bytes, if they were read and have not changed since
    source               what a reader calls the site, channel or feed: its name, else the host of the link, else ""
    author               who wrote it, "" where the file does not say
    tag                  the first tag, category or section that it is filed under, "" where the file does not say
    text_size            bytes of its text, 0 where it says nothing but the title
    text_hash            hash of the text's beginning, another one for other texts
    pictures             keys of the pictures that it names (see `text.pictureaddresses`), with spaces between them, ""
                         where they are not known
    member               tells the article from others in the same file; "" where there are none
    format               name of the file's format
    size                 bytes of the article, about
    is_link_only         nothing but its address is known, and its text stands there
    language             BCP 47 tag of what the titles of its source are in, for an article whose own may not tell; ""
                         for others
    page                 the page that it shares with other short posts of its day
    dated                which of its dates the order and the groups go by
    """

    name: str
    location: Location
    label: str
    position: int
    key: str
    title: str
    link: str | None = None
    published: datetime | None = None
    archived: datetime | None = None
    sha256: str | None = None
    source: str = ""
    author: str = ""
    tag: str = ""
    text_size: int = 0
    text_hash: int = 0
    pictures: str = ""
    member: str = ""
    format: str = "archive"
    size: int = 0
    is_link_only: bool = False
    issues: tuple[Issue, ...] = ()
    language: str = ""
    page: SharedPage | None = None
    dated: DatedBy = "published"

    @property
    def path(self) -> str:
        """The path of the file on disk: the article's own, or the archive that holds it."""
        root, archives = self.location[:2]
        return os.path.join(root, archives[0] if archives else self.name)  # noqa: PTH118 - a `Path` takes longer

    @property
    def date(self) -> datetime | None:
        """The date that `dated` names, else the other one, else None."""
        return (self.archived or self.published) if self.dated == "archived" else (self.published or self.archived)


class Group(NamedTuple):
    """Consecutive articles under one heading of the table of contents, or two of which one is above the other.

    `keys` are what they share, one for each of the plan's levels: a day, week, month or year (see `text.periods`), a
    source ("voachinese.com"), a folder or a tag, or "" where the article has none. The packager words the headings in
    the book's language.
    """

    keys: tuple[str, ...]
    entries: tuple[Entry, ...]


class Plan(NamedTuple):
    """The articles of the book in reading order, decided before any body is read.

    `grouped_by` are the levels of headings, the outermost first; none where nothing is grouped, and there is one group.
    `left_out` counts articles that are in no book and have no issue, by the reason (see `report.Intake`).
    `copies` are the keys of articles' copies, by the key of the one that stays.
    """

    groups: tuple[Group, ...]
    grouped_by: tuple[GroupedBy, ...] = ()
    issues: tuple[Issue, ...] = ()
    left_out: Mapping[str, int] = MappingProxyType({})
    copies: Mapping[str, AbstractSet[str]] = MappingProxyType({})

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in reading order."""
        return tuple(chain.from_iterable(group.entries for group in self.groups))


class Article(NamedTuple):
    """One whole article: its head, and its body as decoded HTML (a fragment or a full page).

    `origin` is None where the file could not be read. `language` is the one that the file declares beside the body, in
    any spelling, "" for none.
    """

    entry: Entry
    html: str
    issues: tuple[Issue, ...] = ()
    origin: Origin | None = None
    language: str = ""
