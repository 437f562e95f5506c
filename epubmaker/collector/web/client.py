"""GET over pooled connections, politely and within limits: redirects, retries, and the limits for each host.

This is the only module that knows `requests`. With T the timeout and R the retries, one address takes at most

    (R + 1) * (hops + 1) * (lookup + T + 10 T)  +  R pauses of at most 60 s

where hops are redirects, at most 10, and a lookup of a name takes what the system's resolver allows itself. A host that
only fails is given up long before that (see `hosts`), and `Network.deadline` ends it all but for the answers under way.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import requests.adapters
import requests.cookies
import urllib3

from epubmaker.collector.cache import freshness
from epubmaker.collector.pictures import bodies
from epubmaker.collector.pictures.headers import number, referer, retry_after
from epubmaker.collector.pictures.outcomes import BLOCKED, MISSING, NOT_ASKED, TOO_LARGE, Answer, Failure, FetchError
from epubmaker.collector.web.connections import BlockedAddressError, use_guarded, use_timed
from epubmaker.collector.web.errors import failure_of_error, failure_of_status
from epubmaker.collector.web.guard import refusal_of_host
from epubmaker.collector.web.hosts import Hosts
from epubmaker.imaging.sniff import END_SIZE, is_whole, not_a_picture
from epubmaker.options import Network
from epubmaker.report import program_version
from epubmaker.text.addresses import resolve

__all__ = ["DOCUMENTS", "PICTURES", "HttpClient", "Wanted", "refusal_of"]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 10
_LONGEST_COOKIES = 8_000  # characters that one answer may ask to be sent with the next request
_LONGEST_PAUSE = 60.0  # seconds; a host that asks for more is not asked again until then
_BLOCK = 1 << 16
_CLIENT_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: the Accept header, what is refused by its first bytes, and how long an answer is used.

    `name` keeps its answers apart from others in the cache. `refusal` returns why a body that begins so is not wanted, None
    for a good one. `guessed`: an answer that does not say how long it is fresh is used for a while; else it is asked for
    again in each run, and comes only if it has changed.
    """

    name: str
    accept: str
    refusal: Callable[[bytes], str | None]
    guessed: bool


PICTURES = Wanted(
    "", "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", not_a_picture, guessed=True
)
DOCUMENTS = Wanted(
    "document ",
    "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml,application/feed+json,"
    "application/xml;q=0.9,*/*;q=0.8",
    lambda _: None,
    guessed=False,
)


@dataclass(frozen=True, slots=True)
class _Redirect:
    address: str
    lifetime: float


