"""Turns HTTP statuses and exceptions of the HTTP client into failures: the reason, and whether to try again."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

import urllib3.exceptions

from epubmaker.collector.pictures.outcomes import MISSING, Failure
from epubmaker.collector.web.connections import WHOLE_ANSWER, SlowAnswerError

__all__ = ["failure_of_error", "failure_of_status"]

_Describe: TypeAlias = Callable[[BaseException, float], Failure]
_TRANSIENT_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_BUSY_STATUSES = frozenset({429, 503})
_unanswered = partial(Failure, MISSING, kind="network")


def failure_of_status(status: int, wait: float | None) -> Failure:
    """Describe an HTTP status that is not success; `wait` is its Retry-After in seconds, where it has one."""
    transient = status in _TRANSIENT_STATUSES
    server = status == 429 or status >= 500
    busy = status in _BUSY_STATUSES or (transient and wait is not None)
    refused = status == 403
    failure = Failure(MISSING, f"HTTP {status}", again=transient, host=server, busy=busy, wait=wait, forbidden=refused)
    return failure if 400 <= status < 500 and not transient else replace(failure, kind="network")


def failure_of_error(error: BaseException, timeout: float) -> Failure:
    """Describe an exception of the HTTP client; `timeout` is the limit that was in force, in seconds."""
    causes = tuple(_causes(error))
    failure = _of_causes(causes, timeout)
    if any(isinstance(cause, urllib3.exceptions.ProxyError) for cause in causes):
        return replace(failure, reason=f"proxy: {failure.reason}")
    return failure


def _of_causes(causes: tuple[BaseException, ...], timeout: float) -> Failure:
    for kind, describe in _KINDS:
        for cause in causes:
            if isinstance(cause, kind):
                return describe(cause, timeout)
    system = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno is not None), None)
    if system is not None:
        return _of_system(system)
    return _unanswered(f"request failed: {type(causes[0]).__name__}", host=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and all that it wraps, the innermost last; the libraries wrap in four different ways."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        current = waiting.pop(0)
        if any(current is known for known in seen):
            continue
        seen.append(current)
        yield current
        inner = (*current.args, getattr(current, "reason", None), current.__cause__, current.__context__)
        waiting.extend(item for item in inner if isinstance(item, BaseException))


def _always(failure: Failure) -> _Describe:
    return lambda _error, _timeout: failure


def _of_timeout(_error: BaseException, timeout: float) -> Failure:
    return _unanswered(f"timed out after {timeout:g} s", again=True, host=True)


def _of_lookup(error: BaseException, _timeout: float) -> Failure:
    if isinstance(error, OSError) and error.errno == socket.EAI_AGAIN:
        return _unanswered("host name cannot be looked up now", again=True, host=True)
    return _unanswered("host name not found", host=True)


def _of_tls(error: BaseException, _timeout: float) -> Failure:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _unanswered(f"TLS certificate not valid: {error.verify_message}", host=True)
    reason = getattr(error, "reason", None) or "no agreement"
    return _unanswered(f"TLS failed: {str(reason).replace('_', ' ').lower()}", host=True)


def _of_system(error: OSError) -> Failure:
    if error.errno in _UNREACHABLE:
        return _unanswered("network unreachable", host=True)
    return _unanswered(f"request failed: {error.strerror or error.errno}".lower(), again=True, host=True)


_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_CUT_OFF = _unanswered("answer cut off before its end", again=True)
_GARBLED = _unanswered("answer broken: bad chunk length", again=True)
_DROPPED = _always(_unanswered("connection dropped by the server", again=True, host=True))
# The first of these types that any of the wrapped exceptions has decides, so the special ones come first.
_KINDS: tuple[tuple[type[BaseException], _Describe], ...] = (
    (SlowAnswerError, lambda _, timeout: _unanswered(f"answer took longer than {timeout * WHOLE_ANSWER:g} s")),
    (urllib3.exceptions.InvalidChunkLength, _always(_GARBLED)),
    (urllib3.exceptions.DecodeError, _always(_unanswered("answer broken: bad compression"))),
    (urllib3.exceptions.IncompleteRead, _always(_CUT_OFF)),
    (http.client.IncompleteRead, lambda error, _: _GARBLED if isinstance(error.__context__, ValueError) else _CUT_OFF),
    (http.client.LineTooLong, _always(_unanswered("answer broken: header too long", host=True))),
    (http.client.RemoteDisconnected, _DROPPED),
    # Perhaps the rest of an answer that was longer than it said, on a connection used again: another one may do better.
    (http.client.BadStatusLine, _always(_unanswered("answer is not HTTP", again=True, host=True))),
    (ConnectionRefusedError, _always(_unanswered("connection refused", again=True, host=True))),
    (ConnectionError, _DROPPED),
    (ssl.SSLEOFError, _DROPPED),
    (ssl.SSLZeroReturnError, _DROPPED),
    (ssl.SSLError, _of_tls),
    (socket.gaierror, _of_lookup),
    (TimeoutError, _of_timeout),
    (urllib3.exceptions.TimeoutError, _of_timeout),
    (http.client.HTTPException, _always(_unanswered("answer broken: bad headers", host=True))),
    (urllib3.exceptions.LocationParseError, _always(Failure(MISSING, "address not valid"))),
    (UnicodeError, _always(Failure(MISSING, "address not valid"))),
)
