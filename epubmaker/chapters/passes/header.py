"""Take what stands around an article's title out of the text: the chapter's header shows it.

The kicker is the line of a few words above the title, which names the section or the series; the standfirst is the sentence
or two below it. Both are known by class or `itemprop`, a standfirst also as a heading that is a sentence and stands first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.headerlines import drop_header_lines
from epubmaker.chapters.tree import Edits, attribute, in_order, is_text, text_within, walk
from epubmaker.chapters.xhtml.content import HEADINGS, names
from epubmaker.text.characters import letters, plain

__all__ = ["take_kicker", "take_standfirst"]

_NAMES = re.compile(
    r"(?:^|[\s_-])(?:standfirst|dek|deck|sub-?titles?|sub-?heads?|sub-?headlines?|sub-?headings?|lede|chap[oô]|chapeau|vorspann|"
    r"entradilla|bajada|copete|sottotitolo|副标题|副標題)(?:$|[\s_-])",
    re.IGNORECASE,
)
_KICKERS = re.compile(
    r"(?:^|[\s_-])(?:kicker|eyebrow|overline|rubric|rubrique|topline|dachzeile|spitzmarke|surtitre|sur-?titles?|antet[ií]tulo|"
    r"volanta|occhiello)(?:$|[\s_-])",
    re.IGNORECASE,
)
_LONGEST_KICKER = 60  # characters
_PROPERTIES = frozenset({"alternativeHeadline", "alternativeheadline"})
_BOXES = names("div h2 h3 h4 p section span")
_INLINE = names("b big br em font i p small span strong")  # what it may be made of; with a link it stays where it is
_PASSED = names("figcaption figure")
_LONGEST = 600  # characters
_SENTENCE = 40  # characters of a heading that may be a sentence
_PARAGRAPH = 60  # characters of a line that is a paragraph of the text, however it ends
_PARAGRAPHS = names("blockquote li p")
_ENDS = (".", "。", "!", "！", "?", "？", "…")
_LOOKED_AT = 60  # nodes, and characters of the texts above it: a section's name, a byline
_ABOVE = 120


def take_standfirst(root: Tag, context: PassContext) -> None:
    """Move an article's standfirst from the tree to the context, as plain text; not where it is all of the text."""
    found = next(_standfirsts(root), None)
    if found is None or letters(text_within(found, _LONGEST)) == letters(context.title):
        return
    if said := _taken(root, found, _LONGEST):
        context.standfirst = said
        drop_header_lines(root, context)  # a date may stand below it


def take_kicker(root: Tag, context: PassContext) -> None:
    """Move an article's kicker from the tree to the context, as plain text."""
    above = 0
    for number, node in enumerate(in_order(root)):
        if number > _LOOKED_AT or above > _ABOVE:
            return
        if isinstance(node, NavigableString):
            above += len(node.strip())
        elif isinstance(node, Tag) and "class" in node.attrs and _KICKERS.search(attribute(node, "class")[:_LONGEST]):
            text = plain(text_within(node, _LONGEST_KICKER + 1))
            if text and len(text) <= _LONGEST_KICKER and letters(text) != letters(context.title):
                context.kicker = _taken(root, node, _LONGEST_KICKER)
                return


def _taken(root: Tag, found: Tag, longest: int) -> str:
    """Take an element out of the tree and return its text; "" where there is no other text."""
    inside = {id(node) for node in walk(found)}
    if not any(is_text(node) and id(node) not in inside for node in in_order(root)):
        return ""
    text = plain(text_within(found, longest + 1))
    edits = Edits(root)
    edits.remove(found)
    edits.apply()
    return text


def _standfirsts(root: Tag) -> Iterator[Tag]:
    """Yield the standfirst if there is one above the first paragraph."""
    above = 0
    is_first = True
    for number, node in enumerate(in_order(root)):
        if number > _LOOKED_AT or above > _ABOVE:
            return
        if isinstance(node, NavigableString):
            if is_text(node) and all(parent.name not in _PASSED for parent in node.parents):
                above += len(node.strip())
                is_first = False
        elif isinstance(node, Tag) and node.name in _BOXES and (_is_named(node) or (is_first and _is_sentence(node))):
            if _is_plain(node):
                yield node
            return
        elif isinstance(node, Tag) and node.name in _PARAGRAPHS and _is_paragraph(node):
            return


def _is_named(tag: Tag) -> bool:
    given = tag.attrs
    return ("class" in given and _NAMES.search(attribute(tag, "class")[:_LONGEST]) is not None) or (
        attribute(tag, "itemprop") in _PROPERTIES
    )


def _is_sentence(tag: Tag) -> bool:
    if tag.name not in HEADINGS:
        return False
    text = plain(text_within(tag, _LONGEST))
    return len(text) >= _SENTENCE and text.endswith(_ENDS)


def _is_paragraph(tag: Tag) -> bool:
    text = text_within(tag, _PARAGRAPH)
    return len(text) >= _PARAGRAPH or text.endswith(_ENDS)


def _is_plain(tag: Tag) -> bool:
    """Tell whether an element is one paragraph of text without links or pictures."""
    inner = [node.name for node in walk(tag) if isinstance(node, Tag)]
    text = text_within(tag, _LONGEST + 1)
    return _INLINE.issuperset(inner) and inner.count("p") <= 1 and 0 < len(text.strip()) <= _LONGEST
