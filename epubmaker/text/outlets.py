"""The names of the sites that articles come from, by the addresses of the articles, from outlets.txt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from epubmaker.text.addresses import site

__all__ = ["outlet"]


def outlet(address: str | None) -> str:
    """Return what people call the site of an absolute http(s) address: its name, else its host; "" where it has none."""
    host = site(address)
    if not host:
        return ""
    names = _names()
    section = (address or "").partition("://")[2].partition("/")[2].partition("/")[0]
    if (name := names.get(f"{host}/{section}")) is not None:
        return name
    above = host
    while "." in above:
        if (name := names.get(above)) is not None:
            return name
        above = above.partition(".")[2]
    return host


@cache
def _names() -> Mapping[str, str]:
    """Return the name of each host, and of sections of hosts ("bbc.com/zhongwen")."""
    lines = (Path(__file__).parent / "outlets.txt").read_text(encoding="utf-8").splitlines()
    names: dict[str, str] = {}
    for line in lines:
        host, _, name = line.partition(" ")
        names[host] = name
    return names
