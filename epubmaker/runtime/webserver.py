"""A bounded HTTP server for files: GET and HEAD (RFC 9110), in the standard library's threads.

A thread for each connection, and a bounded number of these. A client has so many seconds for each of its requests, and for
taking each piece of an answer. No header repeats what a client has sent. There is no encryption.
"""

from __future__ import annotations

import io
import os
import re
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from threading import BoundedSemaphore
from typing import IO, Any

__all__ = ["Handler", "Server", "pieces"]

_MOST_CONNECTIONS = 32
_PIECE = 1 << 16
_LOOPBACK = re.compile(r"(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d*)?", re.ASCII | re.IGNORECASE)
_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Server(ThreadingHTTPServer):
    """A server that listens; `serve_forever` answers. Raises OSError where it cannot listen at an address and port.

    `patience` is how many seconds a client has for a request, and for each piece of an answer. `log` is called with a line
    for each answer, by the threads of the connections.

    A server for this computer alone, at a loopback address, answers no request for another host unless `any_host` is set.
    Else a page of a stranger, in a browser here, could read it under the stranger's name ("DNS rebinding").
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = _MOST_CONNECTIONS
    allow_reuse_address = os.name == "posix"  # elsewhere two programs could get one port

    def __init__(
        self,
        address: tuple[str, int],
        handler: type[Handler],
        *,
        patience: float = 30.0,
        log: Callable[[str], None] = lambda _: None,
        any_host: bool = False,
    ) -> None:
        self.any_host = any_host
        self.patience = patience
        self.log = log
        self._slots = BoundedSemaphore(_MOST_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, handler)

    def server_bind(self) -> None:
        """Bind without asking for the name of the address, which may take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.any_host = self.any_host or not ip_address(self.server_name).is_loopback

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
        except Exception:  # no thread could be started; after an interrupt there may be one, which releases its slot
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


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection, each with one call of `send`: `answer` is what a server defines."""

    server: Server
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
        if self._is_for_here():
            self.answer()

    do_HEAD = do_GET  # noqa: N815 - named by the method of the request

    def _is_for_here(self) -> bool:
        """Tell whether a request names a host that this is; answer one that does not."""
        if self.server.any_host or _LOOPBACK.fullmatch(self.headers.get("Host", "localhost")):
            return True
        self.send(HTTPStatus.MISDIRECTED_REQUEST)
        return False

    def answer(self) -> None:
        """Answer GET or HEAD."""
        raise NotImplementedError

    def do_POST(self) -> None:
        if self._is_for_here():
            self.answer_other()

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_POST  # noqa: N815 - named by the methods of requests

    def answer_other(self) -> None:
        """Answer another method: it is not allowed."""
        self.send(HTTPStatus.METHOD_NOT_ALLOWED, {"Allow": "GET, HEAD"})

    def send(
        self,
        status: HTTPStatus,
        headers: dict[str, str] | None = None,
        size: int | None = 0,
        pieces: Iterable[bytes] = (),
    ) -> None:
        """Send an answer; its body only where GET asks for that. `size` None: not known, it ends with the connection."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if size is not None and status not in {HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT}:
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
        self.send(HTTPStatus(code))

    def version_string(self) -> str:
        """Name the program, and no version."""
        return "epubmaker"

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - so named by its class
        self.server.log(f"{self.client_address[0]}: {format % arguments}")


def pieces(file: IO[bytes], size: int) -> Iterator[bytes]:
    """Yield so many bytes of a file; raise OSError where it has fewer by now, which ends the connection."""
    while size:
        piece = file.read(min(size, _PIECE))
        if not piece:
            raise ConnectionAbortedError
        size -= len(piece)
        yield piece
