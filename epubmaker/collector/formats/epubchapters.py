"""Reads the chapters of an EPUB (EPUB 3.3, OPF 2.0.1). Imported for the first book."""

from __future__ import annotations

import html
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from urllib.parse import quote, unquote

from lxml import etree

from epubmaker.collector.formats.collection import Record
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.collector.formats.kept import Kept
from epubmaker.collector.formats.xmltext import mended, utf8
from epubmaker.collector.locations.archives import Archive, archive_in
from epubmaker.text.addresses import resolve
from epubmaker.text.characters import letters
from epubmaker.text.moments import parse_date

__all__ = ["picture", "records"]

_OPS = "{http://www.idpf.org/2007/ops}"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # only hide fonts
_AROUND = frozenset(
    {"cover", "titlepage", "title-page", "toc", "copyright-page", "landmarks", "index", "colophon", "loi"}
)
_NOTES = {"noteref": "doc-noteref", "footnote": "doc-footnote", "endnote": "doc-endnote", "rearnote": "doc-endnote"}
_KOBO = ("book-columns", "book-inner")  # what Kobo's own form puts around a text; and spans
_PART = "part:"  # what a picture's address begins with; its name in the container follows
_MOST_DOCUMENTS = 20_000
_MOST_TEXT = 128_000_000  # bytes of all documents
_MOST_DOCUMENT = 16_000_000
_MOST_PICTURE = 64_000_000
_PART_TITLE = 400  # characters of a page that opens a part of a book
_MOST_POINTS = 20_000  # of a table of contents
_DEEPEST_PLACE = 30  # elements around a place that the table of contents names
_FEW = 200  # characters of a page before the first chapter

_BOOKS: Kept[Archive] = Kept(2)


def records(item: Item) -> Iterator[Record]:
    """Yield the chapters. Raises UnreadableError."""
    book = _Book(_archive(item))
    yield from book.records()


def picture(item: Item, address: str) -> bytes | None:
    """Return a picture of a book. Raises UnreadableError."""
    if not address.startswith(_PART):
        return None
    archive = _archive(item)
    name = unquote(address.removeprefix(_PART))
    known = {member.name for member in archive.members() if not member.refused and member.size <= _MOST_PICTURE}
    return archive.read(name) if name in known else None


def _archive(item: Item) -> Archive:
    return _BOOKS.get(item.key, lambda: archive_in(item.open(), item.size))


class _Point(NamedTuple):
    """An entry of the table of contents: where it leads to is a document, or with an id (`place`) a place there."""

    title: str
    document: str
    place: str
    level: int


class _Piece(NamedTuple):
    """A document, or what of it follows a place that the table of contents names, up to the next one."""

    document: str
    place: str
    tree: etree._Element


class _Chapter(NamedTuple):
    """A chapter: the pieces that it is in; `title` is what the table of contents calls it."""

    title: str
    pieces: list[_Piece]


