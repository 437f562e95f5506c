"""What nobody has asked for does not happen: a build listens nowhere, connects to nothing, and leaves readers alone."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

import commandline
import pytest
from archives import START, write_article

from epubmaker.delivery.outbox import Outbox, Waiting


def test_a_build_alone_opens_no_socket_and_changes_no_reader_shelf_or_outbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("EPUBMAKER_VOLUMES", str(tmp_path / "volumes"))
    monkeypatch.setenv("EPUBMAKER_MAIL_PASSWORD", "x")
    monkeypatch.setenv("EPUBMAKER_SHELF_PASSWORD", "x")
    Path("volumes/KOBOeReader/.kobo").mkdir(parents=True)
    for number in range(2):
        moment = START + timedelta(days=number)
        write_article(Path(f"in/{number}.txt"), f"A{number}", link=f"https://e.org/{number}", moment=moment)
    assert commandline.here("build", "in", "-o", "b.epub", "--limit", "1", "--shelf", "shelf").returncode == 0
    waiting = Waiting("0" * 64, "me@example.org", Path("b.epub"), "B")
    with Outbox() as outbox:
        outbox.put([waiting], again=False)
    before = [(path, path.stat().st_mtime_ns) for place in ("shelf", "volumes") for path in Path(place).rglob("*")]
    opened: list[str] = []
    is_watched = True
    sys.addaudithook(lambda event, _: opened.append(event) if is_watched and event.startswith("socket.") else None)

    done = commandline.here("build", "in", "-o", "b.epub")
    is_watched = False  # the hook stays for ever

    assert (done.returncode, opened) == (0, [])
    assert [(path, path.stat().st_mtime_ns) for path, _ in before] == before
    assert not list(Path("volumes").rglob("*.epub"))
    with Outbox() as outbox:
        assert outbox.waiting(["me@example.org"]) == [waiting]
