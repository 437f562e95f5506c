"""What becomes of a picture: fetch -> shrink."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from epubmaker.model.articles import Issue

__all__ = [
    "FetchFailed",
    "Fetched",
    "Picture",
    "PictureFile",
    "PictureRef",
    "PictureRequest",
    "PictureResult",
    "picture_name",
]


@dataclass(frozen=True, slots=True)
class PictureRef:
    """A picture as an article names it: its candidates in order of preference, as written, white space trimmed.

    The first is the one to embed; the others (a smaller `srcset` candidate, the `src` beside a lazy-loading attribute) are
    tried when it cannot be had. They may be relative, protocol-relative or `data:` addresses: the collector resolves them.
    """

    sources: tuple[str, ...]


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
    """A picture's own bytes, on disk. `url` is the address that the article asked for, for the report."""

    url: str
    path: Path
    size: int
    sha256: str
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A picture that cannot be had; travels like one that was.

    `url` is the address that the article asked for; where it is http(s) the placeholder links to it. `code` is an issue
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

_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}


def picture_name(sha256: str, media_type: Literal["image/jpeg", "image/png"]) -> str:
    """Return what a picture file is called inside the package folder: equal bytes have equal names."""
    return f"images/{sha256[:20]}{_SUFFIXES[media_type]}"
