"""Match many selectors at once, in one walk over the tree: Selectors Level 4, its compound and complex selectors.

Known are types, classes, ids, attributes, `:not()` of these, `:root`, and the four combinators. A selector with anything
else in it, such as `:hover` or `::before`, matches nothing: it is for a state, or for what a style adds.

The walk goes down and keeps which first parts of the selectors the elements above have matched. So no selector is tried
from its end backwards, which for some takes time that grows with a power of the depth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bs4.element import Tag

__all__ = ["Selector", "matches", "selectors_of"]

_MOST_WORK = 1_000_000  # parts of selectors compared with elements: about half a second
_ROOT = "html"
_DEEPEST = 4  # `:not()` in `:not()`
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "=": lambda text, wanted: text == wanted,
    "~=": lambda text, wanted: wanted in text.split(),
    "|=": lambda text, wanted: text == wanted or text.startswith(f"{wanted}-"),
    "^=": lambda text, wanted: bool(wanted) and text.startswith(wanted),
    "$=": lambda text, wanted: bool(wanted) and text.endswith(wanted),
    "*=": lambda text, wanted: bool(wanted) and wanted in text,
}


@dataclass(frozen=True, slots=True)
class _Compound:
    """What is asked of one element."""

    name: str = ""
    id: str = ""
    classes: frozenset[str] = frozenset()
    attributes: tuple[tuple[str, str, str, bool], ...] = ()  # name, operator, value, whether case counts
    without: tuple[_Compound, ...] = ()

    @property
    def key(self) -> str:
        """Return what an element must have for this to be looked at: "#id", ".class", a type, or "" for any."""
        if self.id:
            return f"#{self.id}"
        return f".{min(self.classes)}" if self.classes else self.name

    @property
    def weight(self) -> tuple[int, int, int]:
        inner = [each.weight for each in self.without]
        return (
            bool(self.id) + sum(weight[0] for weight in inner),
            len(self.classes) + len(self.attributes) + sum(weight[1] for weight in inner),
            bool(self.name) + sum(weight[2] for weight in inner),
        )

    def fits(self, name: str, given: Mapping[str, object], classes: frozenset[str]) -> bool:
        if (self.name and self.name != name) or (self.id and self.id != given.get("id")):
            return False
        if not self.classes <= classes or not all(_has(given, *each) for each in self.attributes):
            return False
        return not any(each.fits(name, given, classes) for each in self.without)


@dataclass(frozen=True, slots=True)
class Selector:
    """A complex selector: its compounds, the combinator before each but the first, its specificity."""

    parts: tuple[_Compound, ...]
    combinators: tuple[str, ...]
    specificity: tuple[int, int, int]


# --- reading ---------------------------------------------------------------------------------------------------------


def selectors_of(prelude: Iterable[Any]) -> Iterator[Selector]:
    """Yield the selectors of a rule, given as tokens of tinycss2, without those that match nothing here."""
    group: list[Any] = []
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            if found := _selector(group):
                yield found
            group = []
        else:
            group.append(token)
    if found := _selector(group):
        yield found


def _selector(tokens: Sequence[Any]) -> Selector | None:
    parts: list[_Compound] = []
    combinators: list[str] = []
    waiting = ""
    group: list[Any] = []
    for token in [*(token for token in tokens if token.type != "comment"), None]:
        blank = token is not None and token.type == "whitespace"
        if token is not None and not blank and not (token.type == "literal" and token.value in {">", "+", "~"}):
            group.append(token)
            continue
        if group:
            compound = _compound(group)
            if compound is None or bool(parts) != bool(waiting):
                return None
            if parts:
                combinators.append(waiting)
            parts.append(compound)
            group, waiting = [], ""
        if blank:
            waiting = waiting or (" " if parts else "")
        elif token is not None:
            if waiting not in {"", " "}:
                return None
            waiting = token.value
    if not parts or waiting not in {"", " "}:
        return None
    first, second, third = (sum(each) for each in zip(*(part.weight for part in parts), strict=True))
    return Selector(tuple(parts), tuple(combinators), (first, second, third))


def _compound(tokens: Sequence[Any], depth: int = 0) -> _Compound | None:
    name = identity = ""
    classes: set[str] = set()
    attributes: list[tuple[str, str, str, bool]] = []
    without: list[_Compound] = []
    rest = iter(tokens)
    for number, token in enumerate(rest):
        kind = token.type
        value = getattr(token, "value", "")
        following = next(rest, None) if kind == "literal" and value in {".", ":"} else None
        if kind == "ident" and number == 0:
            name = token.lower_value
        elif kind == "hash" and not identity:
            identity = value
        elif kind == "[] block" and (condition := _condition(token.content)):
            attributes.append(condition)
        elif value == "." and following is not None and following.type == "ident":
            classes.add(following.value)
        elif value == ":" and following is not None and following.type == "ident" and following.lower_value == "root":
            name = name or _ROOT
        elif value == ":" and following is not None and following.type == "function" and following.lower_name == "not":
            inner = [_not for _not in following.arguments if _not.type not in {"whitespace", "comment"}]
            found = _compound(inner, depth + 1) if depth < _DEEPEST and inner else None
            if found is None:
                return None
            without.append(found)
        elif not (kind == "literal" and value == "*" and number == 0):
            return None
    return _Compound(name, identity, frozenset(classes), tuple(attributes), tuple(without))


def _condition(tokens: Iterable[Any]) -> tuple[str, str, str, bool] | None:
    parts = [token for token in tokens if token.type not in {"whitespace", "comment"}]
    case = True
    if len(parts) > 3 and parts[-1].type == "ident" and parts[-1].lower_value in {"i", "s"}:
        case = parts.pop().lower_value == "s"
    if not parts or parts[0].type != "ident":
        return None
    name = parts[0].lower_value
    if len(parts) == 1:
        return name, "", "", True
    operator = "".join([str(getattr(token, "value", "")) for token in parts[1:-1]])
    if operator not in _OPERATORS or parts[-1].type not in {"ident", "string"}:
        return None
    value = str(parts[-1].value)
    return name, operator, value if case else value.lower(), case


def _has(given: Mapping[str, object], name: str, operator: str, wanted: str, case: bool) -> bool:  # noqa: FBT001
    value = given.get(name)
    if value is None or not operator:
        return value is not None
    text = str(value) if case else str(value).lower()
    return _OPERATORS[operator](text, wanted)


# --- matching --------------------------------------------------------------------------------------------------------

_Matched = frozenset[tuple[int, int]]  # the numbers of selectors, and of their parts that an element ends
_NONE: _Matched = frozenset()


@dataclass(slots=True)
class _Level:
    """An element whose children are walked: what it and those above it match, and its children so far."""

    children: Iterator[Tag]
    here: _Matched = _NONE
    above: _Matched = _NONE
    last: _Matched = _NONE
    before: _Matched = field(default=_NONE)


def matches(root: Tag, selectors: Sequence[Selector]) -> Iterator[tuple[Tag, list[int]]]:
    """Yield the elements below `root` that any of the selectors match, in document order, with the numbers of those.

    `root` is the page's body. The work is bounded: the elements at the end of a page for which it is too much match none.
    """
    steps: dict[str, list[tuple[int, int, _Compound, str]]] = {}
    for number, selector in enumerate(selectors):
        for part, compound in enumerate(selector.parts):
            before = selector.combinators[part - 1] if part else ""
            steps.setdefault(compound.key, []).append((number, part, compound, before))
    last = [len(selector.parts) - 1 for selector in selectors]
    work = 0
    page = _Level(iter((root,)))
    page.here = page.above = _matched(Tag(name=_ROOT), steps, page)[0]
    levels = [page]
    while levels and work < _MOST_WORK:
        level = levels[-1]
        tag = next(level.children, None)
        if tag is None:
            levels.pop()
            continue
        here, cost = _matched(tag, steps, level)
        work += cost + 1
        if here:
            found = sorted(number for number, part in here if part == last[number])
            if found and tag is not root:
                yield tag, found
            if not here <= level.before:
                level.before |= here
                work += len(level.before)
        level.last = here
        if tag.contents:
            above = level.above if here <= level.above else level.above | here
            work += 0 if above is level.above else len(above)
            levels.append(_Level((node for node in tag.contents if isinstance(node, Tag)), here, above))


def _matched(
    tag: Tag, steps: Mapping[str, list[tuple[int, int, _Compound, str]]], level: _Level
) -> tuple[_Matched, int]:
    """Return which parts of the selectors an element ends, and how many were compared with it."""
    given: Mapping[str, object] = tag.attrs
    classes = frozenset(str(given["class"]).split()) if "class" in given else frozenset[str]()
    keys = ["", tag.name, *(f".{each}" for each in classes)]
    if "id" in given:
        keys.append(f"#{given['id']}")
    found = []
    cost = 0
    for key in keys:
        for number, part, compound, combinator in steps.get(key, ()):
            cost += 1
            if part:
                within = {" ": level.above, ">": level.here, "+": level.last, "~": level.before}[combinator]
                if (number, part - 1) not in within:
                    continue
            if compound.fits(tag.name, given, classes):
                found.append((number, part))
    return frozenset(found) if found else _NONE, cost + len(classes)
