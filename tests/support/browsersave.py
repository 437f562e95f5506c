"""Saves a page with a real browser: as MHTML, and as SingleFile does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from chromium import Tab
from readingsystems import MODULES

__all__ = ["save_as_mhtml", "save_with_single_file"]

_TRIES = 3  # on a busy machine, SingleFile may give its browser up, and ends as if all were well


def save_as_mhtml(browser: str, address: str) -> bytes:
    """Return what Chromium saves of a page."""
    with Tab(browser) as tab:
        tab.open(address)
        saved: str = tab.ask("Page.captureSnapshot", format="mhtml")["data"]
    return saved.encode()


def save_with_single_file(chromium: str, address: str, path: Path) -> None:
    """Write what SingleFile saves of a page to a file that does not exist."""
    program = MODULES / "node_modules" / "single-file-cli" / "single-file-node.js"
    browser = ["--browser-executable-path", chromium, "--browser-arg=--no-sandbox", "--browser-headless=true"]
    for _ in range(_TRIES):
        subprocess.run(["node", program, *browser, address, path], check=True, timeout=120)
        if path.exists():
            return
    pytest.fail("SingleFile has written nothing")
