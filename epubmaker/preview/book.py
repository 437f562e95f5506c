"""A finished book that is open, whoever made it: its files, its reading order, its contents."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple

from epubmaker.errors import InputError
from epubmaker.packager.styles.sheets import BookSheet, recognized
from epubmaker.storage.epubfile import MOST_XML, Heading, Item, opened, read_contents, read_package

__all__ = ["Member", "ShownBook"]

_MOST_MEMBER = 200_000_000  # bytes of one file, unpacked
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,80}", re.ASCII)
_STYLESHEET = "text/css"


class Member(NamedTuple):
    """A file of a book, open to be read and then closed; `size` is in bytes."""

    media_type: str
    size: int
    file: IO[bytes]


class ShownBook:
    """A book that is open until it is closed. Its files may be read by several threads.

    `sheet` is its stylesheet where that is one of ours, else None; `style` is the style's name then, else "". Raises
    InputError where the file is no book, or cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with ExitStack() as undo:
            self._zip = undo.enter_context(opened(path))
            package = read_package(self._zip)
            names = set(self._zip.namelist())
            self._items = {item.path: item for item in package.items.values() if item.path in names}
            order = [package.items[each].path for each in package.spine if each in package.items]
            spine = [place for place in dict.fromkeys(order) if place in self._items]
            if not spine:
                raise InputError(path, "the book has no text", "run `epubmaker check` on it for details")
            contents = read_contents(self._zip, package) or [Heading(1, place, place) for place in spine]
            self._sheet_path, self.sheet = self._own_sheet(self._items)
            self.style = self.sheet.style if self.sheet else ""
            self._css: bytes | None = None
            self.title = next(iter(package.values("title")), "") or path.stem
            about = {"title": self.title, "rtl": package.is_rtl, "spine": spine, "contents": contents}
            self.about = json.dumps(about).encode()
            """What the page is told: title, direction, reading order and contents, as JSON."""
            self._undo = undo.pop_all()

    def close(self) -> None:
        """Close the book's file."""
        self._undo.close()

    def restyle(self, style: str) -> None:
        """Show the book in another style, if its stylesheet is one of ours. Raises UsageError for a style that is none."""
        if self.sheet:
            self._css, self.style = self.sheet.in_style(style).encode(), style

    def member(self, path: str) -> Member | None:
        """Return a file by its path in the container; None where the manifest has none, or it is too large.

        Raises one of `DAMAGES` where it cannot be read.
        """
        item = self._items.get(path)
        if item is None:
            return None
        if self._css is not None and path == self._sheet_path:
            return Member(_STYLESHEET, len(self._css), BytesIO(self._css))
        entry = self._zip.getinfo(path)
        if entry.file_size > _MOST_MEMBER:
            return None
        media_type = item.media_type if _MEDIA_TYPE.fullmatch(item.media_type) else "application/octet-stream"
        return Member(media_type, entry.file_size, self._zip.open(entry))

    def _own_sheet(self, items: Mapping[str, Item]) -> tuple[str, BookSheet | None]:
        """Return the path of the book's one stylesheet, and what it is of ours."""
        sheets = [item.path for item in items.values() if item.media_type == _STYLESHEET]
        if len(sheets) != 1:
            return "", None
        entry = self._zip.getinfo(sheets[0])
        css = self._zip.read(entry).decode("utf-8", "replace") if entry.file_size <= MOST_XML else ""
        return sheets[0], recognized(css)
