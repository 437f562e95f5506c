"""The limits for each host: requests at once, pauses, giving up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from epubmaker.collector.pictures.outcomes import Failure
from epubmaker.collector.web.hosts import Hosts, Refusal, shared_turns


def may_start(hosts: Hosts, name: str = "a", until: float = 0.0) -> bool:
    """Tell whether a request may start at once (or before `until`)."""
    with hosts.turn(name, until or time.monotonic() + 0.02) as refused:
        return refused is None


def test_requests_to_a_host_at_once_are_limited_and_each_end_lets_another_start() -> None:
    hosts = Hosts(per_host=2, delay=0.0)
    with hosts.turn("a", None), hosts.turn("a", None):
        assert not may_start(hosts)
        assert may_start(hosts, "b")
    assert may_start(hosts)


def test_a_waiting_request_starts_when_another_ends() -> None:
    hosts = Hosts(per_host=1, delay=0.0)
    got = threading.Event()

    def wait() -> None:
        with hosts.turn("a", None) as refused:
            assert refused is None
            got.set()

    thread = threading.Thread(target=wait)
    with hosts.turn("a", None):
        thread.start()
        assert not got.is_set()
    thread.join()
    assert got.is_set()


def test_a_pause_holds_for_all_requests_to_that_host() -> None:
    hosts = Hosts(per_host=5, delay=0.0)
    hosts.pause("a", 600.0)
    assert not may_start(hosts)
    assert may_start(hosts, "b")


def test_the_delay_separates_requests_to_one_host() -> None:
    hosts = Hosts(per_host=5, delay=600.0)
    assert may_start(hosts)
    assert not may_start(hosts)
    assert may_start(hosts, "b")


def test_a_host_that_only_fails_is_given_up_and_named() -> None:
    hosts = Hosts(per_host=5, delay=0.0)
    for _ in range(5):
        assert may_start(hosts)
        hosts.failed("a", "connection refused")
    with hosts.turn("a", None) as refused:
        assert refused is not None
        assert (refused.code, refused.reason) == ("picture-not-asked", "host given up: connection refused")
    (issue,) = hosts.issues
    assert (issue.code, issue.severity, issue.where) == ("host-unavailable", "warning", "a")
    assert issue.message == "connection refused; 1 more picture not asked for"
    assert hosts.given_up == {"a": "connection refused"}
    assert may_start(hosts, "b")


def test_a_host_that_answers_now_and_then_is_not_given_up() -> None:
    hosts = Hosts(per_host=5, delay=0.0)
    for _ in range(20):
        hosts.failed("a", "HTTP 500")
        hosts.failed("a", "HTTP 500")
        hosts.answered("a", well=True)
    assert may_start(hosts)
    for _ in range(19):
        hosts.failed("a", "HTTP 500")
    assert may_start(hosts)
    hosts.failed("a", "HTTP 500")
    assert not may_start(hosts)


def test_giving_up_ends_the_waiting_for_that_host() -> None:
    hosts = Hosts(per_host=5, delay=0.0)
    hosts.pause("a", 600.0)
    reasons: list[str] = []

    def wait() -> None:
        with hosts.turn("a", None) as refused:
            assert refused is not None
            reasons.append(refused.reason)

    thread = threading.Thread(target=wait)
    thread.start()
    hosts.give_up("a", "HTTP 429", 600.0)
    thread.join()
    assert reasons == ["host given up: HTTP 429"]


def test_closing_ends_all_waiting() -> None:
    hosts = Hosts(per_host=1, delay=0.0)
    reasons: list[str] = []

    def wait() -> None:
        with hosts.turn("a", None) as refused:
            assert refused is not None
            reasons.append(refused.reason)

    with hosts.turn("a", None):
        threads = [threading.Thread(target=wait) for _ in range(3)]
        for thread in threads:
            thread.start()
        hosts.close()
        for thread in threads:
            thread.join()
    assert reasons == ["interrupted"] * 3


def test_the_network_counts_as_working_once_any_host_answered() -> None:
    hosts = Hosts(per_host=1, delay=0.0)
    assert not hosts.network
    hosts.answered("a", well=False)
    assert hosts.network


class OneForAll:
    """Turns that are shared: one request at a time, to whatever host."""

    def __init__(self) -> None:
        self.free = threading.Lock()

    @contextmanager
    def turn(self, name: str, per_host: int, delay: float, refusal: Refusal) -> Iterator[Failure | None]:
        del name, per_host, delay
        while (refused := refusal()) is None and not self.free.acquire(timeout=0.01):
            pass
        try:
            yield refused
        finally:
            if refused is None:
                self.free.release()


def test_turns_that_are_shared_hold_for_all_hosts_made_with_them() -> None:
    token = shared_turns.set(OneForAll())
    one, other = Hosts(per_host=5, delay=0.0), Hosts(per_host=5, delay=0.0)
    shared_turns.reset(token)

    with one.turn("a", None) as refused:
        assert refused is None
        assert not may_start(other)
        assert may_start(Hosts(per_host=5, delay=0.0))
        closing = threading.Thread(target=other.close)
        closing.start()
        with other.turn("a", None) as ended:  # waits until it is closed
            assert ended is not None
            assert ended.reason == "interrupted"
        closing.join()
    assert may_start(one)
