"""Words what a build would do, for `--dry-run`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from epubmaker.report import Report
from epubmaker.summary import left_out, not_read, summary

if TYPE_CHECKING:
    from epubmaker.model.articles import Entry, Plan
    from epubmaker.pipeline.build import Preview
    from epubmaker.reuse.books import Order

__all__ = ["preview_lines"]

_MOST = 50  # articles


def preview_lines(found: Preview, *, everything: bool) -> Iterator[str]:
    """Yield the files that a build would write, what it would leave out, and its articles by group.

    Of more than 50 articles, the rest is counted, unless `everything` is asked for.
    """
    if not found.orders:
        yield from summary(Report(intake=found.intake, issues=found.issues))
        return
    yield from _files(found.orders)
    yield from _counts(found)
    yield from _articles(found.plan, None if everything else _MOST)


def _files(orders: Sequence[Order]) -> Iterator[str]:
    from epubmaker.text.volumetitles import volume_title

    for title, volume, path, options in ((order.title, order.volume, order.output, order.options) for order in orders):
        named = volume_title(title, volume, options.language or "en") if volume else title
        yield f"would {'replace' if path.exists() else 'write'} {path}: {named}"
    if options.report:
        yield f"would write {options.report}: the report"


def _counts(found: Preview) -> Iterator[str]:
    taken, options = len(found.plan.entries), found.orders[0].options
    number = max(taken, found.intake.found)
    yield f"{f'{taken:,} of ' if taken < number else ''}{number:,} article{'s'[: number != 1]}"
    if found.intake.left_out:
        yield f"left out: {', '.join(left_out(found.intake, found.issues))}"
    if found.intake.not_read:
        yield not_read(found.intake)
    if options.max_size:
        yield "not known: whether --max-size lowers pictures or cuts volumes, as pictures are not fetched"
    if options.full_text:
        yield "not known: what --full-text finds, as pages are not fetched"


def _articles(plan: Plan, most: int | None) -> Iterator[str]:
    shown = 0
    for group in plan.groups:
        heading = " / ".join(filter(None, group.keys))
        entries = group.entries[: None if most is None else max(0, most - shown)]
        if heading and entries:
            yield f"{heading} ({len(group.entries):,})"
        yield from (f"{'  ' * bool(heading)}{_line(entry)}" for entry in entries)
        shown += len(entries)
    if shown < len(plan.entries):
        yield f"and {len(plan.entries) - shown:,} more articles, which --verbose lists"


def _line(entry: Entry) -> str:
    date = f"{entry.date:%Y-%m-%d %H:%M}" if entry.date else "without a date  "
    return f"{date}  {entry.title} ({entry.source or entry.label})"
