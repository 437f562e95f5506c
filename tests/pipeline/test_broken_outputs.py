"""Outputs, reports, inputs, streams, locales, signals in every combination: no file is lost, no traceback printed.

HYPOTHESIS_PROFILE=explore tries others in each run.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path
from random import Random

import commandline
import pytest
from archives import write_archive
from effort import effort

TRIALS = effort(70)
REPORT = b'{"version": 1, "books": []}'
FOREIGN = b"Three years of a diary. "
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

# fmt: off
PATHS = [
    *("in/0.txt", "in/p.jpg", "in/empty.txt", "one.txt", "in/new.epub", "in", "in/"),
    *("diary.txt", "diary.epub", "data.json", "empty.epub", "old.epub", "old.json", "old-{n}.epub", "read-only.epub"),
    *("pipe", "socket", "device", "to-device.epub", "to-pipe.epub", "folder", "folder.epub", "new/", "new/deeper/"),
    *("to-nowhere.epub", "to-new.epub", "circle", "to-input.epub", "hard.epub", "to-old.epub", "to-folder"),
    *("nowhere/b.epub", "diary.txt/b.epub", "diary.txt/", "b.epub", "b.zip", "b.kepub.epub", "B.EPUB", "in/../b.epub"),
    *("long" * 80, "文" * 90 + ".epub", "a\nb.epub", os.fsdecode(b"\xff\xfe.epub"), "📚.epub", "-x.epub", "-", "--force"),
    *("", ".", "..", "...", " ", "~", "con.epub", "a:b.epub", "/proc/self/mem", "x/" * 2000 + "b.epub"),
]
# fmt: on
INPUTS = [
    ["in"],
    ["in"],
    ["one.txt"],
    ["in", "one.txt"],
    ["one.txt", "one.txt"],
    ["in", "missing"],
    ["old.epub"],
    ["pipe"],
]
FLAGS = [
    "--force",
    "--kepub",
    "--max-size=20000",
    "--no-images",
    "--fail-if-warnings",
    "--no-cache",
    "--since=2030-01-01",
]
STREAMS = ["kept", "kept", "kept", "closed", "full", "unread"]


@dataclass(frozen=True, slots=True)
class Held:
    """A file at a path: `kind` is the type and the mode, `content` the bytes, or the target of a link."""

    kind: int
    inode: int
    content: bytes = field(repr=False)

    @property
    def is_book(self) -> bool:
        return self.content.startswith(b"PK\3\4") and b"application/epub+zip" in self.content[:200]


@dataclass(frozen=True, slots=True)
class Trial:
    """One run of the command line."""

    arguments: list[str]
    out: str
    err: str
    ascii: bool
    signal: signal.Signals | None
    moment: float

    @classmethod
    def draw(cls, random: Random) -> Trial:
        arguments = ["build", *random.choice(INPUTS)]
        if random.random() < 0.9:
            arguments += ["-o", random.choice(PATHS)]
        if random.random() < 0.5:
            arguments += ["--report", random.choice(PATHS)]
        arguments += random.sample(FLAGS, random.choice([0, 0, 1, 2]))
        sent = random.choice([None, None, signal.SIGINT, signal.SIGTERM])
        out, err = random.choice(STREAMS), random.choice(STREAMS)
        ascii_only = random.random() < 0.2
        return cls(arguments, out, err, ascii_only, sent, random.uniform(0, 1.5 if ascii_only else 0.5))

    def run(self, folder: Path) -> tuple[int, str]:
        """Run it in a folder; return the status, and what was said as far as it was kept."""
        environment = {"TMPDIR": str(folder / "tmp"), "EPUBMAKER_BUILD_CACHE": str(folder / "cache")}
        environment |= {"EPUBMAKER_BUILD_OFFLINE": "1"} | (ASCII if self.ascii else {})
        reading, unread = os.pipe()
        os.close(reading)
        with (
            (folder / "out").open("wb") as out,
            (folder / "err").open("wb") as err,
            Path("/dev/full").open("wb", 0) as full,
            os.fdopen(unread, "wb", 0) as nobody,
        ):
            ends = {"closed": None, "full": full, "unread": nobody}
            process = commandline.start(
                self.arguments,
                cwd=folder / "world",
                environment=environment,
                stdout=ends.get(self.out, out),
                stderr=ends.get(self.err, err),
            )
        if self.signal:
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.moment)
            process.send_signal(self.signal)
        status = process.wait(120)
        return status, (folder / "err").read_bytes().decode("utf-8", "replace")


# Trials that end with a known status, since of the few that a short run draws none may end with 0.
KNOWN = [
    (0, ["build", "in", "-o", "b.epub"]),
    (1, ["build", "in", "-o", "diary.epub"]),
    (2, ["build", "missing", "-o", "b.epub"]),
]


def make_world(folder: Path, book: bytes) -> None:
    """Fill a folder with one of each kind of thing."""
    write_archive(folder / "in", 2)
    files = {
        "in/p.jpg": b"\xff\xd8\xff picture",
        "in/empty.txt": b"",
        "one.txt": b"[One](https://e.org/1)\n---\n<p>One.</p>",
        "diary.txt": FOREIGN,
        "diary.epub": FOREIGN,
        "data.json": b'{"precious": true}',
        "empty.epub": b"",
        "old.epub": book,
        "old-1.epub": book,
        "read-only.epub": book,
        "old.json": REPORT,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "read-only.epub").chmod(0o444)
    for name in ("folder", "folder.epub"):
        (folder / name).mkdir()
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(os.path.relpath(folder / "socket"))
    if os.geteuid() == 0:
        os.mknod(folder / "device", stat.S_IFCHR | 0o666, os.makedev(1, 3))  # and not /dev/null, which may be lost
    else:
        (folder / "device").symlink_to("/dev/null")
    os.link(folder / "in/0.txt", folder / "hard.epub")
    links = {"device": "to-device.epub", "pipe": "to-pipe.epub", "in/1.txt": "to-input.epub", "old.epub": "to-old.epub"}
    links |= {
        "nowhere/x.epub": "to-nowhere.epub",
        "target.epub": "to-new.epub",
        "circle": "circle",
        "folder": "to-folder",
    }
    for target, name in links.items():
        (folder / name).symlink_to(target)


def held(folder: Path) -> dict[str, Held]:
    found = {}
    for path in folder.rglob("*"):
        status = path.lstat()
        if stat.S_ISDIR(status.st_mode):
            continue
        content = b""
        if stat.S_ISREG(status.st_mode):
            content = path.read_bytes()
        elif stat.S_ISLNK(status.st_mode):
            content = os.fsencode(path.readlink())
        found[str(path.relative_to(folder))] = Held(status.st_mode, status.st_ino, content)
    return found


def check_what_stands(trial: Trial, status: int, before: dict[str, Held], after: dict[str, Held], folder: Path) -> None:
    force = "--force" in trial.arguments[1:]
    assert before.keys() <= after.keys()
    changed = {name for name, now in after.items() if before.get(name) != now}
    given = list(takewhile(lambda word: not word.startswith("-"), trial.arguments[1:]))
    inputs = {
        name for name in before if name in given or ("in" in given and name.startswith("in/") and name != "in/new.epub")
    }
    assert not changed & inputs
    for name in changed:
        now, older = after[name], before.get(name)
        assert stat.S_ISREG(now.kind)
        if older is not None:
            assert stat.S_ISREG(older.kind)
            assert now.kind == older.kind
            assert force or older.is_book or older.content in {b"", REPORT}
        if now.is_book:
            with zipfile.ZipFile(folder / name) as book:
                assert book.testzip() is None
                assert "EPUB/package.opf" in book.namelist()
        else:
            assert json.loads(now.content)["version"]
    if status in {1, 2} and trial.out != "full":  # a report may say why there is no book
        assert not [name for name in changed if after[name].is_book]
    if status in {0, 3}:
        assert any(after[name].is_book for name in changed) or "--report" in trial.arguments or not changed


def check_what_is_said(trial: Trial, status: int, said: str) -> None:
    if trial.signal and status in {-trial.signal, 1, 130} and not re.search("epubmaker/[a-z]|(?m:^error: )", said):
        return  # Python itself had not started yet
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    expected = {0, 1, 2, 3} | ({130} if trial.signal else set())
    assert status in expected
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) <= 1
    if trial.err == "kept" and status in {1, 2}:
        assert len(errors) == 1


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="devices of Linux")
def test_nothing_that_was_there_is_lost_whatever_is_asked_for(tmp_path: Path, seed: int) -> None:
    (tmp_path / "first").mkdir()
    write_archive(tmp_path / "first/in", 1)
    commandline.run("build", "in", "-o", "b.epub", "-q", "--no-cache", "--no-cover", cwd=tmp_path / "first")
    book = (tmp_path / "first/b.epub").read_bytes()
    trials: list[tuple[int | None, Trial]] = [
        (status, Trial(arguments, "kept", "kept", ascii=False, signal=None, moment=0)) for status, arguments in KNOWN
    ]
    trials += [(None, Trial.draw(Random(f"{seed}-{number}"))) for number in range(TRIALS)]
    for number, (expected, trial) in enumerate(trials):
        folder = tmp_path / f"trial-{number}"
        for name in ("world", "tmp"):
            (folder / name).mkdir(parents=True)
        make_world(folder / "world", book)
        before = held(folder / "world")
        status, said = trial.run(folder)
        after = held(folder / "world")
        try:
            assert expected in {None, status}
            check_what_is_said(trial, status, said)
            check_what_stands(trial, status, before, after, folder / "world")
            assert not list((folder / "tmp").iterdir())
        except AssertionError as error:
            error.add_note(f"trial {number}: {trial}\nstatus {status}\n{said[-3000:]}")
            raise
        shutil.rmtree(folder)