class _Book:
    """A book that is open."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._members = {member.name: member.size for member in archive.members() if not member.refused}
        self._refuse_protected()
        container = self._xml("META-INF/container.xml")
        rootfile = next((node for node in container.iter("rootfile") if node.get("full-path")), None)
        if rootfile is None:
            raise UnreadableError("article-unreadable", "not a whole EPUB: it does not name its package")
        self._package_name = str(rootfile.get("full-path"))
        self._package = self._xml(self._package_name)
        self._manifest = {str(node.get("id")): node for node in self._package.iter("item") if node.get("href")}

    def records(self) -> Iterator[Record]:
        """Yield the chapters."""
        documents = self._spine()
        total = sum(self._members[name] for name in documents)
        if total > _MOST_TEXT or len(documents) > _MOST_DOCUMENTS:
            raise UnreadableError("article-too-large", f"more than {_MOST_TEXT // 1_000_000} MB of text in one book")
        trees = {name: tree for name in documents if (tree := _tree(self._archive.read(name))) is not None}
        is_ours = any(tree.find("body/section/header/h1[@id='epm-title']") is not None for tree in trees.values())
        yield from _own_records(trees) if is_ours else self._records(list(self._chapters(trees)))

    # --- the container ---

    def _refuse_protected(self) -> None:
        if "META-INF/encryption.xml" not in self._members:
            return
        methods = [str(node.get("Algorithm")) for node in self._xml("META-INF/encryption.xml").iter("EncryptionMethod")]
        if not all(method in _FONTS for method in methods):
            raise UnreadableError("article-unreadable", "protected by DRM: only its seller's programs can read it")

    def _xml(self, name: str) -> etree._Element:
        size = self._members.get(name)
        if size is None or size > _MOST_DOCUMENT:
            why = "is missing" if size is None else "is too large"
            raise UnreadableError("article-unreadable", f"not a whole EPUB: {name[:100]} {why}")
        tree = _tree(self._archive.read(name))
        if tree is None:
            raise UnreadableError("article-unreadable", f"not a whole EPUB: {name[:100]} is no XML")
        return tree

    def _spine(self) -> list[str]:
        """Return the names of the documents in reading order, without the ones around the text."""
        around = {name for kind, name in self._landmarks() if kind in _AROUND}
        names: dict[str, None] = {}
        for reference in self._package.iter("itemref"):
            item = self._manifest.get(str(reference.get("idref")))
            if item is None or str(reference.get("linear")) == "no" or "nav" in str(item.get("properties")).split():
                continue
            name = _inside(self._package_name, str(item.get("href")))
            if name in self._members and name not in around and self._members[name] <= _MOST_DOCUMENT:
                names[name] = None
        return list(names)

    def _landmarks(self) -> Iterator[tuple[str, str]]:
        for node in self._package.iter("reference"):  # EPUB 2's guide
            yield str(node.get("type")), _inside(self._package_name, str(node.get("href")))
        found = self._nav()
        if found:
            for list_ in (nav for nav in found[1].iter("nav") if nav.get("epub-type") == "landmarks"):
                for link in list_.iter("a"):
                    yield str(link.get("epub-type")), _inside(found[0], str(link.get("href")))

    def _nav(self) -> tuple[str, etree._Element] | None:
        for item in self._manifest.values():
            name = _inside(self._package_name, str(item.get("href")))
            if "nav" in str(item.get("properties")).split() and name in self._members:
                return name, self._xml(name)
        return None

    # --- chapters ---

    def _points(self) -> list[_Point]:
        """Return the table of contents: that of the nav document, else the NCX."""
        found = self._nav()
        toc = found and next((nav for nav in found[1].iter("nav") if nav.get("epub-type") == "toc"), None)
        if found is not None and toc is not None:
            links = ((_text(node), str(node.get("href")), _depth(node, "ol", toc)) for node in toc.iter("a"))
            return [_point(found[0], *link) for link in islice(links, _MOST_POINTS)]
        for item in self._manifest.values():
            name = _inside(self._package_name, str(item.get("href")))
            if item.get("media-type") == "application/x-dtbncx+xml" and name in self._members:
                ncx = self._xml(name)
                links = (
                    (_text(node.find("navLabel")), str(content.get("src")), _depth(node, "navPoint", ncx))
                    for node in ncx.iter("navPoint")
                    if (content := node.find("content")) is not None
                )
                return [_point(name, *link) for link in islice(links, _MOST_POINTS)]
        return []

    def _chapters(self, trees: Mapping[str, etree._Element]) -> Iterator[_Chapter]:
        """Yield the chapters: documents, or what follows a place in one, up to the next that the table of contents names.

        What it names within a chapter is a section of that; what it names within a page with hardly a word, such as "Part
        two", is a chapter.
        """
        points = self._points()
        pieces = list(_pieces(trees, points))
        sizes = {(piece.document, piece.place): len(_text(piece.tree.find("body"))) for piece in pieces}
        titles: dict[tuple[str, str], str] = {}
        within: int | None = None  # the level of the chapter
        for point in points:
            where = (point.document, point.place)
            where = where if where in sizes else (point.document, "")
            if where in sizes and (within is None or point.level <= within):
                within = None if sizes[where] < _PART_TITLE else point.level
                titles.setdefault(where, point.title)
        chapter: _Chapter | None = None
        for piece in pieces:
            where = (piece.document, piece.place)
            if chapter is None or where in titles or not titles:
                if chapter is not None:
                    yield chapter
                chapter = _Chapter(titles.get(where, ""), [])
            chapter.pieces.append(piece)
        if chapter is not None:
            yield chapter

    def _records(self, chapters: Sequence[_Chapter]) -> Iterator[Record]:
        title = self._said("title")
        authors = ", ".join([_text(node) for node in self._package.iter("creator")][:5])
        for number, chapter in enumerate(chapters):
            bodies = [
                (piece.document, body) for piece in chapter.pieces if (body := piece.tree.find("body")) is not None
            ]
            texts = [_text(body) for _, body in bodies]
            shows = any(True for _, body in bodies for _ in body.iter("img", "image", "svg"))
            is_front = not chapter.title and number == 0 and len("".join(texts)) < _FEW
            is_bare = letters("".join(texts)) in {"", letters(chapter.title)}  # "Part two"
            if is_front or (is_bare and not shows):
                continue
            own = dict.fromkeys((piece.document for piece in chapter.pieces), "")
            for name, body in bodies:
                _relink(body, name, own)
            first = chapter.pieces[0]
            yield Record(
                title=html.escape(chapter.title or _heading(bodies) or title),
                link=None,
                html="".join(_inner(body) for _, body in bodies),
                published=parse_date(self._said("date")),
                source=html.escape(title),
                author=html.escape(authors),
                tag=html.escape(self._said("subject")),
                id=f"{first.document}#{first.place}" if first.place else first.document,
                language=_language(first.tree) or self._said("language"),
                origins=(("title", "table of contents"), ("published", "dc:date"), ("author", "dc:creator")),
            )

    def _said(self, name: str) -> str:
        return next((text for node in self._package.iter(name) if (text := _text(node))), "")


def _point(seen_from: str, title: str, address: str, level: int) -> _Point:
    return _Point(title, _inside(seen_from, address), unquote(address.partition("#")[2]), level)


def _pieces(trees: Mapping[str, etree._Element], points: Sequence[_Point]) -> Iterator[_Piece]:
    """Yield the documents, cut at the places that the table of contents names."""
    places: dict[str, set[str]] = {}
    for point in points:
        if point.place:
            places.setdefault(point.document, set()).add(point.place)
    for name, tree in trees.items():
        for place, part in _cut(tree, places[name]) if name in places else [("", tree)]:
            yield _Piece(name, place, part)


def _cut(tree: etree._Element, places: set[str]) -> Iterator[tuple[str, etree._Element]]:
    """Yield what is before the first of the places in a document, if it shows anything, and what follows each.

    What a place is in goes on in the next part. Places that are there twice, or very deep, count for nothing.
    """
    body = tree.find("body")
    if body is None:
        yield "", tree
        return
    part, name, left = etree.Element("html", tree.attrib), "", set(places)
    around: list[etree._Element] = [part]
    for event, node in etree.iterwalk(body, events=("start", "end")):
        if event == "end":
            around.pop().tail = node.tail if node is not body else None
            continue
        place = str(node.get("id") or node.get("name") or "")
        if place in left and len(around) <= _DEEPEST_PLACE:
            left.remove(place)
            if name or _text(part) or next(part.iter("img", "image", "svg"), None) is not None:
                yield name, part
            part, name = etree.Element("html", tree.attrib), place
            above, around = around[1:], [part]
            for old in above:
                around.append(etree.SubElement(around[-1], old.tag, old.attrib))
                around[-1].attrib.pop("id", None)
        around.append(etree.SubElement(around[-1], node.tag, node.attrib))
        around[-1].text = node.text
    yield name, part


# --- books that this program made: `chapters.render` -----------------------------------------------------------------


def _own_records(trees: Mapping[str, etree._Element]) -> Iterator[Record]:
    articles = [(name, section) for name, tree in trees.items() for section in _sections(tree)]
    links = {name: _meta(section).link or "" for name, section in articles if _title(section) is not None}
    record: Record | None = None
    texts: list[str] = []
    for name, section in articles:
        if _title(section) is not None:
            if record is not None:
                yield record._replace(html="".join(texts))
            record, texts = _own_record(name, section), []
        around_title = section.xpath("header/p[@class='kicker' or @class='standfirst']")
        for node in [*section.iterchildren("header", "footer")]:
            section.remove(node)
        section[:0] = around_title
        _relink(section, name, links)
        texts.append(_inner(section))
    if record is not None:
        yield record._replace(html="".join(texts))


class _Meta(NamedTuple):
    published: datetime | None
    archived: datetime | None
    source: str
    author: str
    link: str | None


def _sections(tree: etree._Element) -> list[etree._Element]:
    """Return the articles, or the further part of one, in a document."""
    whole = tree.find("body/section")
    if whole is None or (whole.attrib and whole.get("epub-type") != "chapter"):
        return []  # a cover, a title page, an opening page
    shared = [
        node for node in whole.iterchildren("section") if node.get("aria-labelledby") == f"{node.get('id')}-title"
    ]
    return shared or [whole]


def _title(section: etree._Element) -> etree._Element | None:
    title = section.find("header/h1")
    return section.find(f"h2[@id='{section.get('id')}-title']") if title is None and section.get("id") else title


def _own_record(name: str, section: etree._Element) -> Record:
    meta, title, place = _meta(section), _title(section), section.get("id")
    shown = _text(title)
    for node in (title, section.find("p[@class='byline']"), section.find("p[@class='meta']")):
        if node is not None and node.getparent() is section:  # not in a header
            section.remove(node)
    return Record(
        title=html.escape(shown),
        link=meta.link,
        published=meta.published,
        archived=meta.archived,
        source=html.escape(meta.source),
        author=html.escape(meta.author),
        id=posixpath.basename(name) + (f"#{place}" if place else ""),
        language=_language(section) or _language(section.getroottree().getroot()),
        origins=tuple((field, "chapter header") for field in ("title", "published", "source", "author", "link")),
    )


def _meta(section: etree._Element) -> _Meta:
    """Return what the lines below an article's title say."""
    line = section.find("header/p[@class='meta']")
    line = section.find("p[@class='meta']") if line is None else line
    found: dict[str, str] = {}
    before = line.text or "" if line is not None else ""
    for node in line if line is not None else ():
        label = before.rpartition("·")[2].strip()
        if node.tag == "time":
            found["archived" if label else "published"] = str(node.get("datetime"))
        elif node.tag == "span":
            found[str(node.get("class"))] = _text(node)
        elif node.tag == "a":
            found["link"] = str(node.get("href"))
        before = node.tail or ""
    byline = section.find("header/p[@class='byline']")
    byline = section.find("p[@class='byline']") if byline is None else byline
    return _Meta(
        parse_date(found.get("published", "")),
        parse_date(found.get("archived", "")),
        found.get("source", ""),
        _text(byline) if byline is not None else found.get("author", ""),  # as older books have it
        resolve(None, found["link"]) if "link" in found else None,
    )


