"""The preview in Chromium: a book is read by keys, shown again when a source changes, and keeps to itself."""

from __future__ import annotations

import shutil
import socketserver
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import ROOT
from chromium import Tab
from loopback import Loopback
from minibook import write_book
from previewing import previewing
from readingsystems import chromium

from epubmaker.model.chapters import Document
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason="Chromium is not installed: run .ci/readers"),
]

READY = "layout && edition === state.edition && !state.making && !frame.classList.contains('waiting')"
SHOWN = "frame.contentDocument.body.textContent"
MARKED = "document.querySelector('#contents [aria-current]').textContent"


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with Tab(chromium() or "") as tab:
        yield tab


def test_inputs_are_read_by_keys_and_shown_again_when_they_change(tab: Tab, tmp_path: Path) -> None:
    source = tmp_path / "in" / "2022-01-14-ferry-papers.md"
    shutil.copytree(ROOT / "seeds", tmp_path / "in")
    with previewing(tmp_path, "in", "--title", "Papers", "--language", "en", "--style", "news") as address:
        tab.open(address)
        tab.until(READY)
        assert tab.run("document.title") == "Papers – preview"
        listed = tab.run("[...document.querySelectorAll('#contents li li')].map(each => each.textContent)")
        assert "Keeping the light: how to save the news for a long journey" in listed

        for _ in range(3):  # cover, title page, table of contents
            tab.press("n")
            tab.until(READY)
        assert tab.run(MARKED) == listed[0]
        pages = tab.run("pages")
        assert tab.run("place.textContent") == f"page 1 of {pages}"
        first = tab.run("chapter")
        for number in range(1, pages):
            tab.press("ArrowRight" if number % 2 else " ")
            assert tab.run("page") == number
        tab.press("PageDown")
        tab.until(f"chapter === {first + 1} && {READY}")
        assert (tab.run(MARKED), tab.run("page")) == (listed[1], 0)
        tab.press("ArrowLeft")
        tab.until(f"chapter === {first} && {READY}")
        assert tab.run("page") == pages - 1

        tab.run(f"open({first + 2}, {{ page: 1 }})")
        tab.until(READY)
        was = tab.run("[chapter, page, pages]")
        rule = "frame.contentWindow.getComputedStyle(frame.contentDocument.querySelector('header')).borderBottomWidth"
        assert tab.run(rule) == "1px"
        tab.press("s")
        tab.until(f"state.style === 'plain' && {READY} && {rule} === '0px'")
        assert tab.run("chapter") == was[0]
        width = tab.run("paper.offsetWidth")
        tab.press("d")
        assert round(1272 * 150 / 300) < width
        tab.until(f"state.device === 'kindle' && {READY} && paper.offsetWidth === {round(1272 * 150 / 300)}")
        tab.press("+")
        assert "110%" in tab.run("frame.contentDocument.getElementById('epubmaker-preview-1').textContent")

        source.write_text(source.read_text("utf-8") + "\n\nA line that was added later.\n", "utf-8")
        tab.until(f"{SHOWN}.includes('A line that was added later.') && {READY}")
        assert tab.run("chapter") == was[0]
        assert tab.run("page") > 0

        (tmp_path / "in").rename(tmp_path / "out")
        assert "in: " in tab.until("!at('error').hidden && at('error').textContent")
        assert "A line that was added later." in tab.run(SHOWN)
        (tmp_path / "out").rename(tmp_path / "in")
        tab.until(f"at('error').hidden && {READY}")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_finished_book_is_shown_again_when_it_is_replaced_and_ours_in_other_styles(tab: Tab, tmp_path: Path) -> None:
    text = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title></head><body>{}</body></html>'
    pages = "".join(f'<p id="p{number}">Line {number}</p>' for number in range(200))
    one = text.format(
        f'<p id="go"><a href="two.xhtml#p150">There</a> <a id="near" href="#p190">near</a> <a id="out" href="https://example.org/">out</a></p>{pages}'
    )
    documents = [Document("one.xhtml", one.encode()), Document("two.xhtml", text.format(pages).encode())]
    write_book(tmp_path / "b.epub", documents)
    with previewing(tmp_path, "b.epub", "--device", "kobo-6") as address:
        tab.open(f"{address}#at=EPUB%2Fone.xhtml&share=0.5")
        tab.until(f"chapter === 1 && {READY}")
        assert tab.run("page") == tab.run("Math.floor(pages / 2)")
        assert tab.run("frame.contentDocument.getElementById('out').rel") == "noopener noreferrer"
        for _ in range(2):
            tab.press("Home")
            tab.run("frame.contentDocument.getElementById('near').click()")
            assert tab.until("page") == tab.run("pageOf(frame.contentDocument.getElementById('p190'))")
        tab.run("frame.contentDocument.querySelector('a').click()")
        tab.until(f"chapter === 2 && {READY}")
        assert 0 < tab.run("page") == tab.run("pageOf(frame.contentDocument.getElementById('p150'))")
        tab.press("s")
        assert (
            tab.run("at('status').textContent") == "· the style of this finished book is none of epubmaker's, and stays"
        )
        write_book(tmp_path / "new.epub", [documents[0], Document("two.xhtml", text.format("<p>New</p>").encode())])
        (tmp_path / "new.epub").replace(tmp_path / "b.epub")
        tab.until(f"{SHOWN} === 'New' && {READY}")

        build(Options((ROOT / "seeds",), tmp_path / "b.epub", style="magazine", network=Network(offline=True)))
        tab.until(f"state.style === 'magazine' && {READY}")
        tab.press("End")
        tab.press("n")
        tab.until(f"chapter === 3 && {READY}")
        aligned = "frame.contentWindow.getComputedStyle(frame.contentDocument.querySelector('h1')).textAlign"
        assert tab.run(aligned) == "center"
        tab.press("s")
        tab.until(f"state.style === 'news' && {READY} && {aligned} === 'left'")


