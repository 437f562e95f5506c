"""The rules for the elements of an article: one small function for each kind, found by the element's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple, TypeAlias, cast

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.language import normalize
from epubmaker.chapters.style import Style, style_of
from epubmaker.chapters.tree import CAPTIONED, OPTIONAL, SHOWN, WORD, attribute, is_text, picture_ref, visible_text
from epubmaker.chapters.xhtml.content import (
    BOUNDARIES,
    CLASSES,
    DROPPED,
    HEADINGS,
    INLINES,
    LINE_ENDS,
    RENAMED,
    ROLES,
    SET_APART,
    SET_AS,
    UNMARKED,
    Holds,
    attributes,
    is_plain,
    names,
)
from epubmaker.chapters.xhtml.places import Frame, Place, Target, new_block
from epubmaker.model.chapters import LinkSlot, PictureSlot, ShownSize
from epubmaker.text.characters import tidy
from epubmaker.text.notes import is_note
from epubmaker.text.xhtml import attribute as quoted
from epubmaker.text.xhtml import escaped

__all__ = ["Context", "Outcome", "identifier", "outcome_of"]

# What `links` makes of an id that a link may lead to; there are no others.
_ID = re.compile(r"s[0-9]+", re.ASCII)
_LISTS = names("ol ul")
_ALIGNED_BY_ATTRIBUTE = names("p div h1 h2 h3 h4 h5 h6 td th tr tbody thead tfoot")
_NESTING = names("bdi bdo q span sub sup")  # inline elements that have a meaning inside one of the same name

_LONGEST_WHOLE = 100_000  # bytes of a formula, a drawing or a ruby, which are not cut
_LONGEST_READING = 200  # characters; what is longer is a text in an element that nobody closed
_LONGEST_TERMS = 120_000  # bytes of a list of terms, which is not cut either
_NEEDED = {"bdo": " dir=", "time": " datetime="}  # without it, the element is not valid or says nothing


@dataclass(frozen=True, slots=True)
class Context:
    """The chapter's language and direction, "" where they are not known, and the measured sizes of its `dl` elements."""

    language: str = ""
    direction: str = ""
    terms: dict[int, tuple[int, int]] = field(default_factory=dict)


class Outcome(NamedTuple):
    """How an element is written.

    `place` is the place of its contents, None when they are skipped. `boundary`: it begins and ends a line.
    `kept_empty`: it is written even if it holds nothing. `leaf` stands for the whole element; `alone`: it is a
    block. `leaves` are several such, which are inline.
    """

    place: Place | None = None
    boundary: bool = False
    kept_empty: bool = False
    leaf: str | PictureSlot | None = None
    alone: bool = False
    line_break: bool = False
    leaves: tuple[str | PictureSlot, ...] = ()


_NOTHING = Outcome()
_FRAMES = names("blockquote li ol p table tr ul")  # no more than a frame where they are plain

_Handler: TypeAlias = Callable[[Tag, str, Place, Context], Outcome | Place]


def outcome_of(tag: Tag, place: Place, context: Context) -> Outcome | Place:
    """Return how `tag` is written at a place of the output.

    For most elements that is only the place of their contents, which is returned alone to save time.
    """
    name = tag.name
    if name in _FRAMES and place.mode == "flow" and is_plain(tag.attrs) and not place.full:
        return place.holding(new_block(name))
    name = RENAMED.get(name, name)
    return _HANDLERS.get(name, _transparent)(tag, name, place, context)


def identifier(tag: Tag) -> str:
    """Return the id of an element that a link leads to, as `links` made it; "" for any other."""
    value = tag.attrs.get("id") if tag.attrs else None
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _text_attributes(tag: Tag, place: Place, context: Context) -> tuple[str, Place]:
    """Return `lang` and `dir` as markup where they differ from those in force, and the place where they are in force."""
    given = tag.attrs
    if not given or not ("lang" in given or "xml:lang" in given or "dir" in given):
        return "", place
    written = ""
    language = _language(str(given.get("lang") or given.get("xml:lang") or ""))
    if language and language != (place.language or context.language) and not _is_sign(tag):
        written = f' lang="{language}" xml:lang="{language}"'
        place = place._replace(language=language)
    direction = "" if tag.name == "bdo" else str(given.get("dir") or "").strip().lower()
    if direction in {"ltr", "rtl", "auto"} and direction != (place.direction or context.direction):
        written += f' dir="{direction}"'
        place = place._replace(direction=direction)
    return written, place


