"""Examines a stylesheet for four kinds of faults.

- "invalid": EPUBCheck reports an error. Always left out, so that a user's sheet cannot make the book invalid.
- "risky": Adobe's engine (older Kobo, PocketBook, Tolino) drops the whole sheet. Left out for those devices and a Kindle.
- "kindle": Amazon's converter refuses the book, or a Kindle ignores it. Left out for a Kindle.
- "taste": it overrides what the reader chooses, such as font and colors. Kept; the shipped styles have none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import tinycss2

__all__ = ["Examined", "Finding", "examine"]

Kind: TypeAlias = Literal["invalid", "risky", "kindle", "taste"]

# The at-rules that are kept, and what is inside their braces.
_AT_RULES = {"media": "rules", "supports": "rules", "layer": "rules", "page": "declarations"}
_FORBIDDEN = {"direction": "use dir in the text", "unicode-bidi": "use dir in the text"}  # EPUB 3.3, section 6.3
_FUNCTIONS = frozenset({"attr", "counter", "counters", "rgb", "rect", "url", "format", "local"})  # of CSS 2.1
_UNITS = frozenset({"em", "ex", "px", "pt", "pc", "cm", "mm", "in"})  # of CSS 2.1
_LAYOUTS = frozenset({"flex", "grid", "inline-flex", "inline-grid", "contents", "flow-root"})
_HIDDEN = "Send to Kindle refuses books with more than 10,000 hidden characters"
_NOT_ON_KINDLE = {"max-height": "Amazon's converter fails on it", "position": "a Kindle does not know it"}
# Newer than Adobe's engine (kobofix's list): it ignores the property, or the rule of the selector, or more.
_NEW_SELECTORS = frozenset({"has", "is", "where"})
_NEW_PROPERTIES = ("animation", "aspect-ratio", "grid", "object-fit", "object-position", "writing-mode")
_CRASHING = frozenset({"opacity", "position", "transform", "columns", "column-count"})
_COLORS = ("color", "background", "background-color", "border-color", "text-shadow", "box-shadow")
_GENERIC = frozenset({"serif", "sans-serif", "monospace", "inherit"})
_ABSOLUTE = frozenset({"px", "pt", "pc", "cm", "mm", "in"})
_COMBINATORS = frozenset({",", "~", "+", ">"})
# What the reader sets for the page as a whole.
_READERS_OWN = ("line-height", "font-family", "font-size", "font", "margin-left", "margin-right")


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and its line, from 1."""

    kind: Kind
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What is kept of a stylesheet, and all faults that were found in it."""

    css: str
    findings: tuple[Finding, ...]


def examine(css: str, dropped: Collection[Kind] = ()) -> Examined:
    """Return the sheet without its faults of the kind "invalid" and of the kinds in `dropped`. Never raises."""
    findings: list[Finding] = []
    nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    try:
        kept = "\n".join(_rules(nodes, findings, frozenset({"invalid", *dropped})))
    except RecursionError:  # brackets in brackets, a thousand deep
        return Examined("", (Finding("invalid", 1, "nested too deeply"),))
    return Examined(kept + "\n" if kept else "", tuple(sorted(findings, key=lambda finding: finding.line)))


def _rules(nodes: Iterable[Any], findings: list[Finding], dropped: frozenset[Kind]) -> Iterator[str]:
    """Yield the rules that are kept."""
    for node in nodes:
        if node.type == "error":
            findings.append(Finding("invalid", node.source_line, f"not CSS: {node.message}"))
        elif node.type == "at-rule":
            yield from _at_rule(node, findings, dropped)
        elif not _is_selector(node.prelude):
            text = tinycss2.serialize(node.prelude).strip()
            findings.append(Finding("invalid", node.source_line, f"not a selector: {text[:60]}"))
        else:
            selector = " ".join(tinycss2.serialize(node.prelude).split())
            whole = selector in {"body", "html", "p", "*"}
            if any(t.type == "function" and t.lower_name in _NEW_SELECTORS for t in _walk(node.prelude)):
                findings.append(
                    Finding("risky", node.source_line, f"{selector[:60]}: older readers do not know the selector")
                )
                if "risky" in dropped:
                    continue
            yield from _block(selector, _declarations(node.content, findings, dropped, whole=whole))


def _at_rule(node: Any, findings: list[Finding], dropped: frozenset[Kind]) -> Iterator[str]:
    name = node.lower_at_keyword
    inside = _AT_RULES.get(name)
    if inside is None or node.content is None:
        findings.append(Finding("invalid", node.source_line, f"@{name} leads out of the book or cannot be kept"))
        return
    findings.append(Finding("risky", node.source_line, f"@{name} makes some older readers drop the whole stylesheet"))
    if "risky" in dropped:
        return
    prelude = " ".join(tinycss2.serialize(node.prelude).split())
    if inside == "rules":
        nodes = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
        yield from _block(f"@{name} {prelude}", _rules(nodes, findings, dropped))
    else:
        yield from _block(f"@{name} {prelude}".rstrip(), _declarations(node.content, findings, dropped, whole=False))


def _block(head: str, lines: Iterable[str]) -> Iterator[str]:
    inside = " ".join(lines)
    if inside:  # some readers crash on an empty block
        yield f"{head} {{ {inside} }}"


def _declarations(content: Any, findings: list[Finding], dropped: frozenset[Kind], *, whole: bool) -> Iterator[str]:
    """Yield the declarations that are kept. `whole`: their rule is for the whole text."""
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if node.type != "declaration":
            message = f"not CSS: {node.message}" if node.type == "error" else "rules inside rules cannot be kept"
            findings.append(Finding("invalid", node.source_line, message))
            continue
        found = list(_faults(node, whole=whole))
        findings.extend(Finding(kind, node.source_line, message) for kind, message in found)
        if dropped.isdisjoint(kind for kind, _ in found):
            value = tinycss2.serialize(node.value).strip()
            yield f"{node.name}: {value}{' !important' if node.important else ''};"


def _faults(node: Any, *, whole: bool) -> Iterator[tuple[Kind, str]]:
    name = node.lower_name
    tokens = list(_walk(node.value))
    text = tinycss2.serialize(node.value).strip()
    if name in _FORBIDDEN:
        yield "invalid", f"{name} is not allowed in an EPUB: {_FORBIDDEN[name]}"
    if not text or any(
        token.type == "error" or (token.type == "literal" and token.value in "{};!") for token in tokens
    ):
        yield "invalid", f"{name} has no valid value"
    if any(token.type == "url" or (token.type == "function" and token.lower_name == "url") for token in tokens):
        yield "invalid", f"{name} names a file that is not in the book"
    yield from _risks(name, tokens)
    yield from _risks_on_kindle(name, tokens)
    idents = {token.lower_value for token in tokens if token.type == "ident"}
    if (name.startswith(_COLORS) and idents - {"inherit", "transparent", "none"}) or any(
        t.type == "hash" for t in tokens
    ):
        yield "taste", f"{name} may not be seen in night mode"
    if (name == "font-family" and idents - _GENERIC) or (
        name == "font-family" and any(t.type == "string" for t in tokens)
    ):
        yield "taste", "font-family: without the characters of the text it leaves gaps; the reader has fonts"
    if name == "font-size" and any(token.type == "dimension" and token.lower_unit in _ABSOLUTE for token in tokens):
        yield "taste", "font-size in fixed units does not follow the reader's choice"
    if whole and name in _READERS_OWN:
        yield "taste", f"{name} of the whole text is the reader's to choose"


def _risks(name: str, tokens: list[Any]) -> Iterator[tuple[Kind, str]]:
    """Yield the faults that make Adobe's engine drop the sheet or crash."""
    why = "makes some older readers drop the whole stylesheet"
    if name.startswith("--"):
        yield "risky", f"the custom property {name} {why}"
    if name in _CRASHING:
        yield "risky", f"{name} makes some older readers crash or hide text"
    if name.startswith(_NEW_PROPERTIES):
        yield "risky", f"{name} is unknown to older readers"
    for token in tokens:
        if token.type == "function" and token.lower_name not in _FUNCTIONS:
            yield "risky", f"{token.lower_name}() {why}"
        elif token.type == "dimension" and token.lower_unit not in _UNITS:
            yield "risky", f"the unit {token.lower_unit} {why}"
        elif token.type == "ident" and name == "display" and token.lower_value in _LAYOUTS:
            yield "risky", f"display: {token.lower_value} {why}"


