"""Books on a reader: folders laid out as those of real ones, found among the mounted volumes, and hurt by nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import commandline
import pytest
from archives import write_article
from shelves import write_epub

from epubmaker.delivery.device import device_for

LIBRA = "N418xxxxxxxxx,4.1.15,4.38.23038,4.1.15,4.1.15,00000000-0000-0000-0000-000000000388\n"
READERS: Mapping[str, tuple[str, ...]] = {
    "KOBOeReader": (f".kobo/version={LIBRA}", ".kobo/KoboReader.sqlite=positions", ".adobe-digital-editions/"),
    "Kindle": ("documents/My Clippings.txt=notes", "documents/dictionaries/", "system/version.txt=5.16", "fonts/"),
    "PB743": ("applications/", "Books/", "Digital Editions/", "system/config/", "system/profiles/default/"),
    "tolino": (".tolino/", "Books/"),
    "USBSTICK": ("Books/", "Documents/", "photo.jpg=x"),
}
VOLUMES = Path("volumes")
KOBO = VOLUMES / "KOBOeReader"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder; nothing in it must outlive a power cut."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "fsync", lambda _: None)
    VOLUMES.mkdir()
    return tmp_path


def connect(*names: str, more: tuple[str, ...] = ()) -> Path:
    """Lay out the volumes of readers; return the last of them."""
    for name in names:
        for each in (*READERS[name], *more):
            path, _, text = each.partition("=")
            (VOLUMES / name / path).parent.mkdir(parents=True, exist_ok=True)
            if path.endswith("/"):
                (VOLUMES / name / path).mkdir(exist_ok=True)
            else:
                (VOLUMES / name / path).write_text(text)
    return VOLUMES / names[-1]


def arguments(number: int, *flags: str) -> tuple[str, ...]:
    """Return those of the build of one issue."""
    write_article(Path(f"in-{number}/a.txt"), f"Article {number}", link=f"https://example.org/{number}")
    return ("build", f"in-{number}", "--no-cover", *flags)


def build(number: int, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    fixed = {"EPUBMAKER_BUILD_CACHE": "cache", "EPUBMAKER_BUILD_TIMEZONE": "UTC", "EPUBMAKER_VOLUMES": str(VOLUMES)}
    done = commandline.here(*arguments(number, *flags), **{**fixed, **environment})
    assert "Traceback" not in done.stderr
    return done


def files(folder: Path = VOLUMES) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_kobo_gets_its_own_form_and_a_later_issue_in_the_place_of_the_older() -> None:
    connect("KOBOeReader", "USBSTICK", more=("Mine/other.epub=no book",))
    write_epub(KOBO / "epubmaker/NEWS.kepub.epub", title="News")
    (KOBO / "epubmaker/damaged.kepub.epub").write_bytes(b"PK")
    before = files()
    first = build(1, "--copy-to", "auto", "--title", "News", "--identifier", "urn:x:1", "--report", "r.json")
    path = KOBO / "epubmaker/News (2).kepub.epub"

    assert first.returncode == 0, first.stderr
    assert f"on the reader: {path}\n" in first.stdout
    assert json.loads(Path("r.json").read_bytes())["copied"] == [str(path)]
    assert path.read_bytes() == Path("News.kepub.epub").read_bytes()
    there = [each.stat() for each in (path, path.parent)]  # a folder's time changes with a file that is made in it
    again = build(1, "--copy-to", "auto", "--title", "News", "--identifier", "urn:x:1")
    assert again.returncode == 0
    now_there = [each.stat() for each in (path, path.parent)]
    assert [(each.st_ino, each.st_mtime_ns) for each in now_there] == [
        (each.st_ino, each.st_mtime_ns) for each in there
    ]
    later = build(2, "--copy-to", "auto", "--title", "Later: News", "--identifier", "urn:x:1")
    assert f"on the reader: {path}\n" in later.stdout
    assert path.read_bytes() == Path("Later News.kepub.epub").read_bytes()
    now = files()
    assert now.pop("KOBOeReader/epubmaker/News (2).kepub.epub")
    assert now == before


@pytest.mark.parametrize(
    ("name", "more", "kind", "books"),
    [
        ("KOBOeReader", ("koreader/",), "Kobo", "epubmaker"),
        ("Kindle", ("koreader/",), "Kindle", "documents/epubmaker"),
        ("PB743", ("Documents/",), "PocketBook", "Books/epubmaker"),
        ("tolino", (), "reader", "Books/epubmaker"),
    ],
)
def test_each_kind_of_reader_is_found_by_its_folders(name: str, more: tuple[str, ...], kind: str, books: str) -> None:
    connect("USBSTICK")
    volume = connect(name, more=more)
    would = build(1, "--copy-to", "auto", "--title", "a/b: CON.", "--dry-run")
    assert f"would copy to {volume} ({kind})\n" in would.stdout
    assert not list(volume.rglob("*.epub"))

    assert build(1, "--copy-to", "auto", "--title", "CON.").returncode == 0

    ending = ".kepub.epub" if kind == "Kobo" else ".epub"
    assert [path.relative_to(volume).as_posix() for path in volume.rglob("*.epub")] == [f"{books}/book CON{ending}"]


@pytest.mark.parametrize(
    ("version", "name"),
    [(LIBRA, "kobo-7"), (LIBRA.replace("388", "387"), "kobo-10"), ("N306,4,5,6,7,0-382", "kobo-6"), ("", "kobo-8")],
    ids=["libra-2", "elipsa", "nia", "unknown"],
)
def test_the_model_of_a_kobo_gives_the_size_of_its_pictures(version: str, name: str) -> None:
    connect("KOBOeReader")
    (KOBO / ".kobo/version").write_text(version)

    assert device_for(KOBO).name == name


def test_several_readers_are_wrong_usage_before_any_work_and_a_folder_chooses_one() -> None:
    kobo, tolino = connect("KOBOeReader"), connect("tolino")
    connect("Kindle")  # takes no books
    several = build(1, "--copy-to", "auto", "--title", "T")
    assert (several.returncode, several.stderr) == (
        2,
        f"error: --copy-to: there are 2 readers: {kobo} (Kobo), {tolino} (reader); name one, as --copy-to {kobo}\n",
    )
    assert not list(Path().glob("*.epub"))

    shutil.rmtree(tolino)
    assert build(1, "--copy-to", "auto", "--title", "Once").returncode == 0
    assert (kobo / "epubmaker/Once.kepub.epub").is_file()
    shutil.rmtree(kobo / "epubmaker")

    (kobo / "News").mkdir()
    assert build(1, "--copy-to", str(kobo / "News"), "--title", "T").returncode == 0
    assert (kobo / "News/T.kepub.epub").read_bytes() == Path("T.kepub.epub").read_bytes()
    assert build(1, "--copy-to", str(kobo), "--title", "T", "--device", "generic").returncode == 0
    assert (kobo / "epubmaker/T.epub").is_file()
    Path("synced").mkdir()
    assert build(1, "--copy-to", "synced", "--title", "T").returncode == 0
    assert files(Path("synced")).keys() == {"T.epub"}
    refused = build(1, "--copy-to", "in-1/a.txt")
    assert (refused.returncode, "in-1/a.txt is no folder" in refused.stderr.replace("\\", "/")) == (2, True)


def test_without_a_reader_the_book_is_made_and_the_exit_status_is_6() -> None:
    done = build(1, "--copy-to", "auto", "--title", "T", "--report", "r.json", "--quiet")
    report = json.loads(Path("r.json").read_bytes())

    assert zipfile.is_zipfile("T.epub")
    assert done.returncode == report["exit_status"] == 6
    assert [issue["code"] for issue in report["issues"]] == ["delivery-copy"]
    assert done.stderr.startswith("error: --copy-to: the book is made, but not copied: no reader is connected; ")
    assert done.stderr.count("\n") == 1
    assert "volumes/gone is not there" in build(1, "--copy-to", "volumes/gone").stderr.replace("\\", "/")
    assert "but none is connected" in build(1, "--copy-to", "auto", "--dry-run").stdout
    connect("Kindle")
    before = files()
    dry = build(1, "--copy-to", "auto", "--title", "T", "--dry-run")
    assert f"would not copy to {VOLUMES / 'Kindle'} (Kindle): a Kindle lists no EPUB" in dry.stdout
    kindle = build(1, "--copy-to", "auto", "--title", "T")
    assert kindle.returncode == 6
    assert "but not copied: a Kindle lists no EPUB that is copied to it; " in kindle.stderr
    assert files() == before


def test_settings_that_were_only_found_copy_nothing() -> None:
    connect("tolino")
    Path("epubmaker.toml").write_text('inputs = "in-1"\ncopy-to = "auto"\ntitle = "T"\n')
    found = build(1)
    assert (found.returncode, "copy-to: is not for a file that nobody has named" in found.stderr) == (2, True)
    before = files()
    assert build(1, "--no-config").returncode == 0
    assert files() == before

    assert build(1, "--config", "epubmaker.toml").returncode == 0
    assert build(2, "--no-config", "--title", "U", EPUBMAKER_BUILD_COPY_TO="auto").returncode == 0
    assert {path.name for path in VOLUMES.rglob("*.epub")} == {"T.epub", "U.epub"}


def test_a_reader_that_is_taken_away_meanwhile_costs_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    connect("KOBOeReader")
    assert build(1, "--copy-to", "auto", "--identifier", "urn:x:1", "--output", "a.kepub.epub").returncode == 0
    before = files()

    def fail_on_the_reader(handle: int) -> None:
        inside = (KOBO / "epubmaker").glob(".epubmaker-*")
        if any(os.path.samestat(os.fstat(handle), path.stat()) for path in inside):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail_on_the_reader)
    done = build(2, "--copy-to", "auto", "--identifier", "urn:x:1", "--output", "a.kepub.epub")

    assert done.returncode == 6
    why = "the book is made, but not copied: the reader was taken away or failed; connect it and build again"
    assert done.stderr == f"error: {KOBO} (Kobo): {why}\n"
    assert files() == before


KILLED = """
import os, sys
signal = int(sys.argv.pop())
from epubmaker.cli import main
def fsync(handle):
    if "KOBO" in os.readlink(f"/proc/self/fd/{handle}"):
        os.kill(os.getpid(), signal)
