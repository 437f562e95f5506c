"""Turns the plan of a run into orders: of one book, or of each volume of `--split-by`. Pure.

A volume that is rebuilt takes the place of the older one in libraries and on readers, since nothing that names it depends
on the other volumes, or on which articles it has. It is known by the series (`--series`, else `--title`, else the name of
the output) and by its day, week, month, year or source, or by its number with `--split-by N`:

                 period                      source                    N articles
    title        "News: January 2022"        "News: The Source"        "News (2/7)"
    identifier   of series and period        of series and source      of series and number
    index        the digits of the period    day of its first article  its number
    file         news-2022-01.epub           news-The Source.epub      news-2.epub

Only the titles of numbered volumes say how many there are, and change with that. With a source and a period, each source
is a series of its own unless `--series` is given. Without a title, that of a volume names its own sources.

A book that `--max-size` cuts into parts is not known before as one that will be. Its parts are known by the book and their
numbers; a book without an identifier of its own by its oldest article (see `part_of`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, cast

from epubmaker.collector.grouping import grouped, levels
from epubmaker.errors import UsageError
from epubmaker.model.articles import Entry, Plan
from epubmaker.model.books import Volume
from epubmaker.options import Options
from epubmaker.order import Order
from epubmaker.pipeline.outputs import named_book
from epubmaker.text.naming import (
    book_title,
    file_name,
    folded_name,
    issue_identifier,
    position,
    sources_of,
    volume_identifier,
)
from epubmaker.text.naturalorder import natural
from epubmaker.text.outputnames import EPUB_ENDING, KEPUB_ENDING, Dated, OutputName, Value
from epubmaker.text.periods import PERIODS, Period, days_of, period_key
from epubmaker.text.words import words

__all__ = [
    "Cut",
    "Series",
    "Split",
    "book_ending",
    "in_order",
    "orders",
    "output_name",
    "part_of",
    "series_path",
    "split_asked_for",
]

_FLAG = "--split-by"
_UNDATED, _OTHER = "undated", "other"  # in names of files
_NAMED_SOURCES = 2
_LAST = {"day": "99999999", "week": "999999", "month": "999999", "year": "9999"}  # the index of volumes without a date
_UUID = "urn:uuid:"


class Split(NamedTuple):
    """What `--split-by` asks for: volumes of a period, of a source, of both, in that order, or of a number of articles."""

    levels: tuple[str, ...] = ()
    articles: int = 0

    def keys_of(self, entry: Entry) -> tuple[str, ...]:
        """Return what an article's volume is known by, one key for each level, "" for what the article has none of."""
        return tuple([_key(entry, level) for level in self.levels])


class Cut(NamedTuple):
    """The articles of a volume, and the keys of its levels, "" for what has none."""

    keys: Mapping[str, str]
    entries: Sequence[Entry]

    @property
    def source(self) -> str | None:
        return self.keys.get("source")

    @property
    def period(self) -> str | None:
        return next((key for level, key in self.keys.items() if level in PERIODS), None)


def split_asked_for(options: Options) -> Split | None:
    """Return what `--split-by` asks for; None without it. Raises UsageError where that is nothing to split by."""
    asked = options.split_by
    if asked is None:
        return None
    if options.series_index is not None:
        raise UsageError("--series-index", "is for one book", f"leave it out: {_FLAG} gives each volume its own")
    if re.fullmatch("[0-9]{1,9}", asked) and int(asked):
        return Split(articles=int(asked))
    levels_asked = tuple(re.split("[/,]", asked))
    kinds = {level in PERIODS for level in levels_asked}  # a period, a source, or one of each
    if not PERIODS.union({"source"}).issuperset(levels_asked) or len(levels_asked) > len(kinds):
        choice = "give day, week, month, year, source, source/month, or a number of articles"
        raise UsageError(_FLAG, f"{asked!r} is nothing to split by", choice)
    return Split(levels_asked)


def output_name(options: Options, title: str = "") -> OutputName:
    """Return the name that `--output` gives; where that is a folder or nothing, a name made of a title, there.

    Raises UsageError for a field that there is not, or one that has no place there.
    """
    if named := named_book(options):
        name = OutputName.parse(str(named))
        if name.numbers_folders and options.max_size is not None and options.split_by is None:
            raise UsageError("--output", "{n} stands in a folder's name", "with --max-size it belongs in the file's")
        return name
    folder = options.output or Path()
    return OutputName.parse(str(folder)).holding(_safe(options)(title) + book_ending(options))


