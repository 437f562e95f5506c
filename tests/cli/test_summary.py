"""The last lines of a build: correct and complete."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from archives import START, write_archive, write_article
from pictures import encoded, photo
from webserver import WebServer, closed_port, picture, status

from epubmaker.devices import DEVICES
from epubmaker.errors import InputError
from epubmaker.model.articles import Issue
from epubmaker.model.books import Book
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import Progress, build
from epubmaker.report import ArticleRecord, PictureRecord, Report
from epubmaker.summary import hints, summary

DAY = timedelta(days=1)
LOCAL = Network(allow_private=True, retries=0)
BOOK = Book(Path("b.epub"), "News", 1000, "ab", 1, 0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(**fields: Any) -> list[str]:
    """Build, and again, when the book is unchanged; return the summary, which must be the same."""
    fields = {"title": "News", "network": LOCAL, "cache": Path("cache"), "draw_cover": False, **fields}
    options = Options((Path("in"),), output=Path("b.epub"), **fields)
    first, second = list(summary(build(options))), list(summary(build(options)))
    assert [line.replace(" (unchanged)", "") for line in second] == first
    return [re.sub(r"[\d.]+ [KM]?B\b", "SIZE", line) for line in first]


def test_a_whole_book_has_two_lines() -> None:
    write_archive(Path("in"), 1)

    assert lines() == ["b.epub: News, 12 January 2022", "1 article, SIZE"]


def test_left_out_articles_are_reported_with_reasons_and_files() -> None:
    write_archive(Path("in"), 5)
    for number in range(3):
        write_article(Path(f"in/copy{number}.txt"), "Copy", link="https://news.example.org/articles/0")
    Path("in/undated.txt").write_text("[Undated](https://e.org/u)\n---\n<p>Text</p>")
    write_article(Path("in/old.txt"), "Old", link="https://e.org/old", moment=START - timedelta(days=9))
    Path("in/empty.txt").touch()
    Path("in/binary.txt").write_bytes(b"\x7fELF" + bytes(400))
    for name in ("a.pdf", "b.PDF", "c.docx", "README", "photo.jpg", "older.epub", ".hidden.doc"):
        Path("in", name).touch()

    unreadable = "2 unreadable (in/binary.txt: not a text file; in/empty.txt: the file is empty)"
    assert lines(since=START.date(), limit=4, report=Path("in/r.json"), force=True) == [
        "b.epub: News, 12 January 2022",
        "4 of 12 articles, SIZE",
        f"left out: 3 duplicates, 1 without a date, 1 of another day, 1 beyond --limit, {unreadable}",
        "files not read: 2 .pdf, 1 without an ending, 1 .docx",
    ]


@pytest.mark.parametrize("fields", [{"since": START.date() + DAY}, {"until": START.date() - DAY}])
def test_a_build_without_articles_says_what_was_left_out(fields: dict[str, Any]) -> None:
    write_archive(Path("in"), 2)
    write_article(Path("in/copy.txt"), "Copy", link="https://news.example.org/articles/0")
    Path("in/undated.txt").write_text("[Undated](https://e.org/u)\n---\n<p>Text</p>")

    said = "1 duplicate, 1 without a date, 2 of other days"
    assert lines(**fields) == [f"nothing to do: none is left of 4 articles: {said}"]

    for path in Path("in").glob("*.txt"):
        if path.stem != "undated":
            path.unlink()
    with pytest.raises(InputError, match=r"^in: no article is left of 1: 1 without a date; leave out --since and"):
        build(Options((Path("in"),), **fields))


def test_a_folder_without_articles_says_what_it_holds() -> None:
    Path("in").mkdir()
    Path("in/a.pdf").touch()
    with pytest.raises(InputError, match=r"^in: no article in it \(files not read: 1 \.pdf\); read are \.atom"):
        build(Options((Path("in"),)))
    Path("in/a.txt").touch()
    with pytest.raises(
        InputError, match=r"^in/a\.txt: the file is empty; read are \.atom \.csv .* \.xml, ZIP and tar archives; "
    ):
        build(Options((Path("in"),)))


def test_pictures_that_are_missing_are_said_with_the_reason_and_the_step_that_helps() -> None:
    with WebServer() as server:
        addresses = [server.add("/gone", status(404)), server.add("/forbidden", status(403))]
        good = server.add("/good", picture(encoded(photo(300, 200), "PNG"), headers={"Cache-Control": "max-age=999"}))
        body = "".join(f'<img src="{address}">' for address in [good, *addresses, f"{addresses[0]}?2", "gone.jpg"])
        write_article(Path("in/a.txt"), body=f"<p>Text</p>{body}", link="")
        found = lines()

    assert found[1] == "1 article, 1 of 5 pictures, SIZE"
    assert found[2:] == [
        "pictures missing: 2 × not found (127.0.0.1), 1 × not allowed (127.0.0.1), 1 × no such file; --refresh asks again"
    ]


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (Network(offline=True), "offline, and not in the cache (e.org); a build without --offline asks for them"),
        (Network(), "10.0.0.1 is a private address (10.0.0.1); --allow-private-network asks for them"),
    ],
)
def test_each_reason_has_its_own_step(network: Network, said: str) -> None:
    source = "https://e.org/p.png" if network.offline else "http://10.0.0.1/p.png"
    write_article(Path("in/a.txt"), body=f'<p>Text</p><img src="{source}">')

    assert lines(network=network)[2] == f"pictures missing: 1 × {said}"


def test_each_picture_says_to_programs_why_it_is_missing() -> None:
    with WebServer() as server:
        sources = [f"http://127.0.0.1:{closed_port()}/p.png", server.add("/gone", status(404)), "data:text/html,a"]
        write_article(Path("in/a.txt"), body="<p>Text</p>" + "".join(f'<img src="{source}">' for source in sources))
        Path("in/note.md").write_text("---\ntitle: A\nlink: https://e.org/n\n---\n\nText ![[gone.png]]\n")
        report = build(Options((Path("in"),), output=Path("b.epub"), cache=None, draw_cover=False, network=LOCAL))

    assert {record.url: (record.code, record.kind) for record in report.pictures} == {
        sources[0]: ("picture-missing", "network"),
        sources[1]: ("picture-missing", None),
        sources[2]: ("picture-not-a-picture", None),
        "https://e.org/gone.png": ("picture-missing", None),  # the note's own file, though the note has an address
    }


def test_articles_and_pictures_that_are_not_whole_are_reported() -> None:
    write_archive(Path("in"), 1)
    for number in range(4):
        write_article(Path(f"in/empty{number}.txt"), f"Empty {number}", link=f"https://e.org/{number}", body="")
    jpeg = encoded(photo(300, 200), "JPEG")
    Path("in/half.jpg").write_bytes(jpeg[: len(jpeg) * 3 // 4])
    write_article(Path("in/z.txt"), "Half", link="", body='<p>Text</p><img src="half.jpg">')

    [line] = [line for line in lines() if line.startswith("not whole: ")]
    assert line.startswith("not whole: 4 articles without text, 1 picture cut off (in/empty0.txt; ")
    assert line.endswith("; and 2 more)")


def test_articles_that_vanish_during_the_build_or_are_cut_are_reported_once() -> None:
    write_archive(Path("in"), 2)
    Path("in/empty.txt").touch()
    first = min(Path("in").iterdir())

    def vanish(progress: Progress) -> None:
        if progress.done:  # all heads are read
            first.unlink(missing_ok=True)

    options = Options((Path("in"),), output=Path("b.epub"), title="News", cache=None, draw_cover=False)
    report = build(options, vanish)
    cut = Issue("article-cut", "error", report.articles[1].source, "longer than an article may be")
    said = [*summary(replace(report, issues=(*report.issues, cut)))]

    assert said[2] == "left out: 1 unreadable (in/empty.txt: the file is empty)"
    names = f"{first.as_posix()}; {report.articles[1].source}"
    assert said[3] == f"not whole: 1 article cut short, 1 article that could not be read ({names})"


def test_issues_of_the_whole_book_are_always_reported() -> None:
    write_archive(Path("in"), 2)
    Path("my.css").write_text("p { position: fixed }")
    Path("cache").write_text("no folder")

    found = lines(css=(Path("my.css"),), device=DEVICES["kindle"])

    assert any(line.startswith("note: my.css:1: ") for line in found)
    assert any(line.startswith("note: cache") for line in found)
    assert not any(re.search(r"css-|cache-unusable", line) for line in found)


def test_volumes_have_a_line_each_and_one_for_all() -> None:
    write_archive(Path("in"), 12)

    found = lines(max_size=14_000)

    assert re.match(r"b-1\.epub: News \(1/\d+\) \(\d+ articles?, SIZE\)", found[0])
    assert any(line.startswith("12 articles, SIZE") for line in found)
    assert any("volumes to keep within" in line for line in found)


def test_many_notes_of_one_kind_are_counted() -> None:
    issues = tuple(Issue("css-dropped", "warning", f"my.css:{number}", "left out") for number in range(8))
    found = list(summary(Report((BOOK,), issues=issues)))

    assert found[2:] == [
        *(f"note: my.css:{n}: left out" for n in range(5)),
        "note: 3 more of this kind, which --verbose tells",
    ]


def test_the_result_of_epubcheck_is_reported_even_where_it_finds_nothing() -> None:
    finding = Issue("check", "error", "b.epub", "ERROR(RSC-005)")

    assert list(summary(Report((BOOK,), checked=True)))[-1] == "EPUBCheck: no findings"
    assert list(summary(Report((BOOK,), issues=(finding,), checked=True)))[-1] == "EPUBCheck: b.epub: ERROR(RSC-005)"


def test_many_reasons_are_counted_together() -> None:
    records = tuple(PictureRecord(f"https://h{n}.org/p", "missing", f"HTTP 5{n:02}") for n in range(9))
    *_, line = summary(Report((BOOK,), pictures=records))

    assert line.startswith("pictures missing: 1 × the server has trouble, 500 (h0.org), ")
    assert "6 for other reasons" in line


@pytest.mark.parametrize(
    ("title", "days", "said"),
    [
        ("News", [], "News"),
        ("News", ["2022-01-12"], "News, 12 January 2022"),
        ("e.org 2022-01-12", ["2022-01-12"], "e.org, 12 January 2022"),
        ("e.org 2022-01-12 – 2022-01-14", ["2022-01-14", "2022-01-12"], "e.org, 12 – 14 January 2022"),
        ("e.org 2021-12 – 2022-02", ["2021-12-31", "2022-02-01"], "e.org, 31 December 2021 – 1 February 2022"),
        ("e.org 2022", ["2022-01-12", "2022-03-01"], "e.org, 12 January – 1 March 2022"),
        ("2022-01-12", ["2022-01-12"], "12 January 2022"),
        ("Back to 1984", ["2022-01-12"], "Back to 1984, 12 January 2022"),
    ],
)
def test_the_days_of_a_book_are_in_words_and_said_once(title: str, days: list[str], said: str) -> None:
    moments = [datetime.fromisoformat(f"{day}T06:00+00:00") for day in days]
    records = tuple(ArticleRecord("a.txt", "A", None, moment, "en", "a.xhtml", 0) for moment in moments)
    report = Report((Book(Path("b.epub"), title, 9_000, "0" * 64, 3, 0),), records)

    assert next(summary(report)) == f"b.epub: {said}"


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ({"share": 2}, "2 × share; --keep-all leaves it in"),
        ({"share": 2, "hidden": 1}, "2 × share, 1 × hidden; --keep-all leaves all but hidden in"),
        ({"hidden": 2, "decoration": 1}, "2 × hidden, 1 × decoration"),
    ],
)
def test_what_no_flag_leaves_in_is_not_promised(left_out: dict[str, int], said: str) -> None:
    record = ArticleRecord("a.txt", "A", None, None, "en", "a.xhtml", 0, 0, left_out, 900)

    assert list(summary(Report((BOOK,), (record,))))[2:] == [f"left out around articles: {said}"]


@pytest.mark.parametrize(("articles", "said"), [(2_000, []), (2_001, ["hint: b.epub: 2,001 articles"])])
def test_several_books_are_advised_from_2000_articles_on(articles: int, said: list[str]) -> None:
    report = Report((Book(Path("b.epub"), "News", 9_000_000, "0" * 64, articles, 0),))

    assert [line.partition(", with")[0] for line in hints(report)] == said
    assert "b.epub: News" in list(summary(report))
