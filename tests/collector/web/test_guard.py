"""The addresses that are never connected to."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.collector.web.guard import refusal, refusal_of_host


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private (shared)"),
        ("100.100.100.200", "private (shared)"),  # metadata of a large cloud
        ("169.254.169.254", "link-local"),  # metadata of the other clouds
        ("192.0.0.192", "reserved"),
        ("192.0.2.1", "documentation"),
        ("198.18.0.1", "benchmarking"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("255.255.255.255", "reserved"),
        ("::", "unspecified"),
        ("::1", "loopback"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fc00::1", "private"),
        ("fd00:ec2::254", "private"),
        ("fec0::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("2001:10::1", "reserved"),
        ("100::1", "reserved"),
        ("4000::1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:a9fe:a9fe", "link-local"),
        ("::ffff:8.8.8.8", "mapped"),
        ("::127.0.0.1", "reserved"),
        ("64:ff9b::10.0.0.1", "private"),
        ("64:ff9b:1::1", "reserved"),
        ("2002:7f00:1::1", "loopback"),
        ("2002:c0a8:101::", "private"),
        ("2001:0:4136:e378:8000:63bf:f5ff:fffe", "private"),  # Teredo, its client is 10.0.0.1
    ],
)
def test_an_address_that_only_this_network_reaches_is_refused(address: str, kind: str) -> None:
    article = "an" if kind == "unspecified" else "a"
    assert refusal(address) == f"{address} is {article} {kind} address"
    assert refusal_of_host(f"[{address}]" if ":" in address else address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "93.184.215.14",
        "172.15.0.1",
        "172.32.0.1",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
    ],
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert refusal(address) is None


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6))
def test_no_address_is_allowed_that_the_standard_library_knows_to_be_special(
    address: IPv4Address | IPv6Address,
) -> None:
    special = address.is_private or address.is_multicast or address.is_reserved
    # These stand for an IPv4 address, which decides: Teredo, NAT64, 6to4 and mapped addresses.
    carries = isinstance(address, IPv6Address) and str(address).startswith(("2001:0:", "64:ff9b::", "2002:", "::ffff:"))
    if special and not carries:
        assert refusal(str(address))


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_in_each_disguise(address: IPv4Address) -> None:
    number = int(address)
    high, low = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    disguises = (f"64:ff9b::{address}", f"2002:{high}:{low}::1")
    plain = refusal(str(address)) is None
    assert [refusal(disguise) is None for disguise in disguises] == [plain] * 2
    assert refusal(f"::ffff:{address}")


@pytest.mark.parametrize(
    "name", ["localhost", "LocalHost.", "a.localhost", "printer.local", "metadata.google.internal", "nas.lan"]
)
def test_a_local_name_is_refused(name: str) -> None:
    assert refusal_of_host(name)


@pytest.mark.parametrize("name", ["example.org", "local.example.org", "8.8.8.8"])
def test_other_names_are_not_judged_by_themselves(name: str) -> None:
    assert refusal_of_host(name) is None
