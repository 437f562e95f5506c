"""Second builds: each reuse gives the same book as a build without a cache, and no known work is repeated."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from archives import START, write_archive, write_article
from hypothesis import given, settings
from hypothesis import strategies as st
from openbook import OpenBook
from pictures import jpeg, png
from rebuilt import LOCAL, Archive
from settings import SETTINGS
from webserver import WebServer, picture, status

import epubmaker
from epubmaker.collector.scan import ArticleHead, scan
from epubmaker.model.books import BookStatus
from epubmaker.options import Options
from epubmaker.pipeline.build import build
from epubmaker.reuse.books import IRRELEVANT_TO_BYTES
from epubmaker.reuse.heads import HeadIndex
from epubmaker.reuse.store import FILES, HEADS, Store
from epubmaker.summary import summary

FRESH = {"Cache-Control": "max-age=3600"}
COUNT = 6


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    write_archive(tmp_path / "in", COUNT)
    return Archive(tmp_path)


# --- an unchanged book -----------------------------------------------------------------------------------------------


def test_an_unchanged_book_is_not_made_again_and_its_report_is_the_same(archive: Archive) -> None:
    first = archive.build()
    assert archive.was_made()
    inode = archive.output.stat().st_ino
    second = archive.build()

    assert not archive.was_made()
    assert archive.output.stat().st_ino == inode
    assert [book.status for book in second.books] == [BookStatus.UNCHANGED]
    assert replace(second, books=(), seconds={}) == replace(first, books=(), seconds={})
    assert second.books[0]._replace(status=BookStatus.WRITTEN) == first.books[0]


def test_an_unchanged_book_with_pictures_is_not_made_again_and_nothing_is_asked(archive: Archive) -> None:
    with WebServer() as server:
        for number in range(COUNT):
            server.add(f"/{number}", picture(jpeg(seed=number), "image/jpeg", FRESH) if number else status(404))
        write_archive(archive.inputs, COUNT, server.address)
        first = archive.build()
        server.forget()
        second = archive.build()

        assert not archive.was_made()
        assert server.paths == []
    assert [record.status for record in second.pictures] == ["missing"] + ["embedded"] * (COUNT - 1)
    assert [record.from_cache for record in second.pictures] == [False] + [True] * (COUNT - 1)
    assert list(summary(second))[1:] == list(summary(first))[1:]


@pytest.mark.parametrize(
    "headers",
    [{"Cache-Control": "max-age=0", "ETag": '"1"'}, {"Cache-Control": "no-store"}, {"Cache-Control": "no-cache"}],
)
def test_a_picture_that_is_to_be_asked_about_is_asked_about(archive: Archive, headers: dict[str, str]) -> None:
    with WebServer() as server:
        for number in range(COUNT):
            server.add(f"/{number}", picture(jpeg(seed=number), "image/jpeg", FRESH if number else headers))
        write_archive(archive.inputs, COUNT, server.address)
        archive.build()
        server.forget()
        archive.build()

        assert server.paths == ["/0"]


def test_a_picture_missing_for_a_temporary_reason_is_tried_again(archive: Archive) -> None:
    with WebServer() as server:
        server.add("/0", picture(jpeg(), "image/jpeg", FRESH))
        write_archive(archive.inputs, 1, server.address)
        offline = replace(LOCAL, offline=True)
        assert archive.build(network=offline).pictures[0].status == "missing"
        assert archive.build(network=offline).pictures[0].status == "missing"
        assert archive.build().pictures[0].status == "embedded"
        assert archive.build(network=offline).pictures[0].status == "embedded"


def test_refresh_asks_for_every_picture_again(archive: Archive) -> None:
    with WebServer() as server:
        server.add("/0", picture(jpeg(), "image/jpeg", FRESH))
        write_archive(archive.inputs, 1, server.address)
        archive.build()
        server.add("/0", picture(jpeg(seed=9), "image/jpeg", FRESH))
        archive.build(network=replace(LOCAL, refresh=True))

        assert archive.output.read_bytes() == archive.from_nothing()


def test_a_book_that_somebody_removed_or_changed_is_made_again(archive: Archive) -> None:
    archive.build()
    whole = archive.output.read_bytes()
    archive.output.unlink()
    archive.build()
    assert archive.output.read_bytes() == whole

    archive.output.write_bytes(whole[:-1] + b"x")
    archive.build()
    assert archive.output.read_bytes() == whole


def test_volumes_are_unchanged_together(archive: Archive) -> None:
    report = archive.build(max_size=9_000)
    assert len(report.books) > 1
    archive.build(max_size=9_000)
    assert not archive.was_made()

    [*_, last] = report.books
    last.path.unlink()
    archive.build(max_size=9_000)
    assert archive.was_made()
    assert last.path.is_file()


# --- every change is seen --------------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[Path], object]] = {
    "a text": lambda folder: _edit(folder / "1.txt", "谈判", "会谈"),
    "a text, its size and times kept": lambda folder: _edit(folder / "2.txt", "winter", "summer", keep_times=True),
    "a title": lambda folder: _edit(folder / "0.txt", "Talks go on, part 0", "Another title"),
    "a link": lambda folder: _edit(folder / "3.txt", "articles/3", "articles/30"),
    "a date": lambda folder: write_article(folder / "4.txt", "Earlier", moment=START - timedelta(days=2)),
    "an article more": lambda folder: write_article(folder / "z.txt", "More", link="https://example.org/more"),
    "an article less": lambda folder: (folder / "5.txt").unlink(),
    "another name": lambda folder: (folder / "5.txt").rename(folder / "55.txt"),
    "a file that cannot be read as text": lambda folder: (folder / "x.txt").write_bytes(b"\0\1\2"),
    "nothing but the times": lambda folder: os.utime(folder / "0.txt"),
}


def _edit(path: Path, old: str, new: str, *, keep_times: bool = False) -> None:
    before = path.stat()
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    if keep_times:
        assert path.stat().st_size == before.st_size
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_an_input_gives_the_book_of_a_build_from_nothing(archive: Archive, change: str) -> None:
    archive.build()
    CHANGES[change](archive.inputs)
    report = archive.build()

    assert archive.output.read_bytes() == archive.from_nothing()
    again = archive.build()
    assert not archive.was_made()
    assert again.issues == report.issues


TESTED_ELSEWHERE = {"max_size", "network", "new", "series_index", "split_by"}
PICTURED = {"device", "images", "image_size", "image_quality", "grayscale", "picture_list"}


def test_every_option_is_known_to_change_the_book_or_not_to() -> None:
    assert {field.name for field in fields(Options)} == {*IRRELEVANT_TO_BYTES} | TESTED_ELSEWHERE | set(SETTINGS)


# The stills of videos come from the web: see `tests/pipeline/test_video_pictures.py`.
@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - {"video_pictures"}))
@pytest.mark.slow
def test_a_change_of_a_setting_gives_the_book_of_a_build_from_nothing(archive: Archive, name: str) -> None:
    body = '<img src="photo.jpg">' if name in PICTURED else "<p>A line of text.</p><p class=share-bar>Tweet</p>"
    (archive.inputs / "photo.jpg").write_bytes(jpeg(1300, 900))
    later = START + timedelta(days=9)
    write_article(archive.inputs / "p.txt", "Earlier", body=body, moment=START - timedelta(days=1), archived=later)
    towns = ["Kano", "Lima", "Oslo", "Pune", "Rome", "Suva", "Tula", "Vigo", "York", "Zug"]
    text = "".join(
        f"<p>From {one} the boat went on to {other}, as it had done each summer since the harbor of {one} was built, and "
        f"nobody in {other} thought that this would be the last time.</p>"
        for one, other in pairwise(towns)
    )
    page = f"<!doctype html><title>P</title><article>{text}</article><p>Seven boats lie there."
    (archive.inputs / "page.html").write_text(page, encoding="utf-8")
    value = SETTINGS[name]
    if name in {"css", "cover"}:
        path = archive.folder / value
        path.write_bytes(png() if name == "cover" else b"p { margin: 2em }")
        value = (path,) if name == "css" else path
    archive.build()
    before = archive.output.read_bytes()
    archive.build(**{name: value})
    fresh = archive.from_nothing(**{name: value})

    assert archive.was_made()
    assert archive.output.read_bytes() == fresh != before
    archive.build()
    assert archive.output.read_bytes() == before


def test_text_left_out_of_articles_is_reported_again_whatever_the_cache_holds(archive: Archive) -> None:
    comments = "<ol class=commentlist><li class=comment id=comment-1>" + "Cheap pills here. " * 40 + "</li></ol>"
    body = "<p>" + "A line of text. " * 60 + f"</p><p class=share-bar>Tweet</p>{comments}"
    write_article(archive.inputs / "with.txt", "With comments", body=body)
    made = archive.build()
    unchanged = archive.build()
    write_article(archive.inputs / "another.txt", "Another", link="https://example.org/b")
    from_cache = archive.build()
    with_all = archive.build(keep_all=True)

    assert not any(article.left_out for article in with_all.articles)
    for report in (made, unchanged, from_cache):
        (article,) = [article for article in report.articles if article.title == "With comments"]
        assert (article.left_out, article.left_out_characters) == ({"comments": 1, "share": 1}, 724)
        assert "left out around articles: 1 × comments, 1 × share; --keep-all leaves it in" in summary(report)


@pytest.mark.parametrize("name", ["style", "css", "cover"])
def test_a_change_of_a_file_that_an_option_names_is_seen(archive: Archive, name: str) -> None:
    path = archive.folder / ("file.png" if name == "cover" else "file.css")
    value = {"style": str(path), "css": (path,), "cover": path}[name]
    contents = [png(), jpeg()] if name == "cover" else [b"p { margin: 2em }\n", b"p { margin: 3em }\n"]
    for content in contents:
        path.write_bytes(content)
        archive.build(**{name: value})
        assert archive.output.read_bytes() == archive.from_nothing(**{name: value})


def test_a_change_of_the_clock_that_was_set_is_seen(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    archive.build()

    assert archive.output.read_bytes() == archive.from_nothing()


def test_a_local_picture_that_comes_changes_or_goes_is_seen(archive: Archive) -> None:
    write_article(archive.inputs / "p.txt", "Pictured", body='<p>Text.</p><img src="photo.jpg">')
    photo = archive.inputs / "photo.jpg"
    for content in (None, jpeg(seed=1), jpeg(seed=2)):
        if content:
            photo.write_bytes(content)
        archive.build(network=replace(LOCAL, offline=True))
        archive.build(network=replace(LOCAL, offline=True))
        assert archive.output.read_bytes() == archive.from_nothing(network=replace(LOCAL, offline=True))
    photo.unlink()
    report = archive.build(network=replace(LOCAL, offline=True))
    assert [record.status for record in report.pictures] == ["missing"]


@pytest.mark.slow
def test_another_version_of_the_program_makes_the_book_again(archive: Archive) -> None:
    (archive.inputs / "photo.jpg").write_bytes(jpeg(1600, 1200))
    write_article(archive.inputs / "p.txt", "Pictured", body='<img src="photo.jpg">')
    package = archive.folder / "program" / "epubmaker"
    shutil.copytree(Path(epubmaker.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(epubmaker.__file__).parents[1] / "styles", package / "styles", dirs_exist_ok=True)
    command = [sys.executable, "-m", "epubmaker", "build", str(archive.inputs), "-o", str(archive.output), "--no-cover"]

    def run(*flags: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(package.parent)}
        done = subprocess.run(
            [*command, *flags], check=True, capture_output=True, text=True, env=environment, cwd=archive.folder
        )
        return done.stdout

    kept = ("--cache", str(archive.folder / "cache"))
    run(*kept)
    for file, old, new in (("imaging/encode.py", "_TRIED = 70", "_TRIED = 30"), ("text/words.toml", "Next", "Onward")):
        assert "unchanged" in run(*kept)
        before = archive.output.read_bytes()
        text = (package / file).read_text(encoding="utf-8")
        assert old in text
        (package / file).write_text(text.replace(old, new), encoding="utf-8")
        assert "unchanged" not in run(*kept)
        again = archive.output.read_bytes()
        run("--no-cache", "-o", "fresh.epub")
        assert (archive.folder / "fresh.epub").read_bytes() == again != before


# --- chapters --------------------------------------------------------------------------------------------------------


def test_new_articles_cost_their_own_chapters_and_those_of_their_neighbors(archive: Archive) -> None:
    write_archive(archive.inputs, 30)
    archive.build()
    assert archive.chapters == 30

    write_archive(archive.inputs, 34)
    archive.build()
    assert archive.chapters == 30 + 4 + 1  # the last one has another "next" now
    assert archive.output.read_bytes() == archive.from_nothing()


def test_of_several_hundred_articles_only_those_that_differ_are_made(archive: Archive) -> None:
    write_archive(archive.inputs, 250)
    archive.build()
    _edit(archive.inputs / "0.txt", "<p>", "<p>Changed. ")
    _edit(archive.inputs / "130.txt", "<p>", "<p>Changed. ")
    write_article(archive.inputs / "new.txt", "New", link="https://a.org/new", moment=START + timedelta(hours=70.5))
    (archive.inputs / "200.txt").unlink()
    archive.build()

    assert archive.chapters == 250 + 2 + (1 + 2) + 2  # the changed ones, the new one, and those beside it or the gap
    assert archive.output.read_bytes() == archive.from_nothing()


def test_chapters_are_the_same_in_another_book_with_other_contents(archive: Archive) -> None:
    archive.build()
    archive.build(output=archive.folder / "b.epub", group_by="none", style="magazine", title="B", draw_cover=False)

    assert archive.chapters == COUNT
    fresh = archive.from_nothing(group_by="none", style="magazine", title="B", draw_cover=False)
    assert (archive.folder / "b.epub").read_bytes() == fresh


BODIES = {
    "several documents": "<h2>One</h2>" + f"<p>{'Long text. ' * 100}</p>" * 400,
    "a manifest property": "<p>Mathematics: <math><mi>x</mi></math></p>",
    "a warning": "",
    "a language": '<p lang="de">Der Text ist deutsch, und er ist lang genug, dass man es ihm ansieht.</p>',
    "a link into the book": '<p>See <a href="https://news.example.org/articles/3">this</a>.</p>',
    "a link out of it": '<p>See <a href="https://later.example.org/">that</a>.</p>',
    "pictures": '<p>Here.</p><img src="photo.jpg"><p>There.</p><img src="missing.jpg">',
}


def test_chapters_of_every_kind_come_from_the_cache_as_they_were_made(archive: Archive) -> None:
    (archive.inputs / "photo.jpg").write_bytes(jpeg())
    for number, (name, body) in enumerate(BODIES.items()):
        write_article(archive.inputs / f"kind-{number}.txt", name, link=f"https://example.org/{number}", body=body)
    (archive.inputs / "untitled.txt").write_text("<p>Neither title nor link.</p>", encoding="utf-8")
    first = archive.build()
    second = archive.build(title="Another", picture_list=True)

    assert archive.was_made()
    assert archive.chapters == COUNT + len(BODIES) + 1
    assert archive.output.read_bytes() == archive.from_nothing(title="Another", picture_list=True)
    assert second.articles == first.articles
    assert second.issues == first.issues
    assert any(issue.code == "article-empty" for issue in second.issues)


def test_a_moved_archive_is_known_by_its_texts(archive: Archive) -> None:
    archive.build()
    moved = archive.folder / "moved"
    shutil.copytree(archive.inputs, moved)
    report = archive.build(inputs=(moved,))

    assert archive.chapters == COUNT
    assert report.articles[0].source == (moved / "0.txt").as_posix()


def test_a_picture_that_comes_at_last_takes_its_place(archive: Archive) -> None:
    with WebServer() as server:
        write_archive(archive.inputs, 2, server.address)
        archive.build()
        for number in range(2):
            server.add(f"/{number}", picture(jpeg(seed=number), "image/jpeg", FRESH))
        archive.build(network=replace(LOCAL, refresh=True))

        assert archive.output.read_bytes() == archive.from_nothing()


def test_a_link_to_an_article_that_comes_later_leads_into_the_book(archive: Archive) -> None:
    later = "https://example.org/later"
    write_article(archive.inputs / "0.txt", "First", body=f'<p>See <a href="{later}">this</a>.</p>')
    archive.build()
    write_article(archive.inputs / "later.txt", "Later", link=later, moment=START + timedelta(days=9))
    archive.build()

    assert archive.output.read_bytes() == archive.from_nothing()


@pytest.mark.slow
def test_a_lowered_book_and_its_volumes_are_those_of_a_build_from_nothing(archive: Archive) -> None:
    for number in range(3):
        (archive.inputs / f"{number}.jpg").write_bytes(jpeg(1400, 1000, seed=number))
        body = f'<p>Text.</p><img src="{number}.jpg">'
        write_article(archive.inputs / f"p{number}.txt", f"P{number}", link=f"https://x.org/{number}", body=body)
    for limit in (1_000_000, 300_000, 150_000):
        shutil.rmtree(archive.folder / "cache", ignore_errors=True)
        remembered = archive.build(max_size=limit)
        volumes = [book.path.read_bytes() for book in remembered.books]
        other = build(replace(archive.options, max_size=limit, cache=None))
        assert [book.path.read_bytes() for book in other.books] == volumes


@st.composite
def edits(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Return steps: what is done, to which article, and with which text."""
    kinds = st.sampled_from(["write", "remove", "touch", "retitle", "redate"])
    return draw(st.lists(st.tuples(kinds, st.integers(0, 4), st.integers(0, 2)), min_size=1, max_size=6))


