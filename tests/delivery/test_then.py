"""`--then`: a command for each book that was written, and for no other."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import commandline
import pytest
from archives import START, write_article

HOOK = """import json, os, sys
sys.stdout.write("hook speaks\\n")
with open("calls.jsonl", "a", encoding="utf-8") as calls:
    calls.write(json.dumps([sys.argv[1:], os.environ["EPUBMAKER_BOOK"], sys.stdin.read()]) + "\\n")
sys.exit(7 if "fail" in sys.argv else 0)
"""
THEN = f'"{sys.executable}" hook.py'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with two articles and a command."""
    monkeypatch.chdir(tmp_path)
    Path("hook.py").write_text(HOOK, encoding="utf-8")
    for day in (1, 2):
        name = f"Article {day}"
        moment = START + timedelta(days=day)
        write_article(Path(f"in/{day}.txt"), name, link=f"https://e.org/{day}", moment=moment)
    return tmp_path


def build(*flags: str, output: str = "-news; $(x) & y.epub") -> subprocess.CompletedProcess[str]:
    named = ("in", f"--output={output}", "--no-cover", "--cache", "cache", "--timezone", "UTC")
    done = commandline.here("build", *named, *flags)
    assert "Traceback" not in done.stderr
    return done


def calls() -> list[tuple[list[str], str]]:
    """Return the arguments of each call, and the book in the environment."""
    lines = Path("calls.jsonl").read_text(encoding="utf-8").splitlines() if Path("calls.jsonl").exists() else []
    found = [json.loads(line) for line in lines]
    assert all(read == "" for _, _, read in found)
    return [(words, book) for words, book, _ in found]


def test_a_command_runs_once_for_a_book_that_was_written(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    book = str(folder / "-news; $(x) & y.epub")

    assert build("--then", f'{THEN} "two words"', "--dry-run").stdout.count(f"would run {THEN}") == 1
    assert calls() == []
    assert build("--then", f'{THEN} "two words" --x').returncode == 0
    assert calls() == [(["two words", "--x", book], book)]
    assert capfd.readouterr() == ("", "hook speaks\n")
    assert build("--then", f'{THEN} "two words" --x').returncode == 0  # unchanged
    assert build("--then", THEN, "--cache", "other").returncode == 0  # made again, with the same bytes
    assert build("--then", THEN, "--since", "2030").returncode == 0  # nothing to do
    assert len(calls()) == 1


def test_a_command_gets_each_volume_in_the_place_that_it_names(folder: Path) -> None:
    done = build("--then", f"{THEN} --book={{}} end", "--split-by", "1", output="{n}.epub")

    assert done.returncode == 0
    books = [str(folder / name) for name in ("1.epub", "2.epub")]
    assert calls() == [([f"--book={book}", "end"], book) for book in books]


@pytest.mark.parametrize("flags", [(), ("-q",), ("-v",)], ids=["", "quiet", "verbose"])
def test_a_command_that_fails_costs_no_book(flags: tuple[str, ...]) -> None:
    done = build("--then", f"{THEN} fail", "--report", "r.json", *flags, output="b.epub")

    assert done.returncode == 6
    lines = [line for line in done.stderr.splitlines() if "--then" in line]
    assert len(lines) == 1
    assert lines[0].startswith("error: b.epub: the book is written, but the command of --then ended with 7")
    assert Path("b.epub").exists()
    assert "--then" not in done.stdout
    report = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert (report["exit_status"], report["error"]) == (6, None)
    assert [issue["code"] for issue in report["issues"]] == ["delivery-then"]


@pytest.mark.parametrize(
    ("command", "cause"),
    [
        ("no-such-program-here", "no program is called no-such-program-here"),
        ("'open", "'open is no command: no closing quotation"),
        ("", "is empty"),
    ],
)
def test_a_command_that_cannot_run_is_wrong_usage(command: str, cause: str) -> None:
    done = build(f"--then={command}")

    assert done.returncode == 2
    assert done.stderr.startswith(f"error: --then: {cause}; ")
    assert not list(Path().glob("*.epub"))


@pytest.mark.skipif(sys.platform == "win32", reason="the name tells there what can be run")
def test_a_file_that_is_no_program_costs_no_book() -> None:
    Path("program").write_bytes(b"\1")
    Path("program").chmod(0o755)

    done = build("--then", "./program", output="b.epub")

    cause = "the book is written, but the command of --then cannot be run: exec format error"
    assert (done.returncode, done.stderr) == (6, f"error: b.epub: {cause}\n")


def test_a_command_needs_a_book_that_stays() -> None:
    assert build("--then", THEN, output="-").stderr.startswith("error: --then: is for a book that stays; ")


def test_settings_that_nobody_has_named_run_nothing() -> None:
    Path("epubmaker.toml").write_text(f"then = {json.dumps(THEN)}\n", encoding="utf-8")

    done = build()
    assert (done.returncode, calls()) == (2, [])
    step = "if you trust the file, name it: --config epubmaker.toml"
    assert done.stderr.endswith(f"error: epubmaker.toml: then: is not for a file that nobody has named; {step}\n")
    assert build("--config", "epubmaker.toml").returncode == 0
    assert len(calls()) == 1
