"""Find every picture of an article, whatever its markup, and put one uniform element in the place of each.

That element is an `img` with two attributes: `alt`, the alternative text, and `REF`, the addresses of the picture, the best
one first. The tree is read once, in document order, and edited at the end.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.passes.triggers import BACKGROUNDS, IMAGES, PICTURES
from epubmaker.chapters.pictures.addresses import (
    TARGET_WIDTH,
    Candidate,
    Rank,
    best_first,
    candidates,
    clean,
    is_picture_address,
    url_in_style,
    without_stand_ins,
)
from epubmaker.chapters.pictures.alttext import LONGEST_FORMULA, meaningful, own_alt
from epubmaker.chapters.pictures.decoration import (
    Size,
    declared_size,
    emoji_text,
    is_decoration,
    is_formula,
    may_be_icon,
)
from epubmaker.chapters.pictures.drawn import DrawingWriter, is_icon, is_layout, label_of
from epubmaker.chapters.pictures.icons import telling_text
from epubmaker.chapters.pictures.marks import CENTERED, DESCRIBES, SAYS, mark, mark_size
from epubmaker.chapters.style import is_hidden, read
from epubmaker.chapters.tree import (
    OPTIONAL,
    REF,
    SHOWN,
    WORD,
    Edits,
    after,
    attribute,
    element,
    in_order,
    is_text,
    picture_ref,
    tags_within,
    text_within,
    walk,
)
from epubmaker.chapters.xhtml.content import names
from epubmaker.chapters.xhtml.drawings import drawing
from epubmaker.model.pictures import PictureRef, Referrer
from epubmaker.text.characters import plain
from epubmaker.text.pictureaddresses import named_as_stand_in
from epubmaker.text.referrer import referrer_policy

__all__ = ["find_pictures"]

_MOST_DRAWN = 300  # drawings of an article that become pictures, each of which takes 0.15 s
_MARKS = (SAYS, CENTERED, SHOWN, WORD, OPTIONAL)

_VIEWER = "data-fancybox"  # on the links that a script shows pictures with
_LARGE = 300  # pixels
_LARGE_CLASS = re.compile(r"(?:^|\s)(?:aligncenter|size-(?:full|large)|wp-image-\d+)(?:$|\s)")
_AROUND_PICTURE = names("a picture span b strong em i center")
_SIZE = re.compile(r"-\d{2,4}x\d{2,4}(?=\.[A-Za-z]{3,4}(?:$|[?#]))")  # of a copy, as WordPress names it
_LONGEST_FALLBACK = 200  # characters of the text in an `object`, for readers that cannot show its picture
_ICON_HOLDERS = names("i span")  # without contents: a style sheet draws them
_MOST_ICONS = 20  # nodes of what is one sign, such as the stars of a rating
_LONGEST_SIGN = 2
_SIGNS = re.compile("[\xa1-\u200a\u2030-\U0010ffff]")  # not what fills an attribute: "-", "\u2026"
_LONGEST_PREVIEW = 12_000  # characters of the address of a blurred copy
_PREVIEW_BOXES = 4  # boxes around a picture that its blurred copy may stand in
_LARGEST_BOX = 100  # nodes in one of them
_NO_PREVIEW_BOXES = names("article body main section table tbody td tr")
_DATA_OF_ANY_KIND = re.compile(r"data:(?:image/|application/octet-stream\b|[;,])", re.IGNORECASE)
_PLAYERS = names("audio iframe video")
_BACKGROUND_HOLDERS = names("a div figure header section")
_BESIDE_IMAGE = names("defs g title desc clippath clipPath rect")  # what a drawing of one picture holds besides


def find_pictures(root: Tag, context: PassContext, target_width: int = TARGET_WIDTH) -> None:
    """Make each picture below `root` an `img` with the attributes `alt` and `REF` (a `PictureRef`) and no others.

    Pictures that decorate, count visitors or keep a place are removed; emoji pictures become their character. Of several
    sizes the smallest that is at least `target_width` pixels wide comes first. `SAYS` and `CENTERED` mark pictures for the
    search for captions, which removes the marks.
    """
    finder = _Finder(root, context, target_width)
    finder.find()
    finder.edits.apply()
    context.left_out.update(finder.left_out)
    context.undrawn = finder.undrawn
    if finder.found_any:
        context.names |= PICTURES


class _Finder:
    """One search: the pictures found so far, and the edits to make."""

    def __init__(self, root: Tag, context: PassContext, target_width: int) -> None:
        self._root = root
        self._referrer = context.referrer
        self._drawings = DrawingWriter(context.anchors, context.variables)
        self._drawn: set[str] = set()
        self.undrawn = 0
        self._drawings_seen: set[int] = set()  # in which there is nothing to look for
        self._has_relations = "@rel" in context.names
        self._target = target_width
        self.edits = Edits(root)
        self.left_out: Counter[str] = Counter()
        self._found: dict[int, Tag] = {}  # each picture, by its identity
        self._noscripts: list[Tag] = []
        self._links: list[Tag] = []
        self._large: list[Tag] = []
        self._backgrounds: list[Tag] = []
        self._sizeless: set[int] = set()  # pictures whose elements give no size
        self._enlarging: list[tuple[Tag, Tag]] = []  # such a picture alone in a link that opens a viewer, with the link
        self._previews: list[Tag] = []  # what may be a blurred copy of the picture beside it
        self._blurred: dict[int, Tag] = {}  # pictures that the page shows blurred
        self._described: set[str] = set()
        self._texts: dict[int, str] = {}  # of blocks with icons
        self._used: set[int] = set()  # `picture` elements whose sources an `img` has got

    @property
    def found_any(self) -> bool:
        return bool(self._found)

    def find(self) -> None:
        self._visit_all()
        for holder in self._backgrounds:
            self._from_background(holder)
        for noscript in [each for each in self._noscripts if self._merge_noscript(each)]:
            noscript.name = "span"
        for preview in self._previews:
            self._drop_preview(preview)
        for blurred in self._blurred.values():
            if any(each not in self._blurred for each in self._beside(blurred)):
                self._drop_preview(blurred)
        if self._found:
            for link in self._links:
                self._from_link(link)
        self._drop_zoom_icons()
        if self._described:
            self._mark_descriptions()
        self._drop_smaller_copy()
        for picture in self._large:
            self._stand_alone(picture)

    def _visit_all(self) -> None:
        """Visit each element in order, but none within a drawing that is one thing."""
        end: PageElement | None = None
        within = False
        for node in in_order(self._root):
            if within and node is end:
                within = False
            if isinstance(node, Tag) and not within:
                following = after(node) if node.name == "svg" else None  # before its contents are taken out
                self._visit(node)
                if id(node) in self._drawings_seen:
                    within, end = True, following

    def _visit(self, tag: Tag) -> None:
        name, attributes = tag.name, tag.attrs
        if name in IMAGES:
            self._from_image(tag)
        elif name == "a":
            self._links.append(tag)
        elif name == "noscript":
            self._noscripts.append(tag)
        elif name == "video" and attribute(tag, "poster"):
            self._from_poster(tag)
        elif name in {"object", "embed"}:
            self._from_object(tag)
        elif name == "svg":
            self._from_svg(tag)
            return
        elif name in _ICON_HOLDERS and ("aria-label" in attributes or "title" in attributes) and _is_of_icons(tag):
            self._say(tag, attribute(tag, "aria-label") or attribute(tag, "title"))
        if (
            attributes
            and name in _BACKGROUND_HOLDERS
            and ("style" in attributes or not attributes.keys().isdisjoint(BACKGROUNDS))
        ):
            self._backgrounds.append(tag)

    def _become(self, tag: Tag, sources: tuple[str, ...], alt: str) -> None:
        """Turn a tag, in its place, into the picture's `img`."""
        before = picture_ref(tag)
        referrer = before.referrer if before else self._policy(tag)
        tag.name = "img"
        attributes: dict[str, Any] = {"alt": alt, REF: PictureRef(sources, referrer)}
        if not alt and named_as_stand_in(sources[0]) and not _is_captioned(tag):
            attributes[OPTIONAL] = ""
        tag.attrs = attributes
        if tag.contents:
            self.edits.fill(tag, ())
        self._found[id(tag)] = tag

    def _policy(self, tag: Tag) -> Referrer:
        """Return what a request for a picture may tell of the page: its own element says it, a link around it, the page."""
        declared = referrer_policy(attribute(tag, "referrerpolicy"))
        if declared is not None:
            return declared
        for parent in tag.parents if self._has_relations else ():
            if parent.name == "a" and "noreferrer" in attribute(parent, "rel").lower().split():
                return "no-referrer"
        return self._referrer

    def _put_before(self, tag: Tag, sources: tuple[str, ...], alt: str) -> None:
        """Put the picture's `img` before a tag that stays, since it holds something else."""
        picture = element("img")
        self._become(picture, sources, alt)
        self.edits.replace(tag, picture, tag)

    # --- the elements that pictures come from ---

    def _from_image(self, tag: Tag) -> None:
        if REF in tag.attrs:
            self._found[id(tag)] = tag
            return
        attributes = _strings(tag)
        offered = candidates(attributes)
        parent = tag.parent
        if parent is not None and parent.name == "picture":
            offered = self._of_sources(parent) + offered
        sources = best_first(offered, self._target)
        size = declared_size(attributes)
        character = emoji_text(attributes, sources, size)
        is_ornament = is_decoration(attributes, sources, size) and not _is_glyph(tag)
        decorates = not sources or is_hidden(attributes) or is_ornament
        alt = _alt(attributes, sources)
        if not decorates:
            self._described.update(attributes.get("aria-describedby", "").split())
        if tag.contents and text_within(tag, 1):
            # An `amp-img` without an end tag: the rest of the article is in it.
            tag.name, tag.attrs = "span", {}
            if not decorates:
                self._put_before(tag, sources, alt)
        elif character is not None:
            self.edits.replace(tag, NavigableString(character))
        elif decorates:
            label = attributes.get("alt") or attributes.get("aria-label") or attributes.get("title", "")
            self._say(tag, label if sources and may_be_icon(attributes, sources) else "")
        else:
            self._become(tag, sources, alt)
            self._note(tag, attributes, sources, size)

    def _say(self, icon: Tag, label: str) -> None:
        """Put the text of an icon in its place, where it says something."""
        said = telling_text(icon, label, self._texts) if label and attribute(icon, "aria-hidden") != "true" else ""
        if said:
            self.edits.replace(icon, NavigableString(said))
        elif icon.name in IMAGES:
            self.edits.remove(icon)
            self.left_out["decoration"] += 1
        elif icon.name == "svg":  # nothing of it is written
            self.left_out["decoration"] += 1

    def _note(self, tag: Tag, attributes: Mapping[str, str], sources: Sequence[str], size: Size) -> None:
        """Note what the attributes of a picture's element say of it."""
        mark(tag, attributes)
        mark_size(tag, attributes)
        if _is_glyph(tag) or _is_sign(attribute(tag, "alt")):
            tag.attrs[WORD] = ""
        if _may_be_preview(attributes, sources):
            self._previews.append(tag)
        elif _is_blurred(attributes):
            self._blurred[id(tag)] = tag
        if size == (None, None):
            self._sizeless.add(id(tag))
        if _is_large(attributes, size):
            self._large.append(tag)

    def _of_sources(self, picture: Tag) -> list[Candidate]:
        """Return the addresses in the `source` elements of a `picture`; only its first `img` gets them."""
        if id(picture) in self._used:
            return []
        self._used.add(id(picture))
        return [one for other in picture.contents for one in _of_source(other)]

    def _from_poster(self, video: Tag) -> None:
        attributes = _strings(video)
        address = clean(attributes.pop("poster"))
        del video.attrs["poster"]
        if address and is_hidden(attributes):
            self.left_out["decoration"] += 1
        elif address:
            self._put_before(video, (address,), own_alt(attributes, address))

    def _from_object(self, tag: Tag) -> None:
        attributes = _strings(tag)
        address = clean(attributes.get("data") or attributes.get("src", ""))
        kind = attributes.get("type", "").lower()
        is_svg = address.split("?", 1)[0].lower().endswith(".svg")
        may_be = is_svg or is_picture_address(address) or _DATA_OF_ANY_KIND.match(address) is not None
        if not address or not (kind.startswith("image/") or (not kind and may_be)):
            return
        inner = [inner for inner in tags_within(tag) if inner.name == "img"]
        offered = [Candidate(address, Rank.ORIGINAL)] + [one for image in inner for one in candidates(_strings(image))]
        alt = own_alt(attributes, address) or next(filter(None, (own_alt(_strings(i), "") for i in inner)), "")
        fallback = text_within(tag, _LONGEST_FALLBACK + 1)
        if len(fallback) > _LONGEST_FALLBACK:
            tag.name, tag.attrs = "div", {}  # it has no end tag: the rest of the article is in it
            self._put_before(tag, best_first(offered, self._target), alt)
        else:
            self._become(tag, best_first(offered, self._target), alt or meaningful(fallback, address))

    def _from_svg(self, svg: Tag) -> None:
        """Take the picture out of a drawing that holds nothing else."""
        images = []
        others = False
        for inner in tags_within(svg):
            if inner.name == "image":
                images.append(inner)
            elif inner.name not in _BESIDE_IMAGE:
                others = True
        outside = [image for image in images if _is_outside(image)]
        if outside and others:  # which the renderer does not get
            images = outside[:1]
        elif others or not images:
            self._draw(svg)
            return
        if len(images) == 1 and (sources := best_first(candidates(_strings(images[0])), self._target)):
            self._drawings_seen.add(id(svg))
            self._become(svg, sources, own_alt(_strings(svg), sources[0]) or label_of(svg))

    def _draw(self, svg: Tag) -> None:
        """Make a picture of a drawing that would not stay whole as markup."""
        kept = drawing(svg)
        if kept is None and is_layout(svg):
            return
        self._drawings_seen.add(id(svg))
        if kept:
            return
        if kept == "" or is_icon(svg):
            self._say(svg, label_of(svg))
            return
        if (label := label_of(svg)) and (elsewhere := self._drawings.elsewhere(svg)) is not None:
            title = NavigableString(label)
            self.edits.replace(svg, title if elsewhere[:1] == "#" else element("a", [title], href=elsewhere))
            return
        attributes = _strings(svg)
        address = self._drawings.address(svg)
        if len(self._drawn) >= _MOST_DRAWN and address not in self._drawn:
            self.undrawn += 1
            self.edits.replace(svg, NavigableString(label_of(svg)))
            return
        self._drawn.add(address)
        self._become(svg, (address,), label_of(svg))
        mark_size(svg, attributes)

    def _from_background(self, holder: Tag) -> None:
        """Put a picture into an empty box that shows one as its background."""
        attributes = _strings(holder)
        address = url_in_style(attributes.get("style", ""))
        lazy = [attributes[name] for name in BACKGROUNDS if name in attributes]
        offered = [one for value in lazy for one in candidates({"data-srcset": value})]
        offered = [one for one in offered if one.width is not None or is_picture_address(one.address)]
        if address:
            offered.append(Candidate(address, Rank.PLAIN))
        sources = best_first(offered, self._target)
        size = declared_size(attributes)
        if not sources:
            return
        if is_hidden(attributes) or is_decoration(attributes, sources, size) or self._holds_something(holder):
            self.left_out["decoration"] += 1
            return
        picture = element("img")
        self._become(picture, sources, own_alt(attributes, sources[0]))
        self.edits.fill(holder, (*holder.contents, picture))

    # --- what stands around a picture ---

    def _merge_noscript(self, noscript: Tag) -> bool:
        """Merge the picture in a `noscript` with the placeholder beside it, which a script would have replaced.

        Return True when the `noscript` holds pictures, but none that a placeholder beside it stands for.
        """
        inside = list(tags_within(noscript))
        copies = [new for tag in inside for new in self.edits.becomes(tag) if id(new) in self._found]
        twin = self._twin(noscript) if len(copies) == 1 else None
        if twin is None or any(tag.name in _PLAYERS for tag in inside) or not isinstance(copies[0], Tag):
            return bool(copies)
        self._merge(twin, copies[0])
        self.edits.remove(noscript)
        del self._found[id(copies[0])]
        return False

    def _merge(self, twin: Tag, copy: Tag) -> None:
        joined = without_stand_ins((*_sources(copy), *_sources(twin)))
        marks = {name: tag.attrs[name] for tag in (copy, twin) for name in _MARKS if name in tag.attrs}
        self._become(twin, joined, attribute(twin, "alt") or attribute(copy, "alt"))
        twin.attrs.update(marks)

    def _twin(self, noscript: Tag) -> Tag | None:
        """Return the picture that a `noscript` holds a copy of: the one just before or after it."""
        for near in (_neighbor(noscript, back=True), _neighbor(noscript, back=False)):
            if isinstance(near, Tag) and near.name != "noscript":
                inside = [tag for tag in (near, *tags_within(near)) if id(tag) in self._found]
                if len(inside) == 1 and not any(is_text(node) for node in walk(near)):
                    return inside[0]
        return None

    def _beside(self, picture: Tag) -> Iterator[int]:
        """Yield the identities of the pictures that stand in one box with a picture."""
        box = picture.parent
        if box is not None and len(box.contents) <= _LARGEST_BOX:
            inside = islice(walk(box), _LARGEST_BOX)
            yield from (id(node) for node in inside if node is not picture and id(node) in self._found)

    def _drop_preview(self, preview: Tag) -> None:
        """Drop a blurred copy that a page shows until the picture beside it, in the same box, is there."""
        if id(preview) not in self._found or self.edits.becomes(preview) != (preview,):
            return  # merged with the copy in a `noscript`
        box = preview.parent
        for _ in range(_PREVIEW_BOXES):
            if box is None or box.name in _NO_PREVIEW_BOXES or len(box.contents) > _LARGEST_BOX:
                return
            inside = list(islice(walk(box), _LARGEST_BOX))
            others = [node for node in inside if id(node) in self._found and node is not preview]
            if len(inside) == _LARGEST_BOX or any(is_text(node) and not _is_captioning(node, box) for node in inside):
                return
            if others:
                if len(others) == 1:
                    self.edits.remove(preview)
                    self.left_out["preview"] += 1
                    del self._found[id(preview)]
                return
            box = box.parent

    def _from_link(self, link: Tag) -> None:
        """Prefer the full-size picture that a thumbnail links to, and drop the link to it."""
        address = clean(attribute(link, "href"))
        is_viewer = _VIEWER in link.attrs
        if not is_viewer and not is_picture_address(address):
            return
        inside = [tag for tag in tags_within(link) if id(tag) in self._found]
        if len(inside) != 1 or any(is_text(node) for node in walk(link)):
            return
        picture = inside[0]
        if is_viewer and id(picture) in self._sizeless:
            self._enlarging.append((picture, link))
        if not is_picture_address(address):
            return
        sources = without_stand_ins((address, *_sources(picture)))
        marks = {name: picture.attrs[name] for name in _MARKS if name in picture.attrs}
        self._become(picture, sources, attribute(picture, "alt"))
        picture.attrs.update(marks)
        mark(picture, _strings(link))
        self.edits.replace(link, picture)

    def _drop_zoom_icons(self) -> None:
        """Drop the pictures that only open a viewer, from figures that show another picture."""
        icons: dict[int, list[tuple[Tag, Tag]]] = {}
        figures: dict[int, Tag] = {}
        for picture, link in self._enlarging:
            figure = next((parent for parent in link.parents if parent.name == "figure"), None)
            if figure is not None:
                figures[id(figure)] = figure
                icons.setdefault(id(figure), []).append((picture, link))
        for name, figure in figures.items():
            inside = sum(id(tag) in self._found for tag in tags_within(figure))
            for picture, link in icons[name] if inside > len(icons[name]) else ():
                self.edits.remove(link)
                self.left_out["decoration"] += 1
                del self._found[id(picture)]

    def _drop_smaller_copy(self) -> None:
        """Drop the first picture where it is a smaller copy of one further down, as sites show it above the text."""
        first, *others = self._found.values() or (None,)
        if first is None or not others:
            return
        wanted = {_SIZE.sub("", source) for source in _sources(first) if _SIZE.search(source)}
        if not wanted:
            return
        figure = next((parent for parent in first.parents if parent.name == "figure"), None)
        if figure is not None and any(is_text(node) for node in walk(figure)):
            return
        if any(not wanted.isdisjoint(_SIZE.sub("", source) for source in _sources(other)) for other in others):
            self.edits.remove(self._top(first))
            self.left_out["preview"] += 1

    def _top(self, picture: Tag) -> Tag:
        """Return a picture, or the link that it takes the place of."""
        parent = picture.parent
        return parent if parent is not None and self.edits.becomes(parent) == (picture,) else picture

    def _stand_alone(self, picture: Tag) -> None:
        """Put a large picture that begins a paragraph of text before it."""
        top = self._top(picture)
        while (parent := top.parent) is not None and parent.name in _AROUND_PICTURE and _is_alone(top):
            top = parent
        if parent is None or parent.name != "p" or not _is_first(top.previous_siblings):
            return
        if any(is_text(node) for other in top.next_siblings for node in _with_contents(other)):
            moved = self.edits.becomes(top)
            self.edits.remove(top)
            self.edits.replace(parent, element("p", moved), parent)

    def _holds_something(self, tag: Tag) -> bool:
        return any(is_text(node) or (isinstance(node, Tag) and id(node) in self._found) for node in walk(tag))

    def _mark_descriptions(self) -> None:
        for tag in tags_within(self._root):
            if attribute(tag, "id") in self._described:
                tag.attrs[DESCRIBES] = ""


