"""The server of the pictures, for another process: `python -m benchmarks.server DELAY_MS FOLDER...`, one folder a kind.

Answers `GET /KIND/NUMBER` on loopback with a picture, DELAY_MS after the request came in, as a far server would,
however many requests there are. Prints its port, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.photographs import Original, read_originals, variant

__all__ = ["serving"]


@contextmanager
def serving(delay: int, folders: list[Path]) -> Iterator[str]:
    """Run the server in another process; yield its address. `delay` is in milliseconds, each folder named by its kind."""
    command = [sys.executable, "-m", "benchmarks.server", str(delay), *map(str, folders)]
    with Popen(command, stdin=PIPE, stdout=PIPE, text=True, cwd=Path(__file__).parent.parent) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        yield f"http://127.0.0.1:{port}"
        process.stdin.close()


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\nCache-Control: max-age=86400\r\n\r\n"


class _Connection(asyncio.Protocol):
    """Keeps a connection open and answers its requests one after the other."""

    def __init__(self, kinds: dict[str, list[Original]], delay: float) -> None:
        self._kinds = kinds
        self._delay = delay
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while b"\r\n\r\n" in self._unread:
            head, _, self._unread = self._unread.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("ascii")
            asyncio.get_running_loop().call_later(self._delay, self._answer, path)

    def _answer(self, path: str) -> None:
        if self._transport.is_closing():
            return
        _, kind, number = path.split("/")
        pieces = variant(self._kinds[kind], int(number))
        length = sum(map(len, pieces))
        self._transport.writelines([_HEAD % length, *pieces])


async def _serve(delay: float, kinds: dict[str, list[Original]]) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(kinds, delay), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]) / 1000, {Path(name).name: read_originals(Path(name)) for name in sys.argv[2:]}))
