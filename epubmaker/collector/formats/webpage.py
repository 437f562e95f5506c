"""HTML pages as browsers, mirrors and tools save them."""

from __future__ import annotations

import codecs
import re
import zlib
from html import escape
from pathlib import PurePath
from typing import TYPE_CHECKING

from epubmaker.collector.formats.archive import clean_title
from epubmaker.collector.formats.archiveform import encoding_problems
from epubmaker.collector.formats.encoding import Decoded, decode
from epubmaker.collector.formats.format import Body, Format, Head, Item
from epubmaker.collector.formats.page.start import is_page
from epubmaker.text.pictureaddresses import picture_keys

if TYPE_CHECKING:
    from epubmaker.collector.formats.page.head import PageHead

__all__ = ["PAGE_TYPES", "WebPage", "body_of_page", "head_of_page"]

PAGE_TYPES = ("text/html", "application/xhtml+xml")
"""The media types of a page."""

_MOST_AUTHORS = 5
_FIELDS = {"authors": "author", "site": "source"}  # of a head, by those of a page
# A whole `meta` element with the policy, of plain attributes alone: it is put into the chapter's HTML as it is.
_REFERRER = re.compile(
    r"""<meta(?=\s)(?=[^<>]{0,200}?\sname=["']?referrer\b)(?:\s[\w-]+(?:=(?:"[\w, -]*"|'[\w, -]*'|[\w-]+))?)+\s*/?>""",
    re.IGNORECASE,
)
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class WebPage(Format):
    """Whole HTML documents: of each, the article without what the site puts around it."""

    name = "page"
    title = "HTML pages, as browsers and SingleFile save them"
    suffixes = frozenset({".htm", ".html", ".xhtml"})

    def fits(self, name: str, start: bytes) -> bool:
        """Tell whether a file begins as a document does."""
        del name
        if start.startswith(_UTF16):
            return is_page(start.decode("utf-16", "replace"))
        text = start.removeprefix(codecs.BOM_UTF8)
        return text[:64].lstrip()[:1] == b"<" and is_page(text.decode("latin-1"))

    def heads(self, item: Item) -> tuple[Head]:
        """Return what the page says of its article."""
        data = item.read()
        return (head_of_page(decode(data).text, data, item.link, PurePath(item.name).stem),)

    def body(self, item: Item, member: str) -> Body:
        """Return the main text; the whole page where the item asks for it."""
        del member
        return body_of_page(decode(item.read()), item.link, whole_page=item.whole_page)


def head_of_page(text: str, data: bytes, address: str | None, title: str) -> Head:
    """Return what a page says of its article.

    `data` are the bytes that `text` was decoded from, `address` is where the page was got from, None where that is not
    known, and `title` the one of a page without any.
    """
    found = _head(text, address)
    return Head(
        title=clean_title(escape(found.title)) or title,
        link=found.link,
        published=found.published or found.modified,
        archived=found.archived,
        source=found.site,
        author=", ".join(found.authors[:_MOST_AUTHORS]),
        tag=clean_title(escape(found.tag)),
        text_size=len(data),
        text_hash=zlib.crc32(data),
        pictures=picture_keys(data, found.link or address),
        origins=tuple((_FIELDS.get(name, name), where) for name, where in found.origins.items()),
    )


def body_of_page(page: Decoded, address: str | None, *, whole_page: bool) -> Body:
    """Return the main text of a page, or all of it."""
    from epubmaker.collector.formats.page.text import main_text  # noqa: PLC0415 - as in `_head`

    found = _head(page.text, address)
    # A summary in the text stays there: readers want to see it.
    written = main_text(page.text, found._replace(standfirst=""), whole_page=whole_page).html
    language = f' lang="{escape(found.language)}"' if found.language else ""
    html = f"<html{language}>{_referrer(page.text)}<body>{written}</body></html>"
    return Body(html, encoding_problems(page.text, page.encoding, page.damaged))


def _referrer(text: str) -> str:
    """Return a head with what a page declares of requests for its pictures, "" for most pages."""
    match = _REFERRER.search(text)
    return f"<head>{match[0]}</head>" if match else ""


def _head(text: str, address: str | None) -> PageHead:
    # Imported for the first page: archives of texts do without the parser.
    from epubmaker.collector.formats.page.head import page_head  # noqa: PLC0415

    return page_head(text, address)
