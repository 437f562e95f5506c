"""One failure out of what became of each place where a picture was looked for. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from epubmaker.collector.pictures.candidates import Candidate, WebAddress
from epubmaker.collector.pictures.outcomes import MISSING, NOT_STORED, Failure
from epubmaker.model.pictures import FetchFailed

__all__ = ["verdict"]


def verdict(url: str, failures: list[tuple[Candidate, Failure]]) -> FetchFailed:
    """Return the failure that a report should show, out of those of all candidates, in their order.

    The first web candidate's counts (else that of one that is refused, else the first): a picture on disk is the
    exception. The reasons at other hosts, where they differ, stand after it. Before all of them comes a disk that did
    not take what one of them gave.
    """
    if not failures:
        return FetchFailed(url, MISSING, "no address")
    if lost := next((failure for _, failure in failures if failure.code == NOT_STORED), None):
        return FetchFailed(url, lost.code, lost.reason)
    by_host = {urlsplit(item.address).netloc: why for item, why in reversed(failures) if isinstance(item, WebAddress)}
    if not by_host:
        refused = [failure for _, failure in failures if failure.code != MISSING]
        worst = (refused or [failure for _, failure in failures])[0]
        return FetchFailed(url, worst.code, worst.reason)
    (_, first), *others = reversed(by_host.items())
    rest = "".join(f"; {host}: {failure.reason}" for host, failure in others if failure.reason != first.reason)
    return FetchFailed(url, first.code, first.reason + rest)
