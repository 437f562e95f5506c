"""The content model of a chapter, as tables: which elements are written, and where they may stand.

They also list the attributes that each element may have, with their values. The tables are a subset of the schemas of EPUB
3.3 content documents (HTML Standard, section 4, as EPUBCheck checks it); `test_content.py` checks each line with it. The
tables at the end map all other elements to one of these, or to their text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from epubmaker.text.characters import plain
from epubmaker.text.html import HEADINGS, names
from epubmaker.text.xhtml import attribute

__all__ = [
    "ATTRIBUTES",
    "BLOCKS",
    "BLOCK_ELEMENTS",
    "BODY_HEADINGS",
    "BOUNDARIES",
    "CLASSES",
    "CREDIT",
    "DROPPED",
    "GAP",
    "HEADINGS",
    "INLINES",
    "LINE_ENDS",
    "RENAMED",
    "ROLES",
    "SILENT",
    "UNMARKED",
    "Block",
    "Holds",
    "Rule",
    "attributes",
    "is_plain",
    "names",
]


class Holds(Enum):
    """What an element may hold."""

    FLOW = "blocks; its text goes into paragraphs"
    LOOSE = "blocks, or text as it is"
    PHRASING = "text and inline elements"
    PARTS = "only the parts that belong to it: items, rows, cells"


@dataclass(frozen=True, slots=True)
class Block:
    """One block element: what it holds, and what it must stand in (empty: anything that holds blocks).

    `stray` is the part that is put around what may not stand in it directly; `parent` the element that is put around it
    when it stands where it may not.
    """

    holds: Holds
    within: frozenset[str] = frozenset()
    stray: str = ""
    parent: str = ""


BODY_HEADINGS = HEADINGS - {"h1"}  # the title of a chapter is its only `h1`

BLOCKS: Mapping[str, Block] = MappingProxyType(
    {
        "aside": Block(Holds.FLOW),
        "blockquote": Block(Holds.FLOW),
        "caption": Block(Holds.PHRASING, names("table"), parent="table"),
        "dd": Block(Holds.LOOSE, names("dl"), parent="dl"),
        "div": Block(Holds.FLOW),
        "dl": Block(Holds.PARTS, stray="dd"),
        "dt": Block(Holds.LOOSE, names("dl"), parent="dl"),
        "figcaption": Block(Holds.LOOSE, names("figure"), parent="figure"),
        "figure": Block(Holds.LOOSE),
        **dict.fromkeys(sorted(BODY_HEADINGS), Block(Holds.PHRASING)),
        "li": Block(Holds.LOOSE, names("ul ol"), parent="ul"),
        "ol": Block(Holds.PARTS, stray="li"),
        "p": Block(Holds.PHRASING),
        "pre": Block(Holds.PHRASING),
        "section": Block(Holds.FLOW),
        "table": Block(Holds.PARTS, stray="tbody"),
        "tbody": Block(Holds.PARTS, names("table"), stray="tr", parent="table"),
        "td": Block(Holds.LOOSE, names("tr"), parent="tr"),
        "th": Block(Holds.LOOSE, names("tr"), parent="tr"),
        "thead": Block(Holds.PARTS, names("table"), stray="tr", parent="table"),
        "tr": Block(Holds.PARTS, names("tbody thead"), stray="td", parent="tbody"),
        "ul": Block(Holds.PARTS, stray="li"),
    }
)

# Inline elements; each holds text and inline elements, but neither `a` nor `dfn` another of its kind.
INLINES = names("a abbr b bdi bdo cite code del dfn em i ins kbd mark q s samp small span strong sub sup time u var")

Rule: TypeAlias = Callable[[str], str | None]


def _matching(pattern: str) -> Rule:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: value if compiled.fullmatch(value) else None


def _one_of(*values: str) -> Rule:
    known = {value.lower(): value for value in values}
    return lambda value: known.get(value.lower())


def _number(value: str, least: int, most: int) -> str | None:
    match = re.fullmatch(r"\s*([+-]?)0*([0-9]{1,9})(?:[^0-9].*)?", value, re.ASCII | re.DOTALL)
    if match is None:
        return None
    number = int(match[1] + match[2])
    return str(number) if least <= number <= most else None


def _integer(value: str) -> str | None:
    return _number(value, -999_999_999, 999_999_999)


def _columns(value: str) -> str | None:
    return _number(value, 2, 1000)  # 1 is the default; 1000 is the Standard's limit


def _rows(value: str) -> str | None:
    return _number(value, 2, 65_534)


def _flag(name: str) -> Rule:
    return lambda _: name


def _moment(value: str) -> str | None:
    """Return a date, a date and time, a month or a year as the Standard writes it, None for anything else."""
    value = value.strip()
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
            return date.fromisoformat(value).isoformat()
        if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]", value, re.ASCII):
            return datetime.fromisoformat(value).replace(microsecond=0).isoformat()
    except ValueError:
        pass
    return None


ATTRIBUTES: Mapping[str, Mapping[str, Rule]] = MappingProxyType(
    {
        "abbr": {"title": plain},
        "bdo": {"dir": _one_of("ltr", "rtl")},
        "dfn": {"title": plain},
        "li": {"value": _integer},
        "ol": {"start": _integer, "reversed": _flag("reversed"), "type": _matching("[1aAiI]")},
        "td": {"colspan": _columns, "rowspan": _rows},
        "th": {"colspan": _columns, "rowspan": _rows, "scope": _one_of("row", "col", "rowgroup", "colgroup")},
        "time": {"datetime": _moment},
    }
)

# The values of `epub:type` and `role` that are kept, as pairs: those of notes (EPUB Structural Semantics, DPUB-ARIA 1.1).
ROLES: Mapping[str, frozenset[tuple[str, str]]] = MappingProxyType(
    {
        "a": frozenset({("noteref", "doc-noteref"), ("backlink", "doc-backlink"), ("", "doc-backlink")}),
        "aside": frozenset({("footnote", "doc-footnote"), ("endnote", "doc-footnote")}),
        "section": frozenset({("footnotes", "doc-endnotes"), ("endnotes", "doc-endnotes")}),
    }
)

CREDIT = "credit"  # of the `span` around a picture's source in its caption
CLASSES = frozenset({CREDIT})
"""The classes that captions have, which the serializer keeps and the stylesheets know."""
SET_AS = ":set-as"
"""The attribute of a paragraph or a caption that is set in another way: one of `SET_APART`."""
SET_APART = frozenset({"by", "caption", "long", "note", "pull", "subhead", "wide"})
"""The classes of paragraphs and captions that are set in another way: see `passes.apart` and `captions.figcaption`."""
GAP = "gap"  # of a paragraph after an empty line
UNMARKED = "unmarked"  # of a list without marks

# Elements that are written under another name.
RENAMED: Mapping[str, str] = MappingProxyType(
    {
        "acronym": "abbr",
        "dir": "ul",
        "listing": "pre",
        "menu": "ul",
        "plaintext": "pre",
        "strike": "s",
        "tfoot": "tbody",  # browsers show it last wherever it stands; a tfoot must stand last
        "tt": "code",
        "xmp": "pre",
    }
)

# Elements that begin and end a line, but have no meaning in a book: their contents are written, on lines of their own.
BOUNDARIES = HEADINGS | names(
    "address article aside body center details dialog div fieldset footer form frameset header hgroup html legend "
    "main nav noframes noscript optgroup option search section summary dd dt dl figcaption caption "
    "textarea select marquee multicol"
)

LINE_ENDS = frozenset(
    {*BLOCKS, *BOUNDARIES, *(name for name, written in RENAMED.items() if written in BLOCKS), "br", "hr"}
)
"""Elements at whose beginning and end a line ends."""

BLOCK_ELEMENTS = LINE_ENDS - names(
    "body br caption figcaption frameset html noframes noscript optgroup option select tbody td textarea tfoot th thead tr"
)
"""Those that are a block by themselves: no part of a table, a figure, a form or the page, and no line break."""

SILENT = names("noscript script style template title")
"""Elements whose text browsers do not show."""

# Elements that are not written, with all that they hold.
DROPPED = names(
    "applet area audio base basefont bgsound canvas col colgroup command datalist embed frame head iframe input "
    "keygen link map meta noembed object param picture script source style template title track video wbr"
)


def attributes(name: str, given: Mapping[str, object]) -> str:
    """Return the attributes that the element `name` keeps of those it was given, as markup that begins with a space."""
    rules = ATTRIBUTES.get(name)
    if not rules or not given:
        return ""
    kept = ""
    for key, rule in rules.items():
        value = given.get(key)
        checked = None if value is None else rule(str(value))
        if checked:
            kept += f" {key}={attribute(checked)}"
    return kept


_MEANINGFUL = frozenset({"align", "dir", "id", "lang", "style", "xml:lang", SET_AS}.union(*ATTRIBUTES.values()))


def is_plain(given: Mapping[str, object]) -> bool:
    """Return True where no attribute of a block has a meaning; most pages have classes and data for scripts only."""
    return not given or _MEANINGFUL.isdisjoint(given)
