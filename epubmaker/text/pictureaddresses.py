"""One key for a picture at all the sizes in which a site hands it out, to tell which pictures articles share. Pure.

`https://e.org/a-300x200.jpg`, `https://e.org/a.jpg?w=640` and `//e.org/a@2x.jpg` are one picture; `https://e.org/a.php?id=1`
and `https://e.org/a.php?id=2` are two.

It also tells which addresses have the name of a stand-in, which a page shows until the picture comes.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b

__all__ = ["named_as_stand_in", "picture_key", "picture_keys"]

_KEY_BYTES = 6
_LONGEST = 2000  # characters of an address
_MOST = 300  # pictures of one article
_TAG = re.compile(rb"<(?:amp-anim|amp-img|img|source)\b([^<>]*)>", re.IGNORECASE)
_VALUE = re.compile(rb"""(?<![\w-])(?:data-[\w-]+|src(?:set)?)\s*=\s*("[^"]*"|'[^']*'|[^\s>"']+)""", re.IGNORECASE)
# What says a size within a path, as WordPress, Medium, Blogger and Cloudinary write it.
_SIZE = re.compile(
    r"-\d{2,4}x\d{2,4}(?=\.\w{3,4}$)|@[1-4]x(?=\.\w{3,4}$)|/(?:max/\d+|resize:[^/]+|s\d{2,4}(?:-c)?|w_\d+)(?=/)"
)
_SIZING = re.compile(
    r"(?:w|h|s|width|height|size|resize|fit|crop|quality|q|dpr|zoom|ssl|strip|auto|fm|format)=.*|"
    r"imageView2?/.*|imageMogr2/.*|x-oss-process=.*|tp=.*|wx_\w+=.*",
    re.IGNORECASE,
)

# What the files are called that pages show in place of a picture. A photograph may be called so as well.
_STAND_IN = re.compile(
    r"(?:^|[/_-])(?:blank|spacer|pixel|transparent|placeholder|loading|lazy-?load(?:ing)?|1x1|1px|grey|gray|dot_?clear|"
    r"clear|empty|none|px)(?:[._-](?:bg|img|image|gif|icon|\d+(?:x\d+)?))*\.(?:gif|png|svg|jpe?g|webp)(?:[?#]|$)",
    re.IGNORECASE,
)


def named_as_stand_in(address: str) -> bool:
    """Return True for an address whose file is called "blank.gif", "loading.svg" and the like."""
    return address[:5].lower() != "data:" and bool(_STAND_IN.search(address[:_LONGEST]))


def picture_keys(markup: bytes, link: str | None) -> str:
    """Return the keys of the pictures in an article's HTML, sorted, with spaces between them; "" for most articles.

    `link` is the article's address. All addresses that an `img` and the like name are looked at, of the first 300 pictures.
    """
    if not _TAG.search(markup):
        return ""
    found: set[str] = set()
    for address in _addresses(markup):
        if key := picture_key(address, link):
            found.add(key)
            if len(found) == _MOST:
                break
    return " ".join(sorted(found))


def _addresses(markup: bytes) -> Iterator[str]:
    for tag in _TAG.finditer(markup):
        for value in _VALUE.findall(tag[1]):
            text = value.strip(b"\"'").decode("utf-8", "replace")
            if "&" in text:
                text = html.unescape(text)
            for candidate in text.split(", ") if " " in text else (text,):
                yield from candidate.split(None, 1)[:1]


def picture_key(address: str, link: str | None) -> str:
    """Return the same text for all sizes of a picture at the same address, and another for any other; "" for no address.

    `link` is the article's own address. An address that begins neither with a scheme nor with a slash names another file
    from page to page: it gets no key.
    """
    if not address.startswith(("https://", "http://", "/")) or len(address) > _LONGEST:
        return ""
    if address[:1] == "/" != address[1:2]:
        address = f"//{link.split('/', 3)[2]}{address}" if link else ""
    return _key(address.partition("//")[2].partition("#")[0])


@lru_cache(maxsize=256)  # what a page names several times, or what its source repeats
def _key(name: str) -> str:
    path, mark, query = name.partition("?")
    kept = [pair for pair in query.split("&") if not _SIZING.fullmatch(pair)] if mark else ()
    whole = f"{_SIZE.sub('', path)}?{'&'.join(kept)}" if path else ""
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=_KEY_BYTES).hexdigest() if whole else ""
