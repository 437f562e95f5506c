from __future__ import annotations

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from epubmaker.storage.scratch import spool


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_goes_with_the_run(temporary: Path) -> None:
    with spool() as folder:
        (folder / "picture").write_bytes(b"x")

    assert list(temporary.iterdir()) == []


def test_the_next_run_removes_the_folder_of_a_killed_run_and_not_that_of_a_live_one(temporary: Path) -> None:
    code = (
        "import sys, tempfile; from epubmaker.storage.scratch import spool; tempfile.tempdir = sys.argv[1]\n"
        "with spool() as folder: (folder / 'picture').write_bytes(b'x'); print(folder, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(temporary)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        with spool():
            assert (left / "picture").exists()
        process.kill()
    with spool():
        assert not left.exists()


def test_a_folder_of_the_same_name_that_is_no_scratch_folder_stays(temporary: Path) -> None:
    (temporary / "epubmaker-notes").mkdir()

    with spool():
        pass

    assert (temporary / "epubmaker-notes").exists()


def test_runs_that_start_at_the_same_moment_leave_each_other_alone() -> None:
    def run(_: int) -> bool:
        with spool() as folder:
            (folder / "picture").write_bytes(b"x")
            with spool():
                return (folder / "picture").exists()

    with ThreadPoolExecutor(8) as runs:
        assert all(runs.map(run, range(160)))
