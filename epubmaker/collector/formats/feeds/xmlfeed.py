"""RSS 0.9x, 1.0 and 2.0, and Atom.

RSS 2.0: https://www.rssboard.org/rss-specification; RSS 1.0 and its modules: https://web.resource.org/rss/1.0/; Atom:
RFC 4287; Media RSS: https://www.rssboard.org/media-rss.

The file is read by libxml2 entry by entry, so that memory holds the tree of one entry at a time. Nothing that it names is
loaded, and entities that it declares are not expanded. A file that is no well-formed XML is mended in the ways in which
feeds are usually broken (a bare "&", entities of HTML, control characters), and read as far as it goes.
"""

from __future__ import annotations

import html
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import chain, islice
from typing import Any, NamedTuple, TypeAlias

from lxml import etree

from epubmaker.collector.formats.archive import clean_title
from epubmaker.collector.formats.collection import MOST_RECORDS, Record, plain_html, too_many
from epubmaker.collector.formats.feeds.media import Attachment, clock, with_attachments
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.collector.formats.xmltext import mended, utf8
from epubmaker.text.addresses import resolve
from epubmaker.text.moments import parse_date

__all__ = ["records"]

_Element: TypeAlias = Any  # an `lxml.etree` element: lxml has no types
_Parts: TypeAlias = Mapping[str, Sequence[_Element]]  # an entry's children by name

_MOST_ELEMENTS = 500_000  # between two entries
_MOST_NAMES = 20
_LONGEST = 5_000  # characters of an entry's field besides its text
_LONGEST_DATE = 100

# What the namespaces of a feed are called here, in small letters and without a slash at the end, as they are compared.
_NAMESPACES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://backend.userland.com/rss2": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://cyber.law.harvard.edu/rss/rss.html": "",
    "http://my.netscape.com/rdf/simple/0.9": "",
    "http://channel.netscape.com/rdf/simple/0.9": "",
    "http://purl.org/net/rss1.1#": "",
    "http://purl.org/rss/1.0": "",
    "http://www.rssboard.org/rss-specification": "",
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://example.com/newformat#": "atom:",
    "http://necho.sourceforge.net": "atom:",
    "http://purl.org/rss/1.0/modules/content": "content:",
    "http://purl.org/dc/elements/1.0": "dc:",
    "http://purl.org/dc/elements/1.1": "dc:",
    "http://purl.org/dc/terms": "dcterms:",
    "http://search.yahoo.com/mrss": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
    "http://www.w3.org/1999/xhtml": "xhtml:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
}
_PREFIXES = frozenset(_NAMESPACES.values())
_XML = "{http://www.w3.org/XML/1998/namespace}"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ABOUT, _RESOURCE = f"{_RDF}about", f"{_RDF}resource"
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")  # libxml2 reads more than lxml takes
_MARKUP = ("http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg", "http://www.w3.org/1998/Math/MathML")

_FULL = ("content:encoded", "xhtml:body", "xhtml:div", "atom:content", "content", "fullitem", "body")
_SUMMARY = ("description", "atom:summary", "dc:description", "summary", "itunes:summary", "media:description")
_PUBLISHED = ("pubDate", "atom:published", "atom:issued", "dc:date", "dcterms:issued", "dcterms:created", "published")
_UPDATED = ("atom:updated", "atom:modified", "dcterms:modified", "atom:created", "lastBuildDate", "updated")
_TITLE = ("title", "atom:title", "dc:title", "media:title", "itunes:title")
_ENTRIES = frozenset({"item", "entry", "atom:entry"})
_PARENTS = frozenset({"channel", "rss", "feed", "atom:feed", "items", f"{_RDF}RDF"})
_ID = ("guid", "atom:id", "id", "dc:identifier")
_LANGUAGE = ("language", "dc:language")
_CATEGORY = ("category", "atom:category", "dc:subject")

_END = re.compile(rb"</(?:[\w-]+:)?(?:rss|feed|rdf|channel)\s*>\s*\Z", re.IGNORECASE)
_LONGEST_END = 500
_ADDRESS_AND_NAME = re.compile(r"[^\s()@]{1,100}@[^\s()@]{1,100}\s*\(([^()]{1,200})\)")
_NAME_AND_ADDRESS = re.compile(r"([^<>()@]{1,200}?)\s*[<(][^<>()\s]{1,200}@[^<>()\s]{1,200}[>)]")
_LIKE_HTML = re.compile(
    r"</(?:a|p|div|ul|ol|em|strong|b|i|blockquote|table|span|h[1-6])>|<br\s*/?>|<img\s|<p>", re.IGNORECASE
)
_MAIL = re.compile(r"[^\s@]{1,100}@[^\s@]{1,100}")


