"""Leave each formula once that a page's script has drawn (MathJax 2 to 4, KaTeX): best as MathML.

Such scripts put several copies side by side: what they draw, MathML for screen readers, the source. Of these stays the
MathML; without any, the drawing, the source, the label, or at last the letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.pictures.drawn import FORMULA
from epubmaker.chapters.tree import (
    Edits,
    attribute,
    element,
    is_text,
    tags_in_order,
    tags_within,
    text_within,
)
from epubmaker.chapters.xhtml.content import names
from epubmaker.text.characters import plain

__all__ = ["settle_formulas"]

_ROOTS = names(
    "MathJax MathJax_Display MathJax_SVG MathJax_SVG_Display MathJax_CHTML MathJax_PHTML MathJax_MathML mjx-chtml "
    "MJXc-display katex katex-display"
)
_DISPLAYED = names("MathJax_Display MathJax_SVG_Display MJXc-display katex-display")
_OF_TEXTS = names("p h1 h2 h3 li img")  # a box that holds such is no formula
_SOURCE = re.compile(r"math/(?:tex|asciimath|mml)\b")
_CODE = re.compile(r"\bmjx-c([0-9A-F]{2,6})\b")  # the character that a style sheet draws
_LONGEST = 100_000  # characters of MathML in an attribute or a script


def settle_formulas(root: Tag, context: PassContext) -> None:
    """Put one form of each drawn formula in the place of all."""
    edits = Edits(root)
    inside: PageElement | None = None
    settled: set[int] = set()
    for node in tags_in_order(root):
        if id(node) in settled:
            continue
        if inside is not None and any(parent is inside for parent in node.parents):
            continue
        inside = None
        if node.name == "script" and _SOURCE.match(str(node.attrs.get("type") or "")):
            if "mml" in str(node.attrs["type"]) and (found := _parsed("".join(map(str, node.contents)))) is not None:
                edits.replace(node, found)
                context.names.add("math")
        elif _is_root(node):
            inside = node
            script = _script_after(node, context)
            best = _best(node, script)
            edits.replace(node, *best)
            if script is not None:
                settled.add(id(script))
                edits.remove(script)
    edits.apply()


def _is_root(tag: Tag) -> bool:
    if tag.name == "mjx-container":
        return True
    classes = tag.attrs.get("class")
    if not classes or tag.name not in {"span", "div", "p"} or _ROOTS.isdisjoint(str(classes).split()):
        return False
    return all(inner.name not in _OF_TEXTS for inner in tags_within(tag))


def _best(root: Tag, script: Tag | None) -> Iterator[PageElement]:
    """Yield what stands in the place of a formula."""
    inner = list(tags_within(root))
    classes = attribute(root, "class").split()
    displayed = not _DISPLAYED.isdisjoint(classes) or "display" in root.attrs
    given = (_parsed(attribute(tag, "data-mathml")) for tag in (root, *inner) if "data-mathml" in tag.attrs)
    formula = next((tag for tag in inner if tag.name == "math"), None) or next(given, None)
    if formula is None and script is not None and "mml" in attribute(script, "type"):
        formula = _parsed("".join(map(str, script.contents)))
    svg = next((tag for tag in inner if tag.name == "svg"), None)
    label = _label(root, inner)
    if formula is not None:
        if displayed:
            formula.attrs["display"] = "block"
        yield element("p", [formula]) if displayed and root.name != "span" else formula
    elif svg is not None and script is None:
        for name in ("aria-hidden", "role", "focusable"):
            svg.attrs.pop(name, None)
        if label:
            svg.attrs["aria-label"] = label
        svg.attrs["class"] = FORMULA
        yield element("p", [svg]) if displayed else svg
    elif script is not None:
        code = element("code", [NavigableString("".join(map(str, script.contents)))])
        yield element("p", [code]) if displayed else code
    elif label:
        yield NavigableString(label)
    else:
        yield element("p" if displayed else "span", _letters(root))


def _label(root: Tag, inner: list[Tag]) -> str:
    for tag in (root, *inner):
        for name in ("aria-label", "alttext", "data-latex", "data-semantic-speech"):
            if found := plain(attribute(tag, name)):
                return found
    return ""


def _letters(root: Tag) -> list[PageElement]:
    """Return the letters of a formula: its own, or those that a style sheet draws."""
    if text_within(root, 1):
        _mark_scripts(root)
        return root.contents
    letters = []
    for tag in tags_within(root):
        for code in _CODE.findall(attribute(tag, "class")):
            number = int(code, 16)
            if 0x20 <= number <= 0x1FFFF:
                letters.append(chr(number))
    return [NavigableString("".join(letters))]


def _mark_scripts(root: Tag) -> None:
    """Mark what KaTeX sets higher or lower, and leave no class by which its letters would be taken for hidden ones."""
    every = [(tag, attribute(tag, "class").split()) for tag in tags_within(root)]
    for tag, classes in every:
        if "msupsub" in classes:
            low = any("vlist-t2" in attribute(inner, "class").split() for inner in tags_within(tag))
            tag.name = "sub" if low else "sup"
    for tag, _ in every:
        tag.attrs = {}


def _script_after(root: Tag, context: PassContext) -> Tag | None:
    """Return the source of a formula: the script behind it, or the one that has its id."""
    near: PageElement | None = root
    for _ in range(3):
        following = near.next_sibling if near is not None else None
        while following is not None and not isinstance(following, Tag) and not is_text(following):
            following = following.next_sibling
        if isinstance(following, Tag) and following.name == "script":
            return following if _SOURCE.match(attribute(following, "type")) else None
        if following is not None or near is None:
            break
        near = near.parent if near.parent is not None and near.parent.name in {"span", "div"} else None
    named = attribute(root, "id").removesuffix("-Frame")
    found = context.anchors.get(named) if named else None
    return found if found is not None and _SOURCE.match(attribute(found, "type")) else None


def _parsed(markup: str) -> Tag | None:
    """Return the `math` element that a text holds, None where it holds none."""
    if not 0 < len(markup) < _LONGEST or "<" not in markup:
        return None
    body = parse(markup).body
    return next((tag for tag in tags_within(body) if tag.name == "math"), None)
