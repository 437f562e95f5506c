"""Lists of addresses and exports: what they say of each article, and what the build says of them."""

from __future__ import annotations

import json
import plistlib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openbook import OpenBook
from pictures import png

from epubmaker.collector.parse import parse
from epubmaker.collector.scan import scan
from epubmaker.errors import InputError
from epubmaker.model.articles import Entry
from epubmaker.options import Network, Options
from epubmaker.pipeline.build import build
from epubmaker.summary import summary

DAY = datetime(2022, 1, 12, 22, 39, 3, tzinfo=UTC)
SECONDS = 1642027143


def entries(folder: Path, name: str, text: str | bytes) -> tuple[Entry, ...]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    found = scan([folder])
    assert found.issues == ()
    return found.entries


OUTLINE = """<?xml version="1.0"?><!-- x --><opml version="2.0"><head><title>F</title></head><body>
<outline text="News"><outline type="rss" text="A &amp; B" xmlUrl="https://e.org/feed" htmlUrl="https://e.org/"/></outline>
<outline type="link" text="C" url="https://e.org/c" created="Wed, 12 Jan 2022 22:39:03 GMT"/></body></opml>"""
NETSCAPE = f"""<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8"><TITLE>Bookmarks</TITLE><H1>Bookmarks</H1>
<DL><p><DT><H3 ADD_DATE="1">News</H3><DL><p>
<DT><A HREF="https://e.org/a?x=1&amp;y=2" ADD_DATE="{SECONDS}" ICON="data:image/png;base64,AA" TAGS="x">A &amp; <b>B</b></A>
<DD>A note</DL><p>
<DT><A HREF="https://e.org/c" TAGS="sea,wind">C</A>
<DT><A HREF="javascript:alert(1)">D</A><DT><A HREF="place:x">E</A></DL>"""
POCKET = f"""<!DOCTYPE html><html><head><title>Pocket Export</title></head><body><h1>Unread</h1><ul>
<li><a href="https://e.org/a" time_added="{SECONDS}" tags="sea">A</a></li></ul>
<h1>Read Archive</h1><ul><li><a href="https://e.org/c" time_added="1" tags="">https://e.org/c</a></li></ul></body></html>"""


RAINDROP = """\ufeffid,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite
1,"The ""A"", or","two
lines",,https://e.org/a,Sea,"x, y",2022-01-12T22:39:03.000Z,,,false
"""
INSTAPAPER = f"""URL,Title,Selection,Folder,Timestamp,Tags
https://e.org/a,A,,Sea,{SECONDS},
https://e.org/b,B,,Unread,{SECONDS},"[""x""]"
"""
READWISE = """Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen
A,https://e.org/a,01x,"['x', 'y']",2022-01-12 22:39:03+00:00,0,new,True
B,mailto:a@e.org,,,,,,
"""
MATTER = """Title,Author,Publisher,URL,Tags,Word Count,Last Interaction Date,File Id
A,Anna,The Pier,https://e.org/a,,3,2022-01-12 22:39:03,a.html
"""
KARAKEEP = {"bookmarks": [{"createdAt": SECONDS, "title": "A", "tags": ["x"], "content": {"url": "https://e.org/a"}}]}
LINKWARDEN = {
    "name": "N",
    "collections": [{"name": "Sea", "links": [{"name": "A", "url": "https://e.org/a", "createdAt": DAY.isoformat()}]}],
}
PAGE = {"URL": "https://e.org/a"}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        (
            "a.txt",
            "# my list\nhttps://e.org/a\n\nHTTP://e.org/b\r\n",
            ["https://e.org/a, e.org", "http://e.org/b, e.org"],
        ),
        ("Page.url", "[InternetShortcut]\r\nURL=https://e.org/a\r\n", ["Page, e.org"]),
        ("Page.webloc", plistlib.dumps(PAGE), ["Page, e.org"]),
        ("Page.webloc", plistlib.dumps(PAGE, fmt=plistlib.FMT_BINARY), ["Page, e.org"]),
        ("a.opml", OUTLINE, ["A & B, News", "C, e.org, dated"]),
        ("a.xml", OUTLINE, ["A & B, News", "C, e.org, dated"]),
        ("a.opml", OUTLINE.replace("&amp;", "&").encode("utf-16"), ["A & B, News", "C, e.org, dated"]),
        ("a.html", NETSCAPE, ["A & B, News, dated", "C, sea, wind"]),
        ("a.html", POCKET, ["A, sea, dated", "https://e.org/c, e.org"]),
        (
            "a.csv",
            f"title,url,time_added,tags,status\nA,https://e.org/a,{SECONDS},sea|wind,\n",
            ["A, sea, wind, dated"],
        ),
        ("a.csv", INSTAPAPER.replace("\n", "\r\n"), ["A, Sea, dated", "B, x, dated"]),
        ("a.csv", RAINDROP, ['The "A", or, Sea, dated']),
        ("a.csv", READWISE, ["A, x, y, dated"]),
        ("_matter_history.csv", MATTER, ["A, The Pier, dated"]),
        ("a.json", json.dumps(KARAKEEP), ["A, x, dated"]),
        ("a.json", json.dumps(LINKWARDEN), ["A, Sea, dated"]),
    ],
)
def test_a_list_says_title_link_date_and_where_it_was_kept(
    tmp_path: Path, name: str, text: str | bytes, found: list[str]
) -> None:
    read = entries(tmp_path, name, text)

    assert [f"{entry.title}, {entry.source}{', dated' * (entry.date == DAY)}" for entry in read] == found
    assert all(entry.is_link_only and entry.link and entry.text_size == 0 for entry in read)


