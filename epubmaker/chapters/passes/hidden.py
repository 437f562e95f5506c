"""Drop the parts of an article that a browser does not show: the one place that decides what is hidden.

Sites hide things for three reasons. What is hidden beside a text that is shown goes: menus, messages, copies. What the
reader opens stays: the answers of accordions, tabs, the rest of a text. And where most of the text is hidden, a script of
the site would have shown it: then it stays, with its pictures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.parse import TEMPLATE
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.triggers import NEVER_SHOWN
from epubmaker.chapters.style import is_hidden, style_of
from epubmaker.chapters.tree import Edits, attribute, element, is_text, tags_in_order, text_within, walk
from epubmaker.chapters.xhtml.content import names

__all__ = ["drop_hidden"]

_GIST = re.compile(r"https://gist\.github\.com/[\w./-]{1,200}\.js")
# For screen readers only ("opens in a new window"); a site may put its own letters before and behind.
_UNSEEN_CLASS = re.compile(
    r"(?<![^\s_-])(?<!not-)(?:sr-only|visually-?[hH]idden|element-(?:invisible|hidden)|screen-reader-(?:text|only))"
    r"(?:-focusable)?(?=$|\s|__)"
)
# The second copy of a formula, which style sheets draw, and links for editors.
_COPY_CLASS = re.compile(r"(?:^|\s)(?:katex-html|MathJax_Preview|mw-editsection|mw-cite-backlink-placeholder)(?:$|\s)")
# Signs that link a heading to itself and show on hovering.
_PERMALINK_CLASS = re.compile(r"(?:^|\s)(?:headerlink|anchor(?:-?link|js-link)?|permalink|header-anchor)(?:$|\s)")
_PERMALINK_SIGNS = names("¶ # § 🔗 ⚓ ∞ \uf0c1")
# Scripts may show these later: `find_pictures` decides which of them are hidden.
_PICTURES = frozenset({"img", "picture", "video", "amp-img", "source"})

# What stands around a text, and is hidden until somebody asks for it.
_AROUND = names("a aside button dialog footer form label menu nav select")
_NO_TEXT = names("button nav select")
_LINK = "link"  # the text of links that are shown: many are a menu
_AROUND_CLASS = re.compile(
    r"(?:^|[\s_-])(?:menu|nav|navbar|navigation|modal|popup|pop-up|overlay|tooltip|share|sharing|social|comments?|cookies?|"
    r"newsletter|subscribe|signup|login|search|related|footer|sidebar|toast|alert|banner|dropdown|lightbox|print-only)(?:$|[\s_-])",
    re.IGNORECASE,
)
_OPENED_CLASS = re.compile(
    r"(?:^|[\s_-])(?:accordion|collapse|collapsible|collapsed|tab-?pane|tab-?content|tab-?panel|faq|answer|read-?more|"
    r"more-(?:text|content)|spoiler|toggle|expand(?:able|ed)?|panel|details)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NAMING = ("aria-controls", "data-target", "data-bs-target", "href")  # that name what a control opens
_CONTROLS = names("aria-controls aria-expanded data-target data-bs-target data-toggle data-bs-toggle")
_TELLING = _CONTROLS | {"class", "hidden", "style"}
_ANSWER_CLASS = re.compile(
    r"(?:^|[\s_-])(?:accordion|faq|answer|tab-?(?:pane|content|panel)|spoiler)(?:$|[\s_-])", re.IGNORECASE
)
_LEAST_ANSWER = 20  # characters of what a reader opens, where neither its class nor its end tells a text from a message
_SENTENCE = re.compile(r"\w.*[.!?…。！？]\W*\Z", re.DOTALL)
_LEAST_TEXT = 60  # characters of a hidden text that may be the article
_LONG_STRING = 40  # characters of a string that is a copy where it stands twice
_ROUNDS = 4  # boxes in boxes, each hidden by itself


@dataclass(slots=True)
class _Found:
    """What one look at the tree found: hidden elements with the way in which they are, and the ids that controls name."""

    hidden: list[tuple[Tag, str]] = field(default_factory=list)
    named: set[str] = field(default_factory=set)

    def look_at(self, tag: Tag) -> None:
        if way := _way(tag):
            self.hidden.append((tag, way))
        if not _CONTROLS.isdisjoint(tag.attrs):
            for name in _NAMING:
                self.named.update(str(tag.attrs.get(name) or "").replace("#", " ").split())


def drop_hidden(root: Tag, context: PassContext) -> None:
    """Remove scripts, styles, hidden elements, and signs that only work on a screen."""
    edits = Edits(root)
    found = _Found()
    for node in tags_in_order(root):
        if node.name == "script" and (put := _put_by(node)) is not None:
            edits.replace(node, put)
            context.names.add(put.name)
        elif node.name == "title" and node.parent is not None and node.parent.name == "svg":
            node.parent.attrs.setdefault("aria-label", node.get_text())
            edits.remove(node)
        elif node.name in NEVER_SHOWN:
            edits.remove(node)
        elif not _TELLING.isdisjoint(node.attrs) or node.name in {TEMPLATE, "dialog"}:
            found.look_at(node)
    shown = _shown(root, found) if found.hidden else set()
    gone = [(node, way) for node, way in found.hidden if id(node) not in shown]
    _count(gone, context)
    for node, _way_hidden in gone:
        edits.remove(node)
    for node, _way_hidden in found.hidden:
        if id(node) in shown and node.name == TEMPLATE:
            node.name = "div"
    edits.apply()


def _put_by(script: Tag) -> Tag | None:
    """Return what a script would put in its own place: a formula, a frame with a post or code; None for any other one."""
    if attribute(script, "type").startswith("math/tex"):
        return element("code", script.contents)
    if post := attribute(script, "data-telegram-post"):
        return element("iframe", src=f"https://t.me/{post}")
    gist = _GIST.match(attribute(script, "src"))
    return element("iframe", src=gist[0].removesuffix(".js")) if gist else None


def _count(gone: Iterable[tuple[Tag, str]], context: PassContext) -> None:
    """Count the parts that hold a text or a picture, each once where one holds another; no copies and signs."""
    counted: set[int] = set()  # with all that is in them
    for part, way in gone:
        if id(part) in counted or (way == "for ever" and part.name != "dialog"):
            continue
        inside = list(walk(part))
        counted.update(map(id, inside))
        characters = sum(len(node.strip()) for node in inside if isinstance(node, NavigableString) and is_text(node))
        if characters or any(isinstance(node, Tag) and node.name in _PICTURES for node in inside):
            context.left_out["hidden"] += 1
            context.left_out_characters += characters


def _way(tag: Tag) -> str:
    """Return in which way an element is hidden, "" where it is shown."""
    given = tag.attrs
    way = ""
    if tag.name in _PICTURES:
        pass
    elif tag.name == TEMPLATE:
        way = "" if "shadowrootmode" in given or "shadowroot" in given else "template"
    elif tag.name == "dialog" and "open" not in given:
        way = "for ever"
    elif is_hidden(given):
        way = "style" if style_of(tag).is_hidden else "attribute"
    elif classes := str(given.get("class") or ""):
        if _UNSEEN_CLASS.search(classes):
            way = "class"
        elif _COPY_CLASS.search(classes) or (tag.name == "a" and _is_permalink(tag, classes)):
            way = "for ever"
    return way


def _is_permalink(tag: Tag, classes: str) -> bool:
    return bool(_PERMALINK_CLASS.search(classes)) and tag.get_text().strip() in _PERMALINK_SIGNS


# --- what is shown all the same ---------------------------------------------------------------------------------------


def _shown(root: Tag, found: _Found) -> set[int]:
    """Return the identities of the hidden elements that stay."""
    may_be = {id(tag): way for tag, way in found.hidden if way != "for ever" and not _is_around(tag)}
    shown = {id(tag) for tag, way in found.hidden if id(tag) in may_be and way != "class" and _opens(tag, found.named)}
    hidden = {id(tag) for tag, _ in found.hidden}
    for _round in range(_ROUNDS):
        ways = _hidden_text(root, hidden - shown, may_be)
        if not ways:
            break
        shown |= {id(tag) for tag, way in found.hidden if id(tag) in may_be and way in ways and _holds_something(tag)}
    return shown


def _is_around(tag: Tag) -> bool:
    names_of_it = f"{attribute(tag, 'class')} {attribute(tag, 'id')}"
    role = attribute(tag, "role")
    return (
        tag.name in _AROUND
        or role in {"dialog", "alert", "menu", "navigation"}
        or bool(_AROUND_CLASS.search(names_of_it))
    )


def _holds_something(tag: Tag) -> bool:
    return any(is_text(node) or (isinstance(node, Tag) and node.name in _PICTURES) for node in walk(tag))


def _opens(tag: Tag, named: set[str]) -> bool:
    """Return True for a text that the reader opens: a control names it, or stands before it, or its class says so."""
    told = (
        attribute(tag, "id") in named
        or attribute(tag, "role") == "tabpanel"
        or bool(_OPENED_CLASS.search(attribute(tag, "class")))
        or _follows_a_control(tag)
    )
    return told and _is_answer(tag) and not _is_of_links(tag)


def _is_answer(tag: Tag) -> bool:
    text = text_within(tag, _LEAST_ANSWER)
    if len(text) >= _LEAST_ANSWER or _SENTENCE.search(text):
        return True
    is_told = attribute(tag, "role") == "tabpanel" or _ANSWER_CLASS.search(attribute(tag, "class"))
    return bool(is_told and text.strip())


def _follows_a_control(tag: Tag) -> bool:
    before = tag.previous_sibling
    while before is not None and not isinstance(before, Tag) and not is_text(before):
        before = before.previous_sibling
    while isinstance(before, Tag):
        if before.name == "button" or "aria-expanded" in before.attrs or attribute(before, "role") in {"button", "tab"}:
            return True
        inner = [node for node in before.contents if isinstance(node, Tag) or is_text(node)]
        before = inner[0] if len(inner) == 1 and isinstance(inner[0], Tag) else None
    return False


def _is_of_links(tag: Tag) -> bool:
    """Return True where most of a text is in links, or it holds a form."""
    within = linked = 0
    waiting: list[tuple[PageElement, bool]] = [(tag, False)]
    while waiting:
        node, in_link = waiting.pop()
        if isinstance(node, Tag):
            if node.name in {"form", "input", "nav"}:
                return True
            waiting += [(child, in_link or node.name == "a") for child in node.contents]
        elif is_text(node):
            length = len(str(node).strip())
            within += length
            linked += length if in_link else 0
    return 2 * linked > within


def _hidden_text(root: Tag, hidden: set[int], may_be: dict[int, str]) -> set[str]:
    """Return in which ways the text is hidden, where most of it is; else nothing."""
    texts = list(_texts(root, hidden, may_be))
    shown = sum(len(text) for text, way in texts if not way)
    copies = {text for text, way in texts if not way and len(text) >= _LONG_STRING}
    seen: Counter[str] = Counter()
    for text, way in texts:
        if way not in {"", _LINK} and text not in copies:
            seen[way] += len(text)
            if len(text) >= _LONG_STRING:
                copies.add(text)
    total = seen.total()
    if total <= shown or (total < _LEAST_TEXT and not all(way in seen for _, way in texts)):
        return set()
    return {way for way, size in seen.items() if 4 * size >= total}


def _texts(root: Tag, hidden: set[int], may_be: dict[int, str]) -> Iterator[tuple[str, str]]:
    """Yield the texts, outside of what stands around them, with the way in which each is hidden, "" for none.

    That of links that are shown is `_LINK`.
    """
    waiting: list[tuple[PageElement, str]] = [(root, "")]
    while waiting:
        node, way = waiting.pop()
        if isinstance(node, NavigableString):
            if is_text(node):
                yield node.strip(), way
            continue
        if not isinstance(node, Tag) or node.name in NEVER_SHOWN:
            continue
        if id(node) in hidden:
            if id(node) not in may_be:
                continue
            way = way or may_be[id(node)]
        elif node.name == "a" and not way:
            way = _LINK
        elif node.name in (_AROUND if way else _NO_TEXT):
            continue
        waiting += [(child, way) for child in reversed(node.contents)]
