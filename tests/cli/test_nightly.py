"""docs/nightly.md, as it is written: the settings, the line of cron, and the units of systemd."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from archives import write_article
from checkout import ROOT
from webserver import WebServer, picture

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="cron and systemd")]

TEXT = (ROOT / "docs" / "nightly.md").read_text(encoding="utf-8")
SETTINGS, CRON, *UNITS = re.findall(r"^```\w+\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
UNIT_NAMES = re.findall(r"^`(epubmaker[\w-]*\.\w+)`:$", TEXT, re.MULTILINE)
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Of the web</title>
<item><title>From a feed</title><link>{0}/page</link><description>The beginning of it …</description></item>
</channel></rss>"""
PAGE = b"<!doctype html><title>From a feed</title><article><p>The whole of what the page says.</p></article>"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder with the program, a saved article, and a `mail` and `journalctl` that write down what they get."""
    programs = tmp_path / ".local" / "bin"
    programs.mkdir(parents=True)
    (programs / "epubmaker").symlink_to(Path(sys.executable).parent / "epubmaker")
    for name, does in (("mail", 'cat > "$HOME/mailed"; echo "$@" >> "$HOME/mailed"'), ("journalctl", 'echo "log: $@"')):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    write_article(tmp_path / "news" / "saved" / "one.txt", "Saved by hand", link="https://example.org/one")
    (tmp_path / "news" / "epubmaker.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def shell(command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as cron does: with few variables, in the home folder."""
    environment = {"HOME": str(home), "PATH": f"{home}/.local/bin:/usr/bin:/bin", "LC_ALL": "C"}
    environment["EPUBMAKER_BUILD_ALLOW_PRIVATE_NETWORK"] = "1"  # the server of the test
    return subprocess.run(
        ["/bin/sh", "-c", command], env=environment, cwd=home, capture_output=True, text=True, check=False
    )


def commands(unit: str) -> str:
    """Return what a unit's `sh -c` runs."""
    (command,) = re.findall(r"^ExecStart=/bin/sh -c '(.*)'$", UNITS[UNIT_NAMES.index(unit)], re.MULTILINE)
    return str(command).replace("%%", "%")


CRON_COMMAND = CRON.strip().split(maxsplit=5)[5].replace(r"\%", "%")


@pytest.mark.parametrize("command", [CRON_COMMAND, commands("epubmaker.service")], ids=["cron", "systemd"])
def test_a_night_makes_a_book_of_what_is_new_and_says_nothing_but_errors(home: Path, command: str) -> None:
    news = home / "news"
    with WebServer() as server:
        server.add("/feed.xml", picture(FEED.format(server.address).encode(), "application/rss+xml"))
        server.add("/page", picture(PAGE, "text/html"))
        settings = SETTINGS.replace("https://example.org/feed.xml", f"{server.address}/feed.xml")
        (news / "epubmaker.toml").write_text(settings, encoding="utf-8")

        first = shell(command, home)
        (book,) = news.glob("*.epub")
        held = shell(f"epubmaker inspect {book}", home).stdout
        book.unlink()
        second = shell(command, home)

    assert len(SETTINGS.splitlines()) == 5
    for night in (first, second):
        assert (night.returncode, night.stdout, night.stderr) == (0, "", "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", book.stem)
    assert "Saved by hand" in held
    assert "From a feed" in held
    assert not list(news.glob("*.epub"))

    shutil.rmtree(news / "saved")
    failed = shell(command, home)
    assert failed.returncode == 2
    assert re.fullmatch(
        r"error: \S+/epubmaker.toml: inputs: \S+/saved: no such file or folder; name .*\n", failed.stderr
    )


def test_the_unit_for_failures_mails_the_log(home: Path) -> None:
    assert shell(commands("epubmaker-failed.service"), home).returncode == 0

    lines = (home / "mailed").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "log: --user --unit epubmaker --lines 20 --no-pager"
    assert lines[1].startswith("-s No book this morning ")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd")
def test_systemd_understands_the_units(home: Path) -> None:
    for name, text in zip(UNIT_NAMES, UNITS, strict=True):
        (home / name).write_text(text, encoding="utf-8")

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--user", *UNIT_NAMES],
        cwd=home,
        env={**os.environ, "XDG_RUNTIME_DIR": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    about = [line for line in checked.stderr.splitlines() if "epubmaker" in line]
    assert (checked.returncode, about) == (0, []), checked.stderr
