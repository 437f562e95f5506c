"""A run imports only what it needs: start-up is most of the time of a small book."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from archives import write_archive

SHOW = "import atexit, sys; atexit.register(lambda: print(*sorted(sys.modules)));"


def imported(code: str, *arguments: str | Path) -> set[str]:
    """Run a program and return the names of all modules that it had imported at its end."""
    command = [sys.executable, "-c", SHOW + code, *map(str, arguments)]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return set(shown.splitlines()[-1].split())


def built(folder: Path, *flags: str) -> set[str]:
    command = "from epubmaker.cli import main; main()"
    return imported(command, "build", folder, "-o", folder / "b.epub", "-q", "--cache", folder / "cache", *flags)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two articles without pictures."""
    folder = tmp_path_factory.mktemp("texts")
    write_archive(folder, 2)
    return folder


@pytest.fixture(scope="module")
def first(texts: Path) -> set[str]:
    """The modules that the first build of them imports."""
    return built(texts)


def test_help_imports_neither_parsers_nor_pillow() -> None:
    modules = imported("from epubmaker.cli import main; main()", "--help")

    assert modules.isdisjoint({"bs4", "PIL", "requests", "lxml", "babel", "ebooklib", "tomllib", "epubmaker.report"})


def test_a_book_of_texts_imports_no_http_client_and_no_picture_cache(texts: Path, first: set[str]) -> None:
    assert "bs4" in first
    assert first.isdisjoint({"requests", "urllib3", "http.client", "ssl", "epubmaker.collector.cache.store"})
    assert first.isdisjoint({"epubmaker.shelf", "http.server", "epubmaker.delivery", "smtplib"})
    assert not (texts / "cache" / "blobs").exists()


def test_an_unchanged_book_imports_nothing_that_makes_books(texts: Path, first: set[str]) -> None:
    again = built(texts)

    assert first
    assert again.isdisjoint(
        {"bs4", "selectolax", "PIL", "requests", "lxml", "babel", "ebooklib", "epubmaker.pipeline.books"}
    )


def test_a_book_of_texts_imports_no_picture_formats_and_no_passes_for_pictures(first: set[str]) -> None:
    assert first.isdisjoint({"resvg_py", "epubmaker.imaging.decode", "epubmaker.chapters.captions.join"})


def test_a_book_in_chinese_without_cover_needs_neither_pillow_nor_the_model_of_languages(
    texts: Path, first: set[str], tmp_path: Path
) -> None:
    shutil.copy(texts / "1.txt", tmp_path)

    assert {"PIL", "fasttext"} <= first
    assert built(tmp_path, "--no-cover").isdisjoint({"PIL", "fasttext"})


def test_the_command_line_does_not_import_what_only_beautiful_soups_parsers_need(first: set[str]) -> None:
    assert first.isdisjoint({"html5lib", "soupsieve", "charset_normalizer"})


def test_the_library_leaves_beautiful_soup_whole(tmp_path: Path) -> None:
    write_archive(tmp_path, 1)
    code = (
        "import epubmaker, pathlib; epubmaker.build(epubmaker.Options((pathlib.Path(sys.argv[1]),), "
        "output=pathlib.Path(sys.argv[2]))); import bs4; assert bs4.BeautifulSoup('<p>a', 'html5lib').select('p')"
    )

    assert "soupsieve" in imported(code, tmp_path, tmp_path / "b.epub")


def test_a_book_with_pictures_imports_what_pictures_need(tmp_path: Path) -> None:
    write_archive(tmp_path, 1, "http://127.0.0.1:9")

    assert {"requests", "sqlite3", "epubmaker.chapters.captions.join"} <= built(tmp_path, "--offline")
