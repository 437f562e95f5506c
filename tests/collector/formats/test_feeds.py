"""RSS, RDF, Atom and JSON Feed, read from files in a folder."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from feedgen.feed import FeedGenerator
from hypothesis import given
from hypothesis import strategies as st
from rebuilt import Archive

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import Scan, scan
from epubmaker.model.articles import Entry

MOMENT = datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
RSS = """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:a="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:i="http://www.itunes.com/DTDs/Podcast-1.0.dtd"
 xmlns:f="http://rssnamespace.org/feedburner/ext/1.0" xmlns:x="http://purl.org/rss/1.0/modules/content/">"""
ONE = "<rss><channel><item><title>{}</title></item></channel></rss>"


def scanned(folder: Path, text: str | bytes, name: str = "feed.xml") -> Scan:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return scan([folder])


def entries(folder: Path, text: str | bytes, name: str = "feed.xml") -> tuple[Entry, ...]:
    found = scanned(folder, text, name)
    assert found.issues == ()
    return found.entries


def item(folder: Path, inner: str, feed: str = "") -> Entry:
    text = f"{RSS}<channel><title>Harbour</title>{feed}<item><title>T</title>{inner}</item></channel></rss>"
    (found,) = entries(folder, text)
    return found


def html(entry: Entry) -> str:
    article = parse(entry)
    assert article.issues == ()
    return article.html


def generated() -> FeedGenerator:
    """Return a feed of two entries, as a program would publish it."""
    feed = FeedGenerator()
    feed.id("https://e.org/")
    feed.title("The Harbour Times")
    feed.description("News of the harbour")
    feed.link(href="https://e.org/", rel="alternate")
    feed.language("en")
    for number in (1, 2):
        entry = feed.add_entry(order="append")
        entry.id(f"tag:e.org,2022:{number}")
        entry.title(f"A bridge opens & closes, part {number}")
        entry.link(href=f"https://e.org/a/{number}")
        entry.author(name="Anna Keeper", email="anna@e.org")
        entry.published(MOMENT)
        entry.updated(MOMENT.replace(day=20))
        entry.summary("In short.")
        entry.content(f'<p>Text {number}.</p><p><a href="/map">Map</a></p>', type="html")
    return feed


@pytest.mark.parametrize("write", [FeedGenerator.rss_str, FeedGenerator.atom_str])
def test_a_feed_is_as_many_articles_as_it_has_entries(tmp_path: Path, write: Callable[[FeedGenerator], bytes]) -> None:
    found = entries(tmp_path, write(generated()))

    assert [entry.title for entry in found] == [f"A bridge opens & closes, part {number}" for number in (1, 2)]
    assert [entry.link for entry in found] == ["https://e.org/a/1", "https://e.org/a/2"]
    assert {(entry.source, entry.author, entry.published) for entry in found} == {
        ("The Harbour Times", "Anna Keeper", MOMENT)
    }
    assert [entry.member for entry in found] == ["tag:e.org,2022:1", "tag:e.org,2022:2"]
    assert html(found[1]).replace("&#39;", "'").find("<p>Text 2.</p>") >= 0
    assert "In short" not in html(found[1])
    article = parse(found[0])
    assert article.origin is not None
    assert (article.origin.sha256, article.origin.state) == (found[0].sha256, None)


def test_rss_1_and_an_older_atom_are_read_too(tmp_path: Path) -> None:
    (tmp_path / "a.rdf").write_text(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://e.org/"><title>Harbour</title>
        <link>https://e.org/</link></channel><item rdf:about="https://e.org/1"><title>One</title><link>/1</link>
        <description>Text.</description><dc:date>2022-01-12</dc:date><dc:creator>Anna</dc:creator></item></rdf:RDF>"""
    )
    (tmp_path / "b.atom").write_text(
        """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Pier</title><entry><title>Two</title>
        <link rel="alternate" href="https://e.org/2"/><modified>2022-01-13T00:00:00Z</modified>
        <content mode="escaped" type="text/html">&lt;p>Text&lt;/p></content></entry></feed>"""
    )

    one, two = scan([tmp_path]).entries

    assert (one.title, one.link, one.source, one.author, html(one)) == (
        "One",
        "https://e.org/1",
        "Harbour",
        "Anna",
        "Text.",
    )
    assert (two.title, two.link, two.source, html(two)) == ("Two", "https://e.org/2", "Pier", "<p>Text</p>")
    assert [entry.date and entry.date.day for entry in (one, two)] == [12, 13]


