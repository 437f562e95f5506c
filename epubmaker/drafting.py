"""Drafts articles: `parse` and `draft`, in this process or as a helper of another one (see `helpers`)."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys

from epubmaker.batches import Batch
from epubmaker.chapters.draft import draft
from epubmaker.collector.scan import parse
from epubmaker.model.articles import Entry
from epubmaker.model.chapters import Draft

__all__ = ["drafted", "serve"]


def drafted(entry: Entry) -> Draft:
    """Return the draft of one article, made here and now."""
    return draft(parse(entry))


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
        pickle.dump([drafted(entry) for entry in batch], answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
