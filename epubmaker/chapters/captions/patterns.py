"""The patterns by which a caption is recognized: `PATTERNS` lists the ways in which the web writes one.

To add a pattern, write a function that recognizes it and add an entry to the table; the first entry that fits wins. The
function sees the node after a picture, what follows that, and what is known of the picture. It must refuse an ordinary
paragraph: only a class, small print, emphasis of the whole line, an opening sign, a credit's words, or that it says what
the picture's description says make a caption of one.

Captions with a structure (a `figcaption` in a `figure`, shortcodes, tables, boxes) need no pattern: `join` takes them
apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from bs4.element import PageElement, Tag

from epubmaker.chapters.captions.wording import (
    carries_credit,
    ends_as_credit,
    is_not_a_caption,
    label,
    opens_as_caption,
    opens_as_credit,
    says,
)
from epubmaker.chapters.pictures.marks import CENTERED, DESCRIBES, SAYS
from epubmaker.chapters.style import style_of
from epubmaker.chapters.tree import attribute, is_text, tags_within, text_within
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, HEADINGS, names

__all__ = [
    "PATTERNS",
    "CaptionPattern",
    "Neighbor",
    "Shown",
    "has_caption_class",
    "is_centered",
    "is_credit",
    "is_label",
    "is_link",
    "may_be_text",
    "recognize",
]

_LONGEST_CAPTION = 800  # characters of a caption that is marked as one
_LONGEST_LINE = 200  # characters of a caption that only looks like one
_LONGEST_CREDIT = 160  # characters
_LONGEST_CREDITED = 400  # characters of a caption that only its credit tells
_EMPTY = names("a br div i p span svg")  # elements of which nothing is seen where they hold nothing
_LONGEST_CENTERED = 80  # characters
_DEEPEST = 4  # boxes around nothing but a caption

# A caption is one of these elements, and holds none of those.
_CAPTION_ELEMENTS = names("aside cite center dd div em figcaption font footer i p section small span")
_NEVER_INSIDE = HEADINGS | names("article blockquote figure form hr iframe img nav ol pre table ul video")
# Elements that a caption may be in that repeats its picture's description, or whose class calls it one.
_SAYING = names("blockquote h4 h5 h6")
_CAPTION_CLASS = re.compile(
    r"(?<!closed-)(?<!closed)caption(?!ed)|cutline|bildunterschrift|bildtext|pie-?de-?foto|piefoto|didascalia|tuzhu|tushuo|"
    r"(?:img|image|photo|pic|picture|foto|figure|media)[-_]?(?:desc(?:r(?:iption)?)?|legend|info|intro|txt|text|note|zhu)(?![a-z])|"
    r"(?:^|[\s_-])(?:legend[ea]?|leyenda|ep[ií]grafe|fotonot|kuvateksti|billed-?tekst|bilde-?tekst|bijschrift|resim-?alti|"
    r"podpis|popisek)(?:$|[\s_-])|gallerytext|figdesc|slide-?(?:text|desc)",
    re.IGNORECASE,
)
_CREDIT_CLASS = re.compile(
    r"credits?(?![-_ ]?(?:card|score|union))|(?:^|[\s_-])cred(?:$|[\s_-])|copyright|photographer|attribution|courtesy|"
    r"(?:img|image|photo|pic|picture|media)[-_]?(?:source|src|by|author|agency|rights)(?![a-z])",
    re.IGNORECASE,
)
# In a caption these classes mean a credit too.
_SOURCE_CLASS = re.compile(r"(?:^|[\s_-])(?:source|byline|by|agency|author|rights|photo)(?:$|[\s_-])", re.IGNORECASE)
_LABEL_CLASS = re.compile(
    r"(?:visually|screen[-_]?reader)[-_]?(?:hidden|text|only)|(?:^|\s)(?:sr-only|off-?screen|hidden)(?:$|\s)",
    re.IGNORECASE,
)
_SMALL = re.compile(
    r"(?:x{1,2}-)?small|smaller|(?:[1-9]|1[0-2])(?:\.\d+)?px|[1-9](?:\.\d+)?pt|0?\.[1-8]\d*r?em|[1-8]\d(?:\.\d+)?%"
)
_GRAY = re.compile(
    r"(?:#([6-9a-c])\1\1\b|#([6-9a-c][0-9a-f])\2\2\b|(?:dim|dark)?gr[ae]y\b|"
    r"rgba?\(\s*(1\d\d)\s*,\s*\3\s*,\s*\3\b)"
)
_CENTERED_CLASS = re.compile(r"(?:^|[\s_-])(?:align-?|text-?)?center(?:ed)?(?:$|\s)", re.IGNORECASE)


@dataclass(slots=True)
class Shown:
    """A picture, and the outermost element around it that holds nothing else: what a caption may follow.

    `alone`: nothing but pictures stands before what follows in its paragraph. `title` is the article's.
    """

    image: Tag
    unit: Tag
    alone: bool = True
    title: str = ""

    @property
    def says(self) -> Iterator[str]:
        """The descriptions of the picture, without those that only repeat the article's title."""
        found = (attribute(self.image, "alt"), *self.image.attrs.get(SAYS, ()))
        return (text for text in found if text and not (self.title and says(text, self.title)))

    @property
    def centered(self) -> bool:
        """True for a picture in the middle of the page."""
        if CENTERED in self.image.attrs or is_centered(self.unit):
            return True
        parents = takewhile(lambda parent: parent is not self.unit, self.image.parents)
        return self.image is not self.unit and any(map(is_centered, parents))


