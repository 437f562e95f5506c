"""Finds the original address of a picture in the address of an image proxy.

Many sites serve pictures through a service that resizes them. The proxy's address names the original:

    images.weserv.nl?url=host/a.jpg                             a query parameter, with or without scheme
    /_next/image?url=%2Fa.jpg&w=640                             a query parameter, relative to the site itself
    i0.wp.com/host/a.jpg?w=300                                  host and path as the path
    res.cloudinary.com/x/image/fetch/w_300/https://host/a.jpg   a whole address within the path, encoded or not
    camo.githubusercontent.com/digest/68747470…                 a whole address in hexadecimal digits
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from epubmaker.text.addresses import resolve

__all__ = ["origins"]

_NAMES = frozenset(
    {"href", "image", "image_url", "img", "imgurl", "mediaurl", "path", "source", "src", "u", "uri", "url"}
)
_WHOLE = re.compile(r"https?:/{1,2}(?=[^/])", re.IGNORECASE)
_PORT = r"(?::\d{1,5})?"
_BARE = re.compile(
    rf"(?:ssl:|//)?(?:(?:[A-Za-z0-9_-]+\.)+[A-Za-z]{{2,24}}{_PORT}|\d{{1,3}}(?:\.\d{{1,3}}){{3}}{_PORT})/\S"
)
_PHOTON = re.compile(r"i\d\.wp\.com", re.IGNORECASE)
_THUMBOR = "/unsafe/"  # then any number of settings as segments, then the origin
_HEXADECIMAL = re.compile(r"/[0-9a-f]{40,64}/((?:[0-9a-f]{2}){8,})/?", re.IGNORECASE)
_DEPTH = 3  # a proxy of a proxy of a proxy
_LONGEST = 8192  # no server takes longer addresses


def origins(address: str) -> tuple[str, ...]:
    """Return the addresses where the original of a proxied picture may be, best first; none when it is not proxied.

    `address` is an absolute http(s) URI. An origin that is named without scheme is given with https, then with http.
    """
    found: dict[str, None] = {}
    layer = [address] if len(address) <= _LONGEST else []
    for _ in range(_DEPTH):
        layer = [
            origin for outer in layer for origin in _origins_once(outer) if origin not in found and origin != address
        ]
        found.update(dict.fromkeys(layer))
    return tuple(found)


def _origins_once(address: str) -> tuple[str, ...]:
    parts = urlsplit(address)
    named = _in_path(parts.netloc, parts.path) or _in_query(parts.query)
    return () if named is None else _with_schemes(address, named)


def _in_query(query: str) -> str | None:
    """Return the first parameter that holds an address: known by the parameter's name, else by its value alone."""
    pairs = parse_qsl(query)
    for name, value in pairs:
        if name.lower() in _NAMES and (_WHOLE.match(value) or _BARE.match(value) or value.startswith("/")):
            return value
    return next((value for _, value in pairs if _WHOLE.match(value) and len(value) > len("https://")), None)


def _in_path(host: str, path: str) -> str | None:
    whole = unquote(path)
    start = _WHOLE.search(whole)
    if start:
        return whole[start.start() :]
    hexadecimal = _HEXADECIMAL.fullmatch(path)
    if hexadecimal:
        named = bytes.fromhex(hexadecimal[1]).decode("utf-8", "replace")
        return named if _WHOLE.match(named) else None
    tails = [path[1:]] if _PHOTON.fullmatch(host) else _tails(path) if path.startswith(_THUMBOR) else []
    return next((tail for tail in tails if _BARE.match(tail)), None)


def _tails(path: str) -> list[str]:
    """Return what follows each slash of a path, longest first."""
    segments = path.split("/")
    return ["/".join(segments[start:]) for start in range(2, len(segments))]


def _with_schemes(address: str, named: str) -> tuple[str, ...]:
    """Return the addresses that an origin means: as it is, relative to its proxy, or with each scheme where it has none."""
    if _WHOLE.match(named):
        tries = [re.sub(r":/+", "://", named, count=1)]
    elif _BARE.match(named):
        bare = named.removeprefix("ssl:").removeprefix("//")
        tries = [f"https://{bare}", f"http://{bare}"]
    else:
        tries = [named]
    resolved = (resolve(address, item) for item in tries)
    return tuple(item.partition("#")[0] for item in resolved if item is not None)
