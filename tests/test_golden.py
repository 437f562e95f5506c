"""The book made of the seeds, file by file: `pytest --update-golden` rewrites what is expected, for a person to look at.

Pictures are not compared: their bytes depend on the version of the JPEG encoder and on the fonts of the system.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from openbook import FOLDER, OpenBook

from epubmaker.build import build
from epubmaker.config import Network, Options

SEEDS = Path(__file__).parent.parent / "seeds"
GOLDEN = Path(__file__).parent / "golden" / "seeds"


@pytest.mark.usefixtures("offline")
def test_the_book_of_the_seeds_is_the_golden_one(tmp_path: Path, *, update_golden: bool) -> None:
    build(Options((SEEDS,), output=tmp_path / "book.epub", network=Network(retries=0)))
    made = {
        name.removeprefix(FOLDER): data.decode()
        for name, data in OpenBook.read(tmp_path / "book.epub").files.items()
        if name.startswith(FOLDER) and not name.endswith((".jpg", ".css"))
    }

    if update_golden:
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for path in GOLDEN.iterdir():
            path.unlink()
        for name, text in made.items():
            (GOLDEN / name).write_bytes(text.encode())

    # An expected file that the book no longer has fails too.
    expected = {path.name: path.read_bytes().decode() for path in GOLDEN.iterdir()}
    assert sorted(made) == sorted(expected)
    for name, text in expected.items():
        assert made[name] == text, name
