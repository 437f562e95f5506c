"""The tools that are compared, with the command by which each makes a book of an archive."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from benchmarks.archives import Archive

__all__ = ["Tool", "tools"]

_HERE = Path(__file__).parent

Command: TypeAlias = Callable[[Archive, str], list[str]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One program in one way of use.

    `command` gives the command line for an archive and the name of the book, in a working folder of its own. `missing` is
    a word on why the program cannot run here, else None. `warm`: it runs in the folder of its own last run, with what
    it keeps (its cache, its book), after one run that does not count; others begin each run with nothing.
    """

    name: str
    command: Command
    missing: str | None = None
    warm: bool = False
    environment: Callable[[Archive], Mapping[str, str]] = field(default=lambda _: {})


def tools(cache: Path) -> list[Tool]:
    """Return all tools, those that are not installed as well; `cache` is the folder that `install-peers` filled."""
    percollate = cache / "npm" / "node_modules" / ".bin" / "percollate"
    return [
        Tool("epubmaker", _epubmaker),
        Tool("epubmaker again", _epubmaker, warm=True),
        Tool("naive script", _script("naive.py")),
        Tool("pandoc", _pandoc, _not_found("pandoc")),
        Tool("percollate", _percollate(percollate), None if percollate.exists() else "not installed"),
        Tool("calibre", _calibre, _not_found("ebook-convert"), environment=_calibre_environment),
        Tool("floor", _script("floor.py")),
    ]


def _not_found(program: str) -> str | None:
    return None if shutil.which(program) else "not installed"


def _epubmaker(archive: Archive, book: str) -> list[str]:
    flags = ["--allow-private-network", "--quiet", "--output", book]
    return [sys.executable, "-m", "epubmaker", "build", str(archive.texts), *flags]


def _script(name: str) -> Command:
    return lambda archive, book: [sys.executable, str(_HERE / name), str(archive.texts), book]


def _pandoc(archive: Archive, book: str) -> list[str]:
    # Relative names: 20,000 whole paths are more than a command line holds.
    pages = [os.path.relpath(page, archive.pages) for page in sorted(archive.pages.glob("*.html"))]
    flags = [f"--resource-path={archive.pages}", "--from=html", "--to=epub3", "--toc", f"--output={book}"]
    return ["env", f"--chdir={archive.pages}", "pandoc", *flags, "--metadata=title:Articles", *pages]


def _percollate(program: Path) -> Command:
    # Without a cover, which would need a browser.
    def command(archive: Archive, book: str) -> list[str]:
        pages = [os.path.relpath(page, archive.pages) for page in sorted(archive.pages.glob("*.html"))]
        flags = ["--no-cover", "--title=Articles", f"--output={book}"]
        return ["env", f"--chdir={archive.pages}", str(program.resolve()), "epub", *flags, *pages]

    return command


def _calibre(_: Archive, book: str) -> list[str]:
    return ["ebook-convert", str(_HERE / "calibre.recipe"), book]


def _calibre_environment(archive: Archive) -> Mapping[str, str]:
    return {"BENCHMARK_PAGES": str(archive.pages), "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox"}
