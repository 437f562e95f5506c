"""Which passes an article needs, told by what occurs in it.

The names of a set are elements, and attributes with an "@" before them, as `parse.Parsed.names` has them: a pass of which
none occurs has nothing to do, and is not even imported. A module of its own, since most articles need only two or three.
"""

from __future__ import annotations

from epubmaker.chapters.xhtml.content import names

__all__ = [
    "ADDRESSED",
    "BACKGROUNDS",
    "CONTROLS",
    "EMBEDS",
    "HEADINGS",
    "IMAGES",
    "LINKED",
    "PICTURED",
    "UNSEEN",
]

UNSEEN = names(
    "@hidden @style @class @aria-hidden script style template title head link meta base noframes noembed datalist"
)
IMAGES = names("img amp-img amp-anim")
# Attributes that scripts make a background of.
BACKGROUNDS = names(
    "data-bg data-background data-background-image data-bg-src data-bgset data-lazy-background "
    "data-lazy-bg data-bg-url data-background-src data-src data-original data-srcset"
)
PICTURED = IMAGES | names("embed noscript object svg video @style") | {f"@{name}" for name in BACKGROUNDS}
EMBEDS = names(
    "amp-audio amp-iframe amp-video amp-vimeo amp-youtube applet audio embed iframe lite-youtube object video youtube-video"
)
CONTROLS = names("input select datalist progress meter")
HEADINGS = names("h1 h2 h3 h4 h5 h6")
ADDRESSED = names("@id @name")
LINKED = ADDRESSED | {"@href"}