def _alt(attributes: Mapping[str, str], sources: Sequence[str]) -> str:
    """Return a picture's alternative text, "" where there is none; that of a formula is never too short."""
    if not sources:
        return ""
    alt = attributes.get("alt", "")
    formula = plain(alt)[:LONGEST_FORMULA] if is_formula(attributes) else ""
    sign = alt.strip() if _is_sign(alt) and not any(map(str.isalpha, alt)) else ""
    return formula or sign or own_alt(attributes, sources[0])


def _is_sign(alt: str) -> bool:
    """Return True for an alternative text of one or two signs or letters that few keyboards have, as "§"."""
    alt = alt[: 4 * _LONGEST_SIGN].strip()
    return len(alt) <= _LONGEST_SIGN and alt.isprintable() and _SIGNS.search(alt) is not None


def _is_glyph(tag: Tag) -> bool:
    """Return True for a picture of a character that has a reading."""
    return tag.parent is not None and tag.parent.name in {"ruby", "rb", "rbc"}


def _is_of_icons(tag: Tag) -> bool:
    """Return True for an element without a text that a style sheet draws: it holds nothing, or icons alone."""
    waiting: list[PageElement] = tag.contents[:_MOST_ICONS]
    looked_at = 0
    while waiting and looked_at < _MOST_ICONS:
        node = waiting.pop()
        looked_at += 1
        if is_text(node):
            return False
        if isinstance(node, Tag) and node.name in _ICON_HOLDERS:
            waiting += node.contents[:_MOST_ICONS]
        elif isinstance(node, Tag) and not (node.name == "svg" and is_icon(node)):
            return False
    return not waiting


