"""The forms in which the web writes the caption of a picture: a table, each with how it is recognized.

A form is asked about the element that follows a picture and nothing else. It must say no to an ordinary paragraph: what
has no mark of its own (a class, small print, emphasis of the whole line, an opening sign) is never a caption.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bs4.element import PageElement, Tag

from epubmaker.chapters.pictures.find import DESCRIBES
from epubmaker.chapters.tree import attribute, is_text, text_within, walk

__all__ = [
    "BLOCKS",
    "FORMS",
    "Form",
    "Near",
    "has_caption_class",
    "is_credit",
    "is_label",
    "near_text",
    "opens_as_credit",
    "recognize",
]

Role = Literal["caption", "credit"]

_LONGEST_CAPTION = 800  # characters of one that is marked as such
_LONGEST_LINE = 200  # characters of one that is only set apart by its looks
_LONGEST_CREDIT = 160

BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "form",
    }
    | {
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    }
)
_MAY_HOLD = frozenset(
    {"aside", "cite", "center", "dd", "div", "em", "figcaption", "font", "footer", "i", "p", "section", "small", "span"}
)
_NEVER_IN = frozenset(
    {"article", "blockquote", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "iframe", "img", "nav", "ol"}
    | {"pre", "table", "ul", "video"}
)
_CAPTION = re.compile(
    r"(?<!closed-)(?<!closed)caption(?!ed)|cutline|bildunterschrift|bildtext|pie-?de-?foto|piefoto|didascalia|tuzhu|tushuo|"
    r"(?:img|image|photo|pic|picture|foto|figure|media)[-_]?(?:desc(?:ription)?|legend|info|txt|text|note|zhu)(?![a-z])|"
    r"(?:^|[\s_-])legend[ea]?(?:$|[\s_-])|gallerytext|figdesc",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"credits?(?![-_ ]?(?:card|score|union))|copyright|photographer|attribution|courtesy|"
    r"(?:img|image|photo|pic|picture|media)[-_]?(?:source|src|by|author|agency|rights)(?![a-z])",
    re.IGNORECASE,
)
# In a caption these say the same.
_CREDIT_WITHIN = re.compile(r"(?:^|[\s_-])(?:source|byline|by|agency|author|rights|photo)(?:$|[\s_-])", re.IGNORECASE)
_CREDIT_WORDS = re.compile(
    r"[(（\[【]?\s*(?:(?:photo(?:graph(?:y|s)?|s)?|image|picture|illustration|video|graphic)s?\s*"
    r"(?:(?:credit|source|courtesy)s?\b|by\b|(?=[:：/]))|credits?\b|source\s*(?=[:：])|courtesy of\b|copyright\b|©|\(c\)|"
    r"foto\s*(?=[:：/])|crédits? ?(?:photo)?\s*(?=[:：])|quelle\s*(?=[:：])|фото\s*(?=[:：/])|"
    r"(?:图源|图片来源|圖片來源|图片提供|圖片提供|供图|供圖|摄影|攝影|来源|來源|写真|撮影|사진)\s*(?=[:：/／|]))",
    re.IGNORECASE,
)
_OPENING_SIGN = re.compile(
    r"[▲△▴▼▽▾↑⬆☝◀►]|[(（\[【]?(?:图|圖)(?:说|說|注|为|為|片说明|片說明|片：|[0-9一二三四五六七八九十]{0,3}\s*[:：])|"
    r"(?:figure|fig\.?|abb(?:ildung|\.)|图|圖)\s*[0-9]{1,3}(?:[.-][0-9]{1,3})?[a-z]?\s*[:：.、](?![0-9])|"
    r"(?:caption|pictured|in this (?:photo|image|picture|handout))\b",
    re.IGNORECASE,
)
_NOT_A_CAPTION = re.compile(
    r"(?:editor|note|update|correction|this (?:article|story|post|piece|column)|read |see also|related|by |follow|"
    r"subscribe|watch|listen|click|sign up|more |reporting|编者|編者|本文|作者|注[:：]|更新|延伸|相关|相關|责编|責編)",
    re.IGNORECASE,
)
_LABEL = re.compile(
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
class Near:
    """What stands after a picture: the node, its text, and what follows it.

    `alone` says that nothing but pictures stands before it in its paragraph.
    """

    node: PageElement
    text: str
    following: PageElement | None
    alone: bool = True

    @property
    def ends_line(self) -> bool:
        """True when nothing follows on the same line."""
        if isinstance(self.node, Tag) and self.node.name in BLOCKS:
            return True
        return self.following is None or (isinstance(self.following, Tag) and self.following.name in BLOCKS)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a caption: its name, which test it passes, and what it makes of the text."""

    name: str
    fits: Callable[[Near], bool]
    role: Role = "caption"


def recognize(near: Near) -> Form | None:
    """Return the form in which a node is the caption or the credit of the picture before it, None when it is neither."""
    return next((form for form in FORMS if form.fits(near)), None)