@pytest.mark.slow
@settings(max_examples=20)
@given(edits())
def test_after_any_edits_a_book_is_that_of_a_build_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("edits"))
    archive.options = replace(archive.options, draw_cover=False, images=False)
    write_archive(archive.inputs, 2)
    archive.build()
    for kind, number, text in steps:
        path = archive.inputs / f"{number}.txt"
        link = f"https://example.org/{number}"
        if kind == "remove":
            path.unlink(missing_ok=True)
        elif kind == "touch" and path.exists():
            os.utime(path)
        else:
            title = f"Title {text}" if kind == "retitle" else "Title"
            days = timedelta(days=text) if kind == "redate" else timedelta()
            body = f'<p>Text {text}.</p><p><a href="https://example.org/{text}">x</a></p>'
            write_article(path, title, link=link, body=body, moment=START + days)
        if any(archive.inputs.iterdir()):
            archive.build()
            assert archive.output.read_bytes() == archive.from_nothing()


# --- heads -----------------------------------------------------------------------------------------------------------


def settled() -> float:
    """Return a moment at which files written just now count as left alone."""
    return time.time() + 3600


def test_heads_of_files_left_alone_are_not_read_again(archive: Archive) -> None:
    future = settled()
    with Store(archive.folder / "cache") as store:
        first = scan((archive.inputs,), heads=HeadIndex(store, future))
    _edit(archive.inputs / "0.txt", "part 0", "part X")
    with Store(archive.folder / "cache") as store:
        known = HeadIndex(store, future)
        (archive.inputs / "1.txt").chmod(0)
        second = scan((archive.inputs,), heads=known)
        (archive.inputs / "1.txt").chmod(0o644)

    assert [entry.title for entry in second.entries if entry not in first.entries] == ["Talks go on, part X"]


