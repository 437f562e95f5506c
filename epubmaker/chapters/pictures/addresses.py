"""The addresses of a picture: all that an element names, the best one first.

`srcset` is read as the HTML Standard says (section 4.8.4.2), more leniently. The attributes of lazy-loading scripts are
the ones of the common libraries, plugins and sites; an unknown one is found by its value looking like a picture's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from html import unescape

from epubmaker.chapters.style import read
from epubmaker.text.pictureaddresses import named_as_stand_in

__all__ = [
    "TARGET_WIDTH",
    "Candidate",
    "Rank",
    "best_first",
    "candidates",
    "clean",
    "is_picture_address",
    "url_in_style",
    "without_stand_ins",
]

TARGET_WIDTH = 1440  # pixels: the widest screen of an ordinary reader, so that nothing larger is fetched without need
_MOST = 4  # addresses kept for one picture; each further one costs a request when the picture is gone
_TINY = 300  # pixels below which a candidate is a preview
_STUB = 300  # characters below which a `data:` address holds no picture
_LONGEST = 8000  # characters of an address


class Rank(IntEnum):
    """What kind of address an attribute holds, the best kind first."""

    ORIGINAL = 0  # the picture as it was uploaded
    LAZY = 1  # what a script would have shown
    PLAIN = 2  # `src`


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address of a picture; `width` in pixels, None where the article does not give it."""

    address: str
    rank: Rank
    width: float | None = None
    density: float = 1.0


_PLAIN = frozenset({"src", "data", "href", "xlink:href", "poster"})
_ORIGINAL = re.compile(
    r"data-(?:orig(?:inal)?(?:-file)?|large[-_](?:file|image|src)|src-large|full(?:-?(?:size|src|url|image))?|"
    r"hi(?:gh)?-?res(?:-src)?|zoom(?:-?(?:src|image|file))?|raw-?src|pagespeed-high-res-src)|zoomfile"
)
# Scripts name this attribute in a hundred ways; nearly every name has one of these syllables.
_LAZY = re.compile(r"src|lazy|original|img|image|echo|delayed|defer|^file$|^data-(?:normal|url|bg|background)")
# Attributes whose address is not the picture's.
_ELSEWHERE = re.compile(
    r"alt|title|longdesc|usemap|cite|id|class|style|sizes|.*(?:link|href|page|share|caption|srcset).*"
)

_EXTENSION = re.compile(r"[^?#]*\.(?:jpe?g|jfif|png|gif|webp|avif|bmp|tiff?|heic)(?:[?#!@:]|$)", re.IGNORECASE)
# Addresses that end like a picture's but lead to a page about it.
_PAGE = re.compile(r"/wiki/[^/?#]*:|[?&]title=[^&#]*:|//github\.com/[^?#]*/blob/", re.IGNORECASE)
_UNUSABLE = re.compile(
    r"(?:#|about:|javascript:|vbscript:|chrome-extension:|moz-extension:|null$|undefined$)", re.IGNORECASE
)
_DRAWS = re.compile(
    r"(?:<|%3c)(?:path|rect|circle|ellipse|line|poly|text|image|use|tspan|foreignobject)", re.IGNORECASE
)
_DESCRIPTOR = re.compile(r" ([0-9]{1,7}(?:\.[0-9]{1,7})?)([wx])(?: [0-9]{1,7}h)? ?(?:,|$)")
_TEMPLATE = re.compile(r"%7B(?:width|w)%7D|\{(?:width|w)\}", re.IGNORECASE)
_MEDIA_WIDTH = re.compile(r"(?:min|max)-width:\s*([0-9]{2,5})(?:\.[0-9]+)?px")


def clean(address: str) -> str:
    """Return an address without the white space and doubled escapes of careless authors; "" if it names no picture."""
    found = address.strip().strip("\"'")
    if "\n" in found or "\r" in found or "\t" in found:
        found = re.sub(r"[\t\r\n]+\s*", "", found)
    if "&amp;" in found or "&#" in found:
        found = unescape(found)
    if not found or _UNUSABLE.match(found) or "{{" in found or "<%" in found:
        return ""
    if found[:5].lower() == "data:":
        return "" if _is_stub(found) else found
    return "" if len(found) > _LONGEST else found


def _is_stub(data: str) -> bool:
    """Return True for a `data:` address that only keeps a place: it is empty, a tiny picture, or a drawing of nothing.

    Of any other type its bytes will tell whether it is a picture.
    """
    kind = data[5:30].lower()
    if not kind.startswith("image/"):
        return not data.partition(",")[2].strip()
    if kind.startswith("image/svg"):
        return ";base64," not in data and not _DRAWS.search(data)
    return len(data) < _STUB


