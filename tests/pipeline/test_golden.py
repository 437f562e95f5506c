"""The books made of the seeds and of samples of other formats, file by file.

`pytest --update-golden` rewrites the expected files; look at the difference.

Pictures are not compared: their bytes depend on the version of the JPEG encoder and on the fonts of the system. Dates stand
in the expected files as `{2022-01-12 in en}`: their wording is the CLDR's, which another release of Babel may change.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from checkout import ROOT
from cleanbooks import AssertClean
from openbook import FOLDER, OpenBook

from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build
from epubmaker.text.dates import format_date, format_range

GOLDEN = Path(__file__).parent / "golden"
SAMPLES = Path(__file__).parent / "samples"
INPUTS = {"seeds": ROOT / "seeds", **{folder.name: folder for folder in sorted(SAMPLES.iterdir())}}
DAYS = (datetime(2022, 1, 12, tzinfo=UTC), datetime(2022, 1, 13, tzinfo=UTC), datetime(2022, 1, 14, tzinfo=UTC))
LANGUAGES = ("en", "zh-Hans")


def without_wording(text: str) -> str:
    """Return a text with each date of the seeds in a form that no library decides on, and without the ends of phrases."""
    text = text.replace("<wbr/>", "")
    for language in LANGUAGES:
        text = text.replace(
            format_range(DAYS[0], DAYS[-1], language), f"{{{DAYS[0]:%F} to {DAYS[-1]:%F} in {language}}}"
        )
    for language in LANGUAGES:
        for day in DAYS:
            text = text.replace(f">{format_date(day, language)}<", f">{{{day:%F} in {language}}}<")
    return text


@pytest.mark.usefixtures("offline")
@pytest.mark.parametrize("name", INPUTS)
def test_the_book_is_the_golden_one(
    tmp_path: Path, name: str, assert_clean: AssertClean, *, update_golden: bool
) -> None:
    golden = GOLDEN / name
    build(Options((INPUTS[name],), output=tmp_path / "book.epub", network=Network(retries=0)))
    made = {
        name.removeprefix(FOLDER): without_wording(data.decode())
        for name, data in OpenBook.read(tmp_path / "book.epub").files.items()
        if name.startswith(FOLDER) and not name.endswith((".jpg", ".png", ".css"))
    }

    if update_golden:
        golden.mkdir(parents=True, exist_ok=True)
        for path in golden.iterdir():
            path.unlink()
        for part, text in made.items():
            (golden / part).write_bytes(text.encode())

    # An expected file that the book no longer has fails too.
    expected = {path.name: path.read_bytes().decode() for path in golden.iterdir()}
    assert sorted(made) == sorted(expected)
    for part, text in expected.items():
        assert made[part] == text, part
    assert_clean(tmp_path / "book.epub")
