"""The web server of the tests behaves as its behaviors say."""

from __future__ import annotations

import http.client
import socket

import pytest
import webserver
from webserver import WebServer


def _ask(server: WebServer, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_it_answers_logs_and_counts() -> None:
    with WebServer() as server:
        server.add("/a.png", webserver.turns(webserver.status(503), webserver.picture(b"body")))
        assert _ask(server, "/a.png")[0] == 503
        assert _ask(server, "/a.png?x=1") == (503, b"<!DOCTYPE html><title>503</title>")
        assert _ask(server, "/a.png") == (200, b"body")
        assert _ask(server, "/none")[0] == 404
        assert server.paths == ["/a.png", "/a.png?x=1", "/a.png", "/none"]
        assert server.busiest == 1


@pytest.mark.parametrize("behavior", [webserver.reset_before_reply, webserver.reset_in_headers])
def test_a_reset_is_a_reset(behavior: webserver.Behavior) -> None:
    with WebServer() as server:
        server.add("/a.png", behavior)
        with pytest.raises(ConnectionResetError):
            _ask(server, "/a.png")


def test_a_connection_can_be_reset_before_a_byte_is_read() -> None:
    with WebServer() as server:
        server.resets_connections = True
        with pytest.raises(ConnectionResetError):
            _ask(server, "/a.png")
        assert server.seen == ()


def test_a_keep_alive_connection_serves_several_requests() -> None:
    with WebServer() as server:
        server.add("/a.png", webserver.chunked(b"x" * 2500))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for _ in range(3):
            connection.request("GET", "/a.png")
            assert connection.getresponse().read() == b"x" * 2500
        connection.close()
        assert len({seen.client for seen in server.seen}) == 1


def test_closing_it_ends_what_stalls() -> None:
    with socket.socket() as client:
        with WebServer() as server:
            server.add("/a.png", webserver.stall_before_headers)
            client.connect(("127.0.0.1", server.port))
            client.sendall(b"GET /a.png HTTP/1.1\r\n\r\n")
            while not server.seen:
                pass
        assert client.recv(10) == b""
