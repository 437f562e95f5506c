"""Drafts articles: `parse` and `draft`, in this process or as a helper of another one (see `helpers`)."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys

from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import parse
from epubmaker.model.articles import Article, Entry
from epubmaker.model.chapters import Draft
from epubmaker.pipeline.batches import Batch

__all__ = ["drafted", "serve"]


_HEAVY = 60_000  # tags, or lines of plain text, from which on a tree takes 50 MB and more


def drafted(entry: Entry) -> Draft:
    """Return the draft of one article, made here and now."""
    article = parse(entry)
    made = draft(article)
    if _is_heavy(article):
        gc.collect()  # a tree is full of circles; two would lie in memory side by side
    return made


def _drafts(batch: Batch) -> list[Draft]:
    """Return the drafts of a batch; none where one takes much memory: such are made one at a time, by the parent."""
    drafts = []
    for entry in batch:
        article = parse(entry)
        if _is_heavy(article):
            return []
        drafts.append(draft(article))
    return drafts


def _is_heavy(article: Article) -> bool:
    html = article.html
    return len(html) > _HEAVY and max(html.count("<"), html.count("\n")) > _HEAVY


def serve() -> None:
    """Answer batches from standard input until that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides what stops
    gc.freeze()  # what was imported stays: collecting the trees need not look at it again and again (6 % of the time)
    tasks, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # standard output is for the answers alone, whatever a library prints
    while True:
        try:
            batch: Batch = pickle.load(tasks)  # noqa: S301 - it comes from our own parent
        except (EOFError, OSError):
            return
        pickle.dump(_drafts(batch), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