def _block_attributes(tag: Tag, place: Place, context: Context, name: str = "") -> tuple[str, Place]:
    """Return `_text_attributes` with a class for a list without marks, and for lines aligned otherwise than around it."""
    written, place = _text_attributes(tag, place, context)
    given = tag.attrs
    if not ("style" in given or "align" in given or SET_AS in given or tag.name == "center"):
        return written, place
    style = style_of(tag)
    classes = UNMARKED if name in _LISTS and style.marks == "none" else ""
    if (kind := given.get(SET_AS)) in SET_APART:
        classes = f"{classes} {kind}".strip()
    align = style.align or _attribute_align(tag)
    if align:
        right = (place.direction or context.direction) == "rtl"
        usual, other = ("right", "left") if right else ("left", "right")
        align = {"center": "center", "end": other, usual: "", other: other}.get(align, "")
        if align != place.align:
            classes = f"{classes} {align or usual}".strip()
            place = place._replace(align=align)
    return f'{written} class="{classes}"' if classes else written, place


def _attribute_align(tag: Tag) -> str:
    if tag.name == "center":
        return "center"
    if tag.name in _ALIGNED_BY_ATTRIBUTE:
        return attribute(tag, "align").lower().replace("middle", "center")
    return ""


def _is_sign(tag: Tag) -> bool:
    """Return True for digits or signs alone, which editors mark as English in texts of any language."""
    only = tag.contents[0] if len(tag.contents) == 1 else None
    return tag.name == "span" and isinstance(only, NavigableString) and not any(map(str.isalpha, only))


@cache
def _language(declared: str) -> str | None:
    return normalize(declared) if 0 < len(declared) < 40 else None


def _declared_emphasis(tag: Tag, place: Place) -> tuple[Frame, ...]:
    """Return frames for the emphasis that an element has in its style alone."""
    style = style_of(tag)
    if not style or place.full or place.mode == "flat":
        return ()
    open_names = {frame.name for frame in place.inlines}
    if "b" in open_names:
        open_names.add("strong")
    if "i" in open_names:
        open_names.add("em")
    return tuple(_inline_frame(name) for name in _emphasis(style) if name not in open_names)


def _emphasis(style: Style) -> Iterator[str]:
    """Yield the inline elements that mean the same as a style, outermost first."""
    if style.is_bold:
        yield "strong"
    if style.is_italic:
        yield "em"
    if "line-through" in style.lines:
        yield "s"
    if style.raised in {"super", "sub"}:
        yield "sup" if style.raised == "super" else "sub"


def _inline_frame(name: str, written: str = "", identifier: str = "") -> Frame:
    return Frame(name, (f"<{name}{written}",), id=identifier)


# --- inline elements -------------------------------------------------------------------------------------------------


def _transparent(tag: Tag, _: str, place: Place, context: Context) -> Outcome | Place:
    """Span, font and unknown elements: their contents take their place."""
    if not tag.attrs or place.full:
        return place
    written, place = _text_attributes(tag, place, context)
    frames = _declared_emphasis(tag, place)
    if (own := attribute(tag, "class")) in CLASSES:
        written += f' class="{own}"'
    if written:
        return place.inside(_inline_frame("span", written, identifier(tag)), *frames)
    return place.inside(*frames)


