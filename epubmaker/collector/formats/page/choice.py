"""Which blocks of a page are its article: decided from what an extractor kept, and from the page's own structure.

An extractor finds the prose, and drops captions, tables, code and headings with the rest. So its words only mark blocks;
here the stretch of the page is found that has most of them with the least of other things between. Within it everything
stays that is not made of links and not named as furniture: that is the guard. What stands above, between the title and the
prose, and below it (notes, a last picture) is added; what stands beside the element that holds nearly all of it is left.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from epubmaker.collector.formats.page import signs
from epubmaker.collector.formats.page.blocks import Block, Element, Page
from epubmaker.text.characters import letters
from epubmaker.text.html import HEADINGS
from epubmaker.text.moments import is_like_date

__all__ = ["Choice"]

_WHOLE = frozenset({"dl", "figure", "ol", "pre", "table", "ul"})  # all of it or nothing: half a table is none
_ONE_THING = frozenset({"figure", "pre", "table"})
_LEGAL = re.compile(r"©|\bcopyright\b|all rights reserved|版权所有", re.IGNORECASE)
_YEAR_OR_HOUR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}:\d\d(?!\d)")
_HOUR_OR_DATE = re.compile(r"(?<!\d)\d{1,2}:\d\d(?!\d)|^\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}\b")
_SHORT = 300  # characters of a line about rights
_AROUND = 0.25  # of the prose: more of it is not in furniture, whatever its name
_NEARLY_ALL = 0.85  # of the prose in one element: what follows the element is another matter
_MARKED = 12  # characters of a line beside the text that the extractor has not kept by chance
_LIKE = 0.6
_CARD = 5  # blocks that announce another article
_GOOD_PART, _SMALL_PART = 0.3, 0.15
_KICKERS = 3  # blocks above the title among which its kicker is
_ABOVE = 60  # blocks between the title and the text
_BYLINE = 90  # characters
_BYLINE_IN_HAN = 40
_LEVELS = 10  # elements within each other that are looked at for the one with nearly all of the text


def _is_line(text: str) -> bool:
    return len(text) < (_BYLINE_IN_HAN if text[:1] > "\u2e7f" else _BYLINE)


class Choice:
    """The blocks of a page that are its article, by what marks its prose.

    `is_marked` tells whether a text belongs to the article; `title`, `standfirst` and `authors` are what the page's head
    says of it, as `letters`. `kept` has a truth value for each block; none is true where nothing is marked.
    """

    def __init__(
        self, page: Page, is_marked: Callable[[Block], bool], title: str, standfirst: str, authors: Sequence[str]
    ) -> None:
        self._page, self._blocks, self._elements = page, page.blocks, page.elements
        self._marked = [is_marked(block) for block in page.blocks]
        self._title, self._standfirst, self._authors = title, standfirst, [name for name in authors if name]
        self._mark_siblings()
        prose = (
            block.size if mark and block.is_prose else 0 for block, mark in zip(page.blocks, self._marked, strict=True)
        )
        self._prose = [0, *accumulate(prose)]
        self._around = self._named_around()
        self.kept = [False] * len(page.blocks)
        if self._prose[-1]:
            self._choose()

    @property
    def size(self) -> int:
        """Return how many characters of text are kept."""
        return sum(block.size for block, kept in zip(self._blocks, self.kept, strict=True) if kept)

    def is_named_like(self, other: Choice) -> bool:
        """Tell whether most of the prose that is kept is in elements named like those of another choice."""
        names = {other._name(index) for index in other._kept_prose()} - {None}
        sizes = [(self._blocks[index].size, self._name(index) in names) for index in self._kept_prose()]
        return sum(size for size, is_like in sizes if is_like) >= _LIKE * sum(size for size, _ in sizes)

    def _kept_prose(self) -> list[int]:
        return [index for index, block in enumerate(self._blocks) if self.kept[index] and block.is_prose]

    def _choose(self) -> None:
        first, last = self._stretch()
        first, last = self._trimmed(first, last)
        if first > last:
            return
        last = self._within_main_element(first, last)
        for index in range(first, last + 1):
            self.kept[index] = self._stays(index)
        scope = self._scope(first, last)
        self._holders = {self._elements[self._blocks[index].owner].parent for index in self._kept_prose()} - {0, -1}
        self._add_above(first, scope)
        self._add_below(last, scope)
        self._keep_whole(self.kept.index(True), last)
        self._drop_idle_headings()

    def _mark_siblings(self) -> None:
        """Mark the paragraphs beside marked ones, and those named like them, where marked ones are a good part of these."""
        prose = [index for index, block in enumerate(self._blocks) if block.is_prose]
        for kind, part in ((self._place, _GOOD_PART), (self._name, _SMALL_PART)):
            sizes: dict[object, list[int]] = {}
            for index in prose:
                both = sizes.setdefault(kind(index), [0, 0])
                both[self._marked[index]] += self._blocks[index].size
            for index in prose:
                key = kind(index)
                if key is not None and sizes[key][1] > part * sum(sizes[key]):
                    self._marked[index] = True

    def _place(self, index: int) -> object:
        owner = self._elements[self._blocks[index].owner]
        return owner.parent, owner.tag

    def _name(self, index: int) -> object:
        """Return the tags and classes of a paragraph and of what holds it; None where no class is given."""
        owner = self._elements[self._blocks[index].owner]
        holder = self._elements[max(owner.parent, 0)]
        names = owner.attributes.get("class"), holder.attributes.get("class")
        return (owner.tag, holder.tag, *names) if any(names) else None

    # --- what is furniture by its name ---

    def _named_around(self) -> list[bool]:
        """Return for each element whether it is furniture, or within some, and note what is only beside the text."""
        cards = self._cards()
        around = [False]
        beside = [False]
        most = _AROUND * self._prose[-1]
        paragraphs = 0  # how much of the prose is in paragraphs that are named like furniture one by one
        for number, element in enumerate(self._elements[1:], 1):
            is_around, is_beside = around[element.parent], beside[element.parent]
            if not is_around and self._amount(element) <= most:
                is_around = signs.is_around(element.tag, element.attributes) or signs.is_hidden(element.attributes)
                paragraphs += self._amount(element) if is_around and element.tag == "p" else 0
                is_around = is_around or number in cards
                is_beside = is_beside or signs.is_beside(element.tag, element.attributes)
            around.append(is_around)
            beside.append(is_beside and not is_around)
        if paragraphs > most:
            for number, element in enumerate(self._elements):
                around[number] = around[number] and (element.tag != "p" or around[element.parent])
        self._beside = beside
        return around

    def _cards(self) -> set[int]:
        """Return the elements that announce other articles: several of a kind, each little but a heading that is a link."""
        kinds: dict[tuple[int, str, str | None], list[int]] = {}
        for index, block in enumerate(self._blocks):
            if block.is_links and self._tag(index) in HEADINGS:
                number = self._elements[block.owner].parent
                holder = self._elements[number]
                if number > 0 and holder.end - holder.begin <= _CARD and self._page.size(holder) < 2 * _SHORT:
                    kinds.setdefault((holder.parent, holder.tag, holder.attributes.get("class")), []).append(number)
        return {number for numbers in kinds.values() if len(numbers) > 1 for number in numbers}

    def _amount(self, element: Element) -> int:
        return self._prose[element.end] - self._prose[element.begin]

    def _is_around(self, index: int) -> bool:
        return self._around[self._blocks[index].owner]

    def _tag(self, index: int) -> str:
        return self._elements[self._blocks[index].owner].tag

    def _above(self, index: int) -> Iterator[Element]:
        """Yield the elements that hold a block, from the inside, without the body."""
        number = self._blocks[index].owner
        while number > 0:
            yield self._elements[number]
            number = self._elements[number].parent

    # --- where it begins and ends ---

    def _stretch(self) -> tuple[int, int]:
        """Return the first and last block of the stretch with the greatest sum of weights (Kadane's algorithm)."""
        best = total = 0.0
        begin = first = 0
        last = -1
        for index in range(len(self._blocks)):
            total += self._weight(index)
            if total <= 0:
                total, begin = 0.0, index + 1
            elif total > best:
                best, first, last = total, begin, index
        return first, last

    def _weight(self, index: int) -> float:
        block = self._blocks[index]
        if self._is_around(index):
            return -0.3 * block.size - 5
        if self._beside[block.owner]:
            return 0.0
        if self._tag(index) in HEADINGS:
            return -40.0 if block.is_links else 0.0  # a heading that is a link is that of another article
        if self._marked[index]:
            return float(block.size) if block.is_prose else -5.0 if block.is_links else 0.5 * block.size
        if block.is_links:
            return -block.size - 10.0
        return -0.5 * block.size - 3 if block.text else 0.0

    def _is_real(self, index: int, first: int) -> bool:
        """Tell whether a block is prose of the article itself, and no line about its date or its rights."""
        block = self._blocks[index]
        if not (self._marked[index] and block.is_prose) or self._is_around(index) or self._beside[block.owner]:
            return False
        if index > first + 2 and block.size < _SHORT and _LEGAL.search(block.text):
            return False
        return not (_is_line(block.text) and is_like_date(block.text))

    def _trimmed(self, first: int, last: int) -> tuple[int, int]:
        while first <= last and not self._is_real(first, first):
            first += 1
        last = self._last_real(first, last)
        title = self._only_title()
        if first < title < last and 2 * self._amount_between(title, last) > self._amount_between(first, last):
            return self._trimmed(title + 1, last)
        return first, last

    def _only_title(self) -> int:
        """Return the one block that is the title or a heading of the first level; -1 where there are several or none."""
        titles = [index for index in range(len(self._blocks)) if self._is_title(index)]
        return titles[0] if len(titles) == 1 else -1

    def _amount_between(self, first: int, last: int) -> int:
        return self._prose[last + 1] - self._prose[first]

    def _last_real(self, first: int, last: int) -> int:
        while last >= first and not self._is_real(last, first):
            last -= 1
        return last

    def _common(self, first: int, last: int) -> int:
        """Return the number of the innermost element that holds two blocks."""
        number = self._blocks[first].owner
        while number > 0 and self._elements[number].end <= last:
            number = self._elements[number].parent
        return number

    def _scope(self, first: int, last: int) -> Element:
        """Return the innermost element that holds the text; its parent, where that has another part of the same kind."""
        number = self._common(first, last)
        if number == self._blocks[first].owner:
            number = max(0, self._elements[number].parent)
        while number > 0:
            scope = self._elements[number]
            kind = scope.tag, scope.attributes.get("class")
            others = (other for other in self._children(scope.parent) if other is not scope)
            if kind[1] is None or not any((other.tag, other.attributes.get("class")) == kind for other in others):
                return scope
            number = scope.parent
        return self._elements[number]

    def _within_main_element(self, first: int, last: int) -> int:
        """Return the last block, where nearly all prose is in one element and what follows it is of another kind."""
        for _ in range(_LEVELS):
            number = self._common(first, last)
            parts = [part for part in self._children(number) if part.end > first and part.begin <= last]
            main = max(parts, key=lambda part: self._amount_in(part, first, last), default=None)
            if main is None or main.end > last:
                return last
            if self._amount_in(main, first, last) < _NEARLY_ALL * self._amount_between(first, last):
                return last
            kind = (main.tag, main.attributes.get("class"))
            following = [part for part in parts if part.begin >= main.end]
            if any(
                (part.tag, part.attributes.get("class")) == kind or signs.is_note(part.attributes) for part in following
            ):
                return last
            last = self._last_real(first, main.end - 1)
        return last

    def _children(self, number: int) -> Iterator[Element]:
        return (element for element in self._elements[number + 1 :] if element.parent == number)

    def _amount_in(self, element: Element, first: int, last: int) -> int:
        return self._prose[min(element.end, last + 1)] - self._prose[max(element.begin, first)]

    # --- what stays ---

    def _stays(self, index: int) -> bool:
        """Tell whether a block within the stretch is of the article: the guard."""
        block = self._blocks[index]
        if self._is_around(index):
            return False
        return not block.is_links or (self._marked[index] and self._tag(index) not in HEADINGS)

    def _add_above(self, first: int, scope: Element) -> None:
        """Keep pictures, captions and summaries that stand between the title and the text."""
        title = next((i for i in range(first - 1, max(-1, first - _ABOVE), -1) if self._is_title(i)), None)
        begin = scope.begin if title is None else title + 1
        if title is not None:
            for index in range(title - 1, scope.begin - 1, -1):
                if self._is_around(index) or not self._is_in_figure(index):
                    break
                self.kept[index] = True
            for index in range(max(0, title - _KICKERS), title):
                self.kept[index] = self.kept[index] or self._is_kicker(index)
        for index in range(begin, first):
            if not self._is_around(index) and not self._is_beside(index):
                self.kept[index] = self._is_in_figure(index) or self._opens(index)
        for index in range(begin, first + 1):
            if self.kept[index] and self._is_standfirst(index):
                self.kept[index] = False

    def _opens(self, index: int) -> bool:
        """Tell whether a block above the text belongs to it: a picture, a heading, a summary, what the extractor kept."""
        block, tag = self._blocks[index], self._tag(index)
        if block.is_links and not self._marked[index]:
            return False
        if not block.text or (tag in HEADINGS and tag != "h1" and not _HOUR_OR_DATE.search(block.text)):
            return True
        if self._beside[block.owner]:
            return True
        if self._is_of_byline(index):
            return False
        if self._marked[index] and block.size > _MARKED:
            return True
        return block.is_prose and any(signs.is_standfirst(element.attributes) for element in self._above(index))

    def _is_beside(self, index: int) -> bool:
        """Tell whether a block is in a column of the site: a box that stands among paragraphs is of the article."""
        number = self._blocks[index].owner
        if not self._beside[number]:
            return False
        while self._beside[number]:
            number = self._elements[number].parent
        return number not in self._holders

    def _is_in_list(self, index: int) -> bool:
        """Tell whether a block is in a list or a table that is not made of links."""
        return any(
            element.tag in _WHOLE and 2 * self._page.linked(element) <= self._page.size(element)
            for element in self._above(index)
        )

    def _is_in_figure(self, index: int) -> bool:
        return any(
            element.tag in {"figcaption", "figure"} or signs.is_caption(element.attributes)
            for element in self._above(index)
        )

    def _is_title(self, index: int) -> bool:
        text = self._blocks[index].text
        if self._tag(index) == "h1":
            return bool(text)
        return 0 < len(self._title) <= len(text) < 2 * len(self._title) + _BYLINE and letters(text) == self._title

    def _is_standfirst(self, index: int) -> bool:
        """Tell whether a block says what the head has as its summary, is marked as one, and is not most of the text."""
        if not self._standfirst or letters(self._blocks[index].text) != self._standfirst:
            return False
        owner = self._elements[self._blocks[index].owner]
        if 4 * self._blocks[index].size > self._prose[-1]:
            return False
        return owner.tag in HEADINGS or any(signs.is_standfirst(element.attributes) for element in self._above(index))

    def _is_kicker(self, index: int) -> bool:
        is_short = self._blocks[index].size > 0 and _is_line(self._blocks[index].text)
        return is_short and any(signs.is_kicker(element.attributes) for element in self._above(index))

    def _is_of_byline(self, index: int) -> bool:
        text = self._blocks[index].text
        if len(text) > _SHORT:
            return False
        if _is_line(text) and (is_like_date(text) or _YEAR_OR_HOUR.search(text)):
            return True
        said = letters(text)
        if _is_line(text) and any(name in said for name in self._authors):
            return True
        return any(
            signs.is_byline(element.attributes) for element in self._above(index) if self._page.size(element) < _SHORT
        )

    def _add_below(self, last: int, scope: Element) -> None:
        """Keep the lines, pictures and notes that directly follow the text in the element that holds it."""
        notes = self._notes_after(last)
        is_next = True  # nothing has been left out since
        for index in range(last + 1, scope.end):
            owner = self._blocks[index].owner
            if owner in notes:
                self.kept[index] = True
            elif self._is_around(index) or self._is_beside(index):
                is_next = False
            elif not (
                self._blocks[index].is_links or (self._marked[index] and _LEGAL.search(self._blocks[index].text))
            ):
                stays = self._follows(index, last)
                if stays is None:
                    return
                self.kept[index] = stays or is_next

    def _follows(self, index: int, last: int) -> bool | None:
        """Tell whether a block below the text is of it; False where it is if nothing is between, None where all ends."""
        block = self._blocks[index]
        holders = (self._elements[self._blocks[each].owner].parent for each in (index, last))
        if self._beside[block.owner]:
            return False
        if self._marked[index] and (block.size > _MARKED or len(set(holders)) == 1):
            return True
        if not block.text or self._is_in_figure(index):
            return True
        return False if self._tag(index) in HEADINGS or self._is_in_list(index) else None

    def _notes_after(self, last: int) -> set[int]:
        notes: set[int] = set()
        for number, element in enumerate(self._elements):
            if element.end > last + 1 and (element.parent in notes or signs.is_note(element.attributes)):
                notes.add(number)
        return notes

    def _keep_whole(self, first: int, last: int) -> None:
        """Let tables, lists, figures and code be kept or dropped as a whole, if they are no frame of the page."""
        most = self._amount_between(first, last) // 2
        sizes = [0, *accumulate(block.size * kept for block, kept in zip(self._blocks, self.kept, strict=True))]
        counts = [0, *accumulate(self.kept)]
        end = -1
        for element in self._elements:
            begin = element.begin
            if element.tag not in _WHOLE or begin < end or element.end - begin < 2 or self._amount(element) > most:
                continue
            if self._around[self._blocks[begin].owner]:
                continue
            if counts[begin] == counts[element.end]:
                if self._is_among_prose(element, first, last):
                    self.kept[begin : element.end] = [not self._is_around(i) for i in range(begin, element.end)]
                    end = element.end
                continue
            end = element.end
            size, kept = self._page.size(element), sizes[end] - sizes[begin]
            if element.tag in _ONE_THING or 2 * kept >= size or 2 * self._page.linked(element) <= size:
                self.kept[begin:end] = [not self._is_around(index) for index in range(begin, end)]

    def _is_among_prose(self, element: Element, first: int, last: int) -> bool:
        """Tell whether a list of links stands between two paragraphs of the text, beside both."""
        before, after = element.begin - 1, element.end
        return (
            first <= before
            and after <= last
            and all(
                self.kept[index] and self._elements[self._blocks[index].owner].parent == element.parent
                for index in (before, after)
            )
        )

    def _drop_idle_headings(self) -> None:
        """Drop a heading whose section has been dropped."""
        following = ""  # the tag of the next block that is kept
        has_gap = False  # whether text has been dropped since
        for index in range(len(self._blocks) - 1, -1, -1):
            tag = self._tag(index)
            if not self.kept[index]:
                has_gap = has_gap or bool(self._blocks[index].text)
            elif tag in HEADINGS and has_gap and (not following or (following in HEADINGS and following <= tag)):
                self.kept[index] = False
            else:
                following, has_gap = tag, False
