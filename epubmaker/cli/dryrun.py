"""Words what a build would do, for `--dry-run`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from epubmaker.report import Report
from epubmaker.summary import counted, left_out, not_read, summary

if TYPE_CHECKING:
    from pathlib import Path

    from epubmaker.model.articles import Entry, Plan
    from epubmaker.options import Options
    from epubmaker.order import Order
    from epubmaker.pipeline.build import DryRun

__all__ = ["dry_run_lines"]

_MOST = 50  # articles, or volumes


def dry_run_lines(found: DryRun, asked: Options, *, everything: bool) -> Iterator[str]:
    """Yield the files that a build would write, what it would leave out, and its articles by group.

    Of more than 50 articles or volumes, the rest is counted, unless `everything` is asked for.
    """
    most = None if everything else _MOST
    if not found.orders:
        yield from summary(Report(intake=found.intake, issues=found.issues))
        return
    yield from _files(found.orders, most)
    yield from _removals(found.pruned or (), most)
    yield from _counts(found)
    yield from _not_known(found, asked)
    yield from _articles(found.plan, most)


def _files(orders: Sequence[Order], most: int | None) -> Iterator[str]:
    for order in orders[:most]:
        verb = "replace" if order.output.exists() else "write"
        articles = f" ({counted(len(order.plan.entries), 'article')})" if len(orders) > 1 else ""
        yield f"would {verb} {order.output}: {_title(order)}{articles}"
    if most is not None and len(orders) > most:
        yield f"and {len(orders) - most:,} more volumes, which --verbose lists"
    if shelf := orders[0].options.shelf:
        yield f"would put {'it' if len(orders) == 1 else 'them'} on the shelf {shelf}"
    if place := orders[0].options.copy_to:
        yield f"would {_copying(place)}"
    if to := orders[0].options.send_to:
        yield f"would send {'it' if len(orders) == 1 else 'them'} to {', '.join(to)}, unless that was done"
    if then := orders[0].options.then:
        yield f"would run {then}"
    if report := orders[0].options.report:
        yield f"would write {report}: the report"


def _copying(place: Path) -> str:
    from epubmaker.delivery.device import reader_at

    reader = reader_at(place)
    if reader is None:
        return f"copy to a reader, but none is connected ({place})"
    return f"not copy to {reader}: {reader.unfit}" if reader.unfit else f"copy to {reader}"


def _removals(pruned: Sequence[Path], most: int | None) -> Iterator[str]:
    for path in pruned[:most]:
        yield f"would remove {path}: no longer made"
    if most is not None and len(pruned) > most:
        yield f"and {len(pruned) - most:,} more to be removed, which --verbose lists"


def _title(order: Order) -> str:
    from epubmaker.text.volumetitles import volume_title

    return volume_title(order.title, order.volume, order.options.language or "en") if order.volume else order.title


def _counts(found: DryRun) -> Iterator[str]:
    taken = len(found.plan.entries)
    number = max(taken, found.intake.found)
    yield f"{f'{taken:,} of ' if taken < number else ''}{counted(number, 'article')}"
    if found.intake.left_out:
        yield f"left out: {', '.join(left_out(found.intake, found.issues))}"
    if found.intake.not_read:
        yield not_read(found.intake)


def _not_known(found: DryRun, asked: Options) -> Iterator[str]:
    if asked.max_size:
        yield "not known: whether --max-size lowers pictures or cuts volumes, as pictures are not fetched"
    if asked.full_text:
        yield "not known: what --full-text finds, as pages are not fetched"
    if found.pruned is None:
        cause = "the cache cannot be read" if asked.max_size is None else "--max-size may make them again"
        yield f"not known: which volumes of earlier runs --prune removes, as {cause}"


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
