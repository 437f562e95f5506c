"""Exports in CSV (RFC 4180): Pocket, Instapaper, Raindrop, Readwise Reader, Matter, Readeck, Omnivore.

They have addresses and no texts; Matter's names the files beside it that have them. Each is told by the names in its
first line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import NamedTuple

from epubmaker.collector.formats.collection import Record, text_of
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.collector.formats.jsonvalues import moment_of

__all__ = ["Table", "records", "table_of"]

_LONGEST = 1000  # characters of a field
_LONGEST_LINE = 2_000_000
_QUOTED = re.compile(r"""["']([^"']+)["']""")
_STATES = frozenset({"unread", "archive", "starred", "unsorted", "liked"})


class Table(NamedTuple):
    """The columns of a service's table, in small letters: those by which it is told, and those that are read."""

    service: str
    columns: frozenset[str]
    saved: str
    published: str = ""
    folder: str = ""
    tags: str = ""
    publisher: str = ""
    author: str = ""
    file: str = ""


_TABLES = (
    Table("Pocket", frozenset({"title", "url", "time_added", "tags", "status"}), "time_added", tags="tags"),
    Table(
        "Instapaper",
        frozenset({"url", "title", "selection", "folder", "timestamp"}),
        "timestamp",
        folder="folder",
        tags="tags",
    ),
    Table(
        "Raindrop",
        frozenset({"title", "note", "excerpt", "url", "folder", "tags", "created"}),
        "created",
        folder="folder",
        tags="tags",
    ),
    Table(
        "Readwise Reader",
        frozenset({"title", "url", "id", "document tags", "saved date"}),
        "saved date",
        tags="document tags",
    ),
    Table(
        "Matter",
        frozenset({"title", "author", "publisher", "url", "last interaction date"}),
        "last interaction date",
        tags="tags",
        publisher="publisher",
        author="author",
        file="file id",
    ),
    Table("Readeck", frozenset({"url", "title", "created", "labels", "is_archived"}), "created", tags="labels"),
    Table("Omnivore", frozenset({"url", "state", "labels", "saved_at"}), "saved_at", "published_at", tags="labels"),
)


def records(item: Item) -> Iterator[Record]:
    """Yield the rows of a table that have an address. Raises UnreadableError."""
    text = text_of(item).removeprefix("\ufeff")
    table = table_of(text[:_LONGEST])
    if table is None:
        return
    rows = csv.reader(StringIO(text, newline=""))
    csv.field_size_limit(_LONGEST_LINE)
    try:
        names = [name.strip().lower() for name in next(rows)]
        for values in rows:
            row = {name: value.strip()[:_LONGEST] for name, value in zip(names, values, strict=False)}
            if row.get("url", "").lower().startswith(("http://", "https://")):
                yield _record(row, table)
    except csv.Error as error:
        raise UnreadableError("article-unreadable", f"not valid CSV: line {rows.line_num}: {error}") from error


def table_of(start: str) -> Table | None:
    """Return the table whose columns the first line names."""
    line = start.lstrip().partition("\n")[0][:_LONGEST]
    names = {name.strip().strip('"').lower() for name in line.split(",")}
    return next((table for table in _TABLES if table.columns <= names), None)


def _record(row: Mapping[str, str], table: Table) -> Record:
    folder = row.get(table.folder, "")
    publisher = row.get(table.publisher, "")
    tags = _tags(row.get(table.tags, ""))
    title = row.get("title", "")
    return Record(
        "" if title == row["url"] else title,
        row["url"],
        published=moment_of(row, table.published),
        archived=moment_of(row, table.saved),
        source=publisher or (folder if folder.lower() not in _STATES else "") or ", ".join(tags),
        author=row.get(table.author, ""),
        tag=tags[0] if tags else "",
        text_file=row.get(table.file, ""),
        origins=(("title", "title"), ("archived", table.saved), ("text", f"{table.service}: none")),
    )


def _tags(text: str) -> Sequence[str]:
    """Return the tags in a field: "a|b", "a, b", or a list as Python and JSON write one."""
    if text.startswith("[") and text.endswith("]"):
        return _QUOTED.findall(text)
    return [tag.strip() for tag in text.replace("|", ",").split(",") if tag.strip()]
