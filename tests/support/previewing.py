"""The preview as users run it: the command, its address, and its end by a signal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import commandline

__all__ = ["previewing"]


@contextmanager
def previewing(folder: Path, *words: str, fresh: bool = False) -> Iterator[str]:
    """Run the command in a folder; yield the address. Its messages go to said.txt, its temporary files to tmp/ there."""
    (folder / "tmp").mkdir(exist_ok=True)
    command = ["preview", *words, "--no-browser", "--offline", "--cache", str(folder / "cache")]
    if words[0].endswith(".epub"):
        command = command[:-3]
    temporary = {name: str(folder / "tmp") for name in ("TMPDIR", "TEMP", "TMP")}
    address = r"http://127\.0\.0\.1:\d+/\S+/"
    with commandline.serving(command, address, folder=folder, environment=temporary, fresh=fresh) as found:
        yield found[0]
