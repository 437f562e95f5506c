"""A book appears whole or not at all, whatever fails."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from books import METADATA, STYLE, chapter, draw_picture, grouped, write

from epubmaker.errors import OutputError
from epubmaker.packager.writer import BookWriter

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="file locks and limits of POSIX")


class FailingFile:
    """A real file that fails at the n-th call that reaches the disk."""

    def __init__(self, path: Path, fails_at: int | None, code: int) -> None:
        self._file = path.open("xb")
        self._fails_at = fails_at
        self._code = code
        self.calls = 0

    def _count(self) -> None:
        if self.calls == self._fails_at:
            raise OSError(self._code, os.strerror(self._code))
        self.calls += 1

    def write(self, data: bytes) -> int:
        self._count()
        return self._file.write(data)

    def flush(self) -> None:
        self._count()
        self._file.flush()

    def fileno(self) -> int:
        return self._file.fileno()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_failure_at_any_write_publishes_nothing_and_leaves_the_older_book(code: int, tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    books = tmp_path / "books"
    pictures.mkdir()
    books.mkdir()
    made = [chapter(1, pictures=[draw_picture(pictures, "one")]), chapter(2)]
    older = write(books / "b.epub", made[:1], grouped(made[:1], 0))
    opened: list[FailingFile] = []

    def attempt(fails_at: int | None) -> None:
        def open_file(path: Path) -> BinaryIO:
            opened.append(FailingFile(path, fails_at, code))
            return opened[-1]  # type: ignore[return-value]  # has all that is asked of it

        with BookWriter(books / "b.epub", STYLE, open_file=open_file) as writer:
            for one in made:
                writer.add_chapter(one.chapter)
            writer.complete(METADATA, grouped(made, 0))
            writer.publish()

    attempt(None)
    writes = opened[0].calls
    write(books / "b.epub", made[:1], grouped(made[:1], 0))
    assert writes > 20
    for fails_at in range(writes):
        with pytest.raises(
            OutputError, match=os.strerror(code).lower() if code == errno.EIO else "the disk is full; free some"
        ):
            attempt(fails_at)
        assert names(books) == ["b.epub"]
    assert write(books / "b.epub", made[:1], grouped(made[:1], 0)).sha256 == older.sha256


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@POSIX_ONLY
def test_a_limit_of_the_system_at_any_size_publishes_nothing(tmp_path: Path) -> None:
    made = [chapter(1), chapter(2)]
    size = write(tmp_path / "b.epub", made, grouped(made, 1)).size
    older = write(tmp_path / "b.epub", made[:1], grouped(made[:1], 0))
    for limit in (*range(0, size, 300), size - 1):
        with file_size_limit(limit), pytest.raises(OutputError, match="too large for the disk"):
            write(tmp_path / "b.epub", made, grouped(made, 1))
        assert names(tmp_path) == ["b.epub"]
    assert write(tmp_path / "b.epub", made[:1], grouped(made[:1], 0)).sha256 == older.sha256
    with file_size_limit(size):
        write(tmp_path / "b.epub", made, grouped(made, 1))


def test_a_place_that_cannot_be_written_to_is_named_with_what_to_do(tmp_path: Path) -> None:
    made = [chapter(1)]
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder.epub").mkdir()
    places = {
        tmp_path / "none" / "b.epub": "the folder does not exist; make the folder",
        tmp_path / "file" / "b.epub": "the folder is a file; choose another place",
        tmp_path / "folder.epub": "a folder has that name; choose another name",
        tmp_path / ("x" * 300): "the name is too long; choose a shorter one",
    }
    for place, said in places.items():
        with pytest.raises(OutputError, match=said) as caught:
            write(place, made, grouped(made, 0))
        assert caught.value.subject == str(place)
    assert names(tmp_path) == ["file", "folder.epub"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    made = [chapter(1)]
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(OutputError, match="no permission to write there"):
            write(tmp_path / "b.epub", made, grouped(made, 0))
    finally:
        tmp_path.chmod(0o755)


def test_a_book_is_replaced_where_nobody_may_change_modes_as_on_fat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    write(tmp_path / "b.epub", [chapter(1)], grouped([chapter(1)], 0))
    older = (tmp_path / "b.epub").read_bytes()
    monkeypatch.setattr(os, "chmod", refuse)
    write(tmp_path / "b.epub", [chapter(2)], grouped([chapter(2)], 0))

    assert (tmp_path / "b.epub").read_bytes() != older


@POSIX_ONLY
def test_a_folder_that_vanishes_during_the_build_is_named(tmp_path: Path) -> None:
    made = [chapter(1)]
    (tmp_path / "books").mkdir()
    with BookWriter(tmp_path / "books" / "b.epub", STYLE) as writer:
        writer.add_chapter(made[0].chapter)
        shutil.rmtree(tmp_path / "books")
        writer.complete(METADATA, grouped(made, 0))
        with pytest.raises(OutputError, match="the folder does not exist"):
            writer.publish()


def test_a_link_stays_and_the_book_that_it_names_is_replaced(tmp_path: Path) -> None:
    made = [chapter(1)]
    (tmp_path / "shelf").mkdir()
    (tmp_path / "shelf" / "b.epub").write_text("old")
    (tmp_path / "b.epub").symlink_to(tmp_path / "shelf" / "b.epub")
    write(tmp_path / "b.epub", made, grouped(made, 0))

    assert (tmp_path / "b.epub").is_symlink()
    assert names(tmp_path / "shelf") == ["b.epub"]
    assert (tmp_path / "shelf" / "b.epub").stat().st_size > 1000


@POSIX_ONLY
def test_a_killed_run_leaves_the_older_book_and_the_next_run_clears_up(tmp_path: Path) -> None:
    made = [chapter(1)]
    write(tmp_path / "b.epub", made, grouped(made, 0))
    older = (tmp_path / "b.epub").read_bytes()
    code = (
        "import sys; from pathlib import Path; from epubmaker.packager.writer import BookWriter\n"
        f"with BookWriter(Path({str(tmp_path / 'b.epub')!r}), b'p {{ margin: 0 }}'):\n"
        "    print('ready', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        debris = [name for name in names(tmp_path) if name != "b.epub"]
        assert len(debris) == 1
        write(tmp_path / "other.epub", made, grouped(made, 0))
        assert set(debris) < set(names(tmp_path))  # a run that is alive keeps its file
        child.send_signal(signal.SIGKILL)
    assert set(debris) < set(names(tmp_path))
    assert (tmp_path / "b.epub").read_bytes() == older
    write(tmp_path / "other.epub", made, grouped(made, 0))

    assert names(tmp_path) == ["b.epub", "other.epub"]


def test_two_builds_of_one_book_at_once_both_end_well(tmp_path: Path) -> None:
    made = [chapter(1), chapter(2)]
    with BookWriter(tmp_path / "b.epub", STYLE) as first, BookWriter(tmp_path / "b.epub", STYLE) as second:
        for one in made:
            first.add_chapter(one.chapter)
            second.add_chapter(one.chapter)
        first.complete(METADATA, grouped(made, 1))
        first.publish()
        second.complete(METADATA, grouped(made, 2))
        second.publish()

    assert names(tmp_path) == ["b.epub"]
    with zipfile.ZipFile(tmp_path / "b.epub") as book:
        assert book.testzip() is None