def _may_be_preview(attributes: Mapping[str, str], sources: Sequence[str]) -> bool:
    """Return True for a small picture within the page that nobody is told of."""
    if not all(source[:5].lower() == "data:" and len(source) < _LONGEST_PREVIEW for source in sources):
        return False
    return attributes.get("aria-hidden") == "true" or not any(
        attributes.get(name, "").strip() for name in ("alt", "title", "aria-label", "aria-describedby")
    )


def _is_blurred(attributes: Mapping[str, str]) -> bool:
    return not attributes.get("alt", "").strip() and "blur(" in read(attributes.get("style", ""))["filter"]


def _is_captioned(tag: Tag) -> bool:
    figure = next((parent for parent in tag.parents if parent.name == "figure"), None)
    return figure is not None and any(is_text(node) for node in walk(figure))


def _is_captioning(node: PageElement, box: Tag) -> bool:
    """Return True for a text in a caption below a box."""
    for parent in node.parents:
        if parent.name == "figcaption":
            return True
        if parent is box:
            break
    return False


def _is_large(attributes: Mapping[str, str], size: Size) -> bool:
    """Return True for a picture that is as wide as a column of text, by its width or by a class of WordPress."""
    width = size[0]
    return width > _LARGE if width is not None else bool(_LARGE_CLASS.search(attributes.get("class", "")))


