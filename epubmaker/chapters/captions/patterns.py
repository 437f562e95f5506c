"""The patterns by which a caption is recognized: `PATTERNS` lists the ways in which the web writes one.

To add a pattern, write a function that recognizes it and add an entry to the table; the first entry that fits wins. The
function sees the node after a picture and what follows that. It must refuse an ordinary paragraph: only a class, small
print, emphasis of the whole line or an opening sign make a caption of one.

Captions with a structure (a `figcaption` in a `figure`, shortcodes, tables) need no pattern: `join` takes them apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bs4.element import PageElement, Tag

from epubmaker.chapters.pictures.find import DESCRIBES
from epubmaker.chapters.tree import BLOCK_ELEMENTS, attribute, is_text, tags_within, text_within
from epubmaker.chapters.xhtml.content import HEADINGS, names

__all__ = [
    "PATTERNS",
    "CaptionPattern",
    "Neighbor",
    "has_caption_class",
    "is_credit",
    "is_label",
    "opens_as_credit",
    "recognize",
]

_LONGEST_CAPTION = 800  # characters of a caption that is marked as one
_LONGEST_LINE = 200  # characters of a caption that only looks like one
_LONGEST_CREDIT = 160  # characters

# A caption is one of these elements, and holds none of those.
_CAPTION_ELEMENTS = names("aside cite center dd div em figcaption font footer i p section small span")
_NEVER_INSIDE = HEADINGS | names("article blockquote figure form hr iframe img nav ol pre table ul video")
_CAPTION_CLASS = re.compile(
    r"(?<!closed-)(?<!closed)caption(?!ed)|cutline|bildunterschrift|bildtext|pie-?de-?foto|piefoto|didascalia|tuzhu|tushuo|"
    r"(?:img|image|photo|pic|picture|foto|figure|media)[-_]?(?:desc(?:ription)?|legend|info|txt|text|note|zhu)(?![a-z])|"
    r"(?:^|[\s_-])legend[ea]?(?:$|[\s_-])|gallerytext|figdesc",
    re.IGNORECASE,
)
_CREDIT_CLASS = re.compile(
    r"credits?(?![-_ ]?(?:card|score|union))|copyright|photographer|attribution|courtesy|"
    r"(?:img|image|photo|pic|picture|media)[-_]?(?:source|src|by|author|agency|rights)(?![a-z])",
    re.IGNORECASE,
)
# In a caption these classes mean a credit too.
_SOURCE_CLASS = re.compile(r"(?:^|[\s_-])(?:source|byline|by|agency|author|rights|photo)(?:$|[\s_-])", re.IGNORECASE)
# How credits begin in text.
_CREDIT_WORDS = re.compile(
    r"[(（\[【]?\s*(?:(?:photo(?:graph(?:y|s)?|s)?|image|picture|illustration|video|graphic)s?\s*"
    r"(?:(?:credit|source|courtesy)s?\b|by\b|(?=[:：/]))|credits?\b|source\s*(?=[:：])|courtesy of\b|copyright\b|©|\(c\)|"
    r"foto\s*(?=[:：/])|crédits? ?(?:photo)?\s*(?=[:：])|quelle\s*(?=[:：])|фото\s*(?=[:：/])|"
    r"(?:图源|图片来源|圖片來源|图片提供|圖片提供|供图|供圖|摄影|攝影|来源|來源|写真|撮影|사진)\s*(?=[:：/／|]))",
    re.IGNORECASE,
)
# How captions begin in text.
_OPENING_SIGN = re.compile(
    r"[▲△▴▼▽▾↑⬆☝◀►]|[(（\[【]?(?:图|圖)(?:说|說|注|为|為|片说明|片說明|片：|[0-9一二三四五六七八九十]{0,3}\s*[:：])|"
    r"(?:figure|fig\.?|abb(?:ildung|\.)|图|圖)\s*[0-9]{1,3}(?:[.-][0-9]{1,3})?[a-z]?\s*[:：.、](?![0-9])|"
    r"(?:caption|pictured|in this (?:photo|image|picture|handout))\b",
    re.IGNORECASE,
)
# How a line begins that looks like a caption and is none.
_NOT_A_CAPTION = re.compile(
    r"(?:editor|note|update|correction|this (?:article|story|post|piece|column)|read |see also|related|by |follow|"
    r"subscribe|watch|listen|click|sign up|more |reporting|编者|編者|本文|作者|注[:：]|更新|延伸|相关|相關|责编|責編)",
    re.IGNORECASE,
)
_LABEL_CLASS = re.compile(
    r"(?:visually|screen[-_]?reader)[-_]?(?:hidden|text|only)|(?:^|\s)(?:sr-only|off-?screen|hidden)(?:$|\s)",
    re.IGNORECASE,
)
_SMALL_STYLE = re.compile(
    r"font-size\s*:\s*(?:(?:x{1,2}-)?small\b|smaller\b|(?:[1-9]|1[0-2])(?:\.\d+)?px|[1-9](?:\.\d+)?pt|0?\.[1-8]\d*r?em|"
    r"[1-8]\d(?:\.\d+)?%)",
    re.IGNORECASE,
)
_GRAY_STYLE = re.compile(
    r"(?<![-\w])color\s*:\s*(?:#([6-9a-c])\1\1\b|#([6-9a-c][0-9a-f])\2\2\b|(?:dim|dark)?gr[ae]y\b|"
    r"rgba?\(\s*(1\d\d)\s*,\s*\3\s*,\s*\3\b)",
    re.IGNORECASE,
)
_CENTERED_STYLE = re.compile(r"text-align\s*:\s*center", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Neighbor:
    """The node after a picture: its text, and what follows it. `alone`: only pictures stand before it in its paragraph."""

    node: PageElement
    text: str
    following: PageElement | None
    alone: bool

    @property
    def ends_line(self) -> bool:
        """True when nothing follows on the same line."""
        if isinstance(self.node, Tag) and self.node.name in BLOCK_ELEMENTS:
            return True
        return self.following is None or (isinstance(self.following, Tag) and self.following.name in BLOCK_ELEMENTS)


@dataclass(frozen=True, slots=True)
class CaptionPattern:
    """One way to write the caption of a picture, or its credit (the name of the photographer or the source).

    `fits` tells whether the node after a picture is written in this way. `continues`: it may follow another caption.
    """

    name: str
    fits: Callable[[Neighbor], bool]
    role: Literal["caption", "credit"] = "caption"
    continues: bool = False


def recognize(node: PageElement, following: PageElement | None = None, *, alone: bool = True) -> CaptionPattern | None:
    """Return the first pattern that a node after a picture fits; None when it is neither caption nor credit.

    `following` is what comes after the node. `alone` says that only pictures stand before it in its paragraph.
    """
    neighbor = Neighbor(node, text_within(node, _LONGEST_CAPTION), following, alone)
    return next((pattern for pattern in PATTERNS if pattern.fits(neighbor)), None)


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


def opens_as_credit(text: str) -> bool:
    """Return True for a short text that begins as credits do: "Photograph: ", "图源：", "©"."""
    return len(text) <= _LONGEST_CREDIT and bool(_CREDIT_WORDS.match(text))


def is_label(tag: Tag) -> bool:
    """Return True for a label that is shown to screen readers only ("Image caption, ")."""
    return bool(_LABEL_CLASS.search(attribute(tag, "class")))


def _class_and_id(tag: Tag) -> str:
    return " ".join(filter(None, (attribute(tag, name) for name in ("class", "id", "itemprop", "data-testid"))))


def _may_be(neighbor: Neighbor, longest: int) -> bool:
    node = neighbor.node
    if not isinstance(node, Tag) or node.name not in _CAPTION_ELEMENTS or not 0 < len(neighbor.text) <= longest:
        return False
    return not any(inner.name in _NEVER_INSIDE for inner in tags_within(node))


def _described(neighbor: Neighbor) -> bool:
    return isinstance(neighbor.node, Tag) and DESCRIBES in neighbor.node.attrs and _may_be(neighbor, _LONGEST_CAPTION)


def _figcaption(neighbor: Neighbor) -> bool:
    node = neighbor.node
    if (
        not isinstance(node, Tag)
        or node.name != "figcaption"
        or (node.parent is not None and node.parent.name == "figure")
    ):
        return False
    return _may_be(neighbor, _LONGEST_CAPTION)


def _by_class(neighbor: Neighbor) -> bool:
    return isinstance(neighbor.node, Tag) and has_caption_class(neighbor.node) and _may_be(neighbor, _LONGEST_CAPTION)


def _credit_by_class(neighbor: Neighbor) -> bool:
    node = neighbor.node
    return isinstance(node, Tag) and _ends_as_credit(_class_and_id(node)) and _may_be(neighbor, _LONGEST_CREDIT)


def _line(neighbor: Neighbor, longest: int = _LONGEST_LINE) -> bool:
    """Return True for a node alone on its line whose text may be a caption."""
    if not neighbor.alone or not neighbor.ends_line or not _may_be(neighbor, longest):
        return False
    return neighbor.text[-1] not in ":：" and not _NOT_A_CAPTION.match(neighbor.text.lstrip("(（[【*— "))


def _small_print(neighbor: Neighbor) -> bool:
    return _line(neighbor, _LONGEST_CAPTION) and _is_small(neighbor.node) and not _is_small(neighbor.following)


def _emphasized(neighbor: Neighbor) -> bool:
    bracketed = neighbor.text[:1] in {"(", "（", "[", "【"} and neighbor.text[-1] in ")）]】"
    if bracketed and not _CREDIT_WORDS.match(neighbor.text):
        return False
    return _line(neighbor) and _is_emphasized(neighbor.node) and not _is_emphasized(neighbor.following)


def _opening_sign(neighbor: Neighbor) -> bool:
    return bool(_OPENING_SIGN.match(neighbor.text)) and (_line(neighbor) or _bare_line(neighbor))


def _credit_words(neighbor: Neighbor) -> bool:
    return opens_as_credit(neighbor.text) and (_line(neighbor) or _bare_line(neighbor))


def _bare_line(neighbor: Neighbor) -> bool:
    """Return True for text straight after a picture (and a line break) that ends its paragraph."""
    return is_text(neighbor.node) and neighbor.alone and neighbor.ends_line and len(neighbor.text) <= _LONGEST_LINE


def _only_child(node: PageElement | None) -> PageElement | None:
    """Return the only visible child of an element, None when it has none or several."""
    if not isinstance(node, Tag):
        return None
    seen = [child for child in node.contents if is_text(child) or (isinstance(child, Tag) and child.name != "br")]
    return seen[0] if len(seen) == 1 else None


def _is_small(node: PageElement | None) -> bool:
    """Return True for an element all of whose text is small print: by element, or small or gray by inline style."""
    while isinstance(node, Tag):
        style = attribute(node, "style")[:2000]
        if node.name == "small" or (node.name == "font" and attribute(node, "size") in {"1", "2", "-1", "-2"}):
            return True
        if style and (_SMALL_STYLE.search(style) or (_GRAY_STYLE.search(style) and _CENTERED_STYLE.search(style))):
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
    CaptionPattern("opening sign", _opening_sign),
    CaptionPattern("small print", _small_print),
    CaptionPattern("emphasized line", _emphasized),
)
