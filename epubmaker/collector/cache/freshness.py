"""How long an answer is fresh, and how to revalidate it: RFC 9111, for a private cache. Pure.

An answer without a lifetime is fresh for a tenth of the age that it had when it was sent (section 4.2.2), for a day at
least and a month at most: the pictures of articles hardly ever change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from epubmaker.collector.pictures.headers import moment, number

__all__ = ["lifetime", "matches", "storable", "validators", "variant"]

_DAY = 86400.0
_MONTH = 30 * _DAY
_LONGEST = 10 * 365 * _DAY
_PERMANENT = frozenset({301, 308})


def storable(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer may be kept at all (section 3). `headers` ignores the letter case of names."""
    return "no-store" not in _directives(headers)


def lifetime(status: int, headers: Mapping[str, str], now: float, *, guessed: bool = True) -> float:
    """Return for how many seconds from `now` (seconds since the epoch) an answer is fresh; 0: it must be revalidated.

    A temporary redirect is fresh only when it says so, a permanent one for ten years. Without `guessed`, other answers are
    fresh only when they say so, too.
    """
    explicit = _explicit(headers, now)
    if explicit is None:
        if status in _PERMANENT:
            return _LONGEST
        return _heuristic(headers, now) if status == 200 and guessed else 0.0
    return min(max(explicit - (number(headers.get("Age")) or 0), 0.0), _LONGEST)


def validators(etag: str | None, modified: str | None) -> dict[str, str]:
    """Return the headers that ask for a body only when it is another one (RFC 9110, section 13.1)."""
    named = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in named.items() if value}


def variant(headers: Mapping[str, str], request: Mapping[str, str]) -> str | None:
    """Return the request headers that an answer depends on (section 4.1) with their values, as one string.

    None where that cannot be known (`Vary: *`). `matches` tells whether another request may use the answer.
    """
    names = sorted({name.strip().lower() for name in headers.get("Vary", "").split(",")} - {""})
    if "*" in names:
        return None
    values = {name.lower(): value for name, value in request.items()}
    return json.dumps({name: values.get(name) for name in names}) if names else ""


def matches(kept: str | None, request: Mapping[str, str]) -> bool:
    """Tell whether a request may use an answer that was kept with this `variant`; raises ValueError where it is none."""
    if not kept:
        return kept is not None
    values = {name.lower(): value for name, value in request.items()}
    wanted = json.loads(kept)
    if not isinstance(wanted, dict):
        raise ValueError(kept)  # noqa: TRY004 - whatever JSON it is, it is no variant
    return all(values.get(name) == value for name, value in wanted.items())


def _explicit(headers: Mapping[str, str], now: float) -> float | None:
    directives = _directives(headers)
    if "no-cache" in directives:
        return 0.0
    if "max-age" in directives:
        return float(number(directives["max-age"]) or 0)
    if "Expires" in headers:
        expires = moment(headers["Expires"])
        sent = moment(headers.get("Date"))
        return 0.0 if expires is None else expires - (now if sent is None else sent)
    return None


def _heuristic(headers: Mapping[str, str], now: float) -> float:
    modified = moment(headers.get("Last-Modified"))
    tenth = 0.0 if modified is None else (now - modified) / 10
    return min(max(tenth, _DAY), _MONTH)


def _directives(headers: Mapping[str, str]) -> dict[str, str]:
    parts = (part.partition("=") for part in headers.get("Cache-Control", "").split(","))
    return {name.strip().lower(): value.strip().strip('"') for name, _, value in parts}
