"""The reading styles and the user's own CSS."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from checkout import ROOT

from epubmaker.devices import RENDITIONS
from epubmaker.errors import UsageError
from epubmaker.packager.styles.css import examine
from epubmaker.packager.styles.sheets import load, styles, stylesheet

CHECKOUT = ROOT


def test_every_shipped_style_has_a_name_and_a_line_that_describes_it() -> None:
    found = styles()

    assert [style.name for style in found] == sorted(path.stem for path in (CHECKOUT / "styles").glob("*.css"))
    assert {"plain", "news", "magazine", "eink", "large-print"} <= {style.name for style in found}
    for style in found:
        assert 20 < len(style.description) < 100
        assert style.description.endswith(".")


def test_every_style_is_shown_in_the_documentation() -> None:
    shown = (CHECKOUT / "docs" / "styles.md").read_text(encoding="utf-8")

    for style in styles():
        assert f"## {style.name}\n\n{style.description}" in shown
        assert f"(styles/{style.name}.jpg)" in shown
        assert (CHECKOUT / "docs" / "styles" / f"{style.name}.jpg").is_file()


def test_a_style_is_a_shipped_one_or_a_file(tmp_path: Path) -> None:
    own = tmp_path / "own.css"
    own.write_bytes(b'\xef\xbb\xbf@charset "utf-8";\np { margin: 0 }')

    plain, news = ((CHECKOUT / "styles" / f"{name}.css").read_text(encoding="utf-8") for name in ("plain", "news"))
    assert load("plain") == plain
    assert load("news") == f"{plain}\n{news}"
    assert load(str(own)) == load(own) == "p { margin: 0 }"


def test_extra_sheets_come_after_the_style(tmp_path: Path) -> None:
    (tmp_path / "1.css").write_text("p { margin: 1em; color: #111 }")
    (tmp_path / "2.css").write_text(
        "@charset 'utf-8'; h1 { margin: 2em; direction: rtl;\n width: calc(1em + 1px) }\n\n"
    )

    sheet, issues = stylesheet("news", [tmp_path / "1.css", tmp_path / "2.css"])

    assert sheet.startswith(load("news").rstrip())
    assert sheet.endswith("\n\np { margin: 1em; color: #111; }\n\nh1 { margin: 2em; width: calc(1em + 1px); }\n")
    assert [(issue.code, issue.where) for issue in issues] == [
        ("css-dropped", f"{tmp_path / '2.css'}:1"),
        ("css-risky", f"{tmp_path / '2.css'}:2"),
    ]


@pytest.mark.parametrize(
    ("content", "cause", "advice"),
    [(None, "no such style", "magazine"), (b"p\xff{}", "not UTF-8", "save the file as UTF-8")],
)
def test_a_file_that_is_no_style_is_a_usage_error_with_advice(
    content: bytes | None, cause: str, advice: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.css"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError, match=cause) as caught:
        load(path)

    assert "mine.css" in str(caught.value)
    assert advice in caught.value.advice


@pytest.mark.slow
def test_only_the_engines_of_browsers_get_what_others_drop_a_sheet_for() -> None:
    for style in styles():
        for name, rendition in RENDITIONS.items():
            css, _ = stylesheet(style.name, (), rendition)
            found = {finding.kind for finding in examine(css).findings}
            assert ("text-wrap" in css) is ("keep-all" in css) is rendition.modern, name
            assert ("risky" in found) is rendition.modern, name
        assert "text-wrap" in stylesheet(style.name, (), RENDITIONS["kobo"], is_kepub=True)[0]
    assert {name for name, rendition in RENDITIONS.items() if rendition.modern} == {"apple", "modern"}


def test_a_users_own_style_is_used_alone(tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text("p { margin: 0 }", encoding="utf-8")

    assert stylesheet(tmp_path / "own.css", (), RENDITIONS["modern"])[0] == "p { margin: 0; }\n"


def test_a_wheel_brings_the_styles_along(tmp_path: Path) -> None:
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=CHECKOUT, check=True)
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        assert "epubmaker/styles/news.css" in archive.namelist()
        archive.extractall(tmp_path / "installed")  # all that an installation of a wheel of Python files does

    code = (
        "import epubmaker, json; from epubmaker.packager.styles.sheets import styles;"
        "print(json.dumps([epubmaker.__file__, *(str(style.path) for style in styles())]))"
    )
    # The dependencies are those installed here. An editable install of epubmaker comes after this path.
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    shown = done.stdout

    assert "news.css" in shown
    assert str(CHECKOUT) not in shown
