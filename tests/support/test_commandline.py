from __future__ import annotations

from pathlib import Path

import commandline


def test_a_command_that_has_just_ended_can_still_be_killed_and_its_status_read(tmp_path: Path) -> None:
    command = commandline.start(["--version"], cwd=tmp_path, environment={})
    while Path(f"/proc/{command.pid}").exists():
        pass

    command.kill()

    assert command.returncode == 0
    assert commandline.run("--version", cwd=tmp_path).returncode == 0
