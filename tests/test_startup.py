"""A run imports what it needs and no more: start-up is most of what a small book takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


def test_help_imports_neither_parsers_nor_pillow() -> None:
    modules = imported("from epubmaker.cli import main; main()", "--help")

    assert modules.isdisjoint({"bs4", "PIL", "requests", "lxml", "babel", "ebooklib"})


def test_a_book_of_texts_imports_no_http_client_and_no_picture_cache(tmp_path: Path) -> None:
    write_archive(tmp_path, 2)

    modules = built(tmp_path)

    assert "bs4" in modules
    assert modules.isdisjoint({"requests", "urllib3", "http.client", "ssl", "epubmaker.collector.cache.store"})
    assert not (tmp_path / "cache" / "blobs").exists()


def test_an_unchanged_book_imports_nothing_that_makes_books(tmp_path: Path) -> None:
    write_archive(tmp_path, 2)
    built(tmp_path)

    modules = built(tmp_path)

    assert modules.isdisjoint({"bs4", "selectolax", "PIL", "requests", "lxml", "babel", "ebooklib", "epubmaker.make"})


def test_a_book_of_texts_imports_no_picture_formats_and_no_passes_for_pictures(tmp_path: Path) -> None:
    write_archive(tmp_path, 2)

    modules = built(tmp_path)

    assert modules.isdisjoint({"resvg_py", "epubmaker.imaging.decode", "epubmaker.chapters.captions"})


def test_a_book_without_cover_does_without_pillow(tmp_path: Path) -> None:
    write_archive(tmp_path, 2)

    assert "PIL" not in built(tmp_path, "--no-cover")


def test_a_book_in_chinese_loads_no_model_of_languages(tmp_path: Path) -> None:
    write_archive(tmp_path, 2)
    (tmp_path / "0.txt").unlink()

    assert "fasttext" not in built(tmp_path)


def test_the_command_line_does_without_what_only_beautiful_soups_parsers_need(tmp_path: Path) -> None:
    write_archive(tmp_path, 2)

    assert built(tmp_path).isdisjoint({"html5lib", "soupsieve", "charset_normalizer"})


def test_the_library_leaves_beautiful_soup_whole(tmp_path: Path) -> None:
    write_archive(tmp_path, 1)
    code = (
        "import epubmaker, pathlib; epubmaker.make_book(epubmaker.Options((pathlib.Path(sys.argv[1]),), "
        "output=pathlib.Path(sys.argv[2]))); import bs4; assert bs4.BeautifulSoup('<p>a', 'html5lib').select('p')"
    )

    assert "soupsieve" in imported(code, tmp_path, tmp_path / "b.epub")


def test_a_book_with_pictures_has_all_of_it(tmp_path: Path) -> None:
    write_archive(tmp_path, 1, "http://127.0.0.1:9")

    assert {"requests", "sqlite3", "epubmaker.chapters.captions"} <= built(tmp_path, "--offline")
