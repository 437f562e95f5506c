"""Drafts articles, in this process or for another one."""

from __future__ import annotations

import gc
from collections.abc import Iterable

from epubmaker.chapters.draft import draft
from epubmaker.collector.parse import parse
from epubmaker.model.articles import Article, Entry
from epubmaker.model.chapters import DEFAULT_SETTINGS, Draft, DraftSettings
from epubmaker.runtime.channel import Channel

__all__ = ["draft_article", "serve"]

_HEAVY = 60_000  # tags, or lines of plain text, from which on a tree takes 50 MB and more


def draft_article(entry: Entry, settings: DraftSettings = DEFAULT_SETTINGS) -> Draft:
    """Read an article and return its draft."""
    article = parse(entry, whole_page=settings.whole_page)
    made = draft(article, settings)
    if _is_heavy(article):
        gc.collect()  # a tree is full of reference cycles; without this, the next would lie in memory beside it
    return made


def serve(parent: Channel) -> None:
    """Answer each batch of entries, each with its settings, with their drafts, until the parent is gone."""
    while True:
        parent.send(_drafts(parent.receive()))


def _drafts(batch: Iterable[tuple[Entry, DraftSettings]]) -> list[Draft]:
    """Return the drafts of a batch; none where one takes much memory: the parent makes those one at a time."""
    drafts = []
    for entry, settings in batch:
        article = parse(entry, whole_page=settings.whole_page)
        if _is_heavy(article):
            return []
        drafts.append(draft(article, settings))
    return drafts


def _is_heavy(article: Article) -> bool:
    html = article.html
    return len(html) > _HEAVY and max(html.count("<"), html.count("\n")) > _HEAVY
