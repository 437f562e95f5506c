"""The command `epubmaker init`: writes a settings file, made of the flags of `build` themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.flags import OF_THE_COMMAND_LINE, SECTIONS, Flag
from epubmaker.cli.terminal import show
from epubmaker.cli.values import FILE, Bytes, Day, Size
from epubmaker.errors import OutputError

__all__ = ["init"]

_HEAD = """\
# Settings of `epubmaker build`, which reads epubmaker.toml in the current folder, or --config FILE. Flags of the command
# line win, then variables such as EPUBMAKER_BUILD_DEVICE, then this file. Paths are relative to the folder of this file.
#
# Take away the "#" before what you want to set. Each line has the default, or an example where there is none. What sends,
# copies or removes a book, or runs a command, is for a file that is named: epubmaker build --config FILE.

# inputs = ["news", "https://example.org/feed.xml"]
"""
_TAIL = """
# --- Several books in one run: write [defaults] above the lines that hold for all of them, and a table for each.

# [[book]]
# name = "week"
"""
_WIDTH = 34  # of a key and its value


@click.command()
@click.argument("file", type=FILE, default="epubmaker.toml", metavar="[FILE]")
def init(file: Path) -> int:
    """Write a settings file with a comment for each flag of `build`; by default, epubmaker.toml."""
    from epubmaker.storage.publish import output_errors

    with one_line_errors():
        text = "".join(f"{line}\n" for line in _lines())
        try:
            with output_errors(file), file.open("x", encoding="utf-8", newline="\n") as opened:
                opened.write(text)
        except OutputError as error:
            if file.exists():
                raise OutputError(file, "is there already", "name another file, or take that away") from error
            raise OutputError(file, error.cause, "name another file") from error
        show(f"{file}: written; `epubmaker build` reads it")
        return 0


def _lines() -> Iterator[str]:
    yield from _HEAD.splitlines()
    for title, flags in SECTIONS.items():
        yield ""
        yield f"# --- {title}"
        yield ""
        for flag in flags:
            if flag.key not in OF_THE_COMMAND_LINE:
                yield f"{f'# {flag.key} = {_value(flag)}':<{_WIDTH}} # {flag.help}"
    yield from _TAIL.splitlines()


def _value(flag: Flag) -> str:
    """Return the default of a flag in TOML, or an example."""
    if flag.is_flag:
        return "false"
    if flag.multiple:
        return "[]"
    match flag.type:
        case Day():
            return "2022-01-31"
        case Bytes():
            example = flag.own_default or "50MB"
        case Size():
            example = "1072x1448"
        case click.IntRange(max=65535):
            return "587"  # a port, of which the default depends on another flag
        case click.IntRange(min=least) | click.FloatRange(min=least):
            example = least if flag.own_default is None else flag.own_default
        case _:
            example = flag.own_default or ""
    import json  # for a command, as all that only one of them needs

    return json.dumps(example, ensure_ascii=False)
