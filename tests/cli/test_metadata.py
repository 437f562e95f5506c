"""What libraries show of a book: series, rights, authors, description and identifier, made on the command line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import commandline
import pytest
from archives import START, write_article
from cleanbooks import AssertClean
from openbook import DC, OPF, OpenBook

DAY = timedelta(days=1)


def build(folder: Path, *flags: str, output: str = "book.epub") -> OpenBook:
    """Build a book of a folder on the command line."""
    given: list[str | Path] = ["build", folder, "-o", folder.parent / output, "--no-cache", "--no-cover", *flags]
    done = commandline.run(*given, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return OpenBook.read(folder.parent / output)


def said(book: OpenBook, name: str) -> list[str]:
    """The values of a Dublin Core element, or of the `meta` elements with a property or a name."""
    if found := [element.text or "" for element in book.package.iter(f"{DC}{name}")]:
        return found
    metas = list(book.package.iter(f"{OPF}meta"))
    return [meta.text or "" for meta in metas if meta.get("property") == name] or [
        meta.get("content", "") for meta in metas if meta.get("name") == name
    ]


def roles(book: OpenBook, element: str) -> list[str]:
    ids = [f"#{each.get('id')}" for each in book.package.iter(f"{DC}{element}")]
    metas = [meta for meta in book.package.iter(f"{OPF}meta") if meta.get("property") == "role"]
    return [meta.text or "" for each in ids for meta in metas if meta.get("refines") == each]


def write_note(folder: Path, name: str, author: str, title: str, day: int = 1) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    front = f"title: {title}\ndate: 2022-01-{day:02}\nlink: https://post.example.org/{name}\nauthor: {author}\n"
    (folder / f"{name}.md").write_text(f"---\n{front}---\nWords of {name}.", encoding="utf-8")


def test_a_book_says_its_number_its_rights_its_authors_and_its_headlines(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    write_note(tmp_path / "in", "a", "Ann Lee", "First & foremost")
    write_note(tmp_path / "in", "b", "[Bo Chen, Ann Lee]", "Second", 2)
    write_note(tmp_path / "in", "c", "'Vries, Cor de'", "Third", 3)
    write_note(tmp_path / "in", "d", "post.example.org", "Fourth", 4)
    flags = ("--series", "The Post", "--series-index", "3.50", "--rights", "© 2022 <The Post>")
    book = build(tmp_path / "in", *flags)

    assert_clean(tmp_path / "book.epub")
    assert said(book, "belongs-to-collection") == said(book, "calibre:series") == ["The Post"]
    assert said(book, "group-position") == said(book, "calibre:series_index") == ["3.5"]
    assert said(book, "rights") == ["© 2022 <The Post>"]
    assert "© 2022 <The Post>" in book.text("front.xhtml")
    assert (said(book, "creator"), roles(book, "creator")) == (["post.example.org"], ["aut"])
    assert said(book, "contributor") == ["Ann Lee", "Bo Chen", "Vries, Cor de"]
    assert roles(book, "contributor") == ["ctb"] * 3
    assert said(book, "description") == ["First & foremost · Second · Third · Fourth"]
    lines = commandline.run("inspect", "book.epub", cwd=tmp_path).stdout.splitlines()
    assert {"contributor Bo Chen", "rights     © 2022 <The Post>", "series     The Post 3.5"} <= set(lines)
    book = build(tmp_path / "in", *flags, "--author", "ann lee", "--description", "A week.")
    assert (said(book, "creator"), said(book, "contributor")) == (
        ["ann lee"],
        ["Bo Chen", "Vries, Cor de", "post.example.org"],
    )
    assert said(book, "description") == ["A week."]


def test_the_author_of_all_articles_is_the_books_and_an_only_article_is_described_by_its_words(tmp_path: Path) -> None:
    write_note(tmp_path / "in", "a", "Ann Lee, Bo Chen", "One")
    book = build(tmp_path / "in")
    assert (said(book, "creator"), said(book, "contributor")) == (["Ann Lee", "Bo Chen"], [])
    assert said(book, "description") == ["Words of a."]
    for number in range(30):
        write_note(tmp_path / "in", f"b{number}", "Ann Lee, Bo Chen", f"{number} of very many headlines")
    book = build(tmp_path / "in")
    assert said(book, "creator") == ["Ann Lee", "Bo Chen"]
    assert "Ann Lee" in book.text("front.xhtml")
    assert 400 < len(said(book, "description")[0]) < 600
    assert said(book, "description")[0].endswith(" headlines …")


def test_an_issue_keeps_its_identifier_as_articles_come_and_the_next_has_another(tmp_path: Path) -> None:
    write_note(tmp_path / "in", "a", "Ann Lee", "First", 1)
    first = said(build(tmp_path / "in", "--series", "The Post"), "identifier")
    write_note(tmp_path / "in", "b", "Ann Lee", "Second", 2)
    grown = said(build(tmp_path / "in", "--series", "The Post"), "identifier")
    (tmp_path / "in/a.md").unlink()
    following = said(build(tmp_path / "in", "--series", "The Post"), "identifier")

    assert first == grown != following
    assert first[0].startswith("urn:uuid:")


def test_two_books_of_new_articles_on_one_day_have_identifiers_of_their_own(tmp_path: Path) -> None:
    found = []
    for number in range(2):
        moment = START + timedelta(hours=number)
        write_article(tmp_path / f"in/{number}.txt", f"{number}", link=f"https://e.org/{number}", moment=moment)
        flags = ("--series", "The Post", "--new", "--state", str(tmp_path / "state.json"))
        book = build(tmp_path / "in", *flags, output=f"{number}.epub")
        assert len(book.chapters) == 1
        found += said(book, "identifier")

    assert found[0] != found[1]


@pytest.mark.parametrize(
    ("flags", "cause"),
    [
        (("--series-index", "3"), "--series-index: is the number of a book in a series; give --series as well"),
        (("--series", "A", "--series-index", "-1"), "'-1' is no number in a series; write it like 3 or 3.5"),
        (("--series", "A", "--series-index", "nan"), "'nan' is no number in a series; write it like 3 or 3.5"),
    ],
)
def test_what_is_no_number_of_an_issue_is_wrong_usage(tmp_path: Path, flags: tuple[str, ...], cause: str) -> None:
    done = commandline.run("build", tmp_path, *flags, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert cause in done.stderr
