"""Footnotes and their way back, marked so that e-readers pop them up.

A note is found by its links alone: a short label in the text leads to a block further down, and that block leads back, is
called a note, or begins with the label, or the label looks like the sign of one: raised, or in square brackets. That covers
Wikipedia, WordPress, Markdown, letters, and what people write by hand. The numbered parts of a text have links, too, but
lead back to one place, where a note leads to its own sign.

Marked are the link (EPUB 3 Structural Semantics `noteref`, DPUB-ARIA `doc-noteref`), the note, which becomes an `aside`
(`footnote`, `doc-footnote`), and the way back (`doc-backlink`), which is added where there is none: Kindle requires both
directions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, anchor_keys, attribute, element, in_order, seen, tags_within, text_within
from epubmaker.chapters.xhtml.content import HEADINGS, names
from epubmaker.text.addresses import resolve

__all__ = ["mark_notes"]

_LONGEST = 5000  # characters of a note; Kobo pops up no more
_MOST_BACK = 50  # links back that are read in one note
_MOST_TARGETS = 50  # link targets in one block; a block with more is no note

_NEAR = 3  # nodes between a sign and the empty anchor beside it
_RENUMBERED = names("reversed start type")
_SIGN_BRACKETS = frozenset("[【〔［")

_WAY_BACK = re.compile(r"[\W_]{1,6}|(?:(?:go )?back|return|zurück|retour|volver|返回|戻る)\W{0,3}", re.IGNORECASE)
_LABEL = re.compile(
    r"[\[(（【〔{]?\s*(?:(?:note|fn|n|注释|注釋|註|注|脚注)\.?\s*)?"
    r"(?P<label>[0-9]{1,4}|[a-z]{1,2}|[ivxlc]{1,7}|[*†‡§¶#]{1,4}|[¹²³⁰⁴-⁹]{1,4}|[①-⓿])\s*[\])）】〕}.]?",
    re.IGNORECASE,
)
_NOTE_CLASS = re.compile(
    r"(?:foot|end|side)?-?notes?(?![a-z])|fn(?![a-z])|footnote|endnote|reference|cite|easy-footnote", re.IGNORECASE
)
_BLOCKS = names("aside blockquote dd div li p section")
_NUMBER_ID = re.compile(r"s([0-9]{1,9})")


def mark_notes(root: Tag, context: PassContext) -> None:
    """Mark the footnotes of an article, the links to them and their way back."""
    survey = _Survey(root, context)
    notes = _find(survey)
    if notes:
        _Marker(root, survey, context.words).mark(notes)


class _Survey:
    """The links inside the article and what they lead to, with the position of everything in the document."""

    __slots__ = ("_base", "_crowded", "_inside", "_numbers", "_own", "links", "named", "order", "upward")

    def __init__(self, root: Tag, context: PassContext) -> None:
        self._base, self._own = context.base, (context.address or "").partition("#")[0]
        self.links: list[Tag] = []
        self.named: dict[str, Tag] = {}
        self.order: dict[int, int] = {}
        self._crowded: dict[int, bool] = {}
        self._numbers: dict[int, dict[int, int]] = {}
        written: list[Tag] = []
        for position, node in enumerate(in_order(root)):
            if not isinstance(node, Tag) or not node.attrs:
                continue
            if node.name == "a" and "#" in attribute(node, "href"):
                written.append(node)
                self.order[id(node)] = position
            for key in anchor_keys(node.name):
                if key in node.attrs:
                    self.named.setdefault(attribute(node, key), node)
                    self.order[id(node)] = position

        self.links = [link for link in written if self._is_inside(link)]
        self._inside = {id(link) for link in self.links}
        self.upward = Counter(
            id(target)
            for link in self.links
            if (target := self.target(link)) is not None and self.order[id(target)] < self.order[id(link)]
        )

    def is_link(self, tag: Tag) -> bool:
        """Tell whether an element is a link inside the article."""
        return id(tag) in self._inside

    def target(self, link: Tag) -> Tag | None:
        return self.named.get(attribute(link, "href").partition("#")[2])

    def _is_inside(self, link: Tag) -> bool:
        """Tell whether a link leads to a place in the article.

        The links of a letter name its page on the web: one is inside where what it leads to has a link back to it.
        """
        href = attribute(link, "href")
        if href.startswith("#"):
            return True
        target = self.target(link)
        if target is None or (_label(link) is None and not _WAY_BACK.fullmatch(text_within(link, 20))):
            return False
        if self._own and (resolve(self._base, href) or "").partition("#")[0] == self._own:
            return True
        block = _block_around(target)
        near = (link, *islice(link.parents, 4))
        return block is not None and any(
            (back := self.target(other)) is not None and any(back is each for each in near)
            for other in islice((tag for tag in (target, *tags_within(block)) if tag.name == "a"), _MOST_BACK)
        )

    def number(self, block: Tag) -> str:
        """Return the number that a browser shows before an item; "" for any other block."""
        numbered = block.parent
        if (
            block.name != "li"
            or numbered is None
            or numbered.name != "ol"
            or not _RENUMBERED.isdisjoint(numbered.attrs)
        ):
            return ""
        if id(numbered) not in self._numbers:
            items = (each for each in numbered.contents if isinstance(each, Tag) and each.name == "li")
            self._numbers[id(numbered)] = {id(item): number for number, item in enumerate(items, start=1)}
        return str(self._numbers[id(numbered)].get(id(block), ""))

    def is_shared(self, place: Tag, block: Tag) -> bool:
        """Tell whether a place above a block is no sign of its own: others lead back to it, or it holds several signs."""
        within = sum(self.target(tag) is place for tag in tags_within(block) if self.is_link(tag))
        if self.upward[id(place)] > within:
            return True
        if id(place) not in self._crowded:
            signs = {
                id(self.target(tag)) for tag in tags_within(place) if self.is_link(tag) and _label(tag) is not None
            }
            self._crowded[id(place)] = len(signs) > 1
        return self._crowded[id(place)]


@dataclass(slots=True)
class _Note:
    """One note: its block, the element that its id is on, and the links to it and back."""

    block: Tag
    target: Tag
    label: str
    references: list[Tag]
    back: list[Tag]


def _find(survey: _Survey) -> list[_Note]:
    """Return the notes, in the order in which the text first refers to them."""
    found: dict[int, _Note] = {}
    refused: set[int] = set()
    blocks: Counter[int] = Counter()
    for link in survey.links:
        target = survey.target(link)
        if target is None or id(target) in refused or survey.order[id(target)] < survey.order[id(link)]:
            continue
        label = _label(link)
        if label is None:
            continue
        known = found.get(id(target))
        if known is not None:
            known.references.append(link)
            continue
        block = _block_around(target)
        blocks[id(block)] += 1
        note = None if block is None or blocks[id(block)] > _MOST_TARGETS else _note(survey, link, target, block, label)
        if note is None:
            refused.add(id(target))
        else:
            found[id(target)] = note
    return list(found.values())


def _label(link: Tag) -> str | None:
    """Return the sign of a note ("1", "*") that is the whole text of a link; None for any other link."""
    text = text_within(link, 20)
    match = _LABEL.fullmatch(text) if len(text) <= 20 else None
    if match is None:
        return None
    # A bare letter or numeral must look like a sign: raised, or called one.
    if (
        text.isalnum()
        and not text.isdigit()
        and not _is_raised(link)
        and not _NOTE_CLASS.search(attribute(link, "class"))
    ):
        return None
    return match["label"]


def _is_raised(link: Tag) -> bool:
    return (link.parent is not None and link.parent.name == "sup") or link.find("sup") is not None


def _block_around(target: Tag) -> Tag | None:
    """Return the block of a link's target, which may be the target; None where no note can be such a block."""
    block: Tag | None = target
    while block is not None and block.name not in _BLOCKS:
        block = block.parent if block.name not in HEADINGS else None
    return block


