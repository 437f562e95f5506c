"""Drop the last lines of an article that are furniture by their words, and the rules between them and the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.lastlines import LONGEST_WITHOUT_LINK, is_rule, kind_of_last_line
from epubmaker.chapters.furniture.measure import MEDIA, line_of, on_line
from epubmaker.chapters.furniture.names import Kind
from epubmaker.chapters.tree import Edits, attribute, is_text, tags_in_order, text_within, walk
from epubmaker.chapters.xhtml.content import DROPPED, names
from epubmaker.text.characters import plain

__all__ = ["LINKS", "LastLine", "drop_last_lines", "linked"]

_MOST = 6  # last lines that are looked at
_BOXES = 4  # around a last line
_LONGEST = 700  # characters
_NODES = 50  # on one line
_CREDIT = 60  # characters of a notice that may be the credit of a picture
LINKS = names("a button")
_TAG_PAGE = re.compile(
    r"/(?:tags?|topics?|labels?|keywords?|categor(?:y|ies)|hashtags?|sujets?|temas?|themen|etiquetas?)/", re.IGNORECASE
)
_NEVER_IN = names("blockquote code figcaption figure pre samp td th")


class LastLine(NamedTuple):
    """A line that was dropped: what kind of furniture it was, and how many characters."""

    kind: Kind
    length: int


def drop_last_lines(root: Tag, budget: int | None, *, ended: bool, has_links: bool) -> list[LastLine]:
    """Remove last lines, and return those that were furniture; rules go with them.

    At most `budget` characters go, None: half of the text. `ended` says that something else at the end has gone already,
    `has_links` that the page has links or buttons.
    """
    edits = Edits(root)
    gone: set[int] = set()
    dropped: list[LastLine] = []
    for _ in range(_MOST):
        last = _last(root, gone)
        code = last if isinstance(last, Tag) and last.name == "img" else None
        if code is not None:
            last = _last(root, {*gone, id(code)})
        if last is None or (isinstance(last, Tag) and last.name != "hr"):
            break
        if ended and code is None and (isinstance(last, Tag) or is_rule(str(last))):
            nodes: Sequence[PageElement] = [last]
        else:
            found = None if isinstance(last, Tag) else _line(root, last, ended=ended, has_links=has_links)
            if found is None or (code is not None and found[1] != "newsletter"):
                break
            nodes, kind, length = found
            nodes = nodes if code is None else [*nodes, code]  # the code to scan below "follow us"
            if budget is None:
                budget = len(text_within(root, 4 * _LONGEST)) // 2
            if length > budget:
                break
            budget -= length
            dropped.append(LastLine(kind, length))
            ended = True
        for node in nodes:
            edits.remove(node)
            gone.add(id(node))
    edits.apply()
    return dropped


def _last(root: Tag, gone: set[int]) -> PageElement | None:
    """Return the last text, rule or picture that shows; None where there is none."""
    stack: list[PageElement] = [*root.contents]
    while stack:
        node = stack.pop()
        if id(node) in gone:
            continue
        if not isinstance(node, Tag):
            if is_text(node):
                return node
        elif node.name in MEDIA or node.name == "hr":
            return node
        elif node.name not in DROPPED:
            stack.extend(node.contents)
    return None


def _line(
    root: Tag, last: PageElement, *, ended: bool, has_links: bool
) -> tuple[Sequence[PageElement], Kind, int] | None:
    """Return the line that a text ends, or a box around it, where it is furniture; its kind, and its length."""
    longest = _LONGEST if has_links else LONGEST_WITHOUT_LINK
    if any(above.name in _NEVER_IN for above in last.parents):
        return None
    line = on_line(line_of(root, last), before=True, most=_NODES)
    above = line[0].parent
    is_all = above is not None and above is not root and len(above.contents) == len(line)
    boxes: list[Sequence[PageElement]] = [] if is_all else [line]
    while above is not None and above is not root and len(boxes) <= _BOXES:
        boxes.append([above])
        above = above.parent
    for nodes in boxes:
        text = plain(" ".join(text_within(node, longest) for node in nodes))
        if len(text) > longest:
            return None
        characters = sum(map(linked, nodes)) if has_links else 0
        kind = kind_of_last_line(text, characters, ruled=_is_ruled(root, line[0]), ended=ended)
        if kind is None and characters * 10 >= len(text) * 7:
            kind = "share" if ended and text.isdecimal() else "tags" if _leads_to_tags(nodes) else None
        if kind is not None and not (
            kind == "copyright" and len(text) <= _CREDIT and _is_below_picture(root, nodes[0])
        ):
            return nodes, kind, len(text)
    return None


def _leads_to_tags(nodes: Sequence[PageElement]) -> bool:
    """Return True where all links of a line lead to pages of tags or categories."""
    tags = [tag for node in nodes if isinstance(node, Tag) for tag in (node, *walk(node)) if isinstance(tag, Tag)]
    links = [tag for tag in tags if tag.name == "a"]
    return bool(links) and all(
        "tag" in str(link.attrs.get("rel", "")).split() or _TAG_PAGE.search(attribute(link, "href")) for link in links
    )


def linked(node: PageElement) -> int:
    """Return how many characters of a node are links or buttons."""
    if not isinstance(node, Tag):
        return 0
    links = [node] if node.name in LINKS else [tag for tag in tags_in_order(node) if tag.name in LINKS]
    return sum(len(text_within(link, _LONGEST)) for link in links)


def _is_ruled(root: Tag, node: PageElement) -> bool:
    """Return True where a rule stands before a line."""
    before = _shown_before(root, node)
    return isinstance(before, Tag) and before.name == "hr"


def _is_below_picture(root: Tag, node: PageElement) -> bool:
    """Return True for a line below a picture."""
    before = _shown_before(root, node)
    return isinstance(before, Tag) and before.name in MEDIA


def _shown_before(root: Tag, node: PageElement) -> PageElement | None:
    """Return the text, rule or picture before a node."""
    before = node.previous_element
    while before is not None and before is not root:
        if is_text(before) or (isinstance(before, Tag) and (before.name in MEDIA or before.name == "hr")):
            return before
        before = before.previous_element
    return None
