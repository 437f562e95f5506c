"""Reads the pages of web archives, with warcio. Imported for the first of them.

Where each page and picture begins is kept, and not what it holds: a file of gigabytes takes some megabytes of memory.
"""

from __future__ import annotations

import hashlib
import re
import weakref
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import brotli
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import DecompressingBufferedReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParserException

from epubmaker.collector.formats.encoding import Decoded, decode_as
from epubmaker.collector.formats.format import Body, Head, Item, NoArticleError, UnreadableError
from epubmaker.collector.formats.kept import Kept
from epubmaker.collector.formats.waczpages import listed_pages
from epubmaker.collector.formats.webpage import PAGE_TYPES, body_of_page, head_of_page
from epubmaker.text.addresses import resolve
from epubmaker.text.moments import parse_date

__all__ = ["body", "heads", "picture"]

_MOST_RECORDS = 500_000
_MOST_PAGE = 16_000_000  # bytes of a page or a picture, unpacked
_MOST_PICTURE = 64_000_000
_MOST_HEADERS = 1_000_000  # bytes of one record
_LONGEST_LINE = 65_536
_ENOUGH = 500  # characters of a page's paragraphs: what has fewer is a frame, an advertisement, an error
_PARAGRAPH = 40  # characters of one of them
_DAMAGES = (
    ArchiveLoadFailed,
    StatusAndHeadersParserException,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    zlib.error,
)
_MOST_MOVES = 10
_CHUNK = re.compile(rb"\s{0,4}([0-9A-Fa-f]{1,8})[^\r\n]{0,200}\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{2,40})", re.IGNORECASE)
_SILENT = re.compile(r"<(script|style|noscript|svg|select|nav|footer|form)\b", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:article|blockquote|br|dd|div|h[1-6]|li|main|p|pre|section|td|tr)\b[^<>]{0,3000}>", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]{0,3000}>")


class _Page(NamedTuple):
    """A page: its address, where its record begins, and its date."""

    address: str
    offset: int
    date: str


class _Web:
    """A web archive that is open: where its pages and pictures are."""

    def __init__(self, file: BinaryIO, see: Callable[[_Page, Any], None] | None = None) -> None:
        """Look at all records; `see` is called for each page, with its record."""
        self._file = file
        weakref.finalize(self, file.close)
        self.pages: dict[str, _Page] = {}
        self.pictures: dict[str, int] = {}
        self.problem = ""
        self.moved: dict[str, str] = {}  # the addresses that pages were sent from, by those that led there
        self._aliases: dict[str, str] = {}
        count, stream = 0, None
        try:
            records = _Records(file)
            for record in records:
                count += 1
                if count > _MOST_RECORDS:
                    self.problem = f"only the first {_MOST_RECORDS:,} records are read: split the file"
                    break
                page = self._note(record, records.offset)
                if page is not None and see is not None:
                    see(page, record)
                stream = record.raw_stream
            if stream is not None and stream.limit > 0:
                raise EOFError  # the last record is shorter than it says
        except _DAMAGES as error:
            if not count:
                raise UnreadableError("article-unreadable", f"not a whole web archive: {error}"[:200]) from error
            self.problem = "the file is damaged or ends early: the pages after that are missing"
        for name, first in self._aliases.items():
            if first in self.pictures:
                self.pictures.setdefault(name, self.pictures[first])

    def _note(self, record: Any, offset: int) -> _Page | None:
        """Keep where a record begins; return the page that it holds, if it holds one."""
        address = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")[:4000]
        if record.rec_type == "revisit":
            first = record.rec_headers.get_header("WARC-Refers-To-Target-URI")
            self._aliases[_name(address)] = _name(str(first or ""))
            return None
        kind = _kind(record)
        if not kind and (target := _target(record, address)):
            self.moved[_name(address)] = _name(target)
        if kind.startswith("image/"):
            self.pictures[_name(address)] = offset
        if kind not in PAGE_TYPES or not resolve(None, address):
            return None
        date = str(record.rec_headers.get_header("WARC-Date") or "")[:40]
        self.pages[address] = _Page(address, offset, date)
        return self.pages[address]

    def read(self, offset: int, most: int) -> tuple[Any, bytes]:
        """Return a record, and what was sent in it."""
        try:
            self._file.seek(offset)
            record = next(iter(_Records(self._file)))
            return record, _payload(record, most)
        except (*_DAMAGES, StopIteration) as error:
            raise UnreadableError("article-unreadable", f"not a whole web archive: {error}"[:200]) from error


