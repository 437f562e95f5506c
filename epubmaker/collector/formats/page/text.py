"""The main text of a page, as HTML made of the page's own elements.

    html
    | document_of   a browser's tree; long `data:` addresses are set aside
    | survey        the tree as blocks of text below elements
    | extracted     what trafilatura takes for the main text, of pages that it reads in bounded time; lists of links, which
    |               it would drop and which are most of a page, are not shown to it: that halves its time
    | Choice        which blocks those words mark, with captions, tables, code and headings between them
    | pruned        the tree without the other blocks, as HTML

Where the extractor finds little of a page's prose, the prose marks itself: the densest stretch of it is the text. Where
that is little too, the whole page is.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from epubmaker.collector.formats.page.blocks import Block, Element, Page, survey
from epubmaker.collector.formats.page.choice import Choice
from epubmaker.collector.formats.page.document import LONG_DATA, document_of
from epubmaker.collector.formats.page.head import PageHead
from epubmaker.text.characters import letters
from epubmaker.text.html import FRAMES

__all__ = ["MainText", "main_text"]

_EXTRACTED_CHARACTERS = 4_000_000  # of longer pages, and those with more or deeper elements, the extractor is not asked
_EXTRACTED_TAGS = 60_000
_EXTRACTED_DEPTH = 200  # it calls itself
_LONG = 2000  # characters of a paragraph: longer ones are often data that a script reads
_LINKS = 3  # blocks in a list of links
_MOSTLY = 0.8  # of a list's text that is in links
_MARK = "data-epubmaker-links"
_MUCH, _LITTLE = 0.6, 0.3  # of the page's prose
_LEAST = 0.05  # of the page's text
_FEW = 250  # characters of a page that is read whole: there is nothing to choose from
_SET_ASIDE = re.compile(r"data:page/aside;n=(\d{1,7}),")


class MainText(NamedTuple):
    """A page's main text: an HTML fragment, its share of the text of the page (0 to 1), and how it was found."""

    html: str
    kept: float
    method: str


def main_text(html: str, head: PageHead, *, whole_page: bool = False) -> MainText:
    """Return the article of a page without what the site puts around it; with `whole_page` all of its body.

    The title, the byline and a summary that stand above the text and are in `head` are left out. Pure; never raises on any
    HTML. Time and memory grow linearly with the page.
    """
    aside: list[str] = []
    html = LONG_DATA.sub(lambda found: _set_aside(found, aside), html)
    document = document_of(html)
    body = document.body
    if body is None or body.tag != "body":
        if FRAMES.search(html):
            return main_text(FRAMES.sub("<div>", html), head, whole_page=whole_page)
        return MainText("", 1.0, "empty page")
    page = survey(body)
    total = page.sizes[-1]
    chosen, method = (None, "whole page") if whole_page or total <= _FEW else _chosen(document, page, head)
    kept = 1.0
    if chosen is not None:
        kept = chosen.size / total
        written = _pruned(page, chosen.kept)
    else:
        written = body.inner_html or ""
    return MainText(_SET_ASIDE.sub(lambda found: _brought_back(found, aside), written), kept, method)


def _set_aside(found: re.Match[str], aside: list[str]) -> str:
    aside.append(found[0])
    return f"data:page/aside;n={len(aside) - 1},"


def _brought_back(found: re.Match[str], aside: list[str]) -> str:
    number = int(found[1])
    return aside[number] if number < len(aside) else found[0]


def _chosen(document: LexborHTMLParser, page: Page, head: PageHead) -> tuple[Choice | None, str]:
    """Return which blocks are the article, and how that was found; None for all of them."""
    prose = sum(min(block.size, _LONG) for block in page.blocks if block.is_prose)
    choice: Choice | None = None
    html = _without_link_lists(document, page)
    if _is_readable(html, page):
        from epubmaker.collector.formats.page.extractor import extracted  # noqa: PLC0415 - 0.3 s, and only pages need it

        words = extracted(html)
        choice = _choice(page, lambda block: words.has(block.text), head)
        if choice.size > _MUCH * prose:
            return choice, "trafilatura"
    dense = _choice(page, lambda block: block.is_prose, head)
    if choice is not None and (
        2 * choice.size > dense.size or (choice.size > _LITTLE * prose and not dense.is_named_like(choice))
    ):
        dense = choice
    if dense.size > _LEAST * page.sizes[-1]:
        return dense, "trafilatura" if dense is choice else "text density"
    return None, "whole page"


def _without_link_lists(document: LexborHTMLParser, page: Page) -> str:
    """Return the HTML of a page without lists of links, scripts and styles; the tree stays as it is."""
    prose = [0, *accumulate(block.is_prose for block in page.blocks)]
    marked: list[Element] = []
    end = 0
    for element in page.elements[1:]:
        begin = element.begin
        if begin < end or element.end - begin < _LINKS or prose[begin] != prose[element.end]:
            continue
        if page.linked(element) > _MOSTLY * page.size(element):
            marked.append(element)
            end = element.end
    for element in marked:
        element.node.attrs[_MARK] = ""
    copy = document.clone()
    for element in marked:
        del element.node.attrs[_MARK]
    for selector in (f"[{_MARK}]", 'script:not([type*="ld+json" i])', "style"):  # one by one: a list may hold scripts
        for node in copy.css(selector):
            node.decompose()
    return copy.html or ""


def _choice(page: Page, is_marked: Callable[[Block], bool], head: PageHead) -> Choice:
    return Choice(
        page, is_marked, letters(head.title), letters(head.standfirst), [letters(name) for name in head.authors]
    )


def _is_readable(html: str, page: Page) -> bool:
    """Tell whether the extractor reads a page in bounded time."""
    if len(html) > _EXTRACTED_CHARACTERS or html.count("<") > 2 * _EXTRACTED_TAGS:
        return False
    depths = [0]
    for element in page.elements[1:]:
        depths.append(depths[element.parent] + 1)
    return max(depths) <= _EXTRACTED_DEPTH


def _pruned(page: Page, kept: list[bool]) -> str:
    """Return the HTML of the innermost element with all blocks that are kept, without the others. Changes the tree."""
    first, last = kept.index(True), len(kept) - 1 - kept[::-1].index(True)
    number = page.blocks[first].owner
    while number > 0 and page.elements[number].end <= last:
        number = page.elements[number].parent
    counts = [0, *accumulate(kept)]
    gone: set[int] = set()
    for index in range(number + 1, len(page.elements)):
        element = page.elements[index]
        if element.parent < number:
            break
        if element.parent in gone:
            gone.add(index)
        elif counts[element.begin] == counts[element.end] and element.end > element.begin:
            gone.add(index)
            element.node.decompose()
    for block, keep in zip(page.blocks, kept, strict=True):
        if not keep and block.owner not in gone and block.owner >= number:
            for node in block.nodes:
                node.decompose()
    root = page.elements[number].node
    return (root.inner_html if number == 0 or root.tag in {"tbody", "td", "th", "tr"} else root.html) or ""
