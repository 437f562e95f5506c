"""The options of a build, as frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from epubmaker.devices import DEVICES, Device
from epubmaker.model.choices import DatedBy, GroupedBy

__all__ = [
    "GROUPINGS",
    "GROUP_BY",
    "STANDARD_INPUT",
    "STANDARD_OUTPUT",
    "Keep",
    "MailServer",
    "Network",
    "Options",
    "PictureSettings",
    "SortBy",
    "is_address",
    "is_remote",
]

STANDARD_INPUT = STANDARD_OUTPUT = "-"

GROUP_BY: frozenset[str] = frozenset(get_args(GroupedBy))
GROUPINGS: tuple[str, ...] = ("auto", *get_args(GroupedBy), "none")
"""The values of `--group-by`; two of those in `GROUP_BY`, with a slash between them, are one as well."""

_REMOTE = re.compile(r"(?!https?:)[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # two letters at least: `C:` is a drive

SortBy: TypeAlias = Literal["date", "title", "source", "input"]


def is_address(text: str) -> bool:
    """Tell whether an input is an address on the web and no path."""
    return text.lower().startswith(("http://", "https://"))


def is_remote(text: str) -> bool:
    """Tell whether a text is an address that `storage.remote` reads, as of object storage: not of the web, and no drive."""
    return _REMOTE.match(text) is not None


@dataclass(frozen=True, slots=True)
class Network:
    """How pictures are fetched.

    `timeout` is how many seconds one connection, and one wait for the next bytes, may take; a whole body may take ten
    times that. `connections` bounds the requests under way, `per_host` those to one host. `backoff` is the first pause
    before another try, in seconds; each further one is twice as long. `delay` is the least time between the starts of two
    requests to one host. After `deadline` seconds no more requests are made; None: no limit. With `offline` no requests are
    made at all; with `refresh` the picture cache is not read.
    """

    connections: int = 16
    per_host: int = 6
    timeout: float = 20.0
    retries: int = 2
    backoff: float = 0.5
    delay: float = 0.0
    deadline: float | None = None
    max_bytes: int = 50_000_000
    allow_private: bool = False
    offline: bool = False
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Keep:
    """How much of a series stays on a shelf: a number of its newest issues, or those of a number of days; None: all."""

    issues: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes mail with books, and how it is asked.

    `port` None: the usual one. With "none", nothing is encrypted, which only a server on this computer may have. `sender`
    is the address that mail comes from; None: the user. The password is in no option, but in the environment or in a
    file, or a command writes it. `waits` are the seconds before each further try after an error that may pass, `timeout`
    those for one answer.
    """

    host: str | None = None
    port: int | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    sender: str | None = None
    password_file: Path | None = None
    password_command: str | None = None
    waits: tuple[float, ...] = (5, 30, 90, 300)
    timeout: float = 60


@dataclass(frozen=True, slots=True)
class PictureSettings:
    """Limits that every picture of a book is fitted to. `quality` is the JPEG quality; None: chosen for each picture."""

    width: int
    height: int
    gray: bool = False
    quality: int | None = None
    max_bytes: int = 5_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `epubmaker build`; the defaults are those of the command line.

    inputs          files, folders, addresses as strings, and "-" for standard input
    form            name of the format (`epubmaker formats`) of inputs that are no folders; None: recognized
    output          may have fields (see `text.outputnames`); None: a file in the current folder, named after the title
    output_at       for `epubmaker.jobs`: an address that `output` is relative to, written to with `storage.remote`
    make_folder     `output` is a folder, made if need be
    force           replace files that are no books, or no reports
    title, language, identifier
                    None: worked out from the articles
    cover           None: drawn, if `draw_cover`
    series_index    number of the book in its series, not negative, with two decimals at most; None: from its newest
                    date
    group_by        what the headings go by: one of `GROUPINGS`, or two, the outer ones first, as "source/month"
    split_by        None: one book; else see `pipeline.orders`
    prune           remove volumes of earlier runs that are no longer made
    since, until    days, both included, of the date that `dated` names
    timezone        of days and times in the book, by its name in the tz database; None: the system's, or UTC where
                    `SOURCE_DATE_EPOCH` is set
    sources         patterns of articles' sources (see `collector.filters`)
    match, exclude  patterns of words in titles or links
    full_text       fetch the pages of articles of which an input has the address or the beginning alone
    whole_page      of a page take not only its article
    keep_all        leave in what sites put around their articles
    video_pictures  a post of a video without pictures gets the video's still
    jobs            processes; None: one for each processor
    max_missing     a book of ten pictures or more does not replace an older one where the network fails for more than
                    this many percent of them
    shelf           folder of a catalog that gets a copy of each book (see `epubmaker.shelf`)
    shelf_keep      which older issues of the series of these books stay on it
    copy_to         folder of a reader that gets a copy of each book, or "auto"; `epubmaker.delivery.device.device_for`
                    tells which `device` that is
    send_to, mail   addresses that each book is sent to, once, and by which server (see `epubmaker.delivery.mail`)
    send_again      even what was sent
    then            command that is run for each book that was written (see `epubmaker.delivery.commands`)
    fail_if_warnings, fail_if_empty
                    another exit status for a build with a warning, or with nothing to do
    """

    inputs: tuple[Path | str, ...]
    output: Path | None = None
    output_at: str = ""
    title: str | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    publisher: str | None = None
    description: str | None = None
    rights: str | None = None
    identifier: str | None = None
    device: Device = DEVICES["generic"]
    style: str = "news"
    css: tuple[Path, ...] = ()
    series: str | None = None
    series_index: float | None = None
    subjects: tuple[str, ...] = ()
    cover: Path | None = None
    draw_cover: bool = True
    group_by: str = "auto"
    split_by: str | None = None
    prune: bool = False
    sort_by: SortBy = "date"
    reverse: bool = False
    since: date | None = None
    until: date | None = None
    dated: DatedBy = "published"
    timezone: str | None = None
    sources: tuple[str, ...] = ()
    match: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int | None = None
    new: bool = False
    state: Path | None = None
    images: bool = True
    video_pictures: bool = False
    image_size: tuple[int, int] | None = None
    image_quality: int | None = None
    grayscale: bool = False
    max_size: int | None = None
    picture_list: bool = False
    kepub: bool = False
    drop_repeated: bool = False
    min_text: int = 0
    cache: Path | None = None
    network: Network = Network()
    jobs: int | None = None
    check: bool = False
    report: Path | None = None
    make_folder: bool = False
    force: bool = False
    keep_all: bool = False
    whole_page: bool = False
    full_text: bool = False
    max_missing: int = 50
    fail_if_warnings: bool = False
    fail_if_empty: bool = False
    form: str | None = None
    shelf: Path | None = None
    shelf_keep: Keep | None = None
    then: str | None = None
    copy_to: Path | None = None
    send_to: tuple[str, ...] = ()
    send_again: bool = False
    mail: MailServer = MailServer()

    @property
    def in_volumes(self) -> bool:
        """Whether there may be several books."""
        return self.split_by is not None or self.max_size is not None

    @property
    def pictures(self) -> PictureSettings:
        """The device's picture settings with the overrides applied."""
        width, height = self.image_size or (self.device.width, self.device.height)
        return PictureSettings(
            width=width,
            height=height,
            gray=self.grayscale or self.device.gray,
            quality=self.image_quality,
            max_bytes=self.device.max_bytes,
        )