def _poisoned(position: int, value: object) -> Callable[[list[Any]], object]:
    """Return what puts a value into a row of heads, in the column of a field."""
    return lambda values: values[-1][position].__setitem__(0, value)


@pytest.mark.parametrize(
    "poison",
    [
        *(_poisoned(ArticleHead._fields.index("link"), link) for link in ("x", "", "javascript:0", "https://", 1)),
        *(
            _poisoned(position, value)
            for position, name in enumerate(ArticleHead._fields)
            if name != "origins"
            for value in (-1, {"a": 1})
        ),
        _poisoned(ArticleHead._fields.index("key"), "../../../etc"),
        _poisoned(ArticleHead._fields.index("format"), "no format"),
        _poisoned(ArticleHead._fields.index("size"), 1 << 60),
        lambda values: values[-1].pop(),
        lambda values: values[-1][0].pop(),
        lambda values: values.pop(),
        lambda values: values[0].__setitem__(0, None),
        lambda values: values[2].__setitem__(0, 2),
        lambda values: values[3].append(["0.txt", [["code", "disaster", "", ""]], []]),
    ],
)
def test_heads_that_somebody_wrote_and_no_article_has_are_read_again(
    archive: Archive, poison: Callable[[list[Any]], object]
) -> None:
    future = settled()
    with Store(archive.folder / "cache") as store:
        first = scan((archive.inputs,), heads=HeadIndex(store, future))
        store.flush()
        [row] = store.all(HEADS)
        begin = row.record.index(b"[")
        values = json.loads(row.record[begin:])
        poison(values)
        store.put(HEADS, row.key, row.record[:begin] + json.dumps(values).encode())
    with Store(archive.folder / "cache") as store:
        known = HeadIndex(store, future)
        second = scan((archive.inputs,), heads=known)
        issues = store.issues

    assert second.entries == first.entries
    assert known.unknown == len(first.entries) > 0
    assert [issue.code for issue in issues] == ["cache-damaged"]