def _risks_on_kindle(name: str, tokens: list[Any]) -> Iterator[tuple[Kind, str]]:
    """Yield the faults for which a Kindle refuses the book or ignores the declaration."""
    if name in _NOT_ON_KINDLE:
        yield "kindle", f"{name}: {_NOT_ON_KINDLE[name]}"
    for token in tokens:
        if token.type == "ident" and (name, token.lower_value) in {("display", "none"), ("visibility", "hidden")}:
            yield "kindle", f"{name}: {token.value}: {_HIDDEN}"
        elif name.startswith("margin") and token.type in {"dimension", "percentage", "number"} and token.value < 0:
            yield "kindle", f"a negative {name} is ignored by a Kindle or cuts text off"


def _walk(tokens: Iterable[Any]) -> Iterator[Any]:
    """Yield the tokens and all inside them. Not recursive, since brackets may be nested to any depth."""
    waiting = [iter(tokens)]
    while waiting:
        token = next(waiting[-1], None)
        if token is None:
            waiting.pop()
            continue
        yield token
        inside = getattr(token, "arguments", None) or getattr(token, "content", None)
        if inside:
            waiting.append(iter(inside))


def _is_selector(prelude: Any) -> bool:
    """Return whether the tokens before a block can be a selector: a rough test that every real selector passes."""
    tokens = [token for token in prelude if token.type not in {"whitespace", "comment"}]
    if not tokens or any(token.type == "literal" and token.value in _COMBINATORS for token in (tokens[0], tokens[-1])):
        return False
    for before, token in zip([tokens[0], *tokens], tokens, strict=False):
        if token.type == "literal":
            if token.value not in {*_COMBINATORS, ".", "*", ":", "|"}:
                return False
            if token.value in _COMBINATORS and before.type == "literal" and before.value != "*":
                return False
        elif token.type not in {"ident", "hash", "function", "[] block"}:
            return False
    return True
