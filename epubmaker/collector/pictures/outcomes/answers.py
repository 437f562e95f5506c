"""A good answer of the web, as the HTTP client hands it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from epubmaker.collector.pictures.outcomes.bodies import Body

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: a body, or None when the server says that the one we know still holds (HTTP 304).

    `headers` ignores the letter case of names; `lifetime` says for how many seconds the answer is fresh, all redirects on
    the way to it included.
    """

    body: Body | None
    headers: Mapping[str, str]
    lifetime: float
