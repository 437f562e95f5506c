from __future__ import annotations

import io
import os
import random
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import pytest
from pictures import jpeg

import epubmaker.pipeline.build
from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.errors import InputError
from epubmaker.options import Network, Options
from epubmaker.report import Report

HEAD = "<!--1642027143000-->\n[{0}](https://example.org/{0})\n------\n\n<p>Text of {0}</p>"
MEMBERS = {f"posts/{name}.md": HEAD.format(name).encode() for name in ("10", "9", "a")}


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: Mapping[str, bytes], mode: Literal["w", "w:gz", "w:bz2", "w:xz"] = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def build(output: Path, *inputs: Path, **options: object) -> Report:
    settings = {"network": Network(offline=True), "draw_cover": False, **options}
    return epubmaker.pipeline.build.build(Options(inputs, output, **settings))  # type: ignore[arg-type]


PACKERS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda members: tarred(members, "w:gz"),
    "tar.bz2": lambda members: tarred(members, "w:bz2"),
    "tar.xz": lambda members: tarred(members, "w:xz"),
    "wacz": zipped,
}


@pytest.mark.parametrize("ending", PACKERS)
def test_the_files_of_an_archive_are_read_in_their_natural_order(tmp_path: Path, ending: str) -> None:
    beside = {"__MACOSX/posts/._9.md": b"x", "posts/.hidden.md": b"x", "a.rst": b"x", "cover.jpg": b"x"}
    (tmp_path / f"news.{ending}").write_bytes(PACKERS[ending]({**MEMBERS, **beside}))

    for given in (tmp_path, tmp_path / f"news.{ending}"):
        found = scan([given])

        assert [entry.title for entry in found.entries] == ["9", "10", "a"]
        assert [entry.label for entry in found.entries] == [
            f"{tmp_path.as_posix()}/news.{ending}/posts/{name}.md" for name in ("9", "10", "a")
        ]
        assert (found.issues, found.not_read) == ((), {".rst": 1})
        assert parse(found.entries[1]).html.strip() == "<p>Text of 10</p>"


def test_an_archive_in_an_archive_is_read_and_a_third_one_is_refused(tmp_path: Path) -> None:
    inner = zipped(MEMBERS)
    middle = tarred({"in/news.zip": inner}, "w:gz")
    (tmp_path / "two.zip").write_bytes(zipped({"news.tar.gz": tarred(MEMBERS, "w:gz")}))
    (tmp_path / "three.zip").write_bytes(zipped({"b.tgz": middle}))

    two, three = scan([tmp_path / "two.zip"]), scan([tmp_path / "three.zip"])

    assert [(entry.title, parse(entry).html.strip()) for entry in two.entries] == [
        (name, f"<p>Text of {name}</p>") for name in ("9", "10", "a")
    ]
    assert not two.issues
    assert [(issue.code, issue.where.rpartition("/")[2]) for issue in three.issues] == [
        ("article-unreadable", "news.zip")
    ]


def test_an_archive_that_begins_with_a_book_is_an_archive(tmp_path: Path) -> None:
    book = b"PK\3\4" + bytes(26) + b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(tmp_path / "news.zip", "w") as archive:
        archive.writestr("b.epub", book)
        archive.writestr("a.md", MEMBERS["posts/a.md"])

    assert [entry.title for entry in scan([tmp_path / "news.zip"]).entries] == ["a"]


def test_names_that_lead_out_links_and_encrypted_files_are_refused_and_the_others_are_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("../up.md", "/root.md", "a/../../b.md", "C:/c.md", "..\\d.md"):
            archive.writestr(name, HEAD.format("evil"))
        link = zipfile.ZipInfo("link.md")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("good.md", HEAD.format("good"))
        archive.writestr("locked.md", HEAD.format("locked"))
    data = out.getvalue()
    entry = data.rindex(
        b"PK\1\2"
    )  # the directory's record of the last file: bit 0 of its flags says that it is encrypted
    data = data[: entry + 8] + b"\1" + data[entry + 9 :]
    (tmp_path / "a.zip").write_bytes(data)
    links = io.BytesIO()
    with tarfile.open(fileobj=links, mode="w") as tar:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"{kind.decode()}.md")
            info.type, info.linkname = kind, "/etc/passwd"
            tar.addfile(info)
    (tmp_path / "b.tar").write_bytes(links.getvalue())

    found = scan([tmp_path])

    assert [entry.title for entry in found.entries] == ["good"]
    assert len(found.issues) == 11
    assert {issue.code for issue in found.issues} == {"article-outside"}


