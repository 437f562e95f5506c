"""The whole path: articles in, a book out."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import CHINESE, START, write_archive, write_article
from checkout import ROOT
from cleanbooks import AssertClean
from openbook import XHTML, OpenBook
from pictures import photo_file
from webserver import Exchange, WebServer, picture, reset_before_reply, status, turns

from epubmaker.cli.inspect import lines_about
from epubmaker.devices import DEVICES
from epubmaker.errors import InputError, OutputError, UsageError
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build
from epubmaker.report import Report

SEEDS = ROOT / "seeds"
OLDER = b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip"  # the beginning of a book is enough to be known by
LOCAL = Network(allow_private=True, timeout=30, retries=1)


def make(tmp_path: Path, *inputs: Path, **fields: Any) -> tuple[OpenBook, Report]:
    output = tmp_path / "book.epub"
    report = build(Options(inputs or (tmp_path / "in",), output=output, network=LOCAL, **fields))
    return OpenBook.read(output), report


@pytest.mark.usefixtures("offline")
def test_the_seeds_give_a_valid_book_even_offline(tmp_path: Path, assert_clean: AssertClean) -> None:
    book, _ = make(tmp_path, SEEDS)

    assert_clean(tmp_path / "book.epub")
    assert [title for title, _ in book.ncx if "2022" not in title] == [
        "美国与北约展开外交，俄罗斯拒不采取缓和措施",
        "Keeping the light: how to save the news for a long journey",
        "渡船上的报纸",
        "关于本书",  # which says that a picture could not be had
    ]
    [(missing_caption, no_pictures), (caption, [embedded]), (other_caption, [again])] = book.figures
    assert missing_caption.startswith("2022年1月12日，从左二起")
    assert no_pictures == []
    assert caption.startswith("A lighthouse at dusk.")
    assert other_caption.startswith("渡船天黑以前要经过灯塔")
    assert again == embedded
    assert book.picture(embedded).size == (1200, 800)
    languages = [book.tree(name).get("lang") for name in book.chapters]
    assert languages == ["zh-Hans", "en", "zh-Hans"]


@pytest.mark.usefixtures("offline")
def test_a_picture_that_cannot_be_had_leaves_a_placeholder_with_its_caption_and_address(tmp_path: Path) -> None:
    book, report = make(tmp_path, SEEDS)

    [figure] = book.tree(book.chapters[0]).iter(f"{XHTML}figure")
    [link] = figure.iter(f"{XHTML}a")
    assert "图片" in "".join(link.itertext())
    assert link.get("href", "").startswith("https://images.weserv.nl")
    assert figure.find(f"{XHTML}figcaption") is not None
    assert [record.status for record in report.pictures] == ["missing", "embedded", "embedded"]


def test_a_seed_whose_picture_answers_has_picture_and_caption_in_one_figure(tmp_path: Path) -> None:
    with WebServer() as server:
        address = server.add("/?url=gdb.voanews.com/x.jpg", picture(photo_file()))
        seed = (SEEDS / "000_3607576f4f8a95e7.txt").read_text(encoding="utf-8")
        start = seed.index("https://images.weserv.nl")
        seed = seed[:start] + address + seed[seed.index('"', start) :]
        (tmp_path / "in").mkdir()
        (tmp_path / "in" / "seed.txt").write_text(seed, encoding="utf-8")

        book, _ = make(tmp_path)

    [(caption, [name])] = book.figures
    assert caption.startswith("2022年1月12日，从左二起")
    assert book.picture(name).size == (900, 600)


def test_a_link_to_another_article_of_the_book_leads_there(tmp_path: Path) -> None:
    write_article(tmp_path / "in/1.txt", "One", link="https://e.org/1")
    body = '<p>See <a href="https://www.e.org/x">x</a>, <a href="http://e.org/1?utm_source=feed#top">one</a>.</p>'
    write_article(tmp_path / "in/2.txt", "Two", link="https://e.org/2", body=body)

    book, _ = make(tmp_path)

    links = {link.text: link.get("href") for link in book.tree(book.chapters[1]).iter(f"{XHTML}a")}
    assert (links["x"], links["one"]) == ("https://www.e.org/x", book.chapters[0])


def test_a_link_to_a_front_page_stays_though_an_article_has_no_better_address(tmp_path: Path) -> None:
    link = "https://example.org/"
    write_article(tmp_path / "in" / "a.txt", "A", link=f"{link}a", body=f'<p>See <a href="{link}">the site</a>.</p>')
    write_article(tmp_path / "in" / "b.txt", "B", link=link)

    book, _ = make(tmp_path)

    links = [element.get("href") for element in book.tree(book.chapters[0]).iter(f"{XHTML}a")]
    assert link in links
    assert len(book.chapters) == 2


def test_every_article_caption_and_word_of_an_archive_is_in_the_book(tmp_path: Path, assert_clean: AssertClean) -> None:
    with WebServer() as server:
        for number in range(20):
            server.add(f"/{number}", picture(photo_file(320, 200, seed=number)))
        samples = write_archive(tmp_path / "in", 20, server.address)

        book, _ = make(tmp_path)

    assert_clean(tmp_path / "book.epub")
    assert [title for title, _ in book.nav if title in {s.title for s in samples}] == [s.title for s in samples]
    assert [target for _, target in book.nav] == [target for _, target in book.ncx]
    assert [caption for caption, pictures in book.figures if pictures] == [s.caption for s in samples]
    for sample, name in zip(samples, book.chapters, strict=True):
        text = book.text(name)
        assert all(paragraph in text for paragraph in sample.paragraphs)
        assert sample.title in text


@pytest.mark.parametrize(
    ("group_by", "heading", "dates"),
    [
        ("day", "December 25, 800", "0800-12-25 – 2022-01-12"),
        ("month", "December 800", "0800-12 – 2022-01"),
        ("year", "800", "0800 – 2022"),
    ],
)
def test_an_article_dated_before_the_year_1000_is_in_the_book(
    tmp_path: Path, assert_clean: AssertClean, group_by: str, heading: str, dates: str
) -> None:
    write_article(tmp_path / "in/1.txt", "Crowned", link="https://e.org/1", moment=datetime(800, 12, 25, tzinfo=UTC))
    write_article(tmp_path / "in/2.txt", "Now", link="https://e.org/2")

    book, report = make(tmp_path, group_by=group_by)

    assert_clean(tmp_path / "book.epub")
    assert [title for title, _ in book.ncx][-4:-2] == [heading, "Crowned"]
    assert book.package.findtext(".//{*}title") == f"e.org {dates}"
    assert book.package.findtext(".//{*}date") == "2022-01-12"
    assert json.loads(report.to_json())["articles"][0]["published"] == "0800-12-25T00:00:00Z"
    assert any("0800-12-25 to 2022-01-12" in line for line in lines_about(tmp_path / "in"))


def test_two_builds_give_the_same_bytes_and_the_second_leaves_the_book_alone(tmp_path: Path) -> None:
    samples = write_archive(tmp_path / "in", 6)
    (tmp_path / "elsewhere").mkdir()
    for sample in reversed(samples):
        shutil.copy(sample.path, tmp_path / "elsewhere")

    _, first = make(tmp_path)
    before = (tmp_path / "book.epub").stat()
    _, second = make(tmp_path)
    after = (tmp_path / "book.epub").stat()
    _, third = make(tmp_path, tmp_path / "elsewhere", report=tmp_path / "r.json")

    assert first.books[0].sha256 == second.books[0].sha256 == third.books[0].sha256
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_the_same_picture_is_asked_for_once_and_stored_once(tmp_path: Path) -> None:
    with WebServer() as server:
        address = server.add("/p.jpg", picture(photo_file()))
        copy = server.add("/copy.jpg", picture(photo_file()))
        for number, source in enumerate((address, address, copy)):
            write_article(tmp_path / f"in/{number}.txt", link=f"https://e.org/{number}", body=f'<img src="{source}">')

        book, report = make(tmp_path)

    assert [seen.path for seen in server.seen].count("/p.jpg") == 1
    assert len(book.pictures) == 1
    assert report.books[0].pictures == 1


def test_a_faulty_server_costs_only_the_pictures_that_it_never_sends(tmp_path: Path) -> None:
    with WebServer() as server:
        good = picture(photo_file())
        server.add("/0", good)
        server.add("/1", status(404))
        server.add("/2", turns(status(503, {"Retry-After": "0"}), good))
        server.add("/3", turns(reset_before_reply, good))
        server.add("/4", status(200))
        server.add("/5", picture(photo_file()[:300]))
        write_archive(tmp_path / "in", 6, server.address)

        book, report = make(tmp_path)

    assert [record.status for record in report.pictures] == ["embedded", "missing"] + ["embedded"] * 2 + ["missing"] * 2
    assert {issue.code for issue in report.issues} == {"picture-missing", "picture-not-a-picture", "picture-broken"}
    assert "HTTP 404" in next(record.reason or "" for record in report.pictures if record.status == "missing")
    assert len(book.figures) == 6
    assert all(caption for caption, _ in book.figures)


def test_pictures_on_private_addresses_are_fetched_only_with_the_option(tmp_path: Path) -> None:
    with WebServer() as server:
        server.add("/0", picture(photo_file()))
        write_archive(tmp_path / "in", 1, server.address)

        report = build(Options((tmp_path / "in",), output=tmp_path / "b.epub", network=Network(retries=0)))

    assert server.seen == ()
    assert [issue.code for issue in report.issues] == ["picture-blocked"]


def test_no_file_outside_the_inputs_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(photo_file(form="PNG"))
    sources = ("../secret.png", str(secret), secret.as_uri(), "%2e%2e/secret.png", "..\\secret.png")
    body = "".join(f'<img src="{source}">' for source in sources)
    write_article(tmp_path / "in/a.txt", body=f"<p>Text</p>{body}", link="")

    book, report = make(tmp_path)

    assert report.books[0].pictures == 0
    assert book.pictures == []


def test_an_archive_with_one_of_each_irregularity_is_a_book_with_an_issue_for_each(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    folder = tmp_path / "in"
    write_article(folder / "good.txt", "Good", link="https://e.org/good")
    write_article(folder / "copy.txt", "Copy", link="https://e.org/good")
    write_article(folder / "bom.txt", "Bom", link="https://e.org/bom")
    (folder / "bom.txt").write_bytes(b"\xef\xbb\xbf" + (folder / "bom.txt").read_bytes().replace(b"\n", b"\r\n"))
    (folder / "gbk.txt").write_bytes(f"[编码](https://e.org/gbk)\n---\n<p>{CHINESE[0]}</p>".encode("gb18030"))
    (folder / "no_comment.txt").write_text("[No comment](https://e.org/nc)\n------\n<p>Text</p>")
    (folder / "no_link.txt").write_text("<!--1642027143000-->\n[No link]\n------\n<p>Text</p>")
    (folder / "bad_link.txt").write_text("<!--1642027143000-->\n[Bad link](javascript:alert(1))\n------\n<p>Text</p>")
    (folder / "bad_date.txt").write_text("<!--99999999999999999999-->\n[Bad date](https://e.org/bd)\n---\n<p>Text</p>")
    (folder / "no_body.txt").write_text("<!--1642027143000-->\n[No body](https://e.org/nb)\n------\n")
    (folder / "no_header.txt").write_text("<p>Just text.</p>")
    (folder / "title.txt").write_text("[A [b] &lt;c&gt; <i>d</i> & e](https://e.org/t_(1))\n---\n<p>Text</p>")
    (folder / "empty.txt").write_text("")
    (folder / "binary.txt").write_bytes(b"\x7fELF\0\0\0\1")

    book, report = make(tmp_path)

    assert_clean(tmp_path / "book.epub")
    found = {(issue.code, Path(issue.where).name) for issue in report.issues}
    assert found == {
        ("article-bad-date", "bad_date.txt"),
        ("article-bad-link", "bad_link.txt"),
        ("article-duplicate", "copy.txt"),
        ("article-empty", "empty.txt"),
        ("article-empty", "no_body.txt"),
        ("article-encoding", "gbk.txt"),
        ("article-no-header", "no_header.txt"),
        ("article-not-text", "binary.txt"),
    }
    assert report.books[0].articles == 10
    assert "A [b] <c> d & e" in [title for title, _ in book.nav]


def test_no_images_leaves_no_picture_no_placeholder_and_no_request(tmp_path: Path) -> None:
    with WebServer() as server:
        write_archive(tmp_path / "in", 2, server.address)

        book, report = make(tmp_path, images=False)

    assert server.seen == ()
    assert book.pictures == []
    assert "missing" not in book.files[f"EPUB/{book.chapters[0]}"].decode()
    assert {record.status for record in report.pictures} == {"skipped"}


def test_no_images_leaves_captions_in_figures_and_no_credit_alone(tmp_path: Path) -> None:
    figure = '<p>Ship {0}.</p><figure><img src="https://e.org/{0}.jpg"><figcaption>{1}</figcaption></figure>'
    captions = ("The harbor. <cite>Ann Ash</cite>", '<span class="credit">Ann <a href="/a">Ash</a></span>')
    body = "".join(figure.format(number, caption) for number, caption in enumerate(captions))
    write_article(tmp_path / "in" / "a.txt", body=body)

    book, _ = make(tmp_path, tmp_path / "in", images=False)

    assert book.figures == [("The harbor. Ann Ash", [])]
    assert "".join(book.tree(book.chapters[0]).itertext()).count("Ash") == 1


def test_pictures_are_fitted_to_the_device(tmp_path: Path) -> None:
    with WebServer() as server:
        server.add("/0", picture(photo_file(1500, 1000)))
        write_archive(tmp_path / "in", 1, server.address)

        book, _ = make(tmp_path, device=DEVICES["kobo-6"], grayscale=True)

    [(_, [name])] = book.figures
    assert book.picture(name).size == (1072, 715)
    assert book.picture(name).mode == "L"


def test_a_second_build_asks_for_nothing_that_is_fresh_and_gives_the_same_bytes(tmp_path: Path) -> None:
    with WebServer() as server:
        for number in range(3):
            server.add(f"/{number}", picture(photo_file(seed=number), headers={"Cache-Control": "max-age=86400"}))
        write_archive(tmp_path / "in", 3, server.address)

        _, cold = make(tmp_path, cache=tmp_path / "cache")
        server.forget()
        _, warm = make(tmp_path, cache=tmp_path / "cache")

        assert server.seen == ()
    assert warm.books[0].sha256 == cold.books[0].sha256
    assert [record.from_cache for record in cold.pictures + warm.pictures] == [False] * 3 + [True] * 3


def test_a_book_that_is_too_large_gets_smaller_pictures(tmp_path: Path) -> None:
    with WebServer() as server:
        for number in range(2):
            server.add(f"/{number}", picture(photo_file(1400, 1800, seed=number)))
        write_archive(tmp_path / "in", 2, server.address)
        _, whole = make(tmp_path, draw_cover=False)
        limit = whole.books[0].size * 9 // 10

        _, report = make(tmp_path, draw_cover=False, max_size=limit)

    assert [issue.code for issue in report.issues] == ["size-lowered"]
    assert report.books[0].size <= limit
    assert report.books[0].pictures == 2


@pytest.mark.slow
def test_a_book_that_is_still_too_large_is_cut_into_whole_books(tmp_path: Path) -> None:
    with WebServer() as server:
        for number in range(5):
            server.add(f"/{number}", picture(photo_file(1000, 1200, seed=number)))
        samples = write_archive(tmp_path / "in", 5, server.address)
        _, whole = make(tmp_path, draw_cover=False)
        limit = whole.books[0].size // 4

        output = tmp_path / "volume-{n}.epub"
        report = build(
            Options((tmp_path / "in",), output=output, network=LOCAL, draw_cover=False, max_size=limit, title="T")
        )

    assert [issue.code for issue in report.issues] == ["size-lowered", "size-volumes"]
    books = [OpenBook.read(book.path) for book in report.books]
    assert len(books) > 1
    assert [book.path.name for book in report.books] == [f"volume-{n}.epub" for n in range(1, len(books) + 1)]
    assert all(book.size <= limit or book.articles == 1 for book in report.books)
    titles = [title for book in books for title, _ in book.nav if title in {s.title for s in samples}]
    assert titles == [s.title for s in samples]
    assert len({book.metadata["identifier"] for book in books}) == len(books)


def test_the_list_of_pictures_leads_to_each_of_them(tmp_path: Path) -> None:
    with WebServer() as server:
        server.add("/0", picture(photo_file(seed=1)))
        server.add("/1", picture(photo_file(seed=2)))
        samples = write_archive(tmp_path / "in", 3, server.address)

        book, _ = make(tmp_path, picture_list=True)

    assert book.spine[-2:] == ["pictures.xhtml", "notes.xhtml"]
    assert book.nav[-2] == book.ncx[-2] == ("Pictures", "pictures.xhtml")
    links = list(book.tree("pictures.xhtml").iter(f"{XHTML}a"))
    assert ["".join(link.itertext()) for link in links] == [sample.caption for sample in samples[:2]]
    for link, sample in zip(links, samples, strict=False):
        name, _, anchor = link.get("href", "").partition("#")
        [image] = book.tree(name).iterfind(f".//{XHTML}img[@id='{anchor}']")
        [thumbnail] = link.iter(f"{XHTML}img")
        assert thumbnail.get("src") == image.get("src", "")
        assert link.getparent().find(f"{XHTML}span").text == sample.title


def test_a_kepub_has_its_spans_and_its_ending(tmp_path: Path, assert_clean: AssertClean) -> None:
    write_archive(tmp_path / "in", 2)

    report = build(Options((tmp_path / "in",), output=tmp_path, title="T", kepub=True))

    assert_clean(tmp_path / "T.kepub.epub")
    assert report.books[0].path == tmp_path / "T.kepub.epub"
    book = OpenBook.read(report.books[0].path)
    assert "koboSpan" in book.files[f"EPUB/{book.chapters[0]}"].decode()


def test_metadata_is_what_was_asked_for(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 2)

    book, _ = make(
        tmp_path,
        title="My <News> & more",
        authors=("A. Author", "B. Writer"),
        language="zh-cn",
        publisher="Publisher",
        description="About.",
        identifier="isbn:1",
    )

    expected = {"title": "My <News> & more", "publisher": "Publisher", "description": "About.", "identifier": "isbn:1"}
    assert expected.items() <= book.metadata.items()
    assert book.metadata["creator"] == "A. Author"
    assert book.metadata["language"].startswith("zh")


def test_an_invalid_language_is_refused_before_any_work(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    with pytest.raises(UsageError, match="--language"):
        make(tmp_path, language="no such language")
    assert not (tmp_path / "book.epub").exists()


def test_without_any_article_there_is_an_error_and_the_older_book_stays(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "book.epub").write_bytes(OLDER)

    with pytest.raises(InputError, match=r"in: no article"):
        make(tmp_path)
    write_archive(tmp_path / "in", 1)
    options = Options((tmp_path / "in",), output=tmp_path / "book.epub", since=START.date().replace(year=2030))
    assert build(options).books == ()
    assert (tmp_path / "book.epub").read_bytes() == OLDER


def test_a_missing_output_folder_is_named(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    with pytest.raises(OutputError, match="missing"):
        build(Options((tmp_path / "in",), output=tmp_path / "missing" / "b.epub"))


def test_an_output_that_is_a_folder_gets_a_book_named_after_its_title(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    build(Options((tmp_path / "in",), output=tmp_path, title="News: today"))

    assert (tmp_path / "News today.epub").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ there")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_build_leaves_the_older_book_and_nothing_else(tmp_path: Path, sent: signal.Signals) -> None:
    book = tmp_path / "out" / "book.epub"
    book.parent.mkdir()
    book.write_bytes(OLDER)
    asked = threading.Event()

    def never_answer(exchange: Exchange) -> None:
        asked.set()
        exchange.stall()

    with WebServer() as server:
        server.add("/0", never_answer)
        write_archive(tmp_path / "in", 1, server.address)
        command = [sys.executable, "-m", "epubmaker", "build", str(tmp_path / "in"), "-o", str(book)]
        environment = {**os.environ, "TMPDIR": str(tmp_path / "out")}
        heeded = signal.signal(sent, signal.SIG_DFL)  # a shell starts background jobs with SIGINT ignored
        process = subprocess.Popen([*command, "--allow-private-network"], stderr=subprocess.PIPE, env=environment)
        signal.signal(sent, heeded)
        with process:
            assert asked.wait(120)
            process.send_signal(sent)
            _, stderr = process.communicate(timeout=120)

    assert process.returncode == 130, stderr.decode()
    assert stderr.decode().splitlines()[-1] == "interrupted; an older book stays as it was"
    assert [path.name for path in book.parent.iterdir()] == ["book.epub"]
    assert book.read_bytes() == OLDER


def test_the_report_tells_of_every_article_and_picture(tmp_path: Path) -> None:
    with WebServer() as server:
        server.add("/0", picture(photo_file()))
        write_archive(tmp_path / "in", 2, server.address)

        book, _ = make(tmp_path, report=tmp_path / "report.json")

    document = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [(item["title"], item["chapter"], item["pictures"]) for item in document["articles"]] == [
        ("Talks go on, part 0", book.chapters[0], 1),
        ("第1篇：谈判继续", book.chapters[1], 0),
    ]
    assert [(item["status"], item["reason"]) for item in document["pictures"]] == [
        ("embedded", None),
        ("missing", "HTTP 404"),
    ]
    assert document["books"][0]["bytes"] == (tmp_path / "book.epub").stat().st_size


@pytest.mark.slow
def test_a_hundred_articles_with_pictures_pass_epubcheck_without_a_warning(
    tmp_path: Path, assert_clean: AssertClean
) -> None:
    forms = ("JPEG", "PNG", "WEBP", "GIF")
    with WebServer() as server:
        for number in range(100):
            server.add(f"/{number}", picture(photo_file(480, 320, seed=number, form=forms[number % 4])))
        samples = write_archive(tmp_path / "in", 100, server.address)

        book, report = make(tmp_path)

    assert_clean(tmp_path / "book.epub")
    assert report.issues == ()
    assert [caption for caption, pictures in book.figures if len(pictures) == 1] == [s.caption for s in samples]
    assert [title for title, _ in book.nav if title in {s.title for s in samples}] == [s.title for s in samples]
    assert [title for title, _ in book.ncx if title in {s.title for s in samples}] == [s.title for s in samples]
    for sample, name in zip(samples, book.chapters, strict=True):
        text = book.text(name)
        assert all(paragraph in text for paragraph in sample.paragraphs)