class _Reader(DecompressingBufferedReader):  # type: ignore[misc]
    """Reads a file line by line, within bounds, and raises where warcio would write to standard error."""

    left = _MOST_HEADERS

    def readline(self, length: int | None = None) -> bytes:
        line: bytes = super().readline(min(length or _LONGEST_LINE, _LONGEST_LINE))
        self.left -= len(line)
        if self.left < 0:
            raise ArchiveLoadFailed("long headers")  # noqa: TRY003 - warcio has no other
        return line

    def _decompress(self, data: bytes) -> bytes:
        return self.decompressor.decompress(data) if self.decompressor and data else data


class _Records(ArchiveIterator):  # type: ignore[misc]
    """The records of a file."""

    INC_RECORD = ""  # a message that would go to standard error

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        is_packed = file.read(2) == b"\x1f\x8b"
        file.seek(self.offset)
        self.reader = _Reader(file, decomp_type="gzip" if is_packed else None)

    def _next_record(self, next_line: bytes | None) -> Any:
        self.reader.left = _MOST_HEADERS
        return super()._next_record(next_line)


_WEBS: Kept[_Web] = Kept(2)


def heads(item: Item) -> Iterator[Head]:
    """Yield the heads of the pages with a text, of several copies of one the last.

    In a WACZ these are the pages that its list names, whatever their length; where it names none in this file, there as
    elsewhere those with enough text. Raises UnreadableError, and NoArticleError where the others of a WACZ have the pages.
    """
    found: dict[str, Head] = {}
    listed = {_name(address): page for address, page in listed_pages(item).items()}

    def see(page: _Page, record: Any) -> None:
        data = _payload(record, _MOST_PAGE)
        decoded = _decoded(record, data)
        entry = listed.get(_name(page.address))
        if not _has_text(decoded.text, _PARAGRAPH if entry else _ENOUGH):
            found.pop(page.address, None)
            return
        head = head_of_page(decoded.text, data, page.address, entry.title if entry and entry.title else page.address)
        archived = parse_date(page.date)
        origins = (*head.origins, *([("archived", "WARC-Date")] if archived else ()))
        if entry and entry.archived:
            archived = entry.archived
        sha256 = _digest(page, data)
        found[page.address] = head._replace(
            archived=archived, member=page.address, sha256=sha256, size=len(data), origins=origins
        )

    with item.open() as file:
        web = _Web(file, see)
    pages = {*listed, *_targets(listed, web.moved)}
    found = {address: head for address, head in found.items() if _name(address) in pages} or found
    if not found:
        why = web.problem or "no page with a text in it"
        if listed and not web.problem:
            raise NoArticleError(why)
        raise UnreadableError("article-unreadable", why)
    last = next(reversed(found))
    for address, head in found.items():
        cut = (("article-cut-file", web.problem),) if web.problem and address == last else ()
        yield head._replace(problems=(*head.problems, *cut))


def _targets(names: Iterable[str], moved: Mapping[str, str]) -> Iterator[str]:
    """Yield the names of addresses that others lead to."""
    for name in names:
        for _ in range(_MOST_MOVES):
            if name not in moved:
                break
            name = moved[name]  # noqa: PLW2901 - a walk from address to address
            yield name


def body(item: Item, member: str) -> Body:
    """Return the text of a page. Raises UnreadableError."""
    web = _web(item)
    page = web.pages.get(member)
    if page is None:
        raise UnreadableError("article-unreadable", "the file has changed: the page is no longer in it")
    with _WEBS.lock:
        record, data = web.read(page.offset, _MOST_PAGE)
    text = body_of_page(_decoded(record, data), page.address, whole_page=item.whole_page)
    return text._replace(sha256=_digest(page, data))


def picture(item: Item, member: str, address: str) -> bytes | None:
    """Return a picture of a page. Raises UnreadableError."""
    absolute = resolve(member, address)
    web = _web(item)
    offset = web.pictures.get(_name(absolute)) if absolute else None
    if offset is None:
        return None
    with _WEBS.lock:
        return web.read(offset, _MOST_PICTURE)[1]


