"""Settings: a file of TOML, the environment and the command line; several books in one run; `epubmaker init`."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import commandline
import pytest
from archives import write_archive

TOML = Path("epubmaker.toml")
TRUST = "if you trust the file, name it: --config epubmaker.toml"
SPLIT = "give day, week, month, year, source, source/month, or a number of articles"
FIXED = {"EPUBMAKER_BUILD_CACHE": "cache", "EPUBMAKER_BUILD_TIMEZONE": "UTC"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with `in/`, a folder of three articles."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    write_archive(folder / "in", 3)
    return folder


def run(command: str, settings: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command, with settings in the current folder."""
    if settings is not None:
        TOML.write_text(settings, encoding="utf-8")
    done = commandline.here(*shlex.split(command), **{**FIXED, **environment})
    assert "Traceback" not in done.stderr
    return done


def error(command: str, settings: str | None = None, **environment: str) -> str:
    """Return the one line of a command that ends with 2."""
    done = run(command, settings, **environment)
    said = [line for line in done.stderr.splitlines() if not line.startswith("settings: ")]
    assert (done.returncode, done.stdout, len(said)) == (2, "", 1), done.stderr
    return said[0].removeprefix("error: ")


def metadata(book: str) -> dict[str, str]:
    """Return lines of `inspect`, by their first words; of several, the last."""
    return dict(line.split(maxsplit=1) for line in run(f"inspect {book}").stdout.splitlines() if " " in line.strip())


def test_flags_win_over_the_environment_that_over_the_file_and_that_over_the_defaults() -> None:
    settings = """
        inputs = ["in"]
        output = "made/file.epub"
        title = "Of the file"
        author = ["A. File", "B. File"]
        publisher = "File & Co."
        language = ""
        since = 2022-01-01
        max-size = "50MB"
        max-missing = 30
        timeout = 5
        series = "A series"
        series-index = 3
        no-cover = true
        report = "report.json"
    """
    Path("made").mkdir()

    of_file = run("build", settings)
    names = {"AUTHOR": "C. Variable\nD. Variable\n", "TITLE": "Of the environment", "NO_COVER": "0"}
    winning = run(
        "build --title 'Of the flag' -o flag.epub", **{f"EPUBMAKER_BUILD_{name}": text for name, text in names.items()}
    )

    assert of_file.returncode == winning.returncode == 0, of_file.stderr + winning.stderr
    assert of_file.stderr.splitlines()[0] == "settings: epubmaker.toml"
    assert of_file.stdout.splitlines()[0] == f"{Path('made/file.epub')}: Of the file, 12 January 2022"
    assert json.loads(Path("report.json").read_text(encoding="utf-8"))["books"][0]["title"] == "Of the flag"
    assert (
        metadata("made/file.epub").items()
        >= {"creator": "B. File", "publisher": "File & Co.", "pictures": "0 (0 B)"}.items()
    )
    won = metadata("flag.epub")
    assert (won["title"], won["creator"], won["publisher"]) == ("Of the flag", "D. Variable", "File & Co.")
    assert won["pictures"].startswith("1 ")  # the cover