def _is_first(before: Iterable[PageElement]) -> bool:
    """Return True where nothing among the nodes before a picture shows; a `noscript` may hold a copy of it."""
    return not any(
        is_text(node) or (isinstance(node, Tag) and node.name not in {"br", "noscript", "wbr"}) for node in before
    )


def _is_outside(image: Tag) -> bool:
    address = attribute(image, "href") or attribute(image, "xlink:href")
    return bool(address) and not address.startswith(("#", "data:"))


def _is_alone(node: Tag) -> bool:
    return _is_first(node.previous_siblings) and _is_first(node.next_siblings)


def _with_contents(node: PageElement) -> Iterator[PageElement]:
    yield node
    if isinstance(node, Tag):
        yield from walk(node)


def _sources(tag: Tag) -> tuple[str, ...]:
    ref = picture_ref(tag)
    return ref.sources if ref else ()


def _strings(tag: Tag) -> dict[str, str]:
    return {name: attribute(tag, name) for name in tag.attrs}


def _of_source(node: object) -> list[Candidate]:
    return candidates(_strings(node)) if isinstance(node, Tag) and node.name == "source" else []


def _neighbor(node: Tag, *, back: bool) -> object:
    """Return the next sibling that is seen, or the one before."""
    near = node.previous_sibling if back else node.next_sibling
    while near is not None and not isinstance(near, Tag) and not is_text(near):
        near = near.previous_sibling if back else near.next_sibling
    return near
