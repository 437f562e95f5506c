"""The zip container, as `zipfile` of the standard library finds it."""

import zipfile
import zlib
from pathlib import Path

import pytest

from epubmaker.model.chapters import Document
from epubmaker.packager.container import Container, pack


def test_every_way_to_add_an_entry_gives_its_bytes_back(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\0\1" * 100_000)
    with (tmp_path / "a.zip").open("xb") as file:
        container = Container(file)
        container.add("added", b"text " * 1000)
        container.add_packed("packed", pack(Document("packed", b"page " * 1000)))
        container.add_stored("stored", b"cover")
        container.add_file("file", tmp_path / "picture")
        container.close()

    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        assert found.namelist() == ["mimetype", "added", "packed", "stored", "file"]
        assert found.testzip() is None
        assert found.read("added") == b"text " * 1000
        assert found.read("packed") == b"page " * 1000
        assert found.read("stored") == b"cover"
        assert found.read("file") == b"\0\1" * 100_000
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 for entry in found.infolist()} == {0o100644}


@pytest.mark.slow
def test_more_entries_than_the_old_format_can_count_are_all_there(tmp_path: Path) -> None:
    names = [f"a-{number:05}" for number in range(0x10000 + 10)]
    with (tmp_path / "a.zip").open("xb") as file:
        container = Container(file)
        for name in names:
            container.add_stored(name, name.encode())
        container.close()

    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        assert found.namelist() == ["mimetype", *names]
        last = found.infolist()[-1]
        assert (last.CRC, last.file_size) == (zlib.crc32(names[-1].encode()), len(names[-1]))
        assert found.read(names[-1]) == names[-1].encode()


def test_a_book_of_more_than_4_gb_is_whole(tmp_path: Path) -> None:
    large = 0x1_0000_0000 + 5
    with (tmp_path / "a.zip").open("xb") as file:
        file.seek(large)  # a hole, which takes no room on the disk
        container = Container(file)
        container.add("page", b"text")
        container.close()

    with zipfile.ZipFile(tmp_path / "a.zip") as found:
        assert [entry.header_offset for entry in found.infolist()] == [large, large + 30 + 8 + 20]
        assert found.testzip() is None
        assert found.read("page") == b"text"
