"""Drop the first lines of an article that are furniture by their words: what its header shows again, buttons, a path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.bylines import says_nothing_new
from epubmaker.chapters.furniture.measure import line_of, on_line
from epubmaker.chapters.furniture.names import Kind
from epubmaker.chapters.furniture.phrases import kind_of_button, label_of, only_joins
from epubmaker.chapters.furniture.tail import LastLine, linked
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, in_order, is_text, text_within
from epubmaker.chapters.xhtml.content import DROPPED, HEADINGS, names
from epubmaker.text.characters import plain

__all__ = ["drop_first_lines"]

_LONGEST = 160  # characters of a line; a longer one is the article's first paragraph
_SENTENCE = 60  # characters of a line from which on one that ends as a sentence is the first paragraph too
_ENDS = (".", "。", "!", "！", "?", "？", "…", "”", "」", ":", "：")
_MOST_LINES = 12
_MOST_TEXTS = 60  # of these lines
_BUTTONS = names("a button")
_PASSED_OVER = names("blockquote code dl figcaption figure pre table")
_STEP = r"(?:[^>›»/→]|(?<!\s)/|/(?!\s)){1,30}"  # "C/C++" is one, and so is "lib/net.js"
_PATH = re.compile(rf"\s*{_STEP}(?:(?:[>›»→]|\s/\s)\s*{_STEP}){{1,5}}[>›»/→]?\s*")


def drop_first_lines(root: Tag, context: PassContext, budget: int | None) -> list[LastLine]:
    """Remove lines above the first paragraph that say nothing but what the chapter's header says, and those of buttons.

    At most `budget` characters go, None: half of the text.
    """
    dropped: list[LastLine] = []
    gone: list[PageElement] = []
    shown = [text for text in (context.author, context.source) if text]
    found = [(nodes, text, _kind(nodes, text, shown, context)) for nodes, text in _first_lines(root)]
    has_byline = bool(context.left_out["byline"]) or any(kind == "byline" for _, _, kind in found)
    for nodes, text, kind in found:
        if kind is not None or (has_byline and _is_joining_word(nodes, text)):
            gone += nodes
            dropped.append(LastLine(kind or "byline", len(text)))
    length = sum(line.length for line in dropped)
    if not dropped or (budget is not None and length > budget) or len(text_within(root, 4 * length)) <= 2 * length:
        return []  # most of the article
    edits = Edits(root)
    for node in gone:
        edits.remove(node)
    edits.apply()
    return dropped


def _first_lines(root: Tag) -> Iterator[tuple[Sequence[PageElement], str]]:
    """Yield the lines above the first paragraph, each as the nodes beside each other that make it, and its text."""
    seen: set[int] = set()
    count = texts = 0
    for node in in_order(root):
        if isinstance(node, Tag) or not is_text(node):
            continue
        texts += 1
        if texts > _MOST_TEXTS or len(str(node).strip()) > _LONGEST:
            return
        above = {parent.name for parent in node.parents}
        if not above.isdisjoint(DROPPED):
            continue
        if not above.isdisjoint(_PASSED_OVER):
            if "figure" in above or "figcaption" in above:
                continue
            return
        line = on_line(line_of(root, node), before=False, most=_MOST_TEXTS)
        if id(line[0]) in seen:
            continue
        seen.update(map(id, line))
        text = plain(" ".join(text_within(each, 2 * _LONGEST) for each in line))
        if len(text) > _LONGEST or (len(text) >= _SENTENCE and text.endswith(_ENDS)):
            return
        count += 1
        if count > _MOST_LINES:
            return
        yield line, text


def _kind(nodes: Sequence[PageElement], text: str, shown: Sequence[str], context: PassContext) -> Kind | None:
    above = {parent.name for parent in nodes[0].parents}
    in_heading = not above.isdisjoint(HEADINGS)
    if not in_heading and says_nothing_new(text, shown, context.published):
        return "byline"
    links = sum(map(linked, nodes)) if above.isdisjoint(_BUTTONS) else len(text)
    if links * 2 > len(text) and _PATH.fullmatch(text) and not in_heading:
        return "breadcrumbs"
    if links >= len(text) and text.isdecimal():
        return "share"  # a counter in a button
    if " " in text and label_of(text) == "share":
        return "share"  # the label of buttons that were dropped
    return kind_of_button(text, links)


def _is_joining_word(nodes: Sequence[PageElement], text: str) -> bool:
    """Return True for the "by" or the "and" of a byline on a line of its own."""
    return len(text) > 1 and text.isalpha() and only_joins(text) and not _is_in_heading(nodes)


def _is_in_heading(nodes: Sequence[PageElement]) -> bool:
    return any(parent.name in HEADINGS for parent in nodes[0].parents)
