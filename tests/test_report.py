from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from checkout import ROOT

from epubmaker.errors import OutputError
from epubmaker.model.articles import Issue
from epubmaker.model.books import Book
from epubmaker.report import LEFT_OUT, ArticleRecord, Intake, PictureRecord, Report, human_size

PACKAGE = ROOT / "epubmaker"
DOCUMENT = (PACKAGE.parent / "docs" / "report.md").read_text(encoding="utf-8")
REPORT = Report(
    books=(Book(Path("news.epub"), "新闻", 3_210_000, "ab", 1, 1),),
    articles=(
        ArticleRecord(
            "seeds/a.txt", "标题", "https://e.org/", datetime(2022, 1, 12, tzinfo=UTC), "zh-Hans", "a-1.xhtml", 1
        ).without({"share": 2}, 40),
    ),
    pictures=(
        PictureRecord(
            "https://e.org/p.webp",
            "embedded",
            file="images/x.jpg",
            from_cache=True,
            bytes_in=20000,
            bytes_out=9000,
            width=640,
            height=480,
        ),
        PictureRecord("https://gone.example/p.jpg", "missing", "HTTP 404"),
        PictureRecord("https://gone.example/q.jpg", "missing", "HTTP 404"),
        PictureRecord("https://e.org/pixel.gif", "skipped", "1 by 1 pixel"),
    ),
    issues=(Issue("picture-missing", "warning", "seeds/a.txt", "HTTP 404"),),
    seconds={"total": 1.23456},
    intake=Intake(4, {"duplicate": 2, "unreadable": 1}, {".pdf": 1}),
)


def test_the_json_has_the_fields_of_the_contract() -> None:
    document = json.loads(REPORT.to_json())

    assert document["version"] == 2
    assert document["books"] == [
        {
            "path": "news.epub",
            "status": "written",
            "title": "新闻",
            "bytes": 3_210_000,
            "sha256": "ab",
            "articles": 1,
            "pictures": 1,
        }
    ]
    assert document["articles"][0] == {
        "source": "seeds/a.txt",
        "title": "标题",
        "url": "https://e.org/",
        "published": "2022-01-12T00:00:00Z",
        "language": "zh-Hans",
        "chapter": "a-1.xhtml",
        "pictures": 1,
        "dropped": 0,
        "left_out": {"share": 2},
        "left_out_characters": 40,
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
        "code": None,
        "kind": None,
    }
    assert [picture["status"] for picture in document["pictures"]] == ["embedded", "missing", "missing", "skipped"]
    assert document["issues"] == [
        {"code": "picture-missing", "severity": "warning", "where": "seeds/a.txt", "message": "HTTP 404"}
    ]
    assert document["seconds"] == {"total": 1.235}
    assert document["found"] == 4
    assert document["left_out"] == {"duplicate": 2, "unreadable": 1}
    assert document["not_read"] == {".pdf": 1}
    assert document["checked"] is False
    assert document["program"].startswith("epubmaker ")


def test_the_document_shows_the_fields_of_the_report_and_every_code_of_an_issue() -> None:
    document = json.loads(REPORT.to_json())
    example = json.loads(DOCUMENT.partition("```json")[2].partition("```")[0])
    tables = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", DOCUMENT))
    sources = "".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    codes = set(re.findall(r'Issue\(\s*"([a-z-]+)"', sources))

    assert list(example) == list(document)
    for name in ("books", "articles", "pictures", "issues"):
        assert list(example[name][0]) == list(document[name][0])
    assert len(codes) > 5
    assert codes - {"check"} <= tables
    assert set(example["left_out"]) == set(LEFT_OUT)


def test_the_report_replaces_an_older_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("older")

    REPORT.write(path)

    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 2
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_that_cannot_be_written_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="the report cannot be written"):
        REPORT.write(tmp_path / "no" / "report.json")


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (999, "999 B"), (14_400, "14 KB"), (3_210_000, "3.2 MB")])
def test_sizes_read_well(size: int, text: str) -> None:
    assert human_size(size) == text
