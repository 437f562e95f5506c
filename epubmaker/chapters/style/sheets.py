"""Write what an article's style sheets say of its elements into their `style` attributes: CSS Cascading Level 4.

Only rules that say something of which a book makes use are read. A sheet is for a screen, 1280 pixels wide, on which
nothing is pointed at. What a hostile page could ask for is bounded: of its sheets, the first 200,000 characters and the
first 3,000 selectors are read, and `selectors.matches` bounds the work of matching them. The rest has no effect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

import tinycss2
from bs4.element import Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.style.declarations import as_text, declared
from epubmaker.chapters.style.selectors import Selector, matches, selectors_of
from epubmaker.chapters.tree import tags_in_order
from epubmaker.text.html import names

__all__ = ["apply_sheets"]

_LONGEST = 200_000  # characters of an article's sheets
_MOST = 3_000  # selectors
_LONG = 1_000  # characters of the declarations of one element
_DEEPEST = 4  # rules within `@media` and the like
_PIXELS = 1280  # of the screen's width
_READ = names(
    "display visibility white-space white-space-collapse direction unicode-bidi list-style list-style-type text-align "
    "vertical-align width height max-width max-height font font-family font-size font-style font-weight text-decoration "
    "text-decoration-line float color "
    "background background-image filter flex-direction grid-auto-flow grid-template grid-template-columns "
    # of drawings
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-linecap stroke-linejoin "
    "opacity stop-color stop-opacity text-anchor marker marker-start marker-mid marker-end clip-path mask"
)
_WIDTH = re.compile(r"\(\s*(min|max)-width\s*:\s*([0-9]{1,5}(?:\.[0-9]{1,4})?)(px|r?em)\s*\)")
_LONGEST_VARIABLE = 200  # characters of its value
_MEDIA = re.compile(r"(?:only\s+)?(?:all|screen)")


class _Rule(NamedTuple):
    """One selector of a rule, and what the rule declares: pairs of a property and its value."""

    selector: Selector
    plain: tuple[tuple[str, str], ...]
    important: tuple[tuple[str, str], ...]


def apply_sheets(root: Tag, context: PassContext) -> None:
    """Put the declarations that match an element before those of its `style` attribute, the strongest last."""
    rules = _rules(tuple(_sheets(root)))
    if not rules:
        return
    order = sorted(range(len(rules)), key=lambda number: rules[number].selector.specificity)  # stable: the later wins
    rank = {number: place for place, number in enumerate(order)}
    joined: dict[tuple[int, ...], str] = {}  # elements with the same rules share one text
    context.variables = {
        name: value
        for rule in rules
        for name, value in rule.plain
        if name.startswith("--") and len(value) <= _LONGEST_VARIABLE
    }
    found = list(matches(root, [rule.selector for rule in rules]))
    for tag, numbers in found:
        key = tuple(sorted(numbers, key=rank.__getitem__))
        if key not in joined:
            joined[key] = _joined([rules[number] for number in key])
        own = tag.attrs.get("style")
        tag.attrs["style"] = f"{joined[key]};{own}" if own else joined[key]
    if found:
        context.names.add("@style")


def _joined(rules: Sequence[_Rule]) -> str:
    """Return what rules declare, the weakest first, as a declaration list; a long one without what does not win."""
    plain = [pair for rule in rules for pair in rule.plain]
    important = [pair for rule in rules for pair in rule.important]
    whole = _written(plain, important)
    return whole if len(whole) <= _LONG else _written(_winning(plain), _winning(important))


def _written(plain: Iterable[tuple[str, str]], important: Iterable[tuple[str, str]]) -> str:
    every = [f"{name}:{value}" for name, value in plain]
    return ";".join(every + [f"{name}:{value}!important" for name, value in important])


def _winning(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each property that counts once, with the value that wins."""
    variables = {}
    others = []
    for name, value in pairs:
        if name.startswith("--"):
            variables[name] = value
        else:
            others.append(f"{name}:{value}")
    yield from variables.items()
    yield from declared(";".join(others)).items()


def _sheets(root: Tag) -> Iterator[str]:
    room = _LONGEST
    for node in tags_in_order(root):
        if node.name == "style" and room > 0:
            kind = str(node.attrs.get("type") or "text/css").strip().lower()
            outer = node.parent is not None and node.parent.name == "noscript"
            if kind == "text/css" and not outer and _is_for_screen(str(node.attrs.get("media") or "")):
                text = "".join(map(str, node.contents))[:room]
                room -= len(text)
                yield text


@lru_cache(maxsize=8)
def _rules(sheets: tuple[str, ...]) -> Sequence[_Rule]:
    """Return the rules of some sheets, one for each selector; the articles of a source often have the same."""
    found: list[_Rule] = []
    for sheet in sheets:
        nodes = tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True)
        found += islice(_within(nodes, _DEEPEST), _MOST - len(found))
    return found


def _within(nodes: Iterable[Any], depth: int) -> Iterator[_Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            plain, important = _declarations(node.content)
            if plain or important:
                yield from (_Rule(selector, plain, important) for selector in selectors_of(node.prelude))
        elif node.type == "at-rule" and node.content is not None and depth:
            name = node.lower_at_keyword
            if name in {"layer", "supports"} or (name == "media" and _is_for_screen(as_text(node.prelude) or "not")):
                inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
                yield from _within(inner, depth - 1)


def _declarations(content: Any) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Return the declarations of a rule that are read, the important ones apart."""
    plain: list[tuple[str, str]] = []
    important: list[tuple[str, str]] = []
    for node in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if node.type == "declaration" and (node.lower_name in _READ or node.name.startswith("--")):
            value = as_text(node.value)
            name = node.name if node.name.startswith("--") else node.lower_name
            if value:
                (important if node.important else plain).append((name, value))
    return tuple(plain), tuple(important)


def _is_for_screen(media: str) -> bool:
    """Return True where one of the media queries holds for a wide screen."""
    return not media.strip() or any(map(_holds, media.lower().split(",")))


def _holds(query: str) -> bool:
    for part in re.split(r"\sand\s", query):
        width = _WIDTH.fullmatch(part.strip())
        if width is None:
            if not _MEDIA.fullmatch(part.strip()):
                return False
        else:
            pixels = float(width[2]) * (1 if width[3] == "px" else 16)
            if pixels > _PIXELS if width[1] == "min" else pixels < _PIXELS:
                return False
    return True