def _note(survey: _Survey, link: Tag, target: Tag, block: Tag, label: str) -> _Note | None:
    """Return the note in a block that a link leads to; None when the block is something else."""
    if block.parent is None or any(parent is block for parent in link.parents):
        return None
    text = text_within(block, _LONGEST)
    if not 0 < len(text) <= _LONGEST or any(tag.name in HEADINGS for tag in tags_within(block)):
        return None
    back, is_own = _links_back(survey, block, link)
    called = _NOTE_CLASS.search(" ".join(attribute(tag, "class") for tag in (link, target, block, block.parent)))
    if called or _is_raised(link):
        return _Note(block, target, label, [link], back)
    opening = _LABEL.match(text)
    begins = (opening is not None and opening["label"] == label) or survey.number(block) == label
    is_sign = begins or text_within(link, 20)[:1] in _SIGN_BRACKETS
    is_part = is_own is False or _is_lone_link(block)
    return _Note(block, target, label, [link], back) if is_own or (is_sign and not is_part) else None


def _is_lone_link(block: Tag) -> bool:
    """Return True for a block that is one link and nothing else, as in a table of contents."""
    inside = seen(block.contents)
    return len(inside) == 1 and isinstance(inside[0], Tag) and inside[0].name == "a"


def _links_back(survey: _Survey, block: Tag, link: Tag) -> tuple[list[Tag], bool | None]:
    """Return the links in a note that lead back to places before it; none unless one leads to `link`.

    With it comes whether one leads to the sign of this note, and not of others: None where no link leads back at all.
    """
    back: list[Tag] = []
    returns = False
    is_own: bool | None = None
    start = survey.order.get(id(link), 0)
    for node in tags_within(block):
        if not survey.is_link(node):
            continue
        target = survey.target(node)
        if target is None or any(parent is block for parent in (target, *target.parents)):
            continue
        back.append(node)
        # It leads to the sign itself, to an element around it, or to an empty anchor just before it.
        leads = target is link or any(each is target for each in link.parents)
        leads = leads or abs(start - survey.order[id(target)]) <= _NEAR
        returns = returns or leads
        is_own = is_own or (leads and not survey.is_shared(target, block))
        if len(back) >= _MOST_BACK:
            break
    return (back, is_own) if returns else ([], is_own)


