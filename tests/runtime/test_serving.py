"""A signal ends a server, whatever its main thread does at that moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ANSWERS = """
import os, signal, socket, threading
from pathlib import Path
from epubmaker.runtime.process import interrupt_on_signals
from epubmaker.shelf.server import ShelfServer

class Quick(threading.Thread):
    def start(self):
        super().start()
        self.join()  # it has answered before the main thread goes on
        os.kill(os.getpid(), signal.SIGTERM)

interrupt_on_signals()
threading.Thread = Quick
with ShelfServer(Path(), ("127.0.0.1", 0), log=print) as server, socket.create_connection(server.server_address) as client:
    client.shutdown(socket.SHUT_WR)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot send itself SIGTERM there")
def test_a_signal_while_an_answer_begins_ends_the_server(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ANSWERS]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, "interrupted\n", "")
