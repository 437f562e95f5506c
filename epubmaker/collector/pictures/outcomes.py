"""The results of a try to fetch a picture: a body or an answer of the web, or a failure with an issue code.

    picture-missing         nothing came from the address: HTTP status, DNS, TLS, refused, timed out, dropped, no such file
    picture-not-a-picture   something else came: an HTML page, JSON, text, nothing at all
    picture-too-large       more bytes than `Network.max_bytes`
    picture-blocked         an address that is never requested: private, loopback, ..., or neither http, https nor data
    picture-outside         a local path outside the input folders
    picture-not-stored      it came, but could not be stored; that ends the build, and so is in no report
    picture-not-asked       left out by this run: offline, past the deadline, a host that was given up, interrupted
    host-unavailable        a host was given up for a while; one issue for each host, see `web.hosts`

The codes are stable; all but picture-not-stored can be in the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from epubmaker.model.pictures import FailureKind

__all__ = [
    "BLOCKED",
    "HOST_UNAVAILABLE",
    "MISSING",
    "NOT_ASKED",
    "NOT_A_PICTURE",
    "NOT_STORED",
    "OUTSIDE",
    "TOO_LARGE",
    "Answer",
    "Body",
    "Failure",
    "FetchError",
]

MISSING = "picture-missing"
NOT_A_PICTURE = "picture-not-a-picture"
TOO_LARGE = "picture-too-large"
BLOCKED = "picture-blocked"
OUTSIDE = "picture-outside"
NOT_ASKED = "picture-not-asked"
NOT_STORED = "picture-not-stored"
HOST_UNAVAILABLE = "host-unavailable"


@dataclass(frozen=True, slots=True)
class Body:
    """A file that holds the bytes of a picture as they came."""

    path: Path
    size: int
    sha256: str
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer of the web; `body` is None where the one in the cache is still right (HTTP 304).

    `headers` ignores the letter case of names; `lifetime` is the number of seconds for which the answer is fresh, the
    redirects on the way to it considered.
    """

    body: Body | None
    headers: Mapping[str, str]
    lifetime: float


@dataclass(frozen=True, slots=True)
class Failure:
    """One try that failed.

    `again`: a second try may do better. `host`: the host failed and not the one address (no answer, or a server error);
    that counts toward giving the host up. `busy`: the host asks for a pause of all requests to it; `wait` is the pause
    that it named, in seconds. `until` is when the failure is forgotten, in seconds since the epoch.
    `forbidden`: the host refuses this request, and may not refuse another one (HTTP 403). `kind` is that of `FetchFailed`.
    """

    code: str
    reason: str
    again: bool = False
    host: bool = False
    busy: bool = False
    wait: float | None = None
    forbidden: bool = False
    until: float = 0.0
    kind: FailureKind | None = None


class FetchError(Exception):
    """Carries a Failure out of code that cannot return one."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure
