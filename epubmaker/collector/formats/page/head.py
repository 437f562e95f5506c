"""What a page says of its article: title, address, dates, authors, language, site, summary; and where it says so.

A value is taken from the first of these that has one: JSON-LD, Open Graph and Dublin Core, microdata, other `meta`
elements, `time` elements, the address, the `title` element.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html import unescape
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from epubmaker.collector.formats.page import jsonld
from epubmaker.collector.formats.page.blocks import survey
from epubmaker.collector.formats.page.document import LONG_DATA, document_of
from epubmaker.text.addresses import identity, names_article, resolve, site
from epubmaker.text.characters import letters, plain
from epubmaker.text.html import decoded
from epubmaker.text.moments import from_unix, parse_date

__all__ = ["PageHead", "page_head"]

_Found = Iterator[tuple[str, str]]  # values, the best first, each with its origin

_LONGEST = 5_000  # characters of a value
_LONG_TITLE = 500
_LONGEST_BYLINE = 60  # characters
_LONGEST_TAG = 100
_MOST_AUTHORS = 20
_NEAR_TOP = 5_000  # characters within which browsers and SingleFile write where a page was saved from
_SAVED_FROM = re.compile(r"<!--\s{0,9}saved from url=\(\d{1,6}\)(\S{1,2000}?)\s{0,9}-->")
_SINGLE_FILE = re.compile(r"<!--\s{0,9}Page saved with SingleFile\s[^>]{0,200}?url:\s{0,9}(\S{1,2000})", re.IGNORECASE)
_SAVED_DATE = re.compile(  # as JavaScript writes a date: ECMA-262, section 21.4.4.41
    r"\ssaved date:\s{0,9}[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})", re.ASCII
)
_TAG = re.compile(r"<[^<>]{0,500}>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
# "/2022/1/12", "2022-01-12" or "20220112" in an address.
_DATE_IN_ADDRESS = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:([/-])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))(?!\d)"
)
# A date in a line of text, in digits or with the English name of its month, and the time behind it.
_WRITTEN = re.compile(
    r"(?:(?<!\d)(?P<year>(?:19|20)\d\d)\s?[-/.年]\s?(?P<month>\d{1,2})\s?[-/.月]\s?(?P<day>\d{1,2})(?!\d)\s?日?"
    r"|(?P<words>\b(?:\d{1,2}(?:st|nd|rd|th)? )?(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]{0,6}\.?,? "
    r"(?:\d{1,2}(?:st|nd|rd|th)?,? )?(?:19|20)\d\d)\b)(?:[\sT,]{0,3}(?P<time>\d{1,2}:\d\d(?::\d\d)?))?",
    re.ASCII,
)
_LINES_ABOVE, _LINES_BELOW = 3, 12
_LONG_LINE, _NEAR_START = 150, 40
_HOUR = re.compile(r"\d{1,2}:\d\d")
_LABEL = re.compile(r"(?:发[布表]|更新|时间|日期|來源|来源|published|posted|date)", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+[-–—·•»|｜/]\s+|\s*[:：]\s+|\s*[|｜_]\s*|\s+::\s+|\s*[-–—](?=\S{1,20}$)")
_LONGEST_SITE = 60
_BY = re.compile(
    r"^(?:by|von|por|par|di|door|av|af|written by|作者|文|撰文|记者)\s*[:：/]?\s+|^(?:作者|文|撰文)\s*[:：/]\s*",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"https?:|www\.|@|^\d*$")
_BETWEEN_NAMES = re.compile(r"\s*[;；、]\s*|\s+(?:and|und|et)\s+(?![^()]*\))")
_COMMA = re.compile(r"\s*[,，]\s*")
_CUT = ("…", "...", "[…]", "[...]")

_TITLES = ("og:title", "dc.title", "dcterms.title", "citation_title")
_OTHER_TITLES = ("twitter:title", "parsely-title", "sailthru.title", "headline", "title")
_ADDRESSES = ("og:url", "dc.identifier", "dcterms.identifier", "dc.source")
_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dcterms.date", "dc.date", "citation_publication_date", "citation_date",
)  # fmt: skip
_OTHER_PUBLISHED = (
    "datepublished", "date", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date", "published",
    "article.published", "article_date_original", "parsely-pub-date", "sailthru.date", "originalpublicationdate",
    "cxenseparse:recs:publishtime",
    "displaydate", "created", "weibo: article:create_at", "bt:pubdate", "releasedate", "timestamp",
)  # fmt: skip
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "dcterms.modified",
    "dc.date.modified",
)
_OTHER_MODIFIED = ("datemodified", "last-modified", "lastmod", "revised", "article.updated", "weibo: article:update_at")
_AUTHORS = ("article:author", "og:article:author", "dc.creator", "dcterms.creator", "citation_author", "dc.contributor")
_OTHER_AUTHORS = (
    "author",
    "authors",
    "byl",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "shareaholic:article_author_name",
)
_SITES = ("og:site_name", "dc.publisher", "dcterms.publisher", "citation_journal_title")
_OTHER_SITES = ("application-name", "apple-mobile-web-app-title", "publisher", "copyright-holder")
_SUMMARIES = ("og:description", "dc.description", "dcterms.abstract", "dcterms.description")
_OTHER_SUMMARIES = ("description", "twitter:description", "sailthru.description")
_SECTIONS = ("article:section", "og:article:section", "parsely-section")
_TAGS = ("article:tag", "og:article:tag", "news_keywords", "keywords")
_LANGUAGES = ("dc.language", "dcterms.language", "og:locale", "citation_language")


class PageHead(NamedTuple):
    """The head of a page's article.

    Texts are plain and on one line, "" where the page says nothing. `link` is the article's own address, absolute, with
    http or https. `published` and `modified` are aware, in UTC. `language` is a BCP 47 tag as the page declares it.
    `site` is the name of the site, `standfirst` the summary, where the page has it whole, `tag` the section, else the
    first keyword. `archived` is when a tool saved the page, aware. `origins` names the source of each value that there
    is: {"title": "JSON-LD headline"}.
    """

    title: str
    link: str | None
    published: datetime | None
    modified: datetime | None
    language: str
    authors: tuple[str, ...]
    site: str
    standfirst: str
    tag: str
    archived: datetime | None
    origins: Mapping[str, str]


def page_head(html: str, address: str | None) -> PageHead:
    """Return what a page says of its article. `address` is where it was fetched from, if that is known.

    Pure; never raises on any HTML; time grows linearly with its length.
    """
    return _Reader(html, address).head()


class _Reader:
    """One page and what it has been asked for."""

    def __init__(self, html: str, address: str | None) -> None:
        self._top = html[:_NEAR_TOP]
        self._saved = _saved_from(self._top)
        self._given = address
        self._document = document = document_of(LONG_DATA.sub("data:,", html))
        self._metas = _metas(document.css("meta"))
        base = document.css_first("base[href]")
        where = address or (self._saved[1] if self._saved else None)
        self._base = (resolve(where, base.attributes.get("href") or "") if base is not None else None) or where
        self._nodes = jsonld.nodes_in(script.text(deep=True) for script in document.css('script[type*="ld+json" i]'))
        known = (value for _, value in self._known_addresses())
        self._article = jsonld.article_in(self._nodes, frozenset(known))
        self._properties = _properties(document.css("[itemprop]"))
        self._origins: dict[str, str] = {}

    def head(self) -> PageHead:
        """Return the head, with what has been found."""
        link = self._link()
        name = self._first("site", self._sites())
        title = self._title(name, link)
        authors = self._authors(name)
        return PageHead(
            title=title,
            link=link,
            published=self._moment("published", self._publications(title, link)),
            modified=self._moment("modified", self._modifications()),
            language=self._language(),
            authors=authors,
            site=name,
            standfirst=self._standfirst(title),
            tag=self._tag(),
            archived=self._moment("archived", self._savings()),
            origins=self._origins,
        )

    # --- where values are ---

    def _said(self, names: Iterable[str]) -> _Found:
        """Yield what `meta` elements of these names say."""
        for name in names:
            for value in self._metas.get(name, ()):
                yield f"meta {name}", value

    def _json(self, *keys: str) -> _Found:
        for key in keys:
            text = jsonld.text_of(self._article.get(key))
            if text:
                yield f"JSON-LD {key}", text

    def _marked(self, *keys: str) -> _Found:
        for key in keys:
            for value in self._properties.get(key, ()):
                yield f"microdata {key}", value

    def _first(self, field: str, found: _Found) -> str:
        """Return the first text that says something, and remember where it is from."""
        for origin, value in found:
            text = _plain(value)
            if text:
                self._origins[field] = origin
                return text
        return ""

    # --- one field each ---

    def _known_addresses(self) -> _Found:
        """Yield the page's addresses, but for those in its JSON-LD and microdata."""
        for node in self._document.css('link[rel~="canonical" i][href]')[:3]:
            yield "link rel=canonical", node.attributes.get("href") or ""
        yield from self._said(_ADDRESSES)
        if self._saved is not None:
            yield self._saved
        if self._given:
            yield "address", self._given

    def _link(self) -> str | None:
        """Return the first address that names an article, and no front page; else the first."""
        known = list(self._known_addresses())
        canonical = [each for each in known if each[0] == "link rel=canonical"]
        found: list[tuple[str, str]] = []
        for origin, value in (*canonical, *self._json("url", "mainEntityOfPage"), *self._marked("url"), *known):
            link = resolve(self._base, value.strip()[:_LONGEST])
            if link is not None and link.startswith(("http://", "https://")):
                found.append((origin, link))
        best = next((each for each in found if names_article(identity(each[1]))), found[0] if found else None)
        if best is None:
            return None
        self._origins["link"] = best[0]
        return best[1]

    def _sites(self) -> _Found:
        yield from self._said(_SITES[:1])
        for key in ("publisher", "isPartOf", "sourceOrganization"):
            for name in jsonld.names_in(self._article.get(key), self._nodes):
                yield f"JSON-LD {key}", name
        yield from self._said(_SITES[1:])
        for node, _ in self._nodes:
            if node.get("@type") == "WebSite":
                yield "JSON-LD WebSite", jsonld.text_of(node.get("name"))
        yield from self._said(_OTHER_SITES)

    def _titles(self) -> _Found:
        yield from self._json("headline", "name")
        yield from self._said(_TITLES)
        yield from self._marked("headline")
        yield from self._said(_OTHER_TITLES)
        headings = [text for node in self._document.css("h1")[:3] if (text := _plain(node.text(deep=True)))]
        node = self._document.css_first("title")
        whole = _plain(node.text(deep=True)) if node is not None else ""
        if len(headings) == 1 and (not whole or letters(headings[0]) in letters(whole)):
            yield "h1", headings[0]
        yield "title", whole
        yield from (("h1", heading) for heading in headings)

    def _title(self, name: str, link: str | None) -> str:
        title = self._first("title", self._titles())[:_LONG_TITLE]
        host = site(link) or ""
        label = max(host.split(".")[:-1], key=len, default="")
        names = {each for each in map(letters, (name, host, label)) if len(each) > 1}
        return _without_site(title, names) if names else title

    def _publications(self, title: str, link: str | None) -> _Found:
        yield from self._json("datePublished", "dateCreated", "uploadDate")
        yield from self._said(_PUBLISHED)
        yield from self._marked("datepublished", "datecreated")
        yield from self._said(_OTHER_PUBLISHED)
        yield from self._times()
        for address in (link, self._given, self._saved[1] if self._saved else None):
            if address and (found := _DATE_IN_ADDRESS.search(address)):
                yield "address", f"{found[1]}-{int(found[3] or found[5]):02}-{int(found[4] or found[6]):02}"

        yield from self._written(title)

    def _written(self, title: str) -> _Found:
        """Yield dates in lines about the title and in those with a label, where pages that declare nothing have them."""
        body = self._document.body
        if body is None or body.tag != "body":
            return
        blocks, elements = (page := survey(body)).blocks, page.elements
        wanted = letters(title)
        lines: list[str] = []
        for number, block in enumerate(blocks):
            if (elements[block.owner].tag == "h1" and block.text) or (
                len(title) <= 2 * len(block.text) <= 4 * len(title) and letters(block.text) == wanted
            ):
                near = blocks[max(0, number - _LINES_ABOVE) : number + _LINES_BELOW]
                lines += [line.text for line in near if not line.is_prose or _HOUR.search(line.text)]
        lines += [block.text for block in blocks if _LABEL.match(block.text)]
        for line in lines:
            found = _WRITTEN.search(line) if len(line) <= _LONG_LINE else None
            if found is not None and (found["time"] or found.start() <= _NEAR_START):
                day = (
                    "-".join(found[part].zfill(2) for part in ("year", "month", "day"))
                    if found["year"]
                    else found["words"]
                )
                yield "line beside the title", f"{day} {found['time'] or ''}".strip()

    def _savings(self) -> _Found:
        """Yield when SingleFile saved the page."""
        if self._saved is not None and self._saved[0] == "SingleFile" and (found := _SAVED_DATE.search(self._top)):
            month, day, year, time, zone = found.groups()
            yield "SingleFile", f"{day} {month} {year} {time} {zone}"

    def _modifications(self) -> _Found:
        yield from self._json("dateModified")
        yield from self._said(_MODIFIED)
        yield from self._marked("datemodified")
        yield from self._said(_OTHER_MODIFIED)

    def _times(self) -> _Found:
        """Yield the moments of `time` elements: those of the publication first, then those of the article."""
        for selector in (
            "time[pubdate]",
            "time.published, time.entry-date",
            "article time, main time, header time",
            "time",
        ):
            for node in self._document.css(selector)[:3]:
                yield "time", node.attributes.get("datetime") or node.text(deep=True)

    def _moment(self, field: str, found: _Found) -> datetime | None:
        for origin, value in found:
            moment = _moment(value.strip()[:100])
            if moment is not None:
                self._origins[field] = origin
                return moment
        return None

    def _language(self) -> str:
        root = self._document.root
        declared = root.attributes if root is not None else {}
        found = [
            *self._json("inLanguage"),
            ("html lang", declared.get("lang") or declared.get("xml:lang") or ""),
            *self._said(_LANGUAGES),
            *self._said(("content-language", "language")),
        ]
        for origin, value in found:
            tag = value.strip().partition(",")[0].replace("_", "-")
            if _LANGUAGE.fullmatch(tag):
                self._origins["language"] = origin
                return tag
        return ""

    def _authors(self, name: str) -> tuple[str, ...]:
        """Return the authors of the first source that names a person, in order, none twice."""
        sources: list[tuple[str, Iterable[str]]] = [
            (f"JSON-LD {key}", jsonld.names_in(self._article.get(key), self._nodes)) for key in ("author", "creator")
        ]
        sources += [(f"meta {key}", self._metas.get(key, ())) for key in _AUTHORS]
        sources.append(("microdata author", self._properties.get("author", ())))
        sources += [(f"meta {key}", self._metas.get(key, ())) for key in _OTHER_AUTHORS]
        sources.append(("rel=author", [node.text(deep=True) for node in self._document.css('a[rel~="author" i]')[:3]]))
        sources.append(("class byline", self._bylines()))
        for origin, values in sources:
            found = dict.fromkeys(
                each for value in values for each in _persons(value) if letters(each) != letters(name)
            )
            if found:
                self._origins["authors"] = origin
                return tuple(found)[:_MOST_AUTHORS]
        return ()

    def _bylines(self) -> Iterator[str]:
        """Yield the first element that is called a byline, where it is one of names alone."""
        for node in self._document.css('[class*="byline" i]')[:1]:
            text = plain(node.text(deep=True))
            if len(text) <= _LONGEST_BYLINE and not any(map(str.isdigit, text)):
                yield text

    def _standfirst(self, title: str) -> str:
        found = (
            *self._json("description", "abstract"),
            *self._said(_SUMMARIES),
            *self._marked("description"),
            *self._said(_OTHER_SUMMARIES),
        )
        for origin, value in found:
            text = _plain(value)
            if text and not text.endswith(_CUT) and letters(text) != letters(title):
                self._origins["standfirst"] = origin
                return text
        return ""

    def _tag(self) -> str:
        """Return the section, else the first keyword, which sites write for search engines."""
        found = (
            *self._json("articleSection"),
            *self._said(_SECTIONS),
            *((origin, text.partition(",")[0]) for origin, text in self._json("keywords")),
            *((origin, text.partition(",")[0]) for origin, text in self._said(_TAGS)),
        )
        return self._first("tag", iter(found))[:_LONGEST_TAG]


def _saved_from(start: str) -> tuple[str, str] | None:
    """Return where a browser or SingleFile says that it saved a page from."""
    for origin, pattern in (("saved from url", _SAVED_FROM), ("SingleFile", _SINGLE_FILE)):
        found = pattern.search(start)
        if found and found[1].startswith(("http://", "https://")):
            return origin, unescape(found[1])
    return None


def _metas(nodes: Iterable[LexborNode]) -> dict[str, list[str]]:
    """Return the contents of `meta` elements by their names, in lower case; one element may have several names."""
    metas: dict[str, list[str]] = {}
    for node in nodes:
        given = node.attributes
        value = (given.get("content") or "").strip()
        if not value:
            continue
        named = given.get("property") or given.get("name") or given.get("http-equiv") or ""
        for name in (named.lower(), *named.lower().split()) if " " in named else (named.lower(),):
            metas.setdefault(name.replace("dc:", "dc.").replace("dcterms:", "dcterms."), []).append(value[:_LONGEST])
    return metas


def _properties(nodes: Iterable[LexborNode]) -> dict[str, list[str]]:
    """Return the first values of microdata by their names, in lower case (HTML Standard, section 5.2.4)."""
    properties: dict[str, list[str]] = {}
    for node in nodes:
        given = node.attributes
        for name in (given.get("itemprop") or "").lower().split():
            values = properties.setdefault(name, [])
            if name not in _PROPERTIES or len(values) >= _MOST_AUTHORS:
                continue
            inner = node.css_first('[itemprop~="name"]') if name == "author" else None
            own = (inner or node).attributes
            value = own.get("content") or own.get("datetime") or (own.get("href") if name == "url" else None)
            values.append((value if value is not None else (inner or node).text(deep=True))[:_LONGEST])
    return properties


