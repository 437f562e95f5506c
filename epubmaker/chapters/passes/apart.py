"""Mark the paragraphs that are set apart from the text: breaks, notes, subheadings, pull quotes, the authors of quotations.

The serializer writes the mark as a class, which the stylesheets know. What is marked keeps its text and its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, attribute, in_order, text_within, walk
from epubmaker.chapters.xhtml.content import SET_AS, names
from epubmaker.text.characters import letters

__all__ = ["set_apart"]

_BREAK = re.compile(r"(?:[*＊•·●○◆◇■□★☆※~～=_\-–—―━─＃]\s*){3,40}|[*＊⁂❦❧☙◆◇■●★※]")
_PULL = re.compile(
    r"(?:^|[\s_-])pull-?(?:ed-?)?quotes?(?:$|[\s_-])|(?:^|[\s_-])quote-?pull(?:$|[\s_-])|pullquote", re.IGNORECASE
)
_QUOTES = names("aside blockquote")
_SLANTED, _HEAVY = names("em i"), names("b strong")
_BESIDE_TEXT = names("aside blockquote dd figcaption figure li td th")  # where a slanted paragraph is no note
_LONGEST_BREAK = 80  # characters
_MOST_PARTS = 6
_LONGEST_SUBHEAD = 30
_PARAGRAPH = 40  # characters at least of what stands below one
_LONGEST_PULL = 400
_LONGEST_REPEATED = 250
_LEAST_REPEATED = 20  # letters of a quotation that repeats the text and no mere name
_LONGEST_NAME = 120
_STOPS = (".", "。", ":", "：", ",", "，", ";", "；", "?", "？", "!", "！", "…")
_DASHES = ("—", "–", "―", "-- ", "~ ")
_SHOWN = names("audio iframe img math object svg table ul ol pre video")


def set_apart(root: Tag, _: PassContext) -> None:
    """Mark what is set apart in the tree; a paragraph of signs becomes an `hr`."""
    paragraphs = 0
    edits = Edits(root)
    slanted: list[Tag] = []
    quotes: list[Tag] = []
    for tag in list(_candidates(root)):
        if tag.name in _QUOTES or _is_called_pull(tag):
            quotes.append(tag)
            continue
        paragraphs += 1
        only = _only(tag)
        if _is_break(tag):
            tag.name, tag.attrs = "hr", {}
            edits.fill(tag, [])
        elif not isinstance(only, Tag):
            continue
        elif only.name in _SLANTED and _BESIDE_TEXT.isdisjoint(above.name for above in tag.parents):
            slanted.append(tag)
        elif only.name in _HEAVY and _is_subhead(tag):
            tag.attrs[SET_AS] = "subhead"
    if 2 * len(slanted) <= paragraphs:  # else it is how the author writes
        for tag in slanted:
            tag.attrs[SET_AS] = "note"
    edits.apply()
    if quotes:
        _mark_quotes(root, quotes)


def _candidates(root: Tag) -> Iterator[Tag]:
    """Yield paragraphs, quotations, and what is called a pull quote."""
    for node in in_order(root):
        if isinstance(node, Tag) and (
            node.name == "p" or node.name in _QUOTES or ("class" in node.attrs and _is_called_pull(node))
        ):
            yield node


def _is_called_pull(tag: Tag) -> bool:
    return "class" in tag.attrs and _PULL.search(attribute(tag, "class")[:200]) is not None


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
    if len(tag.contents) > _MOST_PARTS or _begins_with_letter(tag):
        return False
    text = text_within(tag, _LONGEST_BREAK + 1).strip()
    return (
        not text[:1].isalnum()
        and _BREAK.fullmatch(text) is not None
        and not any(isinstance(node, Tag) and node.name in _SHOWN for node in walk(tag))
    )


def _begins_with_letter(tag: Tag) -> bool:
    """Tell whether a paragraph begins with a letter or a digit, as most do, without a look at the rest of its text."""
    first = tag.contents[0] if tag.contents else None
    return type(first) is NavigableString and first.lstrip()[:1].isalnum()


def _is_subhead(tag: Tag) -> bool:
    """Tell whether a bold paragraph is a few words above an ordinary one."""
    text = text_within(tag, _LONGEST_SUBHEAD + 1).strip()
    if not text or len(text) > _LONGEST_SUBHEAD or text.endswith(_STOPS):
        return False
    following = tag.find_next_sibling()
    if following is None or following.name != "p" or len(text_within(following, _PARAGRAPH)) < _PARAGRAPH:
        return False
    only = _only(following)
    return only is not None and not (isinstance(only, Tag) and only.name in _HEAVY)


def _mark_quotes(root: Tag, quotes: list[Tag]) -> None:
    text = ""
    inside: set[int] = set()
    for tag in quotes:
        if id(tag) in inside:
            continue
        inside.update(id(node) for node in walk(tag) if isinstance(node, Tag))
        said = text_within(tag, _LONGEST_PULL + 1)
        is_plain = len(said) <= _LONGEST_PULL and not any(
            isinstance(node, Tag) and node.name in _SHOWN for node in walk(tag)
        )
        is_pull = is_plain and _is_called_pull(tag)
        if (
            is_plain
            and not is_pull
            and len(said) <= _LONGEST_REPEATED
            and len(wanted := letters(said)) >= _LEAST_REPEATED
        ):
            text = text or letters(text_within(root, 10**7))
            is_pull = text.count(wanted) > 1
        if is_pull:
            tag.attrs = {key: value for key, value in tag.attrs.items() if key in {"id", "lang", "dir"}} | {
                SET_AS: "pull"
            }
            if tag.name != "p":
                tag.name = "div"
        inner = tag
        while is_pull and isinstance(only := _only(inner), Tag) and only.name in {"blockquote", "div"}:
            inner, only.name = only, "div"
        if is_pull or tag.name == "blockquote":
            _mark_author(inner, is_pull=is_pull)


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
