"""Show notes that a page shows on pointing or tapping at a word: in brackets after it, since a book can do neither.

They stand in an element of their own within the word's or beside it, or in an attribute. What only says again what can be
read anyway, and what belongs to a link, a picture or a program, is no note.
"""

from __future__ import annotations

import re
from functools import lru_cache

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.triggers import TOOLTIPS
from epubmaker.chapters.tree import Edits, attribute, element, is_text, tags_in_order, text_within
from epubmaker.chapters.xhtml.content import HEADINGS, names
from epubmaker.text.characters import letters, plain
from epubmaker.text.html import decoded
from epubmaker.text.moments import is_like_date

__all__ = ["show_tooltips"]

_LONGEST = 1000  # characters of a note in an attribute
_LONGEST_WORD = 100  # characters of what a note is about
# An element with a note in it: by its name alone, or where its name is less certain, within the element of a word.
_NOTE_CLASS = re.compile(
    r"(?:^|\s)(?:[\w-]*(?:tool-?tip|hover|popover|balloon)(?:_{1,2}|-{1,2})?(?:text|content|body|inner|bubble|box|message)|"
    r"(?:side|margin)-?notes?)(?:$|\s)",
    re.IGNORECASE,
)
_NOTE_IN_WORD_CLASS = re.compile(
    r"(?:^|\s)(?:tool-?tip|tip|hint|popover|pop-?up|balloon|definition|gloss|note|annotation)(?:$|\s)", re.IGNORECASE
)
_WORD_CLASS = re.compile(
    r"tool-?tip|(?:^|[\s_-])(?:tip|hint|pop-?over|pop-?up|balloon|definition|term|gloss(?:ary)?|note|annotated|annotation|hover)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_NOTES = names("aside div em font i mark small span")  # elements that such a note is
# Elements that have notes in attributes.
_WORDS = names("b bdi big cite em font i ins mark small span strong sub sup u")
_ABOUT = _WORDS | {"a"}
_LOOKED_AT = _NOTES | _ABOUT
_IN_LINES = _WORDS | names("a abbr label")
_KEYS = frozenset(trigger.removeprefix("@") for trigger in TOOLTIPS)
_NEEDS_NO_WORD = names("data-footnote data-note data-annotation")  # the page's style numbers these
_TOGGLING, _TOGGLED = ("data-toggle", "data-bs-toggle"), names("tooltip popover")  # of Bootstrap
_LANGUAGES = names("lang xml:lang")
_NO_NOTES_IN = HEADINGS | names("button code figcaption kbd math nav option pre samp svg textarea time")
_TAG = re.compile(r"<[^<>]*>")
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_OPENING = "([（［【"


def show_tooltips(root: Tag, _: PassContext) -> None:
    """Put the notes of words in brackets after them."""
    edits = Edits(root)
    signs: dict[int, tuple[Tag, list[NavigableString]]] = {}
    for node in tags_in_order(root):
        if not node.attrs or node.name not in _LOOKED_AT:
            continue
        if node.name in _NOTES and _is_note(node):
            _bracket(node, edits)
        elif (note := _note_in_attribute(node)) and not _is_within(node, _NO_NOTES_IN):
            before, after = _brackets(note)
            text = NavigableString(f"{before}{note}{after}")
            sign = _raised(node)
            if sign is None:
                edits.fill(node, [*node.contents, text])
            else:
                signs.setdefault(id(sign), (sign, []))[1].append(text)
    for sign, texts in signs.values():
        edits.replace(sign, sign, *texts)
    edits.apply()


@lru_cache(maxsize=512)
def _kinds(classes: str) -> tuple[bool, bool, bool]:
    """Return whether classes are those of a note, of one if it is within a word, and of a word."""
    return tuple(pattern.search(classes) is not None for pattern in (_NOTE_CLASS, _NOTE_IN_WORD_CLASS, _WORD_CLASS))  # type: ignore[return-value]


def _is_note(tag: Tag) -> bool:
    given = tag.attrs
    is_named, may_be, _ = _kinds(attribute(tag, "class")) if "class" in given else (False, False, False)
    is_named = is_named or given.get("role") == "tooltip"
    parent = tag.parent
    if not (is_named or may_be) or parent is None or not any(map(str.isalpha, text := text_within(tag, _LONGEST))):
        return False
    if text[0] in _OPENING or _is_within(tag, _NO_NOTES_IN):
        return False
    if is_named:
        return parent.name in _IN_LINES or _stands_in_line(tag)
    return parent.name in _ABOUT and _kinds(attribute(parent, "class"))[2] and _stands_in_line(tag)


def _stands_in_line(tag: Tag) -> bool:
    """Tell whether a text stands before an element, with nothing between but what a screen needs."""
    node = tag.previous_sibling
    while node is not None:
        if is_text(node):
            return True
        if isinstance(node, Tag) and node.name not in {"input", "label"}:
            return node.name in _IN_LINES
        node = node.previous_sibling
    return False


def _bracket(tag: Tag, edits: Edits) -> None:
    """Replace the element of a note by what it holds, in brackets; its blocks become a part of the line."""
    before, after = _brackets(text_within(tag, _LONGEST))
    inner = element("span", [NavigableString(before), *tag.contents, NavigableString(after)])
    inner.attrs = {key: value for key, value in tag.attrs.items() if key in {"dir", "id", "lang"}}
    edits.replace(tag, inner)


def _brackets(note: str) -> tuple[str, str]:
    return ("（", "）") if _WIDE.search(note) else (" (", ")")


def _note_in_attribute(tag: Tag) -> str:
    """Return the note that an attribute of a word has; "" where there is none."""
    given = tag.attrs
    if _KEYS.isdisjoint(given) or tag.name not in _ABOUT or not _LANGUAGES.isdisjoint(given):
        return ""
    sign = _raised(tag)
    is_sign = sign is not None
    is_told = sign is not None and sign is not tag and not _KEYS.isdisjoint(sign.attrs)  # the sign has the note itself
    is_told_word = any(attribute(tag, name) in _TOGGLED for name in _TOGGLING)
    is_word = is_told_word or _kinds(attribute(tag, "class"))[2]
    is_link = tag.name == "a" and (attribute(tag, "href").strip("#") or not (is_sign or is_word))
    if is_told or is_link or _is_within(tag, frozenset({"a"})):
        return ""
    word = text_within(tag, _LONGEST_WORD + 1)
    if len(word) > _LONGEST_WORD:
        return ""
    is_text_or_sign = is_sign or len(letters(word)) > 1 or letters(word).isdigit()
    for key in sorted((_KEYS if is_text_or_sign else _NEEDS_NO_WORD).intersection(given)):
        note = plain(_TAG.sub(" ", decoded(attribute(tag, key)[:_LONGEST])))
        if _says_more(note, word):
            return note
    return ""


def _raised(tag: Tag) -> Tag | None:
    """Return the raised sign that an element is or stands in."""
    if tag.name == "sup":
        return tag
    return tag.parent if tag.parent is not None and tag.parent.name == "sup" else None


def _says_more(note: str, word: str) -> bool:
    """Tell whether a note says something that its word does not."""
    told, known = letters(note), letters(word)
    if len(told) < 2 or note.startswith(("@", "http://", "https://", ":")) or not any(map(str.isalpha, note)):
        return False
    return told not in known and known != told and not is_like_date(note)


def _is_within(tag: Tag, others: frozenset[str]) -> bool:
    return any(parent.name in others for parent in tag.parents)
