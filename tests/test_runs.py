"""Runs of articles that are copied from the last book: the same book as from nothing, whatever has changed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from archives import START, write_archive, write_article
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import jpeg
from rebuilt import Archive

COUNT = 120  # articles, in several runs


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Return an archive with all that a book has to know of its chapters, and its book."""
    archive = Archive(tmp_path_factory.mktemp("runs"))
    write_archive(archive.inputs, COUNT)
    link = "https://news.example.org/articles/100"
    _write(archive, 20, body=f'<p>See <a href="{link}">this</a> and <a href="https://later.org/a">that</a>.</p>')
    _write(archive, 60, body="<h2>One</h2>" + f"<p>{'Long text. ' * 100}</p>" * 400)  # several documents
    _write(archive, 70, body="<p>Mathematics: <math><mi>x</mi></math></p>")  # a manifest property
    _write(archive, 80, body="")  # a warning
    _write(archive, 90, body='<p lang="de">Der Text ist deutsch, und er ist lang genug, dass man es ihm ansieht.</p>')
    (archive.inputs / "100-untitled.txt").write_text(
        "<p>Neither title nor link: its file's name does for both.</p>", "utf-8"
    )
    archive.build()
    return archive


@pytest.fixture
def archive(built: Archive, tmp_path: Path) -> Archive:
    """Return a copy of the archive, whose chapters have been forgotten: what is not copied has to be made."""
    shutil.copytree(built.folder, tmp_path, dirs_exist_ok=True)
    copy = Archive(tmp_path)
    with closing(sqlite3.connect(next((tmp_path / "cache").glob("rebuild-*.sqlite3")), isolation_level=None)) as rows:
        rows.execute("DELETE FROM chapters")
        rows.execute("DELETE FROM outlines")
    return copy


def _write(archive: Archive, number: int, **changes: Any) -> None:
    details = {
        "title": f"Article {number}",
        "link": f"https://news.example.org/articles/{number}",
        "body": "<p>Text.</p>",
        "moment": START + timedelta(hours=number),
    }
    title = str(changes.pop("title", details.pop("title")))
    write_article(archive.inputs / f"{number}.txt", title, **{**details, **changes})


def _is_that_of_a_build_from_nothing(archive: Archive, **changes: Any) -> bool:
    report = archive.build(**changes)
    book = archive.output.read_bytes()
    other = Archive(archive.folder)
    other.options = replace(archive.options, cache=None)
    fresh = other.build(**changes)
    assert [(record.chapter, record.language, record.title) for record in report.articles] == [
        (record.chapter, record.language, record.title) for record in fresh.articles
    ]
    assert report.issues == fresh.issues
    return book == archive.output.read_bytes()


def test_only_the_runs_with_a_change_are_made(archive: Archive) -> None:
    _write(archive, COUNT)

    assert _is_that_of_a_build_from_nothing(archive)
    assert 0 < archive.chapters < COUNT / 2


def test_a_text_that_was_changed_is_seen(archive: Archive) -> None:
    path = archive.inputs / "50.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("Talks are", "Talks were"), encoding="utf-8")

    assert _is_that_of_a_build_from_nothing(archive)


def test_an_article_in_the_midst_moves_what_comes_after_it(archive: Archive) -> None:
    write_article(archive.inputs / "new.txt", "New", link="https://a.org/new", moment=START + timedelta(hours=50.5))

    assert _is_that_of_a_build_from_nothing(archive)
    assert 0 < archive.chapters < COUNT


def test_what_was_copied_can_be_copied_again(archive: Archive) -> None:
    for number in range(COUNT, COUNT + 3):
        _write(archive, number)
        assert _is_that_of_a_build_from_nothing(archive)

        # The build from nothing has written the same bytes.
        assert archive.chapters < COUNT


def test_a_book_in_another_order_is_copied_run_by_run(archive: Archive) -> None:
    assert _is_that_of_a_build_from_nothing(archive, group_by="month", title="Another")
    assert archive.chapters == 0


def test_a_moved_archive_is_copied(archive: Archive) -> None:
    archive.inputs.rename(archive.folder / "moved")
    (archive.folder / "moved" / "0.txt").unlink()

    assert _is_that_of_a_build_from_nothing(archive, inputs=(archive.folder / "moved",))
    assert 0 < archive.chapters < COUNT


