"""What an article's styles say: one reading of `style` attributes and `style` sheets (CSS 2.1 and its modules).

The pass `apply_sheets` comes first and writes what the sheets declare for an element into its `style` attribute, before
what stands there, as the cascade has it. So every later part asks one function, and needs neither sheets nor context:

    style = style_of(tag)               # or `read(text)` for the value of an attribute; costs nothing without one
    style.is_hidden                     # display: none, visibility: hidden; `is_hidden(tag.attrs)` knows `hidden`, too
    style.is_block                      # block, list-item, table, flex, grid, not inline-block and the like
    style.keeps_lines, .keeps_spaces    # white-space, and is_monospace
    style.direction                     # "ltr", "rtl", "" where it is not declared
    style.marks                         # list-style-type: "none", "lower-alpha", ...
    style.align                         # "left", "right", "center", "justify", "start", "end"
    style.pixels("width", of=600)       # in CSS pixels, a float; units, calc and variables that it does not know are None
    style.size(tag.attrs)               # (width, height) in pixels, of the style, else of the attributes
    style.is_bold, .is_italic           # None where it is not declared; .lines: {"underline", "line-through"}
    style.raised                        # vertical-align: "super", "sub", "-0.3ex", ...
    style.background                    # the address of its background picture
    style["font-size"]                  # any declared value in lower case, "" where there is none

What one element says is not inherited: where that matters, the caller has what is in force (`xhtml.places.Place`). Values
that no browser knows are passed over, as browsers do.

declarations.py  a declaration list as a mapping of properties
lists.py         the pass `mark_lists`
reading.py       what the value of a `style` attribute means: `Style`
selectors.py     selectors, and which of many an element matches
sheets.py        the pass `apply_sheets`
structure.py     the pass `apply_styles`: blocks, lines and directions as elements and attributes
"""

from epubmaker.chapters.style.reading import NO_STYLE, Style, is_hidden, read, style_of

__all__ = ["NO_STYLE", "Style", "is_hidden", "read", "style_of"]