def book_ending(options: Options) -> str:
    """Return the ending of the books' form."""
    return KEPUB_ENDING if options.kepub else EPUB_ENDING


def orders(plan: Plan, options: Options) -> list[Order]:
    """Return the order of one book or, with `--split-by`, of each volume, in order of time, or of the sources' names.

    Articles without a date or a source are a volume of their own, the last one. Raises UsageError where two volumes would
    have one path.
    """
    split = split_asked_for(options)
    if split is None:
        title = options.title or book_title(plan)
        name = output_name(options, title).filled(_values(plan.entries, title), _safe(options))
        return [Order(options, plan._replace(issues=(), left_out={}, copies={}), title, name.path(), name=name)]
    cuts = list(_cuts(plan.entries, split))
    series = Series.of(options, split, {entry.source for entry in plan.entries}, len(cuts))
    return [series.order(cut, number) for number, cut in enumerate(cuts, start=1)]


def series_path(plan: Plan, options: Options) -> str:
    """Return what the names of all books of a run are made of, by which a later run knows them."""
    default = (
        book_title(plan) if options.split_by is None else _default_series({e.source for e in plan.entries}, options)
    )
    title = options.title or default
    return os.path.abspath(str(output_name(options, title)))  # noqa: PTH100 - a name with fields


def part_of(order: Order, plan: Plan, number: int, count: int) -> Order:
    """Return the order of a part, from 1, of a book that is too large: a whole book."""
    options, name = order.options, order.name or OutputName.of(order.output)
    whole = order.volume or Volume(
        options.identifier or _identifier(order),
        options.series or order.title,
        _last_day(order.plan.entries) if options.series else "",
    )
    if options.series_index is not None:
        whole = replace(whole, index=position(options.series_index))
    index = f"{whole.index}{'' if '.' in whole.index else '.'}{number:02}"
    volume = replace(
        whole,
        identifier=_below(whole.identifier, str(number)),
        index=index if whole.index else str(number),
        numbers=(*whole.numbers, (number, count)),
    )
    return order._replace(plan=plan, output=name.part(number, count), volume=volume)


def _identifier(order: Order) -> str:
    """Return the identifier of a book whose parts keep theirs while articles come."""
    if order.options.series:
        return issue_identifier(order.plan, order.options)
    return volume_identifier(min(order.plan.entries, key=_age).key)


def _age(entry: Entry) -> tuple[bool, float, str]:
    return entry.date is None, entry.date.timestamp() if entry.date else 0.0, entry.key


# --- volumes ---------------------------------------------------------------------------------------------------------


def _cuts(entries: Sequence[Entry], split: Split) -> Iterator[Cut]:
    if split.articles:
        for start in range(0, len(entries), split.articles):
            yield Cut({}, entries[start : start + split.articles])
        return
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        found.setdefault(split.keys_of(entry), []).append(entry)
    for keys in sorted(found, key=in_order):
        yield Cut(dict(zip(split.levels, keys, strict=True)), found[keys])


def in_order(keys: Sequence[str]) -> list[tuple[bool, tuple[list[str | int], str]]]:
    """Return the sort key of the keys of a volume."""
    return [(not key, natural(key)) for key in keys]


def _key(entry: Entry, level: str) -> str:
    if level == "source":
        return entry.source
    return period_key(entry.date.date(), cast("Period", level)) if entry.date else ""


def _default_series(sources: AbstractSet[str], options: Options) -> str:
    """Return the name of all volumes where there is no title: one that stays while articles come."""
    return _few(sources) or words(options.language or "en")["news"]


def _few(sources: AbstractSet[str]) -> str:
    named = sorted(sources - {""})
    return ", ".join(named) if len(named) <= _NAMED_SOURCES else ""


