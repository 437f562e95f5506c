"""Every kind of line that the program says, word for word: the command, the exit status, the lines.

Numbers of bytes are replaced by SIZE. What is wrong has one form everywhere: the thing, the cause, the next step.
"""

from __future__ import annotations

import re
from pathlib import Path

import commandline
import pytest
from archives import write_archive, write_article

from epubmaker.packager.styles.sheets import styles

ENVIRONMENT = {"EPUBMAKER_BUILD_CACHE": "cache", "EPUBMAKER_BUILD_OFFLINE": "1", "EPUBMAKER_BUILD_TIMEZONE": "UTC"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_archive(Path("in"), 1)
    return tmp_path


def run(command: str | list[str], **environment: str) -> tuple[int, list[str], list[str]]:
    """Return the exit status of a command, and the lines that it wrote on stdout and on stderr."""
    words = command.split() if isinstance(command, str) else command
    done = commandline.here(*words, **ENVIRONMENT, **environment)
    assert "Traceback" not in done.stderr
    lines = [re.sub(r"[\d.]+ [KM]?B\b", "SIZE", text).splitlines() for text in (done.stdout, done.stderr)]
    return done.returncode, lines[0], lines[1]


def error(command: str | list[str], status: int, **environment: str) -> str:
    """Return the one line of a command that ends with an error, and says nothing else."""
    found, out, err = run(command, **environment)
    assert (found, out, len(err)) == (status, [], 1), err
    return err[0].removeprefix("error: ")


# --- wrong usage -----------------------------------------------------------------------------------------------------

WRONG_USAGE = [
    ("frobnicate", "frobnicate: no such command; see `epubmaker --help`"),
    ("bild in", "bild: no such command; did you mean build?"),
    ("in", "in: no such command; did you mean `epubmaker build in`?"),
    ("--frob", "--frob: no such flag; see `epubmaker --help`"),
    ("build", "INPUT: is missing; name a file, a folder, an address, or - for standard input"),
    ("build nowhere", "nowhere: no such file or folder; name a file or folder that exists"),
    ("build in/0.text", "in/0.text: no such file or folder; did you mean in/0.txt?"),
    (["build", ""], "'' is no path; name a file or folder"),
    (["build", "in", "-o", ""], "--output: is empty; name a file or a folder, or leave it out"),
    ("build in --autor X", "--autor: no such flag; did you mean --author?"),
    ("build in -x", "-x: no such flag; see `epubmaker build --help`"),
    ("build in --title", "--title: needs a value; write it like --title VALUE"),
    ("build in --force=1", "--force: takes no value; leave out the = and what follows it"),
    ("build in --device kobo6", "--device: 'kobo6' is not known; did you mean kobo-6?"),
    ("build in --device walkman", "--device: 'walkman' is not known; `epubmaker devices` lists them"),
    ("build in --sort dat", "--sort: 'dat' is not known; did you mean date?"),
    ("build in --sort x", "--sort: 'x' is not known; it may be date, title, source or input"),
    ("build in --jobs x", "--jobs: 'x' is no number; give a whole number from 1 to 256"),
    ("build in --retries 99", "--retries: 99 is out of range; give a whole number from 0 to 10"),
    ("build in --timeout 0", "--timeout: 0.0 is out of range; give a number from 0.1 to 1000000"),
    ("build in --max-missing 120", "--max-missing: '120' is no share; write it like 50%"),
    ("build in --max-size much", "--max-size: 'much' is no size; write it like 50MB"),
    ("build in --image-max-size big", "--image-max-size: 'big' is no size; write it like 1072x1448"),
    ("build in --css no.css", "--css: no.css: no such file; name a file that exists"),
    ("build in --css in", "--css: in: is a folder; name a file"),
    ("build in --cover /dev/zero", "--cover: /dev/zero: is no regular file; name a file"),
    ("build in --files-from no", "--files-from: no: no such file or directory; name a file that can be read"),
    (
        "build in --style baroque",
        f"baroque: no such style or file; name a file or one of: {', '.join(style.name for style in styles())}",
    ),
    ("build in --style in", "in: is no file; name a CSS file"),
    (
        "build in --language no_such_thing1",
        "--language: 'no_such_thing1' is no language tag; write it like en, pt-BR or zh-Hans",
    ),
    (
        "build in --cover in/0.txt",
        "in/0.txt: XML instead of a picture; give a JPEG, PNG or another picture for the cover",
    ),
    ("build in --from docx", "--from: no format is called docx; see `epubmaker formats`"),
    (
        "build in --since tomorow",
        "--since: 'tomorow' is no day; write it like 2022-01-31, 2022-01, yesterday, today-7d or 3d",
    ),
    ("build in --since 2022-02 --until 2022-01", "--since: is after --until; turn them round"),
    ("build in --timezone Mond/Nord", "--timezone: no time zone is called 'Mond/Nord'; write it like Europe/Berlin"),
    ("build in --offline --refresh", "--offline: contradicts --refresh; leave one out"),
    ("build in --cache x --no-cache", "--cache: contradicts --no-cache; leave one out"),
    ("build in --cover in/0.txt --no-cover", "--cover: contradicts --no-cover; leave one out"),
    ("build in --video-pictures --no-images", "--video-pictures: contradicts --no-images; leave one out"),
    ("build in --state s", "--state: is for --new; add that, or leave --state out"),
    ("build in --match a --exclude a", "--match: contradicts --exclude: a; leave one out"),
    (
        "build in --device kindle --kepub",
        "--kepub: is not for Send to Kindle; leave it out or name another --device",
    ),
    (
        "build in -o - --max-size 5MB",
        "--output: -: volumes are several books; leave out --split-by and --max-size, or name a file with --output",
    ),
    (
        "build in -o - --new --series S",
        "--output: -: contradicts --new, which is for books that stay; name a file with --output",
    ),
    ("check", "BOOK: is missing; see `epubmaker check --help`"),
    ("check no.epub", "no.epub: no such file; name a file that exists"),
    ("inspect", "INPUT: is missing; see `epubmaker inspect --help`"),
    ("devices x", "got unexpected extra argument (x); see `epubmaker devices --help`"),
    ("state forget no", "no: no such series; `epubmaker state show` lists them"),
]


@pytest.mark.parametrize(("command", "said"), WRONG_USAGE, ids=[str(number) for number in range(len(WRONG_USAGE))])
def test_wrong_usage_ends_with_2_and_tells_how_to_write_it_right(command: str | list[str], said: str) -> None:
    assert error(command, 2) == said
    assert sorted(path.name for path in Path().iterdir()) == ["in"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("JOBS", "'x' is no number; give a whole number from 1 to 256"),
        ("REFRESH", "'x' is neither yes nor no; write one of these"),
    ],
)
def test_a_wrong_value_of_the_environment_is_named_by_its_variable(name: str, said: str) -> None:
    variable = f"EPUBMAKER_BUILD_{name}"

    assert error("build in", 2, **{variable: "x"}) == f"{variable}: {said}"