WALLABAG = [
    {
        "is_archived": 0,
        "id": 7,
        "title": "A bridge opens",
        "url": "https://e.org/bridge",
        "content": '<p>Text of <a href="/map">the map</a>.</p>',
        "created_at": "2022-01-20T10:00:00+0000",
        "published_at": "2022-01-12T22:39:03+0000",
        "published_by": ["Anna", "Ben", None],
        "language": "en_US",
        "domain_name": "www.e.org",
        "preview_picture": "https://e.org/bridge.jpg",
    },
    {
        "is_archived": 0,
        "url": "https://e.org/b",
        "title": "B",
        "content": "<p>wallabag can't retrieve contents for this article.</p>",
    },
]
OMNIVORE = [
    {
        "id": "x-1",
        "slug": "a-bridge-opens-17d",
        "title": "A bridge opens",
        "author": "Anna",
        "url": "https://e.org/bridge",
        "readingProgress": 0,
        "labels": ["sea"],
        "savedAt": "2022-01-20T10:00:00.000Z",
        "publishedAt": "2022-01-12T22:39:03.000Z",
    },
    {"id": "x-2", "slug": "../../secret", "title": "B", "url": "https://e.org/b", "readingProgress": 1},
]
READABLE = '<DIV class="page" id="readability-page-1"><p>Text of the bridge.</p></DIV>'


def test_wallabag_s_texts_are_articles_and_what_has_none_is_an_address(tmp_path: Path) -> None:
    one, two = entries(tmp_path, "wallabag.json", json.dumps(WALLABAG))

    assert (one.title, one.link, one.author, one.source) == (
        "A bridge opens",
        "https://e.org/bridge",
        "Anna, Ben",
        "e.org",
    )
    assert (one.published, one.archived) == (DAY, datetime(2022, 1, 20, 10, tzinfo=UTC))
    assert parse(one).html == (
        '<html lang="en-US"><body><figure><img src="https://e.org/bridge.jpg" alt=""></figure>'
        '<p>Text of <a href="/map">the map</a>.</p></body></html>'
    )
    assert [entry.is_link_only for entry in (one, two)] == [False, True]


def test_omnivore_s_texts_lie_beside_the_metadata(tmp_path: Path) -> None:
    (tmp_path / "export/content").mkdir(parents=True)
    (tmp_path / "secret.html").write_text("<p>Secret</p>")
    text = tmp_path / "export/content/a-bridge-opens-17d.html"
    text.write_text(READABLE)
    (tmp_path / "export/metadata_0_to_2.json").write_text(json.dumps(OMNIVORE))

    found = scan([tmp_path / "export"])

    one, two = found.entries
    assert (one.title, one.author, one.published) == ("A bridge opens", "Anna", DAY)
    assert parse(one).html == READABLE
    assert two.is_link_only
    assert found.not_read == {".html (a text of an export)": 1}
    assert [entry.title for entry in scan([text]).entries] == ["Text of the bridge."]


