"""Parses and makes HTTP header values, RFC 9110. Values that are not valid count as missing."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

from epubmaker.text.addresses import resolve

__all__ = ["moment", "number", "referer", "retry_after"]


def referer(link: str | None) -> dict[str, str]:
    """Return the Referer header for a picture of the page at `link`, without fragment and password; {} without a link.

    Many hosts send a picture only to requests that name the page that shows it.
    """
    address = resolve(None, link) if link else None
    return {"Referer": address.partition("#")[0]} if address else {}


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a Retry-After header asks for (section 10.2.3), None when it names none."""
    seconds = number(value)
    if seconds is not None:
        return float(seconds)
    then = moment(value)
    return None if then is None else max(then - time.time(), 0.0)


def moment(value: str | None) -> float | None:
    """Return an HTTP date (section 5.6.7) in seconds since the epoch; None when it is not valid."""
    try:
        return parsedate_to_datetime(value).timestamp() if value else None
    except (ValueError, OverflowError, OSError):
        return None


def number(value: str | None) -> int | None:
    """Return a header's whole number; None when it is not one."""
    digits = (value or "").strip()
    return int(digits[:15]) if digits.isascii() and digits.isdigit() else None
