"""Mark the paragraphs that are set apart from the text: breaks, notes, subheadings, pull quotes, the authors of quotations.

The serializer writes the mark as a class, which the stylesheets know. What is marked keeps its text and its place.
"""

from __future__ import annotations

import re

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, attribute, element, in_order, text_within, walk
from epubmaker.chapters.xhtml.content import LINE_ENDS, SET_AS, names
from epubmaker.text.characters import letters

__all__ = ["set_apart"]

_SIGNS = "*＊•·●○◆◇■□★☆※~～=_-–—―━─＃⁂❦❧☙"
_FIRST_SIGNS = frozenset(_SIGNS)
_BREAK = re.compile(rf"(?:[{re.escape(_SIGNS)}]\s*){{3,40}}|[*＊⁂❦❧☙◆◇■●★※]")
_PULL = re.compile(
    r"(?:^|[\s_-])pull-?(?:ed-?)?quotes?(?:$|[\s_-])|(?:^|[\s_-])quote-?pull(?:$|[\s_-])|pullquote", re.IGNORECASE
)
_LINES, _QUOTES = names("p summary"), names("aside blockquote")
_SLANTED, _HEAVY = names("em i"), names("b strong")
_BESIDE_TEXT = names("aside blockquote dd figcaption figure li td th")  # where a slanted paragraph is no note
_LONGEST_BREAK = 80  # characters
_MOST_PARTS = 6
_LONGEST_SUBHEAD = 30
_PARAGRAPH = 40  # characters at least of what stands below one
_LONGEST_PULL = 400
_LONGEST_REPEATED = 250
_LEAST_REPEATED = 20  # letters of a quotation that repeats the text and no mere name
_MOST_LOOKED_FOR = 40  # quotations of an article
_PROBE = 6  # characters to each side of its middle, which are looked for first
_LONGEST_NAME = 120
_STOPS = (".", "。", ":", "：", ",", "，", ";", "；", "?", "？", "!", "！", "…")
_DASHES = ("—", "–", "―", "-- ", "~ ")
_BOXES = names("article body div main section")
_SETTING = names("b big center em font i small span strong")  # what signs may stand in
_SHOWN = names("audio iframe img math object svg table ul ol pre video")


def set_apart(root: Tag, context: PassContext) -> None:
    """Mark what is set apart in the tree; a paragraph of signs becomes an `hr`."""
    edits = Edits(root)
    slanted: list[Tag] = []
    quotes: list[Tag] = []
    paragraphs = 0
    has_classes = "@class" in context.names
    for node in in_order(root):
        if isinstance(node, NavigableString):
            if len(node) <= _LONGEST_BREAK and node.strip()[:1] in _FIRST_SIGNS and _is_loose_break(node, root):
                edits.replace(node, element("hr"))
        elif not isinstance(node, Tag):
            continue
        elif node.name in _QUOTES or (has_classes and "class" in node.attrs and _is_called_pull(node)):
            quotes.append(node)
        elif node.name in _LINES:
            paragraphs += 1
            if node.name != "p" or not _begins_as_text(node):  # as most do
                _mark_paragraph(node, edits, slanted)
    if 2 * len(slanted) <= paragraphs:  # else it is how the author writes
        for tag in slanted:
            tag.attrs[SET_AS] = "note"
    edits.apply()
    _mark_quotes(root, quotes)


def _begins_as_text(tag: Tag) -> bool:
    """Tell whether a paragraph begins with a letter or a sign of a sentence that is in no element of its own."""
    first = tag.contents[0] if tag.contents else None
    if not isinstance(first, NavigableString):
        return False
    start = str(first)[:40].lstrip()[:1]
    return bool(start) and start not in _SIGNS


def _mark_paragraph(tag: Tag, edits: Edits, slanted: list[Tag]) -> None:
    only = _only(tag)
    if tag.name == "summary":
        _mark_summary(tag)
    elif _is_break(tag):
        tag.name, tag.attrs = "hr", {}
        edits.fill(tag, [])
    elif not isinstance(only, Tag):
        return
    elif only.name in _SLANTED and _BESIDE_TEXT.isdisjoint(above.name for above in tag.parents):
        slanted.append(tag)
    elif only.name in _HEAVY and _is_subhead(tag):
        tag.attrs[SET_AS] = "subhead"


def _mark_summary(tag: Tag) -> None:
    """Make the line that names a part to unfold a subheading, unless it has blocks."""
    if not any(isinstance(node, Tag) and node.name in LINE_ENDS for node in tag.contents):
        tag.name, tag.attrs = "p", {**tag.attrs, SET_AS: "subhead"}


def _is_called_pull(tag: Tag) -> bool:
    named = attribute(tag, "class")[:200]
    return "quote" in named.lower() and _PULL.search(named) is not None


