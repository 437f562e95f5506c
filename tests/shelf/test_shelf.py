"""A shelf: books in two catalogs and on web pages, whole at any moment, whoever made the books."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from pathlib import Path
from threading import Thread

import commandline
import pytest
from archives import START, write_article
from lxml import etree
from pictures import photo_file, png_file
from PIL import Image
from shelves import ATOM, check, check_by_specifications, entries, metadata, write_epub

from epubmaker.options import Keep
from epubmaker.shelf.folder import rebuild, shelve

SHELF = Path("shelf")
DAY = START.date()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder; nothing in it must outlive a power cut."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    return tmp_path


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    fixed = {"EPUBMAKER_BUILD_CACHE": "cache", "EPUBMAKER_BUILD_TIMEZONE": "UTC"}
    done = commandline.here(*arguments, **{**fixed, **environment})
    assert "Traceback" not in done.stderr
    return done


def build(number: int, *flags: str) -> subprocess.CompletedProcess[str]:
    """Build the issue of a day."""
    moment = START + timedelta(days=number)
    write_article(Path(f"in-{number}/a.txt"), f"Article {number}", link=f"https://example.org/{number}", moment=moment)
    named = ("-o", "today.epub", "--title", f"News {number}", "--series", "News")
    return run("build", f"in-{number}", "--shelf", "shelf", *named, *flags)


def files() -> dict[str, bytes]:
    return {path.relative_to(SHELF).as_posix(): path.read_bytes() for path in SHELF.rglob("*") if path.is_file()}


def books() -> list[str]:
    return sorted(path.name for path in SHELF.glob("*.epub"))


def test_each_issue_lies_in_both_catalogs_and_on_the_web_pages_byte_for_byte() -> None:
    first = build(
        1, "--publisher", "Us & Them", "--subject", "news", "--description", "All of <it>.", "--report", "r.json"
    )
    older = Path("today.epub").read_bytes()
    done = build(2, "--no-cover", "--shelf-keep", "2 issues")

    assert first.returncode == done.returncode == 0, first.stderr + done.stderr
    assert "on the shelf: shelf/News 2.epub" in done.stdout.replace("\\", "/")
    assert json.loads(Path("r.json").read_bytes())["shelved"] == [str(SHELF / "News 1.epub")]
    assert (SHELF / "News 1.epub").read_bytes() == older
    assert (SHELF / "News 2.epub").read_bytes() == Path("today.epub").read_bytes()
    reached = check(SHELF)
    assert reached == set(files()) - {"catalog/README.txt"}
    assert entries(SHELF) == ["News 2", "News 1"]
    entry = etree.parse(SHELF / "catalog/newest-1.xml").findall(f"{ATOM}entry")[1]
    said = [each.text for each in entry if each.text and each.tag != f"{ATOM}id"]
    assert said[:3] == ["News 1", "2022-01-13T06:01:00Z", "en"]
    assert said[-3:] == ["2022-01-13", "Us & Them", "All of <it>."]
    assert entry.findtext(f"{ATOM}summary") == "All of <it>."
    publication = json.loads((SHELF / "catalog/newest-1.json").read_bytes())["publications"][1]
    assert publication["metadata"]["belongsTo"] == {"series": [{"name": "News", "position": 20220113}]}
    assert publication["metadata"]["subject"] == ["news"]
    for image, most in zip(publication["images"], ((1200, 1600), (240, 320)), strict=True):
        with Image.open(SHELF / "catalog" / image["href"]) as picture:
            assert picture.format == "JPEG"
            assert max(picture.width / most[0], picture.height / most[1]) <= 1
    page = (SHELF / "index.html").read_text(encoding="utf-8")
    assert page.index("News 2") < page.index("News 1")
    assert "All of &lt;it&gt;." in page


def test_a_book_takes_the_place_of_one_with_the_same_identifier() -> None:
    shelve(SHELF, [write_epub(Path("a.epub"), title="A")], None, DAY)
    shelve(SHELF, [write_epub(Path("a.epub"), title="A: once more")], None, DAY)
    assert books() == ["A.epub"]
    assert entries(SHELF) == ["A: once more"]
    shelve(SHELF, [write_epub(Path("a.epub"), title="A", identifier="urn:x:2")], None, DAY)
    assert books() == ["A (2).epub", "A.epub"]

    change = shelve(SHELF, [write_epub(Path("b.kepub.epub"), title="B: C")], None, DAY)

    assert [path.name for path in change.removed] == ["A.epub"]
    assert books() == ["A (2).epub", "B C.kepub.epub"]
    assert check(SHELF) == set(files()) - {"catalog/README.txt"}
    before = files()
    assert shelve(SHELF, [SHELF / "B C.kepub.epub"], None, DAY).removed == []
    assert files() == before
    write_epub(SHELF / "FU\N{COMBINING DIAERESIS}NF.epub", title="Other", identifier="urn:x:3")  # macOS: the same name
    change = shelve(SHELF, [write_epub(Path("c.epub"), title="Fünf", identifier="urn:x:4")], None, DAY)
    assert [path.name for path in change.added] == ["Fünf (2).epub"]


@pytest.mark.parametrize(
    ("keep", "left"),
    [
        (Keep(issues=2), {"N3", "N2"}),
        (Keep(days=1), {"N3", "N2"}),
        (Keep(days=9), {"N3", "N2", "N1"}),
        (Keep(days=0), {"N3"}),
    ],
)
def test_older_issues_of_the_series_go_and_nothing_else(keep: Keep, left: set[str]) -> None:
    write_epub(SHELF / "other.epub", title="Other", date="1990-01-01", identifier="z:z", series="Others")
    for number in (1, 3, 2):
        date = f"{DAY + timedelta(days=number)}"
        path = write_epub(
            Path(f"{number}.epub"), title=f"N{number}", identifier=f"x:{number}", series="News", date=date
        )
        change = shelve(SHELF, [path], keep if number == 2 else None, DAY + timedelta(days=3))

    assert set(entries(SHELF)) == left | {"Other"}
    assert {path.stem for path in change.removed} == {"N1", "N2", "N3"} - left
    assert [path.stem for path in change.added] == ["N2"] * ("N2" in left)
    check(SHELF)


def test_settings_name_the_shelf_and_volumes_land_on_it_each() -> None:
    book = ["inputs = ['in']", "title = 'T'", "split-by = 'day'", "output = '{n}.epub'", "no-cover = true"]
    Path("news.toml").write_text("\n".join([*book, "[shelf]", "dir = 'in/shelf'", "keep = '2 issues'"]))
    for number in range(3):
        moment = START + timedelta(days=number)
        write_article(Path(f"in/{number}.txt"), f"A{number}", link=f"https://example.org/{number}", moment=moment)

    done = run("build", "--config", "news.toml")
    again = run("build", "--config", "news.toml")
    other = run("build", "in", "-o", "other.epub", "--offline")

    assert done.returncode == again.returncode == other.returncode == 0, done.stderr
    assert len(entries(Path("in/shelf"))) == len([*Path("in/shelf").glob("*.epub")]) == 2
    assert "3 articles, " in done.stdout
    assert "3 articles, " in again.stdout  # the pages of the catalog are none
    assert "3 articles, " in other.stdout
    assert other.stdout.count("\n") == 2  # nor are they missed, by a build without the shelf
    for wrong, said in (
        ("[shelf]\nplace = 1", "its keys are dir, keep"),
        ('[shelf]\nkeep = "much"', "'30 issues' or 90d"),
    ):
        Path("news.toml").write_text(f'inputs = ["in"]\n{wrong}\n')
        done = run("build", "--config", "news.toml")
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert said in done.stderr


def test_what_is_kept_of_a_series_is_no_matter_for_the_other_books_of_a_settings_file() -> None:
    tables = "[shelf]\ndir = 'shelf'\nkeep = '1 issues'\n[defaults]\nno-cover = true\n"
    for name in ("issue", "single"):
        write_article(Path(f"in-{name}/a.txt"), name, link=f"https://example.org/{name}")
        tables += f"[[book]]\nname = '{name}'\ninputs = ['in-{name}']\noutput = '{name}.epub'\ntitle = '{name}'\n"
        tables += "series = 'S'\n" if name == "issue" else ""
    Path("news.toml").write_text(tables)

    done = run("build", "--config", "news.toml")

    assert (done.returncode, books()) == (0, ["issue.epub", "single.epub"]), done.stderr
    own = run("build", "--config", "news.toml", "--book", "single", "--shelf-keep", "2 issues")
    assert "give --series as well" in own.stderr


def test_a_book_that_does_not_reach_the_shelf_is_said_to_be_written() -> None:
    build(1)
    (SHELF / "opds.json").unlink()
    (SHELF / "opds.json" / "mine").mkdir(parents=True)

    done = build(2)

    assert (done.returncode, done.stderr.count("\n")) == (6, 1)
    assert "the book is written, but not put on the shelf: " in done.stderr
    assert Path("today.epub").is_file()


@pytest.mark.parametrize("place", ["shelf", "shelf/new"])
def test_a_shelf_that_cannot_be_written_costs_no_book(place: str) -> None:
    write_article(Path("in/a.txt"))
    SHELF.mkdir(mode=0o500)
    if os.access(SHELF, os.W_OK):
        pytest.skip("folders cannot be made read-only for this user")

    done = run("build", "in", "-o", "b.epub", "--shelf", place, "--then", "touch called")

    assert (done.returncode, done.stderr.count("\n")) == (6, 1)
    assert "not put on the shelf: no permission to write there; change the permissions" in done.stderr
    assert Path("b.epub").is_file()
    assert Path("called").is_file()


def test_a_catalog_that_was_taken_away_in_part_is_made_again() -> None:
    write_epub(SHELF / "a.epub", title="A")
    run("shelf", "rebuild", "shelf")
    before = files()
    shutil.rmtree(SHELF / "catalog")

    done = run("shelf", "rebuild", "shelf")

    assert (done.returncode, files()) == (0, before), done.stderr
    shutil.rmtree(SHELF / "catalog")
    (SHELF / "opds.xml").write_text("<feed/>")
    assert "opds.xml is there, and not epubmaker's" in run("shelf", "rebuild", "shelf").stderr


def test_wrong_usage_and_folders_that_are_no_shelf_are_refused_before_the_work() -> None:
    write_article(Path("in/a.txt"))
    SHELF.mkdir()
    (SHELF / "index.html").write_text("mine")

    for flags, status, said in (
        ("--shelf shelf", 1, "index.html is there, and not epubmaker's"),
        ("--shelf in/a.txt", 1, "in/a.txt"),
        ("--shelf=", 2, "--shelf: '' is no path"),
        ("--shelf-keep 90d", 2, "is for a shelf"),
        ("--shelf s --shelf-keep 90d", 2, "give --series as well"),
        ("--shelf s --shelf-keep 90", 2, "write it like '30 issues' or 90d"),
    ):
        done = run("build", "in", "-o", "b.epub", *flags.split())
        assert (done.returncode, done.stderr.count("\n")) == (status, 1), done.stderr
        assert said in done.stderr.replace("\\", "/")
    assert run("shelf", "rebuild", "shelf").returncode == 1
    assert not Path("b.epub").exists()
    assert files() == {"index.html": b"mine"}
    assert "would put it on the shelf new" in run("build", "in", "--shelf", "new", "--dry-run").stdout
    assert not Path("new").exists()


def test_a_shelf_has_pages_of_fifty_books_by_series_and_by_month_in_the_language_of_its_books() -> None:
    for number in range(130):
        write_epub(
            SHELF / f"{number}.epub",
            title=f"Heft {number:03}",
            identifier=f"urn:x:{number % 100}",  # of twenty, another book has it, too
            language="de",
            date=f"{DAY + timedelta(days=number)}",
            series=f"Reihe {number % 3}" if number % 2 else "",
        )

    done = run("shelf", "rebuild", "shelf")

    assert (done.returncode, done.stdout) == (0, "shelf: 130 books\n"), done.stderr
    assert check(SHELF) == set(files()) - {"catalog/README.txt"}
    assert entries(SHELF) == [f"Heft {number:03}" for number in reversed(range(130))]
    assert entries(SHELF, "catalog/series-1") == ["Reihe 0", "Reihe 1", "Reihe 2"]
    assert entries(SHELF, "catalog/months-1")[-1] == "Januar 2022"
    assert entries(SHELF, "catalog/month-2022-01-1") == [f"Heft {number:03}" for number in reversed(range(20))]
    assert entries(SHELF, "opds") == ["Neueste", "Reihen", "Monate"]
    feeds = [etree.parse(SHELF / f"catalog/newest-{page}.xml") for page in ("1", "old-2", "old-1")]
    ids = [[each.text for each in feed.iterfind(f"{ATOM}entry/{ATOM}id")] for feed in feeds]
    assert [len(each) for each in ids] == [50, 30, 50]
    assert len(set(chain(*ids))) == 130
    second = (SHELF / "catalog/newest-old-2.html").read_text(encoding="utf-8")
    assert '<html lang="de" dir="ltr">' in second
    assert '<a href="../index.html">Zurück</a> <a href="newest-old-1.html">Weiter</a> 2 / 3' in second
    before = {name: (SHELF / name).stat().st_mtime_ns for name in files()}
    shown: list[tuple[int, int]] = []
    rebuild(SHELF, lambda done, total: shown.append((done, total)))
    assert shown == [(number, 130) for number in range(1, 131)]
    assert {name: (SHELF / name).stat().st_mtime_ns for name in files()} == before


def test_a_new_book_changes_the_first_two_pages_alone_at_any_number_of_books() -> None:
    seconds = {74: {"1"}, 100: {"2", "1"}, 124: {"2"}}
    for number in range(125):
        old = seconds.get(number)
        book = Path("in.epub") if old else SHELF / f"{number:03}.epub"
        date = f"{DAY + timedelta(days=number)}"
        write_epub(book, title=f"{number:03}", identifier=f"urn:x:{number}", series="S", date=date)
        if book.parent == SHELF:
            continue
        rebuild(SHELF)
        before = files()

        shelve(SHELF, [book], None, DAY)

        assert check(SHELF) <= set(files())
        assert entries(SHELF) == [f"{each:03}" for each in reversed(range(number + 1))]
        changed = {name for name, data in files().items() if before.get(name) != data}
        pages = {name for name in changed if "-old-" in name}
        lists = ("newest", "series", "series-", "months", "month-")
        others = {re.sub("-[0-9a-f]{16}-|-20..-..-", "--", name) for name in changed - pages}
        expected = {f"catalog/{each}-1.{ending}" for each in lists for ending in ("xml", "json", "html")}
        expected |= {"opds.xml", "opds.json", "index.html", f"{number:03}.epub"} - {"catalog/newest-1.html"}
        assert others <= expected
        # Each fiftieth time, one page more changes the count on the others.
        assert {re.sub("^catalog/newest-old-|[.].*", "", name) for name in pages if "newest" in name} == old
        assert {re.sub("^catalog/series-.*-old-|[.].*", "", name) for name in pages if "series" in name} == old


def test_books_are_listed_and_removed_by_their_names() -> None:
    write_epub(SHELF / "a.epub", title="A", date="2022-01-01", identifier="urn:x:1", series="S", position="2")
    write_epub(SHELF / "b & c.epub", title="B", date="2021", identifier="")
    run("shelf", "rebuild", "shelf")

    assert run("shelf", "list", "shelf").stdout == "a.epub: 2022-01-01, A, S 2\nb & c.epub: 2021-01-01, B\n"
    wrong = run("shelf", "remove", "shelf", "a.epub", "../x.epub")
    assert (wrong.returncode, "../x.epub: no such book on the shelf" in wrong.stderr) == (2, True)
    for name, left in (("a.epub", 1), ("./shelf/b & c.epub", 0)):
        done = run("shelf", "remove", "shelf", name)
        assert done.stdout.splitlines()[-1] == f"shelf: {left} book{'s' * (left != 1)}"
        assert check(SHELF) == set(files()) - {"catalog/README.txt"}
    for command in (("remove", "cache", "a.epub"), ("list", "cache")):
        assert "no shelf is there" in run("shelf", *command).stderr
    for folder, said in (("nowhere", "no such folder"), ("", "'' is no path")):
        done = run("shelf", "rebuild", folder)
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert said in done.stderr


# --- books of strangers ----------------------------------------------------------------------------------------------

LEVELS = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 20}'>" for n in range(1, 9))
BILLION = f"<!DOCTYPE p [<!ENTITY a0 'ha'>{LEVELS}]>"


def truncated(path: Path) -> None:
    path.write_bytes(write_epub(path).read_bytes()[:-30])


def huge_directory(path: Path) -> None:
    """A file whose end claims a directory of 3 GB, in ZIP64."""
    write_epub(path)
    with zipfile.ZipFile(path, "a", allowZip64=True) as book:
        for number in range(3):
            book.writestr(f"{number}", b"")
    whole = path.read_bytes()
    place = whole.rindex(b"PK\5\6")
    size = 3_000_000_000
    record = b"PK\6\6" + (44).to_bytes(8, "little") + b"\0" * 28 + size.to_bytes(8, "little") + b"\0" * 8
    locator = b"PK\6\7" + b"\0" * 4 + place.to_bytes(8, "little") + b"\0\0\0\1"
    path.write_bytes(whole[:place] + record + locator + whole[place:])


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "no-zip": lambda path: path.write_bytes(b"no book"),
    "empty": lambda path: path.write_bytes(b""),
    "cut": truncated,
    "huge-directory": huge_directory,
    "no-container": lambda path: write_epub(path, {"META-INF/container.xml": "<container/>"}),
    "bad-xml": lambda path: write_epub(path, {"OEBPS/p.opf": "<package><metadata>"}),
    "entities": lambda path: write_epub(path, {"OEBPS/p.opf": f"{BILLION}<package>&a8;</package>"}),
    "bomb": lambda path: write_epub(path, {"OEBPS/p.opf": b"<package>" + b" " * 60_000_000}),
    "encoding": lambda path: write_epub(path, {"OEBPS/p.opf": "<?xml version='1.0' encoding='klingon'?><package/>"}),
}


def test_broken_and_hostile_books_are_left_out_and_said() -> None:
    write_epub(SHELF / "good.epub", title="Good")
    for name, write in UNREADABLE.items():
        write(SHELF / f"{name}.epub")
    (SHELF / "folder.epub").mkdir()
    write_epub(SHELF / ".hidden.epub", title="Hidden")
    outside = write_epub(Path("outside.epub"), title="Outside")
    if sys.platform != "win32":
        (SHELF / "link.epub").symlink_to(outside.resolve())
        os.mkfifo(SHELF / "pipe.epub")

    done = run("shelf", "rebuild", "shelf")

    assert done.returncode == 0
    assert entries(SHELF) == ["Good"]
    said = re.findall(r"^left out: shelf.(.*)\.epub: not a readable book \(.+\)$", done.stderr, re.MULTILINE)
    assert said == sorted(UNREADABLE)
    assert check(SHELF)


def test_what_strangers_write_into_their_books_breaks_no_page(tmp_path: Path) -> None:
    deep = "<x>" * 50_000 + "</x>" * 50_000
    picture = photo_file(30, 40)
    odd = {
        "title": 'A "title" <b>&amp; \x85 ]]>',
        "identifier": 'no iri: <"> %',
        "language": "not a language",
        "creator": " ",
        "date": "0101-01-01",
        "description": "<p>Text &amp; <script>alert(1)</script></p>" + "<" * 9_000 + ">",
        "subject": '"><script>',
        "series": "../../etc",
        "position": "NaN",
    }
    write_epub(SHELF / 'we"ird #?%2e & ü:.epub', {"OEBPS/c.png": picture}, **odd)
    write_epub(SHELF / "out.epub", {"c.png": picture}, cover="../c.png", title="")
    write_epub(SHELF / "text.epub", {"OEBPS/c.png": "no picture"}, date="9999-99-99")
    write_epub(SHELF / "pixels.epub", {"OEBPS/c.png": png_file((50_000, 50_000))}, date="2022-02")
    write_epub(SHELF / "large.epub", {"OEBPS/c.png": b"\x89PNG" + b"\0" * 25_000_000})
    write_epub(SHELF / "deep.epub", {"OEBPS/p.opf": f"<package>{deep}</package>"})
    package = '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
    many = "".join(f"<dc:creator>{n}</dc:creator>" for n in range(5_000))
    write_epub(SHELF / "many.epub", {"OEBPS/p.opf": f"{package}{metadata()}{many}</metadata></package>"})

    done = run("shelf", "rebuild", "shelf")

    assert (done.returncode, done.stderr) == (0, "")
    reached = check(SHELF)
    assert {name for name in reached if name.endswith(".epub")} == set(books())
    assert len([name for name in reached if name.endswith(".jpg")]) == 2  # the two good covers are one picture
    page = (SHELF / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shelf"]


@pytest.mark.slow
def test_all_pages_are_valid_by_the_specifications_own_schemas(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    SHELF.mkdir()
    run("shelf", "rebuild", "shelf")
    assert check_by_specifications(SHELF, tmp_path / "scratch") == 4  # of a shelf without books
    for number in range(80):  # two pages
        write_epub(
            SHELF / f"ü {number}.epub",
            {"OEBPS/c.png": photo_file(30, 40)} if number % 2 else {},
            title=f'"每日" <{number}> & more',
            identifier=("no IRI", f"urn:x:{number}", "https://example.org/%zz#a#b", f"https://[::1/{number}")[
                number % 4
            ],
            language="zh-Hans" if number % 5 else "not a language",
            date=f"2022-{number % 12 + 1:02}",
            creator="A & B" if number % 7 else "",
            publisher="Us",
            description="<p>All of it.</p>",
            subject="a/b",
            series="每日" if number % 2 else "",
            position=f"{number}.5",
        )
    run("shelf", "rebuild", "shelf")
    assert check_by_specifications(SHELF, tmp_path / "scratch") > 30


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_links_and_pipes_in_the_place_of_pages_are_replaced_and_lead_to_no_other_file() -> None:
    write_epub(SHELF / "a.epub", {"OEBPS/c.png": photo_file(30, 40)}, title="A")
    run("shelf", "rebuild", "shelf")
    before = files()
    Path("mine").mkdir()
    Path("mine/README.txt").write_text("mine")
    for name in ("index.html", "opds.json"):
        (SHELF / name).unlink()
        (SHELF / name).symlink_to(Path("mine/README.txt").resolve())
    (SHELF / "opds.xml").unlink()
    os.mkfifo(SHELF / "opds.xml")
    (SHELF / "catalog/odd.html").mkdir()
    (SHELF / "catalog/other.xml").symlink_to(Path("mine/README.txt").resolve())
    shutil.rmtree(SHELF / "catalog/covers")
    (SHELF / "catalog/covers").symlink_to(Path("mine").resolve())

    done = run("shelf", "rebuild", "shelf")

    assert done.returncode == 0, done.stderr
    assert files() == before
    shutil.rmtree(SHELF / "catalog")
    (SHELF / "catalog").symlink_to(Path("mine").resolve())
    assert run("shelf", "rebuild", "shelf").returncode == 0
    assert files() == before
    assert not [path for path in SHELF.rglob("*") if path.is_symlink()]
    assert [path.read_text() for path in Path("mine").iterdir()] == ["mine"]


# --- many books --------------------------------------------------------------------------------------------------------

_LISTINGS = """
import sys
from datetime import date
from pathlib import Path
from epubmaker.shelf.folder import rebuild, remove, shelve

