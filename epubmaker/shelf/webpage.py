"""A page of the catalog as HTML, without scripts: for the browser of an e-reader, too. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from epubmaker.report import human_size
from epubmaker.shelf.catalog import ROOT, Page, Section, relative, thumbnail_path, web_path
from epubmaker.shelf.shelvedbook import ShelvedBook
from epubmaker.text.dates import format_day
from epubmaker.text.direction import direction, text_direction
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, text

__all__ = ["web_page"]

_FEEDS = {".xml": "application/atom+xml;profile=opds-catalog", ".json": "application/opds+json"}
# Black on white, large lines to touch, nothing that moves or stays in place: a page of e-ink is drawn anew as a whole.
_STYLE = """
body { margin: 0 auto; padding: 0.5em; max-width: 45em; color: #000; background: #fff; font: 1em/1.4 serif;
       overflow-wrap: break-word }
a { color: #000 }
h1 { font-size: 1.4em }
h2 { font-size: 1.1em; margin: 0 }
nav a, li a { display: inline-block; padding: 0.5em 1em 0.5em 0 }
article { overflow: hidden; padding: 0.8em 0; border-top: 1px solid #000 }
article img { float: left; width: 6em; height: auto; margin: 0 1em 0 0; border: 1px solid #000 }
article[dir=rtl] img { float: right; margin: 0 0 0 1em }
[dir=rtl] nav a, [dir=rtl] li a { padding: 0.5em 0 0.5em 1em }
p { margin: 0.3em 0 }
ul { list-style: none; padding: 0 }
"""


def web_page(page: Page, covers: Collection[str]) -> str:
    """Return the page; `covers` are the files of the books that have pictures of theirs."""
    return "".join(f"{line}\n" for line in _lines(page, covers))


def _lines(page: Page, covers: Collection[str]) -> Iterator[str]:
    yield "<!DOCTYPE html>"
    yield f'<html lang={attribute(page.language)} dir="{direction(page.language)}">'
    yield f'<head><meta charset="utf-8"><title>{text(page.title)}</title>'
    yield '<meta name="viewport" content="width=device-width"><meta name="generator" content="epubmaker">'
    for ending, media_type in _FEEDS.items():
        yield f'<link rel="alternate" type="{media_type}" href={_href(page, ROOT + ending)}>'
    yield f"<style>{_STYLE}</style></head>\n<body>"
    links = (_link(page, each.path, each.title) for each in page.top if isinstance(each, Section))
    yield f"<nav>{' '.join(links)}</nav>"
    yield f"<h1>{text(page.title)}</h1>"
    if page.lists:
        lines = (f"<li>{_link(page, each.path, each.title)} ({each.count})</li>" for each in page.lists)
        yield f"<ul>{''.join(lines)}</ul>"
    for book in page.books:
        yield from _book(page, book, has_cover=book.name in covers)
    own = words(page.language)
    steps = [_link(page, path, own[name]) for name, path in page.neighbors() if name in {"previous", "next"}]
    if steps:
        yield f"<nav>{' '.join(steps)} {page.number} / {page.count}</nav>"
    yield "</body>\n</html>"


def _href(page: Page, path: str) -> str:
    return attribute(relative(path, web_path(page.path)))


def _link(page: Page, path: str, title: str) -> str:
    return f"<a href={_href(page, web_path(path))}>{text(title)}</a>"


def _book(page: Page, book: ShelvedBook, *, has_cover: bool) -> Iterator[str]:
    way = text_direction(book.title) or direction(book.language)
    yield f'<article lang={attribute(book.language)} dir="{way}">'
    href = _href(page, book.name)
    if has_cover:
        yield f'<a href={href}><img src={_href(page, thumbnail_path(book))} alt=""></a>'
    yield f"<h2><a href={href}>{text(book.title)}</a></h2>"
    series = " ".join(filter(None, (book.series, book.position)))
    day = format_day(book.day, page.language) if book.day else ""
    facts = (", ".join(book.authors), series, day, human_size(book.size))
    yield f"<p>{' · '.join(map(text, filter(None, facts)))}</p>"
    if book.description:
        yield f"<p>{text(book.description)}</p>"
    yield "</article>"
