"""Pictures that an archive, or the file of an article, holds.

I/O: reads archives and articles' files.
"""

from __future__ import annotations

import time
from pathlib import Path

from epubmaker.collector.formats.format import UnreadableError
from epubmaker.collector.formats.table import format_named
from epubmaker.collector.locations.items import StoredItem, archive_at
from epubmaker.collector.pictures.bodies import too_large
from epubmaker.collector.pictures.candidates import HeldFile, HeldPart, LocalFile
from epubmaker.collector.pictures.outcomes import MISSING, Failure
from epubmaker.model.articles import FileState

__all__ = ["IS_HELD", "file_of", "mark_of", "read_held"]

IS_HELD = "holds pictures:"
"""How the marks of files that hold pictures begin."""


def read_held(candidate: HeldFile | HeldPart, limit: int) -> bytes | Failure:
    """Return the bytes of a picture, at most `limit`."""
    try:
        if isinstance(candidate, HeldFile):
            archive = archive_at(candidate.location)
            if archive.size(candidate.name) > limit:
                return too_large(limit)
            return archive.read(candidate.name)
        holder = candidate.holder
        found = format_named(holder.format)
        item = StoredItem(holder.location, holder.name, most=found.max_bytes)
        data = found.picture(item, holder.member, candidate.address)
    except UnreadableError as problem:
        return Failure(MISSING, problem.message)
    return Failure(MISSING, "no such picture in the article's file") if data is None else data


def file_of(candidate: HeldFile | HeldPart) -> LocalFile:
    """Return the file on disk that a picture is read from."""
    holder = candidate if isinstance(candidate, HeldFile) else candidate.holder
    root, archives = holder.location.root, holder.location.archives
    return LocalFile(Path(root, archives[0] if archives else holder.name), Path(root))


def mark_of(path: Path) -> str:
    """Return a mark of a file that holds pictures: another one when the file has changed, or has done so just now."""
    try:
        state = FileState.of(path.stat())
    except (OSError, ValueError):
        return f"{IS_HELD} no such file"
    now = time.time()
    return f"{IS_HELD} {state.signature(now) or now}"
