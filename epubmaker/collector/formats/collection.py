"""What feeds, lists of addresses and exports share: one file with many articles, parsed once and kept for the next of them.

A format that is a `Collection` parses a file into `Record`s. Heads and bodies are made of these here.
"""

from __future__ import annotations

import hashlib
import html
import re
from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import ClassVar, NamedTuple

from epubmaker.collector.formats.archive import clean_title, is_stub, shows_something, title_from
from epubmaker.collector.formats.archiveform import text_measure
from epubmaker.collector.formats.encoding import decode
from epubmaker.collector.formats.format import Body, Format, Head, Item, NoArticleError, UnreadableError
from epubmaker.text.addresses import identity, names_article, resolve
from epubmaker.text.characters import letters
from epubmaker.text.outlets import outlet
from epubmaker.text.pictureaddresses import picture_keys

__all__ = ["MOST_RECORDS", "Collection", "Record", "plain_html", "text_of", "too_many"]

MOST_RECORDS = 100_000
"""Articles in one file; one with more is refused."""

_MOST_KEPT = 100_000_000  # bytes of parsed articles that a process keeps, unless it is one file
_LONGEST_TITLE = 1000  # characters
_LONGEST_NAME = 200
_LONGEST_STUB = 2000
_FEW_WORDS = 60  # characters
_LINK = re.compile(r"<a\b[^<>]*>[^<]*(?:<(?!/?a\b)[^<]*)*</a\s*>", re.IGNORECASE)


class Record(NamedTuple):
    """One article as a format found it.

    `title`, `source`, `author` and `tag` may have tags and entities, unless they were escaped. `html` is the text: a
    fragment of HTML, "" where there is none. `link` and `base` are addresses as the file has them, and `base` is where
    relative ones in the text start from, None for the link. `id` tells the article from others, "" where the file has
    nothing for that. `language` is a tag, "" for an unknown one. `text_file` is that of `Head`; so are `origins` and
    `problems`.
    """

    title: str
    link: str | None
    html: str = ""
    published: datetime | None = None
    archived: datetime | None = None
    source: str = ""
    author: str = ""
    tag: str = ""
    id: str = ""
    language: str = ""
    base: str | None = None
    text_file: str = ""
    origins: tuple[tuple[str, str], ...] = ()
    problems: tuple[tuple[str, str], ...] = ()


class _Article(NamedTuple):
    """`text` is the HTML in UTF-8: half the size of a string where a text has a letter beyond Latin-1."""

    head: Head
    text: bytes


class Collection(Format):
    """A format with many articles in one file.

    `no_records` is what a file without any is: "a feed without entries".
    """

    max_bytes = 128_000_000
    no_records: ClassVar[str]

    @abstractmethod
    def records(self, item: Item) -> Iterable[Record]:
        """Yield the articles in a file. Raises UnreadableError and NoArticleError."""

    def heads(self, item: Item) -> Iterator[Head]:
        """Yield the heads of the articles, of two alike the first."""
        for article in self._articles(item).values():
            yield article.head

    def body(self, item: Item, member: str) -> Body:
        """Return the text of an article, as a document where the language or the base of addresses is known."""
        article = self._articles(item).get(member)
        if article is None:
            raise UnreadableError("article-unreadable", "the file has changed: the article is no longer in it")
        return Body(article.text.decode("utf-8", "replace"), sha256=article.head.sha256)

    def _articles(self, item: Item) -> Mapping[str, _Article]:
        return _KEPT.get((self.name, item.key)) or _KEPT.put((self.name, item.key), _articles(self.records(item), self))


class _Kept:
    """The articles of the files that were parsed last, which are asked for one by one, and in any order."""

    def __init__(self) -> None:
        self._files: OrderedDict[Hashable, tuple[int, Mapping[str, _Article]]] = OrderedDict()
        self._size = 0

    def get(self, key: Hashable) -> Mapping[str, _Article] | None:
        found = self._files.get(key)
        if found is None:
            return None
        self._files.move_to_end(key)
        return found[1]

    def put(self, key: Hashable, articles: Mapping[str, _Article]) -> Mapping[str, _Article]:
        size = sum(len(article.text) + _LONGEST_TITLE for article in articles.values())
        while self._files and self._size + size > _MOST_KEPT:
            self._size -= self._files.popitem(last=False)[1][0]
        self._files[key] = size, articles
        self._size += size
        return articles


_KEPT = _Kept()


# --- articles --------------------------------------------------------------------------------------------------------


def _articles(records: Iterable[Record], form: Collection) -> Mapping[str, _Article]:
    """Return the articles by member."""
    articles: dict[str, _Article] = {}
    ids: dict[str, set[str]] = {}  # by what the link says, the ids of the articles with that link
    for record in islice(records, MOST_RECORDS + 1):
        article = _article(record)
        head = article.head
        known = articles.get(head.member)
        if known is not None and known.head.sha256 == head.sha256:
            continue
        if known is not None:  # another article with the same id, or a later form of the same one
            head = head._replace(member=f"{head.member}\n{head.sha256}")
        if head.link:
            ids.setdefault(identity(head.link), set()).add(record.id)
        articles[head.member] = _Article(head, article.text)
    if not articles:
        raise NoArticleError(form.no_records)
    if len(articles) > MOST_RECORDS:
        raise too_many()
    shared = {name for name, found in ids.items() if len(found) > 1 and names_article(name)}
    if shared:
        for member, (head, text) in articles.items():
            if head.link and (name := identity(head.link)) in shared:
                articles[member] = _Article(head._replace(identity=f"{name} {member}"), text)
    return articles


def _article(record: Record) -> _Article:
    link = resolve(None, record.link) if record.link else None
    text = record.html if record.html and not record.html.isspace() else ""
    title = clean_title(record.title[:_LONGEST_TITLE]) if record.title else ""
    origins = record.origins
    if not title:
        title = title_from(text)
        origins = (*origins, ("title", "text" if title else "link"))
        title = title or link or "untitled"
    names = (record.author, record.source, record.tag)
    author, source, tag = (_cut(clean_title(name)) if name else "" for name in names)
    whole = _document(text, record.language, resolve(link, record.base) if record.base else None)
    moments = [moment.isoformat() if moment else "" for moment in (record.published, record.archived)]
    written = whole.encode("utf-8", "replace")
    said = "\0".join([title, link or "", *moments, author, source, ""])
    sha256 = hashlib.sha256(said.encode("utf-8", "replace") + written).hexdigest()
    is_link_only = link is not None and (not text or _is_of_links(text))
    is_short = len(text) < _LONGEST_STUB and is_stub("".join(text.split()), title)
    text_size, text_hash = (0, 0) if is_short else text_measure(text)
    head = Head(
        title=title,
        link=link,
        published=record.published,
        archived=record.archived,
        problems=record.problems,
        source=source or outlet(link),
        author=author,
        tag=tag,
        text_size=text_size,
        text_hash=text_hash,
        pictures=picture_keys(written, link),
        member=record.id[:_LONGEST_TITLE] or link or sha256,
        sha256=sha256,
        size=max(text_size, len(text)),
        is_link_only=is_link_only,
        text_file=record.text_file[:_LONGEST_NAME] if is_link_only else "",
        origins=origins,
    )
    return _Article(head, written)


def _is_of_links(text: str) -> bool:
    """Tell whether a text is a few words with links, as feeds of links have it: "Comments"."""
    if len(text) > _LONGEST_STUB or "<a" not in text or shows_something(text):
        return False
    return not letters(clean_title(_LINK.sub("", text))) and len(clean_title(text)) <= _FEW_WORDS


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"


def _document(text: str, language: str, base: str | None) -> str:
    """Return a text as HTML that says its language and where relative addresses start from."""
    if not text or not (language or base):
        return text
    lang = f' lang="{html.escape(language)}"' if language else ""
    head = f'<head><base href="{html.escape(base)}"></head>' if base else ""
    return f"<html{lang}>{head}<body>{text}</body></html>"


# --- for the formats -------------------------------------------------------------------------------------------------


def too_many() -> UnreadableError:
    """Return the error for a file with more than `MOST_RECORDS` articles."""
    return UnreadableError("article-too-large", f"more than {MOST_RECORDS:,} articles in one file")


def plain_html(text: str) -> str:
    """Return plain text as HTML that shows the same characters."""
    return html.escape(text, quote=False)


def text_of(item: Item) -> str:
    """Return the text of a file in any encoding, without NULs. Raises UnreadableError."""
    text = decode(item.read()).text
    return text.replace("\0", "") if "\0" in text else text
