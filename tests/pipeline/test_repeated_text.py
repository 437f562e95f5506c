"""`--drop-repeated`: what a source repeats at the edges of its articles goes, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from openbook import XHTML, OpenBook
from pictures import jpeg
from rebuilt import Archive

from epubmaker.summary import hints, summary

COUNT = 20


def word(number: int) -> str:
    """Return a word for a number, since numbers do not tell segments apart."""
    return "".join("bdfgklmnrs"[int(digit)] + "aeiou"[int(digit) % 5] for digit in str(number))


def channel(number: int) -> str:
    """Return the text of a video's post, whose line ends are lost."""
    own = (
        f"{word(number)} sails at dawn.频道的{word(number)}到了。Please subscribe to us! And {word(number)} comes home"
    )
    return (
        f"<div>\nThis is our channel, day {number}. Please subscribe to us!{own}"
        f"======第{number}期：https://e.org/{number}谢谢：https://pay.example/{word(number)} #ships #harbor{number}\n</div>"
    )


def paper(number: int) -> str:
    """Return the HTML of a paper's article."""
    return (
        f'<p><img src="banner.jpg"></p><p>A paper <b>of the coast</b>, since 18{number:02}.</p><h3>Today</h3>'
        f'<p><img src="{number}.jpg"></p><p>The {word(number)} was seen.</p><h3>Today</h3><p>It left, {word(number)}.</p>'
        f"<h3>More on {word(number)}</h3><hr><p>12 January {number}</p>"
        '<p>Write to us. <a href="https://e.org/letters">We print letters.</a></p><p><img src="banner.jpg"></p>'
    )


def blog(number: int) -> str:
    """Return an article of a source that repeats nothing."""
    return f"<p>{word(number)} begins.</p><p>{word(number)} ends.</p>"


SOURCES = {"channel": channel, "paper": paper, "blog": blog}


def write(folder: Path, source: str, number: int, body: str | None = None) -> Path:
    return write_article(
        folder / f"{source}-{number:03}.txt",
        f"{source} {number}",
        link=f"https://{source}.example/{number}",
        body=SOURCES[source](number) if body is None else body,
        moment=START + timedelta(hours=5 * number),
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    for number in range(COUNT):
        for source in SOURCES:
            write(tmp_path / "in", source, number)
        (tmp_path / "in" / f"{number}.jpg").write_bytes(jpeg(60 + number, 40))
    (tmp_path / "in" / "banner.jpg").write_bytes(jpeg(90, 30))
    return Archive(tmp_path)


def texts(path: Path) -> dict[str, list[str]]:
    """Return the lines of each chapter below its header, by its title."""
    book = OpenBook.read(path)
    found = {}
    for name in book.chapters:
        tree = book.tree(name)
        section = next(tree.iter(f"{XHTML}section"))
        lines = [
            "".join(node.itertext()) or "picture"
            for node in section
            if node.tag not in {f"{XHTML}header", f"{XHTML}footer"}
        ]
        found["".join(next(tree.iter(f"{XHTML}h1")).itertext())] = lines
    return found


def test_text_that_a_source_repeats_is_dropped_from_the_edges_of_its_articles(archive: Archive) -> None:
    report = archive.build(drop_repeated=True)

    found = texts(archive.output)
    for number in range(COUNT):
        own = word(number)
        assert found[f"channel {number}"] == [
            f"{own} sails at dawn.频道的{own}到了。Please subscribe to us! And {own} comes home"
        ]
        assert found[f"paper {number}"] == ["Today", "picture", f"The {own} was seen.", "Today", f"It left, {own}."]
        assert found[f"blog {number}"] == [f"{own} begins.", f"{own} ends."]
    dropped = {record.title: record.dropped for record in report.articles}
    assert dropped["paper 3"] == len(
        "A paper of the coast, since 1803.12 January 3Write to us. We print letters.More on ga"
    )
    assert dropped["blog 3"] == 0
    assert f"{sum(dropped.values()):,} characters in {2 * COUNT} articles" in list(summary(report))[-1]


def test_without_the_flag_all_stays_and_a_line_names_the_flag(archive: Archive) -> None:
    report = archive.build()

    assert texts(archive.output)["paper 1"][0] == "picture"
    assert report.repeating == ("channel.example", "paper.example")
    line = "hint: more than half of the text repeats from article to article: channel.example; paper.example"
    assert list(hints(report)) == [f"{line}; --drop-repeated leaves it out"] == list(hints(archive.build()))
    assert not archive.was_made()
    assert report.issues == ()


def test_an_article_of_nothing_else_keeps_its_title_and_link(archive: Archive) -> None:
    write(archive.inputs, "channel", 99, "<div>\nThis is our channel, day 5. Please subscribe to us!\n</div>")

    archive.build(drop_repeated=True, images=False)

    assert texts(archive.output)["channel 99"] == ["This article has no text."]


def test_an_article_that_was_archived_several_times_is_not_taken_for_what_its_source_repeats(archive: Archive) -> None:
    for number in (100, 101, 102, 103):
        path = write(archive.inputs, "blog", number, "<p>Lost and found.</p><p>And lost.</p>")
        path.write_text(path.read_text(encoding="utf-8").replace(f"[blog {number}]", "[The same]"), encoding="utf-8")

    archive.build(drop_repeated=True, images=False)

    assert texts(archive.output)["The same"] == ["Lost and found.", "And lost."]


def test_two_articles_repeat_nothing(archive: Archive) -> None:
    for path in archive.inputs.glob("*.txt"):
        if not path.stem.endswith(("-001", "-002")):
            path.unlink()

    report = archive.build(drop_repeated=True)

    assert [record.dropped for record in report.articles] == [0] * 6


@pytest.mark.slow
def test_an_article_more_or_less_gives_the_book_of_a_build_from_nothing(archive: Archive) -> None:
    archive.build(drop_repeated=True, images=False)
    for change in ("two", "three", "fewer"):
        if change == "fewer":
            (archive.inputs / "blog-202.txt").unlink()
        else:
            number = {"two": 201, "three": 202}[change]
            write(archive.inputs, "blog", number, f"<p>{word(number)} begins.</p><p>Good night to you all.</p>")
            write(archive.inputs, "blog", number + 50, f"<p>{word(number)} goes on.</p><p>Good night to you all.</p>")
        for drop in (True, False):
            archive.build(drop_repeated=drop, images=False)
            assert archive.was_made()
            assert archive.output.read_bytes() == archive.from_nothing(drop_repeated=drop, images=False)
    assert texts(archive.output)["blog 201"] == [f"{word(201)} begins.", "Good night to you all."]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["book.epub", "book.kepub.epub"])
def test_the_command_line_drops_and_reports_and_the_book_is_valid(
    archive: Archive, name: str, assert_clean: AssertClean
) -> None:
    arguments = ["build", "in", "-o", name, "--drop-repeated", "--no-cache", "--report", "r.json", "-t", "T"]
    command = [sys.executable, "-m", "epubmaker", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", cwd=archive.folder)

    assert "repeated text dropped: " in done.stdout.splitlines()[-1]
    records = json.loads((archive.folder / "r.json").read_text(encoding="utf-8"))["articles"]
    assert sum(record["dropped"] > 0 for record in records) == 2 * COUNT
    assert_clean(archive.folder / name)
