"""Join each picture and its caption in one `figure`, however the article wrote them.

`patterns` tells what a caption looks like; this module looks for it in the right places and makes the figure:

1. In a `figure`, only the pictures and one caption stay. Boxes around pictures go, and other content moves out of it.
2. A picture outside of figures is joined with the captions after it, or after the boxes that hold nothing but it.
   Where there are none, a box or a table of pictures and short texts alone has the captions of its pictures.
3. A picture alone on its line becomes a `figure` without caption. One within a line of text stays there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from bs4.element import PageElement, Tag

from epubmaker.chapters.captions.boxes import BoxedCaption, caption_in_figure, captions_in_box, split_credits
from epubmaker.chapters.captions.figcaption import caption_text, figcaption, is_long
from epubmaker.chapters.captions.patterns import Shown, has_caption_class, is_credit, recognize
from epubmaker.chapters.captions.shortcodes import unfold_shortcodes
from epubmaker.chapters.captions.survey import Survey
from epubmaker.chapters.captions.tables import captioned_cells
from epubmaker.chapters.captions.wording import is_figure_label, opens_as_credit
from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.pictures.alttext import shortened
from epubmaker.chapters.pictures.marks import CENTERED, SAYS
from epubmaker.chapters.tree import CAPTIONED, REF, Edits, element, is_text, tags_within, text_within, walk
from epubmaker.chapters.xhtml.content import BLOCK_ELEMENTS, HEADINGS, SET_AS, names

__all__ = ["join_captions"]

_LONGEST_OVERLAY = 60  # characters of a credit that is shown on top of a picture
_MOST_CAPTIONS = 3  # elements that together are the caption of a picture: text, credit, source
# Boxes that may stand around a picture and have no meaning there.
_BOXES = names("a article aside b center div dt em figure font header i p picture section span strong u")
_LINES = names("center div p section")  # boxes that a figure takes the place of
# Elements that a figure may stand in among other things.
_FLOW = BLOCK_ELEMENTS - HEADINGS - names("dl dt hr ol pre table ul")

_Nodes: TypeAlias = Sequence[PageElement]


def join_captions(root: Tag, context: PassContext) -> None:
    """Make `figure` elements of the pictures that `find_pictures` left, with a last `figcaption` where there is one.

    A figure holds pictures, each an `img` or an `a` around it. Credits are `span` elements of the class "credit" in the
    `figcaption`. A picture without alternative text gets its caption's.
    """
    survey = Survey(root)
    if not survey.pictures:
        return
    if survey.shortcodes:
        unfold_shortcodes(root, survey.pictures)
        survey = Survey(root)
    joiner = _Joiner(root, survey, context.title)
    for gallery in survey.galleries:
        _unlist(gallery, survey)
    for picture in survey.pictures:
        joiner.join_table(picture)
    for figure in reversed(survey.figures):
        joiner.clear_figure(figure)
    for picture in survey.pictures:
        joiner.join(picture)
    for picture in survey.pictures:
        joiner.stand_alone(picture)  # once no caption stands on its line any more
    joiner.edits.apply()
    for picture in survey.pictures:
        for mark in (SAYS, CENTERED):
            picture.attrs.pop(mark, None)


class _Joiner:
    """Collects the edits that one article needs."""

    def __init__(self, root: Tag, survey: Survey, title: str) -> None:
        self._root = root
        self._title = title
        self._survey = survey
        self._outer = survey.outer_figures()
        self._done: set[int] = set()  # pictures, tables, and figures in tables, that are finished
        self._boxes: dict[int, dict[int, BoxedCaption]] = {}  # the captions in each box, by the identity of the picture
        self.edits = Edits(root)

    # --- tables of pictures ---

    def join_table(self, picture: Tag) -> None:
        """Take a table of pictures and their captions: the one that Blogger makes, or any other."""
        table = next((parent for parent in picture.parents if parent.name == "table"), None)
        if table is None or id(table) in self._done:
            return
        self._done.add(id(table))
        if has_caption_class(table):
            cells = [cell for cell in table.find_all("td") if id(cell) in self._survey.textual]
            if len(cells) == 1 and has_caption_class(cells[0]) and id(cells[0]) not in self._survey.pictured:
                cells[0].name = "div"
                self._replace(table, cells, ())
                self._done.update(id(tag) for tag in tags_within(table) if tag.name == "figure")
                return
        found = captioned_cells(table, self._survey)
        if found is None:
            return
        figures: list[Tag] = []
        for cells_above, texts in found:
            units = [unit for cell in cells_above for unit in self._survey.units_within(cell)]
            figures += self._figures(units, *split_credits(texts))
        self.edits.replace(table, *figures)
        self._done.update(id(tag) for tag in tags_within(table) if tag.name == "figure")

    # --- figures that are there ---

    def clear_figure(self, figure: Tag) -> None:
        """Leave in a figure its pictures and one caption; nothing else may stand between them."""
        if id(figure) not in self._survey.pictured or id(figure) in self._done:
            return
        if id(figure) in self._outer:
            # A gallery: the figures in it are what counts.
            if figure.find("figcaption", recursive=False) is None:
                figure.name = "div"
            return
        pictures, captions, credit, before, after = self._take_apart(figure)
        if not captions and not before and not after:
            _, more, sources = self._captions_around(figure)
            for node in (*more, *sources):
                self.edits.remove(node)
            captions, credit = [*captions, *more], [*credit, *sources]
        self._set(figure, pictures, captions, credit)
        if before or after:
            self.edits.replace(figure, *before, figure, *after)

    def _take_apart(self, figure: Tag) -> tuple[list[Tag], _Nodes, _Nodes, _Nodes, _Nodes]:
        """Return a figure's pictures, captions, credits, and what else stands before the caption and after it."""
        pictures: list[Tag] = []
        captions: list[PageElement] = []
        credit: list[PageElement] = []
        before: list[PageElement] = []
        after: list[PageElement] = []
        stack = figure.contents[::-1]
        while stack:
            node = stack.pop()
            if not self._survey.shows(node) or (isinstance(node, Tag) and node.name == "button"):
                continue
            rest = after if captions else before
            if not isinstance(node, Tag):
                (credit if opens_as_credit(text_within(node, 200)) else rest).append(node)
            elif REF in node.attrs or (node.name == "a" and self._survey.only_pictures(node)):
                pictures.append(node)
            elif id(node) in self._survey.pictured:
                stack.extend(reversed(node.contents))
            elif node.name == "figcaption" or has_caption_class(node):
                captions.append(node)
            elif is_figure_label(text_within(node, 20)):
                continue
            else:
                (credit if is_credit(node) or opens_as_credit(text_within(node, 200)) else rest).append(node)
        texts = [*before, *after]
        if not captions and ((len(texts) == 1 and recognize(texts[0])) or caption_in_figure(texts)):
            captions, more = split_credits(texts)
            credit, before, after = [*credit, *more], [], []
        elif captions:
            credit += filter(_lies_on_picture, before)
            before = [node for node in before if not _lies_on_picture(node)]
        return pictures, captions, credit, before, after

    # --- pictures in no figure ---

    def join(self, picture: Tag) -> None:
        """Make a figure of a picture that stands in none and has a caption."""
        if self._is_joined(picture):
            return
        unit, captions, credit = self._captions_around(picture)
        if not captions and not credit:
            return
        for node in (*captions, *credit):
            self.edits.remove(node)
        if unit.name == "dt" and unit.parent is not None and unit.parent.name == "dl":
            unit.parent.name = "div"
        self._replace(unit, captions, credit)

    def _captions_around(self, picture: Tag) -> tuple[Tag, _Nodes, _Nodes]:
        """Return the captions and credits that follow a picture, and the outermost box that they follow."""
        image = picture if REF in picture.attrs else self._images(picture)[0]
        shown = Shown(image, picture, title=self._title)
        while True:
            captions, credit = self._captions_after(shown)
            parent = shown.unit.parent
            if captions or credit or parent is None:
                return shown.unit, captions, credit
            if not self._is_box(parent):
                return shown.unit, *self._captions_in(parent, shown.unit)
            shown.unit = parent

    def _captions_in(self, box: Tag, unit: Tag) -> tuple[_Nodes, _Nodes]:
        """Return the captions and credits of the last picture in a box with short texts alone."""
        if box is self._root:
            return (), ()
        if id(box) not in self._boxes:
            self._boxes[id(box)] = {id(found.picture): found for found in captions_in_box(box, self._survey)}
        found = self._boxes[id(box)].get(id(unit))
        return (found.captions, found.credit) if found is not None else ((), ())

    def _captions_after(self, shown: Shown) -> tuple[_Nodes, _Nodes]:
        captions: list[PageElement] = []
        credit: list[PageElement] = []
        node = self._seen_after(shown.unit)
        if node is not None:
            shown.alone = self._begins_line(shown.unit)
        while (
            node is not None and len(captions) + len(credit) < _MOST_CAPTIONS and id(node) not in self._survey.pictured
        ):
            following = self._seen_after(node)
            pattern = recognize(node, following, shown)
            if pattern is None or (captions and pattern.role == "caption" and not pattern.continues):
                break
            (captions if pattern.role == "caption" else credit).append(node)
            node = following
        return captions, credit

    def _is_joined(self, picture: Tag) -> bool:
        return id(picture) in self._done or any(parent.name == "figure" for parent in picture.parents)

    def stand_alone(self, picture: Tag) -> None:
        """Make a figure without caption of a picture that stands in none and has its line for itself."""
        if self._is_joined(picture):
            return
        unit: Tag = picture
        while unit.name not in _LINES and unit.parent is not None and self._is_box(unit.parent):
            unit = unit.parent
        parent = unit.parent
        in_flow = parent is self._root or (parent is not None and parent.name in _FLOW)
        if unit.name in _LINES or (in_flow and self._begins_line(unit) and self._ends_line(unit)):
            self._replace(unit, (), ())

    def _is_box(self, tag: Tag) -> bool:
        return tag is not self._root and tag.name in _BOXES and self._survey.only_pictures(tag)

    # --- lines ---

    def _seen_after(self, node: PageElement) -> PageElement | None:
        near = node.next_sibling
        while near is not None and (not self._survey.shows(near) or self.edits.becomes(near) != (near,)):
            near = near.next_sibling
        return near

    def _begins_line(self, unit: Tag) -> bool:
        """Return True when only pictures stand before a node on its line."""
        node: Tag | None = unit
        while node is not None and node is not self._root and node.name not in BLOCK_ELEMENTS:
            bound = self._line_bound(node.previous_siblings)
            if bound is not None:
                return bound
            node = node.parent
        return True

    def _ends_line(self, unit: Tag) -> bool:
        return unit.name in BLOCK_ELEMENTS or self._line_bound(unit.next_siblings) is not False

    def _line_bound(self, neighbors: Iterable[PageElement]) -> bool | None:
        return next((bound for near in neighbors if (bound := self._bounds_line(near)) is not None), None)

    def _bounds_line(self, near: PageElement) -> bool | None:
        """Return True for a neighbor that ends a line or is a picture, False for text, None for what is not visible."""
        for node in self.edits.becomes(near):
            ends = isinstance(node, Tag) and (node.name == "br" or node.name in BLOCK_ELEMENTS)
            if ends or self._survey.only_pictures(node):
                return True
            if is_text(node) or self._survey.shows(node):
                return False
        return None

    # --- the result ---

    def _replace(self, unit: Tag, captions: _Nodes, credit: _Nodes) -> None:
        """Put a figure in the place of a box of pictures; without a caption, one for each picture."""
        figures = self._figures(self._survey.units_within(unit), captions, credit)
        if unit.name in BLOCK_ELEMENTS and "id" in unit.attrs:
            figures[0].attrs["id"] = unit.attrs["id"]
        self.edits.replace(unit, *figures)

    def _figures(self, units: Sequence[Tag], captions: _Nodes, credit: _Nodes) -> list[Tag]:
        groups = [units] if captions or credit else [[each] for each in units]
        figures = [element("figure") for _ in groups]
        for figure, group in zip(figures, groups, strict=True):
            self._set(figure, group, captions, credit)
        return figures

    def _set(self, figure: Tag, pictures: Sequence[Tag], captions: _Nodes, credit: _Nodes) -> None:
        """Give a figure its pictures and its caption, and the first picture an alternative text."""
        images: list[Tag] = []
        for unit in pictures:
            inside = self._images(unit)
            if unit.name == "a":
                self.edits.fill(unit, inside)
            images += inside
        self._done.update(map(id, images))
        contents: list[PageElement] = list(pictures)
        if captions or credit:
            caption = figcaption(captions, credit, self.edits)
            contents += [caption] if caption.contents else []
            said = caption_text(caption)
            if is_long(said):
                caption.attrs[SET_AS] = "long"
            if images:
                alt = images[0].attrs["alt"] = images[0].attrs["alt"] or shortened(said)
                if str(alt) in said or alt == shortened(said):
                    images[0].attrs[CAPTIONED] = ""
        self.edits.fill(figure, contents)

    @staticmethod
    def _images(unit: Tag) -> list[Tag]:
        return [node for node in (unit, *walk(unit)) if isinstance(node, Tag) and REF in node.attrs]


def _lies_on_picture(node: PageElement) -> bool:
    """Return True for a few words beside the picture in a figure that has a caption: they are its credit."""
    inline = not isinstance(node, Tag) or node.name in {"cite", "em", "i", "small", "span"}
    boxed = node.parent is not None and node.parent.name != "figure"
    return inline and boxed and len(text_within(node, _LONGEST_OVERLAY + 1)) <= _LONGEST_OVERLAY


def _unlist(gallery: Tag, survey: Survey) -> None:
    """Make boxes of a list of pictures, which needs no bullets."""
    if id(gallery) in survey.pictured:
        gallery.name = "div"
        for item in gallery.contents:
            if isinstance(item, Tag) and item.name == "li":
                item.name = "div"
