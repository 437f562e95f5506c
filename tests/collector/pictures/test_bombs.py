"""All bombs in one build by the command line; the memory of its processes is measured from outside."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import psutil
import pytest
from cleanbooks import AssertClean
from pictures import encoded, jpeg, png_file
from PIL import Image
from svgbombs import patient_bombs, plain_bombs

pytestmark = pytest.mark.slow

MOST_IN_ALL, MOST_OF_A_WORKER = 1_200_000_000, 500_000_000
LARGE = (6300, 6300)  # just under 40 megapixels
# The command line, but of a bomb that goes on and on no minute is waited for.
PROGRAM = """
from epubmaker.collector.pictures.workers import TimeLimit
TimeLimit.__init__.__defaults__ = (10.0, 5.0)
from epubmaker.__main__ import main
main()
"""


def bombs() -> Iterator[tuple[str, bytes]]:
    for name, svg in (*plain_bombs(), *patient_bombs()):
        yield name, svg.encode()
    whole = jpeg(300, 200)
    yield "JPEG of markers", whole[:2] + b"\xff\xe1\x00\x02" * 5_000_000 + whole[2:]
    yield "JPEG of fill bytes", whole[:2] + b"\xff" * 20_000_000 + whole[2:]
    yield "WebP", encoded(Image.new("RGB", (6000, 6000)), "WEBP", lossless=True, quality=0, method=0)
    inner = encoded(Image.new("RGB", LARGE), "JPEG2000")
    yield "ICNS", b"icns" + (16 + len(inner)).to_bytes(4, "big") + b"ic09" + (8 + len(inner)).to_bytes(4, "big") + inner
    frames = [Image.new("P", (4000, 4000), number % 2) for number in range(10)]
    yield "GIF of large frames", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    pages = [Image.new("1", (3000, 3000)) for _ in range(50)]
    yield "TIFF of many pages", encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    yield "PNG", png_file((20_000, 20_000), depth=1, color=0, row=bytes(2500))


def large_pictures() -> Iterator[tuple[str, bytes]]:
    """Pictures as large as cameras and maps are, which are made for the page."""
    row = bytes(5000) + b"\x80" * 1300
    yield "transparent gray", png_file(LARGE, (b"tRNS", b"\0\1"), color=0, row=row)
    yield "transparent color", png_file(LARGE, (b"tRNS", b"\0\1\0\2\0\3"), color=2, row=row * 3)
    yield "alpha", png_file(LARGE, color=6, row=row * 4)
    yield "deep", png_file(LARGE, depth=16, color=0, row=row * 2)
    photograph = Image.linear_gradient("L").resize((12_000, 8300))
    yield "photograph", encoded(photograph.convert("RGB"), "JPEG", quality=90)
    yield "JPEG 2000", encoded(photograph.resize((6000, 5000)), "JPEG2000")
    yield "progressive", encoded(photograph.resize((8000, 7000)).convert("RGB"), "JPEG", progressive=True)


def article(folder: Path, number: int, name: str, data: bytes) -> None:
    (folder / f"{number}.bin").write_bytes(data)
    (folder / f"{number}-good.jpg").write_bytes(jpeg(500 + number, 300))
    picture = '<img src="{}"><div><small style="color: #999;">{}</small></div>'
    first = picture.format(f"{number}.bin", f"Caption of {name}")
    body = first + "<p>Words.</p>" + picture.format(f"{number}-good.jpg", "Good")
    head = f"<!--1642027143000-->\n[{name}](https://example.org/{number})\n---\n\n"
    (folder / f"{number:03}.txt").write_text(head + body, encoding="utf-8")


def test_a_book_of_every_bomb_is_made_within_memory_and_time(tmp_path: Path, assert_clean: AssertClean) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    bad, large = list(bombs()), list(large_pictures())
    for number, (name, data) in enumerate([*bad, *large]):
        article(articles, number, name, data)
    book, report = tmp_path / "book.epub", tmp_path / "report.json"
    command = [sys.executable, "-c", PROGRAM, "build", articles, "-o", book, "--report", report, "-j", "4", "-q"]
    most, most_of_one = watched([*map(str, command), "--offline", "--no-cache"], seconds=900)
    print(f"{len(bad)} bombs: {most / 1e6:.0f} MB in all, {most_of_one / 1e6:.0f} MB the largest worker")

    records = {Path(record["url"]).name: record for record in json.loads(report.read_bytes())["pictures"]}
    for number in range(len(bad) + len(large)):
        assert records[f"{number}-good.jpg"]["status"] == "embedded"
    for number, (name, _data) in enumerate(bad):
        record = records[f"{number}.bin"]
        assert record["status"] == "embedded" or record["reason"], name
        print(f"  {name}: {record['reason'] or 'drawn'}")
    for number, (name, _data) in enumerate(large, len(bad)):
        assert records[f"{number}.bin"]["status"] == "embedded", (name, records[f"{number}.bin"])
    with ZipFile(book) as archive:
        names = archive.namelist()
        text = b"".join(archive.read(name) for name in names if name.endswith(".xhtml")).decode()
        for image in (name for name in names if "images/" in name):
            Image.open(BytesIO(archive.read(image))).load()
    assert all(f"Caption of {name}" in text for name, _data in bad)
    assert_clean(book)
    assert most_of_one < MOST_OF_A_WORKER
    assert most < MOST_IN_ALL


def watched(command: list[str], seconds: float) -> tuple[int, int]:
    """Run a command and return the most bytes that it and its children had together, and any child alone."""
    most = most_of_one = 0
    with subprocess.Popen(command) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            sizes = [size(child) for child in root.children(recursive=True)]
            most_of_one = max(most_of_one, *sizes, 0)
            most = max(most, size(root) + sum(sizes))
            seconds -= 0.05
            if seconds < 0:
                process.kill()
            with_pause(process)
    assert process.returncode == 0
    return most, most_of_one


def size(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def with_pause(process: subprocess.Popen[bytes]) -> None:
    """Wait 50 ms, or until the process ends."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
