"""Chooses the failure to report, out of those of all places where a picture was looked for. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from epubmaker.collector.pictures.candidates import Candidate, WebAddress
from epubmaker.collector.pictures.outcomes import MISSING, NOT_STORED, Failure
from epubmaker.model.pictures import FetchFailed

__all__ = ["verdict"]


def verdict(url: str, failures: list[tuple[Candidate, Failure]]) -> FetchFailed:
    """Return the failure to report, out of those of all candidates in their order.

    It is the failure of the first web address. Without one, it is that of the first candidate that is refused, else of the
    first. The reasons of other hosts follow, where they differ. A picture that could not be stored comes before all others.
    """
    if not failures:
        return FetchFailed(url, MISSING, "no address")
    if lost := next((failure for _, failure in failures if failure.code == NOT_STORED), None):
        return FetchFailed(url, lost.code, lost.reason, kind=lost.kind)
    by_host = {urlsplit(item.address).netloc: why for item, why in reversed(failures) if isinstance(item, WebAddress)}
    if not by_host:
        refused = [failure for _, failure in failures if failure.code != MISSING]
        worst = (refused or [failure for _, failure in failures])[0]
        return FetchFailed(url, worst.code, worst.reason, kind=worst.kind)
    (_, first), *others = reversed(by_host.items())
    rest = "".join(f"; {host}: {failure.reason}" for host, failure in others if failure.reason != first.reason)
    return FetchFailed(url, first.code, first.reason + rest, kind=first.kind)
