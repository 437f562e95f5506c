"""Connections within limits: to allowed addresses only, and with a time limit for whole answers.

The address is checked where the connection is made: the name is looked up once, each of its addresses is checked, and the
connection goes to a checked one. So neither a redirect nor a DNS answer that changes gets around the check. Behind a proxy
that looks names up by itself, only the host's name can be checked; the fetcher does that for every address.

A read timeout bounds one wait for the next bytes; a server that sends one byte before each timeout would hold a connection
for days. So the whole answer, from status line to last byte, has a limit too: ten times the read timeout.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family, create_connection

from epubmaker.collector.web.guard import refusal

__all__ = [
    "WHOLE_ANSWER",
    "BlockedAddressError",
    "SlowAnswerError",
    "TimedResponse",
    "allowed_addresses",
    "use_guarded",
    "use_timed",
]

WHOLE_ANSWER = 10
"""How many times the read timeout a whole answer may take."""


class BlockedAddressError(Exception):
    """A host without an address that may be connected to; the message says why."""


class SlowAnswerError(TimeoutError):
    """An answer that took longer than it may in all."""


# --- answers within a time limit -------------------------------------------------------------------------------------


class _TimedReader(io.RawIOBase):
    """Reads a socket until a moment of the monotonic clock; raises SlowAnswerError after it."""

    def __init__(self, connection: socket.socket, wait: float) -> None:
        super().__init__()
        self._connection = connection
        self._inner = connection.makefile("rb", buffering=0)
        self._wait = wait
        self._end = time.monotonic() + wait * WHOLE_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise SlowAnswerError
        self._connection.settimeout(min(left, self._wait))
        try:
            return self._inner.readinto(buffer)
        except TimeoutError as error:
            if left <= self._wait:
                raise SlowAnswerError from error
            raise

    def close(self) -> None:
        self._inner.close()
        super().close()


class TimedResponse(http.client.HTTPResponse):
    """An answer that may take ten times the read timeout in all; raises SlowAnswerError after that."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        wait = sock.gettimeout()
        if wait is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_TimedReader(sock, wait))


class _TimedConnection(HTTPConnection):
    response_class = TimedResponse


class _TimedSecureConnection(HTTPSConnection):
    response_class = TimedResponse


class _TimedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedSecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TimedSecureConnection


# --- connections to allowed addresses --------------------------------------------------------------------------------


class _GuardedConnection(_TimedConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _GuardedSecureConnection(_TimedSecureConnection):
    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _GuardedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedSecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _GuardedSecureConnection


def _connect(connection: HTTPConnection) -> socket.socket:
    """Connect to the first allowed address that answers.

    All addresses together may take the connection's timeout, so that a host with many dead ones costs no more than a host
    with one.
    """
    allowed = allowed_addresses(connection)
    limit = connection.timeout if isinstance(connection.timeout, (int, float)) else None
    end = time.monotonic() + (limit or 0)
    failed = OSError("no address")
    for index, address in enumerate(allowed):
        share = max((end - time.monotonic()) / (len(allowed) - index), 0.001) if limit else None
        try:
            return create_connection((address, connection.port), share, None, connection.socket_options)
        except OSError as error:
            failed = error
    if isinstance(failed, TimeoutError):
        raise ConnectTimeoutError(connection, "connecting timed out") from failed
    raise NewConnectionError(connection, str(failed)) from failed


def allowed_addresses(connection: HTTPConnection) -> list[str]:
    """Look a connection's host up and return the addresses that may be connected to, in the resolver's order.

    Raises BlockedAddressError when it has no such address, and urllib3's NameResolutionError when it has none at all.
    """
    host = connection.host.strip("[]")
    try:
        found = socket.getaddrinfo(host, connection.port, allowed_gai_family(), socket.SOCK_STREAM)
    except UnicodeError:
        unknown = socket.gaierror(socket.EAI_NONAME, "not a host name")
        raise NameResolutionError(host, connection, unknown) from unknown
    except socket.gaierror as error:
        raise NameResolutionError(host, connection, error) from error
    addresses = dict.fromkeys(str(info[4][0]) for info in found)
    refusals = {address: refusal(address) for address in addresses}
    allowed = [address for address, refused in refusals.items() if refused is None]
    if not allowed:
        raise BlockedAddressError("; ".join(filter(None, refusals.values())))
    return allowed


# --- pool managers ---------------------------------------------------------------------------------------------------


def use_timed(manager: urllib3.PoolManager) -> None:
    """Make a pool manager bound its answers; it may connect to any address."""
    manager.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedSecurePool}


def use_guarded(manager: urllib3.PoolManager) -> None:
    """Make a pool manager bound its answers and connect to allowed addresses only."""
    manager.pool_classes_by_scheme = {"http": _GuardedPool, "https": _GuardedSecurePool}