class Series(NamedTuple):
    """The volumes of a run: what they are cut by, what they are called together, and how many they are.

    `outputs` are the paths of those of which there are orders, as no system tells them apart.
    """

    options: Options
    split: Split
    title: str
    volumes: int
    outputs: set[str]

    @classmethod
    def of(cls, options: Options, split: Split, sources: AbstractSet[str], volumes: int) -> Series:
        """Return the series of a number of volumes, with articles of `sources`."""
        return cls(options, split, options.title or _default_series(sources, options), volumes, set())

    def order(self, cut: Cut, number: int) -> Order:
        """Return the order of the volume of a number, from 1. Raises UsageError where it has the path of another one."""
        options, entries = self.options, cut.entries
        name, by = self._name(cut, number), levels(entries, options)
        plan = Plan(tuple(grouped(entries, by, reverse=options.reverse)), by)
        title = options.title or self._default_title(cut)
        output = name.path()
        self._refuse_one_name(output)
        return Order(options, plan, title, output, self._volume(cut, number), name)

    def _default_title(self, cut: Cut) -> str:
        """Return the title beside what says which volume it is; "" where that is enough, or to be worded."""
        if cut.source is not None:
            return ""
        return self.title if self.split.articles else _few({entry.source for entry in cut.entries})

    def _volume(self, cut: Cut, number: int) -> Volume:
        options, source, period = self.options, cut.source, cut.period
        own = tuple(cut.keys.values()) or (str(number),)
        if options.new:  # a month has a volume in each run, of other articles
            own += (min(cut.entries, key=_age).key,)
        if options.identifier:
            identifier = _below(options.identifier, *own)
        else:
            named = named_book(options)
            known_as = options.series or options.title or (named.name if named else self.title)
            identifier = volume_identifier(known_as, *cut.keys, *own)
        series = self.title
        if source and period is not None:
            series = f"{options.title}: {source}" if options.title else source
        if period is not None:
            index = _digits(period) or next(_LAST[level] for level in cut.keys if level in PERIODS)
        else:
            index = str(number) if self.split.articles else _first_day(cut.entries)
        numbers = () if cut.keys or self.volumes == 1 else ((number, self.volumes),)
        return Volume(identifier, options.series or series, index, period, source, numbers)

    def _name(self, cut: Cut, number: int) -> OutputName:
        safe = _safe(self.options)
        name = output_name(self.options, self.title)
        if not name.fields:
            labels = [safe(key or _unnamed(level)) for level, key in cut.keys.items()]
            return name.with_ending("-".join(labels) or str(number).zfill(len(str(self.volumes))))
        values = _values(cut.entries, self.title)
        if cut.source is not None:
            values["source"] = cut.source or _OTHER
        if cut.period is not None:
            values["date"] = Dated(days_of(cut.period)[0], cut.period) if cut.period else Dated(None, _UNDATED)
        return name.filled(values, safe).numbered(number, self.volumes)

    def _refuse_one_name(self, output: Path) -> None:
        """Raise UsageError where two volumes would have one path, also where systems do not tell letters' case apart.

        They are not numbered instead: a name would then change with the volumes before it.
        """
        folded = folded_name(str(output))
        if folded in self.outputs:
            there = output_name(self.options, self.title).fields
            apart = [level if level == "source" else "date" for level in self.split.levels]
            missing = [f"{{{field}}}" for field in apart if field not in there]
            fields = " and ".join(missing) if there and missing else "{n}"
            raise UsageError("--output", f"two volumes would be {output}", f"add {fields} to tell them apart")
        self.outputs.add(folded)


def _unnamed(level: str) -> str:
    return _OTHER if level == "source" else _UNDATED


def _first_day(entries: Sequence[Entry]) -> str:
    oldest = min(entries, key=_age).date
    return _digits(oldest.date().isoformat()) if oldest else ""


def _last_day(entries: Sequence[Entry]) -> str:
    newest = max((entry.date for entry in entries if entry.date), default=None)
    return _digits(newest.date().isoformat()) if newest else ""


def _digits(key: str) -> str:
    """Return the number that the key of a period makes: "202201", "202202" for "2022-W02"."""
    return key.replace("-", "").replace("W", "").lstrip("0")


def _below(identifier: str, *names: str) -> str:
    """Return the identifier of what has these names in a book with an identifier."""
    if identifier.lower().startswith(_UUID):  # which takes no ending
        return volume_identifier(identifier, *names)
    return "-".join((identifier, *filter(None, names)))


# --- names of files --------------------------------------------------------------------------------------------------


def _values(entries: Sequence[Entry], title: str) -> dict[str, Value]:
    days = [entry.date.date() for entry in entries if entry.date]
    first, last = (
        [Dated(day, day.isoformat()) for day in (min(days), max(days))] if days else [Dated(None, _UNDATED)] * 2
    )
    source = sources_of(entries) or _OTHER
    return {"title": title, "source": source, "first": first.text, "last": last.text, "date": last}


def _safe(options: Options) -> Callable[[str], str]:
    """Return a function that makes a text safe for file names, where the locale and the device can write it."""
    ascii_only = options.device.rendition.ascii_name

    def safe(text: str) -> str:
        name = file_name(text, "", ascii_only=ascii_only)
        try:
            os.fsencode(name)
        except UnicodeEncodeError:  # the locale's encoding has no such characters
            return file_name(text, "", ascii_only=True)
        return name

    return safe
