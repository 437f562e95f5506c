"""Pictures: as an article names them, as fetched, and as fitted to the device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from epubmaker.model.articles import Issue, Location

__all__ = [
    "FailureKind",
    "FetchFailed",
    "Fetched",
    "Holder",
    "Picture",
    "PictureFile",
    "PictureRef",
    "PictureRequest",
    "PictureResult",
    "Referrer",
    "picture_name",
]


Referrer: TypeAlias = Literal["", "no-referrer", "same-origin", "origin"]
"""What a request for a picture may tell of its page: "" the whole address, else as the policies of the W3C say."""

FailureKind: TypeAlias = Literal["network", "given-up", "offline", "deadline", "private"]
"""Why a picture could not be fetched, where that lies not in its own address: no answer came, or none that makes sense; its
host was given up; `Network` asks for nothing, or for nothing more; it lies in a private network."""


@dataclass(frozen=True, slots=True)
class PictureRef:
    """A picture as an article names it: its candidate addresses in order of preference, white space trimmed.

    The first is the one to embed; the others (a smaller `srcset` candidate, the `src` beside a lazy-loading attribute) are
    tried when it cannot be fetched. They may be relative or `data:` addresses, which the collector resolves. `referrer` is
    what its request may tell of the page.
    """

    sources: tuple[str, ...]
    referrer: Referrer = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """What may hold an article's pictures: the archive that its file lies in, or this file itself.

    `location`, `name` and `member` are those of the article's `Entry`. `format` is its format where files of that hold
    pictures, else "".
    """

    location: Location
    name: str
    member: str
    format: str


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """One picture to fetch for one article.

    `link` is the article's own address (base of relative ones, and the Referer); `folder` is the article's folder, and
    `root` the input folder, outside of which no local file is read; None: no local file is read at all. `holder` is what
    may hold the picture, None for a file of a folder in a format without pictures. `address` is that of `Location`.
    """

    ref: PictureRef
    link: str | None
    folder: Path
    root: Path | None
    holder: Holder | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A picture's original bytes, on disk. `url` is the address in the article, for the report."""

    url: str
    path: Path
    size: int
    sha256: str
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The result for a picture that cannot be fetched or decoded.

    `url` is the address in the article; where it is http(s) the placeholder links to it. `code` is an issue
    code ("picture-missing", "picture-broken", ...), `reason` one line for people ("HTTP 404", "not a picture: text/html").
    `kind` tells programs more, where the address itself is not to blame.
    `status` is "skipped" for a picture left out on purpose (a tracking pixel, `--no-images`), which leaves no placeholder.
    """

    url: str
    code: str
    reason: str
    status: Literal["missing", "skipped"] = "missing"
    kind: FailureKind | None = None


@dataclass(frozen=True, slots=True)
class PictureFile:
    """One picture file ready for the book, on disk: baseline JPEG or opaque 8-bit PNG.

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
    """A picture fitted to the device: one file, or several for a long strip cut into page-high pieces, top first.

    `issues` tell what of the picture was lost (a truncated file, the later frames of an animation). `flat`: all of it has
    one color. `scale` is the number of the file's pixels for each pixel of the picture's own size, which is more than 1 for
    a drawing.
    """

    url: str
    files: tuple[PictureFile, ...]
    bytes_in: int
    from_cache: bool = False
    issues: tuple[Issue, ...] = ()
    flat: bool = False
    scale: float = 1.0


PictureResult: TypeAlias = Picture | FetchFailed

_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png"}


def picture_name(sha256: str, media_type: Literal["image/jpeg", "image/png"]) -> str:
    """Return the name of a picture file inside the package folder: equal bytes have equal names."""
    return f"images/{sha256[:20]}{_SUFFIXES[media_type]}"
