"""Full disks, real ones where tests may mount them: an error, and the older book stays; for the cache, a warning."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from archives import write_archive
from pictures import encoded, photo
from webserver import WebServer, picture

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and limits of Linux")

PICTURES = 8
OLDER = b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip"  # the beginning of a book is enough to be known by
ERROR = "error: {}: {}; {}\n"


@pytest.fixture(scope="module")
def server() -> Iterator[WebServer]:
    with WebServer() as server:
        for number in range(PICTURES):
            server.add(
                f"/{number}",
                picture(encoded(photo(700, 500, seed=number), "JPEG"), headers={"Cache-Control": "max-age=9"}),
            )
        yield server


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: WebServer) -> Path:
    """The current folder: `in/` with articles and their pictures, `out/b.epub` an older book, `small/` for a mount."""
    monkeypatch.chdir(tmp_path)
    for name in ("out", "small"):
        Path(name).mkdir()
    Path("out/b.epub").write_bytes(OLDER)
    write_archive(Path("in"), PICTURES, server.address)
    return tmp_path


def build(
    *flags: str, limit: int | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a build; no file may become larger than `limit` KB."""
    arguments = ["build", "in", "-q", "--allow-private-network", "--no-cover", "-j", "1", *flags]
    line = f'ulimit -f {limit or "unlimited"}; exec "$@"'
    return subprocess.run(
        ["bash", "-c", line, "bash", sys.executable, "-m", "epubmaker", *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "EPUBMAKER_BUILD_CACHE": "cache", **(environment or {})},
    )


@contextmanager
def small_disk(kilobytes: int) -> Iterator[None]:
    """Mount a disk of `kilobytes` KB at `small/`."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", "small"], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("may not mount a disk")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", "small"], check=True)


def sha256(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.mark.parametrize("cache", [["--no-cache"], pytest.param(["--cache", "cache"], marks=pytest.mark.slow)])
def test_a_disk_that_takes_no_more_pictures_ends_the_build(cache: list[str]) -> None:
    with small_disk(60):
        done = build("-o", "out/b.epub", *cache, environment={"TMPDIR": "small"})
        assert not list(Path("small").iterdir())

    assert done.returncode == 1
    assert done.stderr == ERROR.format(
        "temporary files",
        "a picture cannot be stored: no space left on device",
        "free some space, or set TMPDIR to a folder with room for them",
    )
    assert Path("out/b.epub").read_bytes() == OLDER
    assert [path.name for path in Path("out").iterdir()] == ["b.epub"]


def test_a_picture_larger_than_a_file_may_be_ends_the_build() -> None:
    done = build("-o", "out/b.epub", "--no-cache", limit=20)

    assert done.returncode == 1
    assert done.stderr.startswith("error: temporary files: a picture cannot be stored: file too large; ")
    assert (done.stderr.count("\n"), Path("out/b.epub").read_bytes()) == (1, OLDER)


@pytest.mark.slow
def test_a_full_disk_for_the_cache_costs_only_the_cache() -> None:
    with small_disk(300):
        done = build("-o", "out/b.epub", "--cache", "small/cache")
    whole = build("-o", "whole.epub", "--no-cache")

    assert (done.returncode, whole.returncode) == (0, 0), done.stderr
    assert sha256("out/b.epub") == sha256("whole.epub")


@pytest.mark.slow
def test_a_full_disk_for_the_book_leaves_the_older_one() -> None:
    with small_disk(200):
        assert build("-o", "small/b.epub", "--no-images").returncode == 0
        older = sha256("small/b.epub")
        done = build("-o", "small/b.epub")

        assert sha256("small/b.epub") == older
        assert [path.name for path in Path("small").iterdir()] == ["b.epub"]
    assert (done.returncode, done.stderr) == (
        1,
        ERROR.format("small/b.epub", "the disk is full", "free some space or choose another place with --output"),
    )


@pytest.mark.slow
def test_a_full_disk_for_the_report_is_an_error_that_says_that_the_book_is_there() -> None:
    with small_disk(4):
        Path("small/full").write_bytes(b"x" * 4000)
        done = build("-o", "out/new.epub", "--report", "small/r.json")
        assert [path.name for path in Path("small").iterdir()] == ["full"]

    assert done.returncode == 1
    assert done.stderr == ERROR.format(
        "small/r.json",
        "the book is made, but the report cannot be written: the disk is full",
        "free some space or choose another place with --report",
    )
    assert Path("out/new.epub").exists()


@pytest.mark.slow
def test_a_full_folder_for_temporary_files_is_not_used(folder: Path) -> None:
    with small_disk(4):
        Path("small/full").write_bytes(b"x" * 4000)
        done = build("-o", "out/b.epub", "--no-cache", environment={"TMPDIR": str(folder / "small")})

    assert done.returncode == 0, done.stderr