def _inline(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    style = style_of(tag)
    plain = (name in {"b", "strong"} and style.is_bold is False) or (name in {"i", "em"} and style.is_italic is False)
    if plain or place.full:
        return _transparent(tag, name, place, context)
    written, place = _text_attributes(tag, place, context)
    written += attributes(name, tag.attrs)
    if not written and name not in _NESTING and any(frame.name == name for frame in place.inlines):
        return _transparent(tag, name, place, context)
    needed = _NEEDED.get(name)
    if needed and needed not in written:
        return place
    place = place.inside(_inline_frame(name, written, identifier(tag)))
    return place.inside(*_declared_emphasis(tag, place)) if style else place


def _link(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    href = tag.attrs.get("href")
    if not isinstance(href, str) or not href or place.full:
        return _transparent(tag, name, place, context)
    written, place = _text_attributes(tag, place, context)
    rest = f"{_role('a', tag.attrs)}{written}"
    head: tuple[str | LinkSlot | Target, ...] = (f"<a href={quoted(href)}{rest}",)
    if href.startswith("#"):
        head = ('<a href="', Target(href[1:]), f'"{rest}')
    elif href.startswith(("http://", "https://")):
        head = ('<a href="', LinkSlot(href), f'"{rest}')
    elif is_note(href):
        head = ("<a", LinkSlot(href), rest)
    frame = Frame("a", head, id=identifier(tag))
    place = place.inside(frame)
    return place.inside(*_declared_emphasis(tag, place))


def _role(name: str, given: Mapping[str, object]) -> str:
    """Return `epub:type` and `role` as markup where they are among those that are kept."""
    kind, role = str(given.get("epub:type") or ""), str(given.get("role") or "")
    if (kind, role) not in ROLES[name]:
        return ""
    return (f' epub:type="{kind}"' if kind else "") + f' role="{role}"'


def _line_break(_: Tag, __: str, place: Place, ___: Context) -> Outcome:
    return Outcome(place if place.mode == "pre" else None, line_break=True)


def _picture(tag: Tag, _: str, place: Place, __: Context) -> Outcome:
    inline = place.top.name not in {"figure", "figcaption"}
    slot = _slot(tag, linked=any(frame.name == "a" for frame in place.inlines), inline=inline)
    return _NOTHING if slot is None else Outcome(leaf=slot)


def _slot(tag: Tag, *, linked: bool, inline: bool = True, before: str = "", after: str = "") -> PictureSlot | None:
    ref = picture_ref(tag)
    if ref is None:
        return None
    given = tag.attrs
    shown = cast("object", given.get(SHOWN))
    return PictureSlot(
        ref,
        str(given.get("alt") or ""),
        before,
        after,
        linked,
        optional=OPTIONAL in given,
        captioned=CAPTIONED in given,
        word=WORD in given,
        shown=shown if isinstance(shown, ShownSize) else None,
        inline=inline,
    )


def _ruby(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    from epubmaker.chapters.xhtml.ruby import ruby

    written = ruby(tag)
    if written is None or _is_long("".join(leaf for leaf in written if isinstance(leaf, str))):
        return _transparent(tag, name, place, context)
    linked = any(frame.name == "a" for frame in place.inlines)
    leaves = [
        leaf if isinstance(leaf, str) else _slot(leaf.picture, linked=linked, before=leaf.before, after=leaf.after)
        for leaf in written
    ]
    return Outcome(leaves=tuple(leaf for leaf in leaves if leaf is not None))


def _reading(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    """Put a reading outside of a ruby, or in one that is too long, in brackets, which tell it from the sentence."""
    from epubmaker.chapters.xhtml.ruby import in_brackets

    text = tidy(visible_text(tag)).strip()
    if len(text) > _LONGEST_READING or any(
        isinstance(node, Tag) and node.name in LINE_ENDS for node in tag.descendants
    ):
        return _transparent(tag, name, place, context)
    return Outcome(leaves=(in_brackets(escaped(text)),)) if text else _NOTHING


def _parenthesis(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    """Drop the bracket beside a reading that is outside of a ruby; another text there is a part of the sentence."""
    return _transparent(tag, name, place, context) if any(map(str.isalnum, visible_text(tag))) else _NOTHING


def _mathematics(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    from epubmaker.chapters.xhtml.mathematics import mathematics

    written = mathematics(tag)
    return _transparent(tag, name, place, context) if written is None or _is_long(written) else Outcome(leaf=written)


def _drawing(tag: Tag, name: str, place: Place, context: Context) -> Outcome | Place:
    from epubmaker.chapters.xhtml.drawings import drawing

    written = drawing(tag)
    if written == "":
        return _NOTHING
    return _transparent(tag, name, place, context) if written is None or _is_long(written) else Outcome(leaf=written)


def _is_long(written: str) -> bool:
    """Return True for markup that would fill half of a file and cannot be cut."""
    return len(written) > _LONGEST_WHOLE // 4 and len(written.encode("utf-8", "replace")) > _LONGEST_WHOLE


# --- blocks ----------------------------------------------------------------------------------------------------------


def _boundary(tag: Tag, _: str, place: Place, context: Context) -> Outcome:
    """Div and similar elements: their contents stand on lines of their own."""
    if place.mode != "flow":
        return Outcome(place, boundary=True)
    written, inner = _block_attributes(tag, place.between(), context)
    if written and not inner.full:
        inner = inner.holding(new_block("div", written, identifier(tag)))
    elif inner.top.holds is Holds.LOOSE and not inner.paragraphs and not _only_child(tag):
        inner = inner._replace(paragraphs=True)
    return Outcome(inner.inside(*_declared_emphasis(tag, inner)), boundary=True)


def _only_child(tag: Tag) -> bool:
    return _first_visible(tag.previous_siblings) is None and _first_visible(tag.next_siblings) is None


def _first_visible(nodes: object) -> PageElement | None:
    for node in nodes:  # type: ignore[attr-defined]
        if isinstance(node, Tag) or (isinstance(node, NavigableString) and not node.isspace()):
            return node
    return None


def _block(tag: Tag, name: str, place: Place, context: Context, given: Mapping[str, object] | None = None) -> Outcome:
    if place.mode != "flow" or place.full:
        return _boundary(tag, name, place, context)
    written, place = _block_attributes(tag, place, context, name)
    frame = new_block(name, written + attributes(name, given or tag.attrs), identifier(tag))
    inner = place.holding(frame)
    return Outcome(inner.inside(*_declared_emphasis(tag, inner)))


def _heading(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    if place.mode != "flow" or place.full or name == "h1":
        return _boundary(tag, name, place, context)
    written, place = _block_attributes(tag, place, context)
    return Outcome(place.holding(new_block(name, written, identifier(tag)), "flat"))


def _preformatted(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    is_empty = not any(isinstance(node, Tag) or is_text(node) for node in tag.contents)
    if place.mode != "flow" or place.full or is_empty:
        return _boundary(tag, name, place, context)
    written, place = _text_attributes(tag, place, context)
    if not place.direction and context.direction == "rtl":  # code is written from left to right everywhere
        written, place = f'{written} dir="ltr"', place._replace(direction="ltr")
    return Outcome(place.holding(new_block(name, written, identifier(tag)), "pre"))


def _with_role(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    """Aside and section: kept where they are notes."""
    role = _role(name, tag.attrs)
    if not role or place.mode != "flow" or place.full:
        return _boundary(tag, name, place, context)
    written, place = _text_attributes(tag, place, context)
    return Outcome(place.holding(new_block(name, role + written, identifier(tag))))


def _rule(_: Tag, __: str, place: Place, ___: Context) -> Outcome:
    if place.mode != "flow":
        return Outcome(place, boundary=True)
    return Outcome(leaf="<hr/>", alone=True)


# --- figures, lists and tables ---------------------------------------------------------------------------------------


def _figure(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    shown = [child for child in tag.contents if not (isinstance(child, NavigableString) and child.isspace())]
    if len(shown) == 1 and isinstance(shown[0], Tag) and shown[0].name == "img" and place.mode == "flow":
        slot = _slot(shown[0], linked=False, inline=False, before="<figure>", after="</figure>")
        return _NOTHING if slot is None else Outcome(leaf=slot, alone=True)
    return _block(tag, name, place, context)


def _figure_caption(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    figure = place.top
    fits = figure.name == "figure" and not figure.count and tag.parent is not None and tag.parent.name == "figure"
    if not fits or not (_first_visible(tag.previous_siblings) is None or _first_visible(tag.next_siblings) is None):
        return _boundary(tag, name, place, context)
    figure.count = 1
    return _block(tag, name, place, context)


def _ordered_list(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    if "reversed" not in tag.attrs or "start" in tag.attrs:
        return _block(tag, name, place, context)
    # A list that counts down needs a start: it may be cut, and each file has only some of the items.
    items = sum(isinstance(child, Tag) and child.name == "li" for child in tag.contents)
    return _block(tag, name, place, context, {**tag.attrs, "start": items})


def _item(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    if place.mode != "flow" or place.full:
        return _boundary(tag, name, place, context)
    written, place = _block_attributes(tag, place, context)
    if place.under(name)[-1].name == "ol":
        written += attributes(name, tag.attrs)
    inner = place.holding(new_block(name, written, identifier(tag)))
    return Outcome(inner.inside(*_declared_emphasis(tag, inner)))


def _definitions(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    return (_block if _well_formed(tag, context.terms) else _boundary)(tag, name, place, context)


def _well_formed(tag: Tag, measured: dict[int, tuple[int, int]]) -> bool:
    """Return True when a `dl` is terms and definitions in turn, perhaps in `div`s, and not so long that it may be cut.

    `measured` keeps the sizes of the `dl` elements of one tree, so that nested ones are measured once.
    """
    parts = []
    for child in tag.contents:
        grouped = [child]
        if isinstance(child, Tag) and child.name == "div":
            if not {"dir", "lang", "xml:lang"}.isdisjoint(child.attrs):
                return False  # the group would be written, and its parts stand in it
            grouped = child.contents
        for part in grouped:
            if isinstance(part, Tag):
                parts.append(part.name)
            elif not str(part).isspace():
                return False
    if len(parts) > 1000 or not {"dt", "dd"}.issuperset(parts) or not parts:
        return False
    if parts[0] != "dt" or parts[-1] != "dd":
        return False
    if id(tag) not in measured:
        _measure(tag, measured)
    characters, size = measured[id(tag)]
    return characters < 50_000 and size < _LONGEST_TERMS


def _measure(outer: Tag, sizes: dict[int, tuple[int, int]]) -> None:
    """Note, for a `dl` and each one in it, the characters of its text and about how many bytes it will have."""
    characters = size = 0
    above: list[tuple[Iterator[PageElement], Tag, int, int]] = [(iter(outer.contents), outer, 0, 0)]
    while above:
        children, tag, characters_before, size_before = above[-1]
        for child in children:
            if isinstance(child, Tag):
                size += (
                    2 * len(child.name) + 5 + sum([len(key) + len(str(value)) for key, value in child.attrs.items()])
                )
                above.append((iter(child.contents), child, characters, size))
                break
            text = str(child)
            characters += len(text)
            size += len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        else:
            above.pop()
            if tag.name == "dl":
                sizes[id(tag)] = characters - characters_before, size - size_before


def _definition_part(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    if place.top.name == "dl" and place.mode == "flow":
        return _block(tag, name, place, context)._replace(kept_empty=True)
    outcome = _boundary(tag, name, place, context)
    if name == "dt" and outcome.place is not None and not outcome.place.full:
        return outcome._replace(place=outcome.place.inside(_inline_frame("strong")))
    return outcome


def _table_caption(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    table = place.top
    if table.name != "table" or table.count or place.mode != "flow":
        return _boundary(tag, name, place, context)
    table.count = 1
    written, place = _text_attributes(tag, place, context)
    return Outcome(place.holding(new_block(name, written, identifier(tag)), "flat"))


def _row_group(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    table = place.top
    if table.name == "table":
        if table.count > 1:
            name = "tbody"
        table.count = 2
    elif name == "thead":
        name = "tbody"
    return _block(tag, name, place, context)


def _cell(tag: Tag, name: str, place: Place, context: Context) -> Outcome:
    if name == "th" and not tag.find("img") and not any(not string.isspace() for string in tag.strings):
        name = "td"  # an empty header cell is of no use to a screen reader
    outcome = _block(tag, name, place, context)
    return outcome if outcome.boundary else outcome._replace(kept_empty=True)


_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(DROPPED, lambda *_: _NOTHING),
    **dict.fromkeys(BOUNDARIES, _boundary),
    **dict.fromkeys(INLINES, _inline),
    **dict.fromkeys(("blockquote", "p", "table", "tr", "ul"), _block),
    **dict.fromkeys(HEADINGS, _heading),
    **dict.fromkeys(("dd", "dt"), _definition_part),
    **dict.fromkeys(("td", "th"), _cell),
    **dict.fromkeys(("thead", "tbody"), _row_group),
    **dict.fromkeys(("aside", "section"), _with_role),
    "a": _link,
    "br": _line_break,
    "caption": _table_caption,
    "dl": _definitions,
    "figcaption": _figure_caption,
    "figure": _figure,
    "hr": _rule,
    "img": _picture,
    "li": _item,
    "math": _mathematics,
    "ol": _ordered_list,
    "pre": _preformatted,
    "rp": _parenthesis,
    "rt": _reading,
    "ruby": _ruby,
    "span": _transparent,
    "svg": _drawing,
}