# --- what a build says -----------------------------------------------------------------------------------------------

BOOK = "b.epub: News, 12 January 2022"
SAID = [  # the flags, the exit status, the lines on stdout, those on stderr
    ("in", 0, [BOOK, "1 article, SIZE"], []),
    ("in -q", 0, [], []),
    (
        "mixed",
        0,
        [
            BOOK,
            "2 of 5 articles, 0 of 2 pictures, SIZE",
            "left out: 1 duplicate, 2 unreadable (mixed/bin.txt: not a text file; mixed/empty.txt: the file is empty)",
            "files not read: 2 .pdf, 1 without an ending",
            "pictures missing: 1 × offline, and not in the cache (e.org), 1 × no such file; a build without --offline asks",
        ],
        [],
    ),
    (
        "mixed -q --fail-if-warnings",
        3,
        [],
        [
            "error: mixed/bin.txt: not a text file",
            "error: mixed/empty.txt: the file is empty",
            "warning: mixed/copy.txt: the same address as mixed/a.txt, which st",
            "warning: https://e.org/p.png: offline, and not in the cache",
            "warning: gone.png: no such file",
        ],
    ),
    ("in --since 2030", 0, ["nothing to do: none is left of 1 article: 1 of another day"], []),
    ("in --since 2030 -q --fail-if-empty", 5, [], []),
    (
        "in --css my.css --cache file",
        0,
        [
            BOOK,
            "1 article, SIZE",
            "note: my.css:1: position makes some older readers crash or hide text",
            "note: my.css:1: position: a Kindle does not know it",
            "note: file",
        ],
        [],
    ),
    (
        "in -o b.zip",
        0,
        ["b.zip: News, 12 January 2022", "1 article, SIZE", "note: b.zip: the name does not end in .epub"],
        [],
    ),
    ("empty", 1, [], ["error: empty: no article in it; read are .atom "]),
    ("mixed/bin.txt", 1, [], ["error: mixed/bin.txt: not a text file; read are .atom "]),
    ("in -o in/0.txt", 1, [], ["error: in/0.txt: it is an input; choose another place with --output"]),
    ("in -o empty/x/b.epub", 1, [], ["error: empty/x/b.epub: the folder does not exist; make the folder or choose "]),
    (
        "in -o file",
        1,
        [],
        ["error: file: a file that is no EPUB is there; replace it with --force, or choose another "],
    ),
    ("in --report b.epub", 1, [], ["error: b.epub: the report would take the place of the book; choose another name "]),
    (
        "in --report file",
        1,
        [],
        ["error: file: a file that is no report of epubmaker's is there; replace it with --force"],
    ),
]


@pytest.fixture
def mixed() -> None:
    """Inputs of every kind, and files that are none."""
    write_article(Path("mixed/a.txt"), "A", link="https://e.org/a", body='<p>Text</p><img src="p.png">')
    write_article(Path("mixed/b.txt"), "B", link="", body='<p>Other</p><img src="gone.png">')
    write_article(Path("mixed/copy.txt"), "A", link="https://e.org/a")
    Path("mixed/bin.txt").write_bytes(b"\x7fELF" + bytes(400))
    for name in ("mixed/empty.txt", "mixed/1.pdf", "mixed/2.PDF", "mixed/README"):
        Path(name).touch()
    Path("empty").mkdir()
    Path("file").write_text("My diary")
    Path("my.css").write_text("p { position: fixed }")


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize(("flags", "status", "out", "err"), SAID, ids=[flags for flags, *_ in SAID])
def test_a_build_says_what_it_made_what_is_left_out_and_why(
    flags: str, status: int, out: list[str], err: list[str]
) -> None:
    output = "" if "-o" in flags.split() else "-o b.epub"
    found = run(f"build {flags} {output} -t News --no-cover")

    assert found[0] == status
    for lines, expected in ((found[1], out), (found[2], err)):
        assert [line[: len(start)] for line, start in zip(lines, expected, strict=True)] == expected, lines
