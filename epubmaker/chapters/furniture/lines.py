"""Cut a page into lines, and make the keys by which the lines of several articles of a source are compared.

A line has its text, the links in it and a place: the names and classes of the elements around it, which are those of the
site's template. Keys say nothing of an article by themselves: they are compared with those of other articles alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes.triggers import CONTROLS
from epubmaker.chapters.tree import attribute, is_text
from epubmaker.chapters.xhtml.content import DROPPED, LINE_ENDS, names
from epubmaker.text.addresses import site
from epubmaker.text.characters import letters

__all__ = ["Line", "lines_of_page"]

_OPAQUE = names("table figure blockquote pre dl math svg video audio iframe object embed ruby")  # an article's own
_LINKS = names("a button")
_ACTIONS = _LINKS | CONTROLS
_CLOSED = DROPPED | _OPAQUE
_LEVELS = 2  # elements around a line that tell its place; of a page more would be gone when its text is drafted
_LABEL = 40  # characters of what stands before the link, or before a colon in it
_LONGEST = 500  # characters of a line that is compared
_LONG = 75  # bytes of letters outside of links, from which on a line is prose: a sentence
_DIGITS = re.compile(r"\d+")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_INWARD = re.compile(r"#[^/?]|[^#]*#(?:fn|note|cite|footnote)")
_LABELED = re.compile(r"\s*([^:：|▶]{2,40}[:：|])")


@dataclass(slots=True)
class Line:
    """A line of a page: the nodes that it is made of, within `parent`.

    `exact` is the key of its text, links and place, `masked` the same whatever the numbers in it, `slot` that of its place
    alone and `label` that of what it begins with, before a link to another page of the site: 0 where there is none.
    `is_opaque` says that it is never compared, such as a table; `acts` that all of it is links or buttons; `is_prose` that
    it has a sentence or more outside of them; `leads_home` that it has links, all to other pages of the site. `links` are
    where its links lead, "#" for those that hold the article's address.
    """

    nodes: Sequence[PageElement]
    parent: Tag
    text: str = ""
    exact: int = 0
    masked: int = 0
    slot: int = 0
    label: int = 0
    is_opaque: bool = False
    acts: bool = False
    is_prose: bool = False
    leads_home: bool = False
    links: list[str] = field(default_factory=list)

    @property
    def keys(self) -> tuple[int, int, int, int]:
        """The keys that it may be known by."""
        return self.exact, self.masked, self.slot, self.label

    @property
    def shares(self) -> bool:
        """Whether it has links, all to the article itself or with its address in them."""
        return bool(self.links) and all(link == "#" for link in self.links)


def lines_of_page(root: Tag, address: str | None) -> list[Line]:
    """Return the lines of a page in order, those without any text or picture left out. Linear in the page's length."""
    holding = _holding_blocks(root)
    found: list[Line] = []
    places = _Places()
    stack: list[tuple[Tag, int]] = [(root, 0)]
    while stack:
        box, index = stack.pop()
        run: list[PageElement] = []
        inner: Tag | None = None
        while index < len(box.contents) and inner is None:
            child = box.contents[index]
            index += 1
            if not isinstance(child, Tag) or not (child.name in LINE_ENDS or id(child) in holding):
                if isinstance(child, Tag) or not (isinstance(child, NavigableString) and child.isspace()):
                    run.append(child)
                continue
            if run and (line := _line(run, box, address, places)) is not None:
                found.append(line)
            run = []
            if child.name in _OPAQUE:
                found.append(Line([child], box, is_opaque=True))
            elif child.name not in DROPPED and child.contents:
                inner = child
        if inner is not None:
            stack += [(box, index), (inner, 0)]
        elif run and (line := _line(run, box, address, places)) is not None:
            found.append(line)
    return found


def _holding_blocks(root: Tag) -> set[int]:
    """Return the elements that are not compared, and those that hold blocks outside of links: of a link all is one line."""
    found: set[int] = set()
    stack: list[Tag] = [root]
    while stack:
        tag = stack.pop()
        for child in tag.contents:
            if not isinstance(child, Tag) or child.name in _LINKS:
                continue
            if child.name in LINE_ENDS or child.name in _OPAQUE:
                above: Tag | None = tag
                while above is not None and id(above) not in found:
                    found.add(id(above))
                    above = above.parent
            if child.name in _OPAQUE:
                found.add(id(child))
            else:
                stack.append(child)
    return found


