"""What the cache's rows hold, as JSON: downloaded pictures, failures, and pictures fitted to a device.

Rows name files by their hash alone; their path, and their name in a book, follow from that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from epubmaker.collector.pictures.outcomes import Failure
from epubmaker.model.articles import Issue, Severity
from epubmaker.model.pictures import FailureKind, FetchFailed, Picture, PictureFile, PictureResult, picture_name
from epubmaker.storage.validation import InvalidValueError, amount, hexadecimal, items, maybe_text, moment, one_of, text

__all__ = [
    "Known",
    "Ready",
    "dump_failure",
    "dump_known",
    "dump_ready",
    "load_failure",
    "load_known",
    "load_ready",
    "moved",
]

_CODE = re.compile(r"(?:picture|host)-[a-z-]+")
_HEADER = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # RFC 9110, section 5.5
_MOST_PIXELS = 1 << 20  # of a side


@dataclass(frozen=True, slots=True)
class Known:
    """A downloaded picture: its hash and size, its validators, when it came and until when it is fresh."""

    sha256: str
    size: int
    etag: str | None
    modified: str | None
    variant: str | None
    stored: float
    fresh_until: float


def dump_known(known: Known) -> bytes:
    """Return what `load_known` reads."""
    return _json([known.sha256, known.size, known.etag, known.modified, known.variant, known.stored, known.fresh_until])


def load_known(record: bytes) -> Known:
    """Return what was dumped; raises ValueError."""
    sha256, size, etag, modified, variant, stored, fresh_until = items(json.loads(record), 7)
    return Known(
        hexadecimal(sha256),
        amount(size),
        _header(etag),
        _header(modified),
        maybe_text(variant),
        moment(stored),
        moment(fresh_until),
    )


def dump_failure(failure: Failure, now: float) -> bytes:
    """Return what `load_failure` reads."""
    return _json([failure.code, failure.reason, now, failure.until, failure.kind])


def load_failure(record: bytes) -> tuple[Failure, float]:
    """Return a failure, and when it was stored; raises ValueError."""
    code, reason, stored, until, *rest = items(json.loads(record))
    [kind] = rest or [None]  # older rows have none
    known = one_of(kind, (None, *get_args(FailureKind)))
    return Failure(_code(code), text(reason), until=moment(until), kind=known), moment(stored)


@dataclass(frozen=True, slots=True)
class Ready:
    """A picture fitted to a device, or the failure, and the CRC-32 of each of its files, by hash."""

    result: PictureResult
    checksums: Mapping[str, int]

    @property
    def files(self) -> dict[str, PictureFile]:
        """Its files by their hashes."""
        return {file.sha256: file for file in self.result.files} if isinstance(self.result, Picture) else {}


def dump_ready(ready: Ready) -> bytes:
    """Return what `load_ready` reads."""
    result = ready.result
    if isinstance(result, FetchFailed):
        return _json([result.url, result.code, result.reason, result.status])
    files = [
        [file.media_type, file.width, file.height, file.size, file.sha256, ready.checksums[file.sha256]]
        for file in result.files
    ]
    issues = [[issue.code, issue.severity, issue.where, issue.message] for issue in result.issues]
    return _json([result.url, result.bytes_in, files, issues, [result.flat, result.scale]])


def load_ready(record: bytes, path: Callable[[str], Path]) -> Ready:
    """Return a picture, marked as from the cache; `path` says where the file of a hash lies. Raises ValueError."""
    values = items(json.loads(record))
    if len(values) == 4:
        url, code, reason, status = values
        return Ready(FetchFailed(text(url), _code(code), text(reason), one_of(status, ("missing", "skipped"))), {})
    url, taken, files, issues, (flat, scale) = items(values, 5)
    if not files:
        raise InvalidValueError(values)
    picture = Picture(
        text(url),
        tuple([_file(items(file, 6), path) for file in items(files)]),
        amount(taken),
        from_cache=True,
        issues=tuple([_issue(items(issue, 4)) for issue in items(issues)]),
        flat=one_of(flat, (False, True)),
        scale=moment(scale),
    )
    return Ready(picture, {sha256: amount(crc) for *_, sha256, crc in files})


def moved(result: PictureResult, url: str) -> PictureResult:
    """Return a result for another address that gave the same bytes."""
    if isinstance(result, FetchFailed):
        return replace(result, url=url)
    issues = tuple(issue._replace(where=url if issue.where == result.url else issue.where) for issue in result.issues)
    return replace(result, url=url, issues=issues)


def _file(values: list[Any], path: Callable[[str], Path]) -> PictureFile:
    media_type: Literal["image/jpeg", "image/png"] = one_of(values[0], ("image/jpeg", "image/png"))
    width, height = (amount(value, _MOST_PIXELS) for value in values[1:3])
    sha256 = hexadecimal(values[4])
    name = picture_name(sha256, media_type)
    return PictureFile(path(sha256), name, media_type, width, height, amount(values[3]), sha256)


def _issue(values: list[Any]) -> Issue:
    code, found, where, message = values
    severity: Severity = one_of(found, ("warning", "error"))
    return Issue(_code(code), severity, text(where), text(message))


def _code(value: object) -> str:
    if _CODE.fullmatch(text(value)):
        return text(value)
    raise InvalidValueError(value)


def _header(value: object) -> str | None:
    if value is None or _HEADER.fullmatch(text(value)):
        return maybe_text(value)
    raise InvalidValueError(value)


def _json(values: list[Any]) -> bytes:
    return json.dumps(values).encode()
