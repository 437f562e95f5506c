"""Drop what a site puts around its articles: bylines, buttons, lists of other articles, comments, advertisements.

An element is furniture where three things come together: a name that says so (`names`), a shape that fits (a list of
related articles is made of links, a share bar has no sentences), and a place before or after the bulk of the text
(`shape`). What cannot be text, such as an advertisement, goes from the middle too. Some things go by their words alone
(`phrases`).

None of this may cost an article its text: at most half of what a page shows is dropped, comments below a long text not
counted; and of a byline stays what the chapter's header does not say.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.furniture.bylines import said, says_nothing_new
from epubmaker.chapters.furniture.head import drop_first_lines
from epubmaker.chapters.furniture.headings import idle_headings
from epubmaker.chapters.furniture.lastlines import kind_of_last_line
from epubmaker.chapters.furniture.measure import Span, Sums, line_of, measured
from epubmaker.chapters.furniture.names import Kind, Sign, is_of_thread, sign_of
from epubmaker.chapters.furniture.outside import (
    box_of_text,
    boxes_of_links,
    leads_home,
    lines_outside,
    may_have_outside,
)
from epubmaker.chapters.furniture.phrases import LONGEST, label_of, may_be_own, only_joins, teaser_of
from epubmaker.chapters.furniture.repeating import drop_repeating, find_repeating
from epubmaker.chapters.furniture.shape import Place, fits, may_stand, place_of
from epubmaker.chapters.furniture.tail import LINKS, drop_last_lines
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.tree import Edits, element, in_order, seen, tags_in_order, text_within, texts_outside, walk
from epubmaker.chapters.xhtml.content import HEADINGS, LINE_ENDS, names
from epubmaker.text.characters import letters

__all__ = ["drop_furniture"]

_NEVER = names("td th tr tbody thead tfoot col colgroup caption figcaption img picture br hr input body")
_CODE = names("pre code kbd samp")
_QUOTED = names("figure blockquote")  # what these hold belongs to the picture or the quotation
_NO_LABEL = _CODE | _QUOTED | names("td th")
_NO_PLAYER = _NO_LABEL - names("figure")  # a player with its caption is one
_OWN_TEXT = 2000  # bytes of own prose beside which comments may be longer than the text
_BELOW = 200  # nodes below a label
_LONGEST_TEASER = 200  # characters of the links behind a label
_PUNCTUATION = 8  # bytes of a line of links between these
_MOST_BYLINES = 3  # places of a page with a byline of the same class
_MOSTLY = 0.7  # of the text in links
_OPENING = frozenset({"aria-controls", "aria-expanded"})
_BY_ELEMENT = {"nav": Sign("navigation", 2), "button": Sign("share", 2)}
_ANYWHERE = {"ad", "paywall", "player", "share"}  # on a line of text, too
_NOTHING = Sums()


@dataclass(slots=True)
class _Unit:
    """Adjacent nodes that are dropped together, the signs that they are furniture, and where they begin and end."""

    nodes: Sequence[PageElement]
    signs: Sequence[Sign]
    begin: Sums
    end: Sums
    place: Place = "middle"

    @property
    def size(self) -> Sums:
        return self.end.minus(self.begin)

    @property
    def kind(self) -> Kind:
        return self.signs[0].kind


class _Found(NamedTuple):
    """The elements whose names are of furniture, the texts that are labels, and the parts of readers' comments."""

    signs: list[tuple[Tag, Sign]]
    labels: list[tuple[NavigableString, Kind]]
    threads: set[int]


def drop_furniture(root: Tag, context: PassContext) -> None:
    """Remove furniture, and count by kind in the context what was removed; nothing where the context says to keep all."""
    if context.keep_all:
        return
    if not context.names.isdisjoint(HEADINGS):
        context.idle_headings = frozenset(map(id, idle_headings(root)))
    repeating = find_repeating(root, context) if context.repeated_lines else ()
    found = _search(root)
    budget: int | None = None
    ended = False
    if found.signs or found.labels or may_have_outside(root):
        dropper = _Dropper(root, context, found)
        dropper.drop()
        budget, ended = dropper.budget, dropper.ended
    if repeating:
        budget = drop_repeating(root, repeating, context, _half_of(root) if budget is None else budget)
    lines = drop_first_lines(root, context, budget)
    if budget is not None:
        budget -= sum(line.length for line in lines)
    lines += drop_last_lines(root, budget, ended=ended, has_links=not LINKS.isdisjoint(context.names))
    for line in lines:
        context.left_out[line.kind] += 1
        context.left_out_characters += line.length


