"""Web and mail addresses in running text: where each begins and ends, and where it leads.

A feed that takes the line ends out of a text leaves addresses glued to what follows. An address ends at the first
character that RFC 3986 does not allow, where the next one begins, at a rule such as "=====", and before a capital letter
that follows its host or the ending of its file. Marks that belong to the sentence around it are no part of it: GitHub
Flavored Markdown, section 6.9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from epubmaker.text.addresses import resolve

__all__ = ["BareAddress", "bare_addresses", "may_have_addresses"]

# What may stand in an address after its host: not another address, unless it is a parameter or one in the Web Archive, and
# no rule. All that is possessive or begins where a run of its characters does takes linear time.
_CHARACTER = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]"
_NESTED = r"(?<!=)=https?://|/web/[0-9*a-z_]{1,20}/https?://"
_REST = rf"(?:{_NESTED}|(?!https?://|={{3}}|_{{3}}|-{{3,}}+(?![A-Za-z0-9])|-{{4}}){_CHARACTER})*+"
_ADDRESS = re.compile(
    rf"(?P<web>https?://[A-Za-z0-9\[]{_REST})"
    rf"|(?<![A-Za-z0-9./@_-])(?P<www>www\.[A-Za-z0-9-]+\.{_REST})"
    r"|(?<![A-Za-z0-9._+-])(?P<mail>[A-Za-z0-9][A-Za-z0-9._+-]*+@(?:[A-Za-z0-9-]+\.)+(?:[a-z]{2,24}|[A-Z]{2,24}))",
    re.ASCII,
)
_GLUED_HOST = re.compile(r"(?:https?://)?[A-Za-z0-9.-]*\.[a-z]{2,24}(?=[A-Z])")
_GLUED_FILE = re.compile(
    r"(?:https?://)?[^/?#]+/[^?#]*?\.(?:aspx?|epub|gif|jpe?g|jsp|mp[34]|pdf|php|png|webp|zip|[sx]?html?)(?=[A-Z][a-z])"
)
# The label of an address, a name or a number that comes next: "Paypal：https://", "WhatsApp: +1".
_GLUED_LABEL = re.compile(
    r"(?<=[A-Za-z0-9])[A-Z][a-z]{2,}(?:App|Chat|Pal|Tube)?(?=\s?[:：]\s{0,2}(?:https?://|www\.|[@+]))"
)
_GLUED_TIME = re.compile(r"0?0:00\Z")  # the first of a list of time stamps
# Addresses of a fixed length, to which the next word is glued without being seen.
_FIXED = re.compile(
    r"https?://(?:youtu\.be/|(?:www\.|m\.)?youtube\.com/(?:watch\?v=|shorts/|live/))[A-Za-z0-9_-]{11}(?=[A-Za-z0-9_'-])"
)
_TRAILING = ".,;:!?'*~#"
_BRACKETS = {")": "(", "]": "["}


class BareAddress(NamedTuple):
    """An address in a text, from `start` to `end`, and the URI that it leads to."""

    start: int
    end: int
    uri: str


def may_have_addresses(text: str) -> bool:
    """Return False for most texts that have none, in a tenth of a microsecond."""
    return "@" in text or (":" in text and "://" in text) or "www." in text


def bare_addresses(text: str) -> Iterator[BareAddress]:
    """Yield the addresses in a text, in order. URIs are valid by RFC 3986 and RFC 6068; time is linear in the text."""
    position = 0
    while (match := _ADDRESS.search(text, position)) is not None:
        found = match[0]
        if match["mail"]:
            position, uri = match.end(), f"mailto:{found}"
        else:
            label = _GLUED_LABEL.search(text, match.start() + len("https://"), match.end() + 12)
            found = _without_rest(text[match.start() : label.start()] if label else found)
            position = match.start() + max(1, len(found))
            uri = resolve(None, found if match["web"] else f"http://{found}") or ""
        if uri:
            yield BareAddress(match.start(), match.start() + len(found), uri)


def _without_rest(found: str) -> str:
    """Return an address without what is glued to it."""
    for pattern in (_FIXED, _GLUED_HOST, _GLUED_FILE):
        if glued := pattern.match(found):
            found = glued[0]
    if found.count("#") > 1:  # hashtags: an address has one fragment
        found = found[: found.index("#")]
    if stamp := _GLUED_TIME.search(found):
        found = found[: stamp.start()]
    spare = {end: found.count(end) - found.count(start) for end, start in _BRACKETS.items()}
    length = len(found)
    while length:
        last = found[length - 1]
        if last in _BRACKETS and spare[last] > 0:
            spare[last] -= 1
        elif last not in _TRAILING:
            break
        length -= 1
    return found[:length]
