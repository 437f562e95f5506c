"""Reads JSON that anybody may have written: values of the wrong kind count as none. RFC 8259."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from epubmaker.collector.formats.collection import text_of
from epubmaker.collector.formats.format import Item, UnreadableError
from epubmaker.text.moments import from_unix, parse_date

__all__ = ["first_name", "joined", "mappings", "moment_of", "parsed", "string"]

_MOST_VALUES, _MOST_OBJECTS = 3_000_000, 2_000_000  # an empty list of two characters takes 64 bytes in memory
_LONGEST_DATE = 80
_MOST_NAMES = 20


def parsed(item: Item) -> object:
    """Return the value in a file. Raises UnreadableError."""
    text = text_of(item)
    if text.count(",") > _MOST_VALUES or text.count("{") + text.count("[") > _MOST_OBJECTS:
        raise UnreadableError("article-too-large", f"more than {_MOST_VALUES:,} values")
    try:
        return json.loads(text.removeprefix("\ufeff"), parse_int=_number, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        cause = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise UnreadableError("article-unreadable", f"not valid JSON: {cause[:200]}") from error


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) < 20 else None  # `int` refuses numbers of thousands of digits


def string(value: object) -> str:
    """Return a text or a number as a text, without white space around it; "" for any other value."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def mappings(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in a list."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def joined(names: Iterable[str]) -> str:
    """Return names in one text, each once, of very many the first."""
    return ", ".join([*dict.fromkeys(filter(None, names))][:_MOST_NAMES])


def first_name(value: object) -> str:
    """Return the first of the texts, or of the names of objects, in a list."""
    for each in value if isinstance(value, list) else ():
        if found := string(each.get("name") or each.get("label") if isinstance(each, dict) else each):
            return found
    return ""


def moment_of(record: Mapping[str, Any], *names: str) -> datetime | None:
    """Return the first of the fields that is a date: as a text, or in seconds or milliseconds since 1970."""
    for name in names:
        value = record.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            found = from_unix(value)
        elif isinstance(value, str) and len(value) <= _LONGEST_DATE:
            found = from_unix(int(value)) if value.isdecimal() and 8 < len(value) < 16 else parse_date(value)
        else:
            found = None
        if found is not None:
            return found
    return None
