"""Plans the volumes of an archive: what a build does before the first book, for more articles than memory has room for.

    inputs    files, folders, archives
    | walk      files, in batches                 this thread                   -> File
    | heads     read and packed                   processes (`--jobs`)          -> HeadRow
    | titles    lose what their source's share    on the disk
    | copies    all but one are left out          on the disk
    | filter    what was not asked for            this thread, some at a time   -> Choice
    | cut       into volumes                      on the disk
    | order     of each volume                    this thread, one at a time    -> Job

The rules of each step are those of a build, and the same functions, so that the books are the same, too.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from epubmaker.collector.duplicates import WAYS, gone_in, with_keys_of_their_own
from epubmaker.collector.filters import Filters
from epubmaker.collector.grouping import grouped, levels
from epubmaker.collector.locations.folder import Given
from epubmaker.collector.scan import are_no_posts, ending_of, given_texts
from epubmaker.collector.select import ordered, sort_key
from epubmaker.collector.titles import MOST_PARTS, has_name_of_source, parts_of, shared_endings
from epubmaker.errors import InputError, UsageError
from epubmaker.jobs.heads import Head, pack, row_of, unpack
from epubmaker.jobs.jobfile import Job, dump
from epubmaker.jobs.ledger import ledger_of, other_ledgers
from epubmaker.jobs.reading import batches
from epubmaker.model.articles import Issue, Plan
from epubmaker.options import Options, is_address, is_remote
from epubmaker.order import Order
from epubmaker.pipeline.demands import check_demands
from epubmaker.pipeline.orders import Cut, Series, in_order, orders, split_asked_for
from epubmaker.pipeline.outputs import Outputs
from epubmaker.pipeline.session import Progress
from epubmaker.report import Intake, reasons
from epubmaker.reuse.books import book_key
from epubmaker.storage.headtable import Choice, HeadTable, sortable
from epubmaker.storage.publish import PendingFile, output_errors
from epubmaker.storage.remote import put
from epubmaker.storage.scratch import spool
from epubmaker.text.outputnames import OutputName

__all__ = ["Planned", "plan"]

_PIECE = 5_000  # heads in memory at once, beside those of one volume
_FLAG = "--jobs-file"

_T = TypeVar("_T")


class Planned(NamedTuple):
    """What a plan came to: `jobs` of so many articles, and those that are in no volume."""

    jobs: int
    articles: int
    intake: Intake


def plan(
    options: Options,
    jobs: Path | str,
    show: Callable[[Progress], None] = lambda _: None,
    note: Callable[[Issue], None] = lambda _: None,
) -> Planned:
    """Write a file of jobs, one for each volume of what the inputs hold.

    The file, at a path or an address (see `storage.remote`), appears whole or not at all. `note` gets each issue.
    Raises EpubmakerError: UsageError for options that a plan has no use for, InputError where there is no article.
    """
    _check(options)
    outputs = Outputs(options)
    outputs.check_what_is_named()
    check_demands(options)
    with spool() as folder, HeadTable(folder) as table:
        planning = _Planning(options, table, show, note)
        path = jobs if isinstance(jobs, Path) else folder / "jobs.jsonl"
        planning.scan(path)
        planning.shorten_titles()
        planning.leave_out_copies()
        planning.choose()
        articles, _ = table.counts()
        if not articles:
            subject = ", ".join(map(str, options.inputs))
            raise InputError(
                subject, f"no article is left of {planning.found:,}", "ask for others, or name another folder"
            )
        count = 0
        with output_errors(path, _FLAG):
            file = PendingFile(path)
            try:
                for order, states in planning.orders():
                    if not options.output_at:
                        outputs.check_book(order.name or OutputName.of(order.output))
                    key = book_key(order, states, "") or ""
                    file.file.write(dump(Job(key, order)).encode() + b"\n")
                    count += 1
                file.publish()
            finally:
                file.discard()
        if isinstance(jobs, str):
            put(path, jobs)
        return Planned(count, articles, planning.intake())


def _check(options: Options) -> None:
    """Raise UsageError for what only a build can do."""
    for flag, value in (
        ("--new", options.new),
        ("--limit", options.limit),
        ("--full-text", options.full_text),
        ("--prune", options.prune),
        ("--check", options.check),
        ("--report", options.report),
        ("--shelf", options.shelf),
        ("--copy-to", options.copy_to),
        ("--send-to", options.send_to),
        ("--then", options.then),
    ):
        if value:
            raise UsageError(flag, "is for `epubmaker build`", "leave it out of a plan")
    for given in options.inputs:
        if not isinstance(given, Path) and not is_remote(given):
            what = "an address" if is_address(given) else "standard input"
            raise UsageError(given, f"{what} is no part of a plan", "save it to a file, and name that")


class _Planning:
    """A plan in the making, step by step."""

    def __init__(
        self, options: Options, table: HeadTable, show: Callable[[Progress], None], note: Callable[[Issue], None]
    ) -> None:
        self._options = options
        self._table = table
        self._show = show
        self._note = note
        self._left_out = Counter[str]()
        self._passed = Counter[str]()
        self.found = 0

    def intake(self) -> Intake:
        """Return how many articles there are, and those that are left out."""
        return Intake.of(self.found, (), self._left_out, self._passed)

    def _noted(self, issues: Sequence[Issue]) -> None:
        self._left_out.update(reasons(issues))
        for issue in issues:
            self._note(issue)

    # --- heads ---

    def scan(self, jobs: Path) -> None:
        """Read the heads of all articles; see `collector.scan`."""
        table, issues = self._table, list[Issue]()
        given = [Given.named(each) for each in self._options.inputs]
        own = ledger_of(jobs)
        written = {os.path.normcase(os.path.realpath(path)) for path in (jobs, own, *other_ledgers(jobs, own))}
        text_files: dict[int, str] = {}
        for batch in batches(given, issues, self._passed, written, self._options):
            table.add(batch.rows)
            text_files.update(batch.text_files)
            self._passed.update(batch.passed)
            self.found += len(batch.rows)
            self._noted((*batch.issues, *issues))
            issues.clear()
            self._show(Progress("scanning", self.found))
        self._noted(issues)
        self._leave_out_doubtful()
        if text_files:
            self._give_texts(text_files)

    def _leave_out_doubtful(self) -> None:
        """Leave out texts that may be none in folders of posts; see `collector.scan`."""
        for kind, doubtful, certain in self._table.kinds_in_doubt():
            if are_no_posts(doubtful, certain):
                for position, doubt, head in list(self._table.doubtful(kind)):
                    self._passed[f"{ending_of(unpack(head).entry)} ({doubt})"] += 1
                    self._leave_out([position])
        self._table.remove()

    def _leave_out(self, positions: Sequence[int]) -> None:
        self._table.leave_out(positions)
        self.found -= len(positions)

    def _give_texts(self, text_files: dict[int, str]) -> None:
        """Give addresses the texts that other files have; the heads of their folders are in memory meanwhile."""
        folders = {head.entry.location for head in self._heads() if head.entry.position in text_files}
        heads = [head for head in self._heads() if head.entry.location in folders]
        places = {head.entry.position: place for place, head in enumerate(heads)}
        entries = [head.entry._replace(position=place) for place, head in enumerate(heads)]
        named = {places[position]: name for position, name in text_files.items() if position in places}
        before = entries.copy()
        gone = given_texts(entries, named)
        changed = [place for place, entry in enumerate(entries) if entry is not before[place]]
        self._table.add(
            row_of(Head(entries[place]._replace(position=heads[place].entry.position), heads[place].state))
            for place in changed
        )
        self._leave_out([heads[place].entry.position for place in gone])
        self._table.remove()

    def _heads(self) -> Iterator[Head]:
        return map(unpack, self._table.heads())

    # --- titles ---

    def shorten_titles(self) -> None:
        """Take away the endings that the titles of a source share; see `collector.titles`."""
        titles = self._table.sources()
        for _ in range(MOST_PARTS):
            shared = shared_endings(self._table.endings(), titles)
            self._table.add(
                row_of(_shortened(head))
                for ending, head in ((ending, unpack(data)) for ending, data in self._table.with_ending())
                if (head.entry.source, ending) in shared or has_name_of_source(head.entry, ending)
            )

    # --- copies ---

    def leave_out_copies(self) -> None:
        """Leave out all but one of the copies of each article; see `collector.duplicates`."""
        for number, way in enumerate(WAYS):
            renamed: list[Head] = []
            for data in self._table.sharing(number, way.most):
                heads = {head.entry.position: head for head in map(unpack, data)}
                before = [head.entry for head in heads.values()]
                entries = before if number else with_keys_of_their_own(before)
                renamed += [
                    heads[entry.position]._replace(entry=entry)
                    for entry, earlier in zip(entries, before, strict=True)
                    if entry is not earlier
                ]
                issues: list[Issue] = []
                self._table.leave_out(gone_in(entries, way, issues, {}))
                self._noted(issues)
            self._table.add(map(row_of, renamed))
            self._table.remove()

    # --- volumes ---

    def choose(self) -> None:
        """Leave out what was not asked for, and find the volume of each article that stays."""
        options, split = self._options, split_asked_for(self._options)
        filters = Filters(options)
        place_of = sort_key(options.sort_by) if split and split.articles else lambda _: None
        volume_of = cache(lambda keys: sortable(in_order(keys)))
        for heads in _pieces(self._heads(), _PIECE):
            states = {head.entry.position: head.state for head in heads}
            single = [head.entry for head in heads if not head.entry.is_link_only]
            self._left_out["link-only"] += len(heads) - len(single)
            issues: list[Issue] = []
            chosen = filters.chosen(single, issues, self._left_out)
            self._noted(issues)
            self._table.choose(
                Choice(
                    volume_of(split.keys_of(entry)) if split else b"",
                    None if (place := place_of(entry)) is None else sortable(place),
                    entry.position,
                    pack(Head(entry, states[entry.position])),
                )
                for entry in chosen
            )

    def orders(self) -> Iterator[tuple[Order, Sequence[str]]]:
        """Yield the order of each volume, and the states of its articles' files. Raises UsageError."""
        options, split = _anywhere(self._options), split_asked_for(self._options)
        articles, volumes = self._table.counts()
        if split is None:
            heads = list(self._volume(next(self._table.volumes())))
            entries = [head.entry for head in heads]
            by = levels(entries, options)
            (order,) = orders(Plan(tuple(grouped(entries, by, reverse=options.reverse)), by), options)
            yield order, _states(order, heads)
            return
        if split.articles:
            volumes = -(-articles // split.articles)
            cuts: Iterable[list[Head]] = _pieces(
                map(unpack, self._table.in_places(turned=options.reverse)), split.articles
            )
        else:
            cuts = map(self._volume, self._table.volumes())
        series = Series.of(options, split, self._table.sources_chosen(), volumes)
        for number, heads in enumerate(cuts, start=1):
            keys = dict(zip(split.levels, split.keys_of(heads[0].entry), strict=True))
            order = series.order(Cut(keys, [head.entry for head in heads]), number)
            yield order, _states(order, heads)

    def _volume(self, data: Iterable[bytes]) -> list[Head]:
        """Return the heads of a volume in order."""
        heads = {head.entry.position: head for head in map(unpack, data)}
        return [heads[entry.position] for entry in ordered([head.entry for head in heads.values()], self._options)]


def _states(order: Order, heads: Iterable[Head]) -> list[str]:
    states = {head.entry.position: head.state for head in heads}
    return [states[entry.position] for entry in order.plan.entries]


def _shortened(head: Head) -> Head:
    parts = parts_of(head.entry.title)
    return head._replace(entry=head.entry._replace(title=parts[0])) if parts else head


def _anywhere(options: Options) -> Options:
    """Return options whose files are named so that a run in another folder finds them; the output stays as it is."""
    style = Path(options.style)
    return replace(
        options,
        css=tuple(path.absolute() for path in options.css),
        cover=options.cover and options.cover.absolute(),
        style=str(style.absolute()) if style.suffix else options.style,
    )


def _pieces(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    remaining = iter(values)
    while piece := list(islice(remaining, size)):
        yield piece
