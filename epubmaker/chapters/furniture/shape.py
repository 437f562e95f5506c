"""The shape and the place of each kind of furniture: a name alone does not make an element furniture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from epubmaker.chapters.furniture.measure import Sums
from epubmaker.chapters.furniture.names import Kind, Sign

__all__ = ["Place", "fits", "may_stand", "place_of"]

Place: TypeAlias = Literal["top", "middle", "end"]

_HALF = 0.5  # of the text in links, from which on it is made of them
_INWARD = 2  # links to places in the page; with more, a list is the article's own contents

# Of what an element holds, how sure its name is, and what the page holds. Sizes are in bytes: three for an ideograph.
_SHAPES: Mapping[Kind, Callable[[Sums, int, Sums], bool]] = {
    "ad": lambda size, _, __: size.is_short and size.weight <= 600,
    "breadcrumbs": lambda size, _, __: size.is_short and size.weight <= 700,
    "byline": lambda size, sure, _: (
        not size.prose and size.weight <= 450 and sure > 0 and size.solid <= (1 if sure > 1 else 0)  # a list of terms
    ),
    "comments": lambda size, sure, page: (
        bool(size.threads) or (sure > 0 and size.weight * 4 <= page.weight and not size.prose)
    ),
    "copyright": lambda size, sure, _: not size.solid and size.weight <= 900 and sure > 0,
    "navigation": lambda size, sure, _: (
        not size.prose
        and size.inward <= _INWARD
        and (size.link_share >= 0.6 or (sure > 1 and size.is_short and size.weight <= 200))
    ),
    "newsletter": lambda size, sure, _: not size.solid and size.weight <= 1500 and size.prose <= 700 and sure > 0,
    "paywall": lambda size, sure, _: (
        not size.solid
        and size.weight <= 1500
        and size.prose <= (500 if sure > 1 else 0)
        and (size.linked > 0 or (sure > 1 and size.weight <= 300))
    ),
    "player": lambda size, _, __: size.weight <= 300,
    "related": lambda size, sure, _: (
        not size.prose and size.link_share >= (0.15 if sure > 1 else _HALF) and size.inward <= _INWARD
    ),
    "share": lambda size, sure, _: (
        size.is_short and size.weight <= 700 and (sure > 1 or size.link_share >= _HALF or size.weight <= 90)
    ),
    "tags": lambda size, sure, _: size.is_short and size.weight <= 1800 and (sure > 1 or size.link_share >= _HALF),
}


def fits(sign: Sign, size: Sums, page: Sums) -> bool:
    """Return True where an element has the shape of the furniture that its name says it is."""
    return _SHAPES[sign.kind](size, sign.strength, page)


def place_of(before: int, after: int, own: int) -> Place:
    """Return where something stands: how many bytes of the page's own text are before it, after it, and in all."""
    if after <= max(600, min(own // 5, 6000)) and after <= before:
        return "end"
    if before <= max(300, min(own // 4, 1500)):
        return "top"
    return "end" if after <= max(600, own // 5) else "middle"


def may_stand(kind: Kind, strength: int, size: Sums, place: Place) -> bool:
    """Return True where furniture of that kind may stand at a place; elsewhere an element has its name by chance."""
    if kind in {"ad", "newsletter", "paywall", "player", "share"}:
        return (
            place != "middle" or strength > 1 or (strength > 0 and (size.linked > 0 or not size.chars or kind == "ad"))
        )
    if kind in {"comments", "copyright"}:
        return place == "end" or (kind == "comments" and place == "top" and size.weight <= 60)  # "5 comments"
    if kind == "related" and place != "end":
        return (
            size.weight <= 1500
            and size.link_share >= (_HALF if strength > 1 else 0.6)
            and (strength > 1 or place == "top")
        )
    return place != "middle"