listings = 0

def count(event, _):
    global listings
    listings += event in {"os.listdir", "os.scandir"}

shelf = Path("shelf")
books = sorted(Path("in").iterdir())
sys.addaudithook(count)
for work in (
    lambda: shelve(shelf, books, None, date(2022, 1, 1)),
    lambda: [path.unlink() for path in shelf.glob("catalog/covers/*")],
    lambda: rebuild(shelf),
    lambda: remove(shelf, [path.name for path in shelf.glob("*.epub")]),
):
    before = listings
    work()
    print(listings - before)
"""


def test_no_folder_is_listed_for_each_book_or_cover() -> None:
    found = []
    for number in (2, 12):
        write_books(number)
        command = [sys.executable, "-c", _LISTINGS]
        found.append(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        assert books() == []
        shutil.rmtree(SHELF)

    assert found[0] == found[1]


def write_books(number: int) -> list[Path]:
    """Write books into the folder "in", with covers, and few titles."""
    shutil.rmtree("in", ignore_errors=True)
    return [
        write_epub(
            Path(f"in/{each}.epub"),
            {"OEBPS/c.png": photo_file(10 + each, 20)},
            title=f"T {each % 3}",
            identifier=f"urn:x:{each}",
            series="S",
            date=f"{DAY + timedelta(days=each)}",
        )
        for each in range(number)
    ]


# --- at any moment ---------------------------------------------------------------------------------------------------


class KilledError(BaseException):
    """Ends a run as a kill would."""


class Killer:
    """Ends a run once it has renamed and removed so many files."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, left: int) -> None:
        self.left = left
        for name in ("replace", "unlink"):
            monkeypatch.setattr(Path, name, self.before(getattr(Path, name)))

    def before(self, change: Callable[..., object]) -> Callable[..., object]:
        def changed(*arguments: object, **named: object) -> object:
            self.left -= 1
            if self.left < 0:
                raise KilledError
            return change(*arguments, **named)

        return changed


