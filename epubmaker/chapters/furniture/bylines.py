"""What a byline says that the chapter's header does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bs4.element import PageElement, Tag

from epubmaker.chapters.furniture.names import is_author, is_date
from epubmaker.chapters.furniture.phrases import names_author, only_joins
from epubmaker.chapters.tree import is_text, text_within, walk
from epubmaker.text.characters import plain

__all__ = ["said"]

_LONGEST_DATE = 80
_BESIDE = " \t/:：|·•,"


def said(nodes: Sequence[PageElement], *, dated: bool) -> Iterator[str]:
    """Yield the names of authors in a byline, or its text where it says who wrote; and its date where that is wanted."""
    tags = [tag for node in nodes if isinstance(node, Tag) for tag in (node, *walk(node)) if isinstance(tag, Tag)]
    dates = {id(tag) for tag in tags if tag.name == "time" or is_date(tag.attrs)}
    authors = [tag for tag in tags if "author" in {tag.attrs.get("rel"), tag.attrs.get("itemprop")}]
    authors = authors or [tag for tag in tags if is_author(tag.attrs)]
    inside = {id(inner) for tag in authors for inner in walk(tag)}
    found = [text for tag in authors if id(tag) not in inside and (text := _without(tag, dates))]
    text = "" if found else plain(" ".join(_without(node, dates) for node in nodes))
    if names_author(text):
        found = [text]
    yield from (name for name in map(_stripped, found) if not only_joins(name))
    first = next((tag for tag in tags if id(tag) in dates), None)
    if dated and first is not None and (date := text_within(first, _LONGEST_DATE)):
        yield date


def _without(node: PageElement, left_out: set[int]) -> str:
    """Return the text of a node without that of some elements in it."""
    found: list[str] = []
    stack = [node]
    while stack:
        each = stack.pop()
        if id(each) in left_out and each is not node:
            continue
        if isinstance(each, Tag):
            stack.extend(reversed(each.contents))
        elif is_text(each):
            found.append(str(each))
    return plain(" ".join(found))


def _stripped(text: str) -> str:
    """Return a name without the words before it: "by", "文/"."""
    while True:
        first, _, rest = text.strip(_BESIDE).partition(" ")
        if not rest.strip() or not only_joins(first):
            return text.strip(_BESIDE)
        text = rest