def test_json_feed_is_read(tmp_path: Path) -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour",
        "home_page_url": "https://e.org/",
        "language": "fr",
        "authors": [{"name": "Anna"}],
        "items": [
            {
                "id": 1,
                "url": "/1",
                "title": "One",
                "content_html": "<p>Un.</p>",
                "date_published": "2022-01-12T00:00:00Z",
            },
            {"id": "2", "content_text": "1 < 2\n\nand more", "author": {"name": "Ben"}, "language": "en"},
            {
                "id": "3",
                "external_url": "https://x.org/3",
                "summary": "S",
                "image": "https://e.org/a.jpg",
                "attachments": [
                    {"url": "https://e.org/a.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 3725},
                    {"url": "https://e.org/a%20b.pdf", "mime_type": "application/pdf"},
                ],
            },
            None,
            {"id": "4", "url": "https://e.org/4", "title": "Only a title"},
        ],
    }

    one, two, three, four = entries(tmp_path, json.dumps(feed), "feed.json")

    assert (one.link, one.author, one.published) == ("https://e.org/1", "Anna", datetime(2022, 1, 12, tzinfo=UTC))
    assert html(one) == '<html lang="fr"><body><p>Un.</p></body></html>'
    assert (two.title, two.author) == ("1 < 2", "Ben")
    assert "1 &lt; 2\n\nand more" in html(two)
    assert '<figure><img src="https://e.org/a.jpg" alt=""></figure>S<audio' in html(three)
    assert 'title="a.mp3 (1:02:05)"' in html(three)
    assert '<a href="https://e.org/a%20b.pdf">a b.pdf</a>' in html(three)
    assert [entry.is_link_only for entry in (one, two, three, four)] == [False, False, False, True]


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        (
            "<description>Short.</description><x:encoded>Long, longer.</x:encoded>",
            "Long, longer.",
        ),
        ("<description>&lt;b&gt;Bold&lt;/b&gt; text</description>", "<b>Bold</b> text"),
        ("<description><p>Not <br/>escaped</p></description>", "<p>Not <br>escaped</p>"),
        ("<a:summary>1 &lt; 2</a:summary>", "1 &lt; 2"),
        (
            "<a:content type='xhtml'><h:div><h:p>x<h:br/></h:p></h:div></a:content>",
            "<p>x<br></p>",
        ),
        ("<media:group><media:description>All of it</media:description></media:group>", "All of it"),
    ],
)
def test_the_full_text_is_taken_else_the_summary_as_html(tmp_path: Path, inner: str, text: str) -> None:
    assert html(item(tmp_path, inner)) == text


@pytest.mark.parametrize(
    ("inner", "link"),
    [
        ("<link>https://e.org/a?x=1&amp;y=2</link>", "https://e.org/a?x=1&y=2"),
        ("<link> /a </link>", "https://e.org/a"),
        ("<guid>https://e.org/a</guid>", "https://e.org/a"),
        ('<guid isPermaLink="false">https://e.org/a</guid>', None),
        ("<a:link href='https://e.org/a'/>", "https://e.org/a"),
        (
            "<link>https://f.org/a</link><f:origLink>https://e.org/a</f:origLink>",
            "https://e.org/a",
        ),
        ("<link>javascript:alert(1)</link>", None),
    ],
)
def test_the_link_is_the_articles_own_address(tmp_path: Path, inner: str, link: str | None) -> None:
    assert item(tmp_path, f"{inner}<description>x</description>", "<link>https://e.org/</link>").link == link


@pytest.mark.parametrize(
    ("inner", "author"),
    [
        ("<author>anna@e.org (Anna Keeper)</author>", "Anna Keeper"),
        ("<author>Anna Keeper &lt;anna@e.org&gt;</author>", "Anna Keeper"),
        ("<author>anna@e.org</author>", ""),
        ("<dc:creator>Anna</dc:creator><dc:creator>Ben</dc:creator>", "Anna, Ben"),
    ],
)
def test_the_author_is_a_name_and_no_address(tmp_path: Path, inner: str, author: str) -> None:
    assert item(tmp_path, f"{inner}<description>x</description>").author == author


def test_an_entry_of_another_feed_has_that_as_source(tmp_path: Path) -> None:
    entry = item(tmp_path, "<description>x</description><source url='https://p.org/'>The Pier</source>")

    assert entry.source == "The Pier"


