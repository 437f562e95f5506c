"""One article's HTML becomes a chapter's text: parsed as browsers do, changed by passes, rebuilt as XHTML, cut.

    article.html
    | as_html       plain text as paragraphs and lists
    | shortened     no longer than a tree may be
    | parse         a browser's tree
    | run_passes    `passes.PASSES`, in order, each for articles that need it
    | serialize     rebuilt from the allow-list: the only step that makes it valid
    | split         files of at most 240 KB

Everything runs in the caller's thread, on a tree that belongs to this call, and nothing is read or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PassContext, run_passes
from epubmaker.chapters.passes.triggers import REPEATED_PICTURES, REPEATED_TEXT, STILL
from epubmaker.chapters.plaintext import as_html
from epubmaker.chapters.split import split
from epubmaker.chapters.xhtml.places import Target
from epubmaker.chapters.xhtml.serialize import serialize
from epubmaker.model.articles import Article, Issue
from epubmaker.model.chapters import DEFAULT_SETTINGS, Draft, DraftSettings, LeftOut, PictureSlot, Piece
from epubmaker.text.addresses import resolve
from epubmaker.text.bounds import shortened
from epubmaker.text.characters import letters
from epubmaker.text.direction import direction
from epubmaker.text.html import with_breaks, without_cdata
from epubmaker.text.referrer import referrer_policy

__all__ = ["draft"]

_UNSEEN = re.compile(r"<(style|script|title)\b", re.IGNORECASE)
_TEXT = re.compile(r"(?:^|>)[^<]+")
_NOTHING_LEFT = "the file has a text, of which nothing is left: all of it is hidden, or around an article"


def draft(article: Article, settings: DraftSettings = DEFAULT_SETTINGS) -> Draft:
    """Return the chapter's text for one article. Pure; never raises on any HTML.

    The parts are flow content that may stand in a `section` whose h1 is the title: EPUB 3.3, section 6.1.
    """
    entry = article.entry
    whole = as_html(without_cdata(article.html))
    html = shortened(whole)
    issues = article.issues if html is whole else (*article.issues, _cut_issue(article, len(html) / len(whole)))
    parsed = parse(with_breaks(html))
    address = resolve(None, entry.link) if entry.link else None
    asked_for = (
        (REPEATED_TEXT, settings.repeated_text),
        (REPEATED_PICTURES, settings.repeated_pictures),
        (STILL, settings.still),
    )
    context = PassContext(
        names=set(parsed.names).union(*(trigger for trigger, setting in asked_for if setting)),
        declared=parsed.language or article.language or None,
        fallback=entry.language,
        title=entry.title,
        published=entry.published,
        source=entry.source,
        author=entry.author,
        address=address,
        base=resolve(address, parsed.base) if parsed.base else address,
        referrer=referrer_policy(parsed.referrer or "") or "",
        anchors=parsed.anchors,
        repeated_text=settings.repeated_text,
        repeated_pictures=settings.repeated_pictures,
        still=settings.still,
        repeated_lines=settings.repeated_lines,
        keep_all=settings.keep_all,
    )
    run_passes(parsed.body, context)
    language = context.language
    way = direction(language)
    written = serialize(parsed.body, language, way)
    is_empty = not (written.excerpt or any(map(_shows_text, written.pieces)))
    # What repeats goes because that was asked for.
    if is_empty and not context.dropped and _says_more(html, entry.title):
        issues = (*issues, Issue("article-empty", "warning", entry.label, _NOTHING_LEFT))
    if context.undrawn:
        message = f"too many drawings: of {context.undrawn:,} only the words are in the book; split the file"
        issues = (*issues, Issue("article-drawings", "warning", entry.label, message))
    parts, places = split(written)
    return Draft(
        language=language,
        direction=way,
        parts=parts,
        excerpt=context.standfirst or written.excerpt,
        kicker=context.kicker,
        standfirst=context.standfirst,
        features=frozenset(written.features),
        issues=issues,
        origin=article.origin,
        dropped=context.dropped,
        sections={name: places[given] for name, given in context.sections.items() if given in places},
        left_out=LeftOut(tuple(sorted(context.left_out.items())), context.left_out_characters),
    )


def _says_more(markup: str, title: str) -> bool:
    """Return True for markup with another text than a title, which the chapter's header shows."""
    return _text_of("".join(_seen(markup))) not in {"", letters(title)}


def _seen(markup: str) -> Iterator[str]:
    """Yield markup without scripts, style sheets and titles; one that is not closed goes to the end."""
    lower = markup.lower()
    at = 0
    for start in _UNSEEN.finditer(markup):
        if start.start() >= at:
            yield markup[at : start.start()]
            end = lower.find(f"</{start[1].lower()}", start.end())
            at = end if end >= 0 else len(markup)
    yield markup[at:]


def _shows_text(piece: Piece | Target) -> bool:
    """Return True for markup with text, and for a picture that says what it shows, as a drawing with words does."""
    return bool(_text_of(piece) if isinstance(piece, str) else isinstance(piece, PictureSlot) and piece.alt)


def _text_of(markup: str) -> str:
    """Return the letters and digits of markup outside of its tags, as titles are compared."""
    return letters(unescape("".join(each[0] for each in _TEXT.finditer(markup))))


def _cut_issue(article: Article, share: float) -> Issue:
    kept = f"the first {share:.0%} of the text {'are' if share >= 0.015 else 'is'} in the book"
    return Issue("article-cut", "error", article.entry.label, f"longer than an article may be: {kept}; split the file")
