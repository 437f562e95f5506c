"""Serves a shelf over HTTP to the home network: GET and HEAD of its own files, and nothing else (RFC 9110).

A thread for each connection, and a bounded number of these. A client has so many seconds for each of its requests, and for
taking each piece of an answer. No header repeats what a client has sent. There is no encryption: beyond the home network,
a web server with TLS belongs in front.
"""

from __future__ import annotations

import hmac
import io
import os
import re
import socket
import socketserver
import sys
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC
from email.utils import formatdate, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import unquote

from epubmaker.shelf.catalog import CATALOG, COVERS
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
_FOLDERS: tuple[list[str], ...] = ([], [CATALOG], COVERS.split("/"))
_MOST_CONNECTIONS = 32
_PIECE = 1 << 16
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class ShelfServer(ThreadingHTTPServer):
    """A server that listens; `serve_forever` answers. Raises OSError where it cannot listen at an address and port.

    `login` is "user:password", None where anybody may read. `timeout` is how many seconds a client has for a request, and
    for each piece of an answer. `log` is called with a line for each answer, by the threads of the connections.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = _MOST_CONNECTIONS
    allow_reuse_address = os.name == "posix"  # elsewhere two programs could get one port

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
        self.patience = timeout
        self.log = log
        self._slots = BoundedSemaphore(_MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        """Bind without asking for the name of the address, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a connection in a thread; turn it away where there are too many."""
        if not self._slots.acquire(blocking=False):
            with suppress(OSError):
                request.settimeout(self.patience)
                request.sendall(_BUSY)
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._slots.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer the requests of a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Note an error that ended a connection; a client that has gone is none."""
        del request
        error = sys.exception()
        if not isinstance(error, OSError):
            self.log(f"{client_address[0]}: {type(error).__name__}: {error}")


class _Incoming(io.RawIOBase):
    """What a client sends, until a moment that is set for each request: bytes that come singly do not prolong it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: ShelfServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._incoming = _Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        self._incoming.deadline = time.monotonic() + self.server.patience
        super().handle_one_request()

    def parse_request(self) -> bool:
        is_whole = super().parse_request()
        self.connection.settimeout(self.server.patience)
        if is_whole and ("Content-Length" in self.headers or "Transfer-Encoding" in self.headers):
            self.close_connection = True  # what follows is not read, and no request
        return is_whole

    def do_GET(self) -> None:
        if self.server.login is not None and not self._may_read():
            self._send(HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": 'Basic realm="shelf", charset="UTF-8"'})
            return
        path = self._path()
        try:
            file = open_regular(path) if path else None
        except (OSError, ValueError):
            file = None
        if path is None or file is None:
            self._send(HTTPStatus.NOT_FOUND)
            return
        with file:
            self._send_file(file, _TYPES[path.suffix.lower()])

    do_HEAD = do_GET  # noqa: N815 - named by the method of the request

    def do_POST(self) -> None:
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_POST  # noqa: N815 - named by the methods of requests

    def _may_read(self) -> bool:
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        try:
            login = b64decode(given.strip(), validate=True) if scheme.lower() == "basic" else b""
        except ValueError:
            login = b""
        return hmac.compare_digest(sha256(login).digest(), self.server.login or b"")

    def _path(self) -> Path | None:
        """Return the file that is asked for, where that may be served: one of the shelf's own, and nothing hidden."""
        try:
            names = unquote(self.path.partition("?")[0], errors="strict").split("/")
        except UnicodeError:
            return None
        if names == ["", ""]:
            names = ["", "index.html"]
        if names[0] or names[1:-1] not in _FOLDERS or not _is_open(names[-1]):
            return None
        path = self.server.folder.joinpath(*names[1:])
        is_ours = path.suffix.lower() in _TYPES and Path(os.path.realpath(path)).is_relative_to(self.server.folder)
        return path if is_ours else None

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
            self._send(HTTPStatus.NOT_MODIFIED, headers)
            return
        part = self._range(size) if self.headers.get("If-Range", tag) in {tag, headers["Last-Modified"]} else None
        if part is None:
            self._send(HTTPStatus.OK, headers, size, _pieces(file, size))
        elif not part:
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}"})
        else:
            file.seek(part.start)
            headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
            self._send(HTTPStatus.PARTIAL_CONTENT, headers, len(part), _pieces(file, len(part)))

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

    def _send(
        self,
        status: HTTPStatus,
        headers: dict[str, str] | None = None,
        size: int = 0,
        pieces: Iterable[bytes] = (),
    ) -> None:
        """Send an answer; its body only where GET asks for that."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(size))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "GET":
            for piece in pieces:
                self.wfile.write(piece)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer a request that cannot be read, without a word of it."""
        del message, explain
        self.close_connection = True
        self.request_version = self.protocol_version  # it may not be known, and then no head would be sent
        self._send(HTTPStatus(code))

    def version_string(self) -> str:
        """Name the program, and no version."""
        return "epubmaker"

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - so named by its class
        self.server.log(f"{self.client_address[0]}: {format % arguments}")


def _is_open(name: str) -> bool:
    """Tell whether a part of a path may be the name of a file that is not hidden."""
    is_name = bool(name) and not name.startswith(".") and "\0" not in name
    return is_name and (sys.platform != "win32" or is_safe_on_windows(name))


def _pieces(file: io.FileIO, size: int) -> Iterator[bytes]:
    """Yield so many bytes of a file; raise OSError where it has fewer by now, which ends the connection."""
    while size:
        piece = file.read(min(size, _PIECE))
        if not piece:
            raise ConnectionAbortedError
        size -= len(piece)
        yield piece
