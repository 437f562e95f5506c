"""What mail and MHTML share: a message of many parts (RFC 5322, RFC 2045 to 2047, RFC 2392, RFC 2557).

Python's `email` reads the headers. The parts are found here, since its parser calls itself for each level, and looks at
each line once a level.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message as Headers
from email.parser import HeaderParser
from typing import NamedTuple
from urllib.parse import unquote, urljoin

from epubmaker.collector.formats.encoding import Decoded, decode, decode_as
from epubmaker.collector.formats.format import UnreadableError
from epubmaker.text.addresses import resolve

__all__ = ["Message", "Part", "parameter", "text_in"]

_LONGEST_HEADERS = 64_000  # bytes of the headers of one part
_LONGEST = 4000  # characters of one header
_LONGEST_TYPE = 1000
_MOST_LINES = 100_000  # that begin with a boundary
_MOST_LEVELS = 30
_MOST_PARTS = 10_000
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
# What `email` raises for headers that break rules.
_FALSE = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError)
_CID = re.compile(r"""(?<=[="'(\s])cid:([^\s"'<>)]{1,1000})""", re.IGNORECASE)
_PART = "part:"  # instead of "cid:", for parts that are there


class Part(NamedTuple):
    """A part without parts of its own: its headers, where its bytes are, and the types of what holds it, from outside."""

    headers: Headers
    begin: int
    end: int
    within: tuple[str, ...]

    @property
    def type(self) -> str:
        """Its media type, in lower case."""
        return _content_type(self.headers)

    @property
    def is_attached(self) -> bool:
        """Whether it is to be shown only on demand."""
        return text_in(self.headers, "Content-Disposition").lower().startswith("attachment")


class Message:
    """A message, and its parts that have none of their own. Raises UnreadableError."""

    def __init__(self, data: bytes) -> None:
        """Find the parts; no text is decoded yet."""
        self._data = data
        self.headers, _ = _headers(data, 0, len(data))
        self.parts = tuple(_parts(data))
        self.base = ""
        """The address that relative ones in it start from."""
        self._ids: dict[str, Part] = {}
        self._places: dict[str, Part] | None = None
        for part in self.parts:
            if name := text_in(part.headers, "Content-ID").strip("<> "):
                self._ids.setdefault(name, part)

    @staticmethod
    def headers_of(data: bytes) -> Headers:
        """Return the headers of a message without a look at its parts."""
        return _headers(data, 0, len(data))[0]

    def part_with_id(self, name: str) -> Part | None:
        """Return the part with a Content-ID; None without one."""
        return self._ids.get(name.strip("<> "))

    def bytes_of(self, part: Part) -> bytes:
        """Return what a part holds, without its transfer encoding."""
        data = self._data[part.begin : part.end]
        encoding = text_in(part.headers, "Content-Transfer-Encoding").lower()
        if encoding == "base64":
            return _base64(data)
        return binascii.a2b_qp(data) if encoding == "quoted-printable" else data

    def text_of(self, part: Part) -> Decoded:
        """Return what a part holds as text; addresses of pictures in the message are such as `picture` knows."""
        decoded = decode_as(self.bytes_of(part), parameter(part.headers, "charset"))
        text = decoded.text.replace("\0", "\ufffd") if "\0" in decoded.text else decoded.text
        return decoded._replace(text=_CID.sub(self._address, text) if "cid:" in text.lower() else text)

    def picture(self, address: str) -> bytes | None:
        """Return the picture that an address in the message's text means; None where it holds none."""
        if address.startswith(_PART):
            part = self._ids.get(unquote(address.removeprefix(_PART))) or self._ids.get(address.removeprefix(_PART))
        else:
            places = self._located()
            part = next((places[name] for name in self._names(address) if name in places), None)
        return self.bytes_of(part) if part is not None and part.type.startswith("image/") else None

    def _address(self, found: re.Match[str]) -> str:
        part = self._ids.get(unquote(found[1])) or self._ids.get(found[1])
        is_picture = part is not None and part.type.startswith("image/")
        return f"{_PART}{found[1]}" if is_picture else found[0]

    def _located(self) -> dict[str, Part]:
        """Return the parts by the addresses that they were got from (RFC 2557, section 5)."""
        if self._places is None:
            self._places = {}
            for part in self.parts:
                if place := text_in(part.headers, "Content-Location"):
                    for name in self._names(place):
                        self._places.setdefault(name, part)
        return self._places

    def _names(self, address: str) -> Iterator[str]:
        """Yield the spellings of an address in which a part may be known."""
        written = address.partition("#")[0]
        yield written
        if (absolute := resolve(self.base or None, written)) is not None:
            yield absolute
        try:
            yield urljoin(self.base, written)  # such as a name beside "file:///C:/page.htm"
        except ValueError:
            return


def text_in(headers: Headers, name: str) -> str:
    """Return the text of a header on one line, encoded words decoded; "" without it."""
    value = str(headers.get(name, ""))[:_LONGEST]
    if "=?" in value:
        try:
            chunks = decode_header(value)
        except _FALSE:
            chunks = []
        value = (
            "".join(
                chunk if isinstance(chunk, str) else decode_as(chunk, charset or "").text for chunk, charset in chunks
            )
            or value
        )
    return " ".join(value.split())


# --- parts -----------------------------------------------------------------------------------------------------------


def _parts(data: bytes) -> Iterator[Part]:
    """Yield the parts in order. Time grows with the length, times the levels, of which there is a bound."""
    waiting: list[tuple[int, int, tuple[str, ...]]] = [(0, len(data), ())]
    count = 0
    while waiting:
        begin, end, within = waiting.pop()
        count += 1
        if count > _MOST_PARTS or len(within) > _MOST_LEVELS:
            most = f"{_MOST_PARTS:,} parts" if count > _MOST_PARTS else f"{_MOST_LEVELS} parts within each other"
            raise UnreadableError("article-unreadable", f"a message of more than {most}")
        headers, start = _headers(data, begin, end)
        kind = _content_type(headers)
        boundary = parameter(headers, "boundary") if kind.startswith("multipart/") else ""
        if boundary:
            inner = [(first, last, (*within, kind)) for first, last in _between(data, start, end, boundary)]
            waiting += reversed(inner)
        elif kind == "message/rfc822":
            waiting.append((start, end, (*within, kind)))
        else:
            yield Part(headers, start, end, within)


def _headers(data: bytes, begin: int, end: int) -> tuple[Headers, int]:
    """Return the headers that begin at a place, and where what follows them begins."""
    if data.startswith((b"\n", b"\r\n"), begin):
        return Headers(), begin + 1 + (data[begin : begin + 1] == b"\r")
    found = _END_OF_HEADERS.search(data, begin, min(end, begin + _LONGEST_HEADERS))
    text = decode(data[begin : found.start() if found else min(end, begin + _LONGEST_HEADERS)]).text
    headers = HeaderParser().parsestr(text)
    kind = headers.get("Content-Type", "")
    if len(kind) > _LONGEST_TYPE:  # `email` takes quadratic time for its parameters
        headers.replace_header("Content-Type", kind[:_LONGEST_TYPE])
    return headers, found.end() if found else end


def _between(data: bytes, begin: int, end: int, boundary: str) -> list[tuple[int, int]]:
    """Return where the parts between the lines with a boundary are (RFC 2046, section 5.1.1)."""
    line = b"\n--" + boundary.encode("utf-8", "surrogatepass")
    found: list[tuple[int, int]] = []
    opened = -1
    at = data.find(line, max(0, begin - 1), end)
    for _ in range(_MOST_LINES):
        if at < 0:
            break
        after = data.find(b"\n", at + 1, end)
        after = end if after < 0 else after + 1
        rest = data[at + len(line) : after].strip()
        if rest in {b"", b"--"}:
            if opened >= 0:
                found.append((opened, max(opened, at - (data[at - 1 : at] == b"\r"))))
            opened = -1 if rest else after
            if rest or len(found) > _MOST_PARTS:
                break
        at = data.find(line, after - 1, end)
    if opened >= 0:  # the message ends early
        found.append((opened, end))
    return found


def _content_type(headers: Headers) -> str:
    try:
        return headers.get_content_type()
    except _FALSE:
        return "text/plain"


def parameter(headers: Headers, name: str) -> str:
    """Return a parameter of the Content-Type; "" without it."""
    try:
        value = headers.get_param(name, "")
        return (value[2] if isinstance(value, tuple) else str(value)).strip()[:200]
    except _FALSE:
        return ""


def _base64(data: bytes) -> bytes:
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:  # cut short, or more than letters
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        return binascii.a2b_base64(letters[: len(letters) // 4 * 4])
