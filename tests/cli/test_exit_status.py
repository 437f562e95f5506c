"""The exit statuses: each way to each, and a report that tells the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import commandline
import pytest
from archives import write_archive, write_article
from webserver import WebServer, status

from epubmaker.options import Network, Options
from epubmaker.pipeline.build import Progress, build

ENVIRONMENT = {"EPUBMAKER_BUILD_CACHE": "cache", "EPUBMAKER_BUILD_OFFLINE": "1", "EPUBMAKER_BUILD_NO_COVER": "1"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_archive(Path("in"), 2)
    write_article(Path("lacking/a.txt"), body='<p>Text</p><img src="gone.jpg">', link="")
    Path("empty").mkdir()
    Path("older.txt").write_text("My diary")
    return tmp_path


def report() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("r.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("in -o b.epub", 0),
        ("in --since 2030", 0),
        ("lacking -o b.epub", 0),
        ("empty", 1),
        ("older.txt/x", 2),  # no such input, which is seen before any path is looked at
        ("in -o older.txt", 1),
        ("in -o nowhere/b.epub", 1),
        ("in -o b.epub --style baroque", 2),
        ("in -o b.epub --language n0", 2),
        ("in -o b.kepub.epub --device kindle", 2),
        ("lacking -o b.epub --fail-if-warnings", 3),
        ("in --since 2030 --fail-if-empty", 5),
        ("in --since 2030 --fail-if-empty --fail-if-warnings", 5),
    ],
)
def test_a_report_has_the_exit_status_and_the_error(command: str, expected: int) -> None:
    done = commandline.here("build", *command.split(), "--report", "r.json", **ENVIRONMENT)
    lines = [line.removeprefix("error: ") for line in done.stderr.splitlines() if line.startswith("error: ")]

    assert done.returncode == expected
    if command.startswith("older"):
        assert not Path("r.json").exists()
        return
    told = report()
    assert told["exit_status"] == expected
    assert told["error"] == (lines[0] if lines else None)
    assert bool(told["books"]) == (expected in {0, 3} and "2030" not in command)
    assert told["time_zone"]
    assert Path("older.txt").read_text() == "My diary"


@pytest.mark.parametrize("path", ["older.txt", "b.epub", "in/0.txt", "nowhere/r.json"])
def test_no_report_is_written_where_none_may_be(path: str) -> None:
    article = Path("in/0.txt").read_bytes()
    done = commandline.here("build", "in", "-o", "b.epub", "--report", path, **ENVIRONMENT)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert Path("older.txt").read_text() == "My diary"
    assert Path("in/0.txt").read_bytes() == article
    assert not Path("b.epub").exists()


def test_what_was_known_before_an_error_is_in_the_report() -> None:
    Path("empty/a.txt").touch()

    assert commandline.here("build", "empty", "--report", "r.json", **ENVIRONMENT).returncode == 1
    assert (report()["found"], report()["left_out"]) == (1, {"unreadable": 1})
    assert [issue["code"] for issue in report()["issues"]] == ["article-empty"]


def test_too_many_missing_pictures_are_status_4_and_in_the_report() -> None:
    with WebServer() as server:
        body = "".join(f'<img src="{server.add(f"/{n}", status(500))}">' for n in range(10))
        write_article(Path("in/a.txt"), "Pictures", body=f"<p>Text</p>{body}")
        command = ("build", "in", "-o", "b.epub", "--report", "r.json", "--retries", "0", "--allow-private-network")
        online = {**ENVIRONMENT, "EPUBMAKER_BUILD_OFFLINE": "0"}
        first = commandline.here(*command, **online)
        book = Path("b.epub").read_bytes()
        second = commandline.here(*command, "--title", "Other", "--refresh", **online)
        told = report()
        volumes = ("-o", "{n}.epub", "--split-by", "2", "--sort", "title", "--reverse")
        Path("2.epub").write_bytes(book)
        third = commandline.here(*command[:2], *volumes, *command[4:], **online)
        written = report()["books"]

    assert (first.returncode, second.returncode) == (0, 4)
    assert Path("b.epub").read_bytes() == book
    assert (third.returncode, [each["path"] for each in written]) == (4, ["1.epub"])
    assert second.stderr.splitlines()[-1] == f"error: {told['error']}"
    assert (told["exit_status"], told["books"]) == (4, [])
    assert [picture["status"] for picture in told["pictures"]] == ["missing"] * 10


def test_an_interrupt_is_in_the_report() -> None:
    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(
            Options((Path("in"),), output=Path("b.epub"), report=Path("r.json"), network=Network(offline=True)),
            interrupt,
        )

    assert (report()["exit_status"], report()["error"], report()["books"]) == (130, "interrupted", [])


@pytest.mark.parametrize("output", ["empty", "/dev/null", "older.txt"])
def test_a_report_takes_no_files_place_where_the_output_is_refused_first(output: str) -> None:
    done = commandline.here("build", "in", "-o", output, "--report", "older.txt", **ENVIRONMENT)

    assert done.returncode == 1
    assert Path("older.txt").read_text() == "My diary"
