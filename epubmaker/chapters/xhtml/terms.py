"""Lists of terms: which of them stay a `dl`, which must not be cut."""

from __future__ import annotations

from collections.abc import Iterator

from bs4.element import PageElement, Tag

__all__ = ["well_formed"]

_LONGEST_TERMS = 120_000  # bytes of a list of terms, which is not cut either


def well_formed(tag: Tag, measured: dict[int, tuple[int, int]]) -> bool:
    """Return True when a `dl` is terms and definitions in turn, perhaps in `div`s, and not so long that it may be cut.

    `measured` keeps what was measured of the `dl`s of one tree, so that those in each other are measured once.
    """
    parts = []
    for child in tag.contents:
        grouped = child.contents if isinstance(child, Tag) and child.name == "div" else [child]
        for part in grouped:
            if isinstance(part, Tag):
                parts.append(part.name)
            elif not str(part).isspace():
                return False
    if len(parts) > 1000 or not {"dt", "dd"}.issuperset(parts) or not parts:
        return False
    if parts[0] != "dt" or parts[-1] != "dd":
        return False
    if id(tag) not in measured:
        _measure(tag, measured)
    characters, size = measured[id(tag)]
    return characters < 50_000 and size < _LONGEST_TERMS


def _measure(outer: Tag, sizes: dict[int, tuple[int, int]]) -> None:
    """Note, for a `dl` and each one in it, the characters of its text and about how many bytes it will have."""
    characters = size = 0
    above: list[tuple[Iterator[PageElement], Tag, int, int]] = [(iter(outer.contents), outer, 0, 0)]
    while above:
        children, tag, characters_before, size_before = above[-1]
        for child in children:
            if isinstance(child, Tag):
                size += (
                    2 * len(child.name) + 5 + sum([len(key) + len(str(value)) for key, value in child.attrs.items()])
                )
                above.append((iter(child.contents), child, characters, size))
                break
            text = str(child)
            characters += len(text)
            size += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        else:
            above.pop()
            if tag.name == "dl":
                sizes[id(tag)] = characters - characters_before, size - size_before
