"""The command `epubmaker inspect`: what was understood of an article or a folder of them, or what is in a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import show
from epubmaker.cli.values import EXISTING
from epubmaker.errors import InputError

if TYPE_CHECKING:
    from epubmaker.collector.scan import Scan
    from epubmaker.model.articles import Entry, Issue

__all__ = ["inspect", "lines_about"]

_LONGEST_LIST = 20  # lines; the rest is counted


@click.command()
@click.argument("path", type=EXISTING)
@click.option("-v", "--verbose", is_flag=True, help="Say where an error came from.")
def inspect(path: Path, *, verbose: bool) -> int:
    """Tell what was understood of an article or a folder of them, or what is in a book."""
    with one_line_errors(verbose=verbose):
        for line in lines_about(path):
            show(line)
        return 0


def lines_about(path: Path) -> Iterator[str]:
    """Return lines for people about a book, an article file, or a folder of articles; reads nothing from the network.

    Raises InputError when `path` is none of these.
    """
    from epubmaker.cli import bookfile
    from epubmaker.collector.scan import scan
    from epubmaker.collector.titles import without_shared_endings

    if bookfile.is_book(path):
        return bookfile.lines_about(path)
    found = scan([path])
    if path.is_file() and len(found.entries) == 1:
        return _article(*without_shared_endings(found.entries))
    return _folder(path, found)


def _article(entry: Entry) -> Iterator[str]:
    from epubmaker.chapters.draft import draft
    from epubmaker.collector.parse import parse
    from epubmaker.model.chapters import PictureSlot

    article = parse(entry)
    chapter = draft(article)
    yield f"title      {entry.title}"
    yield f"link       {entry.link or 'none'}"
    yield f"source     {entry.source or 'unknown'}"
    yield f"author     {entry.author or 'unknown'}"
    yield f"published  {entry.published or 'unknown'}"
    yield f"archived   {entry.archived or 'unknown'}"
    yield f"language   {chapter.language}"
    text = sum(len(piece) for part in chapter.parts for piece in part if isinstance(piece, str))
    yield f"text       {text:,} characters of markup in {len(chapter.parts)} part{'s'[: len(chapter.parts) > 1]}"
    if chapter.left_out.counts:
        kinds = ", ".join(f"{count} × {kind}" for kind, count in chapter.left_out.counts)
        yield f"left out   {kinds}: {chapter.left_out.characters:,} characters"
    slots = [piece for part in chapter.parts for piece in part if isinstance(piece, PictureSlot)]
    yield f"pictures   {len(slots)}"
    for slot in slots[:_LONGEST_LIST]:
        yield f"           {slot.ref.sources[0][:200]}"
        if slot.alt:
            yield f"             {slot.alt}"
    yield from _issues((*entry.issues, *article.issues, *chapter.issues))


def _folder(path: Path, found: Scan) -> Iterator[str]:
    entries = found.entries
    if not entries and not found.issues:
        raise InputError(
            path,
            "no article in it",
            "name a folder with articles: .txt in the archive form, .md with front matter, .html",
        )
    yield f"articles   {len(entries):,}"
    dates = [entry.date for entry in entries if entry.date]
    if dates:
        yield f"dates      {min(dates).date()} to {max(dates).date()}; {len(entries) - len(dates)} without one"
    for source, count in Counter(entry.source or "unknown" for entry in entries).most_common(_LONGEST_LIST):
        yield f"source     {source} ({count:,})"
    yield from _issues((*found.issues, *(issue for entry in entries for issue in entry.issues)))


def _issues(issues: tuple[Issue, ...]) -> Iterator[str]:
    for issue in issues[:_LONGEST_LIST]:
        yield f"{issue.severity:<10} {issue.where}: {issue.message} [{issue.code}]"
    if len(issues) > _LONGEST_LIST:
        yield f"           and {len(issues) - _LONGEST_LIST:,} more"