def is_picture_address(address: str) -> bool:
    """Return True for an address whose path ends as a picture's and that is no page about one."""
    return len(address) <= _LONGEST and bool(_EXTENSION.match(address)) and not _PAGE.search(address)


def url_in_style(style: str) -> str:
    """Return the address of the background picture in a `style` attribute, "" where there is none."""
    return clean(unescape(read(style).background)) if "url(" in style.lower() else ""


def candidates(attributes: Mapping[str, str]) -> list[Candidate]:
    """Return every address that the attributes of one element name, in no particular order."""
    found: list[Candidate] = []
    for name, value in attributes.items():
        if "srcset" in name or "src-set" in name:
            found += _from_srcset(value, Rank.PLAIN if name == "srcset" else Rank.LAZY, attributes.get("media", ""))
        elif name in _PLAIN:
            found += _from_address(value, Rank.PLAIN, attributes)
        elif not _ELSEWHERE.fullmatch(name) and (rank := _rank(name, value)) is not None:
            found += _from_address(value, rank, attributes)
    return found


def _rank(name: str, value: str) -> Rank | None:
    """Return the rank of the address in an attribute that is not listed above, None when it holds no address."""
    if value[:1] in {"{", "[", "<"}:
        return None
    if is_picture_address(value):
        return Rank.ORIGINAL if _ORIGINAL.fullmatch(name) else Rank.LAZY
    # Scripts keep other things in such attributes too: "true", a number, a key.
    if "/" not in value or " " in value.strip():
        return None
    if _ORIGINAL.fullmatch(name):
        return Rank.ORIGINAL
    return Rank.LAZY if _LAZY.search(name) else None


def _from_address(value: str, rank: Rank, attributes: Mapping[str, str]) -> list[Candidate]:
    if value.count(" ") and _DESCRIPTOR.search(" ".join(value.split())):
        return _from_srcset(value, rank, "")
    address = clean(value)
    if "{" in address or "%7B" in address:
        address = _TEMPLATE.sub(_offered_width(attributes), address)
    return [Candidate(address, rank)] if address else []


def _offered_width(attributes: Mapping[str, str]) -> str:
    """Return the width to ask for where an address holds `{width}`: of those offered, the best for the target."""
    offered = [int(number) for number in re.findall(r"[0-9]{2,5}", attributes.get("data-widths", ""))]
    wide = [width for width in offered if width >= TARGET_WIDTH]
    return str(min(wide, default=max(offered, default=TARGET_WIDTH)))


def _from_srcset(value: str, rank: Rank, media: str) -> list[Candidate]:
    if "prefers-color-scheme: dark" in media or "print" in media:
        return []
    hint = _MEDIA_WIDTH.search(media)
    assumed = float(hint[1]) if hint else None
    # [address, number, unit, address, number, unit, ..., rest]: an address may hold spaces and commas.
    pieces = _DESCRIPTOR.split(" ".join(value.split()))
    found: list[Candidate] = []
    for start in range(0, len(pieces), 3):
        *bare, last = (clean(each.strip(" ,")) for each in pieces[start].split(", "))
        found += (Candidate(address, rank, assumed) for address in bare if address)
        number, unit = (float(pieces[start + 1]), pieces[start + 2]) if start + 2 < len(pieces) else (1.0, "x")
        if last and unit == "w":
            found.append(Candidate(last, rank, number))
        elif last:
            found.append(Candidate(last, rank, assumed, density=number))
    return found


def without_stand_ins(sources: Iterable[str]) -> tuple[str, ...]:
    """Return addresses without those of stand-ins, unless there are no others: then the picture itself decides."""
    every = tuple(dict.fromkeys(sources))
    return tuple(source for source in every if not named_as_stand_in(source)) or every


def best_first(found: Iterable[Candidate], target: int = TARGET_WIDTH) -> tuple[str, ...]:
    """Return the addresses in order of preference, each once, a handful at most.

    First comes the smallest that is known to be at least `target` pixels wide, then originals of unknown size, then the
    widest below the target, then what a script would have shown, then `src`, then previews.
    """

    def preference(candidate: Candidate) -> tuple[int, float]:
        width = candidate.width
        if candidate.address[:5].lower() == "data:":
            return 6, candidate.rank
        if width is not None and width >= target:
            return 0, width
        if candidate.rank == Rank.ORIGINAL:
            return 1, 0
        if width is not None and width >= _TINY:
            return 2, -width
        if width is not None:
            return 5, -width
        return (3 if candidate.rank == Rank.LAZY or candidate.density > 1 else 4), -candidate.density

    ordered = sorted(found, key=preference)
    return without_stand_ins(candidate.address for candidate in ordered)[:_MOST]
