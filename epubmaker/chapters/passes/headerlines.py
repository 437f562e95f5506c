"""Drop from the top of an article the lines that the chapter's header repeats: the date and the title.

The top is what stands above the first paragraph: pictures, the name of a section, a byline, a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from datetime import datetime

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, attribute, in_order, is_text, picture_ref, walk
from epubmaker.chapters.xhtml.content import HEADINGS, LINE_ENDS, names
from epubmaker.text.addresses import site
from epubmaker.text.characters import letters, plain
from epubmaker.text.moments import is_date_near

__all__ = ["drop_header_lines"]

_LINES = names("address b center dd div dt em font header hgroup i li p section small span strong time") | HEADINGS
_PARAGRAPHS = names("blockquote li p")
_SHOWN = names("audio hr iframe img math object svg table video")
_FIGURES = names("figure figcaption")
_WORD = re.compile(r"[^\W_]+")
_SITE = re.compile(r"\s+[|\-–—_·•:»]+\s+|\s*[|｜_]\s*")
_SITE_SIGNS = frozenset("|-–—_·•:»｜")  # of which each match has one
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’」』)）\]]*\s*$")
_SHORTEST_PARAGRAPH = 60  # characters; a shorter line that ends as a sentence does is one too
_ABOVE_TEXT = 300  # characters at most: a section's name, a date, names of authors
_NODES = 200
_LONGEST = 500
_MOST_LINES = 5
_MOST_PARTS = 12  # of a line


def drop_header_lines(root: Tag, context: PassContext) -> None:
    """Remove lines above the text that are the article's title, in whatever element, or a date and nothing else.

    A date is at most two days from the one in the header.
    """
    whole = letters(context.title)
    wanted = {whole}
    if not _SITE_SIGNS.isdisjoint(context.title) and len(parts := _SITE.split(context.title)) > 1:
        wanted.update(map(letters, (parts[0], parts[-1])))
        wanted = {key for key in wanted if len(key) >= min(4, len(whole))}
    first = {key[0] for key in wanted if key}
    published = context.published
    _remove(
        root,
        (
            tag
            for tag, text in _top(root)
            if (first and _is_one_of(text, wanted, first, context)) or (published and _is_date(tag, text, published))
        ),
    )


def _is_date(tag: Tag, text: str, published: datetime) -> bool:
    text = plain(text)
    if not text:
        return False
    if tag.name == "time" and is_date_near(attribute(tag, "datetime"), published):
        return True
    return is_date_near(text, published)


def _remove(root: Tag, lines: Iterable[Tag]) -> None:
    """Take lines away; but not where nothing else is in the article, and no line from the middle of another."""
    gone: list[Tag] = []
    for line in lines:
        if not (_is_within(line, gone) or _holds_picture(line) or _is_in_figure(line)) and _stands_alone(line):
            gone.append(line)
            if len(gone) == _MOST_LINES:
                break
    if gone and any(
        (is_text(node) or (isinstance(node, Tag) and (picture_ref(node) or node.name in _SHOWN)))
        and not _is_within(node, gone)
        for node in walk(root)
    ):
        edits = Edits(root)
        for line in gone:
            edits.remove(line)
        edits.apply()


def _is_within(node: PageElement, others: Iterable[Tag]) -> bool:
    around = {id(node), *map(id, node.parents)}
    return any(id(other) in around for other in others)


def _stands_alone(line: Tag) -> bool:
    """Tell whether an element has a line of its own."""
    return line.name in LINE_ENDS or all(
        side is None or (isinstance(side, Tag) and side.name in LINE_ENDS)
        for side in (_beside(line, "previous_sibling"), _beside(line, "next_sibling"))
    )


def _beside(line: Tag, way: str) -> PageElement | None:
    side: PageElement | None = getattr(line, way)
    while isinstance(side, NavigableString) and not is_text(side):
        side = getattr(side, way)
    return side


def _top(root: Tag) -> Iterator[tuple[Tag, str]]:
    """Yield the elements above the text that hold no more than a line, outer ones first, each with its text."""
    length = 0
    for number, node in enumerate(in_order(root)):
        if number > _NODES or length > _ABOVE_TEXT:
            return
        if isinstance(node, NavigableString):
            if is_text(node) and not _is_in_figure(node):
                length += len(node.strip())
        elif isinstance(node, Tag) and node.name in _LINES:
            text = _short_text(node)
            if text is not None:
                yield node, text
            if node.name in _PARAGRAPHS and (text is None or _is_paragraph(text)):
                return


def _is_in_figure(node: PageElement) -> bool:
    return any(parent.name in _FIGURES for parent in node.parents)


def _is_paragraph(text: str) -> bool:
    text = text.strip()
    return len(text) >= _SHORTEST_PARAGRAPH or _SENTENCE.search(text) is not None


def _holds_picture(tag: Tag) -> bool:
    return any(isinstance(node, Tag) and node.name in _SHOWN for node in walk(tag))


def _is_one_of(text: str, wanted: AbstractSet[str], first: AbstractSet[str], context: PassContext) -> bool:
    """Return True when a text is wanted, alone or before the name of its source. The first letter rules out most texts."""
    word = _WORD.search(text)
    if word is None or word[0][0].casefold()[0] not in first:
        return False
    key = letters(text)
    if key in wanted:
        return True
    if not key.startswith(tuple(wanted)):  # as most; to look for the name of a source takes longer
        return False
    beginning, *others = _SITE.split(text.strip())
    if not others or letters(beginning) not in wanted:
        return False
    endings = {letters(context.source), letters(site(context.address) or ""), ""}
    return all(letters(other) in endings for other in others)


def _short_text(tag: Tag) -> str | None:
    """Return the text of an element, None when it is longer than a title."""
    only = tag.contents[0] if len(tag.contents) == 1 else None
    if isinstance(only, NavigableString):
        return only if len(only) <= _LONGEST else None
    if len(tag.contents) > _MOST_PARTS and tag.name not in HEADINGS:
        return None  # a box around the text, as most are that hold so much
    found = ""
    for number, node in enumerate(walk(tag)):
        if isinstance(node, NavigableString):
            found += node
        if len(found) > _LONGEST or number > _NODES:
            return None
    return found
