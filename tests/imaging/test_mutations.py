"""Pictures with changed bytes, extreme headers, parts cut out and put in again: each gives a picture or a reason.

Each run makes other changes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest
from effort import effort
from pictures import assert_fit_for_a_book, diagram, encoded, fetched, photo
from processes import Children
from svgbombs import small_drawing

from epubmaker.collector.pictures.workers import PictureWorkers, TimeLimit
from epubmaker.model.pictures import FetchFailed, Picture, PictureResult
from epubmaker.options import PictureSettings

PAGE = PictureSettings(300, 400)
ROUNDS = effort(30)
MOST_OF_A_WORKER = 500_000_000
EXTREMES = tuple(map(bytes.fromhex, ["00", "ff", "7fff", "8000", "ffffffff", "7fffffff", "ffffff7f", "00000000"]))


FORMATS = ("JPEG", "WEBP", "AVIF", "JPEG2000", "BMP", "ICO", "ICNS", "TIFF", "PPM", "PCX", "SGI", "DDS", "QOI")
# Name: mode, format and options.
SAMPLES: dict[str, tuple[str, str, dict[str, object]]] = {
    "progressive": ("RGB", "JPEG", {"progressive": True}),
    "CMYK": ("CMYK", "JPEG", {}),
    "TIFF LZW": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    **{f"PNG {mode}": (mode, "PNG", {}) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")},
    **{
        f"animated {file_format}": ("RGB", file_format, {"save_all": True, "append_images": [photo(90, 70, seed=2)]})
        for file_format in ("GIF", "PNG", "WEBP", "AVIF")
    },
    **{file_format: ("RGB", file_format, {}) for file_format in FORMATS},
}


def sample(name: str) -> bytes:
    if name == "SVG":
        return small_drawing().encode()
    mode, file_format, options = SAMPLES[name]
    image = diagram(90, 70) if name == "TIFF LZW" else photo(90, 70)
    if mode == "I;16":
        image = image.convert("L").convert("I")
    return encoded(image.convert(mode), file_format, **options)


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Change a file in one to four ways, mostly near its start, where the fields are."""
    ways: tuple[Callable[[bytes, int], bytes], ...] = (
        lambda old, at: old[:at] + bytes((old[at] ^ 1 << chance.randrange(8),)) + old[at + 1 :],
        lambda old, at: old[:at] + (new := chance.choice(EXTREMES)) + old[at + len(new) :],
        lambda old, at: old[:at] + chance.randbytes(4) + old[at + 4 :],
        lambda old, at: old[:at],
        lambda old, at: old[:at] + old[at + chance.randrange(1, 40) :],
        lambda old, at: old[:at] + old[at : at + 60] * chance.choice((2, 50, 2000)) + old[at:],
    )
    for _ in range(chance.randint(1, 4)):
        if data:
            at = chance.randrange(len(data)) if chance.random() < 0.4 else chance.randrange(min(len(data), 160))
            data = chance.choice(ways)(data, at)
    return data


def assert_accounted_for(result: PictureResult) -> None:
    if isinstance(result, Picture):
        for file in result.files:
            assert_fit_for_a_book(file, PAGE)
        return
    assert isinstance(result, FetchFailed)
    assert result.code in {"picture-broken", "picture-decoration"}
    assert result.reason
    assert "\n" not in result.reason
    assert "object at 0x" not in result.reason
    assert len(result.reason) < 220


class Workers(NamedTuple):
    """The processes that all tests share."""

    pool: PictureWorkers
    processes: Children


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    processes = Children()
    with PictureWorkers(PAGE, tmp_path_factory.mktemp("pictures"), 2, time_limit=TimeLimit(20)) as pool:
        yield Workers(pool, processes)


@pytest.mark.slow
@pytest.mark.parametrize("name", [*SAMPLES, "SVG"])
def test_a_changed_picture_costs_at_most_itself(name: str, tmp_path: Path, workers: Workers, seed: int) -> None:
    data = sample(name)
    chance = random.Random(f"{name} {seed}")
    for number in range(ROUNDS):
        bad = mutated(data, chance)
        try:
            assert_accounted_for(workers.pool.submit(fetched(bad, tmp_path, f"p{number}")).result())
            assert all(_size(child) < MOST_OF_A_WORKER for child in workers.processes())
        except (AssertionError, OSError) as error:
            error.add_note(f"{name}, picture {number}")
            raise


def _size(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
