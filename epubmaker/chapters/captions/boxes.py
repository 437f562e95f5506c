"""Captions that nothing marks but the box that they share with their picture.

Content systems put a picture and its caption into a box; without the page's style sheets, or after a tool has taken the
classes away, the box is all that is left. A short text is the caption of the picture above it when the box holds only the
two, and the article goes on outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bs4.element import PageElement, Tag

from epubmaker.chapters.captions.patterns import has_caption_class, is_centered, is_credit, is_link, may_be_text
from epubmaker.chapters.captions.survey import GALLERY, Survey
from epubmaker.chapters.captions.wording import ends_as_credit, is_not_a_caption, opens_as_credit
from epubmaker.chapters.style import style_of
from epubmaker.chapters.tree import attribute, is_text, tags_within, text_within
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, HEADINGS, names

__all__ = ["BoxedCaption", "caption_in_figure", "captions_in_box", "split_credits"]

_BOXES = names("aside center div font li p span td")
_MOST_NODES = 12  # that a box with a picture and its caption holds
_MOST_TEXTS = 3
_LONGEST = 800  # characters of a caption in a box that is meant for a picture
_LONGEST_TEXT = 250  # characters of a caption in any box
_LONGEST_SUM = 300
_LONGEST_LINE = 80  # characters of a caption that is part of a paragraph
_LONGEST_IN_GALLERY = 140

# Boxes that are meant for a picture, and boxes with more than a picture and its caption.
_PICTURE_BOX = re.compile(
    r"image|photo|picture|figure|imagen|gallery|slide|carousel|swiper|slick|lightbox|polaroid|infographic|caption|thumb|"
    r"(?:^|[\s_-])(?:img|pic|fig|foto|fotos|bild|media|mediaobject)(?![a-z])|(?:img|pic)(?:box|wrap|cont)",
    re.IGNORECASE,
)
_OTHER_BOX = re.compile(
    r"media-?(?:text|object|body|left|right)|text-?(?:image|media|photo)|image-?text|(?:with|has)-?(?:image|img|photo|thumb)|"
    r"teaser|card|promo|related|author|avatar|profile|(?:^|[\s_-])(?:row|columns|grid|bio|dek|hero-text|lead|intro|item-content)(?:$|[\s_-])|product|"
    r"byline|sponsor|advert|newsletter|comment|widget|header|excerpt|abstract|summary|standfirst|"
    r"(?:entry|article|post|story|page)[-_]?(?:body|content|text)|recommend|read-?more",
    re.IGNORECASE,
)


class BoxedCaption(NamedTuple):
    """The last picture in a box, with what only holds it, and the nodes that are its caption and its credits."""

    picture: Tag
    captions: Sequence[PageElement]
    credit: Sequence[PageElement]


def captions_in_box(box: Tag, survey: Survey) -> list[BoxedCaption]:
    """Return the pictures in a box that have captions: one, or each in a gallery; none in every other element."""
    kind = f"{attribute(box, 'class')} {attribute(box, 'id')}"
    if box.name not in _BOXES or (kind and _OTHER_BOX.search(kind)):
        return []
    if GALLERY.search(kind) and (pairs := _pairs(box, survey)):
        return pairs
    named = bool(_PICTURE_BOX.search(kind))
    held = _held(box, survey)
    if held is None:
        return []
    picture, before, after, broken = held
    texts = after or before
    if not texts or (before and (after or not named)) or not _may_all_be(texts, named=named):
        return []
    framed = broken or _is_framed(box)
    if not named and not (_is_short(box, texts, framed=framed) and _is_inside(box, texts, survey)):
        return []
    return [BoxedCaption(picture, *split_credits(texts))]


def _pairs(gallery: Tag, survey: Survey) -> list[BoxedCaption]:
    """Return the pictures of a gallery in which each is followed by a short text; none where that is not so."""
    shown = [node for node in gallery.contents if survey.shows(node)]
    pictures, texts = shown[::2], shown[1::2]
    if len(pictures) != len(texts) or len(texts) < 2 or not all(map(survey.only_pictures, pictures)):
        return []
    if not all(id(text) not in survey.pictured and may_be_text(text, _LONGEST_IN_GALLERY) for text in texts):
        return []
    units = [picture for picture in pictures if isinstance(picture, Tag)]
    return [BoxedCaption(unit, *split_credits([text])) for unit, text in zip(units, texts, strict=True)]


def caption_in_figure(texts: Sequence[PageElement]) -> bool:
    """Return True for the texts beside a picture in a `figure` that are its caption though nothing marks them."""
    return 0 < len(texts) <= _MOST_TEXTS and _may_all_be(texts, named=True)


def split_credits(texts: Sequence[PageElement]) -> tuple[list[PageElement], list[PageElement]]:
    """Return the texts that are a caption, and those that are its credits."""
    credit = [text for text in texts if _is_credit(text)]
    ids = set(map(id, credit))
    return [text for text in texts if id(text) not in ids], credit


def _is_credit(node: PageElement) -> bool:
    if isinstance(node, Tag) and is_credit(node):
        return True
    text = text_within(node, 200)
    return opens_as_credit(text) or ends_as_credit(text, boxed=True)


def _held(box: Tag, survey: Survey) -> tuple[Tag, list[PageElement], list[PageElement], bool] | None:
    """Return the last picture of a box, the texts before it and after it, and whether a line break parts these.

    None when there is anything else, or no picture, or more than a caption consists of.
    """
    picture: Tag | None = None
    before: list[PageElement] = []
    after: list[PageElement] = []
    broken = False
    for node in box.contents:
        if isinstance(node, Tag) and node.name == "br":
            broken = broken or picture is not None
        elif not survey.shows(node):
            continue
        elif isinstance(node, Tag) and survey.only_pictures(node):
            if after:
                return None
            picture = node
        elif id(node) in survey.pictured:
            return None
        else:
            (before if picture is None else after).append(node)
        if len(before) + len(after) > _MOST_TEXTS:
            return None
    return (picture, before, after, broken) if picture is not None else None


def _may_all_be(texts: Sequence[PageElement], *, named: bool) -> bool:
    longest = _LONGEST if named else _LONGEST_TEXT
    if not all(may_be_text(text, longest) and (named or not is_link(text)) for text in texts):
        return False
    written = [text_within(text, longest) for text in texts]
    if sum(map(len, written)) > (_LONGEST if named else _LONGEST_SUM) or sum(map(str.isalnum, "".join(written))) <= 1:
        return False
    marked = isinstance(texts[0], Tag) and has_caption_class(texts[0])
    return marked or not is_not_a_caption(written[0])


def _is_short(box: Tag, texts: Sequence[PageElement], *, framed: bool) -> bool:
    """Return True when the texts of a box are as short as captions are: shorter where they stand on a line of text."""
    written = [text_within(text, _LONGEST) for text in texts]
    if not _reads_as_one(texts, sum(map(len, written))):
        return False
    bare = any(not isinstance(text, Tag) for text in texts)
    inline = bare or any(isinstance(text, Tag) and text.name not in BLOCK_ELEMENTS for text in texts)
    if not inline and box.name != "p":
        return sum(len(text) > _LONGEST_LINE for text in written) <= 1
    if (bare and not framed) or len(texts) > 1 + (not bare):
        return False
    line = " ".join(written)
    if line[-1] in ")）]】" or _is_centered_alone(box) or _is_framed(box):
        return True
    return len(line) <= _LONGEST_LINE and line[-1] not in ".。!！?？…,，;；"


def _is_framed(box: Tag) -> bool:
    """Return True for a box of a fixed width, or one that the text flows around."""
    style = style_of(box)
    return style["float"] in {"left", "right"} or style["width"].endswith("px")


def _is_centered_alone(box: Tag) -> bool:
    """Return True for a centered box in a text that is not."""
    following = box.next_sibling
    while following is not None and not isinstance(following, Tag):
        following = following.next_sibling
    return is_centered(box) and not (isinstance(following, Tag) and is_centered(following))


def _reads_as_one(texts: Sequence[PageElement], length: int) -> bool:
    """Return False for texts that lead to another page, as teasers do, or consist of several paragraphs each."""
    inside = [tag for text in texts if isinstance(text, Tag) for tag in (text, *tags_within(text))]
    linked = sum(len(text_within(tag, _LONGEST)) for tag in inside if tag.name == "a")
    if 2 * linked > length:
        return False
    blocks = [tag for tag in inside if tag.name == "p" or tag.name not in BLOCK_ELEMENTS]
    return not any(map(is_link, blocks)) and sum(tag.name == "p" for tag in inside) <= _MOST_TEXTS - 1


def _is_inside(box: Tag, texts: Sequence[PageElement], survey: Survey) -> bool:
    """Return True when the article goes on outside of a box, or the box is one of several like it."""
    length = sum(len(text_within(text, _LONGEST)) for text in texts)
    if box.name == "li":
        return box.parent is not None and length <= _LONGEST_IN_GALLERY and _is_gallery(box.parent, survey)
    if 2 * length > survey.length or (box.name == "td" and length > _LONGEST_IN_GALLERY):
        return False
    before, after = _neighbor(box, survey, back=True), _neighbor(box, survey, back=False)
    if _is_heading(before) and _is_heading(after):
        return False  # it is all that stands below its heading
    if id(box) not in survey.ends:
        return True
    similar = (
        isinstance(before, Tag)
        and before.name == box.name
        and id(before) in survey.pictured
        and id(before) in survey.textual
    )
    return similar and length <= _LONGEST_IN_GALLERY


def _neighbor(box: Tag, survey: Survey, *, back: bool) -> PageElement | None:
    """Return what is seen just before a box, or just after it, among its siblings."""
    near = box.previous_sibling if back else box.next_sibling
    while near is not None and not survey.shows(near):
        near = near.previous_sibling if back else near.next_sibling
    return near


def _is_heading(node: PageElement | None) -> bool:
    return isinstance(node, Tag) and node.name in HEADINGS


def _is_gallery(holder: Tag, survey: Survey) -> bool:
    """Return True for a list whose items all hold pictures."""
    items = [item for item in holder.contents if survey.shows(item)]
    return len(items) > 1 and all(id(item) in survey.pictured and not is_text(item) for item in items)
