"""Inputs that are no paths: standard input, lists of inputs, and addresses on the web."""

from __future__ import annotations

import subprocess
import zipfile
from itertools import pairwise
from pathlib import Path

import commandline
import pytest
import webserver
from archives import write_article
from pictures import png
from webserver import WebServer

import epubmaker.pipeline.build
from epubmaker.errors import InputError
from epubmaker.options import Network, Options
from epubmaker.report import Report
from epubmaker.summary import summary

ARTICLE = "<!--1642027143000-->\n[{0}](https://example.org/{0})\n------\n\n<p>Text of {0}</p>"
ALLOWED = Network(allow_private=True, retries=0)


@pytest.fixture
def server() -> object:
    with WebServer() as running:
        yield running


def page(title: str, **headers: str) -> webserver.Behavior:
    return webserver.cacheable(ARTICLE.format(title).encode(), {"Content-Type": "text/html", **headers})


def build(folder: Path, *inputs: Path | str, network: Network = ALLOWED, **options: object) -> Report:
    settings = {"network": network, "draw_cover": False, "cache": folder / "cache", **options}
    return epubmaker.pipeline.build.build(Options(inputs, folder / "b.epub", **settings))  # type: ignore[arg-type]


def command(*arguments: str, given: str = "", folder: Path) -> subprocess.CompletedProcess[str]:
    flags = ("-o", "b.epub", "--no-cover", "--no-cache", "--offline")
    return commandline.run("build", *arguments, *flags, cwd=folder, given=given)


def test_standard_input_is_an_article_and_reads_no_file_beside(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png())
    article = ARTICLE.format("From a pipe") + '<img src="a.png">'

    done = command("-", given=article, folder=tmp_path)

    assert done.returncode == 0
    assert "b.epub: From a pipe, 12 January 2022\n1 article, 0 of 1 picture" in done.stdout


def test_a_list_of_inputs_may_stand_in_a_file_or_come_through_a_pipe(tmp_path: Path) -> None:
    for name in ("a", "b", "c d"):
        write_article(tmp_path / f"{name}.txt", name, link=f"https://example.org/{name}")
    (tmp_path / "list").write_text("# mine\n\na.txt\nc d.txt\r\n", encoding="utf-8")

    for arguments, given in (
        (["--files-from", "list"], ""),
        (["--files-from", "-"], "a.txt\nc d.txt"),
        (["a.txt", "--files-from", "-"], "c d.txt\n"),
    ):
        done = command(*arguments, given=given, folder=tmp_path)

        assert done.stdout.splitlines()[1].startswith("2 articles"), done


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "error: INPUT: is missing; name a file, a folder, an address, or - for standard input\n"),
        (["--from", "docx", "a.txt"], "error: --from: no format is called docx; see `epubmaker formats`\n"),
        (["--files-from", "-"], "error: nowhere.txt: no such file or directory; name a file or folder that exists\n"),
    ],
)
def test_wrong_inputs_are_one_line(tmp_path: Path, arguments: list[str], message: str) -> None:
    write_article(tmp_path / "a.txt", "A")

    done = command(*arguments, given="nowhere.txt", folder=tmp_path)

    assert done.stderr == message
    assert done.returncode in {1, 2}


def test_an_address_is_fetched_as_a_page_with_its_pictures(tmp_path: Path, server: WebServer) -> None:
    server.add("/p.png", webserver.picture(png()))
    server.add("/news", webserver.cacheable((ARTICLE.format("N") + '<img src="/p.png">').encode(), {}))
    text = "<h1>Named by its address</h1><p>Some text.</p><img src='p.png'>"
    address = server.add("/folder/page", webserver.cacheable(text.encode(), {"Content-Type": "text/html"}))
    server.add("/folder/p.png", webserver.picture(png()))

    report = build(tmp_path, address)

    assert [(each.title, each.url) for each in report.articles] == [("Named by its address", address)]
    assert [(picture.url, picture.status) for picture in report.pictures] == [
        (f"{server.address}/folder/p.png", "embedded")
    ]


def test_an_address_is_asked_again_in_each_run_and_sent_only_where_it_has_changed(
    tmp_path: Path, server: WebServer
) -> None:
    address = server.add("/a", page("First", ETag='"1"'))
    build(tmp_path, address)
    second = build(tmp_path, address)
    server.add("/a", page("Second", ETag='"2"'))
    third = build(tmp_path, address)
    offline = build(tmp_path, address, network=Network(allow_private=True, offline=True))

    assert [report.articles[0].title for report in (second, third, offline)] == ["First", "Second", "Second"]
    assert [report.books[0].status.value for report in (second, offline)] == ["unchanged", "unchanged"]
    assert [seen.headers.get("if-none-match") for seen in server.seen] == [None, '"1"', '"1"']


def test_an_address_that_does_not_answer_costs_the_others_nothing(tmp_path: Path, server: WebServer) -> None:
    good, bad = server.add("/a", page("Good")), server.add("/b", webserver.status(404))

    report = build(tmp_path, bad, good)

    assert [article.title for article in report.articles] == ["Good"]
    assert [(issue.code, issue.where, issue.message) for issue in report.issues] == [
        ("input-unreachable", bad, "HTTP 404")
    ]
    assert list(summary(report))[2:] == [f"left out: 1 unreadable ({bad}: HTTP 404)"]
    with pytest.raises(InputError, match=f"{bad}: HTTP 404; check the address"):
        build(tmp_path, bad)


def test_an_address_of_a_private_network_is_refused_unless_allowed(tmp_path: Path, server: WebServer) -> None:
    with pytest.raises(InputError, match="loopback"):
        build(tmp_path, server.add("/a", page("A")), network=Network())

    assert not server.seen


