"""`--dry-run`: what a build would take and leave out, and nothing written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import commandline
import pytest
from archives import write_article
from webserver import WebServer, picture

COMMAND = ("build", "in", "-o", "news.epub", "--timezone", "UTC", "--cache", "cache", "--new", "--state", "seen.sqlite")
START = datetime(2022, 3, 1, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with an article of each of 52 days, one of them twice."""
    monkeypatch.chdir(tmp_path)
    for day in range(52):
        moment, link = START + timedelta(days=day), f"https://example.org/{day}"
        body = f"<p>What there was on the {day}th day.</p>"
        write_article(tmp_path / "in" / f"{day:02}.txt", f"Day {day}", link=link, body=body, moment=moment)
    write_article(tmp_path / "in" / "again.txt", "Day 0", link="https://m.example.org/0", moment=START)
    (tmp_path / "in" / "a.pdf").touch()
    return tmp_path


def run(*flags: str, status: int = 0) -> list[str]:
    """Return the lines of a dry run on stdout. Every file is as it was before."""
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    done = commandline.here(*COMMAND, *flags, "--dry-run")
    assert done.returncode == status, done.stderr
    assert {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before
    return done.stdout.splitlines()


def test_a_dry_run_says_what_is_written_taken_and_left_out_and_writes_nothing() -> None:
    first = run("--report", "report.json", "--group-by", "month/source")

    assert first[:5] == [
        "would write news.epub: example.org 2022-03 – 2022-04",
        "would write report.json: the report",
        "52 of 53 articles",
        "left out: 1 duplicate",
        "files not read: 1 .pdf",
    ]
    assert first[5:7] == ["2022-03 / example.org (31)", "  2022-03-01 06:30  Day 0 (example.org)"]
    assert first[-2:] == ["  2022-04-19 06:30  Day 49 (example.org)", "and 2 more articles, which --verbose lists"]
    assert run("-v")[-1] == "  2022-04-21 06:30  Day 51 (example.org)"


def test_a_dry_run_knows_what_earlier_books_have_and_ends_as_the_build_would() -> None:
    assert commandline.here(*COMMAND, "--until", "2022-04-19", "--no-cover").returncode == 0

    assert run()[:3] == ["would replace news.epub: example.org 2022-04-20 – 2022-04-21", "2 of 53 articles",
                         "left out: 1 duplicate, 50 in earlier books"]  # fmt: skip
    assert run("--since", "today", "--fail-if-empty", status=5) == [
        "nothing to do: none is left of 53 articles: 1 duplicate, 50 in earlier books, 2 of other days"
    ]
    assert run("--report", "in/00.txt", status=1) == []
    assert run("--style", "baroque", status=2) == run("--prune", status=2) == []


def test_a_dry_run_names_the_volumes() -> None:
    months = run("--split-by", "month", "-t", "News", "--language", "en")
    days = run("--split-by", "day", "-t", "News")

    assert months[:4] == [
        "would write news-2022-03.epub: News: March 2022 (31 articles)",
        "would write news-2022-04.epub: News: April 2022 (21 articles)",
        "52 of 53 articles",
        "left out: 1 duplicate",
    ]
    assert days[49].startswith("would write news-2022-04-19.epub: ")
    assert days[50] == "and 2 more volumes, which --verbose lists"


def test_a_dry_run_fetches_pages_that_are_inputs_but_no_pictures_and_no_full_text() -> None:
    page = b"<!doctype html><title>A page</title><article><p>Its text is here.</p><img src=/p.jpg></article>"
    with WebServer() as server:
        address = server.add("/page", picture(page, "text/html"))
        Path("in/link.txt").write_text(f"[A link]({server.address}/linked)\n------\n", encoding="utf-8")

        lines = run(address, "--full-text", "--allow-private-network", "--max-size", "1MB")

        assert server.paths == ["/page"]
    assert "not known: what --full-text finds, as pages are not fetched" in lines
    assert lines[1] == "54 of 55 articles"
