"""The stylesheet of a finished book: which style it is of, and the same book's in another one."""

from __future__ import annotations

from pathlib import Path

import pytest

from epubmaker.devices import RENDITIONS
from epubmaker.packager.styles.sheets import recognized, styles, stylesheet


@pytest.mark.parametrize("rendition", ["plain", "kobo", "apple"])
@pytest.mark.parametrize("is_kepub", [False, True])
def test_a_book_gets_another_style_and_keeps_what_is_its_own(rendition: str, is_kepub: bool, tmp_path: Path) -> None:  # noqa: FBT001
    extra = tmp_path / "extra.css"
    extra.write_text("p { margin: 1em }")
    for own in ([], [extra]):
        sheets = {s.name: stylesheet(s.name, own, RENDITIONS[rendition], is_kepub=is_kepub)[0] for s in styles()}
        for name, css in sheets.items():
            found = recognized(css)
            assert found is not None
            assert found.style == name
            assert {other: found.in_style(other) for other in sheets} == sheets


def test_the_sheet_of_another_program_is_none_of_ours() -> None:
    assert recognized("p { margin: 0 }") is None
    assert recognized("") is None