def _web(item: Item) -> _Web:
    return _WEBS.get(item.key, lambda: _Web(item.open()))


def _kind(record: Any) -> str:
    """Return the media type of what was sent with status 200, "" for anything else."""
    if record.rec_type == "response" and record.http_headers is not None:
        if record.http_headers.get_statuscode() != "200":
            return ""
    elif record.rec_type != "resource":
        return ""
    return _type(record).partition(";")[0].strip().lower()


def _target(record: Any, address: str) -> str | None:
    """Return the address that an answer with a status of 3xx leads to."""
    if record.rec_type != "response" or record.http_headers is None:
        return None
    target = record.http_headers.get_header("Location") if record.http_headers.get_statuscode()[:1] == "3" else None
    return resolve(address, str(target)[:4000]) if target else None


def _type(record: Any) -> str:
    headers = record.http_headers if record.rec_type == "response" else record.rec_headers
    return str(headers.get_header("Content-Type") or "")


def _payload(record: Any, most: int) -> bytes:
    """Return what was sent, unpacked; nothing where it is more than `most` bytes."""
    data: bytes = record.raw_stream.read(most + 1)
    if record.http_headers is None or len(data) > most:
        return data if len(data) <= most else b""
    if str(record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked":
        data = _joined(data)
    encodings = str(record.http_headers.get_header("Content-Encoding") or "").lower().split(",")
    for encoding in map(str.strip, reversed(encodings)):
        data = _unpacked(data, encoding, most)
    return data


def _joined(data: bytes) -> bytes:
    """Return a body without the sizes of its chunks (RFC 9112, section 7.1); as it is where it has none."""
    parts: list[bytes] = []
    at = 0
    while (found := _CHUNK.match(data, at)) and (size := int(found[1], 16)):
        parts.append(data[found.end() : found.end() + size])
        at = found.end() + size + 2
    return b"".join(parts) if parts else data


def _unpacked(data: bytes, encoding: str, most: int) -> bytes:
    """Return a body without its encoding (RFC 9110, section 8.4.1); as it is where it has none, though it says so."""
    try:
        if encoding in {"gzip", "x-gzip", "deflate"}:
            is_raw = encoding == "deflate" and data[:1] != b"\x78"
            unpacked = zlib.decompressobj(wbits=-15 if is_raw else 47).decompress(data, most + 1)
        elif encoding == "br":
            unpacked = _unbrotlied(data, most + 1)
        else:
            return data
    except zlib.error:
        return data
    return unpacked if len(unpacked) <= most else b""


def _unbrotlied(data: bytes, most: int) -> bytes:
    try:
        return bytes(brotli.Decompressor().process(data, output_buffer_limit=most))
    except brotli.error:
        return data


def _decoded(record: Any, data: bytes) -> Decoded:
    charset = _CHARSET.search(_type(record))
    return decode_as(data, charset[1] if charset else "")


def _digest(page: _Page, data: bytes) -> str:
    return hashlib.sha256(f"{page.address}\n{page.date}\n".encode("utf-8", "surrogatepass") + data).hexdigest()


def _name(address: str) -> str:
    """Return one name for an address with and without encryption, whatever its fragment."""
    absolute = resolve(None, address) or address
    return absolute.partition("#")[0].partition("://")[2]


def _has_text(text: str, enough: int) -> bool:
    """Tell whether a page has `enough` characters of paragraphs; a look at its main text would take fifty times as long."""
    size = 0
    for block in _BLOCK.split(_without_silent(text)):
        length = len(" ".join(_TAG.sub("", block).split()))
        size += length if length >= _PARAGRAPH else 0
        if size >= enough:
            return True
    return False


def _without_silent(text: str) -> str:
    """Return a page without what is no text, or seldom any."""
    parts: list[str] = []
    at = 0
    folded = text.lower()
    while found := _SILENT.search(text, at):
        parts.append(text[at : found.start()])
        at = folded.find(f"</{found[1].lower()}", found.end())
        if at < 0:
            return "".join(parts)
    return "".join([*parts, text[at:]])