@pytest.mark.parametrize(
    "link", ["https://later.org/a", "https://news.example.org/articles/100"], ids=["comes", "goes"]
)
def test_a_link_leads_into_the_book_as_long_as_that_has_the_article(archive: Archive, link: str) -> None:
    if link.endswith("100"):
        (archive.inputs / "100.txt").unlink()
    else:
        write_article(archive.inputs / "new.txt", "New", link=link, moment=START + timedelta(days=30))

    assert _is_that_of_a_build_from_nothing(archive)


def test_neighbours_that_are_called_otherwise_are_seen(archive: Archive) -> None:
    for number in range(0, COUNT, 40):
        _write(archive, number, title=f"Otherwise {number}")

        assert _is_that_of_a_build_from_nothing(archive)


def test_a_file_that_is_called_otherwise_is_seen(archive: Archive) -> None:
    (archive.inputs / "100-untitled.txt").rename(archive.inputs / "100-renamed.txt")

    assert _is_that_of_a_build_from_nothing(archive)


def test_another_form_of_the_documents_is_made(archive: Archive) -> None:
    assert _is_that_of_a_build_from_nothing(archive, kepub=True)
    assert archive.chapters == COUNT + 1


def test_nothing_is_copied_from_a_book_that_somebody_has_changed(archive: Archive) -> None:
    book = bytearray(archive.output.read_bytes())
    book[len(book) // 2] ^= 1
    archive.output.write_bytes(book)

    assert _is_that_of_a_build_from_nothing(archive)
    assert archive.chapters == COUNT + 1


def test_a_book_that_is_cut_off_or_no_book_or_gone_costs_only_time(archive: Archive) -> None:
    whole = archive.output.read_bytes()
    for left in (whole[:-100], b"short", b""):
        archive.output.write_bytes(left)
        assert _is_that_of_a_build_from_nothing(archive)
    archive.output.unlink()
    assert _is_that_of_a_build_from_nothing(archive)


def test_notes_that_went_bad_cost_only_time(archive: Archive) -> None:
    with closing(sqlite3.connect(next((archive.folder / "cache").glob("rebuild-*")), isolation_level=None)) as rows:
        rows.execute("UPDATE runs SET record = substr(record, 1, length(record) - 5)")
    _write(archive, COUNT)

    assert _is_that_of_a_build_from_nothing(archive)
    assert archive.chapters == COUNT + 2


def test_runs_with_pictures_are_made(archive: Archive) -> None:
    (archive.inputs / "a.jpg").write_bytes(jpeg(300, 200))
    for number in range(0, COUNT, 3):
        _write(archive, number, body='<p>Text.</p><img src="a.jpg">')
    archive.build()
    made = archive.chapters
    (archive.inputs / "a.jpg").write_bytes(jpeg(300, 200, quality=30))

    assert _is_that_of_a_build_from_nothing(archive)
    assert archive.chapters > made


def test_notes_of_a_book_that_was_replaced_are_thrown_away(archive: Archive) -> None:
    _write(archive, COUNT)
    archive.build()
    with closing(sqlite3.connect(next((archive.folder / "cache").glob("rebuild-*")))) as rows:
        assert rows.execute("SELECT count(DISTINCT book) FROM runs").fetchone() == (1,)


@settings(max_examples=8)
@given(st.lists(st.tuples(st.sampled_from(["new", "remove", "retitle", "text"]), st.integers(0, COUNT)), max_size=5))
def test_after_any_edits_a_copied_book_is_that_of_a_build_from_nothing(
    built: Archive, tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    shutil.copytree(built.folder, folder, dirs_exist_ok=True)
    archive = Archive(folder)
    for kind, number in steps:
        if kind == "remove":
            (archive.inputs / f"{number}.txt").unlink(missing_ok=True)
        elif kind == "new":
            moment = START + timedelta(hours=number, minutes=30)
            link = f"https://a.org/{number}"
            write_article(archive.inputs / f"new-{number}.txt", "New", link=link, moment=moment)
        elif kind == "retitle":
            _write(archive, number, title="Otherwise")
        else:
            _write(archive, number, body="<p>Other text.</p>")

    assert _is_that_of_a_build_from_nothing(archive)
