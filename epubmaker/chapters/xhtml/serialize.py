"""Rebuild a tree as XHTML, from the allow-list of `content`: the result is valid for any tree.

The tree is walked once, in order and without recursion. Each element gets a `Place`. Each text, picture and line break is
written along the path of its place: open elements that are not on the path are closed, and those that it lacks are opened.
So elements without content are never written, nothing is written twice, and nothing is moved.

No link inside the chapter dangles: `anchors` knows where each id of the tree went.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.tree import Spaced, walk
from epubmaker.chapters.xhtml.anchors import Anchors
from epubmaker.chapters.xhtml.content import GAP, LINE_ENDS, Holds, is_plain
from epubmaker.chapters.xhtml.elements import Context, Outcome, identifier, outcome_of
from epubmaker.chapters.xhtml.excerpt import Excerpt
from epubmaker.chapters.xhtml.places import SIMPLE, Frame, Place, Target, body_place, bytes_of, continued, numbered
from epubmaker.model.chapters import LinkSlot, PictureSlot
from epubmaker.text.bareaddresses import bare_addresses, may_have_addresses
from epubmaker.text.characters import INVISIBLE, clean, tidy, with_code_breaks
from epubmaker.text.lineends import joins
from epubmaker.text.xhtml import attribute as quoted
from epubmaker.text.xhtml import escaped

__all__ = ["Written", "serialize"]

_BLOCK_BYTES = 100_000  # size of one block from which on it may be cut, to fit into files of 240 KB with others
_FULL = 220_000  # bytes that no block goes beyond
_BEFORE_TERMS = 70_000  # size of a block in which a list of terms may begin: it is not cut, and has up to 120 KB
_CHUNK = 20_000  # characters of one string after which a cut is possible
_BETWEEN_WORDS = 1.4  # of the size of a block, from which on it may be cut where no block begins
_STOPS = "。！？，、；"  # where a text without spaces is cut
_BLANKS = " \u3000\xa0"  # before the first text in a line: typists indent with them
_WHITE = " \t\r\n\f"
_UNSEEN = f"{_WHITE}\xa0\u3000{INVISIBLE}"
_PICTURE = "\u25a1"  # a white square: as a symbol of ambiguous width joins, so does the picture that it stands for
_NONE, _BLANK, _LINE_END = range(3)  # white space that is not written yet; a line end may be none, where text follows
_RULE = "<hr/>"
_PARAGRAPH = re.compile(r'<p(?:(?! id=)[^>])*( id="[^"]*")?[^>]*>')
_BESIDE_PICTURES = frozenset({" ", "<br/>", "<br/><br/>"})
_LONG_ADDRESS = re.compile(r"https?://[!-;=-~]{32,}")  # longer than a line of a small page; as markup
_ADDRESS_PART = re.compile(r"(?<![/:])(?:[/?=]|&amp;)(?=[!-;=-~])")  # a sign after which a long address may be broken
_BREAK_IN_ADDRESS = re.compile("(?<=[!-~])\u200b+(?=[!-~])")  # as its author allowed one
_INDENT = re.compile(r"[ \t\r\n]*(\xa0[\xa0 ]*)")
_BLANK_RUN = re.compile(r"[ \xa0]*\xa0[\xa0 ]+|[ \xa0]+\xa0[ \xa0]*")
_CODE = frozenset({"code", "kbd", "samp"})
_NOT_LINKED = _CODE | {"a"}  # elements in which an address stays a text
_FEW = 5  # nodes of an empty paragraph
_TO_A_GAP = 4  # paragraphs: where there are fewer to each empty one, those are how the author sets paragraphs apart
_CELLS = frozenset({"td", "th"})
_FEATURES = ("<svg", "<math")


@dataclass(slots=True)
class Written:
    """The markup of a tree.

    `pieces` joined are the markup; `ends` are the indices of pieces at which no element is open, in ascending order; the
    last one is the number of pieces. `ids` maps each id that is written to the index of its piece, in order; `names` maps
    those of the tree that share a place with another to the one that is written there. `features` are the manifest
    properties that the markup needs.
    """

    pieces: list[str | PictureSlot | LinkSlot | Target] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    excerpt: str = ""
    features: set[str] = field(default_factory=set)


# The children of an element that are not yet written, their place, its `simple`, and whether a line ends after them.
_Level: TypeAlias = tuple[Iterator[PageElement], Place, frozenset[str], bool]


def serialize(root: Tag, language: str = "", direction: str = "") -> Written:
    """Return the XHTML of what `root` holds.

    `language` and `direction` are the chapter's: elements that declare the same do so no longer. The tree stays as it is.
    """
    start = body_place()
    writer = _Writer(start.top, Context(language, direction))
    levels: list[_Level] = [(iter(root.contents), start, start.simple, False)]
    while levels:
        children, place, simple, boundary = levels[-1]
        for child in children:
            if isinstance(child, NavigableString):
                writer.text(child, place)
            elif isinstance(child, Tag) and not (child.name in simple and writer.block(child, place)):
                inner = writer.element(child, place)
                if inner is not None:
                    levels.append(inner)
                    break
        else:
            levels.pop()
            if boundary:
                writer.separate(place)
    return writer.finished()


class _Writer:
    """The pieces written so far, and the elements that are open.

    `_space` and `_breaks` are white space and line breaks that are written only if text follows in the same block; `_last`
    is the last character; `_fresh` is True at the start of a line, `_broken` where a line break has begun it.
    `_line_due`: a line of a listing ends before the next text. `_indent` stands before it where it begins a line.
    """

    def __init__(self, body: Frame, context: Context) -> None:
        self._context = context
        self._language = context.language
        self._written = Written()
        self._pieces = self._written.pieces
        self._open = [body]
        self._marks = [0]
        self._size = 0
        self._space = _NONE
        self._last = ""
        self._breaks = 0
        self._fresh = True
        self._broken = False
        self._line_due = False
        self._indent = ""
        self._gap_due = False
        self._gaps: list[int] = []
        self._paragraphs = 0
        self._anchors = Anchors(self._pieces)
        self._excerpt = Excerpt()

    # --- parts of the tree -------------------------------------------------------------------------------------------

    def element(self, tag: Tag, place: Place) -> _Level | None:
        """Write an element without its contents; return the contents if they remain to be written."""
        if tag.attrs and (found := identifier(tag)):
            self._anchors.add((found,))
        if (not tag.contents or tag.name == "p") and _is_blank(tag):
            self._pass_blank(tag, place)
        outcome = outcome_of(tag, place, self._context)
        if isinstance(outcome, Place):
            inner, boundary = outcome, False
        else:
            if outcome.place is None and tag.contents:
                inside = [identifier(node) for node in walk(tag) if isinstance(node, Tag)]
                self._anchors.add(filter(None, inside))
            self._begin(outcome, place)
            if outcome.place is None:
                return None
            inner, boundary = outcome.place, outcome.boundary
        contents = tag.contents
        if len(contents) == 1 and not boundary and isinstance(contents[0], NavigableString):
            self.text(contents[0], inner)  # as the next round would: half of all elements hold one text
            return None
        return (iter(contents), inner, inner.simple, boundary) if contents else None

    def _begin(self, outcome: Outcome, place: Place) -> None:
        if outcome.boundary and outcome.place is not None:
            self.separate(outcome.place)
        elif outcome.leaf is not None:
            self._leaf(outcome.leaf, place, alone=outcome.alone)
        elif outcome.leaves:
            for leaf in outcome.leaves:
                self._leaf(leaf, place, alone=False)
        elif outcome.line_break:
            if outcome.place is not None:
                self._verbatim("\n\n" if self._line_due else "\n", place)
            else:
                self._breaks += 1
                self._indent = ""
        elif outcome.kept_empty and outcome.place is not None:
            self._go_to(outcome.place.blocks)

    def block(self, tag: Tag, place: Place) -> bool:
        """Write one of `place.simple` if it holds a text and no more, as `element` would: in 2.8 µs, not 4.9.

        Return False, with nothing written, for any other element.
        """
        contents = tag.contents
        if len(contents) != 1 or not is_plain(tag.attrs):
            return False
        inner = contents[0]
        begun = (
            tidy(str(inner), place.language or self._language).lstrip(_BLANKS)
            if isinstance(inner, NavigableString)
            else ""
        )
        waiting = self._breaks or self._anchors.waiting
        if waiting or not begun or begun.isspace() or len(begun) > _CHUNK or self._size > _BLOCK_BYTES:
            return False
        if "@" in begun or ":" in begun or "www." in begun:  # there may be addresses, which become links
            return False
        now, depth = self._open, len(place.blocks)
        if len(now) < depth or now[depth - 1] is not place.blocks[-1]:
            self._go_to(place.blocks)
        elif len(now) > depth:
            self._close_to(depth)
        text = begun.rstrip(" \xa0")
        name = tag.name
        frame = SIMPLE[name]
        if self._excerpt.wants:
            self._excerpt.add(text, (*place.blocks, frame), self._pieces, parted=True)
        now.append(frame)
        self._marks.append(len(self._pieces))
        written = escaped(text)
        self._pieces.append(f"<{name}>{written}")
        if name == "p":
            self._paragraph(len(self._pieces) - 1)
        else:
            self._gap_due = False
        self._size += 2 * len(name) + 5 + (len(written) if written.isascii() else bytes_of(written))
        if name == "li":
            place.top.count += 1
        self._fresh = False
        self._space = _NONE  # at the end of a block
        return True

    def _pass_blank(self, tag: Tag, place: Place) -> None:
        """Let a line end at a block that holds nothing; an empty line between paragraphs may be meant as a gap."""
        if tag.name in _CELLS:
            return
        self.separate(place.between() if place.mode == "flow" else place)
        if place.mode == "flow" and place.top.holds is not Holds.FLOW and not self._fresh:
            self._breaks = max(self._breaks, 1)
        if tag.name == "p" and tag.contents and self._last_is_paragraph(place):
            self._gap_due = True

    def _last_is_paragraph(self, place: Place) -> bool:
        return len(place.blocks) == 1 and bool(self._pieces) and self._pieces[-1] == "</p>"

    def _paragraph(self, index: int) -> None:
        """Count a paragraph that begins with that piece; it may follow a gap."""
        self._paragraphs += 1
        if self._gap_due:
            self._gaps.append(index)
            self._gap_due = False

    def separate(self, place: Place) -> None:
        """Let what follows stand apart from what came before at this place."""
        if place.mode == "pre":
            begun = not self._fresh and any(frame is place.top for frame in self._open)
            self._line_due = begun and not str(self._pieces[-1]).endswith("\n")
        elif place.mode == "flat":
            self._space = _BLANK
        else:
            depth = len(place.blocks)
            if len(self._open) > depth and self._open[depth - 1] is place.top:
                self._close_to(depth)

    def text(self, string: str, place: Place) -> None:
        if place.mode == "pre":
            self._verbatim(string, place)
            return
        if isinstance(string, Spaced):
            self._spaced(str(string), place, indented=string.indented)
            return
        raw = str(string)  # a plain string: each method of a NavigableString copies it
        if may_have_addresses(raw) and not place.full and _NOT_LINKED.isdisjoint([f.name for f in place.inlines]):
            self._text_with_links(raw, place)
        else:
            self._text(raw, place)

    def _text_with_links(self, raw: str, place: Place) -> None:
        """Write a text with its web and mail addresses as links, since nobody can follow them in a book otherwise."""
        written = 0
        if "\u200b" in raw:
            raw = _BREAK_IN_ADDRESS.sub("", raw)
        for start, end, uri in bare_addresses(raw):
            head = ('<a href="', LinkSlot(uri), '"') if uri.startswith("http") else (f"<a href={quoted(uri)}",)
            if written < start:
                self._text(raw[written:start], place)
            self._text(raw[start:end], place.inside(Frame("a", head)))
            written = end
        if written < len(raw):
            self._text(raw[written:], place)

    def _text(self, raw: str, place: Place) -> None:
        language = place.language or self._language
        text = tidy(raw, language) if raw.strip(_WHITE) else raw  # a third of all texts are line ends between elements
        if text is not raw and "\u200b" in raw and _is_code(place):
            text = with_code_breaks(raw, lambda part: tidy(part, language))
        if text is not raw and "\xa0" in raw and self._indented(raw, place):
            return
        if not text or text.isspace():
            if text and self._space < _LINE_END:
                self._space = _blank(raw)
            if "\xa0\xa0" in raw and self._begins_after_break():
                self._indent = "\xa0" * raw.count("\xa0")
            return
        begun = text.lstrip(" \xa0")
        if len(begun) < len(text) and self._space < _LINE_END:
            self._space = _blank(raw[: len(raw) - len(raw.lstrip(_UNSEEN))])
        if self._space == _LINE_END and joins(self._last, begun, language):
            self._space = _NONE
        self._go_to(place.path)
        if self._fresh:
            begun = begun.lstrip(_BLANKS)
            self._fresh = False
            if self._indent:
                self._put(self._indent)
        self._indent = ""
        core = begun.rstrip(" \xa0")
        self._add(core, place)
        self._last = core[-1:]
        self._space = _blank(raw[len(raw.rstrip(_UNSEEN)) :]) if len(core) < len(begun) else _NONE

    def _indented(self, raw: str, place: Place) -> bool:
        """Write a text that no-break spaces indent after a line break, or that is code; return False for any other."""
        runs = "\xa0\xa0" in raw or "\xa0 " in raw or " \xa0" in raw
        if not runs or not raw.strip(_UNSEEN):
            return False
        code = _is_code(place)
        indent = _INDENT.match(raw) if code or self._begins_after_break() else None
        if not code and (indent is None or len(indent[1]) < 2):
            return False
        if indent is not None and self._breaks:
            self._space = _NONE
        space = self._space
        self._go_to(place.path)
        if indent is not None and (self._fresh or not space):
            self._put("\xa0" * len(indent[1]))
            self._fresh = False
            raw = raw[indent.end() :]
        if not code:
            self._text(raw, place)
            return True
        self._spaced(_BLANK_RUN.sub(lambda run: "\xa0" * len(run[0]), raw), place)
        return True

    def _begins_after_break(self) -> bool:
        """Tell whether what comes next begins a line of a block that is not its first."""
        return self._breaks == 1 or (self._fresh and self._broken)

    def _spaced(self, string: str, place: Place, *, indented: bool = False) -> None:
        """Write a text with its no-break spaces, except before the first line of a block that is not `indented`."""
        self._go_to(place.path)
        text = clean(string)
        if self._fresh and not self._broken and not indented:
            text = text.lstrip(_BLANKS)
        self._fresh = False
        self._last = text[-1:]
        self._add(text, place)

    def _verbatim(self, string: str, place: Place) -> None:
        text = with_code_breaks(string, clean).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
        if text:
            self._space = _NONE
            due, self._line_due = self._line_due and text[0] != "\n", False
            before = self._open[-1:] and place.top in self._open
            if due and before:
                self._put("\n")
            self._go_to(place.path)
            self._fresh = False
            self._last = text[-1]
            self._add(text, place)

    def _leaf(self, piece: str | PictureSlot, place: Place, *, alone: bool) -> None:
        if alone and isinstance(piece, str) and self._pieces and str(self._pieces[-1]).startswith("<hr"):
            return  # one rule is enough
        path = place.under("p") if alone else place.path
        size = bytes_of(piece)
        if self._space == _LINE_END and not alone and joins(self._last, _PICTURE, place.language or self._language):
            self._space = _NONE
        self._last = _PICTURE
        self._go_to(path, spans=piece != _RULE)
        if self._size + size > _FULL and self._may_cut(len(self._open), size):
            self._close_to(1)
            self._go_to(path, spans=piece != _RULE)
        if self._anchors.waiting:
            piece = f"<hr{self._anchors.at_next()}/>"
        self._pieces.append(piece)
        self._size += size
        self._fresh = alone
        if isinstance(piece, str) and piece.startswith(_FEATURES):
            self._written.features.add("svg" if piece.startswith("<svg") else "mathml")
        if alone and len(self._open) == 1:
            self._written.ends.append(len(self._pieces))

    def finished(self) -> Written:
        self._close_to(1)
        if len(self._gaps) * _TO_A_GAP <= self._paragraphs:
            for index in self._gaps:
                written = self._pieces[index]
                if not isinstance(written, str) or not written.startswith("<p"):
                    continue  # it has become a figure
                classed = written.startswith('<p class="')
                start, rest = ('<p class="', f"{GAP} ") if classed else ("<p", f' class="{GAP}"')
                self._pieces[index] = f"{start}{rest}{written[len(start) :]}"
        self._anchors.finish()
        self._anchors.put("div")
        self._written.ids, self._written.names = self._anchors.written, self._anchors.names
        if not self._written.ends or self._written.ends[-1] != len(self._pieces):
            self._written.ends.append(len(self._pieces))
        self._written.excerpt = self._excerpt.text()
        return self._written

    # --- pieces of markup --------------------------------------------------------------------------------------------

    def _add(self, text: str, place: Place) -> None:
        if self._excerpt.wants:
            self._excerpt.add(text, place.blocks, self._pieces)
        if len(text) > _CHUNK or self._size > _BLOCK_BYTES:
            self._add_in_pieces(text, place)
            return
        written = escaped(text)
        if "://" in text and place.mode != "pre" and not _is_code(place):
            written = _LONG_ADDRESS.sub(_with_breaks, written)
        self._pieces.append(written)
        self._size += len(written) if written.isascii() else bytes_of(written)

    def _add_in_pieces(self, text: str, place: Place) -> None:
        verbatim = place.mode == "pre"
        start = 0
        while start < len(text):
            end = self._piece_end(text, start, verbatim=verbatim)
            written = escaped(text[start:end])
            size = bytes_of(written)
            long = self._size > _BLOCK_BYTES and (start > 0 or self._size + size > _FULL)
            if long and self._may_cut(len(self._open), size):
                self._close_to(1)
                self._go_to(place.path)
                written = written if verbatim else written.lstrip(" ")
            self._pieces.append(written)
            self._size += size
            self._fresh = False
            start = end

    def _piece_end(self, text: str, start: int, *, verbatim: bool) -> int:
        """Return where the next piece of a text ends: at a line end of a listing, before a space, else anywhere.

        It is the first such place where the block is full, else the last one within the size of a piece.
        """
        most = start + _CHUNK
        if verbatim:
            if self._size > _BLOCK_BYTES and (end := text.find("\n", start, most)) >= 0:
                return end + 1
            return len(text) if len(text) <= most else (text.rfind("\n", start, most) + 1 or most)
        if self._size > _BETWEEN_WORDS * _BLOCK_BYTES and (end := text.find(" ", start + 1, most)) > 0:
            return end
        if len(text) <= most:
            return len(text)
        if (end := text.rfind(" ", start + 1, most)) > 0:
            return end
        return max(text.rfind(sign, start, most) for sign in _STOPS) + 1 or most

    def _put(self, written: str) -> None:
        self._pieces.append(written)
        self._size += len(written)

    def _go_to(self, path: tuple[Frame, ...], *, spans: bool = True) -> None:
        """Close and open elements until those of `path` are the open ones.

        Ids that wait, and that no new element takes, are put there with `spans`.
        """
        if self._breaks:
            self._break_line(path)
        kept = self._common(path)
        if self._size > _BEFORE_TERMS and kept > 1 and self._is_cut(path, kept):
            kept = 1
        if kept < len(self._open):
            self._close_to(kept)
        if self._space:
            if not self._fresh and not (kept < len(path) and path[kept].block):
                self._put(" ")
            self._space = _NONE
        if self._anchors.waiting:
            self._anchors.assign(path[kept:])
        for frame in path[kept:]:
            self._start(frame, path)
        if spans and self._anchors.waiting:
            self._size += self._anchors.put()

    def _common(self, path: tuple[Frame, ...]) -> int:
        """Return how many of the open elements are on a path; the body always is."""
        now = self._open
        kept, most = 1, min(len(now), len(path))
        while kept < most and now[kept] is path[kept]:
            kept += 1
        return kept

    def _break_line(self, path: tuple[Frame, ...]) -> None:
        count, self._breaks = self._breaks, 0
        block = max(index for index, frame in enumerate(path) if frame.block)
        if self._fresh or self._common(path) <= block:
            return
        self._space = _NONE
        if count > 1 and path[block].name == "p":
            self._close_to(block)
        else:
            self._put("<br/>" if count == 1 else "<br/><br/>")
            self._fresh = self._broken = True

    def _is_cut(self, path: tuple[Frame, ...], kept: int) -> bool:
        """Return True where a long block is to end: before a block in it, else between words, else anywhere."""
        if any(frame.name == "dl" and not frame.opened for frame in path[kept:]):
            return self._may_cut(kept, _FULL)
        before_block = kept < len(path) and path[kept].block
        if before_block or str(self._pieces[-1]).endswith("\n"):
            room = 1.0 * _BLOCK_BYTES
        elif path[-1].name == "pre" or any(frame.name == "pre" for frame in path[1:kept]):
            room = 2.0 * _BLOCK_BYTES  # there will be a line end
        else:
            room = (_BETWEEN_WORDS if self._space else 1.6) * _BLOCK_BYTES
        return self._size > room and self._may_cut(kept)

    def _may_cut(self, kept: int, more: int = 0) -> bool:
        """Return True when the elements that would stay open may be closed and opened again in another file.

        A cell or a figure is cut only where it has no room for the `more` bytes that come next.
        """
        names = {frame.name for frame in self._open[:kept]}
        return "dl" not in names and (self._size + more > _FULL or names.isdisjoint({"figure", "td", "th"}))

    def _start(self, frame: Frame, path: tuple[Frame, ...]) -> None:
        pieces = self._pieces
        self._open.append(frame)
        self._marks.append(len(pieces))
        rest = str(frame.head[-1])
        if len(frame.head) > 1:
            self._anchors.has_links = self._anchors.has_links or isinstance(frame.head[1], Target)
            pieces += frame.head[:-1]
            self._size += sum(map(bytes_of, frame.head[:-1]))
        if frame.name == "ol" and frame.opened:
            inside = path[path.index(frame) + 1 :]
            rest = continued(rest, frame.count - 1 if inside and inside[0].opened else frame.count)
        if frame.id:
            rest = f"{rest}{self._anchors.at(frame.id)}"
        pieces.append(f"{rest}>")
        self._size += len(rest) + len(frame.name) + 4
        if frame.block:
            self._fresh, self._broken = True, False
            if frame.name == "p":
                self._paragraph(len(pieces) - 1)
            if frame.name == "li" and not frame.opened:
                above = self._open[-2]
                above.count = numbered(rest, str(above.head[-1]), above.count + 1)
        frame.opened = True

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            frame = self._open.pop()
            mark = self._marks.pop()
            if frame.name == "p" and self._only_pictures(mark):
                continue
            if frame.name == "a" and self._unnamed(mark, frame):
                continue
            self._pieces.append(f"</{frame.name}>")
            if frame.block:
                self._fresh, self._broken, self._indent = True, False, ""
        if depth == 1 and self._pieces:
            self._written.ends.append(len(self._pieces))
            self._size = 0

    def _only_pictures(self, mark: int) -> bool:
        """Make figures of a paragraph that holds nothing but pictures; return True when it was one."""
        if self._pieces[-1] not in _BESIDE_PICTURES and isinstance(self._pieces[-1], str):
            return False  # it ends with a text: so most paragraphs are left alone at once
        inner = self._pieces[mark + 1 :]
        start = _PARAGRAPH.fullmatch(str(self._pieces[mark]))
        if start is None or not any(isinstance(piece, PictureSlot) for piece in inner):
            return False
        if not all(not piece.after if isinstance(piece, PictureSlot) else piece in _BESIDE_PICTURES for piece in inner):
            return False
        in_figure = any(frame.name == "figure" for frame in self._open)
        before, after = ("", "") if in_figure else ("<figure>", "</figure>")
        place = [f"<span{start[1]}></span>"] if start[1] else []
        self._pieces[mark:] = place + [
            replace(piece, before=before, after=after, inline=False)
            for piece in inner
            if isinstance(piece, PictureSlot)
        ]
        self._fresh = True
        return True

    def _unnamed(self, mark: int, frame: Frame) -> bool:
        """Unwrap a link around one picture without alternative text, which would not say where it leads."""
        last = self._pieces[-1]
        if not isinstance(last, PictureSlot) or last.alt:
            return False
        start = mark + len(frame.head)
        inner = self._pieces[start:-1]
        if not all(isinstance(piece, str) and piece.startswith("<span id=") for piece in inner):
            return False
        if f' id="{frame.id}">' in str(self._pieces[start - 1]):
            inner.insert(0, f'<span id="{frame.id}"></span>')
        self._pieces[mark:] = [*inner, replace(last, linked=False)]
        ids = self._anchors.written
        for each in reversed(ids):
            if ids[each] <= mark:
                break
            ids[each] = mark  # the same block, and so the same file
        return True


def _with_breaks(address: re.Match[str]) -> str:
    """Return an address with places where a line may break; a break within a word would look like part of it."""
    return _ADDRESS_PART.sub(r"\g<0><wbr/>", address[0])


def _is_code(place: Place) -> bool:
    return any(frame.name in _CODE for frame in place.inlines)


def _is_blank(tag: Tag) -> bool:
    """Return True for a block that holds nothing, or a paragraph that holds white space and line breaks alone."""
    contents = tag.contents
    if not contents:
        return tag.name in LINE_ENDS and tag.name != "br"
    if tag.name != "p" or len(contents) > _FEW:
        return False
    for node in contents:
        if isinstance(node, Tag):
            if node.name != "br":
                return False
        elif str(node).strip(_UNSEEN):
            return False
    return True


def _blank(space: str) -> int:
    """Return what white space is: a line end that nobody typed a space beside, or a blank."""
    return _LINE_END if "\n" in space and "\xa0" not in space else _BLANK
