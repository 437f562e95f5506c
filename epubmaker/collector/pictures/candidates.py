"""The places where a picture may be found, in order. Pure: nothing is opened or requested here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import unquote

from epubmaker.collector.locations.archivenames import name_inside
from epubmaker.collector.pictures import image_proxies
from epubmaker.model.articles import Location
from epubmaker.model.pictures import Holder, PictureRequest
from epubmaker.text.addresses import resolve
from epubmaker.text.notes import EMBEDDED

__all__ = [
    "Candidate",
    "DataAddress",
    "FileBelow",
    "HeldFile",
    "HeldPart",
    "LocalFile",
    "Unusable",
    "WebAddress",
    "candidates",
    "first_candidate",
    "key",
    "url_of",
]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")  # two letters at least: `C:` is a drive
_DRIVE = re.compile(r"[A-Za-z]:[/\\]")
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that may exist, and the folder that its real path must lie in to be read; `address` as in `Location`."""

    path: Path
    root: Path
    address: str = ""


@dataclass(frozen=True, slots=True)
class FileBelow:
    """A file of a name that may lie anywhere in a folder or an archive; the name may have the last folders above it.

    `address` is that of the folder, as in `Location`.
    """

    name: str
    root: Path | Location
    address: str = ""


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that an archive may hold."""

    location: Location
    name: str


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A picture that the article's own file may hold, by its address."""

    holder: Holder
    address: str


@dataclass(frozen=True, slots=True)
class DataAddress:
    """A whole `data:` address (RFC 2397)."""

    address: str


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An absolute http(s) URI without fragment."""

    address: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """An address of a kind that is never followed, such as `blob:`, or that is not valid; `scheme` without the colon."""

    scheme: str


Candidate: TypeAlias = LocalFile | FileBelow | HeldFile | HeldPart | DataAddress | WebAddress | Unusable


def candidates(request: PictureRequest) -> tuple[Candidate, ...]:
    """Return every place to look for a picture, best first, each once.

    A picture that a note embeds by its name is a file in the note's folder, else one of that name in the input folder or
    archive.
    For each other source in order: the part of the article's file that it may name; the file in the article's folder or
    archive; the `data:` address it is; the http(s) address it means, resolved against the article's link, and the origins
    of that where it is an image proxy's. Empty when no source means anything.
    """
    return tuple(dict.fromkeys(_all(request)))


def first_candidate(request: PictureRequest) -> Candidate | None:
    """Return the first of the candidates, if there is any."""
    return next(_all(request), None)


def _all(request: PictureRequest) -> Iterator[Candidate]:
    for source in map(str.strip, request.ref.sources):
        yield from (_embedded if source.startswith(EMBEDDED) else _of_source)(source, request)


def url_of(request: PictureRequest) -> str:
    """Return the address that the article asked for, as a report should name it (a `data:` address is shortened)."""
    source = next((item.strip() for item in request.ref.sources if item.strip()), "").removeprefix(EMBEDDED)
    absolute = resolve(request.link, source) if source and not source.startswith("#") else None
    if absolute is not None:
        return absolute.partition("#")[0]
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in source[:_SHOWN]
    )
    if len(source) <= _SHOWN:
        return shown
    # Files of one kind begin alike.
    return f"{shown}…{hashlib.sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def key(request: PictureRequest) -> str:
    """Return one string for all requests that look in the same places in the same order, and tell as little there.

    Requests with equal keys may share one result.
    """
    places = "\n".join((*map(repr, candidates(request)), request.ref.referrer))
    return hashlib.sha256(places.encode("utf-8", "surrogatepass")).hexdigest()


def _of_source(source: str, request: PictureRequest) -> Iterator[Candidate]:
    scheme = _SCHEME.match(source)
    if not source or source.startswith("#"):
        return
    holder = request.holder
    if holder and holder.format and not (scheme and scheme[1].lower() == "data"):
        yield HeldPart(holder, source)
    if scheme is None:
        if holder and holder.location.archives:
            yield from _held(source, holder)
        elif request.root is not None:
            yield from _local(source, request, request.root)
    elif scheme[1].lower() == "data":
        yield DataAddress(source)
        return
    elif scheme[1].lower() == "file" and not holder and request.root is not None:
        yield from (LocalFile(Path(name), request.root, request.address) for name in _file_names(_file_path(source)))
        return
    absolute = resolve(request.link, source)
    if absolute is not None:
        address = absolute.partition("#")[0]
        yield WebAddress(address)
        yield from map(WebAddress, image_proxies.origins(address))
    elif scheme is not None:
        yield Unusable(scheme[1].lower())


def _embedded(source: str, request: PictureRequest) -> Iterator[Candidate]:
    name, holder = source.removeprefix(EMBEDDED), request.holder
    if holder and holder.location.archives:
        yield from _held(name, holder)
        yield FileBelow(unquote(name), holder.location)
    elif request.root is not None:
        yield from _local(name, request, request.root)
        yield FileBelow(unquote(name), request.root, request.address)


def _held(source: str, holder: Holder) -> Iterator[HeldFile]:
    """Yield the files of an archive that a source without scheme may name."""
    for written in _file_names(source.replace("\\", "/")):
        name = name_inside(holder.name, written)
        if name is not None:
            yield HeldFile(holder.location, name)


def _local(source: str, request: PictureRequest, root: Path) -> Iterator[LocalFile]:
    """Yield the files that a source without scheme may name; an absolute path belongs to the web where there is a link."""
    slashed, address = source.replace("\\", "/"), request.address
    if slashed.startswith("//"):
        return
    if _DRIVE.match(source):
        yield LocalFile(Path(source), root, address)
    elif not slashed.startswith("/"):
        yield from (LocalFile(request.folder / name, root, address) for name in _file_names(slashed))
    elif request.link is None:
        yield from (LocalFile(root / name.lstrip("/"), root, address) for name in _file_names(slashed))
        yield LocalFile(Path(slashed), root, address)


def _file_path(address: str) -> str:
    """Return the path of a `file:` address (RFC 8089); a host other than this one leaves a path that does not exist."""
    path = address[len("file:") :].replace("\\", "/")
    path = path.removeprefix("//localhost") if path.startswith("//localhost/") else re.sub(r"^//(?=/)", "", path)
    return path[1:] if re.match(r"/[A-Za-z]:/", path) else path


def _file_names(path: str) -> tuple[str, ...]:
    """Return the names a path may stand for on disk: decoded without query and fragment, then exactly as written."""
    decoded = unquote(re.split(r"[?#]", path, maxsplit=1)[0])
    return tuple(dict.fromkeys(name for name in (decoded, path) if name))
