"""Fits one picture to the device: takes its fetched bytes, and makes one file, or several of a long strip."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from epubmaker.collector.pictures.outcomes import NOT_STORED
from epubmaker.errors import cause_of
from epubmaker.imaging.decode import Decoded, decode, is_flat, unchanged
from epubmaker.imaging.encode import Encoded, encode
from epubmaker.imaging.fit import cut_rows, piece_height
from epubmaker.imaging.memory import Reserve, within_reason
from epubmaker.imaging.sniff import Undecodable
from epubmaker.model.articles import Issue
from epubmaker.model.pictures import Fetched, FetchFailed, Picture, PictureFile, PictureResult, picture_name
from epubmaker.options import PictureSettings

__all__ = ["BROKEN", "DECORATION", "shrink"]

BROKEN = "picture-broken"
DECORATION = "picture-decoration"
_COPIES = 3  # of a file's bytes, while a JPEG loses its metadata


def shrink(
    fetched: Fetched, settings: PictureSettings, folder: Path, reserve: Reserve = within_reason
) -> PictureResult:
    """Decode a fetched picture, fit it to the device and write it into `folder`.

    `reserve` is called with the memory that the next step takes, in bytes.

    Does not raise. A picture that cannot be decoded is a FetchFailed with `picture-broken`; one that is too small to be
    seen, or wholly transparent, has `picture-decoration`; one that cannot be written has `picture-not-stored`.
    Reads `fetched.path` and writes files named by their own hash, nothing else; safe to run in several processes on one
    folder.
    """
    try:
        reserve(_COPIES * fetched.size)
        data = fetched.path.read_bytes()
        if (kept := _kept(data, settings)) is not None:
            return _picture(fetched, (kept[0],), folder, flat=kept[1])
        box = settings.width, settings.height
        decoded = decode(data, box, gray=settings.gray, planes=True, reserve=reserve)
        if _decorates(decoded):
            width, height = decoded.size
            return FetchFailed(
                fetched.url, DECORATION, f"too small or blank to be a picture: {width} x {height}", "skipped"
            )
        pieces = _pieces(decoded, settings)
    except Undecodable as error:
        return FetchFailed(fetched.url, BROKEN, str(error))
    except MemoryError:
        return FetchFailed(fetched.url, BROKEN, "needs more memory than allowed")
    except OSError as error:
        return FetchFailed(fetched.url, BROKEN, f"cannot be read: {cause_of(error)}")
    return _picture(
        fetched, pieces, folder, _issues(decoded, fetched.url), flat=is_flat(decoded.image), scale=decoded.scale
    )


def _picture(
    fetched: Fetched,
    pieces: Iterable[Encoded],
    folder: Path,
    issues: tuple[Issue, ...] = (),
    *,
    flat: bool,
    scale: float = 1.0,
) -> PictureResult:
    try:
        files = tuple(_stored(piece, folder) for piece in pieces)
    except OSError as error:
        return FetchFailed(fetched.url, NOT_STORED, f"cannot be stored: {cause_of(error)}")
    return Picture(fetched.url, files, fetched.size, fetched.from_cache, issues, flat, scale)


def _decorates(decoded: Decoded) -> bool:
    """Tell whether a picture shows nothing: a spacer, a tracking pixel, a rule."""
    width, height = decoded.size
    if decoded.blank or min(width, height) <= 2 or max(width, height) <= 8:
        return True
    return max(width, height) <= 64 and is_flat(decoded.image)


def _kept(data: bytes, settings: PictureSettings) -> tuple[Encoded, bool] | None:
    """Return a JPEG that needs no change but for its metadata and is not worth encoding again, else None.

    With it comes whether it has one color.
    """
    if settings.quality is not None:
        return None
    sound = unchanged(data, (settings.width, settings.height), gray=settings.gray)
    if sound is None:
        return None
    jpeg, size, flat = sound
    return (Encoded(jpeg.stripped, "image/jpeg", size), flat) if len(jpeg.stripped) <= settings.max_bytes else None


def _pieces(decoded: Decoded, settings: PictureSettings) -> tuple[Encoded, ...]:
    image = decoded.image
    rows = cut_rows(image, piece_height(image.size, (settings.width, settings.height)))
    pieces = (image,) if len(rows) == 1 else tuple(image.crop((0, top, image.width, bottom)) for top, bottom in rows)
    encoded = tuple(encode(piece, quality=settings.quality, max_bytes=settings.max_bytes) for piece in pieces)
    kept = _as_it_is(decoded, settings)
    return (
        (kept,) if kept is not None and len(encoded) == 1 and len(kept.data) < 1.2 * len(encoded[0].data) else encoded
    )


def _as_it_is(decoded: Decoded, settings: PictureSettings) -> Encoded | None:
    """Return a JPEG that needs no change but for its metadata, None where there is more to do."""
    jpeg = decoded.jpeg
    if decoded.changed or jpeg is None or not (jpeg.simple and jpeg.complete) or decoded.image.height > settings.height:
        return None
    if settings.gray and not jpeg.gray:
        return None
    return Encoded(jpeg.stripped, "image/jpeg", decoded.size) if len(jpeg.stripped) <= settings.max_bytes else None


def _stored(piece: Encoded, folder: Path) -> PictureFile:
    """Write the bytes under their hash; a reader never sees half a file."""
    sha256 = hashlib.sha256(piece.data).hexdigest()
    name = picture_name(sha256, piece.media_type)
    path = folder / PurePosixPath(name).name
    if not path.exists():
        temporary = folder / f".{os.getpid()}-{path.name}.part"
        try:
            temporary.write_bytes(piece.data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)  # an unfinished file takes room, too
    width, height = piece.size
    return PictureFile(path, name, piece.media_type, width, height, len(piece.data), sha256)


def _issues(decoded: Decoded, url: str) -> tuple[Issue, ...]:
    issues = []
    if decoded.kept < 1:
        message = f"the file ends early: the upper {decoded.kept:.0%} of the picture are in the book"
        issues.append(Issue("picture-truncated", "warning", url, message))
    if decoded.animated:
        issues.append(Issue("picture-animated", "warning", url, "of the animation, the first frame is in the book"))
    return tuple(issues)
