"""Addresses: what browsers read, what EPUBCheck accepts, and what counts as the same article."""

import re
from pathlib import Path

import pytest
from cleanbooks import AssertClean
from drafting import article, complaints
from hypothesis import assume, given
from hypothesis import strategies as st

from epubmaker.chapters.draft import draft
from epubmaker.text.addresses import identity, resolve, site

BASE = "http://example.com/a/b?c=d"
URI = re.compile(
    r"https?://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d+)?/?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
    r"(?:#(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*)?"
)


@pytest.mark.parametrize(
    ("base", "address", "expected"),
    [
        (None, "http://example.com", "http://example.com"),
        (None, "http://example.com/a.b/c.html?d=e#f", "http://example.com/a.b/c.html?d=e#f"),
        (None, " \n HTTP://Example.COM/x\t", "http://example.com/x"),
        (BASE, "../d e", "http://example.com/d%20e"),
        (BASE, "/../../x", "http://example.com/x"),
        (BASE, "./x/./y/../z", "http://example.com/a/x/z"),
        (BASE, "x/%2e%2E/y", "http://example.com/a/y"),
        (BASE, "x\\y", "http://example.com/a/x/y"),
        (BASE, "?q=中 文#f#g", "http://example.com/a/b?q=%E4%B8%AD%20%E6%96%87#f%23g"),
        (BASE, "#top", "http://example.com/a/b?c=d#top"),
        (BASE, "", "http://example.com/a/b?c=d"),
        (BASE, "//h.com/x", "http://h.com/x"),
        (None, "//h.com/x", "https://h.com/x"),
        (None, "http:\\\\h.com\\x", "http://h.com/x"),
        (None, "https:///h.com/x", "https://h.com/x"),
        (None, "http://x.com//a//b", "http://x.com//a//b"),
        (None, "http://x.com/a/..", "http://x.com/"),
        (None, "http://x.com/%zz|{}[]^`%41", "http://x.com/%25zz%7C%7B%7D%5B%5D%5E%60%41"),
        (None, "http://user:secret@h.com:8080/", "http://h.com:8080/"),
        (None, "http://[::1]:8/x", "http://[::1]:8/x"),
        (None, "http://127.0.0.1/x", "http://127.0.0.1/x"),
        (None, "http://中文.com/", "http://xn--fiq228c.com/"),
        (None, "http://straße.de/", "http://xn--strae-oqa.de/"),
        (None, "http://☃.net/", "http://xn--n3h.net/"),
        (None, "http://XN--FIQS8S.com/", "http://xn--fiqs8s.com/"),
        (None, "http://%65xample.com/", "http://example.com/"),
    ],
)
def test_an_address_means_what_a_browser_makes_of_it(base: str | None, address: str, expected: str) -> None:
    assert resolve(base, address) == expected


@pytest.mark.parametrize(
    "address",
    [
        *("", "x", "/x", "#x", "http:", "http://", "//", "http://a b/", "http://h.com:99999/", "http://h.com:x/"),
        *("http://[::1/", "http://[::1]x/", "http://[fe80::1%25eth0]/", "http://1.2.3/", "http://1.2.3.4.5/"),
        *("http://256.1.1.1/", "http://a..b/", "http://-a.com/", "http://0x7f.0x1/", "http://<x>/"),
        *("http://" + "a" * 64 + ".com/", "javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x"),
        *("file:///etc/passwd", "mailto:a@b.c", "about:blank"),
        *(
            "http://xn--a/",
            "http://a.xn--0.com/",
            "http://xn--.com/",
            "http://xn--zzzz-zzz.com/",
            "http://xn--a-ecp.ru/",
        ),
    ],
)
def test_text_that_is_no_web_address_resolves_to_none(address: str) -> None:
    assert resolve(None, address) is None


def test_a_base_that_is_no_web_address_counts_as_none() -> None:
    assert resolve("file:///x/y", "z") is None
    assert resolve("nonsense", "//h.com/z") == "https://h.com/z"


