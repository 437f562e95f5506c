"""The time zone of this computer, by its name in the tz database."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from epubmaker.text.timezones import UTC_NAME, is_known

__all__ = ["default_timezone"]

_LINK, _NAME = Path("/etc/localtime"), Path("/etc/timezone")
_FOLDER = "zoneinfo"  # a path to a zone has the zone's name behind a folder of this name


def default_timezone(environment: Mapping[str, str]) -> str:
    """Return the name of the zone that days are in where none is asked for: "Europe/Berlin".

    That is UTC where `SOURCE_DATE_EPOCH` is set, so that such a build gives the same bytes anywhere; else the zone of
    the variable `TZ`, else the system's, and UTC where none of them has a name.
    """
    if environment.get("SOURCE_DATE_EPOCH"):
        return UTC_NAME
    names = [_name_of(environment.get("TZ", "").removeprefix(":")), *(_on_windows() if _is_windows() else _on_posix())]
    return next((name for name in names if name and is_known(name)), UTC_NAME)


def _is_windows() -> bool:
    return sys.platform == "win32"


def _on_posix() -> list[str]:
    try:
        written = _NAME.read_text("ascii").strip()  # older Debians; the link may be a copy there
    except (OSError, UnicodeError):
        written = ""
    return [_name_of(os.path.realpath(_LINK)), written]


def _on_windows() -> list[str]:
    from babel.localtime import get_localzone  # noqa: PLC0415 - it knows Windows' names of zones, and takes 20 ms

    try:
        return [str(get_localzone())]
    except (LookupError, OSError, ValueError):
        return []


def _name_of(text: str) -> str:
    """Return the name in a path to a zone's file; another text is a name itself."""
    if text == str(_LINK):
        text = os.path.realpath(_LINK)
    return text.rpartition(f"/{_FOLDER}/")[2] if text.startswith("/") else text
