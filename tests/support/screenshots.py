"""Show how each style looks on small and large pages: python tests/support/screenshots.py FOLDER [STYLE...].

Builds a book in Chinese, English and Arabic in each style, opens it in foliate-js in Chromium, and writes one picture a
page, and index.html to look at them all. With --gallery, it writes one picture a style, with a page of each language: those
of docs/styles.md.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image
from readingsystems import ReadingSystems, missing
from samples import write_samples

from epubmaker.options import Options
from epubmaker.packager.styles.sheets import styles
from epubmaker.pipeline.build import build

# CSS pixels and their scale: a 6-inch page of 1072x1448, a 10-inch page of 1404x1872.
PAGES = {"6in": ([536, 724], 2), "10in": ([702, 936], 2)}


LANGUAGES = {"zh": "每日要闻", "en": "Daily Notes", "ar": "أخبار اليوم"}


def books(work: Path, names: list[str]) -> Iterator[tuple[str, Path]]:
    """Build a book of each language in each style; yield the style and the path."""
    for language, title in LANGUAGES.items():
        articles = write_samples(work / language, language)
        for name in names:
            path = work / f"{language}-{name}.epub"
            build(Options((articles,), output=path, style=name, title=title))
            yield name, path


def gallery(folder: Path, names: list[str]) -> None:
    """Write a picture of each style: the first pages of an article in each language."""
    folder.mkdir(parents=True, exist_ok=True)
    (width, height), scale = PAGES["6in"][0], 1
    pages: dict[str, list[Image.Image]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as work, ReadingSystems() as systems:
        for name, path in books(Path(work), names):
            file = str(Path(work) / f"{path.stem}.png")
            with zipfile.ZipFile(path) as book:
                article = next(each for each in book.namelist() if each.startswith("EPUB/a-"))
            shot = {"size": [width, height], "scale": scale, "href": article, "page": 0, "file": file}
            systems.foliate(path, shots=[shot])
            with Image.open(file) as shown:
                pages[name].append(shown.convert("RGB"))
    for name, row in pages.items():
        sheet = Image.new("RGB", (len(row) * (width + 2) + 2, height + 4), "#999")
        for number, page in enumerate(row):
            sheet.paste(page, (2 + number * (width + 2), 2))
        sheet.save(folder / f"{name}.jpg", quality=80, optimize=True)


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    with tempfile.TemporaryDirectory() as work, ReadingSystems() as systems:
        for _, path in books(Path(work), names):
            shots = shots_of(path, folder)
            systems.foliate(path, shots=shots)
            rows.append((path.stem, [Path(shot["file"]).name for shot in shots]))
    table = "".join(
        f"<h2>{stem}</h2><p>"
        + "".join(f'<a href="{file}"><img src="{file}" height="480" alt="{file}"></a> ' for file in files)
        + "</p>"
        for stem, files in rows
    )
    (folder / "index.html").write_text(
        f'<!doctype html><meta charset="utf-8"><title>Styles</title>{table}', encoding="utf-8"
    )
    print(folder / "index.html")


def shots_of(path: Path, folder: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as book:
        articles = [name for name in book.namelist() if name.startswith("EPUB/a-")]
    places = [(f"EPUB/{name}.xhtml", 0) for name in ("cover", "front", "contents", "g-1")]
    places += [(articles[0], page) for page in range(4)] + [(articles[1], 0), (articles[2], 0)]
    places += [(articles[3], page) for page in range(4)]
    return [
        {
            "size": size,
            "scale": scale,
            "href": href,
            "page": page,
            "file": str(folder / f"{path.stem}-{label}-{number:02}.png"),
        }
        for label, (size, scale) in PAGES.items()
        for number, (href, page) in enumerate(places)
    ]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if (absent := missing("foliate-js")) is not None:
        sys.exit(f"{absent} is missing: run .ci/readers")
    asked = [argument for argument in sys.argv[2:] if argument != "--gallery"]
    command = gallery if "--gallery" in sys.argv else main
    command(Path(sys.argv[1]), asked or [style.name for style in styles()])