def test_a_flag_wins_over_a_contrary_setting() -> None:
    done = run("build --refresh --cache kept", 'inputs = ["in"]\noutput = "a.epub"\noffline = true\nno-cache = true')

    assert done.returncode == 0, done.stderr
    assert Path("kept").is_dir()
    assert not Path("cache").exists()
    assert error("build", 'inputs = ["in"]\noffline = true\nrefresh = true').startswith(
        "epubmaker.toml: offline: contra"
    )


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ('titel = "x"', "titel: there is no such key; did you mean title?"),
        ("image_quality = 5", "image_quality: there is no such key; did you mean image-quality?"),
        ("xyz = 5", "xyz: there is no such key; `epubmaker init` writes a file with all keys"),
        ('book = "x"', "book: is no list of tables; write [[book]] above the settings of each book"),
        ("config = 'x'", "config: is for the command line; leave it out here"),
        ("title = 5", "title: takes a text in quotes; this is a number"),
        ("limit = true", "limit: takes a whole number; this is true"),
        ("limit = 1.5", "limit: takes a whole number; this is a number"),
        ("limit = 0", "limit: 0 is out of range; give a whole number from 1 on"),
        (f"limit = 0x{'f' * 9000}", "limit: is out of all range; write a smaller number"),
        ('offline = "yes"', "offline: takes true or false; this is 'yes'"),
        ("author = [5]", "author: takes a text in quotes, or a list of such; this is a number"),
        (
            "since = 2022-01-31T12:00:00",
            "since: takes a day such as 2022-01-31, or \"yesterday\"; this is '2022-01-31 12:00:00'",
        ),
        (
            'since = "tomorow"',
            "since: 'tomorow' is no day; write it like 2022-01-31, 2022-01, yesterday, today-7d or 3d",
        ),
        ('max-size = "much"', "max-size: 'much' is no size; write it like 50MB"),
        ("timeout = nan", "timeout: nan is no number; give a number from 0.1 to 1000000"),
        ('sort = "dat"', "sort: 'dat' is not known; did you mean date?"),
        (
            'style = "no.css"',
            "style: no.css: no such style or file; name a file or one of: eink, large-print, magazine, news, plain",
        ),
        ('inputs = ["nowhere"]', "inputs: nowhere: no such file or folder; name a file or folder that exists"),
        ('inputs = ["-"]', "inputs: the standard streams are not for a file; name them on the command line"),
        (r'cover = "a\u0000b"', "cover: has a character of the value 0; take that out"),
        ("[[book]]\nname = 5", '[[book]] 1: name: takes a text of 1 to 100 characters; write it like name = "news"'),
        ('[[book]]\nname = "a"\n[[book]]\nname = "a"', "[[book]] a: is there twice; give each a `name` of its own"),
        ('title = "x"\n[[book]]', "title: stands outside of the tables; move it below [defaults] or a [[book]]"),
        ('[[book]]\nname = "a"\nautor = "x"', "[[book]] a: autor: there is no such key; did you mean author?"),
        ("[defaults]\nlimit = 'x'", "[defaults]: limit: takes a whole number; this is 'x'"),
        ("force = true", "force: is not for a file that nobody has named; @trust"),
        ("allow-private-network = true", None),
        ('cache = "cache"', None),
        ('files-from = "list"', None),
        ('output = "../a.epub"', "output: ../a.epub is outside of the folder of the settings; @trust"),
        ('inputs = ["out"]', None),
        ('report = "/tmp/report.json"', None),
        ('style = "/etc/passwd"', None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_wrong_in_a_file_is_named_with_file_key_cause_and_next_step(settings: str, said: str | None) -> None:
    Path("out").symlink_to("..")
    settings = settings if "inputs" in settings or "[" in settings else f'inputs = ["in"]\n{settings}'

    found = error("build", settings)

    if said:
        assert found == f"epubmaker.toml: {said.replace('@trust', TRUST).replace('@split', SPLIT)}"
    else:
        assert found.endswith(f"; {TRUST}")
    assert not list(Path().glob("*.epub"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"title = 'caf\xe9'", "epubmaker.toml: is not UTF-8 text; save the file as UTF-8"),
        (b"# Settings\ntitle: x", "epubmaker.toml: is no TOML: .* line 2, .*; mend that; `epubmaker init` .*"),
        (b"a = " + b"[" * 50_000, "epubmaker.toml: is nested too deep; .*"),
        (b"a = " + b"9" * 5_000, "epubmaker.toml: is no TOML: .*"),
        (b"[[book]]\n" * 1_001, "epubmaker.toml: book: there are more than 1,000; write several files"),
        (b"\n" + b"a." * 90_000 + b"b = 1", "epubmaker.toml: line 2 has more than 200 dots; write it as several lines"),
        (b"#" * 200_001, "epubmaker.toml: has more than 200 KB, too much for settings; .*"),
        (None, "epubmaker.toml: is a folder and no settings file; name another .*, or none with --no-config"),
        ("pipe", "epubmaker.toml: is a device or a pipe and no settings file; .*"),
        ("link", "epubmaker.toml: cannot be read: no such file or directory; .*"),
    ],
    ids=["latin", "yaml", "deep", "digits", "books", "dots", "large", "folder", "pipe", "link"],
)
def test_a_file_that_is_none_costs_a_line_and_can_be_passed_over(content: bytes | str | None, said: str) -> None:
    if isinstance(content, bytes):
        TOML.write_bytes(content)
    elif content is None:
        TOML.mkdir()
    elif content == "link":
        TOML.symlink_to("nowhere")
    elif hasattr(os, "mkfifo"):
        os.mkfifo(TOML)
    else:
        pytest.skip("no pipes here")

    assert re.fullmatch(said, error("build in"))
    assert run("build in --no-config --no-cover -o a.epub").returncode == 0


def test_a_file_that_is_named_may_have_all_and_its_paths_are_relative_to_its_folder(folder: Path) -> None:
    beside = folder.parent / "beside"
    beside.mkdir()
    (folder.parent / "own.css").write_text("p { color: red }", encoding="utf-8")
    (beside / "mine.toml").write_bytes(
        b'\xef\xbb\xbfinputs = "../here/in"\r\ncss = ["../own.css"]\r\nforce = true\r\noutput = "out/"\r\ntitle = "T"\r\n'
    )

    done = run("build --config ../beside/mine.toml --no-cover")

    assert done.returncode == 0, done.stderr
    assert "settings: " not in done.stderr
    assert (beside / "out" / "T.epub").exists()
    assert error("build --config no.toml").startswith("no.toml: cannot be read: no such file or directory; ")
    assert error("build --config in --no-config") == "--config: contradicts --no-config; leave one out"
    assert error("build in --book x") == "--book: is for the books of a settings file; name that with --config"