@dataclass(frozen=True, slots=True)
class Neighbor:
    """The node after a picture: its text, what follows it, and the picture.

    `boxes` are the node and the elements within it that hold all of its text, the outermost first.
    """

    node: PageElement
    text: str
    following: PageElement | None
    picture: Shown | None
    boxes: tuple[Tag, ...]

    @property
    def alone(self) -> bool:
        """True when only pictures stand before the node in its paragraph."""
        return self.picture is None or self.picture.alone

    @property
    def ends_line(self) -> bool:
        """True when nothing follows on the same line."""
        if isinstance(self.node, Tag) and self.node.name in BLOCK_ELEMENTS:
            return True
        near = self.node.next_sibling
        while near is not None and not isinstance(near, Tag) and not is_text(near):
            near = near.next_sibling
        if isinstance(near, Tag) and (near.name == "br" or near.name in BLOCK_ELEMENTS):
            return True
        return self.following is None or (isinstance(self.following, Tag) and self.following.name in BLOCK_ELEMENTS)

    @property
    def kind(self) -> str:
        """The class, id and property of the innermost box that they call a caption or a credit, "" if there is none."""
        kinds = (_class_and_id(box) for box in reversed(self.boxes) if box.attrs)
        return next((kind for kind in kinds if _CAPTION_CLASS.search(kind) or _CREDIT_CLASS.search(kind)), "")


@dataclass(frozen=True, slots=True)
class CaptionPattern:
    """One way to write the caption of a picture, or its credit (the name of the photographer or the source).

    `fits` tells whether the node after a picture is written in this way. `continues`: it may follow another caption.
    """

    name: str
    fits: Callable[[Neighbor], bool]
    role: Literal["caption", "credit"] = "caption"
    continues: bool = False


def recognize(
    node: PageElement, following: PageElement | None = None, picture: Shown | None = None
) -> CaptionPattern | None:
    """Return the first pattern that a node after a picture fits; None when it is neither caption nor credit.

    `following` is what comes after the node; `picture` is None within a `figure`.
    """
    text = text_within(node, _LONGEST_CAPTION)
    if not 0 < len(text) <= _LONGEST_CAPTION:
        return None
    neighbor = Neighbor(node, text, following, picture, _boxes(node))
    return next((pattern for pattern in PATTERNS if pattern.fits(neighbor)), None)


def _boxes(node: PageElement) -> tuple[Tag, ...]:
    found: list[Tag] = []
    inner: PageElement | None = node
    while isinstance(inner, Tag) and len(found) < _DEEPEST:
        found.append(inner)
        inner = _only_child(inner)
    return tuple(found)


def has_caption_class(tag: Tag) -> bool:
    """Return True for an element whose class, id or property calls it a caption."""
    return bool(_CAPTION_CLASS.search(_class_and_id(tag)))


def is_credit(tag: Tag) -> bool:
    """Return True for an element of a caption whose class or id calls it a credit."""
    kind = _class_and_id(tag)
    return _ends_as_credit(kind) or (bool(_SOURCE_CLASS.search(kind)) and not _CAPTION_CLASS.search(kind))


def _ends_as_credit(kind: str) -> bool:
    """Return True where the last word is "credit": a "caption-credit" is one, a "credit-caption" is not."""
    credits_at = [match.end() for match in _CREDIT_CLASS.finditer(kind)]
    captions_at = [match.end() for match in _CAPTION_CLASS.finditer(kind)]
    return bool(credits_at) and max(credits_at) > max(captions_at, default=0)


def is_label(tag: Tag) -> bool:
    """Return True for a label that is meant for screen readers only ("Image caption, "), by its class or its words."""
    if _LABEL_CLASS.search(attribute(tag, "class")):
        return True
    text = text_within(tag, 40) if tag.name == "span" else ""
    return 0 < len(text) <= 40 and label(f"{text}, ") in {f"{text}, ", text, f"{text} "}


