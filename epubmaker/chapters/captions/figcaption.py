"""Make the `figcaption` of a picture: the caption without the boxes around it, and each credit in a `span`."""

from __future__ import annotations

from collections.abc import Sequence

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.captions.patterns import is_credit, is_label
from epubmaker.chapters.captions.wording import (
    credit_label,
    credit_name,
    ends_as_credit,
    label,
    opens_as_credit,
    parted_credit,
)
from epubmaker.chapters.tree import (
    Edits,
    attribute,
    element,
    is_text,
    seen,
    tags_within,
    text_within,
    walk,
)
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, CREDIT, names

__all__ = ["caption_text", "figcaption", "is_long"]

# Boxes that, around all of a caption, only set its looks.
_WRAPPING = names(
    "b blockquote caption center dd div em figcaption figure font h4 h5 h6 i li ol p section small span strong td th ul"
)
_LINE = 48  # Latin letters, or half as many ideographs
_CREDIT_BOXES = names("cite div em figcaption font i p small span")


def figcaption(captions: Sequence[PageElement], credit: Sequence[PageElement], edits: Edits) -> Tag:
    """Return the `figcaption` made of the nodes of a picture's caption and of its credits."""
    given = captions[0] if len(captions) == 1 and isinstance(captions[0], Tag) else None
    # One whose class calls it a credit becomes that credit, in a new one.
    is_kept = given is not None and given.name == "figcaption" and not is_credit(given)
    made = given if given is not None and is_kept else element("figcaption")
    contents: list[PageElement] = []
    for caption in captions:
        if contents:
            contents.append(NavigableString(" "))
        contents += _unboxed([caption], keep_credit=True)
    contents = _with_credits(_without_label(_with_credit_apart(_trimmed(contents)), edits), edits)
    for node in credit:
        if contents:
            contents.append(NavigableString(" "))
        contents.append(_as_credit(node, edits))
    edits.fill(made, contents)
    return made


def is_long(text: str) -> bool:
    """Tell whether the text of a caption takes more than a line on a small page."""
    return len(text) > _LINE or (not text.isascii() and len(text) + sum(letter > "\u2e7f" for letter in text) > _LINE)


def _with_credit_apart(contents: list[PageElement]) -> list[PageElement]:
    """Return a caption's contents; a credit at the end of its last text, as "(Photo: Ann Lee)", is a text of its own."""
    last = contents[-1] if contents else None
    if isinstance(last, Tag) or last is None or not is_text(last):
        return contents
    before, credit = parted_credit(str(last))
    if not credit:
        return contents
    parted = [
        NavigableString(before),
        NavigableString(" "),
        element("span", [NavigableString(credit)], **{"class": CREDIT}),
    ]
    return [*contents[:-1], *parted]


def caption_text(caption: Tag) -> str:
    """Return the text of a `figcaption` without its credits, on one line."""
    texts = (text_within(node, 500) for node in caption.contents if not _is_credit_span(node))
    return " ".join(" ".join(texts).split())


def _trimmed(contents: Sequence[PageElement]) -> list[PageElement]:
    """Return a caption's contents without empty elements, and without white space and line breaks at either end.

    A line ends at an empty block, as at a stray end tag.
    """
    kept: list[PageElement] = []
    for node in contents:
        if not isinstance(node, Tag) or _is_break(node) or _has_text(node):
            kept.append(node)
        elif node.name in {"p", "div"} and not _is_noise(node) and kept and not _is_break(kept[-1]):
            kept.append(element("br"))
    while kept and not _has_text(kept[0]):
        del kept[0]
    while kept and not _has_text(kept[-1]):
        del kept[-1]
    if kept and not isinstance(kept[0], Tag) and str(kept[0])[:1].isspace():
        kept[0] = NavigableString(str(kept[0]).lstrip())
    if kept and not isinstance(kept[-1], Tag) and str(kept[-1])[-1:].isspace():
        kept[-1] = NavigableString(str(kept[-1]).rstrip())
    return kept


def _has_text(node: PageElement) -> bool:
    if not isinstance(node, Tag):
        return is_text(node)
    return not _is_noise(node) and any(map(is_text, walk(node)))