BOOKS = """
    [defaults]
    no-cover = true
    output = "out/"

    [[book]]
    name = "first"
    inputs = ["in"]
    title = "One"

    [[book]]
    name = "second"
    inputs = ["nowhere"]

    [[book]]
    name = "third"
    inputs = ["in"]
    title = "Three"
    since = "today"
    fail-if-empty = true

    [[book]]
    name = "fourth"
    inputs = ["in"]
    title = "Four"
    language = "no_such_thing1"

    [[book]]
    inputs = ["in"]
    title = "Five"
"""


def test_a_failed_book_does_not_stop_the_others_and_each_line_names_its_book() -> None:
    done = run("build", BOOKS)

    assert done.returncode == 2  # worse than 5
    assert sorted(path.name for path in Path("out").iterdir()) == ["Five.epub", "One.epub"]
    assert {line.split(": ")[0] for line in done.stdout.splitlines()} == {"first", "third", "5"}
    assert {line.split(": ")[0] for line in done.stderr.splitlines()} == {
        "settings",
        "second",
        "fourth",
    }
    assert f"first: {Path('out/One.epub')}: One, 12 January 2022" in done.stdout.splitlines()
    assert "second: error: epubmaker.toml: inputs: nowhere: no such file or folder" in done.stderr
    assert "fourth: error: epubmaker.toml: language: 'no_such_thing1' is no language tag" in done.stderr


def test_one_book_can_be_chosen_and_flags_win_in_every_book() -> None:
    one = run("build --book first --title Uno", BOOKS)
    beside = run("build in --title Other -o other.epub")

    assert (one.returncode, one.stdout.splitlines()[0]) == (0, f"{Path('out/Uno.epub')}: Uno, 12 January 2022")
    assert (beside.returncode, beside.stdout.splitlines()[0]) == (0, "other.epub: Other, 12 January 2022")
    has = "no book is called x; the books of epubmaker.toml are: first, second, third, fourth, 5"
    assert error("build --book x") == f"--book: {has}"
    assert error("build -o all.epub") == (
        "--output: all.epub is for 5 books; give each of them its own, or choose one with --book"
    )
    assert error("build --book x", 'inputs = ["in"]') == "--book: no book is called x; epubmaker.toml has no [[book]]"
    assert error("build", "").endswith("or - for standard input, or set `inputs` in epubmaker.toml")


def test_the_worst_status_is_that_of_a_book_that_could_not_be_made() -> None:
    Path("empty").mkdir()

    done = run(
        "build", '[[book]]\ninputs = "nowhere"\n[[book]]\ninputs = "empty"\n[[book]]\ninputs = "in"\nsince = "today"'
    )

    assert done.returncode == 1


def test_a_wrong_value_of_the_environment_is_named_by_its_variable_and_lists_are_lines() -> None:
    Path("a b.css").write_text("p { color: red }", encoding="utf-8")

    assert error("build in", EPUBMAKER_BUILD_SINCE="tomorow").startswith("EPUBMAKER_BUILD_SINCE: 'tomorow' is no day; ")
    assert error("build in", EPUBMAKER_BUILD_CSS="a b.css\nno.css").startswith(
        "EPUBMAKER_BUILD_CSS: no.css: no such file"
    )


def test_init_writes_a_line_for_every_flag_and_never_over_a_file() -> None:
    done = run("init")
    text = TOML.read_text(encoding="utf-8")
    again = run("init")

    assert (done.returncode, done.stdout) == (0, "epubmaker.toml: written; `epubmaker build` reads it\n")
    assert tomllib.loads(text) == {}
    assert "# mail-port = 587 " in text
    flags = set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", run("build --help").stdout, re.MULTILINE))
    keys = re.findall(r"^# ([a-z-]+) = ", text.partition("# --- Several books")[0], re.MULTILINE)
    assert sorted(keys) == sorted(flags - {"config", "no-config", "book", "dry-run", "help"} | {"inputs"})
    assert again.stderr == "error: epubmaker.toml: is there already; name another file, or take that away\n"
    assert (again.returncode, TOML.read_text(encoding="utf-8")) == (1, text)


def test_each_line_that_init_writes_can_be_uncommented() -> None:
    run("init mine.toml")
    text = Path("mine.toml").read_text(encoding="utf-8")
    settings, _, books = text.partition("# --- Several books")
    settings = settings.replace('inputs = ["news", "https://example.org/feed.xml"]', 'inputs = ["in"]')
    settings = settings.replace("until = 2022-01-31", 'until = "today"')
    Path("mine.toml").write_text(re.sub(r"^# (?=[a-z-]+ = )", "", settings, flags=re.MULTILINE), encoding="utf-8")

    done = run("build --config mine.toml")

    assert (done.returncode, done.stdout[:13]) == (0, "nothing to do"), done.stderr
    assert tomllib.loads(re.sub(r"^# (?=\[|\w+ = )", "", f"#{books}", flags=re.MULTILINE)).keys() == {"book"}
