"""Front matter of mirrors and of the generators of sites, read by way of the article's head."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.collector.formats.archive import ArchiveHead, body_of, read_head
from epubmaker.collector.formats.frontmatter import read_front_matter

POST = """---
layout: post
title: "A \\"bridge\\" opens"
date: 2021-11-04T11:24:11.000Z
author: Anna &#38; Ben # 1
from: https://harbour.example.org/bridge
tags: [  Harbour TV ]
comments: True
categories: [ Harbour TV ]
---
"""
LINES = "<!--1636025051000-->\n[A \u2026 bridge](https://harbour.example.org/bridge?x=1)\n------\n\n"
BODY = "<div>\n<p>Text.</p>\n</div>\n"


def head(text: str, name: str = "2021-11-03-bridge.md") -> ArchiveHead:
    found = read_head(text, name)
    assert body_of(text)[0] == text[found.body :]
    return found


def test_a_post_of_a_mirror_is_read_whole() -> None:
    found = head(POST + LINES + BODY)

    assert found.title == "A … bridge"  # the feed's own, of which front matter has lost a part
    assert found.link == "https://harbour.example.org/bridge?x=1"
    assert found.published == datetime(2021, 11, 4, 11, 24, 11, tzinfo=UTC)
    assert (found.source, found.author) == ("Harbour TV", "Anna & Ben # 1")
    assert (POST + LINES + BODY)[found.body :].strip() == BODY.strip()
    assert (found.problems, found.no_article) == ((), "")


def test_a_post_without_the_lines_has_its_head_from_front_matter() -> None:
    found = head(POST + "<article><h2 class='element-invisible'>a.jpg</h2></article>")

    assert (found.title, found.link) == ('A "bridge" opens', "https://harbour.example.org/bridge")
    assert (found.archived, found.problems, found.no_article) == (None, (), "")


@pytest.mark.parametrize("comment", ["<!--NaN-->", "<!-- mirrored by hand -->", "<!--\n  Mirrored,\n  again\n-->"])
def test_a_comment_without_a_time_is_passed_over(comment: str) -> None:
    lines = LINES.replace("<!--1636025051000-->", comment)

    assert head(POST + lines + BODY).title == "A … bridge"
    alone = head(lines + BODY)
    assert (alone.title, alone.published) == ("A … bridge", datetime(2021, 11, 3, tzinfo=UTC))
    assert alone.problems == ()
    assert head(LINES.partition("\n")[2] + BODY).published == alone.published


@pytest.mark.parametrize(
    ("top", "published"),
    [
        ("<div>\n<div><i>Thu, 04 Nov 2021 09:00:00 GMT</i></div><p>", datetime(2021, 11, 4, 9, tzinfo=UTC)),
        ("<div><div><i><br>2021-11-04T09:30:00.000Z</i></div>", datetime(2021, 11, 4, 9, 30, tzinfo=UTC)),
        (
            "<div><h1>T</h1><time datetime='2021-10-01T09:30:00Z'>old</time><p>",
            datetime(2021, 10, 1, 9, 30, tzinfo=UTC),
        ),
        # Days, and times of an unknown zone, are less exact than the feed's date beside them.
        (
            "<address>A. B.</address><time datetime='2021-11-04 02:08:38'>",
            datetime(2021, 11, 4, 11, 24, 11, tzinfo=UTC),
        ),
        ("<div><time datetime='2021-11-04'>1 hour ago</time>", datetime(2021, 11, 4, 11, 24, 11, tzinfo=UTC)),
        ("<p><time datetime='1999-01-01'>then</time></p>", datetime(2021, 11, 4, 11, 24, 11, tzinfo=UTC)),
    ],
)
def test_the_date_in_the_text_comes_before_that_of_front_matter(top: str, published: datetime) -> None:
    assert head(f"{POST}{LINES}{top}").published == published


def test_without_another_date_the_comment_tells_when_an_article_in_the_form_was_published() -> None:
    assert head(LINES + BODY).published == datetime(2021, 11, 4, 11, 24, 11, tzinfo=UTC)
    assert head(f"<!--1636025051000-->{BODY}", "a.txt").published is None


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: A title\ndate: 2021-11-04 11:24:11 +0000\nauthors:\n  - Anna\n  - Ben\ntags: [sea, wind]\n---\n",
        "---\r\ntitle: 'A title'\r\nauthors: [ 'Anna', \"Ben\" ]\r\ndate: 2021-11-04T12:24:11+01:00\r\n---\r\n".replace(
            "\r", ""
        ),
        "---\ntitle: >\n  A\n  title\ndate: 4 novembre 2021 à 11:24:11 # UTC\nauthor:\n- name: Anna\n- name: Ben\n---\n",
        "---\n# Hexo\ntitle: A title\ncover:\n  alt: |\n    x\ndate: 2021-11-04T11:24:11Z\nauthor: 'Anna, Ben'\n...\n",
        '+++\ntitle = "A title"\ndate = 2021-11-04T11:24:11Z\n[extra]\nauthors = ["Anna", "Ben"]\n+++\n',
        '{\n"title": "A title", "date": "2021-11-04T11:24:11Z",\n"author": [{"name": "Anna"}, {"name": "Ben"}]}\n',
        ';;;\n"title": "A title", "date": 1636025051000, "authors": ["Anna", "Ben"]\n;;;\n',
        "---\ntitle: A title\nlastmod: 2021-11-04T11:24:11Z\nauthor: '[[people/Anna|Anna]], [[Ben]]'\n---\n",
        # Pelican and MultiMarkdown, Hexo: no mark above
        "Title: A title\nDate: 2021-11-04 11:24:11\nSlug: a\nAuthors: Anna, Ben\nCategory: Sea\n\n",
        "title: A title\ndate: 2021/11/04 11:24:11\nauthor: [Anna, Ben]\ntags:\n- sea\n---\n",
        '"title": "A title",\n"date": "2021-11-04T11:24:11Z",\n"author": ["Anna", "Ben"]\n;;;\n',
        # Names of fields in several words, in any spelling, and those of a site's own table
        "---\nFull-Title: A title\nDate created: 2021-11-04T12:24:11 (UTC +01:00)\nprimary_author: Anna, Ben\n---\n",
        "---\ntitle: A title\npubDatetime: 2021-11-04T11:24:11Z\nparams:\n  authors: [Anna, Ben]\n---\n",
        "---\nheadline: A title\nauthor: null\nbyline: By Anna, Ben\npost_date: 4.11.2021 11:24:11\n---\n",
    ],
)
def test_other_generators_front_matter_says_the_same(front: str) -> None:
    found = head(f"{front}Some text.\n\nAnd more.", "post.md")

    assert (found.title, found.author, found.source) == ("A title", "Anna, Ben", "")
    assert found.published == datetime(2021, 11, 4, 11, 24, 11, tzinfo=UTC)
    assert found.no_article == ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# Read me\n\nText.", "no front matter"),
        ("[![badge](a.svg)](https://ci.example.org)\n\nText.", "no front matter"),
        ("A heading\n------\n\nText.", "no front matter"),
        ("---\nlayout: table\ntitle: T\n---\n", "layout: table"),
        ("---\ntitle: T\ntype: page\ndate: 2021-11-04\n---\nText", "type: page"),
        ("---\ntitle: T\ndraft: true\ndate: 2021-11-04\n---\nText", "draft"),
        ("---\ntitle: T\npublished: false\ndate: 2021-11-04\n---\nText", "draft"),
        ("---\ntitle: T\n---\nText", "no date"),
        ("---\ntitle: T\nstatus: draft\ndate: 2021-11-04\n---\nText", "draft"),
        ("---\ndate: 2021-11-04\n---\n", "no title"),
        ("---\ntitle: ''\ndate: 2021-11-04\n---\n<div><h1>T</h1><p>Text</p></div>", ""),
        (LINES + BODY, ""),
        ("---\ntitle: T\nlink: https://example.org/a\n---\nText", ""),
    ],
)
def test_pages_beside_posts_are_no_articles(text: str, reason: str) -> None:
    assert head(text, "README.md").no_article == reason
    assert head(text, "README.txt").no_article == ""


def test_several_tags_and_those_of_a_site_s_own_posts_are_no_source() -> None:
    one = "---\ntitle: T\ndate: 2021-11-04\n{}tags: [{}]\ncategories: [{}]\n---\n"

    assert head(one.format("from: https://e.org/a\n", "sea", "sea")).source == "sea"
    assert head(one.format("from: https://e.org/a\n", "sea, wind", "sea, wind")).source == ""
    assert head(one.format("from: https://e.org/a\n", "sea", "ships")).source == ""
    assert head(one.format("", "sea", "sea")).source == ""
    assert head(one.format("site: The Harbour\n", "sea", "wind")).source == "The Harbour"


@pytest.mark.parametrize(
    ("field", "source"),
    [
        ("external_url: https://e.org/a", ""),
        ("orig-url: https://e.org/a", ""),
        ("url: /a\npermalink: https://e.org/a", ""),
        ("guid: https://e.org/a\nchannel: Harbour TV", "Harbour TV"),
        ("source:\n  name: Harbour TV\n  url: https://e.org/a", "Harbour TV"),
    ],
)
def test_the_link_and_the_source_have_many_names(field: str, source: str) -> None:
    found = head(f"---\ntitle: T\n{field}\n---\nText", "post.md")

    assert (found.link, found.source) == ("https://e.org/a", source)


def test_a_heading_or_a_link_on_top_of_a_text_in_markdown_stays_in_it() -> None:
    front = "---\ntitle: A title\ndate: 2021-11-04\n---\n"

    for body in ("A heading\n------\nText", "[A link](https://e.org/)\nText", "---\nText"):
        found = head(front + body, "post.md")
        assert found.title == "A title"
        assert (front + body)[found.body :] == body


def test_a_date_that_is_none_is_an_issue() -> None:
    problems = head("---\ntitle: T\ndate: 2021-13-45\nfrom: https://e.org/a\n---\nText").problems

    assert [code for code, _ in problems] == ["article-bad-date"]


def test_a_text_between_two_rules_is_no_front_matter() -> None:
    for text in (
        "---\nA line of text.\n---\nMore",
        "---\n\nText",
        "+++\nx\n+++\n",
        "---\nMy dear friends: a letter.\n---\nMore",
        "Title: a word that begins a text.\n\nMore",
        "Title: The sea\nTo the reader: hello\n\nMore",
        "{not json}",
        "{" * 9000,
        "---\n---\n",
    ):
        assert read_front_matter(text) is None


@pytest.mark.parametrize(
    "value",
    [
        "&a [" + ",".join(["x"] * 500) + "]\nauthors: [" + ",".join(["*a"] * 2000) + "]",
        "|\n" + "  x\n" * 15_000,
        "[" * 20_000,
        "{" * 20_000,
        "- " * 5000,
        "!!python/object/apply:os.system [exit]\nauthor: [\n",
        '"' + "\\" * 30_000,
        "[" + '"a' * 20_000,
        "[" + "," * 20_000 + "]",
        "'" * 30_001,
    ],
)
def test_a_value_that_would_grow_or_run_is_passed_over_in_no_time(value: str) -> None:
    found = head(f"---\ntitle: T\ndate: 2021-11-04\ntags: {value}\n---\nText", "post.md")

    assert found.title == "T"


PIECES = (
    "---\n",
    "+++\n",
    ";;;\n",
    "{",
    "}",
    "title: ",
    '"',
    "'",
    "[",
    "]",
    "\\",
    ":",
    " ",
    "\n",
    "a",
    "- ",
    "#",
    "|",
    "&a",
    "*a",
)


@given(
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(("---\n", "+++\n", ";;;\n", '{\n"'))
)
def test_any_text_has_a_head(text: str, opening: str) -> None:
    found = head(opening + text)

    assert found.title
    assert 0 <= found.body <= len(opening + text)
