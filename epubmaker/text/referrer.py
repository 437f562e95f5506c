"""Referrer policies (W3C Referrer Policy, section 3), as far as they keep a page's address from a picture's host. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from epubmaker.model.pictures import Referrer

__all__ = ["referrer_policy", "told_address"]

# With the older names of HTML's `meta` element. "" stands for the whole address.
_POLICIES: dict[str, Referrer] = {
    **dict.fromkeys(("no-referrer", "never"), "no-referrer"),
    "same-origin": "same-origin",
    **dict.fromkeys(("origin", "strict-origin"), "origin"),
    **dict.fromkeys(("unsafe-url", "always", "default", "no-referrer-when-downgrade"), ""),
    **dict.fromkeys(("origin-when-cross-origin", "origin-when-crossorigin", "strict-origin-when-cross-origin"), ""),
}


def referrer_policy(declared: str) -> Referrer | None:
    """Return the policy that a page or an element declares, the last one that is known; None where it declares none.

    What browsers do without a declaration counts as the whole address: some hosts send a picture only to such requests.
    """
    known = [_POLICIES[name] for name in map(str.strip, declared[:200].lower().split(",")) if name in _POLICIES]
    return known[-1] if known else None


def told_address(link: str | None, policy: Referrer, address: str) -> str | None:
    """Return what of the page at `link` a request for `address` is to tell, None for nothing."""
    if not link or not policy:
        return link
    page = urlsplit(link)
    if policy == "origin":
        return f"{page.scheme}://{page.netloc}/"
    return link if policy == "same-origin" and page[:2] == urlsplit(address)[:2] else None
