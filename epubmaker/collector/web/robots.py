"""What a site's robots.txt asks of programs (RFC 9309). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

__all__ = ["MOST_BYTES", "allows", "robots_address"]

MOST_BYTES = 512 * 1024
"""The bytes of the file that count: section 2.5 asks for 500 KiB at least."""

_OWN_NAME = "epubmaker"
_LINE = re.compile(r"\s*(user-agent|allow|disallow)\s*:([^#\r\n]*)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_-]+|\*")


class _Rule(NamedTuple):
    path: str
    allowed: bool


def robots_address(address: str) -> str:
    """Return where the robots.txt of the site of an http(s) address is."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def allows(text: str, address: str) -> bool:
    """Tell whether a robots.txt allows us to fetch an address of its site.

    The longest of the rules that match counts, and of two the one that allows (section 2.2.2). Takes time linear in the
    text's length and the address's.
    """
    parts = urlsplit(address)
    path = unquote(f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}")
    matching = [rule for rule in _rules(text) if _matches(rule.path, path)]
    return max(matching, key=lambda rule: (len(rule.path), rule.allowed)).allowed if matching else True


def _rules(text: str) -> Sequence[_Rule]:
    """Return the rules for us, else those for all."""
    found: dict[str, list[_Rule]] = {}
    names: list[str] = []
    in_rules = True
    for line in text.splitlines():
        matched = _LINE.match(line)
        if matched is None:
            continue
        field, value = matched[1].lower(), matched[2].strip()
        if field == "user-agent":
            names = [] if in_rules else names
            named = _NAME.match(value)
            names.append(named[0].lower() if named else "")
            found.setdefault(names[-1], [])
            in_rules = False
        else:
            in_rules = True
            for name in names if value else ():
                if name in {_OWN_NAME, "*"}:
                    found[name].append(_Rule(unquote(value), field == "allow"))
    return found.get(_OWN_NAME, found.get("*", ()))


def _matches(pattern: str, path: str) -> bool:
    """Tell whether a path matches; "*" stands for any characters, "$" at the end for the end (section 2.2.3)."""
    first, *others = pattern.removesuffix("$").split("*")
    to_end = pattern.endswith("$")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, part in enumerate(others, start=1):
        is_last = number == len(others)
        at = max(at, len(path) - len(part)) if is_last and to_end else at
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return at == len(path) or not to_end