def _is_break(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _unboxed(contents: list[PageElement], *, keep_credit: bool) -> list[PageElement]:
    """Return what a caption or a credit consists of, without the boxes around all of it, or up to one of a credit."""
    while True:
        inside = [node for node in contents if _has_text(node)]
        only = inside[0] if len(inside) == 1 else None
        if not isinstance(only, Tag) or only.name not in _WRAPPING or (keep_credit and is_credit(only)):
            return contents
        contents = list(only.contents)


def _without_label(contents: Sequence[PageElement], edits: Edits) -> list[PageElement]:
    """Return a caption's or a credit's contents without the label for screen readers that they begin with."""
    holder: Tag | None = None
    inside: Sequence[PageElement] = contents
    while (first := next(iter(seen(inside)), None)) is not None and isinstance(first, Tag):
        holder, inside = first, first.contents
    text = str(first or "").lstrip()
    found = label(text)
    if first is None or not found or (holder is None and credit_label(text) and len(seen(contents)) == 1):
        return list(contents)
    cut = [NavigableString(text[len(found) :]) if node is first else node for node in inside]
    if holder is None:
        return cut
    edits.fill(holder, cut)
    return list(contents)


def _with_credits(contents: Sequence[PageElement], edits: Edits) -> list[PageElement]:
    """Return a caption's contents; each part that names the picture's source is made a credit."""
    found: list[PageElement] = []
    for position, node in enumerate(contents):
        if isinstance(node, Tag):
            _mark_inner_credits(node, edits)
        last = not seen(contents[position + 1 : position + 9])
        if not _is_credit_span(node) and not _names_source(node, last=last, after_text=last and bool(found)):
            found.append(node)
            continue
        if not last and text_within(node, 20).casefold() == "credit":  # the word alone, before the name
            continue
        if found and not _is_break(found[-1]) and (isinstance(found[-1], Tag) or not str(found[-1])[-1:].isspace()):
            found.append(NavigableString(" "))
        found.append(_as_credit(node, edits))
    return found


def _names_source(node: PageElement, *, last: bool, after_text: bool) -> bool:
    if isinstance(node, Tag) and node.name not in _CREDIT_BOXES:
        return False
    text = text_within(node, 200)
    if not isinstance(node, Tag):
        return is_text(node) and (opens_as_credit(text) if after_text else credit_label(text))
    if is_credit(node) or opens_as_credit(text) or (last and node.name == "cite"):
        return True
    return after_text and ends_as_credit(text, boxed=True)


def _mark_inner_credits(tag: Tag, edits: Edits) -> None:
    """Make credits of the elements in a caption whose class calls them one, however deep."""
    _drop_noise(tag, edits)
    for node in list(tags_within(tag)):
        if node.name in _CREDIT_BOXES and not _is_credit_span(node) and is_credit(node):
            _as_credit(node, edits)


def _drop_noise(tag: Tag, edits: Edits) -> None:
    """Take labels for screen readers, buttons and icons out of an element."""
    for node in (tag, *walk(tag)):
        if isinstance(node, Tag) and any(isinstance(child, Tag) and _is_noise(child) for child in node.contents):
            edits.fill(node, [child for child in node.contents if not (isinstance(child, Tag) and _is_noise(child))])


def _as_credit(node: PageElement, edits: Edits) -> Tag:
    """Return a node as a credit: a tag is changed where it stands, a text gets a tag around it."""
    if not isinstance(node, Tag):
        text = str(node).strip()
        credit = element("span", [NavigableString(credit_name(text))])
    else:
        credit = node
        credit.name = "span"
        _drop_noise(credit, edits)
        edits.fill(credit, _without_label(_unboxed(list(node.contents), keep_credit=False), edits))
        said = text_within(credit, 1000)
        name = credit_name(said)
        if name != said and all(inner.name in _CREDIT_BOXES for inner in tags_within(credit)):  # its label is in pieces
            edits.fill(credit, [NavigableString(name)])
        for inner in tags_within(credit):
            if inner.name in BLOCK_ELEMENTS:
                inner.name, inner.attrs = "span", {}
    credit.attrs = {"class": CREDIT}
    return credit


def _is_credit_span(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "span" and attribute(node, "class") == CREDIT


def _is_noise(tag: Tag) -> bool:
    return is_label(tag) or tag.name in {"button", "svg"}
