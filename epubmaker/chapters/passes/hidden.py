"""Drop the parts of an article that a browser does not show."""

from __future__ import annotations

import re

from bs4.element import Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.triggers import NEVER_SHOWN
from epubmaker.chapters.style import is_hidden
from epubmaker.chapters.tree import Edits, element, in_order
from epubmaker.chapters.xhtml.content import names

__all__ = ["drop_hidden"]

# For screen readers only ("opens in a new window"), or the second copy of a formula, which style sheets draw.
_HIDDEN_CLASS = re.compile(
    r"(?:^|\s)(?:sr-only|visually-?hidden|element-(?:invisible|hidden)|screen-reader-(?:text|only)|u-visually-hidden|katex-html|MathJax_Preview|"
    r"mw-editsection|mw-cite-backlink-placeholder)(?:$|\s)"
)
# Signs that link a heading to itself and show on hovering.
_PERMALINK_CLASS = re.compile(r"(?:^|\s)(?:headerlink|anchor(?:-?link|js-link)?|permalink|header-anchor)(?:$|\s)")
_PERMALINK_SIGNS = names("¶ # § 🔗 ⚓ ∞ \uf0c1")
# Scripts may show these later: `find_pictures` decides which of them are hidden.
_PICTURES = frozenset({"img", "picture", "video", "amp-img", "source"})


def drop_hidden(root: Tag, _: PassContext) -> None:
    """Remove scripts, styles, templates, hidden elements, and signs that only work on a screen."""
    edits = Edits(root)
    for node in in_order(root):
        if not isinstance(node, Tag):
            continue
        if node.name == "script" and str(node.attrs.get("type") or "").startswith("math/tex"):
            edits.replace(node, element("code", node.contents))  # a formula that a script would have drawn
        elif node.name in NEVER_SHOWN or (node.attrs and _is_invisible(node)):
            edits.remove(node)
    edits.apply()


def _is_invisible(tag: Tag) -> bool:
    given = tag.attrs
    if tag.name in _PICTURES:
        return False
    if is_hidden(given):
        return True
    classes = str(given.get("class") or "")
    if not classes:
        return False
    if _HIDDEN_CLASS.search(classes):
        return True
    return tag.name == "a" and bool(_PERMALINK_CLASS.search(classes)) and tag.get_text().strip() in _PERMALINK_SIGNS
