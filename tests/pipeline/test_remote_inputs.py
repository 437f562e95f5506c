from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import commandline
import pytest
from objectstore import google_storage, object_storage
from PIL import Image

from epubmaker.collector.locations.copies import Copies
from epubmaker.collector.locations.folder import Given
from epubmaker.collector.scan import scan
from epubmaker.errors import InputError
from epubmaker.model.articles import Entry, Location
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build, dry_run
from epubmaker.report import Report
from epubmaker.storage.remote import put

memory = pytest.importorskip("fsspec").filesystem("memory")

WORDS = "There is enough text here that it is an article, and it goes on for a while. " * 8


@pytest.fixture
def store() -> Iterator[Any]:
    """The file system of `memory://`, empty."""
    yield memory
    for name in list(memory.store):
        del memory.store[name]


def page(title: str, more: str = "") -> str:
    body = f"<article><h1>{title}</h1><p>{WORDS}</p>{more}</article>"
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def archive(folder: Path) -> Path:
    """Make a folder with articles of several kinds, and what lies beside them."""
    for name in ("pictures", "notes/attached", "10", "9", ".hidden", "saved_files"):
        (folder / name).mkdir(parents=True)
    pictures = {"pictures/a.png": "red", "notes/attached/b c.png": "blue", "pictures/large.png": "green"}
    for name, color in pictures.items():
        Image.new("RGB", (300, 200), color).save(folder / name)
    with (folder / "pictures" / "large.png").open("ab") as file:
        file.truncate(3_000_000)
    Image.new("RGB", (300, 200), "black").save(folder.with_name("secret.png"))
    names = ["pictures/a.png", "../secret.png", "9/../pictures/large.png", "none.png", f"{'x' * 2000}.png", "a%00.png"]
    (folder / "saved.html").write_text(page("Saved", "".join(f"<p><img src='{name}'></p>" for name in names)))
    (folder / "saved_files" / "frame.html").write_text(page("A frame, and no article"))
    (folder / "notes" / "note.md").write_text(f"# A note\n\n{WORDS}\n\n![[b c.png]]\n")
    (folder / "9" / "a.html").write_text(page("Nine"))
    (folder / "10" / "a.html").write_text(page("Ten"))
    (folder / ".hidden" / "a.html").write_text(page("Hidden"))
    (folder / "table.ods").write_text("of another kind")
    items = [{"id": str(number), "title": f"Item {number}", "content_html": f"<p>{WORDS}</p>"} for number in range(3)]
    (folder / "feed.json").write_text(
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Feed", "items": items})
    )
    with zipfile.ZipFile(folder / "old.zip", "w") as packed:
        packed.writestr("one.html", page("Packed", "<p><img src='a.png'></p>"))
        packed.write(folder / "pictures" / "a.png", "a.png")
    return folder


def told(report: Report) -> tuple[Any, ...]:
    """Return what a report tells that does not hold where the inputs are."""
    (book,) = report.books
    pictures = [(record.url, record.status, record.reason) for record in report.pictures]
    return book.sha256, [record.title for record in report.articles], pictures, Counter(i.code for i in report.issues)


def book_of(given: Path | str, folder: Path, **others: Any) -> Report:
    options = Options((given,), output=folder / "book.epub", sort_by="input", draw_cover=False, **others)
    return build(replace(options, network=Network(offline=True, max_bytes=2_000_000)))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # of gcsfs, when a test puts a picture there
def test_a_book_of_files_at_an_address_is_that_of_a_folder(store: Any, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in")
    files = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.*") if path.is_file()
    }
    here = told(book_of(folder, tmp_path))
    for name, data in files.items():
        store.pipe_file(f"/bucket/{name}", data)

    assert told(book_of("memory://bucket/in", tmp_path, cache=tmp_path / "cache")) == here
    assert told(book_of("memory://bucket/in/", tmp_path, cache=tmp_path / "cache")) == here
    for scheme, server in (("s3", object_storage), ("gs", google_storage)):
        with server() as storage:
            for name, data in files.items():
                storage.pipe_file(f"bucket/{name}", data)
            assert told(book_of(f"{scheme}://bucket/in", tmp_path)) == here
            put(tmp_path / "book.epub", f"{scheme}://bucket/books/one.epub")
            assert storage.cat_file("bucket/books/one.epub") == (tmp_path / "book.epub").read_bytes()
    assert len(here[1]) == 8
    reasons = [reason for _, _, reason in here[2]]
    assert reasons[:6] == [None, None, None, "outside the input folder", "more than 2 MB", "no such file"]


