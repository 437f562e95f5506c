"""Bookmarks in HTML: what browsers and services for reading later export.

All browsers, Raindrop and others write Netscape's form (https://learn.microsoft.com/previous-versions/aa753582), lists
within lists below headings:

    <!DOCTYPE NETSCAPE-Bookmark-file-1>
    <DT><H3>Folder</H3>
    <DL><p><DT><A HREF="https://…" ADD_DATE="1642027143" TAGS="sea,wind">Title</A></DL><p>

Pocket and Instapaper write headings with one list each: `<h1>Unread</h1><ul><li><a href time_added tags>Title</a>`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from epubmaker.collector.formats.archive import clean_title
from epubmaker.collector.formats.collection import Record, text_of
from epubmaker.collector.formats.format import Item
from epubmaker.collector.formats.jsonvalues import moment_of

__all__ = ["records"]

# The parts of such a file. A tag ends at its first ">": these programs escape them in values.
_TOKEN = re.compile(
    r"<(?:a\s(?P<attributes>[^<>]*)>(?P<text>[^<]*(?:<(?!/?a[\s>]|/?(?:dt|dl|li|h[1-6])\b)[^<]*)*)|h[1-6](?:\s[^<>]*)?>(?P<heading>[^<]*)|(?P<list>/?dl)\b)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?<![\w-])([\w-]{1,30}+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_DATES = ("time_added", "add_date", "last_modified")
_STATES = frozenset({"", "unread", "archive", "read archive", "bookmarks", "home", "unsorted", "starred", "favorites"})
_LONGEST_TITLE = 1000


def records(item: Item) -> Iterator[Record]:
    """Yield the bookmarks of pages. Raises UnreadableError."""
    folders: list[str] = []
    heading = ""
    for token in _TOKEN.finditer(text_of(item)):
        if token["heading"] is not None:
            heading = clean_title(token["heading"][:_LONGEST_TITLE])
        elif token["list"]:
            if token["list"][0] != "/":
                folders.append(heading)
            elif folders:
                folders.pop()
                heading = folders[-1] if folders else ""
        elif record := _record(token["attributes"], token["text"], folders[-1] if folders else heading):
            yield record


def _record(attributes: str, title: str, folder: str) -> Record | None:
    values = {
        name.lower(): html.unescape(double or single or bare)
        for name, double, single, bare in _ATTRIBUTE.findall(attributes)
    }
    link = values.get("href", "").strip()
    if not link.lower().startswith(("http://", "https://")):
        return None
    tags = [tag for each in re.split("[,|]", values.get("tags", "")[:_LONGEST_TITLE]) if (tag := each.strip())]
    return Record(
        "" if title.strip() == link else title[:_LONGEST_TITLE],
        link,
        archived=moment_of(values, *_DATES),
        source=", ".join(tags) if folder.lower() in _STATES else folder,
        tag=tags[0] if tags else "",
        origins=(("title", "the bookmark's"), ("archived", "ADD_DATE"), ("source", "the folder's name, else its tags")),
    )
