"""The places where a picture may be found, in order."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.collector.pictures.candidates import (
    DataAddress,
    LocalFile,
    Unusable,
    WebAddress,
    candidates,
    key,
    url_of,
)
from epubmaker.model.pictures import PictureRef, PictureRequest

ROOT = Path("/in")
FOLDER = ROOT / "sub"
LINK = "https://example.org/2022/article.html"


def request(*sources: str, link: str | None = LINK) -> PictureRequest:
    return PictureRequest(PictureRef(sources), link, FOLDER, ROOT)


def local(path: str) -> LocalFile:
    return LocalFile(Path(path), ROOT)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("a.png", [local("/in/sub/a.png"), WebAddress("https://example.org/2022/a.png")]),
        (
            "a%20b.png?x=1#y",
            [
                local("/in/sub/a b.png"),
                local("/in/sub/a%20b.png?x=1#y"),
                WebAddress("https://example.org/2022/a%20b.png?x=1"),
            ],
        ),
        ("../a.png", [local("/in/sub/../a.png"), WebAddress("https://example.org/a.png")]),
        ("/img/a.png", [WebAddress("https://example.org/img/a.png")]),
        ("//cdn.com/a.png", [WebAddress("https://cdn.com/a.png")]),
        ("HTTP://Cdn.com/图.png#x", [WebAddress("http://cdn.com/%E5%9B%BE.png")]),
        ("  https://cdn.com/a.png \n", [WebAddress("https://cdn.com/a.png")]),
        ("data:image/png;base64,AAAA", [DataAddress("data:image/png;base64,AAAA")]),
        ("blob:https://example.org/1", [Unusable("blob")]),
        ("javascript:alert(1)", [Unusable("javascript")]),
        ("file:///in/sub/a%20b.png", [local("/in/sub/a b.png"), local("/in/sub/a%20b.png")]),
        ("file://localhost/in/a.png", [local("/in/a.png")]),
        ("C:\\pictures\\a.png", [local("C:\\pictures\\a.png")]),
        ("", []),
        ("#top", []),
    ],
)
def test_each_kind_of_address_has_its_places(source: str, found: list[object]) -> None:
    assert list(candidates(request(source))) == found


def test_without_a_link_only_files_and_whole_addresses_are_left() -> None:
    assert candidates(request("a.png", link=None)) == (local("/in/sub/a.png"),)
    assert candidates(request("/img/a.png", link=None)) == (local("/in/img/a.png"), local("/img/a.png"))
    assert candidates(request("//cdn.com/a.png", link=None)) == (WebAddress("https://cdn.com/a.png"),)


def test_a_proxy_comes_before_its_origin_and_both_before_the_next_source() -> None:
    found = candidates(
        request("https://images.weserv.nl?url=host.com/a.jpg", "https://host.com/a.jpg", "https://c.com/b")
    )
    assert found == tuple(
        WebAddress(address)
        for address in (
            "https://images.weserv.nl?url=host.com/a.jpg",
            "https://host.com/a.jpg",
            "http://host.com/a.jpg",
            "https://c.com/b",
        )
    )


LONG = b"data:image/png;base64," + b"A" * 1000


@pytest.mark.parametrize(
    ("sources", "url"),
    [
        (("a.png", "b.png"), "https://example.org/2022/a.png"),
        (("", " /a.png#x"), "https://example.org/a.png"),
        ((LONG.decode(),), f"data:image/png;base64,{'A' * 78}…{sha256(LONG).hexdigest()[:8]}"),
        (("blob:x\x1b[31m\n",), "blob:x\N{REPLACEMENT CHARACTER}[31m"),
        ((), ""),
    ],
)
def test_the_report_names_the_address_that_the_article_asked_for(sources: tuple[str, ...], url: str) -> None:
    assert url_of(request(*sources)) == url


def test_requests_share_a_result_exactly_when_they_look_in_the_same_places() -> None:
    absolute = request("https://example.org/img/a.png")
    assert key(absolute) == key(request("/img/a.png")) == key(request("/img/./a.png#x"))
    assert key(absolute) != key(request("https://example.org/img/a.png", "https://example.org/img/b.png"))
    assert key(request("a.png")) != key(PictureRequest(PictureRef(("a.png",)), LINK, ROOT, ROOT))


@given(st.lists(st.text() | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape")), max_size=3))
def test_no_source_makes_it_fail(sources: list[str]) -> None:
    asked = request(*sources)
    for candidate in candidates(asked):
        assert candidate
    assert len(key(asked)) == 64
    assert url_of(asked).isprintable()
