"""The commands that list what a build can be given: `epubmaker devices`, `styles` and `formats`."""

from __future__ import annotations

import click

from epubmaker.cli.failures import one_line_errors
from epubmaker.cli.terminal import show
from epubmaker.devices import device_lines

__all__ = ["devices", "formats", "styles"]


@click.command()
def devices() -> None:
    """List the devices that books can be made for, and what a book for each has of its own."""
    for line in device_lines():
        show(line)


@click.command()
def styles() -> None:
    """List the reading styles."""
    from epubmaker.packager.styles.sheets import styles as all_styles

    for style in all_styles():
        show(f"{style.name:<16} {style.description}")


@click.command()
def formats() -> int:
    """List the formats that articles are read in."""
    from epubmaker.collector.formats.table import formats as all_formats

    with one_line_errors(verbose=False):
        for each in all_formats():
            show(f"{each.name:<16} {each.title} ({' '.join(sorted(each.suffixes))})")
        return 0
