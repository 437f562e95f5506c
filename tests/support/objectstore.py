"""Object storage on loopback: moto's server, which speaks the language of S3, a proxy that cuts connections to it, and an
emulator of Google's.
"""

from __future__ import annotations

import os
import select
import socket
import socketserver
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from typing import Any
from unittest import mock

from loopback import Loopback
from webserver import closed_port

__all__ = ["CuttingProxy", "at", "google_storage", "object_storage"]


@contextmanager
def object_storage() -> Iterator[Any]:
    """Run a server, with a bucket called "bucket", for this process and its children; yield its file system."""
    from moto.server import ThreadedMotoServer  # 3 s, and few tests need it

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    try:
        with closing(HTTPConnection("127.0.0.1", port)) as connection:  # the servers of a process share what they have
            connection.request("POST", "/moto-api/reset")
            connection.getresponse().read()
        with at(port):
            from s3fs import S3FileSystem

            system = S3FileSystem(use_listings_cache=False)
            system.mkdir("bucket")
            yield system
    finally:
        server.stop()


@contextmanager
def google_storage() -> Iterator[Any]:
    """Run an emulator, with a bucket called "bucket", for this process and its children; yield its file system."""
    from gcp_storage_emulator.server import create_server

    port = closed_port()
    found = {
        "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}",
        "GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false",  # it would ask another service of Google's about the bucket
    }
    with create_server("127.0.0.1", port, in_memory=True, default_bucket="bucket"), mock.patch.dict(os.environ, found):
        from gcsfs import GCSFileSystem  # 3 s

        yield GCSFileSystem(use_listings_cache=False)
        GCSFileSystem.clear_instance_cache()


@contextmanager
def at(port: int) -> Iterator[None]:
    """Let s3fs find a server at a port of this machine, and give up at once where it does not answer."""
    from s3fs import S3FileSystem

    found = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "s3cret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": os.devnull,
    }
    with mock.patch.dict(os.environ, found):
        S3FileSystem.clear_instance_cache()
        yield
    S3FileSystem.clear_instance_cache()


class CuttingProxy(Loopback):
    """Passes connections on to a port, and cuts each once so many bytes have come from the client."""

    def __init__(self, port: int, most: int) -> None:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", port)) as server:
                    _pass_on(self.request, server, most)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

        super().__init__(Server(("127.0.0.1", 0), Handler))


def _pass_on(client: socket.socket, server: socket.socket, most: int) -> None:
    left = most
    while True:
        for ready in select.select([client, server], [], [])[0]:
            data = ready.recv(min(left, 1 << 16) if ready is client else 1 << 16)
            if not data:
                return
            (server if ready is client else client).sendall(data)
            left -= len(data) if ready is client else 0
            if left <= 0:
                return