def test_where_each_value_stands_is_known(tmp_path: Path) -> None:
    item = "<guid>https://e.org/a</guid><dc:creator>A</dc:creator><description>Some words</description>"
    (tmp_path / "a.xml").write_text(f"{RSS}<channel><title>F</title><item>{item}</item></channel></rss>")

    (origins,) = scan([tmp_path]).origins

    assert dict(origins) == {
        "title": "text",
        "link": "guid",
        "published": "",
        "author": "dc:creator",
        "tag": "category",
        "source": "title of the feed",
        "text": "description",
    }


def test_language_and_base_of_addresses_are_those_of_the_innermost_element(tmp_path: Path) -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://e.org/x/"><title>F</title>
        <entry xml:lang="fr"><title>A</title><id>1</id><link href="a"/>
        <content type="html" xml:base="pictures/">&lt;img src="b.png"></content></entry></feed>"""

    (entry,) = entries(tmp_path, text)

    assert entry.link == "https://e.org/x/a"
    assert html(entry) == (
        '<html lang="fr"><head><base href="https://e.org/x/pictures/"></head><body><img src="b.png"></body></html>'
    )


PICTURE = "<media:content url='https://e.org/{0}' medium='image' width='{1}'>{2}</media:content>"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (
            "<enclosure url='https://e.org/a.jpg' type='image/jpeg' length='1'/><description>Text</description>",
            ["a.jpg"],
        ),
        ("<enclosure url='/a.png'/><description>Text</description>", ["a.png"]),
        (
            "<enclosure url='https://e.org/a.jpg?w=300'/><description>&lt;img src='https://e.org/a.jpg?w=900'></description>",
            [],
        ),
        (PICTURE.format("a.jpg?w=1", 100, "") + PICTURE.format("a.jpg?w=2", 900, ""), ["a.jpg?w=2"]),
        (
            f"<media:group>{PICTURE.format('a1.jpg', 900, '')}{PICTURE.format('a2.jpg', 100, '')}</media:group>",
            ["a1.jpg"],
        ),
        ("<media:thumbnail url='https://e.org/t.jpg'/><description>Text</description>", ["t.jpg"]),
        ("<media:thumbnail url='https://e.org/t.jpg'/><description>&lt;img src='b.jpg'></description>", []),
        (PICTURE.format("a.jpg", 1, "") + "<media:thumbnail url='https://e.org/t.jpg'/>", ["a.jpg"]),
    ],
)
def test_a_picture_that_the_text_lacks_stands_on_top_once(tmp_path: Path, inner: str, shown: list[str]) -> None:
    text = html(item(tmp_path, inner, "<link>https://e.org/</link>"))

    assert [part.split('"')[1].removeprefix("https://e.org/") for part in text.split("<figure>")[1:]] == shown


def test_the_caption_of_a_picture_stands_in_it_or_beside_it(tmp_path: Path) -> None:
    inner = "<media:description>The &lt;b>old&lt;/b> bridge.</media:description><media:credit>A. Keeper</media:credit>"
    figure = '<figure><img src="https://e.org/a.jpg" alt=""><figcaption>The old bridge. A. Keeper</figcaption></figure>'

    within = html(item(tmp_path, f"{PICTURE.format('a.jpg', 1, inner)}<description>Text</description>"))
    beside = html(item(tmp_path, f"{PICTURE.format('a.jpg', 1, '')}{inner}<description>Text</description>"))

    assert within == beside == f"{figure}Text"


def test_sound_is_what_a_player_stands_for(tmp_path: Path) -> None:
    inner = """<enclosure url="https://e.org/a%20b.mp3?x=1" type="audio/mpeg"/><description>Notes</description>
        <i:duration>2052</i:duration>"""

    assert html(item(tmp_path, inner)) == (
        'Notes<audio src="https://e.org/a%20b.mp3?x=1" title="a b.mp3 (34:12)"></audio>'
    )


def test_entries_with_one_link_and_other_ids_are_other_articles(tmp_path: Path) -> None:
    entry = (
        "<item><title>{0}</title><link>https://e.org/n#{0}</link><guid>{1}</guid><description>x{0}</description></item>"
    )
    text = (
        f"{RSS}<channel>{entry.format('1.0', 'a')}{entry.format('1.1', 'b')}{entry.format('1.1', 'b')}</channel></rss>"
    )

    found = entries(tmp_path, text)

    assert [entry.title for entry in found] == ["1.0", "1.1"]
    assert len({entry.key for entry in found}) == 2


def test_an_entry_without_an_id_is_known_by_its_link_or_its_text(tmp_path: Path) -> None:
    item = "<item><link>https://e.org/a</link></item><item><description>Text</description></item>"
    text = f"{RSS}<channel>{{}}{item}</channel></rss>"

    before = entries(tmp_path, text.format(""))
    after = entries(tmp_path, text.format("<item><title>New</title><description>x</description></item>"))

    assert [entry.member for entry in before] == [entry.member for entry in after[1:]]
    assert [entry.sha256 for entry in before] == [entry.sha256 for entry in after[1:]]


@pytest.mark.parametrize(
    ("text", "is_link_only"),
    [
        ("", True),
        ("&lt;p>&lt;a href='/c'>Comments&lt;/a> | &lt;a href='/s'>Share&lt;/a>&lt;/p>", True),
        ("&lt;a href='/c'>Comments&lt;/a> on the bridge", False),
        ("&lt;a href='/c'>&lt;img src='/c.png'>&lt;/a>", False),
        (f"&lt;a href='/c'>{'A text within a link. ' * 5}&lt;/a>", False),
    ],
)
def test_an_entry_of_links_alone_is_an_address(tmp_path: Path, text: str, is_link_only: bool) -> None:  # noqa: FBT001
    entry = item(tmp_path, f"<link>https://e.org/a</link><description>{text}</description>")

    assert entry.is_link_only == is_link_only


# --- broken and hostile files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        (ONE.format("A & B &eacute; &nbsp;&#8;&hellip;"), ["A & B é …"]),
        ("<rss><channel><item><title>A</title><content:encoded>x</content:encoded></item></channel></rss>", ["A"]),
        ("\n\n <?xml version='1.0'?>" + ONE.format("A"), ["A"]),
        ("<rss><channel><item><title>A</title></item><item><title>B</ti", ["A", "B"]),
        (ONE.format("A\0\x08B&#xd800;&#8;&#1114112;&#65;&"), ["ABA&"]),
        ("<rss><item><title>A</title></item></rss>", ["A"]),
        (("<?xml version='1.0' encoding='koi8-r'?>" + ONE.format("Ж")).encode("koi8-r"), ["Ж"]),
        ("<?xml version='1.0' encoding='latin-1'?>" + ONE.format("é 中"), ["é 中"]),
        (("<?xml version='1.0' encoding='utf-16'?>" + ONE.format("中")).encode("utf-16"), ["中"]),
        (
            '<!DOCTYPE rss SYSTEM "file:///etc/passwd" [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "b">]>'
            + ONE.format("A&a;&b;"),
            ["A"],
        ),
    ],
)
def test_a_broken_feed_is_read_as_far_as_it_goes(tmp_path: Path, text: str | bytes, titles: list[str]) -> None:
    found = scanned(tmp_path, text, "a.rss")

    assert [entry.title for entry in found.entries] == titles
    assert found.issues == ()


def test_a_feed_that_is_cut_is_reported(tmp_path: Path) -> None:
    text = f"{RSS}<channel><item><title>A</title></item><item><title>B</title><description>Text that en"

    one, two = scanned(tmp_path, text).entries

    assert (one.issues, [issue.code for issue in two.issues]) == ((), ["article-cut-file"])


BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "lol">{BOMB}]><rss><channel><item><title>A&l11;</title></item></channel></rss>',
        f'<!DOCTYPE rss [<!ENTITY l0 "lol">{BOMB}]><rss a="&l11;"><channel><item><title>A</title></item></channel></rss>',
        "<rss><channel>" + "<item>" * 100_000,
        "<rss><channel><item><description>" + "<b>" * 100_000,
        pytest.param("<rss><channel>" + "<a/>" * 600_000, marks=pytest.mark.slow),
        "<rss><channel><item>" + "<title>" + "x" * 11_000_000 + "</title></item></channel></rss>",
        "<rss "
        + "".join(f"a{n}='' " for n in range(200_000))
        + "><channel><item><title>A</title></item></channel></rss>",
        pytest.param(
            "<rss><channel><item><link>"
            + "&" * 1_000_000
            + "</link><description>x</description></item></channel></rss>",
            marks=pytest.mark.slow,
        ),
        "<rss><channel>" + "<![CDATA[" * 200_000,
        "<rss>",
        "<rss/>",
        "<feed xmlns='http://www.w3.org/2005/Atom'/>",
    ],
)
def test_a_hostile_feed_is_an_issue_or_none_and_costs_no_other_article(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.txt").write_text("[Other](https://e.org/other)\n------\n<p>Text</p>")

    found = scanned(tmp_path, text, "a.xml")

    assert "Other" in [entry.title for entry in found.entries]
    assert len(found.entries) + len(found.issues) + sum(found.not_read.values()) >= 2
    for entry in found.entries:
        assert len(parse(entry).html) < 1_500_000


@pytest.mark.parametrize(
    "text",
    [
        '{"version": "https://jsonfeed.org/version/1", "items": ' + "[" * 100_000,
        '{"version": "https://jsonfeed.org/version/1", "items": [' + "{}," * 2_100_000 + "{}]}",
        '{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + "9" * 10_000 + ', "content_text": "a"}]}',
        '{"version": "https://jsonfeed.org/version/1", "items": [{"content_text": "\\ud800", "title": ["a"], "url": {}}]}',
        '{"version": "https://jsonfeed.org/version/1", "items": {"a": 1}, "authors": [[]]}',
        '{"version": "https://jsonfeed.org/version/1", "items": [1e999, NaN, "a", null]',
    ],
)
def test_a_hostile_json_feed_is_an_issue_or_none(tmp_path: Path, text: str) -> None:
    found = scanned(tmp_path, text, "a.json")

    assert len(found.entries) + len(found.issues) + sum(found.not_read.values()) == 1
    for entry in found.entries:
        assert entry.title
        parse(entry)


PIECES = (
    "<rss>", "<channel>", "<item>", "</item>", "</channel>", "</rss>", "<title>", "</title>", "<description>", "&lt;p>",
    "</description>", "<![CDATA[", "]]>", "&", "&eacute;", "<", ">", "<link/>", "<media:content url='a.jpg'/>", "é", "\0",
    "<pubDate>2022</pubDate>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry>", "<content type='xhtml'>", "<!--",
    "&#xd800;", "<p: >", "<div xmlns='http://www.w3.org/1999/xhtml'>",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_feed_can_be_read(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("feed")

    for entry in scanned(folder, f"<rss><channel>{text}", "a.xml").entries:
        assert parse(entry).origin is not None


# --- builds ----------------------------------------------------------------------------------------------------------


def test_a_new_entry_makes_its_chapter_alone_and_the_same_book_as_a_build_from_nothing(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.inputs.mkdir()
    feed = generated()
    feed.rss_file(str(archive.inputs / "feed.xml"))
    archive.build()
    assert archive.chapters == 2
    archive.build()
    assert not archive.was_made()

    new = feed.add_entry()
    new.id("tag:e.org,2022:3")
    new.title("A third part")
    new.link(href="https://e.org/a/3")
    new.content("<p>Text 3.</p>", type="html")
    feed.rss_file(str(archive.inputs / "feed.xml"))
    archive.build(jobs=2)

    assert archive.chapters == 2 + 2  # the new one, and that beside it, which names it
    assert archive.output.read_bytes() == archive.from_nothing()


def test_a_feed_without_texts_is_known_again_as_addresses(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.inputs.mkdir()
    (archive.inputs / "feed.xml").write_text(f"{RSS}<channel><item><link>https://e.org/a</link></item></channel></rss>")
    (archive.inputs / "a.txt").write_text("[Other](https://e.org/other)\n------\n<p>Text</p>")

    first, second = archive.build(), archive.build()

    assert first.intake == second.intake
    assert second.intake.left_out == {"link-only": 1}


READ_ALL = """
import re, sys
from pathlib import Path
from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan

found = scan([Path(sys.argv[1])]).entries
texts = [len(parse(entry).html) for entry in found[::-1]]
# Not `ru_maxrss`, which begins with that of the process that started this one.
print(len(texts), re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
def test_a_feed_of_a_million_entries_is_refused_before_they_are_read(tmp_path: Path) -> None:
    found = scanned(tmp_path, "<rss><channel>" + "<item><title>A</title></item>" * 1_000_000)

    assert [(issue.code, issue.message) for issue in found.issues] == [
        ("article-too-large", "more than 100,000 articles in one file")
    ]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ten_thousand_entries_are_read_within_bounds_of_time_and_memory(tmp_path: Path) -> None:
    item = "<item><title>{0}</title><link>https://e.org/{0}?x=1</link><guid>{0}</guid><description>{1}</description></item>"
    text = "".join(item.format(number, f"{number} " * 500) for number in range(10_000))
    (tmp_path / "feed.xml").write_text(f"{RSS}<channel>{text}</channel></rss>")

    done = subprocess.run([sys.executable, "-c", READ_ALL, tmp_path], capture_output=True, check=True, timeout=120)

    count, kilobytes = map(int, done.stdout.split())
    assert count == 10_000
    assert kilobytes < 250_000
