"""Which IP addresses may be connected to. Pure; `connections` applies this to every connection.

The articles of strangers decide what is fetched, so they must not reach servers that only this machine or its network can
reach. Only globally reachable unicast addresses are connected to (IANA's special-purpose registries, RFC 6890, RFC 8190),
unless the user allows others. IPv6 addresses that carry an IPv4 address (NAT64, 6to4, Teredo) are judged by that one;
IPv4-mapped ones are all refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["refusal", "refusal_of_host"]

_IPV4_KINDS = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "private (shared)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),  # cloud metadata too
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_IPV6_KINDS = tuple(
    (ip_network(network), kind)
    for network, kind in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "private"),
        ("fc00::/7", "private"),  # cloud metadata too (fd00:ec2::254)
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),  # but for Teredo, which is judged by what it carries
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
    )
)
_GLOBAL = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")


def refusal(address: str) -> str | None:
    """Say why an IP address is not connected to ("127.0.0.1 is a loopback address"), or None when it may be.

    `address` is an IPv4 or IPv6 literal, without brackets, a scope id allowed. Raises ValueError when it is none.
    """
    kind = _kind(ip_address(address.partition("%")[0]))
    return None if kind is None else f"{address} is {'an' if kind == 'unspecified' else 'a'} {kind} address"


def refusal_of_host(host: str) -> str | None:
    """Say why a host must not be connected to, as far as its name alone shows; None when it may be.

    `host` is a name or an IP literal as it stands in an address, brackets allowed.
    """
    name = host.strip("[]").rstrip(".").lower()
    try:
        return refusal(name)
    except ValueError:
        local = any(name == suffix or name.endswith(f".{suffix}") for suffix in _LOCAL_NAMES)
        return f"{name} is a local name" if local else None


def _kind(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _IPV4_KINDS if address in network), None)
    inner = tuple(_carried(address))
    if inner:
        kind = next((kind for kind in map(_kind, inner) if kind is not None), None)
        # No public host has a mapped address; with those of NAT64 and 6to4, IPv6-only networks reach the others.
        return kind or ("mapped" if address.ipv4_mapped is not None else None)
    named = next((kind for network, kind in _IPV6_KINDS if address in network), None)
    return named or (None if address in _GLOBAL else "reserved")


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for."""
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
