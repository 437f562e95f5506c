"""A web server on loopback that also fails in every usual way, for tests.

    with WebServer() as server:
        address = server.add("/a.png", picture(data))
        server.add("/b.png", turns(status(503), picture(data)))
        ...
        assert [seen.path for seen in server.seen] == ["/a.png"]

A behavior is a function of one `Exchange`; it may answer properly, or break the connection. A behavior that waits does so
until an event, until the client leaves or until the server closes: so the end of the `with` block ends everything at once.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import TypeAlias, cast

from loopback import Loopback

# Self-signed, for localhost and 127.0.0.1; only who is told by SSL_CERT_FILE trusts it.
CERTIFICATE = Path(__file__).with_name("loopback.pem")
_LINE_LIMIT = 65536
_TLS_HANDSHAKE = b"\x16"  # the first byte of a client that wants https; a plain server does not wait for more


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in: header names in lower case, `at` by the monotonic clock, `client` the peer's port."""

    method: str
    path: str
    headers: Mapping[str, str]
    at: float
    client: int


@dataclass(slots=True)
class Exchange:
    """One request and the connection to answer it on.

    `turn` counts the requests for the same path, from 0. `over` is called when the last bytes of an answer go out: the
    client may ask again before this thread goes on. `closing` is set by what makes the connection unusable.
    """

    seen: Seen
    turn: int
    stopping: threading.Event
    connection: socket.socket
    over: Callable[[], None]
    closing: bool = False

    def send(self, data: bytes) -> None:
        """Send raw bytes."""
        self.connection.sendall(data)

    def head(self, code: int, headers: Mapping[str, str]) -> None:
        """Send a status line and headers."""
        lines = [f"HTTP/1.1 {code} {_phrase(code)}", *(f"{name}: {value}" for name, value in headers.items())]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    def reply(self, code: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer of the right length."""
        has_body = body and self.seen.method != "HEAD"
        if not has_body:
            self.over()
        self.head(code, {"Content-Length": str(len(body)), **(headers or {})})
        if has_body:
            self.over()
            self.send(body)

    def close(self) -> None:
        """End the connection after this exchange."""
        self.closing = True

    def reset(self) -> None:
        """End the connection now, with a reset instead of a proper close."""
        self.closing = True
        reset(self.connection)

    def stall(self) -> None:
        """Send nothing more until the client leaves or the server closes."""
        self.closing = True
        while self.connection.recv(4096):
            pass


Behavior: TypeAlias = Callable[[Exchange], None]


def _phrase(code: int) -> str:
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return "Unknown"


def reset(connection: socket.socket) -> None:
    """Close a connection so that its peer sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.close(connection.detach())


# --- behaviors that answer properly ---------------------------------------------------------------------------------


def picture(body: bytes, media_type: str = "image/png", headers: Mapping[str, str] | None = None) -> Behavior:
    """Answer with a body of the right length."""
    return lambda exchange: exchange.reply(200, body, {"Content-Type": media_type, **(headers or {})})


def status(code: int, headers: Mapping[str, str] | None = None) -> Behavior:
    """Answer with a status and a page of HTML, as servers do."""
    body = f"<!DOCTYPE html><title>{code}</title>".encode()
    return lambda exchange: exchange.reply(code, body, {"Content-Type": "text/html", **(headers or {})})


def redirect(target: str, code: int = 302) -> Behavior:
    """Send the client elsewhere."""
    return status(code, {"Location": target})


def turns(*behaviors: Behavior) -> Behavior:
    """Answer the first request for a path with the first behavior, and so on; the last one stays."""
    return lambda exchange: behaviors[min(exchange.turn, len(behaviors) - 1)](exchange)


def after(event: threading.Event, behavior: Behavior) -> Behavior:
    """Answer once the event is set (or the server closes)."""

    def wait(exchange: Exchange) -> None:
        while not (event.wait(0.01) or exchange.stopping.is_set()):
            pass
        behavior(exchange)

    return wait


def chunked(body: bytes, size: int = 1000) -> Behavior:
    """Answer in chunks, without a length."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "image/png", "Transfer-Encoding": "chunked"})
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            exchange.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        exchange.send(b"0\r\n\r\n")

    return answer


def gzipped(body: bytes) -> Behavior:
    """Answer with a compressed body, whatever the client accepts."""
    return picture(gzip.compress(body, mtime=0), headers={"Content-Encoding": "gzip"})


def until_close(body: bytes) -> Behavior:
    """Answer without any length: the end of the connection is the end of the body."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "image/png", "Connection": "close"})
        exchange.send(body)
        exchange.close()

    return answer


def cacheable(body: bytes, headers: Mapping[str, str]) -> Behavior:
    """Answer with the headers given (ETag, Last-Modified, ...), with 304 to a request that matches them."""
    lower = {name.lower(): value for name, value in headers.items()}

    def answer(exchange: Exchange) -> None:
        asked = exchange.seen.headers
        tag, date = asked.get("if-none-match"), asked.get("if-modified-since")
        same = tag == lower.get("etag") if tag else date is not None and date == lower.get("last-modified")
        if same:
            exchange.head(304, headers)
        else:
            exchange.reply(200, body, {"Content-Type": "image/png", **headers})

    return answer


# --- behaviors that fail -------------------------------------------------------------------------------------------


def reset_before_reply(exchange: Exchange) -> None:
    """Read the request, then reset the connection."""
    exchange.reset()


def close_before_reply(exchange: Exchange) -> None:
    """Read the request, then close the connection without a word."""
    exchange.close()


def reset_in_headers(exchange: Exchange) -> None:
    """Reset the connection in the middle of the headers."""
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: ima")
    exchange.reset()


def reset_in_body(body: bytes) -> Behavior:
    """Reset the connection in the middle of the body."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "image/png", "Content-Length": str(len(body))})
        exchange.send(body[: len(body) // 2])
        exchange.reset()

    return answer


def truncated(body: bytes, code: int = 200) -> Behavior:
    """Announce the whole length, send half, close properly."""

    def answer(exchange: Exchange) -> None:
        exchange.head(code, {"Content-Type": "image/png", "Content-Length": str(len(body))})
        exchange.send(body[: len(body) // 2])
        exchange.close()

    return answer


def stall_before_headers(exchange: Exchange) -> None:
    """Accept the request and never answer."""
    exchange.stall()


def stall_in_headers(exchange: Exchange) -> None:
    """Begin the headers and never end them."""
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: ima")
    exchange.stall()


def stall_in_body(body: bytes) -> Behavior:
    """Send half of the body and never the rest."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "image/png", "Content-Length": str(len(body))})
        exchange.send(body[: len(body) // 2])
        exchange.stall()

    return answer


def trickle(body: bytes, interval: float) -> Behavior:
    """Send the body byte by byte, slow enough to be useless and fast enough for any read timeout."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "image/png", "Content-Length": str(len(body))})
        for byte in body:
            exchange.send(bytes((byte,)))
            if exchange.stopping.wait(interval):
                break
        exchange.close()

    return answer


def trickle_headers(interval: float) -> Behavior:
    """Send headers for ever, one after the other, slowly."""

    def answer(exchange: Exchange) -> None:
        exchange.close()
        exchange.send(b"HTTP/1.1 200 OK\r\n")
        while not exchange.stopping.wait(interval):
            exchange.send(b"X-Filler: x\r\n")

    return answer


def endless(start: bytes) -> Behavior:
    """Send a body without length that never ends."""

    def answer(exchange: Exchange) -> None:
        exchange.close()
        exchange.head(200, {"Content-Type": "image/png", "Connection": "close"})
        exchange.send(start)
        while not exchange.stopping.is_set():
            exchange.send(bytes(65536))

    return answer


def endless_headers(exchange: Exchange) -> None:
    """Send headers for ever, as fast as they go."""
    exchange.close()
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    while not exchange.stopping.is_set():
        exchange.send(b"X-Filler: %b\r\n" % (b"x" * 1000))


def gzip_bomb(start: bytes, size: int) -> Behavior:
    """Send a small compressed body that decompresses to `size` bytes."""
    return gzipped(start + bytes(size))


def bad_gzip(body: bytes) -> Behavior:
    """Say that the body is compressed when it is not."""
    return picture(body, headers={"Content-Encoding": "gzip"})


def bad_chunks(body: bytes) -> Behavior:
    """Send chunks whose lengths are no numbers."""

    def answer(exchange: Exchange) -> None:
        exchange.head(200, {"Content-Type": "image/png", "Transfer-Encoding": "chunked"})
        exchange.send(b"xyz\r\n%b\r\n" % body)
        exchange.close()

    return answer


def endless_interim(exchange: Exchange) -> None:
    """Say "100 Continue" for ever instead of an answer."""
    exchange.close()
    while not exchange.stopping.is_set():
        exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")


def long_header(exchange: Exchange) -> None:
    """Send one header that is longer than any client takes."""
    exchange.close()
    exchange.send(b"HTTP/1.1 200 OK\r\nX-Filler: " + b"x" * 200_000 + b"\r\n\r\n")


def garbage(exchange: Exchange) -> None:
    """Answer in another protocol."""
    exchange.send(b"SSH-2.0-OpenSSH_9.9\r\n")
    exchange.close()


def cut_keep_alive(body: bytes) -> Behavior:
    """Promise to keep the connection, answer properly, then close it."""

    def answer(exchange: Exchange) -> None:
        exchange.reply(200, body, {"Content-Type": "image/png", "Connection": "keep-alive"})
        exchange.close()

    return answer


# --- the server ------------------------------------------------------------------------------------------------------


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True  # headers and body go in two pieces

    def handle(self) -> None:
        server = cast("_Threads", self.server).owner
        # The suppressed errors: the client left, or the server is closing.
        with server.tracked(self.connection), contextlib.suppress(OSError):
            while self._one(server):
                pass

    def _one(self, server: WebServer) -> bool:
        if cast("io.BufferedReader", self.rfile).peek(1)[:1] == _TLS_HANDSHAKE:
            return False
        words = self.rfile.readline(_LINE_LIMIT).decode("latin-1").split()
        if len(words) != 3:
            return False
        headers: dict[str, str] = {}
        while line := self.rfile.readline(_LINE_LIMIT).decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        seen = Seen(words[0], words[1], headers, time.monotonic(), self.client_address[1])
        return server.answer(seen, self.connection) and not server.stopping.is_set()

    def finish(self) -> None:
        with contextlib.suppress(OSError):  # a reset connection cannot be flushed
            super().finish()


class _Threads(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, owner: WebServer, tls: bool) -> None:  # noqa: FBT001 - private, one caller
        self.owner = owner
        self._context: ssl.SSLContext | None = None
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(CERTIFICATE)
        super().__init__(("127.0.0.1", 0), _Handler)

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        connection, address = super().get_request()
        if self._context is not None:
            connection = self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def verify_request(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> bool:
        del client_address
        if self.owner.resets_connections and isinstance(request, socket.socket):
            reset(request)
            return False
        return True

    def handle_error(self, request: object, client_address: object) -> None:
        """Log nothing: clients of these tests leave in every possible way."""


class WebServer(Loopback):
    """A threaded HTTP/1.1 server on a free loopback port, with a table of behaviors and a log.

    `tls` serves https with a certificate that nobody trusts. `resets_connections`, while true, resets every new
    connection before a byte is read. A path is looked up whole, then without its query; unknown ones are answered with
    404. As a proxy, it is asked for whole addresses: routes may be whole addresses too.
    """

    def __init__(self, *, tls: bool = False) -> None:
        self.resets_connections = False
        self.stopping = threading.Event()
        self._scheme = "https" if tls else "http"
        self._routes: dict[str, Behavior] = {}
        self._seen: list[Seen] = []
        self._turns: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._under_way: set[int] = set()
        self._busiest = 0
        self._connections: set[socket.socket] = set()
        super().__init__(_Threads(self, tls))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        super().__exit__(kind, error, trace)
        for connection in list(self._connections):
            with contextlib.suppress(OSError):  # gone already
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def address(self) -> str:
        """Its root, without a slash at the end: "http://127.0.0.1:port"."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def add(self, path: str, behavior: Behavior) -> str:
        """Answer a path (or, for a proxy, a whole address) with a behavior; return the whole address."""
        self._routes[path] = behavior
        return f"{self.address}{path}" if path.startswith("/") else path

    @property
    def seen(self) -> tuple[Seen, ...]:
        """Every request so far, in the order in which they came."""
        with self._lock:
            return tuple(self._seen)

    @property
    def paths(self) -> list[str]:
        """The paths of every request so far."""
        return [seen.path for seen in self.seen]

    @property
    def busiest(self) -> int:
        """How many requests were under way at once, at most."""
        with self._lock:
            return self._busiest

    def forget(self) -> None:
        """Empty the log, for a second run against the same server."""
        with self._lock:
            self._seen.clear()
            self._turns.clear()
            self._busiest = 0

    @contextlib.contextmanager
    def tracked(self, connection: socket.socket) -> Iterator[None]:
        """Keep a connection known while it is served (for the handler)."""
        self._connections.add(connection)
        try:
            yield
        finally:
            self._connections.discard(connection)

    def answer(self, seen: Seen, connection: socket.socket) -> bool:
        """Log a request and answer it (for the handler); return whether the connection stays."""
        with self._lock:
            turn = self._turns[seen.path]
            self._turns[seen.path] += 1
            self._seen.append(seen)
            self._under_way.add(id(seen))
            self._busiest = max(self._busiest, len(self._under_way))

        def over() -> None:
            with self._lock:
                self._under_way.discard(id(seen))

        exchange = Exchange(seen, turn, self.stopping, connection, over)
        behavior = self._routes.get(seen.path) or self._routes.get(seen.path.partition("?")[0]) or status(404)
        try:
            behavior(exchange)
        finally:
            over()
        return not exchange.closing and seen.headers.get("connection", "").lower() != "close"


def closed_port() -> int:
    """Return a loopback port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
