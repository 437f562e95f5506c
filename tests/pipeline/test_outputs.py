"""Outputs are checked before any work, and no existing file is lost."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from archives import write_archive, write_article
from pictures import jpeg

from epubmaker.devices import DEVICES
from epubmaker.errors import OutputError, UsageError
from epubmaker.options import Options
from epubmaker.pipeline.build import Progress, build
from epubmaker.text.naming import is_safe_on_windows
from epubmaker.text.outputnames import OutputName

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="files of POSIX")
FOREIGN = b"My diary: three years of it."


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, in which `in/` holds two articles."""
    monkeypatch.chdir(tmp_path)
    write_archive(Path("in"), 2)
    return tmp_path


@pytest.fixture
def kinds(folder: Path) -> Iterator[None]:
    """One of each kind of file that is not a regular one, and links to some."""
    os.mkfifo(folder / "pipe.epub")
    Path("folder.epub").mkdir()
    Path("foreign.epub").write_bytes(FOREIGN)
    for name, target in {
        "to-null.epub": "/dev/null",
        "to-pipe.epub": "pipe.epub",
        "to-input.epub": "in/0.txt",
        "to-foreign.epub": "foreign.epub",
        "to-nowhere.epub": "missing/b.epub",
        "circle.epub": "circle.epub",
    }.items():
        Path(name).symlink_to(target)
    os.link("in/0.txt", "hard.epub")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket.epub")
        yield


