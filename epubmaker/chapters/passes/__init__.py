"""The passes that change an article's tree, one after the other: `PASSES` lists them in order, and `draft` runs the list.

To add a pass, write a function that takes the tree and a `PassContext`, and add its line where it belongs in the order. A
pass has a module here unless it is the main function of another package, such as `pictures` or `captions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import NamedTuple, TypeAlias, cast

from bs4.element import Tag

from epubmaker.chapters.passes.triggers import (
    CONTROLS,
    EMBEDS,
    FORMULAS,
    HEADINGS,
    HIDDEN,
    KICKERS,
    LINKED,
    LISTINGS,
    LISTS,
    NAMED,
    PICTURED,
    PICTURES,
    POSTS,
    REPEATED_PICTURES,
    REPEATED_TEXT,
    SHEETS,
    STANDFIRSTS,
    STILL,
    STYLED,
    TABLES,
    TOOLTIPS,
)
from epubmaker.model.pictures import Referrer
from epubmaker.text.words import words

__all__ = ["PASSES", "Pass", "PassContext", "run_passes"]


@dataclass(slots=True)
class PassContext:
    """What a pass may need to know about an article besides its tree, and what passes find out.

    names               the elements that occur in the tree, and the attributes with an "@" before them; a pass may add
                        to them
    declared            the language that the document declares, in any spelling
    fallback            the language of its `Entry`, for an article that says nothing
    language            the language that it is in, as a BCP 47 tag, from `detect_language` on
    title, published, source, author
                        those of the article's `Entry`
    address             the article's own URL
    base                the URL that its relative links start from
    referrer            what requests may tell of the address
    variables           the custom properties of its style sheets
    anchors             the elements that links may name, by their ids, before any pass has taken one away
    repeated_text, repeated_pictures, repeated_lines, still, keep_all
                        those of the `DraftSettings`
    dropped             characters of repeated text that were taken away
    left_out, left_out_characters
                        what else was taken away: how many of each kind, and its text
    undrawn             drawings beyond the most that may become pictures
    kicker, standfirst  the article's, once a pass has found them
    idle_headings       identities of headings that stand above nothing in the source
    sections            ids of places that other articles may lead to, as the article has them, to those that the last
                        pass gives them
    """

    names: set[str] = field(default_factory=set)
    declared: str | None = None
    fallback: str = ""
    language: str = "en"
    title: str = ""
    published: datetime | None = None
    source: str = ""
    author: str = ""
    address: str | None = None
    base: str | None = None
    referrer: Referrer = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    anchors: Mapping[str, Tag] = field(default_factory=dict)
    repeated_text: frozenset[int] = frozenset()
    repeated_pictures: frozenset[str] = frozenset()
    still: str = ""
    repeated_lines: frozenset[int] = frozenset()
    dropped: int = 0
    keep_all: bool = False
    left_out: Counter[str] = field(default_factory=Counter)
    left_out_characters: int = 0
    undrawn: int = 0
    kicker: str = ""
    standfirst: str = ""
    idle_headings: frozenset[int] = frozenset()
    sections: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> Mapping[str, str]:
        """The words that a book adds to an article, in the article's language."""
        return words(self.language)


class Pass(NamedTuple):
    """One pass: a function of a module below `epubmaker.chapters`, what triggers it, and what it does.

    It runs for articles in which one of `triggers` occurs, or for each article where that is None. Its module is not
    imported before: most articles need only a few.
    """

    module: str
    function: str
    triggers: frozenset[str] | None
    does: str


PASSES = (
    Pass(
        "style.sheets", "apply_sheets", SHEETS, "write what style sheets say of elements into their `style` attributes"
    ),
    Pass("passes.formulas", "settle_formulas", FORMULAS, "leave one form of each formula that a script has drawn"),
    Pass(
        "passes.tooltips",
        "show_tooltips",
        TOOLTIPS | {"@class", "@role"},
        "put notes that show on pointing at a word in brackets",
    ),
    Pass("passes.hidden", "drop_hidden", HIDDEN, "drop scripts, styles, templates and hidden elements"),
    Pass("style.structure", "apply_styles", STYLED, "make the blocks, lines and directions that styles say elements"),
    Pass("passes.listings", "mend_listings", LISTINGS, "take numbers and buttons out of listings, and end their lines"),
    Pass("furniture.drop", "drop_furniture", None, "drop what a site puts around an article"),
    Pass("style.lists", "mark_lists", LISTS, "give lists the marks that a browser shows, each once"),
    Pass("passes.lists", "nest_lists", LISTS, "put a list that stands directly in a list into the item before it"),
    Pass("passes.language", "detect_language", None, "find out the language, for the words that later passes add"),
    Pass("pictures.find", "find_pictures", PICTURED, "make each picture one `img`, and drop decoration"),
    Pass("captions.join", "join_captions", PICTURES, "join each picture and its caption in one `figure`"),
    Pass("passes.embeds", "name_embeds", EMBEDS, "replace videos, players and frames by a line with a link"),
    Pass(
        "passes.embeds",
        "name_posts",
        POSTS,
        "replace posts of other sites whose text is not here by a line with a link",
    ),
    Pass(
        "passes.embeds",
        "reduce_controls",
        CONTROLS,
        "show tick boxes as characters, and drop other controls",
    ),
    Pass("passes.tables", "fit_tables", TABLES, "unwrap layout tables, and make lists of those too wide"),
    Pass("furniture.pictures", "drop_repeated_pictures", REPEATED_PICTURES, "drop pictures that many articles show"),
    Pass("pictures.still", "show_still", STILL, "put a video's still above a text without pictures"),
    Pass("passes.notes", "mark_notes", NAMED, "mark footnotes, the links to them and their way back"),
    Pass("passes.header", "take_kicker", KICKERS, "take the line above the title, which the chapter's header shows"),
    Pass(
        "passes.headerlines", "drop_header_lines", None, "drop title and date on top, which the chapter's header shows"
    ),
    Pass("passes.header", "take_standfirst", STANDFIRSTS, "take the standfirst, which the chapter's header shows"),
    Pass(
        "passes.boilerplate",
        "drop_boilerplate",
        REPEATED_TEXT,
        "drop what many articles of the source repeat at the edges",
    ),
    Pass(
        "passes.apart", "set_apart", None, "mark breaks, notes, subheadings, pull quotes and the authors of quotations"
    ),
    Pass("furniture.headings", "drop_idle_headings", HEADINGS, "drop headings whose text has gone"),
    Pass("passes.headings", "number_headings", HEADINGS, "begin headings at h2 and skip no level"),
    Pass(
        "passes.links", "resolve_links", LINKED, "make links absolute, keep those inside the chapter, unwrap the rest"
    ),
)


def run_passes(root: Tag, context: PassContext) -> None:
    """Run each pass that the article needs on its tree."""
    for module, function, triggers, _ in PASSES:
        if triggers is None or not triggers.isdisjoint(context.names):
            _load(module, function)(root, context)


_Function: TypeAlias = Callable[[Tag, PassContext], None]


@cache
def _load(module: str, function: str) -> _Function:
    return cast("_Function", getattr(import_module(f"epubmaker.chapters.{module}"), function))
