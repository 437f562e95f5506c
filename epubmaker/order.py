"""What one book is to be: the result of `pipeline.orders`, which the rest of a build works on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from epubmaker.model.articles import Plan
from epubmaker.model.books import Volume
from epubmaker.options import Options
from epubmaker.text.outputnames import OutputName

__all__ = ["Order"]


class Order(NamedTuple):
    """Which book to make: one of the articles of `plan`, called `title`, at `output`.

    `volume` is what it says of itself as one of several volumes, `name` what the names of its parts are made of.

    `repeated_text` are the keys of the text that each source repeats (see `chapters.boilerplate`), `repeated_pictures`
    those of its pictures (see `text.pictureaddresses`), `repeated_lines` those of the lines and places that most of its
    articles have (see `chapters.furniture`), by source and where they are to be dropped: the options and the articles
    decide that.
    """

    options: Options
    plan: Plan
    title: str
    output: Path
    volume: Volume | None = None
    name: OutputName | None = None
    repeated_text: Mapping[str, frozenset[int]] = MappingProxyType({})
    repeated_pictures: Mapping[str, frozenset[str]] = MappingProxyType({})
    repeated_lines: Mapping[str, frozenset[int]] = MappingProxyType({})
