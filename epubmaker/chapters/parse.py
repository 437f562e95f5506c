"""Read an article's HTML as browsers do, into a Beautiful Soup tree.

The parser is lexbor, which follows the tree construction of the HTML Standard (section 13.2) and so agrees with browsers
on broken mark-up; `_tree` turns what it found into Beautiful Soup's elements.  Beautiful Soup's own builders were no match:
`html.parser` nests an unclosed paragraph in a paragraph, lxml moves text out of place, html5lib takes fifty times as long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

from epubmaker.chapters.bounds import bounded

__all__ = ["Parsed", "parse"]

_FRAMES = re.compile(r"</?(?:frameset|frame|noframes)\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article's tree, which belongs to whoever asked for it, and what its head said.

    `body` holds elements and strings only, no comments; attribute values are strings.  `language` is what the document
    declares, in any spelling; `base` its `<base href>`.  `names` are the elements, and the attributes with an "@" before
    them, that occur in `body`: a pass that looks for none of them has nothing to do.
    """

    body: Tag
    language: str | None
    base: str | None
    names: frozenset[str]


def parse(html: str) -> Parsed:
    """Parse a fragment or a whole document.  Never raises; time grows about linearly with the text."""
    document = LexborHTMLParser(bounded(html).encode("utf-8", "replace"))
    start = document.body
    if (start is None or start.tag != "body") and _FRAMES.search(html):
        return parse(_FRAMES.sub("<div>", html))  # a page of frames has no body, only what stands for them
    if start is None or start.tag != "body":
        return Parsed(Tag(name="body"), None, None, frozenset())
    body, names = _tree(start)
    return Parsed(body, _language(document, start), _first(document, "base[href]", "href"), names)


def _language(document: LexborHTMLParser, body: LexborNode) -> str | None:
    for node in (body, body.parent):
        for name in ("lang", "xml:lang"):
            value = node.attributes.get(name) if node is not None else None
            if value:
                return value
    return _first(document, "meta[http-equiv=content-language i]", "content")


def _first(document: LexborHTMLParser, selector: str, attribute: str) -> str | None:
    head = document.head
    found = head.css_first(selector) if head is not None and head.first_child is not None else None
    return found.attributes.get(attribute) if found is not None else None


def _tree(start: LexborNode) -> tuple[Tag, frozenset[str]]:
    """Return the elements and strings below a node as a Beautiful Soup tree, and the names that occur in it."""
    root = Tag(name="body")
    names: set[str] = set()
    parent = root
    last: PageElement = root
    node = start.first_child
    above: list[LexborNode] = []
    while node is not None:
        child = None
        if node.is_text_node:
            string = NavigableString(node.text_content or "")
            string.setup(parent, last)
            parent.contents.append(string)
            last = string
        elif node.is_element_node:
            name = node.tag or ""
            found = node.attributes
            tag = Tag(name=name, parent=parent, previous=last)
            if found:
                tag.attrs = {key: value or "" for key, value in found.items()}
                names.update(f"@{key}" for key in found)
            names.add(name)
            parent.contents.append(tag)
            last = tag
            child = node.first_child
        if child is not None:
            above.append(node)
            parent = tag
            node = child
            continue
        following = node.next
        while following is None and above:
            following = above.pop().next
            parent = parent.parent or root
        node = following
    return root, frozenset(names)
