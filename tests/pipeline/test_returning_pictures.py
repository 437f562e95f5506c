"""A picture without a caption that stands in three articles of a source is furniture; any other stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from archives import START, write_article
from rebuilt import Archive
from webserver import WebServer

from epubmaker.report import Report
from epubmaker.summary import summary

BANNERS = (  # one picture as the pages of a site show it
    '<p><img src="@/banner-300x200.jpg"></p>',
    '<p><a href="https://harbor.example/shop"><img src="" data-src="@/banner.jpg?w=640"></a></p>',
    '<figure><picture><source srcset="@/banner.jpg 2x"><img src="@/banner-768x512.jpg"></picture></figure>',
)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer() as running:
        yield running


class Harbor:
    """An archive of the articles of a harbor's site and of another one."""

    def __init__(self, folder: Path, server: WebServer) -> None:
        self.archive = Archive(folder)
        self._server = server

    def write(self, number: int, body: str, site: str = "harbor.example", text: str = "Ship {} left.") -> None:
        write_article(
            self.archive.inputs / f"{number}.txt",
            f"Ship {number}",
            link=f"https://{site}/{number}/",
            body=f"<p>{text.format(number)}</p>{body.replace('@', self._server.address)}" if text else body,
            moment=START + timedelta(hours=number),
        )

    def build(self, **options: Any) -> Report:
        return self.archive.build(**options)


@pytest.fixture
def harbor(tmp_path: Path, server: WebServer) -> Harbor:
    return Harbor(tmp_path, server)


def test_it_is_left_out_and_never_asked_for_whatever_its_size_and_what_is_cached(
    harbor: Harbor, server: WebServer
) -> None:
    for number in range(2):
        harbor.write(number, BANNERS[number])
    report = harbor.build()
    assert len(report.pictures) == 2
    assert not report.articles[0].left_out

    asked = len(server.seen)
    harbor.write(2, BANNERS[2])
    harbor.write(3, "<p>It came back.</p>")
    report = harbor.build(jobs=2)

    assert [dict(record.left_out) for record in report.articles] == [{"picture": 1}] * 3 + [{}]
    assert report.pictures == ()
    assert "left out around articles: 3 × picture; --keep-all leaves it in" in list(summary(report))
    assert harbor.archive.output.read_bytes() == harbor.archive.from_nothing()
    assert len(server.seen) == asked
    assert len(harbor.build(keep_all=True).pictures) == 3


def test_one_that_belongs_to_the_text_stays(harbor: Harbor) -> None:
    cells = "<tr><th>Ship</th><th>Tide</th></tr><tr><td>Ann</td><td>{}</td></tr>"
    holders = (
        "<figure>{}<figcaption>The harbor at dawn.</figcaption></figure>",
        "<p>See {} for the tide.</p>",
        f"<table>{cells}</table>",
    )
    for number in range(3):
        harbor.write(number, BANNERS[number])
        harbor.write(3 + number, holders[number].format('<img src="@/banner.jpg">'))
    harbor.write(6, '<p><img src="@/banner.jpg"></p>', text="")

    left_out = [sum(record.left_out.values()) for record in harbor.build().articles]

    assert left_out == [1, 1, 1, 0, 0, 0, 0]


def test_other_pictures_stay(harbor: Harbor) -> None:
    others = (
        '<p><img src="@/picture.php?id={}"></p>',
        '<p><img src="pictures/1.jpg"></p>',  # relative
        '<p><img src="@/lazy.png" data-src="@/own-{}.jpg"></p>',
    )
    for number in range(12):
        kind, rest = divmod(number, 4)
        harbor.write(number, others[kind].format(rest))
    for number in range(2):
        harbor.write(20 + number, BANNERS[0] * 2)
        harbor.write(30 + number, BANNERS[0], site="other.example")
        harbor.write(40 + number, BANNERS[0] * 2, text="Ship 20 left.")  # a copy of an article

    report = harbor.build()

    assert not any("picture" in record.left_out for record in report.articles)
