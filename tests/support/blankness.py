"""Print how much of the pages of books is blank at the foot: python tests/support/blankness.py [STYLE...].

A feature, tables, pictures of ten shapes, and the seeds, on a page of six inches, in foliate-js in Chromium.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from checkout import ROOT
from feature import write_feature
from readingsystems import ReadingSystems, missing

from epubmaker.options import Network, Options
from epubmaker.packager.styles.sheets import styles
from epubmaker.pipeline.build import build

PAGE = [536, 724]  # CSS pixels of a screen of 1072x1448 dots
MOST_ON_AVERAGE, MOST = 0.2, 0.75  # half of a picture's height is blank where the next one does not fit, on average


class Blank(NamedTuple):
    """The shares of the pages of a book that are blank at the foot, without the last page of each chapter."""

    pages: list[float]

    @property
    def average(self) -> float:
        return statistics.mean(self.pages)

    @property
    def most(self) -> float:
        return max(self.pages)


def blank_feet(systems: ReadingSystems, articles: Path, style: str, folder: Path) -> Blank:
    """Return what is blank in a book of a style that is made in a folder."""
    path = folder / f"{style}.epub"
    build(Options((articles, ROOT / "seeds"), output=path, style=style, network=Network(offline=True)))
    found = systems.foliate(path, sizes=[PAGE])
    chapters = [section for section in found["sections"] if section["href"].startswith("EPUB/a-")]
    return Blank([blank for chapter in chapters for blank in chapter["blank"][:-1]])


def main(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as work, ReadingSystems() as systems:
        articles = write_feature(Path(work) / "articles")
        for name in names:
            found = blank_feet(systems, articles, name, Path(work))
            print(
                f"{name:12} {len(found.pages):3} pages, {found.average:5.1%} blank on average, {found.most:.0%} at most"
            )


if __name__ == "__main__":
    if (absent := missing("foliate-js")) is not None:
        sys.exit(f"{absent} is missing: run .ci/readers")
    main(sys.argv[1:] or [style.name for style in styles()])