def records(item: Item) -> Iterator[Record]:
    """Return the entries of a feed. Raises UnreadableError."""
    data = utf8(item.read())
    try:
        return _read(data, item.link)
    except (etree.XMLSyntaxError, UnicodeDecodeError):
        pass
    try:
        return _read(mended(data), item.link, recover=True)
    except (etree.XMLSyntaxError, UnicodeDecodeError) as error:
        raise UnreadableError("article-unreadable", f"not valid XML: {str(error)[:200]}") from error


# --- the file --------------------------------------------------------------------------------------------------------


class _Found(NamedTuple):
    """An entry as it stands in the file; addresses are relative to the bases, or to the feed's where these are None."""

    record: Record
    attached: Sequence[Attachment]
    base: str | None
    text_base: str | None


def _read(data: bytes, feed_link: str | None, *, recover: bool = False) -> Iterator[Record]:
    """Read a file, and return an iterator of its entries. Raises lxml's XMLSyntaxError and UnreadableError."""
    events = etree.iterparse(
        BytesIO(data),
        events=("end",),
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    entries: deque[_Found] = deque()
    count = 0
    for _, element in events:
        count += 1
        if count > _MOST_ELEMENTS:
            raise UnreadableError("article-too-large", f"more than {_MOST_ELEMENTS:,} elements in one entry")
        if _name(element.tag) in _ENTRIES and _is_at_top(element):
            if len(entries) == MOST_RECORDS:
                raise too_many()
            entries.append(_found(element))
            element.clear()
            count = 0
    if recover and entries and not _END.search(data, max(0, len(data) - _LONGEST_END)):
        problem = ("article-cut-file", "the last entry of a file that ends early: it may not be whole")
        entries[-1] = entries[-1]._replace(record=entries[-1].record._replace(problems=(problem,)))
    return _finished(entries, events.root, feed_link)


def _is_at_top(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and _name(parent.tag) in _PARENTS


def _finished(entries: deque[_Found], root: _Element, feed_link: str | None) -> Iterator[Record]:
    """Yield the entries, which are taken from the list, with what the feed says for all of them."""
    if root is None:
        return
    feed = _parts(next((child for child in root if _name(child.tag) == "channel"), root))
    link = resolve(_base(root, feed_link), _link(feed)[0]) or feed_link or ""
    source, author, language = _title(feed), _names(feed.get("atom:author", ())), _first(feed, _LANGUAGE)
    language = language or _language(root)
    while entries:
        record, attached, given_base, text_base = entries.popleft()
        base = (given_base and resolve(link, given_base)) or ""
        own_link = resolve(base or link, record.link) if record.link else None
        start = (text_base and resolve(base or link, text_base)) or own_link or link
        yield record._replace(
            link=own_link,
            html=with_attachments(record.html, attached, base or start),
            source=record.source or source,
            author=record.author or author,
            language=record.language or language,
            base=None if start == own_link else start,
            origins=(
                *record.origins,
                ("source", "source" if record.source else "title of the feed"),
                *(() if record.author else (("author", "author of the feed"),)),
            ),
        )


# --- an entry --------------------------------------------------------------------------------------------------------


def _found(entry: _Element) -> _Found:
    parts = _parts(entry)
    text, field, content = _content(parts)
    attached = list(_attachments(parts))
    if not text and (media_text := _near(map(_parts, parts.get("media:group", ())), ("media:description",))):
        text, field = plain_html(media_text), "media:description"
        attached = [one._replace(caption="") for one in attached]
    published, dated = _moment(parts)
    origin = next((child for name in ("atom:source", "source") for child in parts.get(name, ())), None)
    within = _parts(origin) if origin is not None else {}
    title_field = next((name for name in _TITLE if name in parts), "")
    link, link_field = _link(parts)
    author, author_field = _author(parts)
    record = Record(
        title=_title(parts),
        link=link or entry.get(_ABOUT),
        html=text,
        published=published,
        source=_title(within) or (_text(origin).strip()[:_LONGEST] if origin is not None and not len(origin) else ""),
        author=author or _names(within.get("atom:author", ())),
        tag=_category(parts),
        id=_first(parts, _ID) or entry.get(_ABOUT) or "",
        language=_language(content if content is not None else entry) or _first(parts, _LANGUAGE),
        origins=(
            ("title", title_field),
            ("link", link_field or "rdf:about"),
            ("published", dated),
            ("author", author_field or "source"),
            ("tag", "category"),
            ("text", field),
        ),
    )
    return _Found(record, attached, _base(entry, None), _base(content if content is not None else entry, None))


def _parts(element: _Element) -> _Parts:
    """Return the children of an element by name."""
    parts: dict[str, list[_Element]] = {}
    for child in element:
        if (name := _name(child.tag)) and name not in _ENTRIES:
            parts.setdefault(name, []).append(child)
    return parts


@lru_cache(maxsize=512)
def _name(tag: object) -> str:
    """Return the name of an element with the prefix of its namespace here; "" for what is no element."""
    if not isinstance(tag, str):
        return ""
    if tag[0] != "{":  # of no namespace, or with a prefix that the file does not declare
        prefix, colon, local = tag.rpartition(":")
        return tag if not colon or f"{prefix}:" in _PREFIXES else local
    namespace, _, local = tag[1:].partition("}")
    known = _NAMESPACES.get(namespace.lower().rstrip("/"))
    return tag if known is None else f"{known}{local}"


def _first(parts: _Parts, names: Iterable[str]) -> str:
    """Return the first of the fields that says something, on one line."""
    for name in names:
        for element in parts.get(name, ()):
            if text := " ".join(_text(element)[:_LONGEST].split()):
                return text
    return ""


def _title(parts: _Parts) -> str:
    """Return a title as HTML."""
    for name in _TITLE:
        for element in parts.get(name, ()):
            if text := (_typed(element) if name == "atom:title" else _text(element)).strip():
                return text[:_LONGEST]
    return ""


def _moment(parts: _Parts) -> tuple[datetime | None, str]:
    """Return when an entry was published, or else changed, and the field that says it."""
    for name in (*_PUBLISHED, *_UPDATED):
        for element in parts.get(name, ()):
            text = (element.text or "").strip()
            if 0 < len(text) < _LONGEST_DATE and (found := parse_date(text)):
                return found, name
    return None, ""


def _link(parts: _Parts) -> tuple[str, str]:
    """Return the address of an entry or a feed, and the field that has it."""
    for name in ("feedburner:origLink", "link"):
        if found := _first(parts, (name,)):
            return found, name
    links = [
        (link.get("type") or "text/html", link.get("href") or "")
        for name in ("atom:link", "link")
        for link in parts.get(name, ())
        if (link.get("rel") or "alternate") == "alternate"
    ]
    for _, address in sorted(links, key=lambda pair: "html" not in pair[0]):
        if address.strip():
            return address.strip(), "link"
    for guid in parts.get("guid", ()):
        if guid.get("isPermaLink") != "false" and _text(guid).strip().startswith(("http://", "https://")):
            return _text(guid).strip(), "guid"
    return "", ""


def _author(parts: _Parts) -> tuple[str, str]:
    """Return the names of an entry's authors, and the field that has them."""
    if found := _names((*parts.get("atom:author", ()), *parts.get("author", ()))):
        return found, "author"
    for name in ("dc:creator", "dc:author", "itunes:author"):
        names = [_person(_text(element)) for element in parts.get(name, ())[:_MOST_NAMES]]
        if found := ", ".join(dict.fromkeys(filter(None, names))):
            return found, name
    return "", ""


def _category(parts: _Parts) -> str:
    """Return the first category of an entry: its text, else Atom's label or term."""
    for element in chain.from_iterable(parts.get(name, ()) for name in _CATEGORY):
        if found := (_text(element) or element.get("label") or element.get("term") or "").strip():
            return found[:_LONGEST]
    return ""


def _names(authors: Iterable[_Element]) -> str:
    """Return the names of persons: Atom's, with parts, or those of RSS."""
    found = []
    for author in islice(authors, _MOST_NAMES):
        inner = _parts(author)
        found.append(_person(_first(inner, ("atom:name", "name")) if inner else _text(author)))
    return ", ".join(dict.fromkeys(filter(None, found)))


def _person(text: str) -> str:
    """Return the name in an author's field, without an address of mail."""
    text = " ".join(text[: _LONGEST_DATE * 10].split())
    for pattern in (_ADDRESS_AND_NAME, _NAME_AND_ADDRESS):
        if found := pattern.fullmatch(text):
            return found[1].strip(" \"'")
    return "" if _MAIL.fullmatch(text) else text


# --- text ------------------------------------------------------------------------------------------------------------


def _content(parts: _Parts) -> tuple[str, str, _Element]:
    """Return an entry's text as HTML, the field that has it and its element: the full text, else the summary."""
    best: tuple[str, str, _Element] = "", "", None
    for names in (_FULL, _SUMMARY):
        for name, element in ((each, element) for each in names for element in parts.get(each, ())):
            text = _typed(element) if name.startswith(("atom:", "media:", "itunes:")) else _text(element)
            if text.strip():
                if len(text) > len(best[0]):
                    best = text, name, element
                break
    return best


def _text(element: _Element) -> str:
    """Return the text of an element; the markup within one that has elements."""
    return _markup(element) if len(element) else element.text or ""


def _typed(element: _Element) -> str:
    """Return a text of Atom as HTML: RFC 4287, sections 3.1.1 and 4.1.3."""
    kind = (element.get("type") or "text").strip().lower()
    if len(element):
        wrapper = element[0] if len(element) == 1 and _name(element[0].tag) == "xhtml:div" else element
        return _markup(wrapper)
    text = element.text or ""
    if kind.startswith(("image/", "audio/", "video/", "application/octet")):
        return ""
    is_html = "html" in kind or element.get("mode") == "escaped" or _LIKE_HTML.search(text)
    return text if is_html else plain_html(text)


def _markup(element: _Element) -> str:
    """Return what is in an element as HTML."""
    for node in element.iter(etree.Element):
        namespace, _, local = node.tag.rpartition("}")
        if namespace[1:] in _MARKUP and _PLAIN_NAME.fullmatch(local):
            node.tag = local
    written = [html.escape(element.text or "", quote=False)]
    for child in element:
        if isinstance(child.tag, str):
            own = deepcopy(child)  # it has the namespaces of those above no more, which would be written
            etree.cleanup_namespaces(own)
            written.append(etree.tostring(own, method="html", encoding="unicode"))
        else:
            written.append(html.escape(child.tail or "", quote=False))
    return "".join(written)


def _language(element: _Element) -> str:
    return next((found for node in _and_above(element) if (found := node.get(f"{_XML}lang"))), "")


def _base(element: _Element, start: str | None) -> str | None:
    """Return the base of addresses in an element, by XML Base, which starts from `start`; relative where that is None."""
    base = start
    for node in reversed(list(_and_above(element))):
        if given := node.get(f"{_XML}base"):
            base = resolve(base, given) or base or given
    return base


def _and_above(element: _Element) -> Iterator[_Element]:
    yield element
    yield from element.iterancestors()


# --- attached files --------------------------------------------------------------------------------------------------


def _attachments(parts: _Parts) -> Iterator[Attachment]:
    duration = clock(_first(parts, ("itunes:duration",)))
    for enclosure in parts.get("enclosure", ()):
        if address := enclosure.get("url") or enclosure.get(_RESOURCE):
            yield Attachment(address.strip(), enclosure.get("type") or "", duration=duration)
    for link in (*parts.get("atom:link", ()), *parts.get("atom:content", ())):
        address = link.get("href") if link.get("rel") == "enclosure" else link.get("src")
        if address:
            kind = link.get("type") or ""
            yield Attachment(address.strip(), kind, (link.get("title") or "")[:200], duration=duration)
    yield from _media(parts, [parts], 0)
    for number, group in enumerate(parts.get("media:group", ()), start=1):
        inner = _parts(group)
        yield from _media(inner, [inner, parts], number)


def _media(parts: _Parts, scopes: Sequence[_Parts], group: int) -> Iterator[Attachment]:
    """Yield what Media RSS attaches; titles and captions stand in the element or in one of the scopes around it."""
    for name in ("media:content", "media:thumbnail"):
        for element in parts.get(name, ()):
            inner = _parts(element)
            address, kind = element.get("url"), element.get("medium") or element.get("type") or ""
            if name == "media:thumbnail":
                kind = "image"
            if address and (not kind or kind.startswith(("image", "audio", "video"))):
                around = [inner, *scopes]
                said = [_near(around, ("media:description", "media:text")), _near(around, ("media:credit",))]
                width = element.get("width") or ""
                yield Attachment(
                    address.strip(),
                    kind,
                    _near([inner], ("media:title",)),
                    " ".join(filter(None, said)) if kind.startswith("image") or not kind else "",
                    is_preview=name == "media:thumbnail",
                    group=group if name == "media:content" else 0,
                    width=int(width) if width.isascii() and width.isdigit() and len(width) < 6 else 0,
                )
            yield from _media(inner, [inner, *scopes], group) if "media:thumbnail" in inner else ()


def _near(scopes: Iterable[_Parts], names: Iterable[str]) -> str:
    return next((found for parts in scopes if (found := clean_title(_first(parts, names)[:_LONGEST]))), "")
