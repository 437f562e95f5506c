"""What most articles of a source have around their text goes, whatever it is called; what an article says itself stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from archives import START, write_article
from openbook import XHTML, OpenBook
from rebuilt import Archive

COUNT = 6


def word(number: int) -> str:
    """Return a word for a number, since numbers do not tell lines apart."""
    return "".join("bdfgklmnrs"[int(digit)] + "aeiou"[int(digit) % 5] for digit in f"{number:02}")


def prose(number: int, part: int) -> str:
    name = word(10 * number + part)
    return (
        f"The {name} left the harbor before dawn, and nobody on the {word(number)} quay knew when it would be back. "
        * 3
    )


def paragraphs(number: int) -> str:
    return "".join(f"<p>{prose(number, part)}</p>" for part in range(4))


def paper(number: int) -> str:
    """Return an article within what its site puts around it, all under names that say nothing."""
    home = f"https://paper.example/{word(number)}"
    more = "".join(
        f'<li><a href="/{word(number + step)}-{step}">The {word(number + step)} sails on</a></li>' for step in (1, 2, 3)
    )
    button = "<form><button>I want it</button></form>"
    call = f'<div class="x7"><h3>The quay at dusk</h3><p>A story each Friday.</p>{button}</div>'
    teaser = f'<div class="x8"><span>Of its kind</span> <a href="/t/{number}">A {word(number + 40)} returns</a></div>'
    text = f"<p>{prose(number, 8)}</p>{call}{paragraphs(number)}{teaser}<p>{prose(number, 9)}</p>"
    return (
        f'<div class="x1"><div class="x2">{text}<p>Yours until the tide turns, Ruth</p></div>'
        f'<div class="x3"><a href="https://net.example/?u={home}">Put it on Net</a></div>'
        '<div class="x4">The paper is not liable for storms</div><div class="x5">What else there is</div>'
        f"<ul>{more}</ul></div>"
    )


def column(number: int) -> str:
    """Return an article of a column that always opens and ends in the same words."""
    return (
        '<div class="intro"><p>Every Monday our engineer takes apart one machine, and tells what was found in it, '
        'good or bad. Her <a href="/first">first letter</a> has the rules.</p></div>'
        f"{paragraphs(number)}<h2>Notes</h2><ol><li id='n1'>Seen by the author. <a href='#r1'>back</a></li></ol>"
        "<p>Corrections are welcome at the usual address.</p>"
    )


def roundup(number: int) -> str:
    """Return an article that is a list of links to pages of its own site."""
    links = "".join(
        f'<li><a href="/{word(number + step)}{step}">On the {word(number + step)}, the {word(step)}</a></li>'
        for step in range(12)
    )
    return (
        f'<p>{prose(number, 1)}</p><h2>From the workshop</h2><ul class="picks">{links}</ul><p>{word(number)} ends.</p>'
    )


SOURCES: dict[str, Callable[[int], str]] = {"paper": paper, "column": column, "roundup": roundup}


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    for number in range(COUNT):
        for source, body in SOURCES.items():
            write_article(
                tmp_path / "in" / f"{source}-{number}.txt",
                f"{source} {number}",
                link=f"https://{source}.example/{word(number)}",
                body=body(number),
                moment=START + timedelta(hours=5 * number),
            )
    return Archive(tmp_path)


def texts(path: Path) -> dict[str, str]:
    """Return the text of each chapter below its header, by its title."""
    book = OpenBook.read(path)
    found = {}
    for name in book.chapters:
        tree = book.tree(name)
        section = next(tree.iter(f"{XHTML}section"))
        parts = [node for node in section if node.tag not in {f"{XHTML}header", f"{XHTML}footer"}]
        title = "".join(next(tree.iter(f"{XHTML}h1")).itertext())
        found[title] = " ".join(" ".join(" ".join(part.itertext()) for part in parts).split())
    return found


def test_what_most_articles_have_around_their_text_goes_and_what_they_say_stays(archive: Archive) -> None:
    report = archive.build()

    found = texts(archive.output)
    for number in range(COUNT):
        own = [prose(number, part).strip() for part in (8, 0, 1, 2, 3, 9)]
        assert found[f"paper {number}"] == " ".join([*own, "Yours until the tide turns, Ruth"])
        column = found[f"column {number}"]
        assert column.startswith("Every Monday our engineer")
        assert column.endswith("back Corrections are welcome at the usual address.")
        assert found[f"roundup {number}"].count("On the ") == 12
    left_out = {record.title: record.left_out for record in report.articles}
    assert left_out["paper 3"]["repeated"] >= 3
    assert not left_out["column 3"]
    assert not left_out["roundup 3"]


def test_with_keep_all_it_stays(archive: Archive) -> None:
    report = archive.build(keep_all=True)

    assert "The paper is not liable for storms" in texts(archive.output)["paper 3"]
    assert {kind for record in report.articles for kind in record.left_out} == {"control"}  # which no book can have


def test_few_articles_of_a_source_say_nothing_of_it(archive: Archive) -> None:
    for number in range(3, COUNT):
        (archive.inputs / f"paper-{number}.txt").unlink()

    archive.build()

    assert "The quay at dusk" in texts(archive.output)["paper 2"]


def test_processes_and_the_cache_change_nothing(archive: Archive) -> None:
    archive.build(jobs=1)
    alone = archive.output.read_bytes()
    archive.build(jobs=2, cache=None)
    assert archive.output.read_bytes() == alone

    # An article less, so that what most of the others have is another thing: their chapters may not come from the cache.
    for number in range(3, COUNT):
        (archive.inputs / f"paper-{number}.txt").unlink()
    archive.build(jobs=1)
    kept = archive.output.read_bytes()
    archive.build(jobs=1, cache=None)
    assert archive.output.read_bytes() == kept