_PROPERTIES = frozenset({"author", "datecreated", "datemodified", "datepublished", "description", "headline", "url"})


def _plain(value: str) -> str:
    """Return a value as one line of text: content managers leave character references and tags in them."""
    text = value[:_LONGEST]
    if "&" in text:
        text = decoded(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    return plain(text)


def _without_site(title: str, names: set[str]) -> str:
    """Return a title without the name of the site at its end or its beginning; never an empty one."""
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            return title
        first, last = cuts[0], cuts[-1]
        if (
            len(title) - last.end() <= _LONGEST_SITE
            and letters(title[last.end() :]) in names
            and title[: last.start()].strip()
        ):
            title = title[: last.start()].strip()
        elif (
            first.start() <= _LONGEST_SITE and letters(title[: first.start()]) in names and title[first.end() :].strip()
        ):
            title = title[first.end() :].strip()
        else:
            return title
    return title


def _persons(value: str) -> Iterator[str]:
    """Yield the names in a byline: "By Ann Lee and Bo Chen", "Ann Lee; Bo Chen", "Ann Lee, Bo Chen"."""
    text = _BY.sub("", _plain(value))
    for part in _BETWEEN_NAMES.split(text[:_LONG_TITLE]):
        names = _COMMA.split(part.strip(" ,"))
        are_several = len(names) > 1 and all(2 <= len(name.split()) <= 4 for name in names)
        for name in names if are_several else [part]:
            if name and len(name) <= 100 and not _NO_NAME.search(name):
                yield name


def _moment(value: str) -> datetime | None:
    if value.isascii() and value.isdigit() and len(value) in {10, 13}:
        return from_unix(int(value))
    moment = parse_date(value) if value else None
    return moment if moment is not None and moment > datetime(1900, 1, 1, tzinfo=UTC) else None