REACHING = """<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>T</title>
<link rel="preconnect" href="REACH"/><link rel="prefetch" href="REACH"/><link rel="stylesheet" href="REACH/a.css"/>
<base href="REACH"/>
<meta http-equiv="refresh" content="0;url=REACH"/><style>@import url("REACH"); body { background: url(REACH) }</style>
<script>parent.ran = 1; fetch('REACH')</script><script src="own.js"></script></head>
<body onload="parent.ran = 2"><p>Text <img src="REACH" onerror="parent.ran = 3"/><img srcset="REACH 2x" src="REACH"/></p>
<iframe src="REACH"></iframe><object data="REACH"></object><embed src="REACH"/>
<video src="REACH" poster="REACH" autoplay="autoplay"/>
<form action="REACH" method="post"><input type="submit"/></form><a target="_top" href="javascript:parent.ran = 4">a</a>
<svg xmlns="http://www.w3.org/2000/svg"><image href="REACH"/><use href="REACH#x"/><script>parent.ran = 5</script></svg>
<iframe srcdoc="&lt;script&gt;top.ran = 6&lt;/script&gt;"></iframe></body></html>"""


def test_a_book_that_reaches_out_gets_nowhere(tab: Tab, tmp_path: Path) -> None:
    connections = []

    class Count(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            connections.append(self.client_address)

    with Loopback(socketserver.TCPServer(("127.0.0.1", 0), Count)) as other:
        document = REACHING.replace("REACH", f"http://127.0.0.1:{other.port}")
        drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>parent.ran = 7</script><text>Drawn</text></svg>'
        documents = [Document("one.xhtml", document.encode()), Document("two.svg", drawing.encode())]
        write_book(tmp_path / "b.epub", documents, styles={"own.js": "parent.ran = 8", "style.css": "p { margin: 0 }"})
        with previewing(tmp_path, "b.epub") as address:
            tab.open(f"{address}#at=EPUB%2Fone.xhtml")
            tab.until(f"chapter === 1 && {READY}")
            tab.run("frame.contentDocument.querySelector('input').click()")
            tab.run("frame.contentDocument.querySelector('a').click()")
            tab.press("n")
            tab.until(f"chapter === 2 && {READY}")
            assert tab.run("window.ran ?? null") is None
            tab.open(f"{address}book/1/EPUB/one.xhtml")  # as in a tab of its own
            tab.open(f"{address}text/1/EPUB/one.xhtml")
            assert tab.run("window.ran ?? null") is None
        tab.open("about:blank")
    assert connections == []