def may_be_text(node: PageElement, longest: int) -> bool:
    """Return True for a text, or an element with text that a caption may be made of, of `longest` characters at most."""
    length = len(text_within(node, longest))
    if not 0 < length <= longest:
        return False
    return not isinstance(node, Tag) or (node.name not in _NEVER_INSIDE and not _holds_what_no_caption_does(node))


def is_link(node: PageElement) -> bool:
    """Return True for a link, and for an element with nothing but a link in it."""
    return any(box.name == "a" for box in _boxes(node))


def is_centered(tag: Tag) -> bool:
    """Return True for an element whose text its attributes or its style set in the middle of the page."""
    return (
        tag.name == "center"
        or attribute(tag, "align").lower() == "center"
        or style_of(tag).align == "center"
        or bool(_CENTERED_CLASS.search(attribute(tag, "class")))
    )


def _class_and_id(tag: Tag) -> str:
    return " ".join(filter(None, (attribute(tag, name) for name in ("class", "id", "itemprop", "data-testid"))))


def _may_be(neighbor: Neighbor, longest: int, elements: AbstractSet[str] = _CAPTION_ELEMENTS) -> bool:
    # A `figure` without a picture holds nothing but the caption of the one before it.
    node = neighbor.boxes[1] if len(neighbor.boxes) > 1 and neighbor.boxes[0].name == "figure" else neighbor.node
    if not isinstance(node, Tag) or node.name not in elements or len(neighbor.text) > longest:
        return False
    return not _holds_what_no_caption_does(node)


def _holds_what_no_caption_does(tag: Tag) -> bool:
    boxes = {id(box) for box in _boxes(tag) if box.name == "figure"}
    return any(inner.name in _NEVER_INSIDE and id(inner) not in boxes for inner in tags_within(tag))


def _described(neighbor: Neighbor) -> bool:
    return any(DESCRIBES in box.attrs for box in neighbor.boxes) and _may_be(neighbor, _LONGEST_CAPTION)


def _figcaption(neighbor: Neighbor) -> bool:
    node = neighbor.node
    if not isinstance(node, Tag) or (node.parent is not None and node.parent.name == "figure"):
        return False
    return any(box.name == "figcaption" for box in neighbor.boxes) and _may_be(neighbor, _LONGEST_CAPTION)


def _by_class(neighbor: Neighbor) -> bool:
    is_called = bool(_CAPTION_CLASS.search(neighbor.kind))
    return is_called and _may_be(neighbor, _LONGEST_CAPTION, _CAPTION_ELEMENTS | _SAYING)


def _credit_by_class(neighbor: Neighbor) -> bool:
    return _ends_as_credit(neighbor.kind) and _may_be(neighbor, _LONGEST_CREDIT)


def _definition(neighbor: Neighbor) -> bool:
    node = neighbor.node
    return (
        neighbor.picture is not None
        and neighbor.picture.unit.name == "dt"
        and isinstance(node, Tag)
        and node.name == "dd"
        and _may_be(neighbor, _LONGEST_CAPTION)
    )


def _description(neighbor: Neighbor) -> bool:
    """Return True for a line, of whatever element, that says what the picture's description says."""
    node, text = neighbor.node, neighbor.text
    if neighbor.picture is None or not any(says(text, description) for description in neighbor.picture.says):
        return False
    if not neighbor.alone or not neighbor.ends_line or is_link(node):
        return False
    heads = _is_bold(node) and len(text) <= _LONGEST_CENTERED // 2
    if isinstance(node, Tag) and node.name in _NEVER_INSIDE:
        return node.name in _SAYING and len(text) > _LONGEST_CENTERED // 2 and not _holds_what_no_caption_does(node)
    return not heads and may_be_text(node, _LONGEST_CAPTION)


def _line(neighbor: Neighbor, longest: int = _LONGEST_LINE) -> bool:
    """Return True for a node alone on its line whose text may be a caption."""
    if not neighbor.alone or not neighbor.ends_line or not _may_be(neighbor, longest):
        return False
    return not is_not_a_caption(neighbor.text)


def _small_print(neighbor: Neighbor) -> bool:
    return _line(neighbor, _LONGEST_CAPTION) and _is_small(neighbor.node) and not _is_small(neighbor.following)


def _emphasized(neighbor: Neighbor) -> bool:
    bracketed = neighbor.text[:1] in {"(", "（", "[", "【"} and neighbor.text[-1] in ")）]】"
    if bracketed and not opens_as_credit(neighbor.text):
        return False
    return _line(neighbor) and _is_emphasized(neighbor.node) and not _is_emphasized(neighbor.following)