def _half_of(root: Tag) -> int:
    return sum(len(node.strip()) for node in in_order(root) if isinstance(node, NavigableString)) // 2


def _search(root: Tag) -> _Found:
    found = _Found([], [], set())
    node = root.next_element
    while node is not None:  # as `in_order` does: this is done for each node of each article
        if isinstance(node, Tag):
            if node.attrs or node.name in _BY_ELEMENT:
                sign = _BY_ELEMENT.get(node.name) or sign_of(node.attrs)
                if sign is not None:
                    found.signs.append((node, sign))
        elif isinstance(node, NavigableString) and len(node) < 3 * LONGEST:
            text = node.strip()
            kind = label_of(text) if 0 < len(text) <= LONGEST else None
            is_open = kind is None or kind == "related"
            if is_open and (link := node.parent) is not None and link.name == "a" and _calls(link, text):
                found.labels.append((node, "teaser"))
            elif kind is not None:
                found.labels.append((node, kind))
        node = node.next_element
    if any(sign.kind == "comments" for _, sign in found.signs):
        found.threads.update(id(tag) for tag in tags_in_order(root) if is_of_thread(tag.attrs))
    return found


class _Dropper:
    """One page with furniture, and what of it is to be dropped."""

    def __init__(self, root: Tag, context: PassContext, found: _Found) -> None:
        self._root = root
        self._context = context
        self._found = found
        self._title = letters(context.title)
        self._spans = measured(root, found.threads)
        self._page = self._spans[id(root)].size
        self._lines: dict[int, list[PageElement]] = {}
        self._rows: dict[int, tuple[dict[int, int], list[int]]] = {}  # of a parent: see `_row`
        self._taken: list[_Unit] = []
        self.budget = self._page.chars // 2  # characters that may still go

    @property
    def ended(self) -> bool:
        """Whether something at the end is dropped."""
        return any(unit.place == "end" for unit in self._taken)

    def drop(self) -> None:
        """Drop what is furniture by its name, then what is furniture by its words."""
        self._take(self._placed(list(self._units())))
        for node, kind in self._found.labels:
            unit = self._labeled(node, kind)
            is_doubtful = unit is not None and kind == "related" and may_be_own(node)
            if unit is not None and (not is_doubtful or leads_home(unit.nodes, self._context.address)):
                self._take_over(unit)
        self._take_outside()
        self._remove()

    # --- by name ---

    def _units(self) -> Iterator[_Unit]:
        """Yield what has the name and the shape of furniture, in order, none within another."""
        fitting: dict[int, tuple[Tag, Sign]] = {}
        inside: set[int] = set()
        for tag, sign in self._found.signs:
            span = self._spans.get(id(tag))
            if span is None or id(tag.parent) in inside or not _may_be(tag, sign):
                continue
            size = span.size
            is_shown = size.chars or size.media or sign.kind == "comments"  # what scripts fill holds a `noscript`
            if is_shown and fits(sign, size, self._page):
                fitting[id(tag)] = tag, sign
                inside.add(id(tag))
                inside.update(id(node) for node in walk(tag) if isinstance(node, Tag))
        joined: dict[int, bool] = {}
        for tag, sign in fitting.values():
            if tag.name in LINE_ENDS:
                yield self._unit([tag], [sign])
                continue
            line = self._line(tag)
            first = id(line[0])
            is_first = first not in joined
            if is_first:
                left = _left(line, fitting)
                joined[first] = only_joins(left) or label_of(left) is not None or letters(left) == self._title
            if joined[first] and is_first:
                tags = [node for node in line for node in (node, *(walk(node) if isinstance(node, Tag) else ()))]
                yield self._unit(line, [fitting[id(node)][1] for node in tags if id(node) in fitting])
            elif (
                not joined[first]
                and sign.strength
                and tag.name != "button"
                and sign.kind in {"ad", "paywall", "player", "share"}
            ):
                yield self._unit([tag], [sign])

    def _line(self, tag: Tag) -> list[PageElement]:
        """Return the nodes beside each other that are on the line of an inline element."""
        top = line_of(self._root, tag)
        if id(top) not in self._lines:
            line: list[PageElement] = []
            for child in top.parent.contents if top.parent is not None else [top]:
                if isinstance(child, Tag) and child.name in LINE_ENDS:
                    line = []
                else:
                    line.append(child)
                    self._lines[id(child)] = line
        return self._lines[id(top)]

    def _unit(self, nodes: Sequence[PageElement], signs: Sequence[Sign]) -> _Unit:
        return _Unit(nodes, signs, self._first_span(nodes).begin, self._first_span(reversed(nodes)).end)

    def _first_span(self, nodes: Iterable[PageElement]) -> Span:
        return next(span for node in nodes if (span := self._spans.get(id(node))) is not None)

    def _placed(self, units: Sequence[_Unit]) -> list[_Unit]:
        """Return the units that stand where such furniture may stand."""
        parts = _parts_of_the_text(units)
        units = [unit for unit in units if unit.kind != "byline" or _class_of(unit) not in parts]
        own = self._page.weight - sum(unit.size.weight for unit in units)
        passed = 0
        placed = []
        for unit in units:
            before = unit.begin.weight - passed
            passed += unit.size.weight
            unit.place = place_of(before, own - before, own)
            if may_stand(unit.kind, max(sign.strength for sign in unit.signs), unit.size, unit.place):
                placed.append(unit)
        return placed

    def _take(self, units: Sequence[_Unit]) -> None:
        """Take units as long as half of the page is left, comments last."""
        prose = self._page.prose - sum(unit.size.prose for unit in units)
        for unit in sorted(units, key=lambda unit: unit.kind == "comments"):
            size = unit.size
            thread = unit.kind == "comments" and size.threads > 1 and prose >= _OWN_TEXT
            if thread or size.chars <= self.budget:
                self.budget -= 0 if thread else size.chars
                self._taken.append(unit)
        self._taken.sort(key=lambda unit: unit.begin.chars)

    # --- by words ---

    def _labeled(self, node: NavigableString, kind: Kind) -> _Unit | None:
        """Return a button or a message that is a line, or a label at the end with the links below it."""
        label = self._spans.get(id(node))
        around = _NO_PLAYER if kind == "player" else _NO_LABEL
        if label is None or any(above.name in around for above in node.parents):
            return None
        block: PageElement = node
        while (
            (parent := block.parent) is not None
            and parent is not self._root
            and self._spans[id(parent)].size.chars == label.size.chars
            and not (kind == "player" and self._spans[id(parent)].size.media)  # what it is about stays
        ):
            block = parent
        if kind in {"related", "tags"} and (teaser := self._teaser(block, label)) is not None:
            return self._at_end([teaser], kind) if kind == "tags" else self._unit([teaser], [Sign(kind, 2)])
        if not isinstance(block, Tag):
            on_picture = kind == "player" and block.parent is not None and block.parent.name == "a"
            return self._unit([block], [Sign(kind, 2)]) if on_picture else None
        if block.name not in HEADINGS and (block.name in LINE_ENDS or len(self._line(block)) == 1):
            is_button = label.size.linked > 0 and kind in {"share", "newsletter", "comments"}
            if is_button or kind in {"ad", "player", "teaser"}:
                return self._unit([block], [Sign(kind, 2)])
        nodes = self._with_links(block) if kind in {"related", "share", "tags"} else []
        if not nodes:
            return None
        return self._at_end(nodes, kind, or_aside=kind == "related")

    def _at_end(self, nodes: Sequence[PageElement], kind: Kind, *, or_aside: bool = False) -> _Unit | None:
        unit = self._unit(nodes, [Sign(kind, 1)])
        unit.place = place_of(unit.begin.weight, self._page.weight - unit.end.weight, self._page.weight)
        return unit if unit.place == "end" or (or_aside and _is_aside(nodes)) else None

    def _teaser(self, block: PageElement, label: Span) -> Tag | None:
        """Return the line that a label with a colon begins, and links end: "Read also: another story", "Tags: sea, ice"."""
        line = next(
            (tag for tag in (block, *block.parents) if isinstance(tag, Tag) and tag.name in LINE_ENDS), self._root
        )
        if line is self._root:
            return None
        span = self._spans[id(line)]
        rest = span.end.minus(label.end)
        begins = span.begin.chars == label.begin.chars and 0 < rest.chars <= _LONGEST_TEASER and rest.is_short
        if not begins or rest.linked == 0 or rest.inward:
            return None
        text = text_within(line, LONGEST + _LONGEST_TEASER).lstrip()
        label_text, colon, _ = text[: label.size.chars + 2].replace("：", ":").partition(":")
        # Beside the links there are commas, and the colon, where a bold label has none.
        joined = colon and len(label_text.strip()) >= label.size.chars - 2 and rest.weight - rest.linked <= _PUNCTUATION
        return line if joined else None

    def _with_links(self, block: Tag) -> Sequence[PageElement]:
        """Return a label with the links that it stands above: the box that it opens, else what follows it."""
        label = self._spans[id(block)]
        box = block
        while (parent := box.parent) is not None and parent is not self._root:
            span = self._spans[id(parent)]
            rest = span.end.minus(label.end)
            if span.begin.chars != label.begin.chars or rest.link_share < _MOSTLY or rest.solid:
                break
            box = parent
        if self._spans[id(box)].end.linked > label.end.linked:
            return [box]
        nodes = self._row(block)
        return nodes if self._first_span(reversed(nodes)).end.linked > label.end.linked else []

    def _row(self, block: Tag) -> Sequence[PageElement]:
        """Return an element with the siblings after it up to one that is no link: at most `_BELOW` nodes."""
        parent = block.parent
        if parent is None:
            return [block]
        if id(parent) not in self._rows:
            sizes = [span.size if (span := self._spans.get(id(node))) else _NOTHING for node in parent.contents]
            self._rows[id(parent)] = (
                {id(node): index for index, node in enumerate(parent.contents)},
                [i for i, size in enumerate(sizes) if size.weight and (size.link_share < _MOSTLY or size.solid)],
            )
        indices, ends = self._rows[id(parent)]
        start = indices[id(block)]
        ended = bisect_right(ends, start)
        end = ends[ended] if ended < len(ends) else len(parent.contents)
        return parent.contents[start : min(end, start + _BELOW)]

    def _take_over(self, unit: _Unit) -> None:
        """Take a unit in place of those that it holds, unless it lies in one, or too little of the page would be left."""
        first = bisect_left(self._taken, unit.begin.chars, key=lambda other: other.begin.chars)
        last = bisect_right(self._taken, unit.end.chars, lo=first, key=lambda other: other.end.chars)
        if first > 0 and self._taken[first - 1].end.chars > unit.begin.chars:
            return
        if last < len(self._taken) and self._taken[last].begin.chars < unit.end.chars:
            return
        # What has no text and stands just before or after the unit, such as a row of icons, is at the same character.
        while first < last and self._taken[first].begin.media < unit.begin.media:
            first += 1
        while last > first and self._taken[last - 1].end.media > unit.end.media:
            last -= 1
        more = unit.size.chars - sum(other.size.chars for other in self._taken[first:last])
        if more <= self.budget:
            self.budget -= more
            self._taken[first:last] = [unit]

    # --- by place ---

    def _take_outside(self) -> None:
        """Take what stands beside the box of the text."""
        taken = {id(node) for unit in self._taken for node in unit.nodes}
        sizes = [unit.size for unit in self._taken]
        own = self._page.weight - self._page.linked - sum(size.weight - size.linked for size in sizes)
        box = box_of_text(self._root, self._spans, own)
        for node, place, linked in list(lines_outside(self._root, box, self._spans, taken)):
            unit = self._unit([node], [Sign("navigation" if linked and place == "end" else "byline", 1)])
            unit.place = place
            self._take_over(unit)
        for tag in list(boxes_of_links(box, self._spans, taken, self._context.address)):
            self._take_over(self._unit([tag], [Sign("related", 1)]))

    # --- the edits ---

    def _remove(self) -> None:
        context = self._context
        shown = [text for text in (context.author, context.source) if text]
        edits = Edits(self._root)
        for unit in self._taken:
            context.left_out.update({sign.kind for sign in unit.signs})
            context.left_out_characters += unit.size.chars
            kept = self._kept(unit, shown) if unit.kind == "byline" else ""
            for node in unit.nodes:
                edits.remove(node)
            if kept:
                first, text = unit.nodes[0], NavigableString(kept)
                is_block = isinstance(first, Tag) and first.name in LINE_ENDS
                edits.replace(first, element("p", [text]) if is_block else text)
        edits.apply()

    def _kept(self, unit: _Unit, shown: list[str]) -> str:
        """Return what a byline says beyond the texts in `shown`, on one line, and add it to them."""
        dated = self._context.published is not None
        signed = bool(self._context.author) or unit.place == "end"
        found = dict.fromkeys(said(unit.nodes, dated=dated, signed=signed))
        published = self._context.published
        kept = [text for text in found if not says_nothing_new(text, shown, published)]
        shown += kept
        return " · ".join(kept)


