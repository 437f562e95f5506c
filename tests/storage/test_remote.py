from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from objectstore import CuttingProxy, at, object_storage

from epubmaker.errors import InputError, OutputError, UsageError
from epubmaker.options import is_remote
from epubmaker.storage.remote import children, fetch, join, put, size_of, within

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(scope="module")
def storage() -> Iterator[Any]:
    with object_storage() as system:
        yield system


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("s3://bucket/a", True),
        ("GS://bucket", True),
        ("file:///tmp/a", True),
        ("memory://a", True),
        ("https://example.org/a", False),
        ("HTTP://example.org/a", False),
        ("C://folder/a", False),
        ("s3:/bucket/a", False),
        ("a/s3://b", False),
        ("-", False),
    ],
)
def test_an_address_is_told_from_paths_and_the_web(text: str, is_one: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_remote(text) is is_one


@pytest.mark.parametrize(
    ("address", "folder", "name"),
    [
        ("s3://books/{source}/{n}.epub", "s3://books", "{source}/{n}.epub"),
        ("s3://books/news/a-{n}.epub", "s3://books/news", "a-{n}.epub"),
        ("memory://a.epub", "memory://", "a.epub"),
        ("file:///{n}.epub", "file:///", "{n}.epub"),
        ("file:///srv/books/", "file:///srv/books", ""),
    ],
)
def test_an_address_of_books_is_cut_before_its_fields(address: str, folder: str, name: str) -> None:
    assert within(address) == (folder, name)
    assert join(folder, name) == address


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.org/a", "ftp://example.org/a: no kind of address that is read; name one of s3://"),
        ("memory://a::file:///etc/passwd", "no kind of address that is read"),
        ("s3://me:s3cret@bucket/a", "s3://me:...@bucket/a: holds a password; "),
        ("memory://none/a", "memory://none/a: no such file, folder or bucket; check the name"),
    ],
)
def test_what_is_wrong_with_an_address_is_one_line(address: str, said: str) -> None:
    with pytest.raises((UsageError, InputError)) as raised:
        list(children(address))

    assert said in str(raised.value)
    assert "s3cret" not in str(raised.value)


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)

    with pytest.raises(InputError, match=r"s3://bucket/a: fsspec.core is not installed.*; install epubmaker\[s3\]"):
        size_of("s3://bucket/a")


def test_files_of_a_disk_are_fetched_whole_or_not_at_all_and_put_by_a_rename(tmp_path: Path) -> None:
    there = tmp_path / "there"
    (there / "folder").mkdir(parents=True)
    (there / "folder" / "a.txt").write_text("text")
    address, here = there.as_uri(), tmp_path / "here"
    here.mkdir()

    failed = fetch(address, ["folder/a.txt", "none.txt", f"{'x' * 300}.txt", "folder/../../there/folder/a.txt"], here)
    put(here / "folder" / "a.txt", join(address, "new/b.txt"))

    assert sorted(failed) == ["folder/../../there/folder/a.txt", "none.txt", f"{'x' * 300}.txt"]
    assert [path.relative_to(here).as_posix() for path in sorted(here.rglob("*"))] == ["folder", "folder/a.txt"]
    assert (there / "new" / "b.txt").read_text() == "text"
    assert [child.name for child in (there / "new").iterdir()] == ["b.txt"]
    assert sorted((child.name, child.is_folder, child.state.size) for child in children(address)) == [
        ("folder", True, there.joinpath("folder").stat().st_size),
        ("new", True, there.joinpath("new").stat().st_size),
    ]
    assert size_of(join(address, "new/b.txt")) == 4
    assert size_of(join(address, "new")) is None
    assert size_of(join(address, "none")) is None


@pytest.mark.slow
def test_object_storage_lists_fetches_and_takes_files(storage: Any, tmp_path: Path) -> None:
    for name in ("a.txt", "x/b.txt", "x//c.txt", "x/", "é # ?*.txt"):
        storage.pipe_file(f"bucket/kinds/{name}", name.encode())
    here = tmp_path / "here"
    here.mkdir()
    large = tmp_path / "large"
    large.write_bytes(random.Random(1).randbytes(40_000_000))  # in three parts

    put(large, "s3://bucket/out/large")
    failed = fetch("s3://bucket", ["kinds/a.txt", "kinds/x/b.txt", "kinds/é # ?*.txt", "kinds/none", "out/large"], here)
    listed = {child.name: child for child in children("s3://bucket/kinds")}

    assert list(failed) == ["kinds/none"]
    assert (here / "out" / "large").read_bytes() == large.read_bytes()
    assert (here / "kinds" / "é # ?*.txt").read_bytes() == "é # ?*.txt".encode()
    assert {name for name, child in listed.items() if child.is_folder} == {"x"}
    assert listed.keys() == {"a.txt", "x", "é # ?*.txt"}
    assert {child.name for child in children("s3://bucket/kinds/x")} == {"b.txt"}
    before = listed["a.txt"].state
    storage.pipe_file("bucket/kinds/a.txt", b"A.txt")
    after = next(child.state for child in children("s3://bucket/kinds") if child.name == "a.txt")
    assert before.size == after.size
    assert before != after
    with pytest.raises(InputError, match="s3://none/a: no such file, folder or bucket"):
        list(children("s3://none/a"))


@pytest.mark.slow
@pytest.mark.parametrize("size", [12_000_000, 40_000_000], ids=["one part", "several"])
def test_a_put_that_is_cut_short_leaves_what_was_there(storage: Any, size: int, tmp_path: Path) -> None:
    storage.pipe_file("bucket/cut.epub", b"older")
    book = tmp_path / "book.epub"
    book.write_bytes(bytes(size))
    port = int(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2])

    with CuttingProxy(port, 8_000_000) as proxy, at(proxy.port), pytest.raises(OutputError) as raised:
        put(book, "s3://bucket/cut.epub")

    assert str(raised.value).startswith("s3://bucket/cut.epub: ")
    assert storage.cat_file("bucket/cut.epub") == b"older"


@pytest.mark.slow
def test_storage_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    with at(9):
        for ask in (lambda: size_of("s3://bucket/a"), lambda: fetch("s3://bucket", ["a"], tmp_path)):
            with pytest.raises(InputError, match=r"s3://bucket\S*: .*127.0.0.1.*; check the network, and the endpoint"):
                ask()
