"""Presentational MathML, rebuilt from an allow-list (MathML 3, chapter 3; the part of it that EPUB 3.3 takes)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bs4.element import NavigableString, Tag

from epubmaker.chapters.tree import visible_text
from epubmaker.chapters.xhtml.content import DROPPED, names
from epubmaker.text.characters import clean, plain
from epubmaker.text.xhtml import attribute as quoted
from epubmaker.text.xhtml import escaped

__all__ = ["mathematics"]

_DEEPEST = 40
_TOKENS = names("mi mn mo ms mtext")
_ROWS = names("menclose merror mpadded mphantom mrow msqrt mstyle")
_ARGUMENTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
_SKIPPED = DROPPED | names("annotation annotation-xml maligngroup malignmark")

_TRUTH = re.compile("true|false")
_LENGTH = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,4})?(?:em|ex|px|pt|%)")
_VALUES: Mapping[str, re.Pattern[str]] = {
    "accent": _TRUTH,
    "accentunder": _TRUTH,
    "columnalign": re.compile("(?:left|center|right)(?: (?:left|center|right)){0,30}"),
    "displaystyle": _TRUTH,
    "fence": _TRUTH,
    "linethickness": re.compile(r"0|thin|medium|thick|[0-9]{1,3}(?:\.[0-9]{1,3})?(?:em|ex|px|pt)"),
    "lspace": _LENGTH,
    "mathvariant": re.compile(
        "normal|bold|italic|bold-italic|double-struck|bold-fraktur|script|bold-script|fraktur|sans-serif|bold-sans-serif|"
        "sans-serif-italic|sans-serif-bold-italic|monospace"
    ),
    "notation": re.compile("longdiv|actuarial|radical|box|roundedbox|circle|left|right|top|bottom|updiagonalstrike"),
    "rspace": _LENGTH,
    "stretchy": _TRUTH,
    "width": _LENGTH,
}
_KEPT: Mapping[str, tuple[str, ...]] = {
    "menclose": ("notation",),
    "mfrac": ("linethickness",),
    "mi": ("mathvariant",),
    "mn": ("mathvariant",),
    "mo": ("fence", "stretchy", "lspace", "rspace", "mathvariant"),
    "mover": ("accent",),
    "mspace": ("width",),
    "mstyle": ("displaystyle",),
    "mtable": ("columnalign", "displaystyle"),
    "mtext": ("mathvariant",),
    "munder": ("accentunder",),
    "munderover": ("accent", "accentunder"),
}


def mathematics(tag: Tag) -> str | None:
    """Return a `math` element as markup with its name space; None where nothing of it can be shown as a formula.

    Content markup and annotations are dropped; a TeX annotation becomes the alternative text. An element with the wrong
    number of arguments becomes a row of them.
    """
    inner = _children(tag, 0)
    if inner is None or not re.search(r"<m(?:i|n|o|s|text)\b[^>]*>[^<]", inner):
        return None
    block = ' display="block"' if str(tag.attrs.get("display") or "") == "block" else ""
    text = plain(str(tag.attrs.get("alttext") or "")) or _annotation(tag)
    alternative = f" alttext={quoted(text)}" if text else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{block}{alternative}>{inner}</math>'


def _annotation(tag: Tag) -> str:
    for found in tag.find_all("annotation", limit=5):
        if "tex" in str(found.attrs.get("encoding") or "").lower():
            return plain(found.get_text())[:2000]
    return ""


def _children(tag: Tag, depth: int) -> str | None:
    written = _list(tag, depth)
    return None if written is None else "".join(written)


def _list(tag: Tag, depth: int) -> list[str] | None:
    """Return each child as one expression; None where they are nested too deeply."""
    if depth > _DEEPEST:
        return None
    written = []
    for child in tag.contents:
        if isinstance(child, NavigableString):
            text = escaped(plain(child))
            if text:
                written.append(f"<mtext>{text}</mtext>")
        elif isinstance(child, Tag) and child.name not in _SKIPPED:
            expression = _expression(child, depth + 1)
            if expression is None:
                return None
            if expression:
                written.append(expression)
    return written


def _expression(tag: Tag, depth: int) -> str | None:
    if tag.name in _TOKENS:
        return f"<{tag.name}{_attributes(tag)}>{escaped(clean(visible_text(tag)).strip())}</{tag.name}>"
    if tag.name == "mspace":
        return f"<mspace{_attributes(tag)}/>"
    if tag.name == "mtable":
        return _table(tag, depth)
    children = _list(tag, depth)
    return None if children is None else _scheme(tag, children)


def _scheme(tag: Tag, children: list[str]) -> str:
    """Return an element that holds expressions; a row of them where it needs another number."""
    name = tag.name
    if name == "semantics":
        return children[0] if children else ""
    if name == "mfenced":
        return _fenced(tag, children)
    wanted = _ARGUMENTS.get(name)
    if wanted is not None and len(children) <= wanted:
        children += ["<mrow></mrow>"] * (wanted - len(children))
    elif name not in _ROWS:
        if len(children) == 1:
            return children[0]
        return f"<mrow>{''.join(children)}</mrow>"
    return f"<{name}{_attributes(tag)}>{''.join(children)}</{name}>"


def _fenced(tag: Tag, children: list[str]) -> str:
    """Write `mfenced`, which readers no longer support, as the operators and expressions that it stands for."""
    opened, closed = (
        escaped(plain(str(tag.attrs.get(key, default)))) for key, default in (("open", "("), ("close", ")"))
    )
    separators = [escaped(sign) for sign in plain(str(tag.attrs.get("separators", ","))).replace(" ", "")]
    row = ""
    for number, child in enumerate(children):
        if number and separators:
            row += f"<mo>{separators[min(number, len(separators)) - 1]}</mo>"
        row += child
    return f"<mrow><mo>{opened}</mo>{row}<mo>{closed}</mo></mrow>"


def _table(tag: Tag, depth: int) -> str | None:
    rows = []
    for row in _tags(tag):
        cells = []
        for cell in _tags(row) if row.name in {"mtr", "mlabeledtr"} else (row,):
            inner = _children(cell, depth + 2) if cell.name == "mtd" else _expression(cell, depth + 2)
            if inner is None:
                return None
            cells.append(f"<mtd>{inner}</mtd>")
        rows.append(f"<mtr>{''.join(cells)}</mtr>")
    return f"<mtable{_attributes(tag)}>{''.join(rows)}</mtable>"


def _tags(tag: Tag) -> Iterable[Tag]:
    return (child for child in tag.contents if isinstance(child, Tag) and child.name not in _SKIPPED)


def _attributes(tag: Tag) -> str:
    written = ""
    for key in _KEPT.get(tag.name, ()):
        value = str(tag.attrs.get(key) or "").strip()
        if _VALUES[key].fullmatch(value):
            written += f' {key}="{value}"'
    return written
