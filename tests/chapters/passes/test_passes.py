"""The table of passes lists every pass once."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

import epubmaker.chapters.passes
from epubmaker.chapters.parse import parse
from epubmaker.chapters.passes import PASSES, Pass, PassContext, run_passes

NO_PASSES = {"triggers"}


def test_every_module_of_passes_is_in_the_table() -> None:
    modules = {path.stem for path in Path(epubmaker.chapters.passes.__file__).parent.glob("[!_]*.py")}

    listed = {each.module.removeprefix("passes.") for each in PASSES if each.module.startswith("passes.")}
    assert listed == modules - NO_PASSES


@pytest.mark.parametrize("each", PASSES, ids=lambda each: each.function)
def test_every_pass_in_the_table_is_a_public_function_that_accepts_any_tree(each: Pass) -> None:
    module = import_module(f"epubmaker.chapters.{each.module}")

    assert each.function in module.__all__
    getattr(module, each.function)(parse("<p>a</p>").body, PassContext())


def test_every_public_function_of_a_module_of_passes_is_in_the_table() -> None:
    listed = {(each.module, each.function) for each in PASSES}

    for module in {each.module for each in PASSES if each.module.startswith("passes.")}:
        for name in import_module(f"epubmaker.chapters.{module}").__all__:
            assert (module, name) in listed


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<h1>A title</h1><p>a</p>", "<p>a</p>"),
        ("<p hidden>b</p><p>a</p>", "<p>a</p>"),
        ("<h4>b</h4><p>a</p>", "<h2>b</h2><p>a</p>"),
        ("<p><a href='javascript:x'>a</a></p>", "<p><a>a</a></p>"),
    ],
)
def test_the_passes_that_a_tree_needs_are_run(html: str, expected: str) -> None:
    parsed = parse(html)

    run_passes(parsed.body, PassContext(names=set(parsed.names), title="A title"))

    assert "".join(map(str, parsed.body.contents)) == expected
