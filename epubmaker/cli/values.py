"""Types of the values that flags and arguments take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import click

from epubmaker.options import STANDARD_INPUT, is_address

__all__ = ["EXISTING", "EXISTING_FILE", "FILE", "Bytes", "Input", "Line", "Percent", "Size"]

FILE = click.Path(path_type=Path)
EXISTING = click.Path(exists=True, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Input(click.ParamType[Path | str]):
    """A file, a folder, an http(s) address, or "-" for standard input."""

    name = "INPUT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path | str:
        text = str(value)
        if text == STANDARD_INPUT or is_address(text):
            return text
        return Path(EXISTING.convert(value, param, ctx))


class Line(click.ParamType[str]):
    """A text that may be given several times; in the environment, one a line."""

    name = "TEXT"
    envvar_list_splitter = "\n"


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


class Size(click.ParamType[tuple[int, int]]):
    """Width and height in pixels, as in 1072x1448."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        found = re.fullmatch(r"([1-9]\d{0,4})\s*[xX×]\s*([1-9]\d{0,4})", str(value))
        if found is None:
            self.fail(f"{value!r} is no size; write it like 1072x1448", param, ctx)
        return int(found[1]), int(found[2])
