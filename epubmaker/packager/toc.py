"""The table of contents for reading systems: the nav document (EPUB 3) and the NCX (EPUB 2).

Both have the same entries in the order of the spine: EPUBCheck warns of another order, DAISY Ace calls it a
violation, and Send to Kindle refuses the book. The table of contents for people, with sources and times, is in
`epubmaker.packager.pages`: it may be cut into several files, which the nav document may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

from epubmaker.model.books import MANY_ARTICLES
from epubmaker.packager.contents import Contents, ContentsItem
from epubmaker.packager.pages import framed
from epubmaker.text.words import words
from epubmaker.text.xhtml import attribute, language_attributes, text

__all__ = ["Landmark", "Outline", "nav_document", "ncx", "outline"]


@dataclass(frozen=True, slots=True)
class Landmark:
    """A document that reading systems know by its kind: `epub_type` in the nav document, `guide_type` in EPUB 2's guide."""

    epub_type: str
    guide_type: str
    title: str
    href: str


Outline: TypeAlias = Sequence[tuple[int, ContentsItem]]
"""The entries of a table of contents in reading order, each with its level, from 0."""


def outline(
    contents: Contents, pages: Iterable[ContentsItem], language: str, *, every_article: bool = False
) -> Outline:
    """Return the entries for reading systems: groups, with the headings above them, and articles.

    In a book of many articles, these are `pages`, the files of the table of contents for people, then the groups; the
    pages alone where there is one group. With `every_article`, the articles are named in any case.
    """
    groups = contents.groups
    entries: list[tuple[int, ContentsItem]] = []
    every_article = every_article or sum(len(group.items) for group in groups) <= MANY_ARTICLES
    if not every_article:
        entries += [(0, page) for page in pages]
        groups = groups if len(groups) > 1 else ()
    above = ""
    for group in groups:
        level = 1 if group.above else 0
        if level and group.above != above:
            entries.append((0, ContentsItem.of(group.above, group.href, language)))
        above = group.above
        if group.heading:
            entries.append((level, ContentsItem.of(group.heading, group.href, language)))
            level += 1
        if every_article:
            entries += [(level, item) for item in group.items]
    return [*entries, *((0, item) for item in contents.after)]


def nav_document(outline: Outline, landmarks: Iterable[Landmark], language: str, stylesheet: str) -> str:
    """Return the nav document: EPUB 3.3, section 7."""

    def link(item: ContentsItem) -> str:
        return f'<li><a href="{item.href}"{language_attributes(item.language, around=language)}>{item.label}</a>'

    heading = words(language)["contents"]
    entries = "".join(_nested(outline, link, "\n<ol>\n", "</li>\n", "</ol>\n"))
    places = "".join(
        f'<li><a epub:type="{mark.epub_type}" href={attribute(mark.href)}>{text(mark.title)}</a></li>\n'
        for mark in landmarks
    )
    body = (
        '<nav epub:type="toc" role="doc-toc" id="toc" aria-labelledby="toc-title">\n'
        f'<h1 id="toc-title">{text(heading)}</h1>\n<ol>\n{entries}</ol>\n</nav>\n'
        '<nav epub:type="landmarks" id="landmarks" aria-labelledby="landmarks-title" hidden="hidden">\n'
        f'<h2 id="landmarks-title">{text(words(language)["landmarks"])}</h2>\n<ol>\n{places}</ol>\n</nav>\n'
    )
    return framed(heading, body, language, stylesheet)


def ncx(outline: Outline, title: str, identifier: str, language: str) -> str:
    """Return the NCX: OPF 2.0.1, section 2.4.1.

    `identifier` is the package's unique identifier, letter by letter.
    """
    number = order = 0
    href = ""

    def point(item: ContentsItem) -> str:
        nonlocal number, order, href
        number += 1
        order += item.href != href  # entries with one target share their place in the order: NCX 2005-1
        href = item.href
        label = f"<navLabel><text>{item.label}</text></navLabel>"
        return f'<navPoint id="n{number}" playOrder="{order}">{label}<content src="{item.href}"/>'

    depth = 1 + max(level for level, _ in outline)
    points = "".join(_nested(outline, point, "", "</navPoint>\n"))
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1" xml:lang={attribute(language)}>\n'
        f'<head>\n<meta name="dtb:uid" content={attribute(identifier)}/>\n<meta name="dtb:depth" content="{depth}"/>\n'
        '<meta name="dtb:totalPageCount" content="0"/>\n<meta name="dtb:maxPageNumber" content="0"/>\n</head>\n'
        f"<docTitle><text>{text(title)}</text></docTitle>\n<navMap>\n{points}</navMap>\n</ncx>\n"
    )


def _nested(
    outline: Outline,
    write: Callable[[ContentsItem], str],
    begin: str,
    end: str,
    end_list: str = "",
) -> Iterator[str]:
    """Yield entries as nested elements; a level is at most one deeper than the one before it.

    `write` returns the markup of an entry up to those inside it, which `begin` precedes and `end_list` follows; `end`
    closes the entry.
    """
    after_last = 0, ContentsItem("", "", "")
    for (level, item), (following, _) in pairwise(chain(outline, [after_last])):
        yield write(item)
        yield begin if following > level else end + (end_list + end) * (level - following)