def _only(tag: Tag) -> Tag | NavigableString | None:
    """Return the one node in a paragraph beside white space; None where there are several or none."""
    contents = tag.contents
    if len(contents) > 1:
        if len(contents) > 3:
            return None
        contents = [node for node in contents if isinstance(node, Tag) or str(node).strip()]
    only = contents[0] if len(contents) == 1 else None
    return only if isinstance(only, Tag | NavigableString) else None


def _is_break(tag: Tag) -> bool:
    """Tell whether a paragraph has signs that part sections, and nothing else."""
    first = tag.contents[0] if tag.contents else None
    if len(tag.contents) > _MOST_PARTS or (isinstance(first, Tag) and first.name not in _SETTING):
        return False
    text = text_within(tag, _LONGEST_BREAK + 1).strip()
    return (
        not text[:1].isalnum()
        and _BREAK.fullmatch(text) is not None
        and not any(isinstance(node, Tag) and node.name in _SHOWN for node in walk(tag))
    )


def _is_loose_break(text: NavigableString, root: Tag) -> bool:
    """Tell whether a text that stands between blocks, in no paragraph, has signs that part sections."""
    beside = (text.previous_sibling, text.next_sibling)
    return (
        _BREAK.fullmatch(text.strip()) is not None
        and (text.parent is root or (text.parent is not None and text.parent.name in _BOXES))
        and all(
            node is None or (isinstance(node, Tag) and node.name in LINE_ENDS and node.name != "br") for node in beside
        )
    )


def _is_subhead(tag: Tag) -> bool:
    """Tell whether a bold paragraph is a few words above an ordinary one."""
    text = text_within(tag, _LONGEST_SUBHEAD + 1).strip()
    if not text or len(text) > _LONGEST_SUBHEAD or text.endswith(_STOPS):
        return False
    following = tag.next_sibling
    while following is not None and not isinstance(following, Tag) and not str(following).strip():
        following = following.next_sibling
    if not isinstance(following, Tag) or following.name != "p" or len(text_within(following, _PARAGRAPH)) < _PARAGRAPH:
        return False
    only = _only(following)
    return only is not None and not (isinstance(only, Tag) and only.name in _HEAVY)


def _mark_quotes(root: Tag, quotes: list[Tag]) -> None:
    inside: set[int] = set()
    text = ""
    looked_for = 0
    for tag in quotes:
        if id(tag) in inside:
            continue
        nodes = list(walk(tag))
        inside.update(map(id, nodes))
        said = text_within(tag, _LONGEST_PULL + 1)
        is_plain = len(said) <= _LONGEST_PULL and not any(
            isinstance(node, Tag) and node.name in _SHOWN for node in nodes
        )
        is_pull = is_plain and _is_called_pull(tag)
        if is_plain and not is_pull and looked_for < _MOST_LOOKED_FOR and _may_repeat(said):
            text = text or "".join([node for node in in_order(root) if isinstance(node, NavigableString)])
            looked_for += 1
            is_pull = _is_repeated(said, text)
        if is_pull:
            kept = {key: value for key, value in tag.attrs.items() if key in {"id", "lang", "dir"}}
            tag.attrs = {**kept, SET_AS: "pull"}
            if tag.name != "p":
                tag.name = "div"
        inner = tag
        while is_pull and isinstance(only := _only(inner), Tag) and only.name in {"blockquote", "div"}:
            inner, only.name = only, "div"
        if is_pull or tag.name == "blockquote":
            _mark_author(inner, is_pull=is_pull)


def _may_repeat(said: str) -> bool:
    return len(said) <= _LONGEST_REPEATED and len(letters(said)) >= _LEAST_REPEATED


def _is_repeated(said: str, text: str) -> bool:
    """Tell whether a quotation stands in the whole text twice."""
    middle = len(said) // 2
    if text.count(said[middle - _PROBE : middle + _PROBE]) < 2:  # as mostly
        return False
    return letters(text).count(letters(said)) > 1


def _mark_author(quote: Tag, *, is_pull: bool) -> None:
    """Mark the last line of a quotation where it says whose that is."""
    blocks = [node for node in quote.contents if isinstance(node, Tag)]
    if len(blocks) < 2 or any(not isinstance(node, Tag) and str(node).strip() for node in quote.contents):
        return
    last = blocks[-1]
    text = text_within(last, _LONGEST_NAME + 1).strip()
    is_name = text.startswith(_DASHES) or last.name in {"cite", "footer"} or is_pull
    if 0 < len(text) <= _LONGEST_NAME and is_name and last.name in {"cite", "div", "footer", "p"}:
        last.name = "p"
        last.attrs[SET_AS] = "by"
