from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from epubmaker.errors import OutputError
from epubmaker.model.articles import Issue
from epubmaker.model.books import Book
from epubmaker.model.pictures import FetchFailed, Picture, PictureFile
from epubmaker.report import ArticleRecord, PictureRecord, Report, human_size

PICTURE = Picture(
    "https://e.org/p.webp",
    (PictureFile(Path("x.jpg"), "images/x.jpg", "image/jpeg", 640, 480, 9000, "00"),),
    bytes_in=20000,
    from_cache=True,
)
REPORT = Report(
    books=(Book(Path("news.epub"), "新闻", 3_210_000, "ab", 1, 1),),
    articles=(
        ArticleRecord(
            "seeds/a.txt", "标题", "https://e.org/", datetime(2022, 1, 12, tzinfo=UTC), "zh-Hans", "a-1.xhtml", 1
        ),
    ),
    pictures=(
        PictureRecord.of(PICTURE),
        PictureRecord.of(FetchFailed("https://gone.example/p.jpg", "picture-missing", "HTTP 404")),
        PictureRecord.of(FetchFailed("https://gone.example/q.jpg", "picture-missing", "HTTP 404")),
        PictureRecord.of(FetchFailed("https://e.org/pixel.gif", "picture-decoration", "1 by 1 pixel", "skipped")),
    ),
    issues=(Issue("picture-missing", "warning", "seeds/a.txt", "HTTP 404"),),
    seconds={"total": 1.23456},
)


def test_the_json_has_the_fields_of_the_contract() -> None:
    document = json.loads(REPORT.to_json())

    assert document["version"] == 1
    assert document["books"] == [
        {"path": "news.epub", "title": "新闻", "bytes": 3_210_000, "sha256": "ab", "articles": 1, "pictures": 1}
    ]
    assert document["articles"][0] == {
        "source": "seeds/a.txt",
        "title": "标题",
        "url": "https://e.org/",
        "published": "2022-01-12T00:00:00Z",
        "language": "zh-Hans",
        "chapter": "a-1.xhtml",
        "pictures": 1,
    }
    assert document["pictures"][0] == {
        "url": "https://e.org/p.webp",
        "status": "embedded",
        "reason": None,
        "file": "images/x.jpg",
        "from_cache": True,
        "bytes_in": 20000,
        "bytes_out": 9000,
        "width": 640,
        "height": 480,
    }
    assert [picture["status"] for picture in document["pictures"]] == ["embedded", "missing", "missing", "skipped"]
    assert document["issues"] == [
        {"code": "picture-missing", "severity": "warning", "where": "seeds/a.txt", "message": "HTTP 404"}
    ]
    assert document["seconds"] == {"total": 1.235}


def test_the_summary_says_what_was_made_and_what_is_missing_and_why() -> None:
    assert list(REPORT.summary()) == [
        "news.epub: 新闻",
        "3.2 MB, 1 article, 1 picture",
        "2 pictures missing (2 × HTTP 404, gone.example)",
    ]


def test_the_summary_of_a_whole_book_says_that_nothing_is_missing() -> None:
    assert list(Report().summary()) == ["nothing is missing"]


def test_the_report_replaces_an_older_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("older")

    REPORT.write(path)

    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the report cannot be written"):
        REPORT.write(tmp_path / "no" / "report.json")


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (999, "999 B"), (14_400, "14 KB"), (3_210_000, "3.2 MB")])
def test_sizes_read_well(size: int, text: str) -> None:
    assert human_size(size) == text
