"""The command `epubmaker inspect`: what was understood of an input, article by article, or what is in a book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import show
from epubmaker.cli.values import Input
from epubmaker.errors import InputError
from epubmaker.options import Options, is_remote
from epubmaker.storage.files import cache_folder
from epubmaker.text.timezones import iso

if TYPE_CHECKING:
    from epubmaker.collector.scan import Scan
    from epubmaker.model.articles import Entry, Issue
    from epubmaker.report import Intake

__all__ = ["inspect", "lines_about"]

_VERSION = 1  # of the JSON
_LINK_ONLY = "only its address is known: --full-text fetches its page"
_LONGEST_LIST = 20  # lines; the rest is counted
_FIELDS = ("title", "link", "source", "author", "tag", "published", "archived")


@click.command()
@click.argument("given", type=Input(), metavar="INPUT")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON, for programs.")
@click.option("-v", "--verbose", is_flag=True, help="Say where an error came from.")
def inspect(given: Path | str, *, as_json: bool, verbose: bool) -> int:
    """Tell what was understood of an input of `build`, or what is in a book."""
    with one_line_errors(verbose=verbose):
        for line in _json_about(given) if as_json else lines_about(given):
            show(line)
        return 0


def lines_about(given: Path | str) -> Iterator[str]:
    """Return lines for people about a book, or about the articles of an input; an address is fetched.

    Raises InputError where there is neither.
    """
    from epubmaker.cli import bookfile

    if isinstance(given, Path) and bookfile.is_book(given):
        return bookfile.lines_about(given)
    found = _inspected(given)
    return _article(found) if len(found.entries) == 1 else _many(found)


class _Inspected(NamedTuple):
    """What a scan found, with titles as in a book; `left_out` has an issue for the position of each article left out."""

    scan: Scan
    entries: Sequence[Entry]
    left_out: dict[int, Issue]
    intake: Intake


def _inspected(given: Path | str) -> _Inspected:
    from epubmaker.collector.scan import scan
    from epubmaker.collector.select import select
    from epubmaker.collector.titles import without_shared_endings
    from epubmaker.model.articles import Issue
    from epubmaker.pipeline.inputs import given as inputs_of
    from epubmaker.pipeline.session import Session
    from epubmaker.report import Intake

    if isinstance(given, str) and is_remote(given):
        raise InputError(given, "is not on this disk", "copy the file, and inspect the copy")
    options = Options((given,), cache=cache_folder())
    with Session(options, lambda _: None) as session:
        inputs, unreachable = inputs_of(session)
        if unreachable:
            raise InputError(given, unreachable[0].message, "check the address and the network")
        found = scan(inputs)
        plan = select(found.entries, options)
        kept = {entry.position for entry in plan.entries}
        reasons = {issue.where: issue for issue in plan.issues}
        left_out = {
            entry.position: reasons.get(entry.label, Issue("article-link-only", "warning", entry.label, _LINK_ONLY))
            for entry in found.entries
            if entry.position not in kept
        }
        intake = Intake.of(len(found.entries), (*found.issues, *plan.issues), plan.left_out, found.not_read)
        if not found.entries and not found.issues:
            raise InputError(
                given, "no article in it", "name an input with articles; `epubmaker formats` lists formats"
            )
        return _Inspected(found, without_shared_endings(found.entries), left_out, intake)


def _article(found: _Inspected) -> Iterator[str]:
    from epubmaker.chapters.draft import draft
    from epubmaker.collector.parse import parse
    from epubmaker.model.chapters import PictureSlot

    (entry,) = found.entries
    article = parse(entry)
    chapter = draft(article)
    yield f"format     {_format(entry)}"
    origins = dict(found.scan.origins[0])
    for name, value in _values(entry).items():
        origin = f"  [{origins[name]}]" if value and name in origins else ""
        yield f"{name:<10} {value or ('none' if name == 'link' else 'unknown')}{origin}"
    yield f"language   {chapter.language}"
    text = sum(len(piece) for part in chapter.parts for piece in part if isinstance(piece, str))
    yield f"text       {text:,} characters of mark-up in {len(chapter.parts)} part{'s'[: len(chapter.parts) > 1]}"
    if chapter.left_out.counts:
        kinds = ", ".join(f"{count} × {kind}" for kind, count in chapter.left_out.counts)
        yield f"left out   {kinds}: {chapter.left_out.characters:,} characters"
    slots = [piece for part in chapter.parts for piece in part if isinstance(piece, PictureSlot)]
    yield f"pictures   {len(slots)}"
    for slot in slots[:_LONGEST_LIST]:
        yield f"           {slot.ref.sources[0][:200]}"
        if slot.alt:
            yield f"             {slot.alt}"
    yield from _issues((*found.scan.issues, *entry.issues, *article.issues, *chapter.issues))


def _many(found: _Inspected) -> Iterator[str]:
    entries = found.entries
    yield f"articles   {len(entries):,}"
    for form, count in Counter(map(_format, entries)).most_common():
        yield f"format     {form} ({count:,})"
    dates = [entry.date for entry in entries if entry.date]
    if dates:
        yield f"dates      {min(dates).date()} to {max(dates).date()}; {len(entries) - len(dates)} without one"
    for source, count in Counter(entry.source or "unknown" for entry in entries).most_common(_LONGEST_LIST):
        yield f"source     {source} ({count:,})"
    for kind, count in sorted(found.scan.not_read.items()):
        yield f"not read   {count} {kind or 'without ending'}"
    labels = {entry.position: entry.label for entry in entries}
    for position, issue in list(found.left_out.items())[:_LONGEST_LIST]:
        yield f"left out   {labels[position]}: {issue.message}"
    if len(found.left_out) > _LONGEST_LIST:
        yield f"           and {len(found.left_out) - _LONGEST_LIST:,} more"
    yield from _issues((*found.scan.issues, *(issue for entry in entries for issue in entry.issues)))


def _json_about(given: Path | str) -> Iterator[str]:
    """Yield the lines of a JSON document in ASCII, which every terminal and pipe leaves as it is; see docs/report.md."""
    import json

    from epubmaker.cli import bookfile
    from epubmaker.report import program_version

    head = {"version": _VERSION, "program": f"epubmaker {program_version()}"}
    if isinstance(given, Path) and bookfile.is_book(given):
        facts = bookfile.facts_about(given)
        contents = [{"depth": depth, "title": title} for depth, title in facts.contents or ()]
        whole = head | {"book": {"path": str(given), **facts._asdict(), "contents": contents}}
    else:
        whole = head | _plain_articles(_inspected(given))
    yield from json.dumps(whole, indent=1).splitlines()


def _plain_articles(found: _Inspected) -> dict[str, Any]:
    articles = [
        {
            "label": entry.label,
            "format": entry.format,
            **{name: _value(getattr(entry, name)) for name in _FIELDS},
            "from": {name: origin for name, origin in origins if getattr(entry, name, None)},
            "left_out": _reason(found.left_out.get(entry.position)),
            "issues": [_plain(issue) for issue in entry.issues],
        }
        for entry, origins in zip(found.entries, found.scan.origins, strict=True)
    ]
    return {
        "found": found.intake.found,
        "left_out": dict(found.intake.left_out),
        "not_read": dict(found.intake.not_read),
        "articles": articles,
        "issues": [_plain(issue) for issue in found.scan.issues],
    }


def _format(entry: Entry) -> str:
    from epubmaker.collector.formats.table import format_named

    return f"{entry.format}: {format_named(entry.format).title}"


def _value(value: str | datetime | None) -> str | None:
    return iso(value) if isinstance(value, datetime) else value or None


def _reason(issue: Issue | None) -> dict[str, str] | None:
    return {"reason": issue.code.removeprefix("article-"), "message": issue.message} if issue else None


def _values(entry: Entry) -> dict[str, str | None]:
    """Return what is known of an article, as texts; None for what is not."""
    values = {name: getattr(entry, name) for name in _FIELDS}
    return {name: str(value) if value else None for name, value in values.items()}


def _plain(issue: Issue) -> dict[str, Any]:
    return {"code": issue.code, "severity": issue.severity, "where": issue.where, "message": issue.message}


def _issues(issues: Sequence[Issue]) -> Iterator[str]:
    for issue in issues[:_LONGEST_LIST]:
        yield f"{issue.severity:<10} {issue.where}: {issue.message} [{issue.code}]"
    if len(issues) > _LONGEST_LIST:
        yield f"           and {len(issues) - _LONGEST_LIST:,} more"
