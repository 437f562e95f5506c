"""Small icons that say something: their text takes their place where a cell or a line says less without it."""

from __future__ import annotations

import re

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.pictures.alttext import meaningful
from epubmaker.chapters.tree import attribute, is_text, seen, text_within, walk
from epubmaker.chapters.xhtml.content import LINE_ENDS, names
from epubmaker.text.characters import plain

__all__ = ["telling_text"]

_LONGEST = 60  # characters
_SIGN = 2  # characters; so short a text is always said
_LOOKED_AT = 40  # nodes on either side of an icon
_BLOCK = 2_000  # characters of the text around it
_CELLS = names("td th dd dt kbd")
_OUTER = LINE_ENDS | {"body"}
_VARIANT = re.compile("[\ufe00-\ufe0f\u200d]")
# What ornaments and buttons of a page are called.
_ORNAMENT = re.compile(
    r"(?:.* )?(?:icons?|logo|bullet|chevron|caret|spacer|divider|separator|ornament|avatar)(?: .*)?", re.IGNORECASE
)
_BUTTON = re.compile(
    r"(?:share|print|drucken|imprimer|imprimir|e-?mail|search|suche|menu|close|open|expand|collapse|toggle|play|pause|"
    r"download|upload|copy|edit|permalink|anchor|link|external(?: link)?|opens in .*|new window|rss|feed|facebook|"
    r"twitter|linkedin|instagram|youtube|whatsapp|telegram|reddit|pinterest|mastodon|bluesky|comments?|bookmark|"
    r"subscribe|zoom|enlarge|magnify|next|previous|back|home|top|more|help|info|loading|pdf)"
    r"(?: (?:button|this|page|image))*",
    re.IGNORECASE,
)


def telling_text(icon: Tag, label: str, texts: dict[int, str]) -> str:
    """Return the text for the place of an icon with a label, "" where it only decorates.

    `texts` keeps the texts of blocks, by their identities, for other icons in them. A sign of one or two characters is
    always said. A word is said in a cell, and within a line behind other words, unless that text says it already, or it
    is what buttons are called.
    """
    label = plain(label[: 4 * _LONGEST])
    if not label or len(label) > _LONGEST:
        return ""
    if len(_VARIANT.sub("", label)) <= _SIGN:
        return label
    block = next((parent for parent in icon.parents if parent.name in _OUTER or parent.name in _CELLS), None)
    if block is None or not meaningful(label) or _ORNAMENT.fullmatch(label) or _is_alone_in_link(icon):
        return ""
    before, after = _beside(icon, block, back=True), _beside(icon, block, back=False)
    is_rating = attribute(icon, "role") == "img" and any(map(str.isdigit, label))  # which needs no word before it
    if block.name not in _CELLS and not is_rating and (not before or _BUTTON.fullmatch(label)):
        return ""
    if id(block) not in texts:
        texts[id(block)] = text_within(block, _BLOCK).casefold()
    if (before or after) and label.casefold() in texts[id(block)]:
        return ""
    start = " " if before[-1:].isalnum() or _follows_icon(icon) else ""
    return f"{start}{label}{' ' if after[:1].isalnum() else ''}"


def _is_alone_in_link(icon: Tag) -> bool:
    link = next((parent for parent in icon.parents if parent.name == "a"), None)
    return link is not None and not any(is_text(node) for node in walk(link))


def _follows_icon(icon: Tag) -> bool:
    near = icon.previous_sibling
    return isinstance(near, Tag) and near.name in {"img", "i", "span", "svg"} and not seen(near.contents)


def _beside(icon: Tag, block: Tag, *, back: bool) -> str:
    """Return the text just before or behind an icon in its block, "" where there is none."""
    node: PageElement = icon
    for _ in range(_LOOKED_AT):
        near = node.previous_sibling if back else node.next_sibling
        if near is None:
            if node.parent is None or node.parent is block:
                return ""
            node = node.parent
            continue
        node = near
        if isinstance(node, Tag) and (node.name in LINE_ENDS):
            return ""
        text = str(node) if isinstance(node, NavigableString) and is_text(node) else ""
        if isinstance(node, Tag):
            text = text_within(node, _BLOCK)
        if text.strip():
            return text
    return ""
