"""The limits for each host, shared by all threads: how many requests at once, pauses, and when to give it up.

A host is given up for a while when several requests in a row failed, each after all its retries, and the failures were the
host's (no answer, server errors) and not those of one address. A host that answered before in this run may fail more often
than one that never did. After the pause, one more failure gives it up again, and one answer makes it like any other.

The first two limits can hold for several processes together: see `shared_turns`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol, TypeAlias

from epubmaker.collector.pictures.outcomes import HOST_UNAVAILABLE, NOT_ASKED, Failure
from epubmaker.model.articles import Issue

__all__ = ["Hosts", "Refusal", "SharedTurns", "shared_turns"]

_MOST_FAILURES = 5  # in a row, of a host that never answered
_MOST_FAILURES_AFTER_ANSWER = 20
_GIVEN_UP_FOR = 60.0  # seconds

Refusal: TypeAlias = "Callable[[], Failure | None]"


class SharedTurns(Protocol):
    """The turns at each host that several processes share. Thread-safe."""

    def turn(self, name: str, per_host: int, delay: float, refusal: Refusal) -> AbstractContextManager[Failure | None]:
        """Wait until a request may start, and count it as long as the context lasts; as `Hosts.turn`.

        `refusal` is to be asked every few seconds of waiting: what it returns, if not None, is to be yielded.
        """


shared_turns: ContextVar[SharedTurns | None] = ContextVar("shared_turns", default=None)
"""What `Hosts` made in this context ask for a turn, too; None: each has limits of its own."""


@dataclass(slots=True)
class _Host:
    """The state of one host; guarded by its condition. Times are of the monotonic clock."""

    condition: threading.Condition = field(default_factory=threading.Condition)
    under_way: int = 0
    not_before: float = 0.0
    answered: bool = False
    failures: int = 0
    given_up_until: float = 0.0
    reason: str = ""
    times_given_up: int = 0
    not_asked: int = 0


class Hosts:
    """The state of every host of one run. Thread-safe.

    `per_host` bounds the requests under way to one host; `delay` is the least time between two starts, in seconds.
    """

    def __init__(self, per_host: int, delay: float) -> None:
        self._per_host = per_host
        self._delay = delay
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        self._closed = False
        self._network = False
        self._shared = shared_turns.get()

    @contextmanager
    def turn(self, name: str, until: float | None) -> Iterator[Failure | None]:
        """Wait until a request to a host may start, and count it as long as the context lasts.

        Yields None, or the reason why no request may start.

        `until` is the moment of the monotonic clock at which to stop waiting.
        """
        host = self._host(name)
        with host.condition:
            refused = self._wait(host, until)
        with ExitStack() as stack:
            if refused is None:
                stack.callback(self._end, host)
                if self._shared is not None:
                    turn = self._shared.turn(name, self._per_host, self._delay, partial(self._refusal, host, until))
                    refused = stack.enter_context(turn)
            yield refused

    def answered(self, name: str, *, well: bool) -> None:
        """Note that a host gave an answer; `well`: one that shows no trouble of the host, such as a picture or a 404."""
        self._network = True
        if well:
            host = self._host(name)
            with host.condition:
                host.answered = True
                host.failures = 0

    def failed(self, name: str, reason: str) -> None:
        """Note that a request to a host failed, after all its retries."""
        host = self._host(name)
        with host.condition:
            if time.monotonic() < host.given_up_until:
                return
            host.failures += 1
            host.reason = reason
            if host.failures >= (_MOST_FAILURES_AFTER_ANSWER if host.answered else _MOST_FAILURES):
                self._give_up(host, _GIVEN_UP_FOR)

    def give_up(self, name: str, reason: str, seconds: float) -> None:
        """Send a host no requests for a time, as it demanded."""
        host = self._host(name)
        with host.condition:
            host.reason = reason
            self._give_up(host, seconds)

    def pause(self, name: str, seconds: float) -> None:
        """Start no request to a host for a time; those under way go on."""
        host = self._host(name)
        with host.condition:
            host.not_before = max(host.not_before, time.monotonic() + seconds)

    def close(self) -> None:
        """Wake all threads that wait; no request starts any more."""
        self._closed = True
        with self._lock:
            hosts = tuple(self._hosts.values())
        for host in hosts:
            with host.condition:
                host.condition.notify_all()

    @property
    def network(self) -> bool:
        """Whether any host gave any answer in this run, so that the network is there."""
        return self._network

    @property
    def given_up(self) -> dict[str, str]:
        """The hosts that are given up now, by name, with the reason."""
        now = time.monotonic()
        with self._lock:
            return {name: host.reason for name, host in self._hosts.items() if now < host.given_up_until}

    @property
    def issues(self) -> tuple[Issue, ...]:
        """One issue for each host that was given up, by name."""
        with self._lock:
            given_up = sorted((name, host) for name, host in self._hosts.items() if host.times_given_up)
        return tuple(
            Issue(HOST_UNAVAILABLE, "warning", name, f"{host.reason}; {_counted(host.not_asked)} not asked for")
            for name, host in given_up
        )

    def _host(self, name: str) -> _Host:
        with self._lock:
            return self._hosts.setdefault(name, _Host())

    def _wait(self, host: _Host, until: float | None) -> Failure | None:
        """Wait, the condition held, until a request may start, and count it as under way."""
        while True:
            now = time.monotonic()
            refused = self._refused(host, now, until)
            if refused is not None:
                return refused
            full = host.under_way >= self._per_host
            if not full and now >= host.not_before:
                host.under_way += 1
                host.not_before = now + self._delay
                return None
            ends = [end for end in (until, None if full else host.not_before) if end is not None]
            host.condition.wait(min(ends) - now if ends else None)

    @staticmethod
    def _end(host: _Host) -> None:
        """Count a request as under way no more."""
        with host.condition:
            host.under_way -= 1
            host.condition.notify()

    def _refusal(self, host: _Host, until: float | None) -> Failure | None:
        with host.condition:
            return self._refused(host, time.monotonic(), until)

    def _refused(self, host: _Host, now: float, until: float | None) -> Failure | None:
        if self._closed:
            return Failure(NOT_ASKED, "interrupted")
        if until is not None and now >= until:
            return Failure(NOT_ASKED, "the time for fetching was over", kind="deadline")
        if now < host.given_up_until:
            host.not_asked += 1
            return Failure(NOT_ASKED, f"host given up: {host.reason}", kind="given-up")
        return None

    @staticmethod
    def _give_up(host: _Host, seconds: float) -> None:
        host.times_given_up += 1
        host.given_up_until = max(host.given_up_until, time.monotonic() + seconds)
        host.condition.notify_all()


def _counted(pictures: int) -> str:
    return "1 more picture" if pictures == 1 else f"{pictures} more pictures"
