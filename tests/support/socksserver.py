"""A SOCKS 5 proxy on loopback (RFC 1928, without passwords), for tests; it records the hosts that it is asked for."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections.abc import Mapping
from typing import cast

from loopback import Loopback


class SocksServer(Loopback):
    """Connects clients to one target, whatever host they ask for; `asked` lists the hosts as they were given."""

    def __init__(self, target_port: int) -> None:
        self.asked: list[str] = []
        self.target_port = target_port
        super().__init__(_Server(self))

    @property
    def address(self) -> str:
        """Host and port, to put behind `socks5://`."""
        return f"127.0.0.1:{self.port}"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: SocksServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        owner = cast("_Server", self.server).owner
        methods = self.rfile.read(2)[1]
        self.rfile.read(methods)
        self.connection.sendall(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        owner.asked.append(self._host(kind))
        self.rfile.read(2)
        with socket.create_connection(("127.0.0.1", owner.target_port)) as target:
            self.connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
            back = threading.Thread(target=_pump, args=(target, self.connection), daemon=True)
            back.start()
            _pump(self.connection, target)
            back.join()

    def _host(self, kind: int) -> str:
        readers: Mapping[int, int] = {1: 4, 4: 16}
        if kind == 3:
            return self.rfile.read(self.rfile.read(1)[0]).decode()
        family = socket.AF_INET if kind == 1 else socket.AF_INET6
        return socket.inet_ntop(family, self.rfile.read(readers[kind]))


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