os.fsync = fsync
main()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the files of handles are known from /proc")
def test_a_run_that_is_killed_while_it_copies_leaves_the_older_issue_and_the_next_one_no_litter() -> None:
    connect("KOBOeReader")
    flags = ("--copy-to", "auto", "--identifier", "urn:x:1", "--title", "T")
    assert build(1, *flags).returncode == 0
    before = files()
    environment = {**os.environ, "EPUBMAKER_VOLUMES": str(VOLUMES), "EPUBMAKER_BUILD_CACHE": "cache"}
    command = [sys.executable, "-c", KILLED, *arguments(2, *flags)]
    stopped = subprocess.run([*command, "2"], env=environment, capture_output=True, text=True, check=False)
    assert (stopped.returncode, stopped.stderr) == (130, "interrupted; the book is written\n")
    assert files() == before
    assert subprocess.run([*command, "9"], env=environment, check=False).returncode == -9
    assert {name: data for name, data in files().items() if not name.endswith(".part")} == before
    assert build(3, *flags).returncode == 0
    assert files().keys() == before.keys()
    assert (KOBO / "epubmaker/T.kepub.epub").read_bytes() == Path("T.kepub.epub").read_bytes()


# A mount namespace of its own: what is mounted there, nobody else sees, and it ends with the shell.
MOUNTED = """
set -e
mount -t tmpfs none /mnt
mkdir "/mnt/My Kobo"
{mount}
cp -r "$2"/. "/mnt/My Kobo"
"$1" -m epubmaker build in-1 --title T --identifier urn:x:1 --copy-to auto --no-cover -q
{hinder}
"$1" -m epubmaker build in-2 --title T --identifier urn:x:1 --copy-to auto --no-cover -q || echo "status $?"
rm -f "/mnt/My Kobo/music.mp3" || true
find "/mnt/My Kobo" -type f
cmp -s "/mnt/My Kobo/epubmaker/T.kepub.epub" T.kepub.epub && echo same
"""
HINDRANCES = {  # what is done to the reader, and what is said of it
    "room": ("", None),
    "full": (
        'cat /dev/zero >"/mnt/My Kobo/music.mp3" 2>fill.log || true',
        "there is no room for the book; remove something from it and build again",
    ),
    "read-only": (
        'mount -o remount,ro "/mnt/My Kobo"',
        "nothing can be written there; eject it, connect it again and build again",
    ),
}
TMPFS = 'mount -t tmpfs -o size=400k none "/mnt/My Kobo"'
FAT = 'truncate -s 4M fat.img; mkfs.vfat fat.img >fat.log; mount -o loop,utf8 fat.img "/mnt/My Kobo"'


