"""Number the headings from h2 on without skipping a level; empty headings and whole texts are none.

A sign in a heading that is only a link to the heading goes: in a book it leads nowhere else.
"""

from __future__ import annotations

from bs4.element import NavigableString, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, tags_in_order, walk
from epubmaker.chapters.xhtml.content import HEADINGS, names

__all__ = ["number_headings"]

_FIRST, _LAST = 2, 6  # h1 is the chapter's title
_SIGNS = frozenset({"#", "¶", "§", "🔗", "\u2693"})
_LONGEST = 400  # characters of a heading; a longer one lacks its end tag, and the article is in it
_NEVER_INSIDE = HEADINGS | names("blockquote figure ol pre table ul")


def number_headings(root: Tag, _: PassContext) -> None:
    """Give headings levels from h2 on, each at most one below the one that it stands under; others become `div`."""
    above: list[int] = []  # the original levels of the headings that the current one stands under
    for tag in tags_in_order(root):
        if tag.name not in HEADINGS:
            continue
        _drop_sign(tag)
        if not _is_heading(tag):
            tag.name = "div"
            continue
        level = int(tag.name[1])
        while above and above[-1] >= level:
            above.pop()
        tag.name = f"h{min(_FIRST + len(above), _LAST)}"
        above.append(level)


def _drop_sign(heading: Tag) -> None:
    """Take the link out of a heading that is a sign alone."""
    for link in [node for node in walk(heading) if isinstance(node, Tag) and node.name == "a"]:
        if link.get_text().strip() in _SIGNS and not any(
            isinstance(node, Tag) and node.name == "img" for node in walk(link)
        ):
            edits = Edits(heading)
            edits.fill(link, [])
            edits.apply()


def _is_heading(tag: Tag) -> bool:
    length = blocks = 0
    for node in walk(tag):
        if isinstance(node, NavigableString):
            length += len(node.strip())
        elif isinstance(node, Tag):
            blocks += node.name == "p"
            if node.name in _NEVER_INSIDE or blocks > 1:
                return False
        if length > _LONGEST:
            return False
    return length > 0
