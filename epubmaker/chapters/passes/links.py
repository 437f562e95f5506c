"""Resolve the links of an article: inside the article, to an absolute address, or to nothing, which unwraps the link.

Three rules keep links inside the article from dangling:

- `resolve_links` pairs links with elements, not with ids. Then it gives new ids to those elements, and to no others.
- Where a pass has removed the element, the link leads to the next visible one.
- `serialize` writes every id of the tree, even of elements that it drops, and records in which piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from itertools import islice, pairwise
from urllib.parse import quote, unquote

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, anchor_keys, element, in_order, tags_in_order, text_within
from epubmaker.chapters.xhtml.content import HEADINGS, LINE_ENDS, names
from epubmaker.text.addresses import identity, names_article, resolve, without_form
from epubmaker.text.notes import is_note, is_place

__all__ = ["resolve_links"]

_MAIL = re.compile(r"mailto:[^\s@<>\"]+@[^\s@<>\"?]+(?:\?[^\s<>\"]*)?", re.ASCII | re.IGNORECASE)
_TELEPHONE = re.compile(r"tel:\+?[0-9().*#;=a-z-]+", re.ASCII | re.IGNORECASE)
_SAFE = "!$&'()*+,;=:@/?%-._~"

_MOST_SECTIONS = 1000  # of an article
_LONGEST_NAME = 300  # characters
_SECTIONS = HEADINGS | names("article caption dt figure section table")
_ANCHORS = names("a span")
_WRAPPERS = _ANCHORS | names("b div header hgroup strong")  # which hold a heading, or stand in one
_NEAR = 3  # elements from a heading or a listing down to an anchor


def resolve_links(root: Tag, context: PassContext) -> None:
    """Give each `a` an `href` that may stand in a book, or none; and each element the id that a link needs, or none.

    A link to a place in the article may be written with the article's address. Ids that a link leads to, and those of
    sections, to which other articles may lead, become "s1", "s2", ... in document order; all others go.
    """
    anchors = context.anchors
    named: dict[str, Tag] = {}
    links: list[tuple[Tag, str]] = []
    marked: list[Tag] = []
    for tag in tags_in_order(root):
        if not tag.attrs:
            continue
        keys = [key for key in anchor_keys(tag.name) if key in tag.attrs]
        if keys:
            marked.append(tag)
            for key in keys:
                named.setdefault(str(tag.attrs.pop(key) or ""), tag)
        if "href" in tag.attrs:
            links.append((tag, str(tag.attrs["href"])))
    sections = dict(islice(((name, tag) for name, tag in named.items() if _is_section(name, tag)), _MOST_SECTIONS))
    inside = _set_links(links, {*named, *anchors}, context.base, context.address)
    lost = {name: anchors[name] for _, name in inside if name not in named}
    if lost:
        named.update(_moved(root, lost))
    for link, name in inside:
        of_note = "role" in link.attrs  # it leads to a note, or back
        if not of_note and named[name] is not link and len(sections) < _MOST_SECTIONS:
            sections.setdefault(name, named[name])
    _number(tags_in_order(root) if lost else marked, [(tag, named[name]) for tag, name in inside], sections.values())
    context.sections = {
        name: str(tag.attrs["id"]) for name, tag in sections.items() if "id" in tag.attrs and len(name) <= _LONGEST_NAME
    }
    _part(root, [tag for tag, _ in links])


def _is_section(name: str, tag: Tag) -> bool:
    """Tell whether an element with an id is one that other articles may lead to: a heading, a part, an anchor."""
    if tag.name in _SECTIONS or is_place(name):
        return True
    if tag.name not in _WRAPPERS:
        return False
    around = {parent.name for parent in islice(tag.parents, _NEAR)}
    if tag.name in _ANCHORS and "href" not in tag.attrs and (tag.name == "a" or not tag.contents):
        return "pre" not in around
    first = next((node for node in tag.contents if isinstance(node, Tag)), None)
    return not around.isdisjoint(HEADINGS) or (first is not None and first.name in HEADINGS)


def _set_links(
    links: list[tuple[Tag, str]], names: AbstractSet[str], base: str | None, own: str | None
) -> list[tuple[Tag, str]]:
    """Set or take away each `href`; return the links that stay inside the article, with the name of their target."""
    inside = []
    here = own.partition("#")[0] if own else None
    name_here = without_form(identity(here)) if here else ""
    for tag, written in links:
        href = written.strip()
        if href.startswith("#"):
            fragment: str | None = href[1:]
        else:
            href = _outside(href, base) or ""
            address, _, fragment = href.partition("#")
            if address != here and not (fragment and _is_page(address, name_here)):
                fragment = None
        name = next((name for name in (fragment, unquote(fragment)) if name in names), "") if fragment else ""
        if name:
            inside.append((tag, name))
        elif href and not href.startswith("#"):
            tag.attrs["href"] = href
        else:
            del tag.attrs["href"]
    return inside


def _is_page(address: str, name: str) -> bool:
    """Tell whether an address is that of a page, in any form, by the identity that it has without one."""
    return names_article(name) and without_form(identity(address)) == name


def _outside(href: str, base: str | None) -> str | None:
    if is_note(href):
        return href
    if _MAIL.fullmatch(href) or _TELEPHONE.fullmatch(href):
        scheme, _, rest = href.partition(":")
        return f"{scheme.lower()}:{quote(rest, safe=_SAFE)}"
    return resolve(base, href) if href else None


def _moved(root: Tag, lost: Mapping[str, Tag]) -> dict[str, Tag]:
    """Return for each removed element the element that follows it; before a text, a new one is put."""
    left = {id(node) for node in in_order(root)}
    following: dict[int, PageElement | None] = {}
    marks: dict[int, Tag] = {}
    edits = Edits(root)
    found = {}
    for name, tag in lost.items():
        node: PageElement | None = tag
        passed = []
        while node is not None and id(node) not in left and id(node) not in following:
            following[id(node)] = None
            passed.append(id(node))
            node = node.next_element
        if node is not None and id(node) not in left:
            node = following[id(node)]
        following.update(dict.fromkeys(passed, node))
        if not isinstance(node, Tag) and id(node) not in marks:
            mark = marks[id(node)] = element("span")
            if node is None:
                edits.fill(root, [*root.contents, mark])
            else:
                edits.replace(node, mark, node)
        found[name] = node if isinstance(node, Tag) else marks[id(node)]
    edits.apply()
    return found


def _part(root: Tag, links: Iterable[Tag]) -> None:
    """Put a sign between links that touch and are all that is on their line: style sheets show them apart."""
    edits = Edits(root)
    for first in links:
        if not _is_link(first.next_sibling) or _is_link(first.previous_sibling):
            continue
        line = [first]
        while isinstance(following := line[-1].next_sibling, Tag) and following.name == "a":
            line.append(following)
        ends = _ends_line(first.previous_sibling) and _ends_line(line[-1].next_sibling)
        if ends and _ends_line(first.parent) and all(len(text_within(tag, 1)) > 1 for tag in line):
            for one, other in pairwise(line):
                if one.attrs.get("href") != other.attrs.get("href"):
                    edits.replace(one, one, NavigableString(" · "))
    edits.apply()


def _is_link(node: PageElement | None) -> bool:
    return isinstance(node, Tag) and node.name == "a"


def _ends_line(node: PageElement | None) -> bool:
    if isinstance(node, Tag):
        return node.name in LINE_ENDS
    return node is None or str(node).isspace()


def _number(order: Iterable[Tag], inside: list[tuple[Tag, Tag]], sections: Iterable[Tag]) -> None:
    """Give ids to what links may lead to, in the order given, and the links their addresses; a link to itself is none."""
    wanted = {*map(id, sections), *(id(target) for tag, target in inside if target is not tag)}
    number = 0
    for node in order:
        if id(node) in wanted and "id" not in node.attrs:
            number += 1
            node.attrs["id"] = f"s{number}"
    for tag, target in inside:
        if target is tag:
            del tag.attrs["href"]
        else:
            tag.attrs["href"] = f"#{target.attrs['id']}"