def can_mount(mount: str) -> bool:
    """Tell whether this user may mount that here."""
    if shutil.which("unshare") is None:
        return False
    script = f'mount -t tmpfs none /mnt && mkdir "/mnt/My Kobo" && {mount}'
    return subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("mount", [TMPFS, FAT], ids=["tmpfs", "fat"])
@pytest.mark.parametrize("state", HINDRANCES)
def test_a_mounted_reader_gets_the_later_issue_or_keeps_the_older(mount: str, state: str) -> None:
    if not can_mount(mount):
        pytest.skip("this machine mounts none")
    arguments(1)
    arguments(2)
    volume = connect("KOBOeReader")
    hinder, why = HINDRANCES[state]
    script = MOUNTED.format(mount=mount, hinder=hinder)
    environment = {**os.environ, "EPUBMAKER_BUILD_CACHE": "cache"}
    environment.pop("EPUBMAKER_VOLUMES", None)
    command = ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, str(volume)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    held = sorted(line for line in done.stdout.splitlines() if line.startswith("/"))
    names = (".kobo/KoboReader.sqlite", ".kobo/version", "epubmaker/T.kepub.epub")
    assert held == [f"/mnt/My Kobo/{name}" for name in names]
    assert ("same" in done.stdout) is (why is None)
    line = f"error: /mnt/My Kobo (Kobo): the book is made, but not copied: {why}\n" if why else ""
    assert ("status 6" in done.stdout, done.stderr) == (why is not None, line)
