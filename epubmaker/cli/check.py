"""The command `epubmaker check`."""

from __future__ import annotations

from pathlib import Path

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import show
from epubmaker.cli.values import EXISTING_FILE
from epubmaker.errors import FINDINGS

__all__ = ["check"]


@click.command()
@click.argument("books", nargs=-1, required=True, type=EXISTING_FILE, metavar="BOOK...")
@click.option("-v", "--verbose", is_flag=True, help="Say where an error came from.")
def check(books: tuple[Path, ...], *, verbose: bool) -> int:
    """Check books with EPUBCheck; exit with 3 if one has errors."""
    with one_line_errors(verbose=verbose):
        from epubmaker.packager.check.epubcheck import check_all

        status = 0
        for result in check_all(books):
            for message in result.messages:
                show(f"{result.path}: {message}")
            show(f"{result.path}: {result.fatals} fatals, {result.errors} errors, {result.warnings} warnings")
            if result.fatals or result.errors:
                status = FINDINGS
        return status
