"""Checks what options ask for before any work, so that nobody waits for an error that could be known at once.

I/O: reads a user's stylesheets, and the first bytes of a cover.
"""

from __future__ import annotations

import re
from pathlib import Path

from epubmaker.collector.filters import Filters
from epubmaker.collector.grouping import levels_asked_for
from epubmaker.errors import UsageError, cause_of
from epubmaker.options import Options
from epubmaker.pipeline.orders import output_name, split_asked_for
from epubmaker.pipeline.remembering import state_path

__all__ = ["check_demands", "language_asked_for"]

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*")
_DEFAULT_STYLE = Options(()).style


def check_demands(options: Options) -> None:
    """Raise UsageError for what cannot be used.

    That is a filter, time zone, grouping, cut into volumes, field of the output's name, language, style, stylesheet,
    command, mail, reader or cover. So is a number in a series without one.
    """
    Filters(options)
    levels_asked_for(options)
    split_asked_for(options)
    _check_prune(options)
    output_name(options)
    state_path(options)
    language_asked_for(options)
    if options.series_index is not None and not options.series:
        raise UsageError("--series-index", "is the number of a book in a series", "give --series as well")
    _check_shelf(options)
    if options.style != _DEFAULT_STYLE or options.css:
        from epubmaker.packager.styles.sheets import load  # noqa: PLC0415 - most builds need none of it before the book

        load(options.style)
        for css in options.css:
            load(css)
    if options.send_again and not options.send_to:
        raise UsageError("--send-again", "is for --send-to", "add that, or leave --send-again out")
    if options.send_to:
        from epubmaker.delivery.mail import check_mail  # noqa: PLC0415 - few builds send any

        check_mail(options)
    if options.then is not None:
        from epubmaker.delivery.commands import check_command  # noqa: PLC0415 - few builds run one

        check_command("--then", options.then)
    if options.copy_to:
        from epubmaker.delivery.device import reader_at  # noqa: PLC0415 - few builds have a reader

        reader_at(options.copy_to)
    if options.cover:
        _check_cover(options.cover)


def language_asked_for(options: Options) -> str | None:
    """Return the language asked for in its proper form; None when none was. Raises UsageError."""
    if options.language is None:
        return None
    from epubmaker.chapters.language import normalize  # noqa: PLC0415 - an unchanged book does without

    language = normalize(options.language) if _LANGUAGE_TAG.fullmatch(options.language) else None
    if language is None:
        raise UsageError("--language", f"{options.language!r} is no language tag", "write it like en, pt-BR or zh-Hans")
    return language


def _check_prune(options: Options) -> None:
    if options.prune and options.new:
        raise UsageError("--prune", "contradicts --new", "leave it out: volumes of earlier runs have what is not new")
    if options.prune and options.cache is None:
        raise UsageError("--prune", "contradicts --no-cache", "leave one out: the cache tells volumes from other files")


def _check_shelf(options: Options) -> None:
    if options.shelf_keep is None:
        return
    if options.shelf is None:
        raise UsageError("--shelf-keep", "is for a shelf", "name that with --shelf, or leave it out")
    if not (options.series or options.split_by):
        raise UsageError("--shelf-keep", "is for issues of a series, and the book is of none", "give --series as well")


def _check_cover(cover: Path) -> None:
    from epubmaker.imaging.sniff import HEAD_SIZE, not_a_picture  # noqa: PLC0415 - few builds have a cover of their own

    try:
        if not cover.is_file():
            raise UsageError(cover, "no such file", "name a picture file for the cover")
        with cover.open("rb") as file:
            reason = not_a_picture(file.read(HEAD_SIZE))
    except OSError as error:
        cause = f"cannot be read: {cause_of(error)}"
        raise UsageError(cover, cause, "name a picture file for the cover") from error
    if reason:
        raise UsageError(cover, reason, "give a JPEG, PNG or another picture for the cover")