MATTER_FILES = {
    "_matter_history.csv": MATTER
    + "B,,,https://e.org/b,,3,2022-01-12 22:39:03,b\nC,,,https://e.org/c,,3,,../../secret\n"
    "D,,,https://e.org/d,,3,,a.html\n",
    "a.html": "<!doctype html><html><head><title>Of the page</title></head><body><p>Text of A.</p></body></html>",
    "articles/b.txt": "Text of B.\n",
    "other.html": "<!doctype html><html><body><h1>Another page</h1><p>Text.</p></body></html>",
}


@pytest.mark.parametrize("is_zipped", [False, True])
def test_matter_s_table_says_what_the_files_beside_it_are(tmp_path: Path, *, is_zipped: bool) -> None:
    export = tmp_path / ("export.zip" if is_zipped else "export")
    if is_zipped:
        with zipfile.ZipFile(export, "w") as archive:
            for name, text in MATTER_FILES.items():
                archive.writestr(name, text)
    else:
        (export / "articles").mkdir(parents=True)
        for name, text in MATTER_FILES.items():
            (export / name).write_text(text)
    (tmp_path / "secret.html").write_text("<p>Secret</p>")

    entries = sorted(scan([export]).entries, key=lambda entry: entry.title)

    assert [(entry.title, entry.link, entry.author, entry.source, entry.date) for entry in entries] == [
        ("A", "https://e.org/a", "Anna", "The Pier", DAY),
        ("Another page", None, "", "", None),
        ("B", "https://e.org/b", "", "e.org", DAY),
        ("C", "https://e.org/c", "", "e.org", None),
        ("D", "https://e.org/d", "", "e.org", None),
    ]
    assert [entry.is_link_only for entry in entries] == [False, False, False, True, True]
    assert "Text of A." in parse(entries[0]).html
    assert "Text of B." in parse(entries[2]).html


READECK = {
    "ID": 1,
    "UID": "3fGhk2",
    "Created": "2022-01-20T10:00:00Z",
    "URL": "https://e.org/bridge",
    "InitialURL": "https://e.org/bridge?x",
    "Title": "A bridge opens",
    "SiteName": "The Pier",
    "Published": "2022-01-12T22:39:03Z",
    "Authors": ["Anna", "Ben"],
    "Lang": "en",
    "Labels": None,
}
ARCHIVED = '<html><head></head><body><p>Text.</p><img src="./_resources/x.png"/></body></html>'


