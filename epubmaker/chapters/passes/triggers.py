"""The names that trigger passes: elements, and attributes with an "@" before them, as `parse.Parsed.names` has them."""

from __future__ import annotations

from epubmaker.chapters.tree import REF
from epubmaker.chapters.xhtml.content import HEADINGS, names

__all__ = [
    "BACKGROUNDS",
    "CONTROLS",
    "EMBEDS",
    "FORMULAS",
    "HEADINGS",
    "HIDDEN",
    "IMAGES",
    "KICKERS",
    "LINKED",
    "LISTINGS",
    "LISTS",
    "NAMED",
    "NEVER_SHOWN",
    "PICTURED",
    "PICTURES",
    "POSTS",
    "REPEATED_PICTURES",
    "REPEATED_TEXT",
    "SHEETS",
    "STANDFIRSTS",
    "STILL",
    "STYLED",
    "TABLES",
    "TOOLTIPS",
]

SHEETS = names("style")
STYLED = names("@style")
FORMULAS = names("script nobr mjx-container @aria-hidden @data-mathml")  # those that scripts have drawn
NEVER_SHOWN = names("script style title head link meta base noframes noembed datalist")
HIDDEN = NEVER_SHOWN | names("@hidden @style @class dialog inert-template")
IMAGES = names("img amp-img amp-anim")
# Attributes that scripts make a background of.
BACKGROUNDS = names(
    "data-bg data-background data-background-image data-bg-src data-bgset data-lazy-background "
    "data-lazy-bg data-bg-url data-background-src data-src data-original data-srcset"
)
PICTURED = (
    IMAGES | names("embed noscript object svg video @style @aria-label @title") | {f"@{name}" for name in BACKGROUNDS}
)
PICTURES = frozenset({f"@{REF}"})  # which `find_pictures` adds
REPEATED_TEXT = frozenset({":repeated-text"})  # which `draft` adds where it is asked to drop what repeats
REPEATED_PICTURES = frozenset({":repeated-pictures"})  # which `draft` adds where other articles show a picture, too
STILL = frozenset({":still"})  # which `draft` adds where an article without a picture gets one
EMBEDS = names(
    "amp-audio amp-iframe amp-video amp-vimeo amp-youtube applet audio embed iframe lite-youtube object video youtube-video"
)
KICKERS = names("@class")
STANDFIRSTS = HEADINGS | names("@class @itemprop")
POSTS = names("blockquote @data-href")
CONTROLS = names("input select textarea form")
TABLES = names("table")
LISTINGS = names("pre code table")
LISTS = names("dir menu ol ul")
TOOLTIPS = names(  # attributes with a note for whoever points at a word
    "@title @data-tooltip @data-tip @data-hint @data-title @data-original-title @data-bs-original-title @data-bs-title "
    "@data-tippy-content @data-tooltip-content @data-tooltip-text @data-balloon @data-popover @data-content "
    "@data-bs-content @data-definition @data-note @data-annotation @data-footnote @data-gloss"
)
NAMED = names("@id @name")
LINKED = NAMED | {"@href"} | EMBEDS  # the passes put links in the place of those