class HttpClient:
    """Requests what is wanted. Thread-safe."""

    def __init__(self, settings: Network, wanted: Wanted = PICTURES) -> None:
        self.hosts = Hosts(settings.per_host, settings.delay)
        self._settings = settings
        self._until = None if settings.deadline is None else time.monotonic() + settings.deadline
        self._stopped = threading.Event()
        self._wanted = wanted
        self._session = _session(settings, wanted.accept)
        self._environments: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._headers = {name: str(value) for name, value in self._session.headers.items()}

    def close(self) -> None:
        self._stopped.set()
        self.hosts.close()
        self._session.close()

    def headers(self, link: str | None) -> Mapping[str, str]:
        """Return the headers of a request for a picture of the page at `link`."""
        return {**self._headers, **referer(link)}

    def get(self, address: str, headers: Mapping[str, str], folder: Path) -> Answer | Failure:
        """Request an address, with retries where they may help; the body goes to a file in `folder`.

        Where a host refuses a request that names the page, there is one more without.
        """
        host, outcome = self._follow(address, headers, folder)
        if isinstance(outcome, Failure) and outcome.forbidden and "Referer" in headers:
            headers = {name: value for name, value in headers.items() if name != "Referer"}
            host, outcome = self._follow(address, headers, folder)
        for turn in range(self._settings.retries):
            if not isinstance(outcome, Failure) or not outcome.again or not self._pause(host, outcome, turn):
                break
            host, outcome = self._follow(address, headers, folder)
        if isinstance(outcome, Failure) and outcome.host:
            self.hosts.failed(host, outcome.reason)
        return outcome

    def _pause(self, host: str, failure: Failure, turn: int) -> bool:
        """Wait before another try, or delay all requests to a busy host; return False when there is to be no other try."""
        if failure.wait is not None and failure.wait > _LONGEST_PAUSE:
            self.hosts.give_up(host, f"{failure.reason}, come back in {failure.wait:.0f} s", failure.wait)
            return False
        seconds = min(max(self._settings.backoff * 2**turn, failure.wait or 0.0), _LONGEST_PAUSE)
        if failure.busy:
            self.hosts.pause(host, seconds)
            return True
        return not self._stopped.wait(min(seconds, self._left()))

    def _follow(self, address: str, headers: Mapping[str, str], folder: Path) -> tuple[str, Answer | Failure]:
        """Request an address once, and follow its redirects; return the last host and the result."""
        lifetime = float("inf")
        # Of this one picture: some hosts ask for theirs after a redirect.
        cookies = requests.cookies.RequestsCookieJar()
        for _ in range(_MOST_REDIRECTS + 1):
            parts = urlsplit(address)
            refused = None if self._settings.allow_private else refusal_of(address)
            if refused is not None:
                return parts.netloc, refused
            with self.hosts.turn(parts.netloc, self._until) as none:
                outcome = none or self._exchange(address, headers, folder, cookies)
            if isinstance(outcome, Answer):
                return parts.netloc, replace(outcome, lifetime=min(outcome.lifetime, lifetime))
            if isinstance(outcome, Failure):
                return parts.netloc, outcome
            target = urlsplit(outcome.address)
            if target.netloc != parts.netloc or (parts.scheme, target.scheme) == ("https", "http"):
                headers = {name: value for name, value in headers.items() if name != "Referer"}
            address, lifetime = outcome.address, min(outcome.lifetime, lifetime)
        return parts.netloc, Failure(MISSING, f"more than {_MOST_REDIRECTS} redirects", kind="network")

    def _exchange(
        self, address: str, headers: Mapping[str, str], folder: Path, cookies: requests.cookies.RequestsCookieJar
    ) -> Answer | _Redirect | Failure:
        timeout = max(min(self._settings.timeout, self._left()), 0.001)
        try:
            request = requests.PreparedRequest()
            request.prepare("GET", address, headers=dict(headers), cookies=cookies, auth=_no_password)
            settings = self._environment(address)
            with self._session.send(request, allow_redirects=False, timeout=timeout, **settings) as response:
                if len(response.headers.get("Set-Cookie", "")) in range(1, _LONGEST_COOKIES):
                    requests.cookies.extract_cookies_to_jar(cookies, request, response.raw)  # type: ignore[no-untyped-call]
                return self._read(response, address, timeout, folder)
        except FetchError as error:
            return error.failure
        except BlockedAddressError as error:
            return Failure(BLOCKED, str(error), kind="private")
        except _CLIENT_ERRORS as error:
            return self._ended() or failure_of_error(error, timeout)

    def _environment(self, address: str) -> Mapping[str, Any]:
        """Return the proxies and certificates that the environment names for a host, each host looked up once.

        `Session.get` looks at all variables again for each request, which takes a quarter of its processor time.
        """
        parts = urlsplit(address)
        known = self._environments.get((parts.scheme, parts.netloc))
        if known is None:
            known = self._session.merge_environment_settings(address, {}, stream=True, verify=None, cert=None)
            self._environments[parts.scheme, parts.netloc] = known
        return known

    def _read(
        self, response: requests.Response, address: str, timeout: float, folder: Path
    ) -> Answer | _Redirect | Failure:
        status, headers = response.status_code, response.headers
        self.hosts.answered(urlsplit(address).netloc, well=status < 500 and status != 429)
        length = number(headers.get("Content-Length"))
        if status not in {200, 203}:
            if length is not None and length <= _BLOCK:
                response.raw.drain_conn()  # so that the connection can be used again
            return self._without_body(response, address)
        if length is not None and length > self._settings.max_bytes:
            return Failure(TOO_LARGE, f"{length / 1e6:.0f} MB")
        if "," in headers.get("Content-Encoding", ""):  # unpacked twice, a body has no bounds
            return Failure(MISSING, "answer broken: compressed twice", kind="network")
        chunks = self._chunks(response.raw, timeout)
        body = bodies.keep(chunks, folder, self._settings.max_bytes, self._wanted.refusal)
        if isinstance(body, Failure):
            return body
        return Answer(body, headers, self._lifetime(headers))

    def _lifetime(self, headers: Mapping[str, str]) -> float:
        return freshness.lifetime(200, headers, time.time(), guessed=self._wanted.guessed)

    def _without_body(self, response: requests.Response, address: str) -> Answer | _Redirect | Failure:
        """Return the meaning of an answer without a picture."""
        status, location = response.status_code, response.headers.get("Location")
        if status == 304:
            return Answer(None, response.headers, self._lifetime(response.headers))
        if status not in _REDIRECTS or location is None:
            return failure_of_status(status, retry_after(response.headers.get("Retry-After")))
        named = location.encode("latin-1", "replace").decode("utf-8", "replace")  # header bytes come as Latin-1
        target = resolve(address, named)
        if target is None:
            return Failure(BLOCKED, f"redirect to a {named.partition(':')[0][:20]}: address")
        return _Redirect(target.partition("#")[0], freshness.lifetime(status, response.headers, time.time()))

    def _chunks(self, raw: urllib3.BaseHTTPResponse, timeout: float) -> Iterator[bytes]:
        """Yield the body as it arrives; a failure does not count against the host, which has answered."""
        head = tail = b""
        while True:
            ended = self._ended()
            if ended is not None:
                raise FetchError(ended)
            try:
                chunk = raw.read1(_BLOCK, decode_content=True)
            except _CLIENT_ERRORS as error:
                if is_whole(head, tail):  # the length was wrong, or the end of the body was not said
                    return
                failure = replace(failure_of_error(error, timeout), host=False)
                raise FetchError(self._ended() or failure) from error
            if not chunk:
                return
            head, tail = head or chunk[:END_SIZE], (tail + chunk[-END_SIZE:])[-END_SIZE:]
            yield chunk

    def _ended(self) -> Failure | None:
        """Return a failure when the fetcher was closed or its time is over; it counts against no host."""
        if self._stopped.is_set():
            return Failure(NOT_ASKED, "interrupted")
        if self._left() <= 0:
            return Failure(NOT_ASKED, "the time for fetching was over", kind="deadline")
        return None

    def _left(self) -> float:
        return float("inf") if self._until is None else self._until - time.monotonic()