@pytest.mark.parametrize("is_zipped", [False, True])
def test_readeck_s_texts_and_pictures_lie_in_a_folder_for_each_record(tmp_path: Path, *, is_zipped: bool) -> None:
    lone = READECK | {"UID": "b", "URL": "https://e.org/b", "Title": "B"}
    files = {
        "data.json": b'{"info": {"version": "1"}, "bookmarks": []}',
        "bookmarks/3fGhk2/info.json": json.dumps(READECK).encode(),
        "bookmarks/3fGhk2/container/index.html": ARCHIVED.encode(),
        "bookmarks/3fGhk2/container/_resources/x.png": png(),
        "bookmarks/b/info.json": json.dumps(lone).encode(),
    }
    export = tmp_path / ("export.zip" if is_zipped else "export")
    if is_zipped:
        with zipfile.ZipFile(export, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        for name, data in files.items():
            (export / name).parent.mkdir(parents=True, exist_ok=True)
            (export / name).write_bytes(data)

    found = scan([export])
    report = build(Options((export,), output=tmp_path / "book.epub", network=Network(retries=0), draw_cover=False))

    one, two = found.entries
    assert (one.title, one.author, one.source, one.published) == ("A bridge opens", "Anna, Ben", "The Pier", DAY)
    assert two.is_link_only
    assert found.not_read == {".html (a text of an export)": 1, ".json (in no format that is read)": 1}
    assert [picture.status for picture in report.pictures] == ["embedded"]


def test_karakeep_s_notes_and_linkwarden_s_texts_are_articles(tmp_path: Path) -> None:
    note = {"createdAt": SECONDS, "title": "N", "tags": [], "content": {"type": "text", "text": "1 < 2"}}
    link = {"id": 1, "name": "A", "url": "https://e.org/a", "textContent": "Text & more"}
    (tmp_path / "karakeep.json").write_text(json.dumps({"bookmarks": [note]}))

    one, two = entries(tmp_path, "linkwarden.json", json.dumps({"collections": [{"name": "Sea", "links": [link]}]}))

    assert [parse(entry).html for entry in (one, two)] == ["1 &lt; 2", "Text &amp; more"]


def test_files_of_no_format_are_counted_and_one_that_is_named_is_an_error(tmp_path: Path) -> None:
    texts = {
        "data.json": '{"a": 1}',
        "table.csv": "a,b\n1,2\n",
        "page.xml": "<?xml version='1.0'?><project><rss/></project>",
        "empty.rss": "<rss><channel><title>T</title></channel></rss>",
        "none.url": "[InternetShortcut]\nURL=file:///etc/passwd\n",
        "report.json": '{"version": 2, "program": "epubmaker 0.1.0"}',
        "post.txt": "https://e.org/a is an address, and this is a text.",
        "bad.webloc": "<plist>",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)

    found = scan([tmp_path])

    assert [(entry.name, entry.format) for entry in found.entries] == [("post.txt", "archive")]
    assert found.not_read == {
        ".csv (in no format that is read)": 1,
        ".json (in no format that is read)": 1,
        ".rss (a feed without entries)": 1,
        ".url (no web address)": 1,
        ".xml (in no format that is read)": 1,
    }
    assert [issue.where.rpartition("/")[2] for issue in found.issues] == ["bad.webloc"]
    assert [issue.code for issue in scan([tmp_path / "data.json"]).issues] == ["article-unknown-format"]


def test_the_build_counts_addresses_without_a_text_and_takes_a_text_for_its_address(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("https://e.org/bridge\nhttps://e.org/b\nhttps://e.org/c\n")
    (tmp_path / "wallabag.json").write_text(json.dumps(WALLABAG[:1]))

    report = build(Options((tmp_path,), output=tmp_path / "book.epub", images=False))

    assert list(OpenBook.read(tmp_path / "book.epub").chapters)
    assert report.intake.left_out == {"duplicate": 1, "link-only": 2}
    assert "left out: 1 duplicate, 2 addresses without a text (--full-text fetches them)" in list(summary(report))
    with pytest.raises(InputError, match="3 addresses without a text"):
        build(Options((tmp_path / "list.txt",), output=tmp_path / "none.epub"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.opml", "<opml><body>" + "<outline text='x'>" * 100_000),
        ("a.opml", "<opml><body>" + "<outline url='https://e.org/a'/>" * 1000 + "<outl"),
        ("a.html", "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL>" + "<DL><H3>x" * 50_000),
        ("a.html", "<!DOCTYPE NETSCAPE-Bookmark-file-1>" + "<A HREF=" + "a" * 500_000),
        ("a.html", "<!DOCTYPE NETSCAPE-Bookmark-file-1>" + "<A HREF='https://e.org/'>" * 10_000),
        ("a.csv", "title,url,time_added,tags,status\n" + '"' * 1_000_001),
        ("a.csv", "title,url,time_added,tags,status\n" + "x" * 3_000_000),
        ("a.csv", "title,url,time_added,tags,status\nA\0,https://e.org/a\0,99999999999999999999,,\n"),
        ("a.txt", "https://e.org/a\n" * 10_000 + "no address\n"),
        ("a.txt", "https://" + "a" * 1_000_000),
        ("a.url", "URL=" * 100_000),
        ("a.webloc", "<?xml version='1.0'?><!DOCTYPE a [<!ENTITY a 'b'>]><plist><string>&a;</string></plist>"),
        ("a.webloc", "bplist00" + "\x01" * 5000),
        ("a.json", '[{"is_archived": 1, "url": 1, "title": {"a": []}, "content": ["x"], "published_by": "x"}]'),
        ("a.json", '[{"slug": "/etc/passwd", "url": "x", "readingProgress": 0, "title": "\\ud800"}]'),
        ("a.json", '{"bookmarks": [{"createdAt": 1e400, "content": "x"}, 1], "x": ' + "[" * 50_000),
        ("a.json", '{"collections": [{"links": {"a": 1}}, {"links": [[]]}]}'),
    ],
)
def test_a_hostile_list_is_an_issue_or_addresses(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    found = scan([tmp_path])

    assert found.entries or found.issues or found.not_read
    for entry in found.entries:
        assert entry.title
        parse(entry)
