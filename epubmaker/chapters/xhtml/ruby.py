"""Ruby annotations (HTML Standard, section 4.5.10), rebuilt as pairs of base and reading.

What is no sequence of such pairs is brought into that form: bases first and readings after them (`rb rb rt rt`, `rbc rtc`,
as in XHTML and HTML 5.0), readings before their bases, a base without one. A reading for which that cannot be done stands
in brackets after its base: without, it would be a part of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, TypeAlias

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.tree import picture_ref, visible_text
from epubmaker.chapters.xhtml.content import DROPPED
from epubmaker.text.characters import tidy
from epubmaker.text.xhtml import escaped

__all__ = ["Pictured", "in_brackets", "ruby"]

_LONGEST = 200  # parts; a longer one is a text with an unclosed element
# Bases, then readings, with parentheses around each of them or around none: "b" is a base, "t" an `rt`, "p" an `rp`.
_SOUND = re.compile(r"(?:b+(?:t+|p(?:tp)+))+")
_OTHERWISE = re.compile("u[bu]|bu|s")  # bases side by side, one of which is an `rb`; a second reading
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


class Pictured(NamedTuple):
    """A picture, and the markup before and after it that belongs to it."""

    picture: Tag
    before: str = ""
    after: str = ""


Leaf: TypeAlias = str | Pictured


class _Part(NamedTuple):
    """A part of a ruby: its kind (see `_SOUND`; "u": a base that is an `rb`, "s": a second reading), and its markup."""

    kind: str
    text: str = ""
    picture: Tag | None = None


def ruby(tag: Tag) -> tuple[Leaf, ...] | None:
    """Return a `ruby` element as markup, in which pictures are places; None where it is too long to be one.

    Emphasis and links in it are dropped; its characters stay in their order.
    """
    parts: list[_Part] = []
    for part in _parts(tag):
        parts.append(part)
        if len(parts) > _LONGEST:
            return None
    kinds = "".join(part.kind for part in parts)
    has_pictures = any(part.picture for part in parts)
    is_in_pairs = _SOUND.fullmatch(kinds.replace("u", "b")) and not _OTHERWISE.search(kinds)
    if is_in_pairs and not has_pictures:
        inner = "".join(text if kind in "bu" else f"<r{kind}>{text}</r{kind}>" for kind, text, _ in parts)
        return (f"<ruby>{inner}</ruby>",)
    return tuple(_rebuilt([part for part in parts if part.kind != "p"]))


def in_brackets(reading: str) -> str:
    """Return the markup of a reading that stands in the line."""
    if not reading:
        return ""
    return f"（{reading}）" if _WIDE.search(reading) else f" ({reading})"


def _parts(tag: Tag) -> Iterator[_Part]:
    """Yield each part; white space between parts is dropped."""
    stack: list[PageElement] = tag.contents[::-1]
    containers = 0
    while stack:
        node = stack.pop()
        if isinstance(node, NavigableString):
            text = escaped(tidy(node))
            if text and not text.isspace():
                yield _Part("b", text)
        elif not isinstance(node, Tag) or (node.name in DROPPED and node.name != "img"):
            continue
        elif node.name == "rp":
            yield _Part("b" if any(map(str.isalnum, visible_text(node))) else "p", _text(node))
        elif node.name == "rt":
            yield _Part("t", _text(node))
        elif node.name == "rtc":
            containers += 1
            readings = [each for each in node.contents if isinstance(each, Tag) and each.name == "rt"] or [node]
            yield from (_Part("t" if containers == 1 else "s", _text(each)) for each in readings)
        elif node.name == "rb" and (text := _text(node)) and node.find("img") is None:
            yield _Part("u", text)
        elif picture_ref(node) is not None:
            yield _Part("b", picture=node)
        else:
            stack.extend(reversed(node.contents))


def _text(tag: Tag) -> str:
    """Return the text in an element as markup."""
    return escaped(tidy(visible_text(tag)).strip())


def _rebuilt(parts: list[_Part]) -> Iterator[Leaf]:
    if parts and parts[0].kind == "t" and parts[-1].kind in "bu":  # each reading stands before its base
        runs = [list(run) for _, run in groupby(parts, lambda part: part.kind in "bu")]
        parts = [part for reading, base in zip(runs[::2], runs[1::2], strict=True) for part in (*base, *reading)]
    bases: list[_Part] = []
    for is_base, run in groupby(parts, lambda part: part.kind in "bu"):
        if is_base:
            bases = list(run)
            continue
        every = list(run)
        readings = [part.text for part in every if part.kind == "t"]
        yield from _annotated(bases, readings)
        yield from filter(None, [in_brackets(part.text) for part in every if part.kind == "s"])
        bases = []
    yield from (part.text if part.picture is None else Pictured(part.picture) for part in bases)


def _annotated(bases: list[_Part], readings: list[str]) -> Iterator[Leaf]:
    """Yield bases with their readings: each with its own, or all of them with the only one."""
    units = [[part] for part in bases]
    told = sum(part.kind == "u" for part in bases)
    if len(readings) < 2 or (told < len(bases) and not 0 < told <= len(bases) == len(readings)):
        units = [bases] if bases else []
    paired, more = readings[: len(units)], readings[len(units) :]
    if len(units) == 1 and units[0][-1].kind == "b" and not any(part.picture for part in bases):
        text, written = "".join(part.text for part in bases), "".join(f"<rt>{reading}</rt>" for reading in readings)
        yield f"<ruby>{text}{written}</ruby>" if any(readings) else text
        return
    pairs = ""
    for unit, reading in zip(units, paired, strict=False):
        if reading and not any(part.picture for part in unit):
            pairs += f"{''.join(part.text for part in unit)}<rt>{reading}</rt>"
            continue
        if pairs:
            yield f"<ruby>{pairs}</ruby>"
            pairs = ""
        if len(unit) == 1 and reading and (picture := unit[0].picture) is not None:
            yield Pictured(picture, "<ruby>", f"<rt>{reading}</rt></ruby>")
        else:  # a text beside a picture: it must not go with it
            yield from (part.text if part.picture is None else Pictured(part.picture) for part in unit)
            yield from filter(None, [in_brackets(reading)])
    if pairs:
        yield f"<ruby>{pairs}</ruby>"
    yield from (part.text for unit in units[len(paired) :] for part in unit)
    yield from filter(None, map(in_brackets, more))
