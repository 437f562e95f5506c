"""Types of the values that flags and arguments take. A wrong one is answered by its cause and the next step."""

from __future__ import annotations

import math
import os
import re
import stat
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from epubmaker.errors import cause_of
from epubmaker.options import STANDARD_INPUT, Keep, is_address, is_remote

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = [
    "EXISTING_FILE",
    "FILE",
    "FILE_OR_ADDRESS",
    "Bytes",
    "Day",
    "Existing",
    "Input",
    "Kept",
    "Percent",
    "Position",
    "Seconds",
    "Size",
    "complete_path",
]

_MOST_NAMES = 10_000  # of a folder in which a name that is not there is looked for


def complete_path(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete a path."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


class _Place(click.Path):
    """A path where something may be or come. "", as of a variable of a script that is not set, is no path."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not str(value):
            self.fail("'' is no path; name one", param, ctx)
        return super().convert(value, param, ctx)


FILE = _Place(path_type=Path)


class Existing(click.ParamType[Path]):
    """A path where something is; with `only_file`, a file, as nothing else can be read twice and has an end."""

    name = "FILE"

    def __init__(self, *, only_file: bool) -> None:
        self._only_file = only_file

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        wanted = "a file" if self._only_file else "a file or folder"
        if not str(value):
            self.fail(f"{value!r} is no path; name {wanted}", param, ctx)
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            near = _nearest(path)
            step = f"did you mean {near}?" if near else f"name {wanted} that exists"
            self.fail(f"{value}: no such {wanted[2:]}; {step}", param, ctx)
        except (OSError, ValueError) as error:
            self.fail(f"{value}: {cause_of(error)}; name {wanted} that can be read", param, ctx)
        if self._only_file and not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "no regular file"
            self.fail(f"{value}: is {kind}; name a file", param, ctx)
        return path

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return complete_path(ctx, param, incomplete)


def _nearest(path: Path) -> Path | None:
    """Return what is in a folder under nearly the same name as a path that is not there."""
    from difflib import get_close_matches  # only for an error

    names: list[str] = []
    with suppress(OSError):
        names = os.listdir(path.parent)  # noqa: PTH208 - names are all that is wanted
    folded = {name.casefold(): name for name in islice(sorted(names), _MOST_NAMES)}
    near = get_close_matches(path.name.casefold(), folded, n=1, cutoff=0.8)
    return path.with_name(folded[near[0]]) if near else None


EXISTING_FILE = Existing(only_file=True)


class Input(click.ParamType[Path | str]):
    """A file, a folder, an address of the web or of object storage, or "-" for standard input."""

    name = "INPUT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        text = str(value)
        if text == STANDARD_INPUT or is_address(text) or is_remote(text):
            return text
        return Existing(only_file=False).convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return complete_path(ctx, param, incomplete)


class _FileOrAddress(click.ParamType[Path | str]):
    """A path, or an address of object storage."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        return str(value) if is_remote(str(value)) else FILE.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return complete_path(ctx, param, incomplete)


FILE_OR_ADDRESS = _FileOrAddress()


class Day(click.ParamType[str]):
    """A day as a user names it, which may depend on today; a date of a settings file is one in ISO 8601."""

    name = "DATE"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> str:
        return str(value)


class Seconds(click.FloatRange):
    """A time in seconds, up to eleven days."""

    def __init__(self, least: float = 0) -> None:
        super().__init__(min=least, max=1_000_000)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a valid number of seconds", param, ctx)
        return seconds


class Bytes(click.ParamType[int]):
    """A number of bytes, as in 50MB; decimal units, as disks and mail servers count."""

    name = "SIZE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)i?b?", str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is no size; write it like 50MB", param, ctx)
        return int(float(found[1]) * {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}[found[2]])


class Percent(click.ParamType[int]):
    """A whole number of hundredths, from 0 to 100, as in 50%."""

    name = "N%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        found = re.fullmatch(r"(\d{1,3})\s*%?", str(value).strip(), re.ASCII)
        if found is None or int(found[1]) > 100:
            self.fail(f"{value!r} is no share; write it like 50%", param, ctx)
        return int(found[1])


class Position(click.ParamType[float]):
    """A number in a series: not negative, with two decimals at most, as libraries have it."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,2})?", str(value).strip(), re.ASCII):
            self.fail(f"{value!r} is no number in a series; write it like 3 or 3.5", param, ctx)
        return float(value)


class Kept(click.ParamType[Keep]):
    """How much of a series stays on a shelf, as in "30 issues" or "90d"."""

    name = "N issues|Nd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Keep:
        found = re.fullmatch(r"([1-9]\d{0,5})\s*(issues?|d|days?)", str(value).strip().lower(), re.ASCII)
        if found is None:
            self.fail(f"{value!r} is neither issues nor days; write it like '30 issues' or 90d", param, ctx)
        number = int(found[1])
        return Keep(issues=number) if found[2].startswith("issue") else Keep(days=number)


class Size(click.ParamType[tuple[int, int]]):
    """Width and height in pixels, as in 1072x1448."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        found = re.fullmatch(r"([1-9]\d{0,4})\s*[xX×]\s*([1-9]\d{0,4})", str(value))
        if found is None:
            self.fail(f"{value!r} is no size; write it like 1072x1448", param, ctx)
        return int(found[1]), int(found[2])