def has_caption_class(tag: Tag) -> bool:
    """Return True for an element whose class, id or property calls it a caption."""
    return bool(_CAPTION.search(_kind(tag)))


def is_credit(tag: Tag) -> bool:
    """Return True for an element of a caption that names whom the picture is from."""
    kind = _kind(tag)
    return bool(kind) and (_calls_it_credit(kind) or (bool(_CREDIT_WITHIN.search(kind)) and not _CAPTION.search(kind)))


def _calls_it_credit(kind: str) -> bool:
    """Return True where the last word for it is "credit": a "caption-credit" is one, a "credit-caption" is not."""
    credits_at = [match.end() for match in _CREDIT.finditer(kind)]
    captions_at = [match.end() for match in _CAPTION.finditer(kind)]
    return bool(credits_at) and max(credits_at) > max(captions_at, default=0)


def opens_as_credit(text: str) -> bool:
    """Return True for a short text that begins as credits do: "Photograph: ", "图源：", "©"."""
    return len(text) <= _LONGEST_CREDIT and bool(_CREDIT_WORDS.match(text))


def is_label(tag: Tag) -> bool:
    """Return True for words that only screen readers are given ("Image caption, ")."""
    return bool(_LABEL.search(attribute(tag, "class")))


def _kind(tag: Tag) -> str:
    return " ".join(filter(None, (attribute(tag, name) for name in ("class", "id", "itemprop", "data-testid"))))


def _may_be(near: Near, longest: int) -> bool:
    node = near.node
    if not isinstance(node, Tag) or node.name not in _MAY_HOLD or not 0 < len(near.text) <= longest:
        return False
    return not any(isinstance(inner, Tag) and inner.name in _NEVER_IN for inner in walk(node))


def _described(near: Near) -> bool:
    return isinstance(near.node, Tag) and DESCRIBES in near.node.attrs and _may_be(near, _LONGEST_CAPTION)


def _figcaption(near: Near) -> bool:
    node = near.node
    if (
        not isinstance(node, Tag)
        or node.name != "figcaption"
        or (node.parent is not None and node.parent.name == "figure")
    ):
        return False
    return _may_be(near, _LONGEST_CAPTION)


def _by_class(near: Near) -> bool:
    return isinstance(near.node, Tag) and has_caption_class(near.node) and _may_be(near, _LONGEST_CAPTION)


def _credit_by_class(near: Near) -> bool:
    return isinstance(near.node, Tag) and _calls_it_credit(_kind(near.node)) and _may_be(near, _LONGEST_CREDIT)


def _line(near: Near, longest: int = _LONGEST_LINE) -> bool:
    """Return True for something that stands on a line of its own and reads as a caption might."""
    if not near.alone or not near.ends_line or not _may_be(near, longest):
        return False
    return near.text[-1] not in ":：" and not _NOT_A_CAPTION.match(near.text.lstrip("(（[【*— "))


def _small_print(near: Near) -> bool:
    return _line(near, _LONGEST_CAPTION) and _is_small(near.node) and not _is_small(near.following)


def _emphasized(near: Near) -> bool:
    bracketed = near.text[:1] in {"(", "（", "[", "【"} and near.text[-1] in ")）]】"
    if bracketed and not _CREDIT_WORDS.match(near.text):
        return False
    return _line(near) and _is_emphasized(near.node) and not _is_emphasized(near.following)


def _opening_sign(near: Near) -> bool:
    return bool(_OPENING_SIGN.match(near.text)) and (_line(near) or _bare_line(near))


def _credit_words(near: Near) -> bool:
    return (
        len(near.text) <= _LONGEST_CREDIT and bool(_CREDIT_WORDS.match(near.text)) and (_line(near) or _bare_line(near))
    )


def _bare_line(near: Near) -> bool:
    """Return True for text straight after a picture (and a line break) that ends its paragraph."""
    return is_text(near.node) and near.alone and near.ends_line and len(near.text) <= _LONGEST_LINE


def _only_child(node: PageElement | None) -> PageElement | None:
    """Return the one thing that an element holds, None when it holds none or more."""
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
            return not any(isinstance(inner, Tag) and inner.name in {"br", "p", "div"} for inner in walk(node))
        node = _only_child(node)
    return False


# `figure` with `figcaption`, shortcodes, tables and lists of pictures are structure, which `captions` takes apart.
FORMS = (
    Form("figcaption without figure", _figcaption),
    Form("aria-describedby", _described),
    Form("credit class", _credit_by_class, "credit"),
    Form("caption class", _by_class),
    Form("credit words", _credit_words, "credit"),
    Form("opening sign", _opening_sign),
    Form("small print", _small_print),
    Form("emphasized line", _emphasized),
)


def near_text(node: PageElement) -> str:
    """Return as much of a node's text as the forms need."""
    return text_within(node, _LONGEST_CAPTION)
