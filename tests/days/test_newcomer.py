"""The first day of somebody who has three articles and guesses: every answer is a line that leads on."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import commandline
import pytest
from cleanbooks import AssertClean
from openbook import OpenBook

PAGE = """<!doctype html><html><head><title>A walk on the dike</title></head><body><nav><a href="/">Home</a></nav>
<article><h1>A walk on the dike</h1><p>We went along the water in the morning, and the wind came from the sea, as it does
in March.</p></article></body></html>"""
GUESSES = [  # what is typed, in the order of the day, and the answer
    ("build", "INPUT: is missing; name a file, a folder, an address, or - for standard input"),
    ("mine", "mine: no such command; did you mean `epubmaker build mine`?"),
    ("mine/walk.html", "mine/walk.html: no such command; did you mean `epubmaker build mine/walk.html`?"),
    ("biuld mine", "biuld: no such command; did you mean build?"),
    ("convert mine", "convert: no such command; see `epubmaker --help`"),
    ("build nothing-here", "nothing-here: no such file or folder; name a file or folder that exists"),
    ("build mine/walk.htm", "mine/walk.htm: no such file or folder; did you mean mine/walk.html?"),
    ("build mine/Bread.MD", "mine/Bread.MD: no such file or folder; did you mean mine/bread.md?"),
    ("build mine --ouput b.epub", "--ouput: no such flag; did you mean --output?"),
    ("build mine --to epub", "--to: no such flag; "),
    ("build mine -o", "-o: needs a value; write it like -o VALUE"),
    ("build mine --device kobo6", "--device: 'kobo6' is not known; did you mean kobo-6?"),
    ("build mine -o mine/bread.md", "mine/bread.md: it is an input; choose another place with --output"),
    ("build mine -o books/b.epub", "books/b.epub: the folder does not exist; make the folder or choose another place "),
    ("build others", "others: no article in it (files not read: 1 .docx); read are "),
    ("build others/letter.docx", "others/letter.docx: "),
    ("check mine/walk.html", "mine/walk.html: "),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: three articles in `mine/`, and in `others/` what is none."""
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "others"):
        Path(name).mkdir()
    Path("mine/walk.html").write_text(PAGE, encoding="utf-8")
    Path("mine/bread.md").write_text("# Bread\n\nFlour, water and *salt*.\n\nWait a night.\n", encoding="utf-8")
    Path("mine/trip.txt").write_text("Notes of a trip\n\nOn Monday we were in Kiel.\n\nOn Tuesday it rained.\n")
    Path("others/photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with zipfile.ZipFile("others/letter.docx", "w") as letter:
        letter.writestr("[Content_Types].xml", "<Types/>")
        letter.writestr("word/document.xml", "<w:document/>")
    return tmp_path


def answer(command: str) -> tuple[int, list[str], list[str]]:
    """Return the exit status of what is typed, and the lines of the answer on stdout and on stderr."""
    done = commandline.here(*command.split(), EPUBMAKER_BUILD_CACHE="cache")
    return done.returncode, done.stdout.splitlines(), done.stderr.splitlines()


@pytest.mark.slow
def test_a_newcomer_gets_from_guess_to_guess_to_a_book(tmp_path: Path, assert_clean: AssertClean) -> None:
    status, out, err = answer("")
    assert (status, out) == (2, [])
    assert any(re.match(r" *build +Make a book", line) for line in err)

    for command, said in GUESSES:
        status, out, err = answer(command)
        assert (status > 0, out, len(err)) == (True, [], 1), (command, out, err)
        assert err[0].startswith(f"error: {said}"), (command, err)
        assert "; " in err[0], err
        assert not list(tmp_path.rglob("*.epub")), command

    status, out, err = answer("build mine")
    assert (status, err) == (0, [])
    assert re.fullmatch(r"Articles\.epub: Articles", out[0])
    assert re.fullmatch(r"3 articles, [\d.]+ KB", out[1])
    assert out[2:] == []
    status, out, err = answer("build mine others -o mine.epub")
    assert (status, out[2:], err) == (0, ["files not read: 1 .docx"], [])

    book = tmp_path / "Articles.epub"
    opened = OpenBook.read(book)
    titles = sorted(opened.nav)
    assert [title[:15] for title, _ in titles] == ["A walk on the d", "Bread", "Notes of a trip"]
    read = "".join(opened.text(name) for name in opened.chapters)
    for sentence in ("the wind came from the sea", "Flour, water and salt.", "On Tuesday it rained."):
        assert read.count(sentence) == 1
    status, out, _ = answer("inspect Articles.epub")
    assert (status, [line for line in out if "walk on the dike" in line] != []) == (0, True), out
    assert answer("check Articles.epub")[:2] == (0, ["Articles.epub: 0 fatals, 0 errors, 0 warnings"])
    assert_clean(book, tmp_path / "mine.epub")
