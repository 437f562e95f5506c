"""The form of a document for Adobe's engine (RMSDK), which knows XHTML 1.1 and neither MathML nor ruby.

It shows the text of elements that it does not know in one line: a fraction as one number, a ruby reading as part of the
word. So readings get brackets, for which HTML has `rp`, and a formula becomes a line of text: the alternative that its
author gave, else one made of its parts.

Takes markup as `epubmaker.chapters.render` writes it: well-formed, without comments and CDATA sections.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from epubmaker.text import xhtml

__all__ = ["simplify"]

# A zero-width space, which it shows as a box; it stays in Thai and the scripts near it, whose lines end at no other place.
_CODE_BREAK = re.compile(rb"(?<![\xe0\xe1][\x80-\xbf][\x80-\xbf])\xe2\x80\x8b")
_MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
_RUBY = re.compile(r"<ruby\b.*?</ruby>", re.DOTALL)
_READING = re.compile(r"<rt\b.*?</rt>", re.DOTALL)
_SPACE = "{http://www.w3.org/1998/Math/MathML}"
_MAX_DEPTH = 60  # elements; the chapters stage writes at most 40
_BRACKETS = {"msub": "{}_{}", "msup": "{}^{}", "msubsup": "{}_{}^{}", "mfrac": "{}/{}", "mroot": "{}^(1/{})"}
_BRACKETS |= {"munder": "{}_{}", "mover": "{}^{}", "munderover": "{}_{}^{}"}


def simplify(document: bytes) -> bytes:
    """Return an XHTML document (UTF-8) with formulas as text, readings in brackets, and no places to break within words."""
    if b"\xe2\x80\x8b" in document:
        document = _CODE_BREAK.sub(b"", document)
    document = document.replace(b"<wbr/>", b"")
    if b"<math" not in document and b"<ruby" not in document:
        return document
    markup = _MATH.sub(lambda match: _formula(match[0]), document.decode())
    return _RUBY.sub(lambda match: _bracketed(match[0]), markup).encode()


def _bracketed(ruby: str) -> str:
    if "<rp" in ruby:
        return ruby
    return _READING.sub(lambda match: f"<rp>(</rp>{match[0]}<rp>)</rp>", ruby)


def _formula(math: str) -> str:
    root = ET.fromstring(math)  # noqa: S314 - written by the chapters stage, without a doctype
    formula = root.get("alttext") or _line(root, 0)
    return f'<span class="formula">{xhtml.text(formula)}</span>'


def _line(element: ET.Element, depth: int) -> str:
    name = element.tag.removeprefix(_SPACE)
    if depth > _MAX_DEPTH or not len(element):
        return element.text or ""
    parts = [_line(child, depth + 1) for child in element]
    if name == "msqrt":
        return f"√{_grouped(''.join(parts))}"
    if name == "mtable":
        return "; ".join(parts)
    if name == "mtr":
        return ", ".join(parts)
    if name in _BRACKETS:
        return _BRACKETS[name].format(*map(_grouped, _three(parts)))
    return "".join(parts)


def _three(parts: Sequence[str]) -> tuple[str, ...]:
    return (*parts, "", "", "")[:3]


def _grouped(text: str) -> str:
    """Return a part of a formula, in brackets if it is more than one sign or number."""
    text = text.strip()
    return text if len(text) <= 1 or text.isalnum() else f"({text})"
