"""`--min-text`: the short posts of a day share a page, and all that names an article finds them there."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from drafting import dangling
from lxml import etree
from openbook import XHTML, OpenBook
from pictures import jpeg
from rebuilt import Archive

from epubmaker.model.chapters import Document
from epubmaker.summary import summary
from epubmaker.text.dates import format_day

DAYS = 3
LONG = "<p>" + "A long story of the {sea} and of those who sail on it. " * 6 + "</p>"
# Each of these must not clash with the other posts on the page, nor with the page itself.
SHORT = (
    '<h2>A part</h2><p>See <a href="#x">there</a>.</p><p id="x">Here, {n}.</p>',
    '<p><img src="{n}.jpg" alt="A boat"></p><p id="x">Before: <a href="https://e.org/long-{n}">the story</a></p>',
    (
        '<p>Also <a href="https://e.org/short-{other}?utm_source=x">the other</a><a href="#fn1" id="r1">1</a></p>'
        '<p id="fn1">1. A note. <a href="#r1">↩</a></p>'
    ),
    (
        '<svg width="20" height="20"><defs><linearGradient id="x"/></defs><rect width="20" height="20" fill="url(#x)"/>'
        "<text>Ship</text></svg>"
    ),
    "",
)
POSTS = len(SHORT)


def day_in_words(day: int) -> str:
    """Return a day of January 2022 as the CLDR words it."""
    return format_day(date(2022, 1, day), "en")


def write(folder: Path, kind: str, day: int, hour: int, body: str) -> Path:
    number = f"{day}{hour}"
    return write_article(
        folder / f"{kind}-{number}.txt",
        f"{kind.title()} & {number}",
        link=f"https://e.org/{kind}-{number}",
        body=body,
        moment=START + timedelta(days=day, hours=hour),
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    for day in range(DAYS):
        for hour, body in enumerate(SHORT):
            write(tmp_path / "in", "short", day, hour, body.format(n=f"{day}{hour}", other=f"{day}0"))
            (tmp_path / "in" / f"{day}{hour}.jpg").write_bytes(jpeg(80 + day, 60))
        write(
            tmp_path / "in",
            "long",
            day,
            1,
            f'{LONG.format(sea=("sea", "ice", "fog")[day])}<p><a href="https://e.org/short-{day}1">Short one</a></p>',
        )
    return Archive(tmp_path)


def text(node: etree._Element | None) -> str:
    assert node is not None
    return "".join(map(str, node.itertext()))


def test_the_short_posts_of_a_day_follow_its_articles_on_one_page(archive: Archive) -> None:
    report = archive.build(min_text=100, picture_list=True)

    book = OpenBook.read(archive.output)
    titles = [title for title, _ in book.nav]
    assert titles[1:3] == ["Long & 01", f"Short posts: {day_in_words(12)}"]
    assert len(titles) == 3 * DAYS + 1  # a heading and two entries a day, and the pictures
    for day in range(DAYS):
        long, page = book.chapters[2 * day : 2 * day + 2]
        tree = book.tree(page)
        headings = [text(node) for node in tree.iter(f"{XHTML}h2")]
        assert headings == [f"Short & {day}{hour}" for hour in range(POSTS)]
        assert [text(node) for node in tree.iter(f"{XHTML}h3")] == ["A part"]
        assert "This article has no text." not in text(tree)
        [place] = [link.get("href") for link in book.tree(long).iter(f"{XHTML}a") if text(link) == "Short one"]
        assert place.partition("#")[0] == page
        assert text(tree.find(f".//*[@id='{place.partition('#')[2]}']/{XHTML}h2")) == f"Short & {day}1"
        assert [node.get("href") for node in tree.iter(f"{XHTML}a") if text(node) == "the story"] == [long]
        footer = text(next(tree.iter(f"{XHTML}footer")))
        assert f"Previous: Long & {day}1" in footer
        assert (f"Next: Long & {day + 1}1" in footer) is (day < DAYS - 1)
    assert dangling([Document(name, book.files[f"EPUB/{name}"]) for name in book.spine]) == []
    articles = DAYS * (POSTS + 1)
    assert [made.articles for made in report.books] == [articles]
    assert f"{articles} articles" in text(book.tree("front.xhtml"))
    assert len(report.articles) == articles
    assert [record.title for record in report.articles[:3]] == ["Long & 01", "Short & 00", "Short & 01"]
    for record in report.articles:
        document, _, place = record.chapter.partition("#")
        assert bool(place) is record.title.startswith("Short")
        assert not place or record.title in text(book.tree(document).find(f".//*[@id='{place}']"))
    assert [record.pictures for record in report.articles[:3]] == [0, 0, 1]


def test_a_post_alone_a_long_one_and_any_without_the_flag_have_a_chapter(archive: Archive) -> None:
    for path in archive.inputs.glob("short-1[1-9].txt"):
        path.unlink()

    archive.build(min_text=100)
    book = OpenBook.read(archive.output)
    assert len([name for name in book.chapters if name.startswith("s-")]) == DAYS - 1
    assert "Short & 10" in [title for title, _ in book.nav]

    archive.build()
    assert len(OpenBook.read(archive.output).chapters) == DAYS * (POSTS + 1) - (POSTS - 1)


def test_text_that_the_source_repeats_is_not_the_posts_own(archive: Archive) -> None:
    for number in range(6):
        body = f"<p>Post {'abcdef'[number]}.</p><p>{'Please subscribe to our channel of boats and ships. ' * 3}</p>"
        write(archive.inputs, "channel", 5, number, body)

    archive.build(min_text=100)
    assert "Channel & 50" in [title for title, _ in OpenBook.read(archive.output).nav]
    report = archive.build(min_text=100, drop_repeated=True)
    book = OpenBook.read(archive.output)
    assert "Channel & 50" not in [title for title, _ in book.nav]
    [page] = {record.chapter.partition("#")[0] for record in report.articles if record.title.startswith("Channel")}
    assert "Post a." in text(book.tree(page))
    assert "subscribe" not in text(book.tree(page))


def test_a_second_build_is_unchanged_and_one_more_post_gives_the_book_of_a_build_from_nothing(archive: Archive) -> None:
    flags: dict[str, Any] = {"min_text": 100, "drop_repeated": True, "images": False}
    first = archive.build(**flags)
    second = archive.build(**flags)
    assert not archive.was_made()
    assert second.articles == first.articles
    assert list(summary(second))[1:] == list(summary(first))[1:]
    for number, (day, hour) in enumerate([(0, 7), (9, 1), (9, 2)]):
        chapters = archive.chapters
        write(archive.inputs, "short", day, hour, f"<p>One more, {'abc'[number]}.</p>")
        archive.build(**flags)
        assert archive.was_made()
        assert archive.chapters - chapters <= 5, number  # the post, those that begin or end its page, its neighbors
        assert archive.output.read_bytes() == archive.from_nothing(**flags)


def test_the_page_goes_where_the_articles_of_its_day_go(archive: Archive) -> None:
    archive.build(min_text=100, group_by="month", reverse=True)
    titles = [title for title, _ in OpenBook.read(archive.output).nav]
    assert titles[1:] == [
        title for day in (14, 13, 12) for title in (f"Long & {day - 12}1", f"Short posts: {day_in_words(day)}")
    ]

    archive.build(min_text=100, group_by="none", sort_by="title", limit=3)
    titles = [title for title, _ in OpenBook.read(archive.output).nav]
    assert titles == [f"Short posts: {day_in_words(14)}"]


@pytest.mark.slow
def test_volumes_cut_a_page_between_two_posts(archive: Archive) -> None:
    for hour in range(10, 16):
        write(archive.inputs, "short", 0, hour, f'<p><img src="big-{hour}.jpg"></p>')
        (archive.inputs / f"big-{hour}.jpg").write_bytes(jpeg(400, 300, hour, quality=95))

    report = archive.build(min_text=100, max_size=60_000, output=archive.folder / "v-{n}.epub", image_quality=90)

    assert len(report.books) > 1
    assert sum(made.articles for made in report.books) == DAYS * (POSTS + 1) + 6
    for made in report.books:
        book = OpenBook.read(made.path)
        assert dangling([Document(name, book.files[f"EPUB/{name}"]) for name in book.spine]) == []


@pytest.mark.slow
@pytest.mark.parametrize(("name", "language"), [("book.epub", "ar"), ("book.kepub.epub", "en")])
def test_the_command_line_makes_a_valid_book(
    archive: Archive, name: str, language: str, assert_clean: AssertClean
) -> None:
    arguments = ["build", "in", "-o", name, "--min-text", "100", "--drop-repeated", "--picture-list", "--no-cache"]
    command = [sys.executable, "-m", "epubmaker", *arguments, "--report", "r.json", "--language", language]
    subprocess.run(command, check=True, capture_output=True, cwd=archive.folder)

    records = json.loads((archive.folder / "r.json").read_text(encoding="utf-8"))["articles"]
    assert sum("#" in record["chapter"] for record in records) == DAYS * POSTS
    assert_clean(archive.folder / name)
