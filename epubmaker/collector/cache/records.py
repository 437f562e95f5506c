"""Pictures made ready for a device, as JSON for the cache; the files' folders are left out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from pathlib import Path

from epubmaker.model.articles import Issue
from epubmaker.model.pictures import FetchFailed, Picture, PictureFile, PictureResult

__all__ = ["dump", "load", "moved"]

_FILE = tuple(field.name for field in fields(PictureFile) if field.name != "path")
_ISSUE = tuple(field.name for field in fields(Issue))


def dump(result: PictureResult) -> str:
    """Return a result as JSON."""
    if isinstance(result, FetchFailed):
        return json.dumps({"failed": asdict(result)})
    # Not `asdict`, which copies each value deeply: it took 0.2 ms for each picture, and all values are strings and numbers.
    files = [{name: getattr(file, name) for name in _FILE} for file in result.files]
    issues = [{name: getattr(issue, name) for name in _ISSUE} for issue in result.issues]
    return json.dumps({"url": result.url, "bytes_in": result.bytes_in, "files": files, "issues": issues})


def load(record: str, path: Callable[[str], Path]) -> PictureResult:
    """Return the result that `dump` wrote, marked as out of the cache; `path` says where the file of a hash lies."""
    values = json.loads(record)
    if "failed" in values:
        return FetchFailed(**values["failed"])
    files = tuple(PictureFile(path=path(file["sha256"]), **file) for file in values["files"])
    issues = tuple(Issue(**issue) for issue in values["issues"])
    return Picture(values["url"], files, values["bytes_in"], from_cache=True, issues=issues)


def moved(result: PictureResult, url: str) -> PictureResult:
    """Return a result for another address that gave the same bytes."""
    if isinstance(result, FetchFailed):
        return replace(result, url=url)
    issues = tuple(replace(issue, where=url if issue.where == result.url else issue.where) for issue in result.issues)
    return replace(result, url=url, issues=issues)
