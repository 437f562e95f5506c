"""A picture is told from an error page by its first bytes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.imaging.sniff import HEAD_SIZE, not_a_picture


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        (b"", "nothing instead of a picture"),
        (b" \n", "white space instead of a picture"),
        (b"<!DOCTYPE html><title>404</title>", "HTML page instead of a picture"),
        (b"\xef\xbb\xbf\n <HTML lang='en'>", "HTML page instead of a picture"),
        (b"<!-- a --><!-- b --><p>Gone</p>", "HTML page instead of a picture"),
        ("<html>".encode("utf-16"), "HTML page instead of a picture"),
        (b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>", "XML instead of a picture"),
        (b'{"error": "not found"}', "JSON instead of a picture"),
        (b"[]", "JSON instead of a picture"),
        (b"Not Found", "text instead of a picture"),
        ("没有找到".encode(), "text instead of a picture"),
        (b"%PDF-1.4\n%\x00", "PDF instead of a picture"),
    ],
)
def test_a_file_that_is_no_picture_is_named(head: bytes, verdict: str) -> None:
    assert not_a_picture(head) == verdict


@pytest.mark.parametrize(
    "head",
    [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00\x00\x00\x1cftypavif",
        b"BM\x00\x00",
        b"II*\x00",
        b"P3\n3 2\n255\n",
        b"P1 # comment",
        b"#define a_width 16\n",
        b"/* XPM */",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by hand -->\n<!DOCTYPE svg>\n<svg>",
        b"<svg:svg xmlns:svg='http://www.w3.org/2000/svg'>",
        b"\x00\x01unknown",
    ],
)
def test_a_file_that_may_be_a_picture_is_left_to_the_decoder(head: bytes) -> None:
    assert not_a_picture(head) is None


@given(st.binary(max_size=HEAD_SIZE))
def test_every_head_has_a_verdict(head: bytes) -> None:
    assert not_a_picture(head) != ""


@pytest.mark.parametrize("part", [b"<!---->", b"<!-- ", b"<!--->", b"-->", b"<", b"<svg", b" ", b"<!DOCTYPE "])
def test_no_head_takes_long_to_look_at(part: bytes) -> None:
    not_a_picture((part * HEAD_SIZE)[:HEAD_SIZE])


HOSTILE = """
from itertools import product
from epubmaker.collector.pictures.image_proxies import origins
from epubmaker.imaging.sniff import HEAD_SIZE, Undecodable, not_a_picture, sniff, what_it_is
from epubmaker.imaging.svg import sanitize

parts = [b"<!---->", b"<!-- ", b"<!--->", b"<?xml?>", b"<?xml", b" ", b"<!DOCTYPE svg>", b"<!DOCTYPE svg ", b"]",
         b"<!DOCTYPE svg[]", b"<!DOCTYPE svg[]>", b"<svg", b"<a:", b"a", b"P1#", b"#define a"]
for first, part in product([b"", *parts], parts):
    data = first + part * (70_000 // len(part) if first else 1_000_000)
    sniff(data), what_it_is(data), not_a_picture(data[:HEAD_SIZE])
for first, last in product(["", "url(", "1", "#", "data:image/png;base64,"], ["#", "x"]):
    for part in ("1", " ", "a", "url( "):
        value = first + part * 50_000 + last
        text = f'<svg width="{value}" viewBox="{value}" fill="{value}"><image href="{value}"/><style>{value}</style></svg>'
        try:
            sanitize(text.encode(), (9, 9))
        except Undecodable:
            pass
for part in ("a", "a.", "1.", "/", "%2F", "url=", "&url=http:", "https:/", "00", "/unsafe/", "unsafe/a."):
    origins("https://images.weserv.nl/unsafe/" + part * 2_000)
    origins("https://images.weserv.nl/?url=" + part * 2_000)
"""


@pytest.mark.slow
def test_no_hostile_text_takes_more_than_one_pass() -> None:
    # A pattern that backtracks would take years, a quadratic one an hour; all of this takes two seconds.
    subprocess.run([sys.executable, "-c", HOSTILE], check=True, timeout=60)
