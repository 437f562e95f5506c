"""Plain lists of addresses, and the shortcuts to one address that Windows and macOS keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from epubmaker.collector.formats.collection import Record, text_of
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.text.addresses import resolve

__all__ = ["in_lines", "in_shortcut", "is_list"]

_WEB = ("http://", "https://")
_IN_SHORTCUT = re.compile(r"^\s*URL\s*=\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)


def is_list(start: str, *, is_cut: bool) -> bool:
    """Tell whether all lines of a text are addresses or notes; `is_cut`: the last one may go on."""
    lines = start.removeprefix("\ufeff").splitlines()
    found = [line for line in lines[: len(lines) - is_cut] if not _is_note(line)]
    return bool(found) and all(map(_is_address, found))


def in_lines(item: Item) -> Iterator[Record]:
    """Yield the addresses in a list. Raises UnreadableError where a line is none."""
    for number, line in enumerate(text_of(item).removeprefix("\ufeff").splitlines(), start=1):
        if _is_note(line):
            continue
        if not _is_address(line):
            raise UnreadableError("article-unreadable", f"a list of addresses, but line {number} is none")
        yield Record("", line.strip(), origins=(("link", "line"),))


def in_shortcut(item: Item) -> Iterator[Record]:
    """Yield the web address in a shortcut, if it has one, under the name of the file. Raises UnreadableError."""
    link = _webloc(item.read()) if item.name.lower().endswith(".webloc") else _url(text_of(item))
    if link is not None and resolve(None, link) is not None:
        yield Record(PurePosixPath(item.name).stem, link, origins=(("title", "file name"), ("link", "URL")))


def _is_note(line: str) -> bool:
    return not line or line.isspace() or line.lstrip().startswith("#")


def _is_address(line: str) -> bool:
    line = line.strip()
    return line[:8].lower().startswith(_WEB) and len(line.split(None, 1)) == 1


def _url(text: str) -> str | None:
    found = _IN_SHORTCUT.search(text)
    return found[1].strip() if found else None


def _webloc(data: bytes) -> str | None:
    import plistlib  # noqa: PLC0415 - it brings an XML parser, and few inputs have such a file
    from xml.parsers.expat import ExpatError  # noqa: PLC0415

    try:
        found = plistlib.loads(data)
    except (
        ExpatError,
        plistlib.InvalidFileException,
        ValueError,
        OverflowError,
        RecursionError,
        LookupError,
        TypeError,
    ) as error:
        raise UnreadableError("article-unreadable", "not a property list") from error
    link = found.get("URL") if isinstance(found, dict) else None
    return link if isinstance(link, str) else None