def bomb_of_zeros() -> bytes:
    return zipped({"a.md": bytes(90_000_000)})


def bomb_of_copies() -> bytes:
    """Return a ZIP file in whose directory a thousand names share one compressed file."""
    data = zipped({"0.md": bytes(30_000_000)})
    at = data.index(b"PK\1\2")
    body, record, end = data[:at], data[at : data.index(b"PK\5\6")], data[data.index(b"PK\5\6") :]
    count = 1000
    directory = record * count
    return (
        body + directory + end[:8] + count.to_bytes(2, "little") * 2 + len(directory).to_bytes(4, "little") + end[16:]
    )


NOISE = random.Random(1).randbytes(3000)
BAD: dict[str, Callable[[], bytes]] = {
    "a ZIP file of zeros": bomb_of_zeros,
    "a tar file of zeros": lambda: tarred({"a.md": bytes(90_000_000)}, "w:gz"),
    "a ZIP file without its end": lambda: zipped(MEMBERS)[:-30],
    "half a ZIP file": lambda: zipped(MEMBERS)[: len(zipped(MEMBERS)) // 2],
    "the beginning of a tar file": lambda: tarred(MEMBERS, "w:gz")[:200],
    "noise behind the first bytes of a ZIP file": lambda: b"PK\3\4" + NOISE,
    "noise behind the first bytes of gzip": lambda: b"\x1f\x8b" + NOISE,
    "noise behind the mark of a tar file": lambda: bytes(257) + b"ustar" + NOISE,
}


@pytest.mark.parametrize("bad", BAD)
def test_bombs_and_damaged_archives_are_issues_and_no_more(tmp_path: Path, bad: str) -> None:
    data = BAD[bad]()
    for name in ("a.zip", "a.tar.gz"):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "b.md").write_bytes(MEMBERS["posts/a.md"])

    found = scan([tmp_path])

    assert [entry.title for entry in found.entries] == ["a"]
    assert {issue.code for issue in found.issues} == {"article-unreadable"}


def test_many_names_for_one_file_do_not_make_a_bomb(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(bomb_of_copies())

    assert len(scan([tmp_path]).entries) <= 1


def test_a_page_in_an_archive_shows_the_pictures_that_lie_there_and_no_file_outside(tmp_path: Path) -> None:
    page = HEAD.format("T") + "".join(
        f'<p><img src="{name}"></p>' for name in ("img/a.jpg", "../top%20b.jpg", "../../out.jpg", "file:///out.jpg")
    )
    pictures = {"posts/img/a.jpg": jpeg(seed=1), "top b.jpg": jpeg(seed=2)}
    (tmp_path / "out.jpg").write_bytes(jpeg(seed=3))
    archive = tmp_path / "in" / "news.zip"
    archive.parent.mkdir()
    archive.write_bytes(zipped({"posts/t.md": page.encode(), **pictures}))

    report = build(tmp_path / "news.epub", archive, cache=tmp_path / "cache")

    assert [picture.status for picture in report.pictures] == ["embedded", "embedded", "missing", "missing"]


def test_a_book_of_an_archive_is_unchanged_until_a_picture_in_it_is_another(tmp_path: Path) -> None:
    archive, cache, book = tmp_path / "news.zip", tmp_path / "cache", tmp_path / "news.epub"
    page = (HEAD.format("T") + '<p><img src="a.jpg"></p>').encode()

    def write(seed: int) -> None:
        archive.write_bytes(zipped({"t.md": page, "a.jpg": jpeg(seed=seed)}))
        os.utime(archive, (1_600_000_000 + seed, 1_600_000_000 + seed))

    write(1)
    first = build(book, archive, cache=cache)
    write(2)
    second = build(book, archive, cache=cache)

    assert [report.books[0].status.value for report in (first, second)] == ["written", "written"]
    assert first.pictures[0].file != second.pictures[0].file


def test_an_archive_without_articles_says_what_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped({"a.pdf": b"x", "b.pdf": b"y"}))

    with pytest.raises(InputError, match=r"2 \.pdf"):
        build(tmp_path / "a.epub", tmp_path / "a.zip")
