"""The memory of a build, of all its processes together, is bounded, whatever its articles hold."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

MOST = 700_000_000  # bytes
MEGABYTES = {"pictures with an address": 1, "elements between texts": 6, "words": 20, "emoji": 20}  # of most kinds 10
BOMBS = {
    "line breaks": "<br>",
    "pictures with an address": "<img src=a.jpg>",
    "elements between texts": "<b>x</b>y",
    "elements with many attributes": "<p " + " ".join(f"a{number}" for number in range(190)) + ">x",
    "words": "word ",
    "emoji": "\U0001f600 word ",
}


def peak_of_build(folder: Path, book: Path) -> int:
    """Build a book in a process; return the most bytes that it and its children had together."""
    command = [
        sys.executable,
        "-m",
        "epubmaker",
        "build",
        str(folder),
        "-o",
        str(book),
        "--no-cache",
        "--offline",
        "-q",
    ]
    process = psutil.Popen(command, stdout=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        now = 0
        with suppress(psutil.Error):
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    now += each.memory_info().rss
        peak = max(peak, now)
        time.sleep(0.1)  # to look takes time, too
    assert process.returncode == 0
    return peak


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_one_article_of_markup_alone_does_not_fill_the_memory(name: str, tmp_path: Path) -> None:
    part = BOMBS[name]
    count = int(MEGABYTES.get(name, 10) * 1_000_000) // len(part.encode())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("[T](https://e.org/)\n---\n" + part * count, encoding="utf-8")

    peak = peak_of_build(tmp_path / "in", tmp_path / "book.epub")

    assert peak < (MOST / 2 if MEGABYTES.get(name, 10) < 2 else MOST)
    assert (tmp_path / "book.epub").stat().st_size > 0


@pytest.mark.slow
def test_several_such_articles_are_not_drafted_at_once(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(4):
        head = f"[T{number}](https://e.org/{number})\n---\n"
        (tmp_path / "in" / f"{number}.txt").write_text(head + "<p>x" * 300_000, encoding="utf-8")

    assert peak_of_build(tmp_path / "in", tmp_path / "book.epub") < MOST
