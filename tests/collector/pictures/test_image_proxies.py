"""The original address of a picture behind an image proxy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.collector.pictures.image_proxies import origins
from epubmaker.text.addresses import resolve

HEXADECIMAL = b"https://host.com/a.png".hex()


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://images.weserv.nl?url=host.com/a.jpg", ["https://host.com/a.jpg", "http://host.com/a.jpg"]),
        ("https://images.weserv.nl/?w=300&url=ssl:host.com/a.jpg", ["https://host.com/a.jpg", "http://host.com/a.jpg"]),
        ("https://wsrv.nl/?url=https%3A%2F%2Fhost.com%2Fa%20b.jpg%3Fx%3D1&w=3", ["https://host.com/a%20b.jpg?x=1"]),
        ("https://wsrv.nl/?url=//host.com/a.jpg", ["https://host.com/a.jpg", "http://host.com/a.jpg"]),
        ("https://wsrv.nl/?url=10.1.2.3:8080/a.jpg", ["https://10.1.2.3:8080/a.jpg", "http://10.1.2.3:8080/a.jpg"]),
        ("https://site.com/resize.php?pic=http://host.com/a.jpg", ["http://host.com/a.jpg"]),
        ("https://site.com/_next/image?url=%2Fimg%2Fa.png&w=640&q=75", ["https://site.com/img/a.png"]),
        ("https://site.com/_next/image?url=https%3A%2F%2Fhost.com%2Fa.png&w=640", ["https://host.com/a.png"]),
        ("https://i0.wp.com/host.com/a/b.jpg?w=300&ssl=1", ["https://host.com/a/b.jpg", "http://host.com/a/b.jpg"]),
        ("https://res.cloudinary.com/x/image/fetch/w_300,f_auto/https://host.com/a.jpg", ["https://host.com/a.jpg"]),
        ("https://substackcdn.com/image/fetch/w_1456/https%3A%2F%2Fhost.com%2Fa.png", ["https://host.com/a.png"]),
        ("https://site.com/cdn-cgi/image/width=80/https:/host.com/a.png", ["https://host.com/a.png"]),
        (
            "https://t.com/unsafe/300x200/filters:quality(80)/host.com/a.jpg",
            ["https://host.com/a.jpg", "http://host.com/a.jpg"],
        ),
        (f"https://camo.githubusercontent.com/{'a' * 40}/{HEXADECIMAL}", ["https://host.com/a.png"]),
        (
            "https://images.weserv.nl/?url=i0.wp.com/host.com/a.jpg",
            [
                "https://i0.wp.com/host.com/a.jpg",
                "http://i0.wp.com/host.com/a.jpg",
                "https://host.com/a.jpg",
                "http://host.com/a.jpg",
            ],
        ),
    ],
)
def test_the_origin_is_named_in_the_address(address: str, found: list[str]) -> None:
    assert list(origins(address)) == found


@pytest.mark.parametrize(
    "address",
    [
        "https://host.com/a.jpg",
        "https://host.com/a.jpg?w=300&ref=home",
        "https://host.com/?url=",
        "https://host.com/?url=https://",
        "https://host.com/?url=file:///etc/passwd",
        "https://host.com/?url=javascript:alert(1)",
        "https://host.com/wp.com/a.jpg",
        f"https://host.com/{'a' * 40}/{b'hello world'.hex()}",
        f"https://host.com/?url=host.com/{'a' * 10_000}",
    ],
)
def test_an_address_that_names_no_other_has_no_origin(address: str) -> None:
    assert origins(address) == ()


@given(st.text(max_size=200), st.sampled_from(["?url=", "?x=http://", "/unsafe/", "/http://", "/"]))
def test_origins_are_absolute_addresses_whatever_the_address_holds(text: str, before: str) -> None:
    address = resolve(None, f"https://i0.wp.com{before}{text}")
    if address is not None:
        for origin in origins(address):
            assert resolve(None, origin) == origin
            assert "#" not in origin


@pytest.mark.parametrize("part", ["x", "x/", "http://", "a.b/", "_:x", "%2F", "?url="])
def test_a_long_address_costs_no_more_than_a_short_one_many_times(part: str) -> None:
    for before in ("https://host.com/unsafe/", "https://i0.wp.com/", "https://host.com/?url="):
        origins(before + part * (8000 // len(part)))