PAGE = "<!doctype html><title>{0}</title><nav><a href=/>Home</a></nav><article><h1>{0}</h1>{1}</article><p>Imprint"


def test_the_pages_of_articles_that_a_feed_cuts_short_are_fetched_on_demand(tmp_path: Path, server: WebServer) -> None:
    towns = ("Kano", "Lima", "Oslo", "Pune", "Rome", "Suva")
    text = "".join(
        f"<p>From {one} the boat went on to {other}, as it had done each summer since the harbor of {one} was built.</p>"
        for one, other in pairwise(towns)
    )
    items = []
    for number, (described, behavior) in enumerate(
        [
            ("The beginning …", page_of("Cut", text)),
            ("", page_of("Named", text)),
            ("The beginning …", webserver.status(404)),
            ("", webserver.status(404)),
            ("A text that the feed has whole. " * 90, webserver.status(500)),
        ]
    ):
        link = server.add(f"/{number}", behavior)
        items.append(f"<item><title>T{number}</title><link>{link}</link><description>{described}</description></item>")
    feed = tmp_path / "feed.xml"
    feed.write_text(f"<rss version='2.0'><channel><title>The Feed</title>{''.join(items)}</channel></rss>")

    plain, full = build(tmp_path, feed), build(tmp_path, feed, full_text=True)
    with zipfile.ZipFile(tmp_path / "b.epub") as book:
        chapters = "".join(book.read(article.chapter.join(("EPUB/", ""))).decode() for article in full.articles)

    assert [article.title for article in plain.articles] == ["T0", "T2", "T4"]
    assert [article.title for article in full.articles] == ["T0", "T1", "T2", "T4"]
    assert chapters.count("From Rome the boat went on to Suva") == 2
    assert "Imprint" not in chapters
    assert [(issue.code, issue.where) for issue in full.issues] == [
        ("article-unreachable", f"{server.address}/{number}") for number in (2, 3)
    ]


def test_robots_txt_is_asked_once_a_site_for_what_feeds_name_and_not_for_what_a_person_names(
    tmp_path: Path, server: WebServer
) -> None:
    text = "<p>From Lima the boat went on to Oslo, as it did each summer.</p>" * 9
    links = [server.add(f"/{name}", page_of(name, text)) for name in ("open/a", "closed/b", "closed/c", "closed/d")]
    rules = "User-agent: *\nDisallow: /closed/\nAllow: /closed/c$\n"
    server.add("/robots.txt", webserver.cacheable(rules.encode(), {"Content-Type": "text/plain"}))
    items = [
        f"<item><title>{link}</title><link>{link}</link><description>Text of {link} …</description></item>"
        for link in links
    ]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/feed.xml").write_text(
        f"<rss version='2.0'><channel><title>F</title>{''.join(items[:3])}</channel></rss>"
    )
    (tmp_path / "in/list.txt").write_text(links[3])

    full = build(tmp_path, tmp_path / "in", full_text=True)
    build(tmp_path, tmp_path / "in", full_text=True)

    asked = [seen.path for seen in server.seen]
    assert sorted(asked) == ["/closed/c", "/closed/c", "/closed/d", "/closed/d", "/open/a", "/open/a", "/robots.txt"]
    assert [article.url for article in full.articles] == links
    message = "the site's robots.txt forbids it; name the address itself to fetch it"
    assert [(issue.code, issue.where, issue.message) for issue in full.issues] == [
        ("article-unreachable", links[1], message)
    ]


@pytest.mark.parametrize(("answer", "count"), [(webserver.status(404), 1), (webserver.status(503), 0)])
def test_without_robots_txt_all_may_be_fetched_and_nothing_while_the_site_is_in_trouble(
    tmp_path: Path, server: WebServer, answer: webserver.Behavior, count: int
) -> None:
    link = server.add("/a", page_of("A", "<p>From Lima the boat went on to Oslo, as it did each summer.</p>" * 9))
    server.add("/robots.txt", answer)
    item = f"<item><title>T</title><link>{link}</link><description>Feed's text …</description></item>"
    (tmp_path / "feed.xml").write_text(f"<rss version='2.0'><channel><title>F</title>{item}</channel></rss>")

    report = build(tmp_path, tmp_path / "feed.xml", full_text=True)

    assert [seen.path for seen in server.seen].count("/a") == count
    assert len(report.issues) == 1 - count
    assert len(report.articles) == 1


def test_an_outline_s_feeds_are_fetched_on_demand_and_the_pages_of_their_articles(
    tmp_path: Path, server: WebServer
) -> None:
    link = server.add(
        "/named", page_of("Named", "<p>From Lima the boat went on to Oslo, as it did each summer.</p>" * 9)
    )
    whole = f"<title>Whole</title><link>{server.address}/whole</link><description>{'Text. ' * 500}</description>"
    items = f"<item>{whole}</item><item><link>{link}</link></item>"
    feed = f"<rss version='2.0'><channel><title>The Feed</title>{items}</channel></rss>"
    address = server.add("/feed", webserver.cacheable(feed.encode(), {"Content-Type": "application/rss+xml"}))
    outline = tmp_path / "list.opml"
    outline.write_text(f"<opml version='2.0'><body><outline text='The Feed' xmlUrl='{address}'/></body></opml>")

    full = build(tmp_path, outline, full_text=True)

    assert [article.title for article in full.articles] == ["Whole", "Named"]
    assert full.issues == ()


def page_of(title: str, text: str) -> webserver.Behavior:
    return webserver.cacheable(PAGE.format(title, text).encode(), {"Content-Type": "text/html"})
