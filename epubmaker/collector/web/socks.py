"""Connections through a SOCKS proxy, with the same limits. Needs PySocks; imported only where a proxy asks for it."""

from __future__ import annotations

import socket
from typing import cast

import urllib3
from urllib3.contrib.socks import (
    SOCKSConnection,
    SOCKSHTTPConnectionPool,
    SOCKSHTTPSConnection,
    SOCKSHTTPSConnectionPool,
)

from epubmaker.collector.web.connections import TimedResponse, allowed_addresses

__all__ = ["use_socks"]


class _Connection(SOCKSConnection):
    response_class = TimedResponse


class _SecureConnection(SOCKSHTTPSConnection):
    response_class = TimedResponse


class _GuardedConnection(_Connection):
    def _new_conn(self) -> socket.socket:
        if self._socks_options["rdns"]:
            return cast("socket.socket", super()._new_conn())
        name = self.host
        self.host = min(allowed_addresses(self), key=lambda address: ":" in address)  # SOCKS 4 knows no IPv6
        try:
            return cast("socket.socket", super()._new_conn())
        finally:
            self.host = name


class _GuardedSecureConnection(_GuardedConnection, SOCKSHTTPSConnection):
    pass


class _Pool(SOCKSHTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(SOCKSHTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _GuardedPool(SOCKSHTTPConnectionPool):
    ConnectionCls = _GuardedConnection


class _GuardedSecurePool(SOCKSHTTPSConnectionPool):
    ConnectionCls = _GuardedSecureConnection


def use_socks(manager: urllib3.PoolManager, *, guarded: bool) -> None:
    """Make a SOCKS pool manager bound its answers and, when guarded, ask the proxy for allowed addresses only.

    The latter holds where names are looked up here (`socks4://`, `socks5://`); with `socks4a://` and `socks5h://` the
    proxy looks them up.
    """
    pools = (_GuardedPool, _GuardedSecurePool) if guarded else (_Pool, _SecurePool)
    manager.pool_classes_by_scheme = dict(zip(("http", "https"), pools, strict=True))