@given(st.one_of(st.none(), st.text(), st.just(BASE)), st.one_of(st.text(), st.from_regex(r"(?:https?:)?//[^/]*/.*")))
def test_a_resolved_address_is_a_valid_uri_and_resolves_to_itself(base: str | None, address: str) -> None:
    resolved = resolve(base, address)
    if resolved is not None:
        assert URI.fullmatch(resolved)
        assert resolve(None, resolved) == resolved


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.example.com:8080/a?b", "example.com"),
        ("HTTP://me@News.Example.co.uk", "news.example.co.uk"),
        ("http://xn--fiqs8s.com/", "中国.com"),
        ("http://例え.テスト/", "例え.テスト"),
        ("http://www.xn--strae-oqa.de./", "straße.de"),
        ("http://[2001:DB8::1]:8080/", "[2001:db8::1]"),
        ("http://127.0.0.1:81/", "127.0.0.1"),
        ("http://localhost", "localhost"),
        *(
            (none, None)
            for none in ("", "file:///a/b", "mailto:a@b.c", "http://[2001", "http://xn--a/", "/a.com/", None)
        ),
    ],
)
def test_a_site_is_shown_as_people_know_it(address: str | None, shown: str | None) -> None:
    assert site(address) == shown


LABEL = "a" * 63
HOSTS = f"""
    xn--a xn--0.com xn--a.b xn--.com xn--aa xn--xn--a xn--a-ecp.ru xn--fiqs8s xn--n3h.net xn--fa-hia.de xn--ls8h.la
    xn--mgbh0fb.xn--kgbechtv xn--80ak6aa92e.com ab--c.com a-.com -a.com a_b.com _a.com a_.com a.b_ a a. a.. .a a..b
    1.2.3.4 1.2.3 1.2.3.4.5 256.1.1.1 01.2.3.4 0x7f.1 2130706433 1.2.3.a a.1 a.0x1 a.0xg 123.com [::1] [2001:DB8::1]
    [::ffff:1.2.3.4] [1:2:3:4:5:6:7:8:9] [v1.a] [fe80::1%25eth0] [::1]:80 [2001 a.com:0 a.com:65535 a.com:65536 a.com:
    a.com:080 a.com:x %61.com a%2e.com a%20b.com %E4%B8%AD.com a%00.com u@a.com u:p@a.com a!b.com a*b.com a,b.com
    中.com ☃.net faß.de \u05d0a.com \u0301a.com a\u200db.com ⒈com \ufdd0.com \U0002ebf0.com
    {LABEL}.com {LABEL}a.com {LABEL}a {LABEL}.{LABEL}.{LABEL}.{LABEL} {LABEL}.{LABEL}.{LABEL}.{LABEL[2:]}
"""


@pytest.mark.slow
def test_epubcheck_accepts_every_host_that_resolves(tmp_path: Path, assert_clean: AssertClean) -> None:
    links = "".join(f"<p><a href='http://{host}/'>x</a></p>" for host in HOSTS.split())

    assert complaints([draft(article(links))], tmp_path / "hosts.epub", assert_clean) == []


@pytest.mark.parametrize(
    "spelling",
    [
        "http://news.example.com/a/1?id=2",
        "https://News.Example.com:443/a/1?id=2",
        "http://news.example.com:80/a/1/?id=2#comments",
        "//news.example.com/a/1?utm_source=x&id=2&fbclid=y",
        "https://news.example.com/%61/1?id=%32&",
        "  https://me@news.example.com/a/./1?id=2 ",
    ],
)
def test_spellings_of_one_article_have_one_identity(spelling: str) -> None:
    assert identity(spelling) == "news.example.com/a/1?id=2"


@pytest.mark.parametrize(
    "other",
    [
        "https://example.com/a/2",
        "https://example.com/A/1",
        "https://example.com/a/1?id=2",
        "https://example.com:81/a/1",
    ],
)
def test_other_articles_have_other_identities(other: str) -> None:
    assert identity(other) != identity("https://example.com/a/1")


def test_escapes_are_compared_without_their_letter_case() -> None:
    assert identity("http://x.com/%e4%b8%ad") == identity("http://x.com/%E4%B8%AD") == identity("http://x.com/中")


def test_text_that_is_no_web_address_is_its_own_identity() -> None:
    assert identity(" urn:x:1 ") == "urn:x:1"


@given(
    st.from_regex(
        r"https?://(?:[a-z0-9_-]{1,9}\.){1,3}[a-z]{2,4}(?:/[\w.~!$&'()*+,;=:@-]*){0,4}(?:#[a-z]*)?", fullmatch=True
    )
)
def test_a_tracking_parameter_never_makes_another_article(address: str) -> None:
    assume(resolve(None, address) is not None)
    place, mark, fragment = address.partition("#")

    assert identity(f"{place}?utm_source=x{mark}{fragment}") == identity(address)