# --- the session -----------------------------------------------------------------------------------------------------


class _Adapter(requests.adapters.HTTPAdapter):
    """Pools of connections within the limits of `connections`; a proxy may have any address."""

    def __init__(self, settings: Network) -> None:
        self._guarded = not settings.allow_private
        super().__init__(pool_connections=64, pool_maxsize=settings.per_host)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        (use_guarded if self._guarded else use_timed)(self.poolmanager)

    def proxy_manager_for(self, proxy: str, **options: Any) -> urllib3.PoolManager:
        manager: urllib3.PoolManager = super().proxy_manager_for(proxy, **options)
        if proxy.lower().startswith("socks"):
            from epubmaker.collector.web.socks import use_socks  # noqa: PLC0415 - few runs have such a proxy

            use_socks(manager, guarded=self._guarded)
        else:
            use_timed(manager)
        return manager


def _session(settings: Network, accept: str) -> requests.Session:
    """Return a session that uses the environment's proxies and certificates, but no cookies and no stored passwords."""
    session = requests.Session()
    session.headers["User-Agent"] = f"epubmaker/{program_version()} (+https://pypi.org/project/epubmaker/)"
    session.headers["Accept"] = accept
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter(settings))
    return session


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Leave a request as it is: without this, requests would look for passwords in ~/.netrc."""
    return request


def refusal_of(address: str) -> Failure | None:
    """Return a failure for an address that must not be requested, as far as its host's name shows."""
    refused = refusal_of_host(urlsplit(address).hostname or "")
    return None if refused is None else Failure(BLOCKED, refused, kind="private")