def test_one_file_at_an_address_is_read_like_a_file_that_is_named(store: Any, tmp_path: Path) -> None:
    store.pipe_file("/bucket/a.of-no-kind", page("Named").encode())

    report = book_of("memory://bucket/a.of-no-kind", tmp_path, form="page")

    assert [record.title for record in report.articles] == ["Named"]
    store.pipe_file("/a{b}.html", page("At the top").encode())
    assert [entry.title for entry in scan([Given.named("memory://a{b}.html")]).entries] == ["At the top"]
    with pytest.raises(InputError, match="memory://bucket/b: no such file or folder; name one that exists"):
        book_of("memory://bucket/b", tmp_path)
    with pytest.raises(InputError, match="memory://bucket: no article in it"):
        dry_run(Options(("memory://bucket",)))


def test_names_that_no_disk_has_cost_nothing_but_their_files(store: Any) -> None:
    for name in (
        "good.html",
        "back\\slash.html",
        "line\n.html",
        f"{'x' * 300}.html",
        "a.html/b.html",
        "a.html",
        "~.html",
    ):
        store.pipe_file(f"/bucket/{name}", page(name).encode())

    found = scan([Given.named("memory://bucket")])

    assert {entry.name for entry in found.entries} >= {"good.html", "~.html"}
    refused = {issue.where.removeprefix("memory://bucket/"): issue.code for issue in found.issues}
    assert {refused[name] for name in ("back\\slash.html", "line\n.html", f"{'x' * 300}.html")} == {"article-outside"}


def test_a_file_with_many_articles_is_fetched_once_for_several_volumes(store: Any, tmp_path: Path) -> None:
    store.pipe_file("/bucket/many.json", b"[1]")
    store.pipe_file("/bucket/one.html", b"one")
    location = Location("memory://bucket")
    names = {"many.json": "1", "one.html": ""}
    entries = [Entry(name, location, name, 0, name, name, member=member) for name, member in names.items()]
    copies = Copies(tmp_path)
    fetched = []

    for data in (b"[1]", b"[1]", b"[2]"):
        if data != store.cat_file("/bucket/many.json"):
            store.pipe_file("/bucket/many.json", data)
        with copies.of(entries) as here:
            assert here(location).address == "memory://bucket"
            root = Path(here(location).root)
            assert (root / "many.json").read_bytes() == data
            assert (root / "one.html").is_file()
            fetched.append((root / "many.json").stat().st_mtime_ns)
        assert [path.name for path in root.iterdir()] == ["many.json"]

    assert fetched[0] == fetched[1] < fetched[2]


def test_files_that_were_used_longest_ago_make_room_for_others(store: Any, tmp_path: Path) -> None:
    location = Location("memory://bucket")
    for name in "abc":
        store.pipe_file(f"/bucket/{name}", bytes(100))
    copies = Copies(tmp_path, most=250)

    for name in "abac":
        with copies.of([Entry(name, location, name, 0, name, name, member="1")]) as here:
            root = Path(here(location).root)
            assert (root / name).stat().st_size == 100

    assert sorted(path.name for path in root.iterdir()) == ["a", "c"]


def test_an_address_that_can_be_no_output_is_refused_before_any_work() -> None:
    built = commandline.here("build", "seeds", "-o", "s3://bucket/a.epub")
    planned = commandline.here("plan", "seeds", "-o", "s3://bucket", "--split-by", "month", "--jobs-file", "a.jsonl")

    assert (built.returncode, planned.returncode) == (2, 2)
    assert "--output: is an address; name a file here, or" in built.stderr
    assert "--output: is a bucket and no place in one; name a file below it, or end it in /" in planned.stderr
