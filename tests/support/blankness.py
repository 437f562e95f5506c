"""Print how much of the pages of books is blank at the foot: python tests/support/blankness.py [STYLE...].

A feature, tables, pictures of ten shapes, and the seeds, on a page of six inches, in foliate-js in Chromium.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

from checkout import ROOT
from feature import write_feature
from readingsystems import ReadingSystems, missing

from epubmaker.options import Network, Options
from epubmaker.packager.styles.sheets import styles, stylesheet
from epubmaker.pipeline.build import build

PAGE = [536, 724]  # CSS pixels of a screen of 1072x1448 dots
MOST_ON_AVERAGE, MOST = 0.12, 0.36
SHEET = "EPUB/style.css"  # the only file that a style makes another


class Blank(NamedTuple):
    """The shares of the pages of a book that are blank at the foot, without the last page of each chapter."""

    pages: list[float]

    @property
    def average(self) -> float:
        return statistics.mean(self.pages)

    @property
    def most(self) -> float:
        return max(self.pages)


def write_book(folder: Path) -> Path:
    """Make the book in a folder; return its path."""
    inputs = (write_feature(folder / "articles"), ROOT / "seeds")
    build(Options(inputs, output=folder / "book.epub", draw_cover=False, network=Network(offline=True)))
    return folder / "book.epub"


def blank_feet(systems: ReadingSystems, book: Path, style: str) -> Blank:
    """Return what is blank in a book that gets the sheet of a style."""
    path = book.with_name(f"{style}.epub")
    with zipfile.ZipFile(book) as made, zipfile.ZipFile(path, "w") as styled:
        for name in made.namelist():
            styled.writestr(name, stylesheet(style)[0] if name == SHEET else made.read(name))
    found = systems.foliate(path, sizes=[PAGE], only="EPUB/a-")
    return Blank([blank for chapter in found["sections"] for blank in chapter["blank"][:-1]])


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as work, ReadingSystems() as systems:
        book = write_book(Path(work))
        for name in names:
            found = blank_feet(systems, book, name)
            print(
                f"{name:12} {len(found.pages):3} pages, {found.average:5.1%} blank on average, {found.most:.0%} at most"
            )


if __name__ == "__main__":
    if (absent := missing("foliate-js")) is not None:
        sys.exit(f"{absent} is missing: run .ci/readers")
    main(sys.argv[1:] or [style.name for style in styles()])