def test_of_a_folder_where_files_come_go_and_change_only_those_are_read(tmp_path: Path) -> None:
    future = settled()
    folder = tmp_path / "in"
    write_archive(folder, 1200)
    for name in ("5 of these", "700 of those"):  # between the files
        write_archive(folder / name / "more", 3)
    (folder / "700.txt").write_text("")
    (folder / "701.txt").write_text("---\nauthor: A\ntags: [Sea]\nsource: S\n---\nWords.")
    if sys.platform != "win32":
        (folder / "6.link.txt").symlink_to(folder / "5 of these" / "more" / "0.txt")

    def seen() -> int:
        with Store(tmp_path / "cache") as store:
            index = HeadIndex(store, future)
            assert scan((folder,), heads=index) == scan((folder,))._replace(origins=())
            return index.unknown

    assert seen() == 1206
    assert seen() == 1  # that without an article
    _edit(folder / "4.txt", "part", "Part")  # in place, with the same length
    _edit(folder / "1100.txt", "part", "Part", keep_times=True)
    shutil.copyfile(folder / "8.txt", tmp_path / "8.txt")
    (tmp_path / "8.txt").replace(folder / "8.txt")
    (folder / "9.txt").rename(folder / "9 renamed.txt")
    (folder / "10.txt").unlink()
    write_article(folder / "0 first.txt", "First", link="https://example.org/first")
    write_article(folder / "500 new.txt", "New", link="https://example.org/new")
    assert seen() == 7
    assert seen() == 1


