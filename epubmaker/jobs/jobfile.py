"""A job as a line of JSON: all that a machine needs to make one volume, but for the articles' files themselves.

The articles are in columns, a list for each field of an `Entry`, since that is half as long and read twice as fast as an
object for each; a column of which every value is the default is left out.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from epubmaker.devices import DEVICES, Device
from epubmaker.model.articles import Entry, Group, Location, Plan
from epubmaker.model.books import Volume
from epubmaker.options import Options
from epubmaker.order import Order
from epubmaker.reuse.books import IRRELEVANT_TO_BYTES
from epubmaker.storage.remote import join
from epubmaker.storage.validation import InvalidValueError, items, parse, text
from epubmaker.text.outputnames import OutputName

__all__ = ["Job", "dump", "head_of", "load"]

_VERSION = 1
_HEAD = re.compile(r'\{"output":("(?:[^"\\]|\\.)*"),"key":("[^"\\]*"),')
_DEFAULTS = Options(())
# Of options that change no byte of a book, those that a run follows nevertheless.
_FOLLOWED = {"output", "output_at", "make_folder", "force", "max_missing"}
_OPTIONS = [item.name for item in fields(Options) if item.name not in IRRELEVANT_TO_BYTES or item.name in _FOLLOWED]
_COLUMNS = [name for name in Entry._fields if name not in {"location", "position", "is_link_only", "page", "dated"}]


class Job(NamedTuple):
    """A volume to be made. `key` is a hash of all that it is made of, the states of the articles' files among them."""

    key: str
    order: Order

    @property
    def output(self) -> str:
        """The path of the volume, or its address."""
        at, path = self.order.options.output_at, self.order.output
        return join(at, path.as_posix()) if at else str(path)


def dump(job: Job) -> str:
    """Return the line of a job, without its end."""
    order, plan = job.order, job.order.plan
    entries = plan.entries
    locations = list(dict.fromkeys(entry.location for entry in entries))
    numbers = {location: number for number, location in enumerate(locations)}
    changed = [name for name in _OPTIONS if getattr(order.options, name) != getattr(_DEFAULTS, name)]
    return json.dumps(
        {
            "output": job.output,
            "key": job.key,
            "version": _VERSION,
            "title": order.title,
            "volume": _plain(order.volume),
            "name": _plain(order.name),
            "options": {name: _plain(getattr(order.options, name)) for name in changed},
            "grouped_by": plan.grouped_by,
            "groups": [[group.keys, len(group.entries)] for group in plan.groups],
            "locations": locations,
            "articles": {
                "location": [numbers[entry.location] for entry in entries],
                **{name: column for name in _COLUMNS if (column := _column(name, entries)) is not None},
            },
        },
        separators=(",", ":"),
    )


def load(line: str) -> Job | None:
    """Return the job of a line; None where it is none, or one of a newer version."""
    return parse(_load, line)


def head_of(line: str) -> tuple[str, str]:
    """Return the output and the key of a job's line, two empty texts where it is none: without reading the rest."""
    found = _HEAD.match(line)
    if found:
        return json.loads(found[1]), json.loads(found[2])
    job = load(line)  # as another program writes the same JSON
    return (job.output, job.key) if job else ("", "")


def _column(name: str, entries: Sequence[Entry]) -> list[object] | None:
    values = [getattr(entry, name) for entry in entries]
    return None if all(value == Entry._field_defaults.get(name) for value in values) else list(map(_plain, values))


def _load(line: str) -> Job:
    found = json.loads(line)
    if found["version"] != _VERSION:
        raise InvalidValueError(found["version"])
    hints = _hints(Options)
    options = Options(
        (), **{text(name): _typed(value, hints[name]) for name, value in found["options"].items() if name in _OPTIONS}
    )
    entries = _entries(found["articles"], [_typed(each, Location) for each in items(found["locations"])], options)
    groups = tuple(
        Group(_typed(keys, tuple[str, ...]), tuple(islice(entries, count))) for keys, count in found["groups"]
    )
    if next(entries, None):
        raise InvalidValueError(found["groups"])
    order = Order(
        options,
        Plan(groups, tuple(found["grouped_by"])),
        text(found["title"]),
        Path(text(found["output"]).removeprefix(join(options.output_at, "")) if options.output_at else found["output"]),
        _typed(found["volume"], Volume | None),
        _typed(found["name"], OutputName | None),
    )
    return Job(text(found["key"]), order)


def _entries(columns: dict[str, list[Any]], locations: Sequence[Location], options: Options) -> Iterator[Entry]:
    numbers = columns.pop("location")
    hints = _hints(Entry)
    # Of most columns the values are what JSON has; only the others are converted one by one.
    read = {
        name: [_typed(value, hints[name]) for value in column]
        if name in {"published", "archived", "issues"}
        else column
        for name, column in columns.items()
    }
    if read.keys() - set(_COLUMNS):
        raise InvalidValueError(read.keys())
    for position, (number, *values) in enumerate(zip(numbers, *read.values(), strict=True)):
        its = dict(zip(read, values, strict=True))
        yield Entry(location=locations[number], position=position, dated=options.dated, **its)


# --- values ----------------------------------------------------------------------------------------------------------


def _plain(value: object) -> object:
    """Return a value as JSON has it: of a dataclass an object, of a path or a day a string, of a device its name."""
    if isinstance(value, Device):
        return value.name
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Path):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(value: Any, hint: Any) -> Any:
    """Return the value of a type that stands in JSON; raises ValueError and TypeError where it is of another."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        if value is None and type(None) in arguments:
            return None
        kinds = [kind for kind in arguments if is_dataclass(kind) == isinstance(value, dict)]
        return _typed(value, kinds[0])
    if origin is tuple:
        several = items(value) if arguments[-1] is Ellipsis else items(value, len(arguments))
        return tuple(_typed(each, arguments[0]) for each in several)
    if hint is not Device and isinstance(hint, type) and issubclass(hint, tuple):
        kinds = list(_hints(hint).values())
        return hint(*(_typed(each, kind) for each, kind in zip(items(value), kinds, strict=True)))
    if is_dataclass(hint):
        make: Any = hint
        its = _hints(make)
        return make(**{text(name): _typed(each, its[name]) for name, each in value.items()})
    return _of_text(value, hint) if hint in _OF_TEXT else _as_it_is(value, hint)


_OF_TEXT: dict[Any, Callable[[str], object]] = {
    Device: DEVICES.__getitem__,
    Path: Path,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


def _of_text(value: object, hint: Any) -> object:
    return _OF_TEXT[hint](text(value))


def _as_it_is(value: object, hint: Any) -> object:
    if isinstance(hint, type) and not (type(value) is hint or (hint is float and type(value) is int)):
        raise InvalidValueError(value)
    return value