class _Marker:
    """Makes the edits."""

    def __init__(self, root: Tag, survey: _Survey, words: Mapping[str, str]) -> None:
        self._words = words
        self._edits = Edits(root)
        numbers = (_NUMBER_ID.fullmatch(name) for name in survey.named)
        self._next_id = 1 + max((int(match[1]) for match in numbers if match), default=0)

    def mark(self, notes: list[_Note]) -> None:
        lists = _lists_of_notes(notes)
        for note in notes:
            for reference in note.references:
                reference.attrs.update({"epub:type": "noteref", "role": "doc-noteref"})
            for link in note.back:
                link.attrs.update({"role": "doc-backlink"})
            for link in (*note.references, *note.back):  # those of a letter have an address before them
                link.attrs["href"] = f"#{attribute(link, 'href').partition('#')[2]}"
            if note.block.name != "aside" or attribute(note.block, "role") != "doc-footnote":
                self._make_aside(note, lists)
        self._edits.apply()

    def _make_aside(self, note: _Note, lists: set[int]) -> None:
        block = note.block
        container = block.parent
        if block.name == "li":
            if container is None or id(container) not in lists:
                return
            container.name = "div"
            self._lead_with_label(note)
            block.name = "aside"
        elif block.name in {"div", "section", "aside"}:
            self._lead_with_label(note)
            block.name = "aside"
        elif block.name == "p":
            self._lead_with_label(note)
            aside = element("aside", [block])
            self._edits.replace(block, aside)
            block = aside
        else:
            return
        if not attribute(block, "id"):
            block.attrs["id"] = attribute(note.target, "id") or attribute(note.target, "name")
            for key in ("id", "name"):
                note.target.attrs.pop(key, None)
        for reference in note.references:
            reference.attrs["href"] = f"#{attribute(block, 'id')}"
        block.attrs.update({"epub:type": "footnote", "role": "doc-footnote"})

    def _lead_with_label(self, note: _Note) -> None:
        """Let a note begin with its sign, on the same line, and make that the way back where there is none."""
        line = _first_line(note.block)
        text = text_within(note.block, 30).lstrip("[(（【〔{ ")
        contents: list[PageElement] = []
        if note.block.name == "li" and not text.startswith(note.label):
            sign = NavigableString(f"{note.label}.")
            contents = [sign if note.back else self._way_back(note, sign), NavigableString(" ")]
        elif note.back and note.back[0].parent is note.block and line is not note.block:
            # A link that stands before the paragraph moves into it.
            self._edits.remove(note.back[0])
            contents = [note.back[0], NavigableString(" ")]
        if contents:
            self._edits.fill(line, [*contents, *line.contents])
        if not note.back and not contents:
            last = _last_line(note.block)
            back = self._way_back(note, NavigableString(self._words["note_back"]))
            self._edits.fill(last, [*last.contents, NavigableString(" "), back])

    def _way_back(self, note: _Note, text: NavigableString) -> Tag:
        reference = note.references[0]
        if not attribute(reference, "id"):
            reference.attrs["id"] = f"s{self._next_id}"
            self._next_id += 1
        back = element("a", [text])
        back.attrs = {"href": f"#{attribute(reference, 'id')}", "role": "doc-backlink"}
        return back


def _lists_of_notes(notes: list[_Note]) -> set[int]:
    """Return which lists hold notes only; one that holds other items too stays a list."""
    blocks = {id(note.block) for note in notes}
    lists = {id(note.block.parent): note.block.parent for note in notes if note.block.name == "li"}
    return {
        identity
        for identity, parent in lists.items()
        if parent is not None and all(id(item) in blocks for item in parent.contents if isinstance(item, Tag))
    }


def _first_line(block: Tag) -> Tag:
    """Return the paragraph that a block begins with (after its link back), or the block where it holds text itself."""
    line = block
    while True:
        inside = seen(line.contents)
        if inside and isinstance(inside[0], Tag) and inside[0].name == "a":
            del inside[0]
        if not inside or not isinstance(inside[0], Tag) or inside[0].name not in {"div", "p"}:
            return line
        line = inside[0]


def _last_line(block: Tag) -> Tag:
    line = block
    while True:
        inside = seen(line.contents)
        if not inside or not isinstance(inside[-1], Tag) or inside[-1].name not in {"div", "p"}:
            return line
        line = inside[-1]
