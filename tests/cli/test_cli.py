"""The command line as users run it: a process with arguments, two streams and an exit status."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import commandline
import pytest
from archives import write_archive, write_article
from checkout import ROOT
from minibook import write_book

from epubmaker.model.chapters import Document

README = (ROOT / "README.md").read_text(encoding="utf-8")
OFFLINE = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")


def run(*arguments: str | Path, cwd: Path, fresh: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    return commandline.run(*arguments, cwd=cwd, fresh=fresh, EPUBMAKER_BUILD_CACHE="cache", **OFFLINE, **environment)


def sections_of_the_help(columns: int) -> dict[str, list[str]]:
    """Return the lines of the sections of `build --help`, by their titles."""
    text = run("build", "--help", cwd=Path.cwd(), COLUMNS=str(columns)).stdout
    return {title: lines.splitlines() for title, lines in re.findall(r"^(\S.*):\n((?: .*\n)+)", text, re.MULTILINE)}


@cache
def flags_of(command: str) -> set[str]:
    text = run(command, "--help", cwd=Path.cwd()).stdout
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - {"--help"}


def test_a_build_says_what_it_made_on_stdout_and_without_a_terminal_no_progress(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 3)

    done = run("build", "in", "-o", "news.epub", "--title", "My news", cwd=tmp_path, fresh=True)

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "news.epub: My news, 12 January 2022"
    assert re.fullmatch(r"3 articles, \d+ KB", lines[1])
    assert lines[2:] == []
    assert done.stderr == ""
    assert (tmp_path / "news.epub").exists()


def test_the_help_shows_examples_as_they_are_typed(tmp_path: Path) -> None:
    lines = [line.strip() for line in run("build", "--help", cwd=tmp_path).stdout.splitlines()]

    assert "epubmaker build seeds/ -o news.epub" in lines


def test_a_missing_picture_is_reported_with_the_reason(tmp_path: Path) -> None:
    write_article(tmp_path / "a.txt", body='<p>Text</p><img src="gone.jpg">', link="")

    done = run("build", "a.txt", "-o", "b.epub", "-v", cwd=tmp_path)

    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "pictures missing: 1 × no such file"
    assert "[picture-missing]" in done.stderr


def test_quiet_says_nothing(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    done = run("build", "in", "-o", "b.epub", "-q", cwd=tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_hint_is_no_warning_goes_to_stderr_and_is_not_said_with_quiet(tmp_path: Path) -> None:
    for number in range(20):
        body = f"<p>Welcome to our channel, please subscribe.</p><p>Ship {'I' * number} left.</p>"
        write_article(tmp_path / "in" / f"{number}.txt", f"Ship {number}", link=f"https://e.org/{number}", body=body)
    command = ("build", "in", "-o", "b.epub", "--no-cover", "--fail-if-warnings")

    done, quiet = run(*command, cwd=tmp_path), run(*command, "-q", cwd=tmp_path)

    assert (done.returncode, quiet.returncode) == (0, 0)
    assert done.stderr.splitlines()[-1].startswith("hint: more than half of the text repeats")
    assert "hint" not in done.stdout
    assert quiet.stdout == quiet.stderr == ""


def test_quiet_still_says_why_it_failed(tmp_path: Path) -> None:
    write_article(tmp_path / "a.txt", body='<p>Text</p><img src="gone.jpg">', link="")

    done = run("build", "a.txt", "-o", "b.epub", "-q", "--fail-if-warnings", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "warning: gone.jpg: no such file\n"


def test_an_error_is_one_line_that_names_the_thing_the_cause_and_the_next_step(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    done = run("build", "in", "-q", cwd=tmp_path)

    assert done.returncode == 1
    assert re.fullmatch(r"error: in: no article in it; read are .*\n", done.stderr)


def test_verbose_adds_where_an_error_came_from(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()

    assert "Traceback" in run("build", "in", "-v", cwd=tmp_path).stderr


def test_warnings_fail_the_build_only_when_asked_to(tmp_path: Path) -> None:
    write_article(tmp_path / "a.txt", body='<p>Text</p><img src="gone.jpg">', link="")

    assert run("build", "a.txt", "-o", "b.epub", cwd=tmp_path).returncode == 0
    assert run("build", "a.txt", "-o", "c.epub", "--fail-if-warnings", cwd=tmp_path).returncode == 3
    assert (tmp_path / "c.epub").exists()


def test_titles_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    write_article(tmp_path / "a.txt", "Evil \x1b]0;owned\x07 \u202etitle")

    done = run("build", "a.txt", "-v", cwd=tmp_path)

    assert done.returncode == 0
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202e]", done.stdout + done.stderr)


def test_a_console_that_cannot_show_chinese_does_not_fail_the_build(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 2)

    done = run("build", "in", "-t", "新闻", "-v", cwd=tmp_path, PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "新闻.epub").exists()


def test_flags_can_come_from_the_environment(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    run("build", "in", cwd=tmp_path, EPUBMAKER_BUILD_OUTPUT="env.epub", EPUBMAKER_BUILD_MAX_SIZE="50MB")

    assert (tmp_path / "env.epub").exists()


def test_the_report_is_written_where_asked(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)

    run("build", "in", "--report", "r.json", cwd=tmp_path)

    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["version"] == 2


@pytest.mark.slow
def test_a_book_is_checked_when_it_is_made_or_later_and_its_errors_are_reported(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 1)
    (tmp_path / "bad.epub").write_bytes(b"no book")

    made = run("build", "in", "-o", "good.epub", "--check", cwd=tmp_path)
    found = run("check", "bad.epub", cwd=tmp_path)

    assert made.returncode == 0
    assert made.stdout.splitlines()[-1] == "EPUBCheck: no findings"
    assert found.returncode == 3
    assert re.match(r"bad\.epub: (FATAL|ERROR)", found.stdout)


def test_inspect_tells_what_was_understood_of_an_article(tmp_path: Path) -> None:
    write_article(
        tmp_path / "a.txt", "The title", body='<p>A text in English.</p><img src="p.jpg" alt="What it shows">'
    )

    text = run("inspect", "a.txt", cwd=tmp_path).stdout

    for expected in ("The title", "https://example.org/a", "2022-01-12 06:00:00", "en", "p.jpg", "What it shows"):
        assert expected in text


def test_inspect_tells_what_a_folder_holds(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 4)

    text = run("inspect", "in", cwd=tmp_path).stdout

    assert re.search(r"articles\s+4", text)
    assert "news.example.org (4)" in text


def test_inspect_tells_where_each_value_stands_and_what_a_book_would_lack(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    page = '<!doctype html><title>A page</title><meta name="author" content="A. Writer"><p>Some text.</p>'
    (folder / "a.html").write_text(page, encoding="utf-8")
    for name, text in (("b", "The text"), ("c", "")):
        write_article(folder / f"{name}.txt", "The title", link="https://example.org/b", body=f"<p>{text}</p>")
    (folder / "d.pdf").write_bytes(b"%PDF")

    lines = run("inspect", "in", cwd=tmp_path).stdout
    found = json.loads(run("inspect", "in", "--json", cwd=tmp_path).stdout)

    assert re.search(r"left out +in/c.txt: the same address as in/b.txt", lines)
    assert [(article["label"], article["format"], article["title"]) for article in found["articles"]] == [
        ("in/a.html", "page", "A page"),
        ("in/b.txt", "archive", "The title"),
        ("in/c.txt", "archive", "The title"),
    ]
    assert [article["from"]["title"] for article in found["articles"]] == ["title", "title line", "title line"]
    assert found["articles"][0]["published"] is None
    assert found["articles"][1]["published"] == "2022-01-12T06:00:00Z"
    left_out = {"reason": "duplicate", "message": "the same address as in/b.txt, which stays: this one has no text"}
    assert [article["left_out"] for article in found["articles"]] == [None, None, left_out]
    assert (found["version"], found["program"].split()[0]) == (1, "epubmaker")
    assert (found["found"], found["left_out"], found["not_read"]) == (3, {"duplicate": 1}, {".pdf": 1})


def test_inspect_tells_what_is_in_a_book(tmp_path: Path) -> None:
    write_archive(tmp_path / "in", 2)
    run("build", "in", "-o", "b.epub", "-t", "My news", cwd=tmp_path)

    text = run("inspect", "b.epub", cwd=tmp_path).stdout
    json_lines = run("inspect", "b.epub", "--json", cwd=tmp_path, PYTHONIOENCODING="ascii").stdout

    for expected in ("My news", "Talks go on, part 0", "第1篇：谈判继续"):
        assert expected in text
    book = json.loads(json_lines)["book"]
    assert (book["path"], book["metadata"]["title"], book["pictures"]) == ("b.epub", ["My news"], 1)
    assert {"depth": 1, "title": "第1篇：谈判继续"} in book["contents"]


def test_inspect_reads_the_contents_of_a_book_that_has_the_nav_document_alone(tmp_path: Path) -> None:
    write_book(tmp_path / "other.epub", [Document("one.xhtml", b"<html/>"), Document("two.xhtml", b"<html/>")])
    name = "other.epub"
    if sys.platform != "win32":
        name = "link.epub"
        (tmp_path / name).symlink_to("other.epub")

    assert commandline.here("inspect", str(tmp_path / name)).stdout.endswith("contents\n  one.xhtml\n  two.xhtml\n")


def test_inspect_of_something_else_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = run("inspect", "empty", cwd=tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_the_cache_can_be_looked_at_and_cleared(tmp_path: Path) -> None:
    write_article(tmp_path / "a.txt", body='<p>Text</p><img src="https://nowhere.invalid/p.jpg">')
    run("build", "a.txt", "--cache", "kept", "--retries", "0", cwd=tmp_path)

    before = run("cache", "info", "--cache", "kept", cwd=tmp_path)
    cleared = run("cache", "clear", "--cache", "kept", cwd=tmp_path)

    assert re.search(r"pictures +0\n", before.stdout)
    assert "kept" in before.stdout
    assert (cleared.returncode, cleared.stdout) == (0, "")
    assert (
        run("cache", "clear", "--cache", "kept", "--older-than", "30", "--down-to", "1GB", cwd=tmp_path).returncode == 0
    )


@pytest.mark.parametrize(("size", "status"), [("50MB", 0), ("1.5 gb", 0), ("300000", 0), ("much", 2)])
def test_a_size_is_read_with_its_unit(tmp_path: Path, size: str, status: int) -> None:
    assert run("cache", "clear", "--down-to", size, "--cache", "kept", cwd=tmp_path).returncode == status


def test_devices_and_styles_list_what_build_takes(tmp_path: Path) -> None:
    devices = [line.split(maxsplit=1)[0] for line in run("devices", cwd=tmp_path).stdout.splitlines() if line]
    styles = [line.split()[0] for line in run("styles", cwd=tmp_path).stdout.splitlines()]

    assert {"generic", "kobo-6"} <= set(devices)
    assert "news" in styles


@pytest.mark.parametrize("columns", [80, 100])
def test_the_help_of_build_has_a_line_for_each_flag(columns: int) -> None:
    lines = [line for lines in sections_of_the_help(columns).values() for line in lines]

    assert lines
    for line in lines:
        assert re.fullmatch(r"  (-\w, )?--[a-z-]+( \S+)? {2,}\S.*[.\]]", line)
        assert len(line) < columns


@pytest.mark.parametrize("columns", [40, 80])
def test_the_help_of_the_program_cuts_nothing_off(columns: int) -> None:
    listed = commandline.here("--help", COLUMNS=str(columns)).stdout.partition("Commands:\n")[2]

    assert " ".join(listed.split()).startswith("build Make a book of articles. cache Look after ")
    assert "..." not in listed


def test_the_readme_has_the_flags_of_build_in_the_sections_and_the_order_of_the_help() -> None:
    table = README.partition("| flag of `build` | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    readme: dict[str, list[str]] = {}
    for row in table.splitlines():
        first = row.split(" | ")[0]
        if title := re.match(r"\| \*\*(.*)\*\*", first):
            flags = readme.setdefault(title[1], [])
        else:
            flags += re.findall(r"--[a-z-]+", first)

    helped = {
        title: [flag for line in lines for flag in re.findall(r"^  (?:-\w, )?(--[a-z-]+)", line)]
        for title, lines in sections_of_the_help(80).items()
    }

    assert list(readme.items()) == list(helped.items())


@pytest.mark.parametrize("command", ["build", "check", "inspect", "plan", "run"])
def test_the_readme_names_every_flag(command: str) -> None:
    missing = {flag for flag in flags_of(command) if f"`{flag}" not in README and f", {flag}" not in README}

    assert not missing


def test_every_flag_that_the_readme_names_exists() -> None:
    section = README.partition("## Usage")[2].partition("## ")[0]
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", section))
    known = (
        flags_of("build")
        | flags_of("check")
        | flags_of("inspect")
        | flags_of("plan")
        | flags_of("preview")
        | flags_of("run")
        | {"--address", "--port", "--user", "--password-file", "--timeout"}
        | {"--cache", "--older-than", "--down-to"}
        | {"--help", "--version"}
    )

    assert named <= known, named - known


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("bu", ["plain,build"]),
        ("build --dev", ["plain,--device"]),
        ("build --device kobo-1", ["plain,kobo-10"]),
        ("build --style la", ["plain,large-print", "file,la"]),
        ("build --from mai", ["plain,mail"]),
        ("build se", ["file,se"]),
        ("build --css se", ["file,se"]),
        ("build --output se", ["file,se"]),
        ("build --config se", ["file,se"]),
    ],
)
def test_a_shell_completes_commands_flags_values_and_paths(tmp_path: Path, words: str, offered: list[str]) -> None:
    number = str(len(words.split()))

    done = run(cwd=tmp_path, _EPUBMAKER_COMPLETE="bash_complete", COMP_WORDS=f"epubmaker {words}", COMP_CWORD=number)

    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (0, offered, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_takes_the_completion_as_documented(tmp_path: Path) -> None:
    (line,) = re.findall(
        r"^(eval .*bash_source epubmaker.*?\)\")", (ROOT / "docs/usage.md").read_text("utf-8"), re.MULTILINE
    )
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    done = subprocess.run(
        ["bash", "-c", f"{line}; complete -p epubmaker"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.endswith(" epubmaker\n")
