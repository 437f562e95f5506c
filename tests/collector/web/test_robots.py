"""What a robots.txt allows (RFC 9309)."""

from __future__ import annotations

import pytest

from epubmaker.collector.web.robots import allows

GROUPS = """\
# for others
User-agent: other
Disallow: /

user-agent: epubmaker/2
User-Agent: another
DISALLOW: /a   # all of it
Allow: /a/b

User-agent: *
Disallow: /

User-agent: EPUBmaker
Disallow: /x
"""


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("<!doctype html><p>Not found", "/a", True),
        ("Disallow: /", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", "", True),
        ("User-agent: *\r\nDisallow: /\r\n", "", False),
        (GROUPS, "/a/c", False),
        (GROUPS, "/a/b/c", True),
        (GROUPS, "/x", False),
        (GROUPS, "/y", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x", True),
        ("User-agent: *\nDisallow: /*a*b", "/xaxxb/c", False),
        ("User-agent: *\nDisallow: /*b*a$", "/ab", True),
        ("User-agent: *\nDisallow: /a$", "/a", False),
        ("User-agent: *\nDisallow: /a$", "/ab", True),
        ("User-agent: *\nDisallow: /%7Ea/\nAllow: /~a/", "/~a/", True),
        ("User-agent: *\nDisallow: /é?q", "/%C3%A9?q=1", False),
        (f"User-agent: *\nDisallow: /{'*a' * 100_000}b", f"/{'a' * 100_000}", True),
    ],
)
def test_the_longest_rule_for_us_counts(text: str, path: str, *, allowed: bool) -> None:
    assert allows(text, f"https://e.org{path}") is allowed
