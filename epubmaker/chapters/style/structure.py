"""Turn what styles say of lines, lists and directions into the elements and attributes that say the same.

So the parts that come later see blocks where a browser shows blocks. White space that a style keeps becomes line breaks and
no-break spaces, or a listing where the font is one for code; an empty line between two lines parts paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.style.reading import Style, style_of
from epubmaker.chapters.tree import Edits, Spaced, attribute, element, is_text, tags_in_order, walk
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, INLINES, LINE_ENDS, names

__all__ = ["apply_styles"]

_SPANS = names("span font bdi label big nobr")
_WRAPPED = (INLINES | names("button tt")) - _SPANS
_CODE = names("code samp kbd tt")
_VERBATIM = names("pre textarea listing xmp plaintext script style svg math select")
_LONGEST_LINE = 100  # characters of a line of code; a letter in a font for code has longer ones
_RUN = re.compile("[ \xa0]{2,}")
_TAB = "\xa0" * 4


@dataclass(frozen=True, slots=True)
class _Space:
    """How white space is shown at a place of the tree."""

    lines: bool = False
    spaces: bool = False


def apply_styles(root: Tag, context: PassContext) -> None:
    """Make blocks, line breaks, listings and directions of what the styles of elements say."""
    edits = Edits(root)
    kept = False
    listings: dict[int, bool] = {}  # whether code is a listing, by its identity
    for node in tags_in_order(root):
        if "style" not in node.attrs:
            continue
        style = style_of(node)
        if style.direction or style.overrides_direction:
            _direct(node, style, edits)
        if style.stacks and (node.name in _CODE or node.name == "pre"):
            _stack(node, edits)
        if style.ruby and node.name in _SPANS:
            node.name = style.ruby
        if style.is_block:
            code = node if node.name in _CODE else node.parent
            if code is not None and code.name in _CODE and id(code) not in listings:
                listings[id(code)] = _make_listing_of_lines(code, edits, context)
            if code is not node or not listings[id(node)]:
                _make_block(node, edits)
        kept = kept or bool(style.keeps_lines)
    edits.apply()
    if kept:
        _keep_lines(root, context)


def _direct(tag: Tag, style: Style, edits: Edits) -> None:
    """Let the lines of an element run one way, or all of its letters, whatever they are."""
    if style.direction:
        tag.attrs["dir"] = style.direction
    way = attribute(tag, "dir")
    if not way or not style.overrides_direction:
        return
    if tag.name in {"span", "bdi"} and not style.is_block:
        tag.name = "bdo"
    elif tag.name != "bdo":
        edits.fill(tag, [element("bdo", tag.contents, dir=way)])


def _make_block(tag: Tag, edits: Edits) -> None:
    """Let an inline element stand on a line of its own."""
    if tag.name in _SPANS or ("-" in tag.name and tag.name not in BLOCK_ELEMENTS):
        tag.name = "div"
    elif tag.name in _WRAPPED and edits.becomes(tag) == (tag,) and not _is_all_of_a_listing(tag):
        edits.replace(tag, element("div", [tag]))


def _is_all_of_a_listing(tag: Tag) -> bool:
    parent = tag.parent
    if parent is None or parent.name != "pre":
        return False
    return all(node is tag or not is_text(node) for node in parent.contents if not isinstance(node, Tag) or node is tag)


def _make_listing_of_lines(tag: Tag, edits: Edits, context: PassContext) -> bool:
    """Make a listing of code in none, of which each line is a block by style; return False for any other."""
    lines = [node for node in tag.contents if isinstance(node, Tag) or is_text(node)]
    if len(lines) < 2 or not all(isinstance(node, Tag) and style_of(node).is_block for node in lines):
        return False
    if any(parent.name in _VERBATIM or parent.name in _CODE for parent in tag.parents):
        return False
    edits.replace(tag, element("pre", [tag]))
    context.names.add("pre")
    return True


def _stack(tag: Tag, edits: Edits) -> None:
    """Let each child of a grid of one column stand on a line of its own."""
    for child in tag.contents:
        if isinstance(child, Tag) and child.name != "br":
            _make_block(child, edits)


# --- white space -----------------------------------------------------------------------------------------------------


def _keep_lines(root: Tag, context: PassContext) -> None:
    edits = Edits(root)
    waiting: list[tuple[PageElement, _Space]] = [(root, _Space())]
    while waiting:
        node, space = waiting.pop()
        if isinstance(node, Tag):
            if node.name in _VERBATIM:
                continue
            style = style_of(node)
            if style.keeps_lines is not None:
                space = _Space(style.keeps_lines, style.keeps_spaces)
                if space.spaces and _is_code(node, style):
                    _make_listing(node, edits)
                    context.names.add("pre")
                    continue
            waiting += [(child, space) for child in reversed(node.contents)]
        elif space.lines and isinstance(node, NavigableString) and _says_something(str(node), space):
            parts = [] if _is_between_blocks(node) else list(_lines(str(node), space))
            if parts != [node]:
                edits.replace(node, *parts)
    edits.apply()


def _says_something(text: str, space: _Space) -> bool:
    return "\n" in text or (space.spaces and ("  " in text or "\t" in text))


def _is_code(tag: Tag, style: Style) -> bool:
    """Return True for lines in a font for code, or in an element for it, that no block parts."""
    single = tag.name in _CODE or style.is_monospace
    inner = [node for node in tag.contents if isinstance(node, Tag) or is_text(node)]
    if not single and len(inner) == 1 and isinstance(inner[0], Tag):
        single = inner[0].name in _CODE or style_of(inner[0]).is_monospace
    if not single or any(isinstance(node, Tag) and node.name in BLOCK_ELEMENTS for node in walk(tag)):
        return False
    lines = tag.get_text().strip("\n").split("\n")
    return len(lines) > 1 and all(len(line) <= _LONGEST_LINE for line in lines)


def _make_listing(tag: Tag, edits: Edits) -> None:
    if tag.name in LINE_ENDS and tag.name not in {"td", "th", "li", "dd", "dt"}:
        tag.name = "pre"
    elif tag.name in LINE_ENDS:
        edits.fill(tag, [element("pre", tag.contents)])
    else:
        edits.replace(tag, element("pre", [tag]))


def _is_between_blocks(text: NavigableString) -> bool:
    """Return True for white space at the edge of a block, where a browser makes no line of it."""
    if not text.isspace():
        return False
    beside = [node for node in (text.previous_sibling, text.next_sibling) if node is not None]
    return not beside or any(isinstance(node, Tag) and node.name in LINE_ENDS for node in beside)


def _lines(text: str, space: _Space) -> Iterator[PageElement]:
    """Yield the lines of a text with a `br` between each two."""
    begun_before = False
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        if number:
            yield element("br")
        if not line.strip():
            continue
        if not space.spaces:
            yield NavigableString(line)
            continue
        spaced = line.replace("\t", _TAB)
        begun = spaced.lstrip(" ")
        indent = "\xa0" * (len(spaced) - len(begun)) if number else ""
        kept = indent + _RUN.sub(lambda run: "\xa0" * (len(run[0]) - 1) + " ", begun if number else spaced)
        if "\xa0\xa0" in kept or "\xa0 " in kept or indent:
            spaced_line = Spaced(kept)
            spaced_line.indented = begun_before and bool(indent)
            yield spaced_line
        else:
            yield NavigableString(line)
        begun_before = True
