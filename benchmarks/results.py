"""The measured figures as tables and as data."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from itertools import groupby
from pathlib import Path

from benchmarks.archives import KINDS, Scenario
from benchmarks.runs import Result

__all__ = ["machine", "merged", "read", "table", "write"]

_LIBRARIES = ("epubmaker", "beautifulsoup4", "ebooklib", "lxml", "pillow", "requests")
_OWN, _FLOOR = "epubmaker", "floor"


def machine() -> dict[str, str]:
    """Describe the hardware and software of the measurement; nothing that identifies the machine."""
    kilobytes = int(_first(r"MemTotal:\s*(\d+)", "/proc/meminfo") or 0)
    described = {
        "processor": _first(r"model name\s*: (.*)", "/proc/cpuinfo") or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": f"{kilobytes / 1e6:.0f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "Python": platform.python_version(),
    }
    described.update((name, metadata.version(name)) for name in _LIBRARIES)
    for program, words in (("pandoc", ["--version"]), ("ebook-convert", ["--version"]), ("node", ["--version"])):
        described[program] = _version([program, *words])
    return {name: value for name, value in described.items() if value}


def _first(pattern: str, path: str) -> str:
    try:
        found = re.search(pattern, Path(path).read_text(encoding="utf-8"))
    except OSError:
        return ""
    return found[1].strip() if found else ""


def _version(command: Sequence[str]) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""
    found = re.search(r"\d+(\.\d+)+", answer)
    return found[0] if found else ""


def read(folder: Path) -> list[Result]:
    """Return the results that `write` left in a folder; none where it left nothing."""
    try:
        rows = json.loads((folder / "benchmarks.json").read_text(encoding="utf-8"))["results"]
    except FileNotFoundError:
        return []
    return [Result(**{**row, "scenario": Scenario(**row["scenario"]), "walls": tuple(row["walls"])}) for row in rows]


def merged(older: Sequence[Result], newer: Sequence[Result]) -> list[Result]:
    """Return the results of several calls, the newer ones where there are two, by kind and number of articles."""
    found = {(result.scenario, result.tool): result for result in (*older, *newer)}
    kinds = list(KINDS)
    return sorted(found.values(), key=lambda result: (kinds.index(result.scenario.kind), result.scenario.articles))


def write(results: Sequence[Result], folder: Path, delay: int, *, photographs: bool) -> None:
    """Write `benchmarks.md` and `benchmarks.json` into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    text = _as_markdown(results, delay, photographs=photographs)
    (folder / "benchmarks.md").write_text(text, encoding="utf-8")
    (folder / "benchmarks.json").write_text(_as_json(results, delay, photographs=photographs), encoding="utf-8")


def _as_json(results: Sequence[Result], delay: int, *, photographs: bool) -> str:
    """Return all figures and the machine's description."""
    value = {
        "version": 1,
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": machine(),
        "delay_ms": delay,
        "photographs": photographs,
        "results": [asdict(result) for result in results],
    }
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _as_markdown(results: Sequence[Result], delay: int, *, photographs: bool) -> str:
    """Return the page that the documentation shows."""
    parts = [
        "# Benchmarks",
        "Made by `python -m benchmarks`; [benchmarks/README.md](../benchmarks/README.md) says what is measured and how.",
        _list(machine()),
        f"Pictures come from a server on the same machine that answers each request after {delay} ms"
        + (". They are real photographs." if photographs else ". No photographs were there: they are painted."),
        "Times are medians of so many `runs`. The tools of one call took turns; `--add` gathers several calls.",
    ]
    for scenario, group in groupby(results, lambda result: result.scenario):
        parts += [
            f"## {_name(scenario)}",
            f"{KINDS[scenario.kind][0].upper()}{KINDS[scenario.kind][1:]}.",
            table(list(group)),
        ]
    parts += ["## Growth", "Milliseconds an article, and peak memory in MB.", *_growth(results)]
    return "\n\n".join(parts) + "\n"


def table(results: Sequence[Result]) -> str:
    """Return one scenario's results as a Markdown table."""
    walls = {result.tool: result.wall for result in results if not result.skipped}
    heads = ("", "runs", "wall s", "x epubmaker", "x floor", "CPU s", "peak MB", "book MB", "pictures", "text")
    rows = [
        (result.tool, result.skipped, *[""] * 8)
        if result.skipped
        else (
            result.tool,
            str(len(result.walls)),
            f"{result.wall:.2f}",
            _ratio(result.wall, walls.get(_OWN)),
            _ratio(result.wall, walls.get(_FLOOR)),
            f"{result.cpu:.2f}",
            f"{result.peak / 1e6:.0f}",
            f"{result.size / 1e6:.1f}",
            str(result.pictures),
            f"{result.text:.0%}",
        )
        for result in results
    ]
    return _markdown_table([heads, *rows])


def _ratio(wall: float, base: float | None) -> str:
    return f"{wall / base:.2f}" if base else ""


def _growth(results: Sequence[Result]) -> Iterator[str]:
    """Yield a table for each kind that was measured with several numbers of articles."""
    for kind in KINDS:
        counts = sorted({result.scenario.articles for result in results if result.scenario.kind == kind})
        if len(counts) < 2:
            continue
        cells: dict[str, dict[int, str]] = {}
        for result in results:
            if result.scenario.kind == kind:
                shown = result.skipped or f"{result.per_article:.2f} ms, {result.peak / 1e6:.0f} MB"
                cells.setdefault(result.tool, {})[result.scenario.articles] = shown
        rows = [(tool, *(row.get(count, "") for count in counts)) for tool, row in cells.items()]
        yield _markdown_table([(kind, *(f"{count:,}" for count in counts)), *rows])


def _name(scenario: Scenario) -> str:
    pictures = f", {scenario.pictures:,} pictures" if scenario.pictures else ""
    return f"{scenario.kind.capitalize()}: {scenario.articles:,} articles{pictures}"


def _list(values: dict[str, str]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in values.items())


def _markdown_table(rows: Sequence[Sequence[str | None]]) -> str:
    heads, *others = rows
    rule = ["---" if index == 0 else "--:" for index in range(len(heads))]
    return "\n".join("| " + " | ".join(cell or "" for cell in row) + " |" for row in [heads, rule, *others])
