"""The preview as users run it: the command, its address, and its end by a signal."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import commandline

__all__ = ["previewing"]


@contextmanager
def previewing(folder: Path, *words: str, fresh: bool = False) -> Iterator[str]:
    """Run the command in a folder; yield the address. Its messages go to said.txt, its temporary files to tmp/ there."""
    (folder / "tmp").mkdir(exist_ok=True)
    read, write = os.pipe()
    command = ["preview", *words, "--no-browser", "--offline", "--cache", str(folder / "cache")]
    if words[0].endswith(".epub"):
        command = command[:-3]
    with (
        os.fdopen(read, encoding="utf-8") as said,
        os.fdopen(write, "wb") as end,
        (folder / "said.txt").open("wb") as errors,
    ):
        temporary = {name: str(folder / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
        running = commandline.start(command, cwd=folder, environment=temporary, stdout=end, stderr=errors, fresh=fresh)
        end.close()
        found = re.search(r"http://127\.0\.0\.1:\d+/\S+/", said.readline())
        try:
            assert found, (folder / "said.txt").read_text()
            yield found[0]
        finally:
            if sys.platform == "win32" or not found:
                running.kill()
                running.wait()
            else:
                running.send_signal(signal.SIGTERM)  # SIGINT is ignored in the background
                assert running.wait(20) == 0
