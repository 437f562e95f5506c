"""Read an article's HTML as browsers do, into a Beautiful Soup tree.

The parser is lexbor, which follows the tree construction of the HTML Standard (section 13.2) and so agrees with browsers
on broken markup; `_tree` turns what it found into Beautiful Soup's elements. Beautiful Soup's own builders were no match:
`html.parser` nests an unclosed paragraph in a paragraph, lxml moves text out of place, html5lib takes fifty times as long.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bs4.element import AttributeValueList, NavigableString, PageElement, Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

from epubmaker.chapters.tree import Edits, anchor_keys
from epubmaker.text.bounds import bounded
from epubmaker.text.html import FRAMES

__all__ = ["TEMPLATE", "Parsed", "parse"]


_REFERRER = "meta[name=referrer i]"


TEMPLATE = "inert-template"
"""The name under which `template` elements are in the tree, with their contents."""

_TEMPLATE = re.compile(r"<(/?)template(?=[\s/>])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article's tree, which the caller may change, and the declarations in its head.

    `body` holds elements and strings only, no comments, and the head's style sheets first; attribute values are strings.
    `language` is what the document declares, in any spelling; `base` its `<base href>`, `referrer` its policy for
    requests. `names` are the elements, and the attributes with an "@" before them, that occur in `body`: a pass that looks
    for none of them has nothing to do. `anchors` are the elements that a link may name, by their ids, before any pass has
    taken one away.
    """

    body: Tag
    language: str | None
    base: str | None
    referrer: str | None
    names: frozenset[str]
    anchors: Mapping[str, Tag]


def parse(html: str) -> Parsed:
    """Parse a fragment or a whole document. Never raises; time grows about linearly with the text."""
    if "emplate" in html:  # the contents of a template are no part of a tree
        html = _TEMPLATE.sub(rf"<\1{TEMPLATE}", html)
    document = LexborHTMLParser(bounded(html).encode("utf-8", "replace"))
    start = document.body
    if (start is None or start.tag != "body") and FRAMES.search(html):
        return parse(FRAMES.sub("<div>", html))  # a page of frames has no body, only what stands for them
    if start is None or start.tag != "body":
        return Parsed(Tag(name="body"), None, None, None, frozenset(), {})
    body, names, anchors = _tree(start)
    if document.head is not None and document.head.first_child is not None:
        names |= _take_sheets(document.head, body)
    base = _first(document, "base[href]", "href")
    referrer = _first(document, _REFERRER, "content")
    if referrer is None and "meta" in names:
        found = document.css_first(_REFERRER)
        referrer = found.attributes.get("content") if found is not None else None
    return Parsed(body, _language(document, start), base, referrer, names, anchors)


def _take_sheets(head: LexborNode, body: Tag) -> frozenset[str]:
    """Put the style sheets of the head before the body's contents; return the names that this adds to those in it."""
    names: set[str] = set()
    made: list[PageElement] = []
    for node in head.css("style"):
        text = NavigableString((node.first_child and node.first_child.text_content) or "")
        sheet = _Element("style", _attributes(node.attributes, names))
        sheet.contents = [text]
        made.append(sheet)
    if made:
        edits = Edits(body)
        edits.fill(body, (*made, *body.contents))
        edits.apply()
        names.add("style")
    return frozenset(names)


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


class _Element(Tag):
    """A tag as `Tag` would make it without a builder, without its constructor.

    That sets 24 attributes and reads most of them again, for 0.13 of the 0.17 ms that an article's tree took; here those
    that are the same for all are the class's, and so are links that lead nowhere.
    """

    parser_class = None
    namespace = None
    prefix = None
    sourceline = None
    sourcepos = None
    attribute_value_list_class = AttributeValueList
    known_xml = None
    hidden = False
    can_be_empty_element = None
    cdata_list_attributes = None
    preserve_whitespace_tags = None
    interesting_string_types = None
    next_element: PageElement | None = None
    next_sibling: PageElement | None = None
    previous_sibling: PageElement | None = None

    def __init__(self, name: str, attributes: dict[str, str | AttributeValueList]) -> None:
        self.name = name
        self._namespaces = {}
        self.attrs = attributes
        self.contents = []


def _attributes(given: dict[str, str | None], names: set[str]) -> dict[str, str | AttributeValueList]:
    names.update([f"@{name}" for name in given])
    return {name: value or "" for name, value in given.items()}


def _name(tag: Tag, anchors: dict[str, Tag]) -> None:
    for key in anchor_keys(tag.name):
        if key in tag.attrs:
            anchors.setdefault(str(tag.attrs[key]), tag)


def _tree(start: LexborNode) -> tuple[Tag, frozenset[str], dict[str, Tag]]:
    """Return the elements and strings below a node as a Beautiful Soup tree, the names and the ids that occur in it."""
    root = parent = Tag(name="body")
    contents = root.contents
    names: set[str] = set()
    anchors: dict[str, Tag] = {}
    last: PageElement = root
    made: _Element | NavigableString | None
    node = start.first_child
    above: list[LexborNode] = []
    new_string = str.__new__  # not by its constructor, as above; what that sets besides the links is the class's, too
    while node is not None:
        made = child = None
        if node.is_element_node:
            name, given = node.tag or "", node.attributes
            names.add(name)
            made = tag = _Element(name, _attributes(given, names) if given else {})
            if given and ("id" in given or "name" in given):
                _name(tag, anchors)
            child = node.first_child
        elif node.is_text_node:
            made = new_string(NavigableString, node.text_content or "")
            made.next_element = made.next_sibling = made.previous_sibling = None
        if made is not None:
            made.parent, made.previous_element = parent, last
            last.next_element = last = made
            if contents:
                made.previous_sibling = before = contents[-1]
                before.next_sibling = made
            contents.append(made)
        if child is not None and child.is_text_node and child.next is None:
            # Half of all elements hold one text: there is no need to go down to it.
            last = tag.next_element = text = new_string(NavigableString, child.text_content or "")
            text.parent = text.previous_element = tag
            text.next_element = text.next_sibling = text.previous_sibling = None
            tag.contents.append(text)
        elif child is not None:
            above.append(node)
            parent, contents, node = tag, tag.contents, child
            continue
        following = node.next
        while following is None and above:
            following = above.pop().next
            parent = parent.parent or root
            contents = parent.contents
        node = following
    return root, frozenset(names), anchors
