"""The module that the child processes of `test_child.py` run."""

from __future__ import annotations

import os

from epubmaker.runtime.channel import Channel


def serve(parent: Channel) -> None:
    """Answer each text with itself; "exit", "environment", "print" and "half" do as they say."""
    while True:
        message = parent.receive()
        if message == "exit":
            os._exit(7)
        if message == "environment":
            message = os.environ.get("EPUBMAKER_TEST")
        if message == "print":
            print("a library prints", flush=True)
        if message == "half":
            os.write(parent._outgoing.fileno(), (100).to_bytes(8, "big") + b"half")  # noqa: SLF001 - no library does so
            os._exit(0)
        parent.send(message)
