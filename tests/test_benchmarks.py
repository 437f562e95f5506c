"""The benchmarks run, and the books that they compare have all articles of the archive."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc"),
]

TOOLS = "epubmaker,epubmaker again,naive script,floor"


def test_a_small_run_measures_every_tool_and_finds_all_text_and_pictures(tmp_path: Path) -> None:
    from benchmarks.__main__ import main  # noqa: PLC0415 - Linux only

    results = tmp_path / "results"
    (tmp_path / "cache").mkdir()

    main([
        str(tmp_path / "cache"), "--scenarios", "small-1", "--repeat", "1", "--delay", "1", "--tools", TOOLS,
        "--work", str(tmp_path), "--results", str(results),
    ])  # fmt: skip

    found = json.loads((results / "benchmarks.json").read_text(encoding="utf-8"))["results"]
    assert [result["tool"] for result in found] == TOOLS.split(",")
    for result in found:
        assert result["skipped"] is None
        assert result["pictures"] >= 10
        assert result["text"] >= 1
        assert result["wall"] > 0
        assert result["peak"] > 1_000_000
    assert "| floor | " in (results / "benchmarks.md").read_text(encoding="utf-8")

    floor_alone = ["--tools", "floor", "--work", str(tmp_path), "--results", str(results), "--add"]
    main([str(tmp_path / "cache"), "--scenarios", "text-1", "--repeat", "1", *floor_alone])
    both = json.loads((results / "benchmarks.json").read_text(encoding="utf-8"))["results"]
    assert [result["scenario"]["kind"] for result in both] == ["text", *["small"] * 4]
    assert both[1:] == found


def test_a_second_build_is_measured_from_the_first_one_to_a_copy(tmp_path: Path) -> None:
    from benchmarks.rebuilding import main  # noqa: PLC0415 - as above

    main([str(tmp_path / "cache"), "--articles", "3", "--runs", "1", "--results", str(tmp_path)])

    lines = (tmp_path / "rebuilding.md").read_text(encoding="utf-8").splitlines()
    cases = [line.split(" | ")[0].removeprefix("| ") for line in lines[2:] if line]
    assert cases == [
        "first build", "nothing new, first time", "nothing new", "ten articles more", "one article changed",
        "ten articles alone", "copy", "zip copy",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_measurements_behind_docs_scale_run_without_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from benchmarks.scale import main  # noqa: PLC0415 - Linux only

    sizes = ["--articles", "3", "--files", "3", "--pictures", "1", "--check", "--rows", "3", "--planned", "50"]
    main([str(tmp_path / "work"), *sizes, "--photographs", str(tmp_path)])

    printed = capsys.readouterr().out
    assert "text, 3 articles: " in printed
    assert "a plan of 50 posts: " in printed
    assert "8 writers into one cache: " in printed
    assert not [word for word in ("status", "takes longer", " 1 gave up") if word in printed]


def test_a_night_of_new_posts_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from benchmarks.nightly import main  # noqa: PLC0415 - Linux only

    main([str(tmp_path / "work"), "--articles", "500", "--rounds", "1"])

    cases = [line.split(" | ")[0].removeprefix("| ") for line in capsys.readouterr().out.splitlines()[2:] if line]
    assert cases == ["stat", "first scan", "nothing new", "fifty new", "fifty alone", "its scan", "its selection"]