def _centered_line(neighbor: Neighbor) -> bool:
    """Return True for a short centered line below a centered picture that is no sentence, nor a heading."""
    node, text = neighbor.node, neighbor.text
    box = node if isinstance(node, Tag) else node.parent
    if len(text) > _LONGEST_CENTERED or text[-1] in ".。!！?？…" or box is None or not is_centered(box):
        return False
    if neighbor.picture is None or not any(map(str.isalpha, text)):
        return False
    if not neighbor.picture.centered and box is not neighbor.picture.unit.parent:
        return False
    following = neighbor.following
    if _is_bold(node) or (isinstance(following, Tag) and is_centered(following)):
        return False
    return _line(neighbor) or (following is None and _bare_line(neighbor))


def _opening_sign(neighbor: Neighbor) -> bool:
    return opens_as_caption(neighbor.text) and (_line(neighbor) or _bare_line(neighbor))


def _credit_words(neighbor: Neighbor) -> bool:
    return opens_as_credit(neighbor.text) and (_line(neighbor) or _bare_line(neighbor))


def _credit_ending(neighbor: Neighbor) -> bool:
    return ends_as_credit(neighbor.text) and (_line(neighbor) or _bare_line(neighbor))


def _credited(neighbor: Neighbor) -> bool:
    """Return True for a line that ends with its picture's credit, as captions of news agencies do."""
    return carries_credit(neighbor.text) and (_line(neighbor, _LONGEST_CREDITED) or _bare_line(neighbor))


def _list_of_one_item(neighbor: Neighbor) -> bool:
    """Return True for a list of a single short item after a `figure`, which some editors make of a caption."""
    if neighbor.picture is None or neighbor.picture.unit.name != "figure":
        return False
    if [box.name for box in neighbor.boxes[:2]] not in (["ul", "li"], ["ol", "li"]):
        return False
    if is_link(neighbor.boxes[0]) or is_not_a_caption(neighbor.text):
        return False
    return may_be_text(neighbor.boxes[1], _LONGEST_LINE)


def _bare_line(neighbor: Neighbor) -> bool:
    """Return True for text straight after a picture (and a line break) that ends its paragraph."""
    return (
        is_text(neighbor.node)
        and neighbor.alone
        and neighbor.ends_line
        and len(neighbor.text) <= _LONGEST_LINE
        and not is_not_a_caption(neighbor.text)
    )


def _only_child(node: PageElement | None) -> PageElement | None:
    """Return the only visible child of an element, None when it has none or several."""
    found: PageElement | None = None
    for child in node.contents if isinstance(node, Tag) else ():
        if is_text(child) or (isinstance(child, Tag) and (child.contents or child.name not in _EMPTY)):
            if found is not None:
                return None
            found = child
    return found


def _is_bold(node: PageElement | None) -> bool:
    return any(box.name in {"b", "strong"} for box in _boxes(node)) if node is not None else False


def _is_small(node: PageElement | None) -> bool:
    """Return True for an element all of whose text is small print: by element, or small or gray by inline style."""
    while isinstance(node, Tag):
        style = style_of(node)
        if node.name == "small" or (node.name == "font" and attribute(node, "size") in {"1", "2", "-1", "-2"}):
            return True
        if _SMALL.fullmatch(style["font-size"]) or (style.align == "center" and _GRAY.match(style["color"])):
            return True
        node = _only_child(node)
    return False


def _is_emphasized(node: PageElement | None) -> bool:
    """Return True for an element all of whose text is one emphasized line."""
    while isinstance(node, Tag):
        if node.name in {"em", "i"}:
            return not any(inner.name in {"br", "p", "div"} for inner in tags_within(node))
        node = _only_child(node)
    return False


PATTERNS = (
    CaptionPattern("figcaption without figure", _figcaption),
    CaptionPattern("aria-describedby", _described),
    CaptionPattern("credit class", _credit_by_class, role="credit"),
    CaptionPattern("caption class", _by_class, continues=True),
    CaptionPattern("credit words", _credit_words, role="credit"),
    CaptionPattern("credit ending", _credit_ending, role="credit"),
    CaptionPattern("opening sign", _opening_sign),
    CaptionPattern("small print", _small_print),
    CaptionPattern("emphasized line", _emphasized),
    CaptionPattern("credited line", _credited),
    CaptionPattern("description", _description),
    CaptionPattern("definition", _definition),
    CaptionPattern("centered line", _centered_line),
    CaptionPattern("list of one item", _list_of_one_item),
)
