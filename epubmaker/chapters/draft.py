"""One article's HTML becomes a chapter's text: parsed as browsers do, cleaned by a list of passes, rebuilt, cut.

    article.html
    | shortened          no longer than a tree may be
    | parse              a browser's tree
    | detect             the language, for the words of our own
    | drop_unseen        scripts, styles, templates, hidden elements
    | find_pictures      each picture one `img`; decoration goes
    | join_captions      each picture and its caption one `figure`
    | name_embeds        videos, players and frames become a line with a link
    | reduce_controls    tick boxes become characters
    | fit_tables         layout unwrapped; too wide ones lists
    | mark_notes         footnotes and their way back
    | drop_date_line     the header shows the date
    | drop_title         the header shows the title
    | number_headings    below the chapter's title, none skipped
    | resolve_links      absolute, inside the chapter, or unwrapped
    | serialize          rebuilt from the allow-list: the only step that makes it valid
    | split              files of at most 240 KB

Everything runs in the caller's thread, on a tree that belongs to this call, and nothing is read or fetched.
"""

from __future__ import annotations

import re

from bs4.element import NavigableString, Tag

from epubmaker.chapters.bounds import shortened
from epubmaker.chapters.language import detect
from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes.repeated import drop_date_line, drop_title
from epubmaker.chapters.passes.triggers import ADDRESSED, CONTROLS, EMBEDS, HEADINGS, LINKED, PICTURED, UNSEEN
from epubmaker.chapters.split import split
from epubmaker.chapters.xhtml.serialize import serialize
from epubmaker.model.articles import Article, Issue
from epubmaker.model.chapters import Draft
from epubmaker.text.addresses import resolve
from epubmaker.text.direction import direction
from epubmaker.text.words import words

__all__ = ["draft"]

_MARKUP = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_BLANK_LINE = re.compile(r"\n[ \t\r\f\v\u3000]*\n")
_SAMPLE = 6000  # characters from which the language is told


def draft(article: Article) -> Draft:
    """Return the chapter's text for one article. Pure; never raises on any HTML.

    The parts are flow content that may stand in a `section` whose h1 is the title: EPUB 3.3, section 6.1.
    """
    entry = article.entry
    whole = article.html if _MARKUP.search(article.html) else _paragraphs(article.html)
    html = shortened(whole)
    issues = article.issues if html is whole else (*article.issues, _cut_issue(article, len(html) / len(whole)))
    parsed = parse(html)
    body, names = parsed.body, parsed.names
    if not UNSEEN.isdisjoint(names):
        from epubmaker.chapters.passes.hidden import drop_unseen

        drop_unseen(body)
    language = detect(_sample(body), parsed.language)
    if not PICTURED.isdisjoint(names):
        _show_pictures(body)
    own = resolve(None, entry.link) if entry.link else None
    base = resolve(own, parsed.base) if parsed.base else own
    _replace_unprintable(body, names, base, language)
    if "table" in names:
        from epubmaker.chapters.passes.tables import fit_tables

        fit_tables(body)
    if "@href" in names and not ADDRESSED.isdisjoint(names):
        from epubmaker.chapters.passes.notes import mark_notes

        mark_notes(body, words(language))
    drop_date_line(body, entry.published)
    drop_title(body, entry.title)
    if not HEADINGS.isdisjoint(names):
        from epubmaker.chapters.passes.headings import number_headings

        number_headings(body)
    if not LINKED.isdisjoint(names) or not EMBEDS.isdisjoint(names):
        from epubmaker.chapters.passes.links import resolve_links

        resolve_links(body, base, own, parsed.anchors)
    way = direction(language)
    written = serialize(body, language, way)
    return Draft(
        language=language,
        direction=way,
        parts=split(written),
        excerpt=written.excerpt,
        features=frozenset(written.features),
        issues=issues,
        origin=article.origin,
    )


def _cut_issue(article: Article, share: float) -> Issue:
    kept = f"the first {share:.0%} of the text {'are' if share >= 0.015 else 'is'} in the book"
    return Issue("article-cut", "error", article.entry.label, f"longer than an article may be: {kept}; split the file")


def _show_pictures(body: Tag) -> None:
    from epubmaker.chapters.pictures.find import find_pictures

    if find_pictures(body):
        from epubmaker.chapters.captions.join import join_captions

        join_captions(body)


def _replace_unprintable(body: Tag, names: frozenset[str], base: str | None, language: str) -> None:
    """Replace players, frames and form controls."""
    if not EMBEDS.isdisjoint(names):
        from epubmaker.chapters.passes.embeds import name_embeds

        name_embeds(body, base, words(language))
    if not CONTROLS.isdisjoint(names):
        from epubmaker.chapters.passes.embeds import reduce_controls

        reduce_controls(body)


def _paragraphs(text: str) -> str:
    """Return plain text as HTML: blank lines part paragraphs, or line ends where there are none."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    parted = _BLANK_LINE.split(text) if _BLANK_LINE.search(text) else text.split("\n")
    return "".join(f"<p>{part.replace('<', '&lt;')}</p>" for part in parted if part.strip())


def _sample(body: Tag) -> str:
    found: list[str] = []
    length = 0
    node = body.next_element
    while node is not None and length <= _SAMPLE:
        if isinstance(node, NavigableString):
            found.append(node)
            length += len(node)
        node = node.next_element
    return " ".join(found)