# --- trees -----------------------------------------------------------------------------------------------------------


def _tree(data: bytes) -> etree._Element | None:
    """Return an XML document without namespaces, `epub:type` as `epub-type`; None where there is nothing to read."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        tree = etree.fromstring(mended(utf8(data)), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if tree is None:
        return None
    for node in tree.iter():
        if not isinstance(node.tag, str):
            continue
        node.tag = node.tag.rpartition("}")[2]
        for name in [name for name in node.attrib if name.startswith("{") and name != _XML_LANG]:
            value = str(node.attrib.pop(name))
            if name == f"{_OPS}type":
                node.set("epub-type", value)
            elif name == _XLINK:
                node.set("href", value)
        if node.get("class") == "koboSpan" or node.get("id") in _KOBO:
            node.tag = "kobo"
    etree.strip_tags(tree, etree.Entity, etree.PI, "kobo")
    etree.cleanup_namespaces(tree)
    return tree


def _relink(body: etree._Element, name: str, links: Mapping[str, str]) -> None:
    """Let pictures be found in the book, and links lead to where they can: "" in `links` is the same chapter."""
    for node in body.iter("img", "image"):
        attribute = "src" if node.tag == "img" else "href"
        source = str(node.get(attribute) or "")
        if source and not source.lower().startswith(("data:", "http:", "https:")):
            node.set(attribute, _PART + quote(_inside(name, source)))
        node.attrib.pop("srcset", None)
        if node.tag == "image":  # a picture drawn by an SVG, as covers and plates are
            node.tag = "img"
            node.set("src", str(node.attrib.pop("href", "")))
    for drawing in list(body.iter("svg")):
        if drawing.find("img") is not None:
            drawing.tag = "div"
            drawing.attrib.clear()
    _lead(body, name, links)
    for node in body.iter():
        kind = node.attrib.pop("epub-type", None) if isinstance(node.tag, str) else None
        role = next((_NOTES[each] for each in str(kind or "").split() if each in _NOTES), None)
        if role and not node.get("role"):
            node.set("role", role)


def _lead(body: etree._Element, name: str, links: Mapping[str, str]) -> None:
    for node in body.iter("a"):
        target = str(node.get("href") or "")
        if not target or target.startswith("#") or resolve(None, target):
            continue
        link = links.get(_inside(name, target))
        mark = f"#{target.partition('#')[2]}" if "#" in target else ""
        where = "" if link is None else link or mark
        if where:
            node.set("href", where)
        else:
            del node.attrib["href"]


def _inner(node: etree._Element) -> str:
    """Return what is in an element as HTML."""
    children = (etree.tostring(child, encoding="unicode", method="html") for child in node)
    return html.escape(node.text or "", quote=False) + "".join(children)


def _text(node: etree._Element | None) -> str:
    return "" if node is None else " ".join("".join(node.itertext(etree.Element)).split())


def _heading(bodies: Sequence[tuple[str, etree._Element]]) -> str:
    return next((text for _, body in bodies for node in body.iter("h1", "h2") if (text := _text(node))), "")


def _language(tree: etree._Element) -> str:
    return str(tree.get(_XML_LANG) or tree.get("lang") or "")


def _depth(node: etree._Element, tag: str, top: etree._Element) -> int:
    count = 0
    for above in node.iterancestors(tag):
        if above is top:
            break
        count += 1
    return count


def _inside(seen_from: str, address: str) -> str:
    """Return the name in the container that a relative address means, without its fragment."""
    path = unquote(address.partition("#")[0])
    return posixpath.normpath(posixpath.join(posixpath.dirname(seen_from), path)) if path else seen_from
