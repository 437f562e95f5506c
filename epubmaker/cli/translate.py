"""Turns what click has read of the flags of `build` into Options."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

import click
from click.core import ParameterSource

from epubmaker.cli.flags import SETTINGS
from epubmaker.devices import DEVICES
from epubmaker.errors import UsageError
from epubmaker.options import MailServer, Network, Options, is_address, is_remote
from epubmaker.storage.files import cache_folder

__all__ = ["options_of"]

_DAYS = "write it like 2022-01-31, 2022-01, yesterday, today-7d or 3d"
_NO_OPTIONS = ("config", "no_config", "book", "dry_run", "verbose", "quiet")
_MOST = 100_000_000  # bytes of a list of inputs
_FIELDS = {
    "author": "authors",
    "from": "form",
    "image_max_size": "image_size",
    "sort": "sort_by",
    "source": "sources",
    "subject": "subjects",
}
"""The fields of Options that are not called as the flag is."""
_CONTRADICTIONS = (
    ("offline", "refresh"),
    ("cache", "no_cache"),
    ("cover", "no_cover"),
    ("video_pictures", "no_images"),
)


def options_of(context: click.Context, *, may_be_remote: bool = False) -> Options:
    """Return the options that the flags of a context ask for. Raises UsageError for those that do not fit together.

    `may_be_remote`: the output may be an address of object storage.
    """
    flags = {name: value for name, value in context.params.items() if name not in _NO_OPTIONS}
    _settle_contradictions(flags, context)
    _resolve_days(flags)
    flags["inputs"] += _inputs_from(flags.pop("files_from"))
    _check_inputs(flags, context.meta.get(SETTINGS))
    if flags["copy_to"] and context.get_parameter_source("device") is ParameterSource.DEFAULT:
        from epubmaker.delivery.device import device_for

        flags["device"] = device_for(flags["copy_to"]).name
    if is_remote(flags["output"] or "") and not may_be_remote:
        step = "name a file here, or put volumes there with `epubmaker plan` and `epubmaker run`"
        raise UsageError("--output", "is an address", step)
    return _options(flags)


def _settle_contradictions(flags: dict[str, Any], context: click.Context) -> None:
    """Of two flags that exclude each other, leave the one that wins; raise UsageError where neither does.

    A flag of the command line wins over the environment, and that over a settings file.
    """
    source = context.get_parameter_source

    def is_weaker(one: str, other: str) -> bool:
        return (source(one) or ParameterSource.DEFAULT) > (source(other) or ParameterSource.DEFAULT)

    for one, other in _CONTRADICTIONS:
        if flags[one] and flags[other]:
            if source(one) == source(other):
                raise UsageError(
                    f"--{one.replace('_', '-')}", f"contradicts --{other.replace('_', '-')}", "leave one out"
                )
            loser = one if is_weaker(one, other) else other
            flags[loser] = False if flags[loser] is True else None
    if flags["state"] and not flags["new"] and source("state") is ParameterSource.COMMANDLINE:
        raise UsageError("--state", "is for --new", "add that, or leave --state out")
    if both := set(flags["match"]) & set(flags["exclude"]):
        raise UsageError("--match", f"contradicts --exclude: {min(both)}", "leave one out")


def _resolve_days(flags: dict[str, Any]) -> None:
    """Turn the time zone into its name, and the days into dates as they are there now. Raises UsageError."""
    from epubmaker.runtime.timezone import default_timezone
    from epubmaker.text.daysasked import day_asked_for
    from epubmaker.text.timezones import today, zone_named

    flags["timezone"] = flags["timezone"] or default_timezone(os.environ)
    day = today(zone_named(flags["timezone"]), os.environ)
    for name in ("since", "until"):
        if (text := flags[name]) is not None:
            try:
                flags[name] = day_asked_for(text, day, last=name == "until")
            except ValueError as error:
                raise UsageError(f"--{name}", f"{text!r} is no day", _DAYS) from error
    if flags["since"] and flags["until"] and flags["since"] > flags["until"]:
        raise UsageError("--since", "is after --until", "turn them round")


def _inputs_from(file: BinaryIO | None) -> tuple[Path | str, ...]:
    """Return the inputs that a file lists, one a line; empty lines, and those that begin with "#", are passed over."""
    if file is None:
        return ()
    listed = file.read(_MOST + 1)
    if len(listed) > _MOST:
        raise UsageError(
            "--files-from", f"is longer than {_MOST // 10**6} MB", "name folders, or several shorter lists"
        )
    lines = (os.fsdecode(line).strip() for line in listed.splitlines())
    named = [line for line in lines if line and not line.startswith("#")]
    return tuple(line if is_address(line) or is_remote(line) else Path(line) for line in named)


def _check_inputs(flags: dict[str, Any], settings: Path | None) -> None:
    """Raise UsageError where there is no input, or no such format."""
    if not flags["inputs"]:
        step = "name a file, a folder, an address, or - for standard input"
        raise UsageError("INPUT", "is missing", f"{step}, or set `inputs` in {settings}" if settings else step)
    if flags["from"]:
        from epubmaker.collector.formats.table import format_names

        if flags["from"] not in format_names():
            raise UsageError("--from", f"no format is called {flags['from']}", "see `epubmaker formats`")


def _options(flags: dict[str, Any]) -> Options:
    """Turn click's values into Options. Only flags that are more than one field's value appear here by name."""
    network = Network(
        connections=flags.pop("connections"),
        timeout=flags.pop("timeout"),
        retries=flags.pop("retries"),
        allow_private=flags.pop("allow_private_network"),
        delay=flags.pop("delay"),
        deadline=flags.pop("deadline"),
        offline=flags.pop("offline"),
        refresh=flags.pop("refresh"),
    )
    mail = MailServer(
        host=flags.pop("mail_host"),
        port=flags.pop("mail_port"),
        security=flags.pop("mail_security"),
        user=flags.pop("mail_user"),
        sender=flags.pop("mail_from"),
        password_file=flags.pop("mail_password_file"),
        password_command=flags.pop("mail_password_command"),
    )
    for name, value in flags.items():
        flags[name] = _text(value) if isinstance(value, str) and name != "output" else value
    for name in ("author", "subject", "source", "match", "exclude"):
        flags[name] = tuple(map(_text, flags[name]))
    output: str | None = flags["output"]
    if output == "":  # as of a variable of a script that is not set
        raise UsageError("--output", "is empty", "name a file or a folder, or leave it out")
    if output and is_remote(output):
        from epubmaker.storage.remote import within

        flags["output_at"], output = within(output)
        if flags["output_at"].endswith("://") and output:
            raise UsageError("--output", "is a bucket and no place in one", "name a file below it, or end it in /")
    flags["make_folder"] = output is not None and output.endswith((os.sep, os.altsep or os.sep))
    flags["output"] = Path(output) if output else None
    flags["cache"] = None if flags.pop("no_cache") else flags["cache"] or cache_folder()
    return Options(
        device=DEVICES[flags.pop("device")],
        draw_cover=not flags.pop("no_cover"),
        images=not flags.pop("no_images"),
        network=network,
        mail=mail,
        **{_FIELDS.get(name, name): value for name, value in flags.items()},
    )


def _text(value: str) -> str:
    """Decode as UTF-8 the bytes of a flag that the locale's encoding could not decode: in the C locale, all of them."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