def _line(nodes: Sequence[PageElement], parent: Tag, address: str | None, places: _Places) -> Line | None:
    texts: list[str] = []
    outside: list[str] = []
    links: list[str] = []
    pictures: list[str] = []
    acting = False
    for node, linked in _nodes(nodes):
        if isinstance(node, Tag):
            acting = acting or node.name in _ACTIONS
            if node.name == "a" and "href" in node.attrs:
                links.append(attribute(node, "href"))
            elif node.name == "img":
                pictures.append(f"picture {attribute(node, 'src')} {attribute(node, 'data-src')}")
        elif is_text(node):
            texts.append(str(node))
            if not linked:
                outside.append(str(node))
    if not texts and not pictures and not acting:
        return None
    whole, left = "".join(texts), "".join(outside)
    if len(whole) > _LONGEST:
        return Line(nodes, parent)
    text, left = letters(whole), letters(left)
    line = Line(nodes, parent, text)
    outward = [href for href in links if not _INWARD.match(href)]
    line.acts = acting and len(outward) == len(links) and not _DIGITS.sub("", left)
    line.is_prose = len(left.encode("utf-8", "replace")) >= _LONG
    line.links = [_link(href, address) for href in outward]
    line.leads_home = bool(links) and all(_leads_home(href, address) for href in links)
    near, far = places.of(nodes, parent)
    line.slot = _hash("slot", far)
    line.exact = _hash("line", near, text, *line.links, *pictures)
    plain = _DIGITS.sub("0", text)
    line.masked = line.exact if plain == text else _hash("line", near, plain, *line.links, *pictures)
    line.label = _label(line, whole, left) if line.leads_home else 0
    return line


def _label(line: Line, whole: str, left: str) -> int:
    """Return the key of what a line begins with: the letters `left` before its link, or what ends with a colon in that."""
    label = _LABELED.match(whole) if line.acts else None
    before = letters(label[1]) if label else left
    return _hash("label", before) if 0 < len(before) <= _LABEL else 0


def _nodes(nodes: Sequence[PageElement]) -> Iterator[tuple[PageElement, bool]]:
    """Yield all nodes of a line, each with whether it is in a link or a button."""
    stack = [(node, False) for node in reversed(nodes)]
    while stack:
        node, linked = stack.pop()
        yield node, linked
        if isinstance(node, Tag) and node.name not in _CLOSED:
            inner = linked or node.name in _LINKS
            stack.extend([(child, inner) for child in reversed(node.contents)])


class _Places:
    """What the places of a page are called, by the elements around them."""

    def __init__(self) -> None:
        self._of_parents: dict[int, tuple[str, str]] = {}

    def of(self, nodes: Sequence[PageElement], parent: Tag) -> tuple[str, str]:
        """Return the place of a line by the element that it is and the next one around, and by more of them."""
        if id(parent) not in self._of_parents:
            above = [parent, *islice(parent.parents, _LEVELS - 1)]
            called = [_place(tag) for tag in above if isinstance(tag, Tag)]
            self._of_parents[id(parent)] = called[0], "\n".join(called)
        near, far = self._of_parents[id(parent)]
        only = [node for node in nodes if isinstance(node, Tag) or is_text(node)]
        own = _place(only[0]) if len(only) == 1 and isinstance(only[0], Tag) else ""
        return f"{own}\n{near}", f"{own}\n{far}"


def _place(tag: Tag) -> str:
    return f"{tag.name} {_DIGITS.sub('0', attribute(tag, 'class'))}" if "class" in tag.attrs else tag.name


def _link(href: str, address: str | None) -> str:
    """Return where a link leads, the same for all that hold the address of their article: share buttons."""
    if not href or href.startswith("#") or (address and address.rstrip("/").rpartition("/")[2] in href):
        return "#"
    return href


def _leads_home(href: str, address: str | None) -> bool:
    """Return True for a link to another page of the article's site, from which a relative one does not lead away."""
    if _link(href, address) == "#":
        return False
    if href.startswith("//"):
        href = f"https:{href}"
    return not _SCHEME.match(href) or site(href) == (site(address) or "")


def _hash(*parts: str) -> int:
    """Return the same number in every process."""
    return int.from_bytes(blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).digest())
