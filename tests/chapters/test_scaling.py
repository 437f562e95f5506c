"""The time that an article takes grows with its length, whatever its shape: twice as long, at most two and a half times."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import pytest
from shapes import SHAPES, Shape

from epubmaker.chapters.render import Page, render
from epubmaker.collector.scan import scan
from epubmaker.model.pictures import FetchFailed
from epubmaker.pipeline.draft_worker import draft_article

MOST = 2.5  # times as long for twice the length
ENOUGH = 0.06  # seconds of CPU time: less is too inexact, more makes the test too slow
LARGEST = 1_000_000  # bytes; a shape that takes no time at this size needs no measuring
DOUBLINGS = 3
LOOKS = 5  # at what seems to take too long, since the first ones may have been disturbed


def write(folder: Path, shape: Shape, size: int) -> tuple[Path, int]:
    """Write the article, or the articles, of a shape into a folder; return it and the number of bytes."""
    made = shape(size)
    texts = made if isinstance(made, list) else [made]
    every = [text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass") for text in texts]
    place = folder / str(size)
    if not place.exists():
        place.mkdir()
        for number, data in enumerate(every):
            (place / f"{number}.txt").write_bytes(data)
    return place, sum(map(len, every))


def seconds(folder: Path) -> float:
    """Return the time that the chapters of a folder's articles take, without garbage collections."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    for entry in scan([folder]).entries:
        draft = draft_article(entry)
        missing = {ref: FetchFailed(ref.sources[0], "picture-missing", "not asked for") for ref in draft.pictures}
        render(draft, Page(entry, "a"), missing, {})
    taken = time.process_time() - start
    gc.enable()
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("name", SHAPES)
def test_twice_the_length_takes_about_twice_the_time(name: str, tmp_path: Path) -> None:
    shape, size = SHAPES[name], 125
    small, length = write(tmp_path, shape, size)
    while (once := seconds(small)) < ENOUGH and length < LARGEST:
        size *= 2 if once > ENOUGH / 4 else 4
        small, length = write(tmp_path, shape, size)
    ratios = []
    for _ in range(DOUBLINGS):  # quadratic time shows at each size, a disturbance only once
        if once < ENOUGH / 4:
            return
        large, _ = write(tmp_path, shape, 2 * size)
        twice = seconds(large)
        for _ in range(LOOKS):
            if twice <= MOST * once:
                return
            once, twice = min(once, seconds(small)), min(twice, seconds(large))
        ratios.append(f"{twice / once:.1f} times as long for {2 * size} as for {size}")
        size, small, once = 2 * size, large, twice
    pytest.fail("; ".join(ratios))
