"""Runs the benchmarks: `python -m benchmarks CACHE`; see README.md."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.archives import KINDS, Scenario, make
from benchmarks.photographs import SIZES, write_originals
from benchmarks.results import merged, read, table, write
from benchmarks.runs import Result, measure
from benchmarks.server import serving
from benchmarks.tools import Tool, tools

_SCENARIOS = (
    "text-200", "text-2000", "text-20000", "pictures-200", "pictures-2000", "pictures-20000",
    "large-40", "small-100", "long-40",
)  # fmt: skip
_LARGE = 5000  # archives with more articles are measured once, and only with tools that are quick enough


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the archives, measure, print each table as it comes, write the results."""
    options = _options(arguments)
    chosen = [tool for tool in tools(options.cache) if not options.tools or tool.name in options.tools.split(",")]
    scenarios = [_scenario(name) for name in options.scenarios]
    kinds = {scenario.kind for scenario in scenarios}.intersection(SIZES)
    originals = {kind: options.cache / "originals" / kind for kind in sorted(kinds)}
    found = [write_originals(kind, options.cache / "photographs", folder) for kind, folder in originals.items()]
    if not all(found):
        print("no photographs (install-peers fetches some): painted pictures instead", file=sys.stderr)
    older = read(options.results) if options.results and options.add else []
    results: list[Result] = []
    with (
        serving(options.delay, list(originals.values())) as server,
        tempfile.TemporaryDirectory(prefix="benchmarks-", dir=options.work) as work,
    ):
        for scenario in scenarios:
            results += _measured(
                scenario, chosen, results, work=Path(work), server=server, repeat=options.repeat, limit=options.limit
            )
            if options.results:
                write(merged(older, results), options.results, options.delay, photographs=all(found))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("cache", type=Path, help="the folder that benchmarks/install-peers filled, or an empty one")
    parser.add_argument("--scenarios", nargs="+", default=_SCENARIOS, metavar="KIND-N", help=f"of {', '.join(KINDS)}")
    parser.add_argument("--tools", help="names with commas between them; default: all")
    parser.add_argument("--repeat", type=int, default=3, help="timed runs of each tool; archives over 5,000: one")
    parser.add_argument("--delay", type=int, default=40, help="of the pictures' server, in ms")
    parser.add_argument(
        "--limit", type=float, default=600, help="seconds for one run; a tool that needs more is left out"
    )
    parser.add_argument("--work", type=Path, help="where archives and books are made; default: the temporary folder")
    parser.add_argument("--results", type=Path, help="folder for benchmarks.json and benchmarks.md")
    parser.add_argument("--add", action="store_true", help="keep what else the results of earlier calls hold there")
    return parser.parse_args(arguments)


def _scenario(name: str) -> Scenario:
    kind, _, count = name.partition("-")
    if kind not in KINDS or not count.isdecimal():
        sys.exit(f"{name}: no such scenario; write it like text-2000, with one of {', '.join(KINDS)}")
    return Scenario(kind, int(count))


def _measured(
    scenario: Scenario,
    chosen: Sequence[Tool],
    before: Sequence[Result],
    *,
    work: Path,
    server: str,
    repeat: int,
    limit: float,
) -> list[Result]:
    """Measure one scenario; print and return the results, also of tools that were left out as too slow."""
    too_slow = {tool.name: why for tool in chosen if (why := _too_slow(tool.name, scenario, before, limit))}
    archive = make(scenario, work / str(scenario), server)
    rounds = 1 if scenario.articles > _LARGE else repeat
    able = [tool for tool in chosen if tool.name not in too_slow]
    measured = {result.tool: result for result in measure(archive, able, work, repeat=rounds, limit=limit)}
    shutil.rmtree(work / str(scenario))
    results = [measured.get(tool.name) or Result(tool.name, scenario, skipped=too_slow[tool.name]) for tool in chosen]
    print(f"\n{scenario}\n\n{table(results)}", flush=True)
    return results


def _too_slow(tool: str, scenario: Scenario, before: Sequence[Result], limit: float) -> str | None:
    """Tell whether a tool would need more than `limit` seconds, from its time for a smaller archive of the kind."""
    for result in reversed(before):
        if (result.tool, result.scenario.kind) == (tool, scenario.kind):
            if result.skipped:
                return result.skipped
            expected = result.per_article * scenario.articles / 1000
            return f"left out: about {expected / 60:.0f} min" if expected > limit else None
    return None


if __name__ == "__main__":
    main()
