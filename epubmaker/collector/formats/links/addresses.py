"""Plain lists of addresses, and the shortcuts to one address that Windows and macOS keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from epubmaker.collector.formats.collection import Collection, Record, text_of
from epubmaker.collector.formats.format import HEAD_BYTES, Item, NoArticleError, UnreadableError
from epubmaker.text.addresses import resolve

__all__ = ["AddressList", "Shortcut"]

_WEB = ("http://", "https://")
_IN_SHORTCUT = re.compile(r"^\s*URL\s*=\s*(\S.*)$", re.IGNORECASE | re.MULTILINE)


class AddressList(Collection):
    """A text with an address in each line; empty lines and those that begin with "#" count for nothing."""

    name = "addresses"
    title = "a list of addresses"
    suffixes = frozenset({".txt"})
    no_records = "a list without addresses"

    def fits(self, name: str, start: bytes) -> bool:
        """By the first lines, all of which are addresses or notes."""
        first = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if first not in {b"h", b"H", b"#"} or not name.lower().endswith(".txt"):
            return False
        lines = start.decode("utf-8", "replace").removeprefix("\ufeff").splitlines()
        if len(start) >= HEAD_BYTES:
            lines.pop()  # it may be cut
        found = [line for line in lines if not _is_note(line)]
        return bool(found) and all(map(_is_address, found))

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the addresses. Raises UnreadableError where a later line is none."""
        for number, line in enumerate(text_of(item).removeprefix("\ufeff").splitlines(), start=1):
            if _is_note(line):
                continue
            if not _is_address(line):
                raise UnreadableError("article-unreadable", f"a list of addresses, but line {number} is none")
            yield Record("", line.strip(), origins=(("link", "line"),))


class Shortcut(Collection):
    """A file with one address: `.url` of Windows, `.webloc` of macOS."""

    name = "shortcut"
    title = "a shortcut to a page"
    suffixes = frozenset({".url", ".webloc"})
    no_records = "no web address"
    max_bytes = 1_000_000

    def fits(self, name: str, start: bytes) -> bool:
        """By the ending."""
        del start
        return name.lower().endswith((".url", ".webloc"))

    def records(self, item: Item) -> Iterator[Record]:
        """Yield the address, under the name of the file."""
        link = _webloc(item.read()) if item.name.lower().endswith(".webloc") else _url(text_of(item))
        if link is None or resolve(None, link) is None:
            raise NoArticleError(self.no_records)
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