def _parts_of_the_text(units: Iterable[_Unit]) -> set[str]:
    """Return the classes of bylines that stand in too many places of a page: each entry of a reference may have one."""
    places: Counter[str] = Counter()
    ends: dict[str, int] = {}
    for unit in units:
        if unit.kind == "byline" and (named := _class_of(unit)):
            places[named] += unit.begin.weight > ends.get(named, -1)
            ends[named] = unit.end.weight
    return {named for named, count in places.items() if count > _MOST_BYLINES}


def _class_of(unit: _Unit) -> str:
    """Return the class of the first element of a unit."""
    return next((str(node.attrs.get("class") or "") for node in unit.nodes if isinstance(node, Tag)), "")


def _is_aside(nodes: Sequence[PageElement]) -> bool:
    """Return True for a box beside the text."""
    first = nodes[0]
    if len(nodes) != 1 or not isinstance(first, Tag):
        return False
    return first.name in {"aside", "section"} or ((sign := sign_of(first.attrs)) is not None and sign.kind == "related")


def _may_be(tag: Tag, sign: Sign) -> bool:
    """Return False for elements that are text whatever they are called: code, cells, headings by their id."""
    name = tag.name
    if name == "button" and (not _OPENING.isdisjoint(tag.attrs) or _is_all_of_a_heading(tag)):
        return False  # a question above its answer
    if name in _NEVER or name in _CODE or (name in HEADINGS and (sign.strength < 1 or sign.kind == "navigation")):
        return False
    if sign.kind == "comments" and name not in LINE_ENDS and sign.strength < 2:
        return False
    if sign.kind == "paywall" and name == "p" and sign.strength < 2:
        return False  # a paragraph of the text behind the paywall: this page has it
    above = {parent.name for parent in tag.parents}
    return above.isdisjoint(_CODE) and (sign.kind in {"ad", "share"} or above.isdisjoint(_QUOTED))


def _is_all_of_a_heading(tag: Tag) -> bool:
    heading = tag.parent
    return heading is not None and heading.name in HEADINGS and len(seen(heading.contents)) == 1


def _calls(link: Tag, text: str) -> bool:
    """Return True for a link that begins with a label, or that is alone in its line and says to subscribe or to read on."""
    if teaser_of(text):
        return True
    line = link.parent
    is_alone = line is not None and line.name == "p" and len(line.contents) == len(link.contents) == 1
    return is_alone and kind_of_last_line(text, len(text), ruled=False, ended=False) in {"newsletter", "teaser"}


def _left(line: Sequence[PageElement], fitting: Mapping[int, tuple[Tag, Sign]]) -> str:
    """Return the text of a line outside of furniture; a few words of it where it is long."""
    found: list[str] = []
    length = 0
    for text in texts_outside(line, fitting):
        found.append(text)
        length += len(text.strip())
        if length >= LONGEST:
            break
    return " ".join(found)