@pytest.mark.parametrize("is_new", [False, True])
@pytest.mark.parametrize("step", [11, pytest.param(2, marks=pytest.mark.slow)])
def test_a_run_that_is_killed_at_any_moment_leaves_a_whole_shelf_and_the_next_completes_it(
    step: int, monkeypatch: pytest.MonkeyPatch, *, is_new: bool
) -> None:
    for number in range(3):
        date = f"2022-0{number + 1}"
        write_epub(Path(f"{number}.epub"), title=f"B{number}", identifier=f"x:{number}", series="S", date=date)
    write_epub(Path("3.epub"), title="B0 anew", identifier="x:0", series="T", date="2022-05")
    shelve(SHELF, [Path("0.epub"), Path("1.epub")], None, DAY)
    SHELF.rename("start")
    left = ["B0 anew", "B2"] if is_new else ["B0 anew", "B2", "B1"]
    is_killed, kills = True, 0
    while is_killed:
        shutil.rmtree(SHELF, ignore_errors=True)
        if not is_new:
            shutil.copytree("start", SHELF)
        with monkeypatch.context() as patched:
            Killer(patched, kills)
            try:
                shelve(SHELF, [Path("2.epub"), Path("3.epub")], None, DAY)
                is_killed = False
            except KilledError:
                kills += step
        check(SHELF)
        shelve(SHELF, [Path("2.epub"), Path("3.epub")], None, DAY)
        assert entries(SHELF) == left
        assert check(SHELF) == {name for name in files() if "/." not in f"/{name}" and "README" not in name}
    assert kills > 20


def test_runs_at_the_same_time_lose_no_book() -> None:
    for number in range(6):
        write_epub(Path(f"{number}.epub"), title=f"B{number:02}", identifier=f"x:{number}", series="S")

    threads = [Thread(target=shelve, args=(SHELF, [Path(f"{number}.epub")], None, DAY)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(entries(SHELF)) == [f"B{number:02}" for number in range(6)]
    check(SHELF)
