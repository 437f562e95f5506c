"""Says what is wrong with a command line, in one line like any error: the flag or value, the cause, the next step.

The types in `values.py` word their own messages; here are the rest of click's. Imported for wrong usage alone.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable
from difflib import get_close_matches

import click

from epubmaker.cli.flags import Parameter
from epubmaker.options import is_address

__all__ = ["line_about"]

_LISTED_BY = {"device": "epubmaker devices"}  # values too many for a line


def line_about(error: click.ClickException) -> str:
    """Return what is wrong, without "error: "."""
    line = _line(error)
    return line if "; " in line else f"{line}; see `{_command(error)} --help`"


def _line(error: click.ClickException) -> str:
    """Return the thing and the cause, and the next step where it is more than to look at the help."""
    match error:
        case click.NoSuchOption(option_name=name, possibilities=known):
            line = f"{name}: no such flag{_nearest(name, known)}"
        case click.NoSuchCommand(command_name=name) if os.path.lexists(name) or is_address(name):
            line = f"{name}: no such command; did you mean `epubmaker build {shlex.quote(name)}`?"
        case click.NoSuchCommand(command_name=name, possibilities=known):
            line = f"{name}: no such command{_nearest(name, known)}"
        case click.BadOptionUsage(option_name=name) if "does not take" in error.message:
            line = f"{name}: takes no value; leave out the = and what follows it"
        case click.BadOptionUsage(option_name=name):
            line = f"{name}: needs a value; write it like {name} VALUE"
        case click.MissingParameter(param=click.Parameter() as param):
            line = f"{_name(param, error.ctx)}: is missing"
        case click.BadParameter(param=click.Option() as param):
            line = f"{_name(param, error.ctx)}: {_of_type(param, error.message)}"
        case click.BadParameter(param=click.Argument() as param):
            place = isinstance(param, Parameter) and error.ctx and param.place(error.ctx)
            line = f"{place}: {_sentence(error.message)}" if place else _sentence(error.message)
        case _:
            line = _sentence(error.format_message())
    return line


def _command(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return context.command_path if context else "epubmaker"


def _name(param: click.Parameter, context: click.Context | None) -> str:
    """Return the flag or argument, or where else its value stands: in the environment, or in a settings file."""
    if isinstance(param, Parameter) and context and (place := param.place(context)):
        return place
    if isinstance(param, click.Argument):
        return (param.metavar or param.human_readable_name).strip("[].")
    return max(param.opts, key=len)


def _of_type(param: click.Parameter, message: str) -> str:
    """Word what is wrong with a value of one of click's types."""
    value, _, cause = message.partition(": " if isinstance(param.type, click.File) else " is not ")
    match param.type:
        case click.File():
            return f"{value[1:-1]}: {_sentence(cause)}; name a file that can be read"
        case click.Choice(choices=names):
            command = _LISTED_BY.get(param.name or "")
            listed = f"`{command}` lists them" if command else f"it may be {', '.join(names[:-1])} or {names[-1]}"
            return f"{value} is not known{_nearest(value[1:-1].lower(), names) or f'; {listed}'}"
        case click.IntRange(min=least, max=most):
            return f"{value} {_fault(message)}; give a whole number {_bounds(least, most)}"
        case click.FloatRange(min=least, max=most):
            return f"{value} {_fault(message)}; give a number {_bounds(least, most)}"
        case click.types.BoolParamType():
            return f"{value} is neither yes nor no; write one of these"
    return _sentence(message)


def _fault(message: str) -> str:
    return "is out of range" if "in the range" in message else "is no number"


def _bounds(least: float | None, most: float | None) -> str:
    return f"from {least} on" if most is None else f"from {least} to {most}"


def _nearest(given: str, known: Iterable[str] | None) -> str:
    near = get_close_matches(given, known or (), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _sentence(message: str) -> str:
    message = " ".join(message.split()).rstrip(".")
    return f"{message[:1].lower()}{message[1:]}"
