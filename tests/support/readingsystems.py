"""Runs the reading systems that `.ci/readers` installs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).parent / "readers"
MODULES = Path(os.environ.get("EPUBMAKER_READERS") or Path.home() / ".cache" / "epubmaker-readers")


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def missing(package: str) -> str | None:
    """Return what is not installed of all that a Node package needs; None when it can run."""
    if shutil.which("node") is None:
        return "Node.js"
    if chromium() is None:
        return "Chromium"
    return None if (MODULES / "node_modules" / package).is_dir() else f"{package} in {MODULES}"


def foliate(books: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Open books in foliate-js; see foliate.mjs for what goes in and comes out."""
    config = {"modules": str(MODULES), "chromium": chromium(), "books": books}
    done = subprocess.run(
        ["node", SCRIPTS / "foliate.mjs", json.dumps(config)],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def ace(book: Path, folder: Path) -> list[str]:
    """Return the violations that DAISY Ace finds, a line each; its report is left in the folder."""
    environment = {
        **os.environ,
        "PUPPETEER_EXECUTABLE_PATH": chromium() or "",
        "ACE_TIMEOUT_INITIAL": "60000",
        "ACE_CONCURRENT_INSTANCES": "2",
    }
    program = MODULES / "node_modules" / ".bin" / "ace-puppeteer"
    command = [str(program), "-s", "-f", "-o", str(folder), str(book)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=900)
    report = folder / "report.json"
    if done.returncode or not report.is_file():
        raise RuntimeError(done.stderr or done.stdout)
    data = json.loads(report.read_text(encoding="utf-8"))
    return [
        f"{document['earl:testSubject']['url']}: {found['earl:test']['dct:title']} ({found['earl:test']['earl:impact']})"
        for document in data["assertions"]
        for found in document["assertions"]
        if found["earl:result"]["earl:outcome"] == "fail"
    ]