@pytest.mark.skipif(sys.platform != "linux", reason="other systems allow no such names")
def test_a_file_whose_name_is_no_text_is_read_again(archive: Archive) -> None:
    name = os.fsdecode(b"\xff\xfe")
    (archive.inputs / f"{name}.txt").write_text("<img src=a.jpg>", encoding="utf-8")
    titles = []
    for _ in range(2):
        with closing(Store(archive.folder / "cache")) as store:
            titles.append([entry.title for entry in scan((archive.inputs,), heads=HeadIndex(store, settled())).entries])

    assert titles[0] == titles[1]
    assert any(name in title for title in titles[0])


def test_an_archive_with_a_file_that_cannot_be_read_is_not_read_again(tmp_path: Path) -> None:
    table = "Title,Author,Publisher,URL,Last Interaction Date,File Id\n"
    files = {"0.txt": "Text.", "1.txt": "", "a.csv": f"{table}A,,,https://e.org/a,,b\n", "b.txt": "The text."}
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in/a.zip", "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    with Store(tmp_path / "cache") as store:
        first = scan((tmp_path / "in",), heads=HeadIndex(store, settled()))
        store.flush()
        known = HeadIndex(store, settled())
        second = scan((tmp_path / "in",), heads=known)

    assert known.unknown == 0
    assert second == first
    assert [issue.where.rpartition("in/")[2] for issue in first.issues] == ["a.zip/1.txt"]
    assert [entry.title for entry in first.entries] == ["Text.", "A"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", "# Read me\n\nText.\n"),
        ("a.md", "---\ntitle: T\ndraft: true\n---\nText.\n"),
        ("a.md", "---\ntitle: T\ndraft: true\n---\n<div><p>Text.</p></div>\n"),
    ],
)
def test_what_is_an_article_where_it_is_named_is_none_in_its_folder(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with Store(tmp_path / ".cache") as store:
        counts = []
        for given in (tmp_path / name, tmp_path, tmp_path / name):
            counts.append(len(scan((given,), heads=HeadIndex(store, settled())).entries))
            store.flush()

    assert counts == [1, 0, 1]


def test_a_file_that_is_read_for_its_hash_alone_is_not_read_again(archive: Archive) -> None:
    with closing(Store(archive.folder / "cache")) as store:
        heads = HeadIndex(store, settled())
        entries = scan((archive.inputs,), heads=heads).entries
        hashes = heads.hashes_of(entries)
        store.flush()
        [first, *_] = rows = store.all(FILES)
        signature, _ = json.loads(first.record)
        store.put(FILES, first.key, json.dumps([signature, "0" * 64]).encode())
        store.flush()
        again = heads.hashes_of(entries)

    assert None not in hashes
    assert len(rows) == len(entries)
    assert [sha256 for sha256 in again if sha256 not in hashes] == ["0" * 64]


def test_a_file_that_changed_just_now_is_read_again_whatever_its_times_say(archive: Archive) -> None:
    with Store(archive.folder / "cache") as store:
        scan((archive.inputs,), heads=HeadIndex(store))
        store.flush()

        assert store.count(HEADS) == 0


# --- the store -------------------------------------------------------------------------------------------------------


def test_a_store_that_is_no_database_is_made_anew(archive: Archive) -> None:
    archive.build()
    [path] = (archive.folder / "cache").glob("rebuild-*.sqlite3")
    path.write_bytes(b"no database at all" * 1000)
    report = archive.build()

    assert [(issue.code, issue.where) for issue in report.issues] == [("cache-damaged", str(path))]
    assert archive.output.read_bytes() == archive.from_nothing()
    assert archive.build().issues == ()
    assert not archive.was_made()


def test_a_store_with_a_bad_page_costs_its_use_and_no_book(archive: Archive) -> None:
    write_archive(archive.inputs, 40)
    archive.build()
    [path] = (archive.folder / "cache").glob("rebuild-*.sqlite3")
    data = bytearray(path.read_bytes())
    for page in range(8192, len(data), 4096):
        data[page : page + 2000] = b"\xa5" * 2000
    path.write_bytes(data)
    write_article(archive.inputs / "new.txt", "New", link="https://example.org/new")
    archive.build()

    assert archive.output.read_bytes() == archive.from_nothing()


@pytest.mark.parametrize(("kind", "column"), [("outlines", "record"), ("chapters", "record"), ("chapters", "body")])
def test_a_row_that_went_bad_costs_its_use_and_no_book(archive: Archive, kind: str, column: str) -> None:
    archive.build()
    [path] = (archive.folder / "cache").glob("rebuild-*.sqlite3")
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute(f"UPDATE entry SET {column} = '[[' || {column} WHERE kind = ?", (kind,))
    report = archive.build(title="Another")

    assert archive.output.read_bytes() == archive.from_nothing(title="Another")
    assert [issue.code for issue in report.issues] == ["cache-damaged"]


def test_two_builds_at_once_share_the_store(archive: Archive) -> None:
    write_archive(archive.inputs, 60)
    command = [sys.executable, "-m", "epubmaker", "build", str(archive.inputs), "--no-cover", "-q"]
    flags = ["--cache", str(archive.folder / "cache"), "-o"]
    runs = [subprocess.Popen([*command, *flags, str(archive.folder / f"{name}.epub")]) for name in "ab"]

    assert [run.wait() for run in runs] == [0, 0]
    fresh = archive.from_nothing(draw_cover=False)
    assert {(archive.folder / f"{name}.epub").read_bytes() == fresh for name in "ab"} == {True}


def test_rows_not_used_for_long_and_rows_beyond_the_limit_are_removed(archive: Archive) -> None:
    archive.build()
    with Store(archive.folder / "cache", max_bytes=1) as store:
        assert store.info().chapters == COUNT
        store.prune()
    assert archive.chapters < COUNT

    archive.build(title="Other")
    with Store(archive.folder / "cache", max_age=-1.0) as store:
        store.prune()
    assert archive.chapters == 0


# --- what an article's chapter takes from the other articles ---


def test_an_article_that_says_nothing_follows_the_language_of_its_source_even_from_the_cache(archive: Archive) -> None:
    link = "https://video.example/watch?v="
    write_article(archive.inputs / "short.txt", "Vlog 12", link=f"{link}0", body="<div></div>")
    write_article(archive.inputs / "fr.txt", "Pourquoi personne ne parle du barrage sur la Seine", link=f"{link}1")
    archive.build()
    assert _language_of_short(archive) == "fr"
    for number in range(3):
        title = f"大壩旁邊的村子，第{number}集：誰都不說的故事和我們看見的一切"
        late = START + timedelta(days=9)  # not beside it, where they would change the links to its neighbors
        write_article(archive.inputs / f"zh{number}.txt", title, link=f"{link}zh{number}", moment=late)
    archive.build()

    assert _language_of_short(archive) == "zh-Hant"
    assert archive.output.read_bytes() == archive.from_nothing()


def _language_of_short(archive: Archive) -> str:
    book = OpenBook.read(archive.output)
    trees = map(book.tree, book.chapters)
    return next(str(tree.get("lang")) for tree in trees if tree.findtext(".//{*}h1") == "Vlog 12")
