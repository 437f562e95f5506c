"""Serves a shelf over HTTP to the home network: GET and HEAD of its own files, and nothing else (RFC 9110).

There is no encryption: beyond the home network, a web server with TLS belongs in front.
"""

from __future__ import annotations

import hmac
import io
import os
import re
import sys
from base64 import b64decode
from collections.abc import Callable
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from math import ceil
from pathlib import Path
from threading import Lock
from time import monotonic
from urllib.parse import unquote

from epubmaker.runtime.webserver import Handler, Server, pieces
from epubmaker.shelf.catalog import CATALOG, COVERS, ROOT
from epubmaker.storage.files import open_regular
from epubmaker.text.naming import is_safe_on_windows

__all__ = ["ShelfServer"]

_TYPES = {
    ".epub": "application/epub+zip",
    ".xml": "application/atom+xml;profile=opds-catalog;charset=utf-8",
    ".json": "application/opds+json",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
}
_OWN: dict[tuple[str, ...], set[str]] = {  # the endings of our files, by their folders
    (): {".epub"},
    (CATALOG,): {".xml", ".json", ".html"},
    tuple(COVERS.split("/")): {".jpg"},
}
_ROOTS = {f"{ROOT}.xml", f"{ROOT}.json", "index.html"}
_UNAUTHORIZED = HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="shelf", charset="UTF-8"'}
_FREE_FAILURES = 10  # wrong logins in a row without a wait: a reading program repeats an old password some times
_LONGEST_WAIT = 30.0  # seconds
_MOST_ADDRESSES = 1_000
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


class ShelfServer(Server):
    """A server that listens; `serve_forever` answers. Raises OSError where it cannot listen at an address and port.

    `login` is "user:password", None where anybody may read. `timeout` is how many seconds a client has for a request, and
    for each piece of an answer. `log` is called with a line for each answer, by the threads of the connections.
    Passwords cannot be tried fast: who was wrong several times has to wait, longer each time.
    """

    def __init__(
        self,
        folder: Path,
        address: tuple[str, int],
        *,
        login: str | None = None,
        timeout: float = 30.0,
        log: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = Path(os.path.realpath(folder))
        self.login = sha256(login.encode()).digest() if login is not None else None
        self.failures = _Failures()
        super().__init__(address, _Handler, patience=timeout, log=log, any_host=login is not None)


class _Failures:
    """The wrong logins of each address: how many in a row, and when it may try again. Threads may share it."""

    def __init__(self) -> None:
        self._by_address: dict[str, tuple[int, float]] = {}
        self._lock = Lock()

    def wait(self, address: str) -> int:
        """Return how many seconds an address has to wait until it may try a login."""
        with self._lock:
            _, until = self._by_address.get(address, (0, 0.0))
        return max(0, ceil(until - monotonic()))

    def note(self, address: str, *, is_right: bool) -> None:
        """Note what came of a login."""
        with self._lock:
            number = 1 + self._by_address.pop(address, (0, 0.0))[0]
            if is_right:
                return
            wait = min(2.0 ** (number - _FREE_FAILURES), _LONGEST_WAIT) if number >= _FREE_FAILURES else 0.0
            self._by_address[address] = number, monotonic() + wait
            if len(self._by_address) > _MOST_ADDRESSES:
                del self._by_address[next(iter(self._by_address))]  # whose last one was the longest ago


class _Handler(Handler):
    """Answers the requests of one connection."""

    server: ShelfServer

    def answer(self) -> None:
        if refusal := self._refusal():
            self.send(*refusal)
            return
        path = self._path()
        try:
            file = open_regular(path) if path else None
        except (OSError, ValueError):
            file = None
        if path is None or file is None:
            self.send(HTTPStatus.NOT_FOUND)
            return
        with file:
            self._send_file(file, _TYPES[path.suffix.lower()])

    def _refusal(self) -> tuple[HTTPStatus, dict[str, str]] | None:
        """Return the status and headers for a client that may not read; None for one that may."""
        if self.server.login is None:
            return None
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        if not scheme:  # how many programs begin
            return _UNAUTHORIZED
        address = self.client_address[0]
        if wait := self.server.failures.wait(address):
            return HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": str(wait)}
        try:
            login = b64decode(given.strip(), validate=True) if scheme.lower() == "basic" else b""
        except ValueError:
            login = b""
        is_right = hmac.compare_digest(sha256(login).digest(), self.server.login)
        self.server.failures.note(address, is_right=is_right)
        return None if is_right else _UNAUTHORIZED

    def _path(self) -> Path | None:
        """Return the file that is asked for, where that may be served: one of the shelf's own, and nothing hidden."""
        try:
            names = unquote(self.path.partition("?")[0], errors="strict").split("/")
        except UnicodeError:
            return None
        if names == ["", ""]:
            names = ["", "index.html"]
        if names[0] or not _is_open(names[-1]):
            return None
        path = self.server.folder.joinpath(*names[1:])
        folder = tuple(names[1:-1])
        is_ours = path.suffix.lower() in _OWN.get(folder, ()) or (not folder and path.name in _ROOTS)
        return path if is_ours and Path(os.path.realpath(path)).is_relative_to(self.server.folder) else None

    # --- answers -----------------------------------------------------------------------------------------------------

    def _send_file(self, file: io.FileIO, media_type: str) -> None:
        status = os.fstat(file.fileno())
        size, moment = status.st_size, int(status.st_mtime)
        tag = f'"{status.st_mtime_ns:x}-{size:x}"'
        headers = {
            "ETag": tag,
            "Last-Modified": formatdate(moment, usegmt=True),
            "Cache-Control": "no-cache",  # asked for again, the catalog may have changed
            "Accept-Ranges": "bytes",
            "Content-Type": media_type,
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
        }
        if self._has(tag, moment):
            self.send(HTTPStatus.NOT_MODIFIED, headers)
            return
        part = self._range(size) if self.headers.get("If-Range", tag) in {tag, headers["Last-Modified"]} else None
        if part is None:
            self.send(HTTPStatus.OK, headers, size, pieces(file, size))
        elif not part:
            self.send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"})
        else:
            file.seek(part.start)
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
            self.send(HTTPStatus.PARTIAL_CONTENT, headers, len(part), pieces(file, len(part)))

    def _has(self, tag: str, moment: int) -> bool:
        """Tell whether the client has the file as it is: RFC 9110, section 13."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in tags.split(",")}
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
            return moment <= (since if since.tzinfo else since.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError):
            return False

    def _range(self, size: int) -> range | None:
        """Return the bytes that are asked for, none where there are no such; None for all of them.

        Of several ranges, all is sent, as for a range that makes no sense: RFC 9110, section 14.2.
        """
        found = _RANGE.fullmatch(self.headers.get("Range", "").strip())
        if found is None or self.command != "GET" or not (found[1] or found[2]):
            return None
        if not found[1]:
            return range(max(0, size - int(found[2])), size)
        start, stop = int(found[1]), int(found[2]) + 1 if found[2] else size
        if found[2] and stop <= start:
            return None
        return range(min(start, size), min(stop, size))


def _is_open(name: str) -> bool:
    """Tell whether a part of a path may be the name of a file that is not hidden."""
    is_name = bool(name) and not name.startswith(".") and "\0" not in name
    return is_name and (sys.platform != "win32" or is_safe_on_windows(name))