def state(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return what lies in a folder: each file's kind and inode, and its bytes or where it leads."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        regular, link = stat.S_ISREG(status.st_mode), path.is_symlink()
        held = path.read_bytes() if regular else os.fsencode(path.readlink()) if link else b""
        found[path.relative_to(folder).as_posix()] = (status.st_mode, status.st_ino, held)
    return found


def refused(**fields: Any) -> str:
    """Return why a build is refused; it is refused before anything is read, and changes nothing."""
    before = state(Path.cwd())
    seen: list[Progress] = []
    fields = {"inputs": (Path("in"),), **fields}
    with pytest.raises(OutputError) as caught:
        build(Options(**fields), seen.append)
    assert seen == []
    assert state(Path.cwd()) == before
    return f"{caught.value.subject}: {caught.value.cause}"


KINDS = {
    "/dev/null": "a device is there",
    "pipe.epub": "a pipe is there",
    "socket.epub": "a socket is there",
    "to-null.epub": "a device is there",
    "to-pipe.epub": "a pipe is there",
    "to-input.epub": "it is an input",
    "to-nowhere.epub": "the folder does not exist",
    "circle.epub": "a link that leads in a circle",
    "in/0.txt": "it is an input",
    "missing/b.epub": "the folder does not exist",
    "foreign.epub/b.epub": "the folder is a file",
    f"{'long' * 70}.epub": "the name is too long",
}


@POSIX_ONLY
@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("field", ["output", "report"])
@pytest.mark.parametrize(("path", "cause"), KINDS.items())
def test_files_that_must_not_be_replaced_are_refused_before_any_work_even_with_force(
    path: str, cause: str, field: str, *, force: bool
) -> None:
    assert refused(**{field: Path(path)}, force=force).startswith(f"{path}: {cause}")


@POSIX_ONLY
@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize(
    "given", [{"output": Path("hard.epub")}, {"output": Path("in/0.txt")}, {"report": Path("to-input.epub")}]
)
def test_an_input_is_known_by_any_of_its_names(given: dict[str, Path]) -> None:
    assert refused(inputs=(Path("in/1.txt"), Path("in/0.txt")), force=True, **given).endswith("it is an input")


@POSIX_ONLY
@pytest.mark.usefixtures("kinds")
def test_a_cover_and_a_stylesheet_are_inputs_too() -> None:
    Path("my.css").write_text("p { margin: 0 }")

    assert "it is an input" in refused(output=Path("my.css"), css=(Path("my.css"),), force=True)
    Path("cover.epub").write_bytes(jpeg())
    assert "it is an input" in refused(output=Path("cover.epub"), cover=Path("cover.epub"), force=True)


@POSIX_ONLY
@pytest.mark.usefixtures("kinds")
def test_a_report_is_not_written_to_a_folder() -> None:
    assert "a folder has that name" in refused(report=Path("folder.epub"))


@pytest.mark.parametrize("name", ["foreign.epub", "to-foreign.epub"])
@POSIX_ONLY
@pytest.mark.usefixtures("kinds")
def test_a_file_that_is_no_book_is_replaced_by_force_only(name: str) -> None:
    assert "a file that is no EPUB is there" in refused(output=Path(name))

    build(Options((Path("in"),), output=Path(name), force=True))

    assert zipfile.is_zipfile("foreign.epub")
    assert Path("to-foreign.epub").is_symlink()


def test_a_file_that_is_no_report_is_replaced_by_force_only() -> None:
    Path("r.json").write_text('{"precious": 1}')
    assert "a file that is no report" in refused(report=Path("r.json"))

    build(Options((Path("in"),), output=Path("b.epub"), report=Path("r.json"), force=True))
    build(Options((Path("in"),), output=Path("b.epub"), report=Path("r.json")))

    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["articles"]


def test_an_empty_file_holds_nothing_and_is_replaced() -> None:
    Path("b.epub").touch()
    Path("r.json").touch()

    build(Options((Path("in"),), output=Path("b.epub"), report=Path("r.json")))

    assert zipfile.is_zipfile("b.epub")


def test_the_report_is_not_the_book() -> None:
    build(Options((Path("in"),), output=Path("there.epub")))
    Path("link.json").symlink_to("there.epub")

    for output, report in (("b.epub", "b.epub"), ("b.epub", "B.EPUB"), ("there.epub", "in/../there.epub")):
        assert "the report would take the place of the book" in refused(
            output=Path(output), report=Path(report), force=True
        )
    assert "the report would take" in refused(output=Path("there.epub"), report=Path("link.json"))


@POSIX_ONLY
@pytest.mark.parametrize("output", ["news-{n}.epub", "news.epub"])
def test_the_paths_of_all_volumes_are_looked_at(output: str) -> None:
    Path("news-2.epub").write_bytes(FOREIGN)
    fields: dict[str, Any] = {"inputs": (Path("in"),), "output": Path(output), "max_size": 20_000}

    with pytest.raises(OutputError, match=r"news-2\.epub: a file that is no EPUB is there"):
        build(Options(**fields))
    Path("news-2.epub").unlink()
    os.mkfifo("news-2.epub")
    with pytest.raises(OutputError, match=r"news-2\.epub: a pipe is there"):
        build(Options(**fields, force=True))
    Path("news-2.epub").unlink()
    with pytest.raises(OutputError, match="the report would take the place of the book"):
        build(Options(**fields, report=Path("news-2.epub")))
    assert not list(Path().glob("*.epub"))


@pytest.mark.parametrize("output", ["a.epub", "a-{n}-of.epub", "a.kepub.epub", "a"])
def test_the_names_of_volumes_are_known(output: str) -> None:
    name = OutputName.parse(str(Path("folder") / output))

    assert name.is_part(name.part(1, 9).name)
    assert name.is_part(name.part(7, 120).name)
    assert not name.is_part(output)
    assert not name.is_part(name.part(0, 9).name)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_default_name_is_looked_at_as_well() -> None:
    Path("Title.epub").symlink_to("/dev/full")
    with pytest.raises(OutputError, match=r"Title.epub: a device is there.*--output"):
        build(Options((Path("in"),), title="Title"))


def test_a_read_only_book_is_not_replaced() -> None:
    build(Options((Path("in"),), output=Path("b.epub")))
    Path("b.epub").chmod(0o444)
    try:
        assert "a read-only file is there" in refused(output=Path("b.epub"), title="Other", force=True)
    finally:
        Path("b.epub").chmod(0o644)


@POSIX_ONLY
def test_a_book_that_is_replaced_keeps_its_mode() -> None:
    build(Options((Path("in"),), output=Path("b.epub")))
    for mode in (0o600, 0o664):
        Path("b.epub").chmod(mode)
        build(Options((Path("in"),), output=Path("b.epub"), title=f"Mode {mode}"))
        assert stat.S_IMODE(Path("b.epub").stat().st_mode) == mode


def test_an_output_with_a_slash_at_its_end_is_a_folder_that_is_made() -> None:
    report = build(Options((Path("in"),), output=Path("new/shelf"), make_folder=True, title="T"))

    assert [book.path for book in report.books] == [Path("new/shelf/T.epub")]
    assert zipfile.is_zipfile("new/shelf/T.epub")


@POSIX_ONLY
def test_a_folder_that_cannot_be_made_is_refused() -> None:
    Path("file").write_bytes(FOREIGN)

    assert "the folder is a file" in refused(output=Path("file"), make_folder=True)
    assert "the folder is a file" in refused(output=Path("file/deeper"), make_folder=True)


@pytest.mark.parametrize("name", ["news.zip", "news", "news.kepub"])
def test_another_ending_is_kept_and_said(name: str) -> None:
    report = build(Options((Path("in"),), output=Path(name)))
    again = build(Options((Path("in"),), output=Path(name)))

    assert zipfile.is_zipfile(name)
    assert [issue.code for issue in report.issues] == [issue.code for issue in again.issues] == ["output-ending"]


def test_the_ending_of_kobos_form_asks_for_it_and_a_kobo_where_there_is_no_name() -> None:
    kobo = DEVICES["kobo-6"]
    Path("shelf").mkdir()
    build(Options((Path("in"),), output=Path("b.kepub.epub"), draw_cover=False))
    build(Options((Path("in"),), output=Path("shelf"), title="T", device=kobo, draw_cover=False))
    named = build(Options((Path("in"),), output=Path("b.epub"), device=kobo, draw_cover=False))

    assert not named.issues
    for path, is_kepub in (("b.kepub.epub", True), ("shelf/T.kepub.epub", True), ("b.epub", False)):
        with zipfile.ZipFile(path) as book:
            chapters = [book.read(name) for name in book.namelist() if name.endswith(".xhtml")]
        assert any(b"koboSpan" in chapter for chapter in chapters) is is_kepub
    with pytest.raises(UsageError, match=r"kepub\.epub: is not"):
        build(Options((Path("in"),), output=Path("b.kepub.epub"), device=DEVICES["kindle"]))


@pytest.mark.parametrize("name", ["CON", "nul.epub", "com1", "LPT².epub", "a.epub.", "a ", "a:b.epub", "what?.epub"])
def test_names_that_windows_takes_for_something_else_are_known(name: str) -> None:
    assert not is_safe_on_windows(name)
    assert is_safe_on_windows(f"x{name[:1]}.epub")


def test_a_name_that_no_system_can_write_is_refused() -> None:
    assert "embedded null" in refused(output=Path("a\0b.epub"))


def test_an_article_is_no_book_however_the_report_is_called(folder: Path) -> None:
    write_article(folder / "in" / "notes.json", "Notes")

    assert "it is an input" in refused(report=Path("in/notes.json"), force=True)
