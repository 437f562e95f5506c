"""Find what stands beside the box of an article's text: pages that are kept whole have one, feeds have not.

Where one element holds nearly all text of a page, the lines before and after that element are the page's, not the
article's. They are furniture where they are lines with links or made of links; all else stays, a few words, too: they
may be a credit, or a list of times. What follows a picture above the text may be its caption.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.measure import Span, Sums
from epubmaker.chapters.tree import attribute, in_order, is_text, seen, tags_within
from epubmaker.chapters.xhtml.content import HEADINGS, LINE_ENDS, names
from epubmaker.text.addresses import site

__all__ = ["box_of_text", "boxes_of_links", "leads_home", "lines_outside", "may_have_outside"]

_MOST_OF_IT = 0.75  # of the text outside of links, in the box of the text
_LEAST = 900  # bytes of such text
_INWARD = 2  # links to places in the page; with more, a list is of notes or the article's own contents
_BOXES = names("div section aside footer header ul ol nav article main li span address form center details")
_JUDGED = _BOXES | names("p a button")
_WIDEST = 3000  # bytes of a list of links
_LONGEST = 300  # bytes of a line that has a link
_TOP = 160  # bytes of a line above the text
_LINKED = 0.5
_INSET = names("div aside section article")
_PARAGRAPHS = 3  # beside a box of links
_WIDEST_INSET = 900  # bytes of one
_LABELED = 0.4  # of one, in links
_LABEL = 80  # bytes of its label
_IN_PARAGRAPH = 0.25  # of a paragraph, in links


def may_have_outside(root: Tag) -> bool:
    """Return False where all is in one box of paragraphs, which is told without measuring the page."""
    box: Tag | None = root
    while box is not None:
        paragraphs = 0
        inner: Tag | None = None
        for child in box.contents:
            if not isinstance(child, Tag):
                continue
            if child.name == "p":
                paragraphs += 1
            elif child.name in _BOXES:
                if inner is not None or paragraphs:
                    return True
                inner = child
        if paragraphs:
            return inner is not None
        box = inner
    return False


def box_of_text(root: Tag, spans: Mapping[int, Span], own: int) -> Tag:
    """Return the innermost element that holds nearly all text of a page, which has `own` bytes outside of links."""
    box = root
    while (inner := _most_of(box, spans, own)) is not None:
        box = inner
    return box if own >= _LEAST else root


def lines_outside(
    root: Tag, box: Tag, spans: Mapping[int, Span], taken: AbstractSet[int]
) -> Iterator[tuple[PageElement, Literal["top", "end"], bool]]:
    """Yield each node beside the box of the text that is furniture, where it stands, and whether it is made of links.

    `taken` are nodes that are dropped already.
    """
    while box is not root and (around := box.parent) is not None:
        place: Literal["top", "end"] = "top"
        pictured = False
        for node in around.contents:
            span = spans.get(id(node))
            pictured = pictured or (span is not None and span.size.media > 0)
            if node is box:
                place = "end"
            elif place == "end" or not pictured:
                yield from ((line, place, linked) for line, linked in _lines(node, place, spans, taken))
        box = around


def boxes_of_links(box: Tag, spans: Mapping[int, Span], taken: AbstractSet[int], address: str | None) -> Iterator[Tag]:
    """Yield the boxes between the paragraphs of a text that hold a few links to other pages of the site, and a label."""
    paragraphs = [index for index, child in enumerate(box.contents) if isinstance(child, Tag) and child.name == "p"]
    if len(paragraphs) < _PARAGRAPHS:
        paragraphs = [index for index, child in enumerate(box.contents) if _holds_paragraph(child)]
    if len(paragraphs) < _PARAGRAPHS:
        return
    of_text = set(paragraphs)
    for index, child in enumerate(box.contents[: paragraphs[-1]]):
        if index < paragraphs[0] or index in of_text:
            continue
        if isinstance(child, Tag) and child.name in _INSET and (child.attrs or child.name == "aside"):
            span = spans.get(id(child))
            if id(child) not in taken and span is not None and _is_inset(span.size) and leads_home([child], address):
                yield child


def _holds_paragraph(node: PageElement) -> bool:
    """Return True for a box of one paragraph, as some sites put around each of a text."""
    if not isinstance(node, Tag) or node.name != "div":
        return False
    inner = seen(node.contents)
    return len(inner) == 1 and isinstance(inner[0], Tag) and inner[0].name == "p"


def _is_inset(size: Sums) -> bool:
    made_of_links = size.linked >= _LABELED * size.weight and size.weight - size.linked <= _LABEL
    return 0 < size.weight <= _WIDEST_INSET and made_of_links and size.is_short and not size.inward


def leads_home(nodes: Iterable[PageElement], address: str | None) -> bool:
    """Return True where all links in some nodes lead to the site of the article: they are the site's, not the author's."""
    own = site(address)
    tags = [tag for node in nodes if isinstance(node, Tag) for tag in tags_within(node)]
    links = [attribute(tag, "href") for tag in tags if tag.name == "a"]
    return bool(links) and all(
        (link.startswith(("/", "?")) and link[1:2] != "/") or (own is not None and site(link) == own) for link in links
    )


def _most_of(box: Tag, spans: Mapping[int, Span], own: int) -> Tag | None:
    for child in box.contents:
        if isinstance(child, Tag) and child.name in _BOXES:
            span = spans.get(id(child))
            if span is not None and span.size.weight - span.size.linked >= _MOST_OF_IT * own:
                return None if _is_section(child) else child
    return None


def _is_section(box: Tag) -> bool:
    """Return True for a box that a heading begins, below which an article goes on with others like it."""
    first = next(filter(is_text, in_order(box)), None)
    heading = None if first is None else next((above for above in first.parents if above.name in HEADINGS), None)
    return heading is not None and heading.name != "h1" and box.name not in {"article", "main"}


def _lines(
    node: PageElement, place: Literal["top", "end"], spans: Mapping[int, Span], taken: AbstractSet[int]
) -> Iterator[tuple[PageElement, bool]]:
    """Yield what of a node is furniture, in parts as large as possible, and whether each is made of links."""
    span = spans.get(id(node))
    if span is None or id(node) in taken or span.size.inward > _INWARD:
        return
    size = span.size
    if not isinstance(node, Tag):
        if place == "end" and _is_line(node, size, place):
            yield node, False
    elif node.name in _JUDGED:
        is_short = size.chars > 0 and size.is_short
        if is_short and _is_made_of_links(size, place):
            yield node, True
        elif is_short and not any(isinstance(child, Tag) and child.name in LINE_ENDS for child in node.contents):
            if not size.media and _is_line(node, size, place):
                yield node, False
        elif node.name in _BOXES:
            for child in node.contents:
                yield from _lines(child, place, spans, taken)


def _is_made_of_links(size: Sums, place: str) -> bool:
    if size.link_share < _LINKED:
        return False
    return size.weight <= _WIDEST if place == "end" else size.weight <= _TOP and not size.media


def _is_line(node: PageElement, size: Sums, place: str) -> bool:
    """Return True for a line with a link that is no paragraph. A few words without one may be the article's: a credit."""
    in_paragraph = isinstance(node, Tag) and node.name == "p"
    longest = _LONGEST if place == "end" else _TOP
    return size.linked > 0 and size.weight <= longest and (not in_paragraph or size.link_share >= _IN_PARAGRAPH)
