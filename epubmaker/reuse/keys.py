"""Hashes of values that are the same in every process, by the values' canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import PurePath

__all__ = ["key_of"]


def key_of(*values: object) -> str:
    """Return the SHA-256 of values, in hexadecimal digits.

    They are what JSON knows (with strings as the keys of dictionaries), dataclasses, sets of strings, paths and dates, and
    all of these inside each other; raises TypeError for any other.
    """
    return hashlib.sha256(_ENCODER.encode(values).encode()).hexdigest()


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, AbstractSet):
        return sorted(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    message = f"no key can be made of {type(value)}"
    raise TypeError(message)


_ENCODER = json.JSONEncoder(
    default=_plain, sort_keys=True, separators=(",", ":")
)  # ASCII: half a surrogate is an escape
