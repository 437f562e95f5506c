"""What an article is filed under, in each format that says it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from epubmaker.collector.scan import scan

ARCHIVED = "<!--1642027143000-->\n[T](https://e.org/1)\n---\n<p>Words.</p>"
BOOKMARKS = '<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p><DT><A HREF="https://e.org/2" TAGS="sea,wind">T</A></DL>'
OMNIVORE = {"id": "1", "slug": "t", "title": "T", "url": "https://e.org/4", "readingProgress": 0, "labels": ["sea"]}
TOML = '+++\ntitle = "T"\ndate = 2022-01-12\n[taxonomies]\ntags = ["Fog, rain", "Ice"]\n+++\nWords.'
WALLABAG = {"is_archived": 0, "url": "https://e.org/5", "title": "T", "content": "Words.", "tags": [{"label": "sea"}]}


def note(tags: str) -> str:
    return f"---\ntitle: T\ndate: 2022-01-12\n{tags}\n---\nWords of {tags}."


def page(head: str) -> str:
    return f"<!doctype html><title>T</title>{head}<p>Words of a page."


def described(**fields: Any) -> str:
    return page(f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **fields})}</script>')


def rss(categories: str) -> str:
    item = f"<item><title>T</title><description>Words.</description>{categories}</item>"
    return f"<rss><channel><title>F</title>{item}</channel></rss>"


def atom(categories: str) -> str:
    entry = f"<entry><title>T</title><id>{len(categories)}</id>{categories}<content>Words.</content></entry>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>{entry}</feed>'


def json_feed(tags: object) -> str:
    item = {"id": str(tags), "title": "T", "content_text": "Words.", "tags": tags}
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "F", "items": [item]})


FILES = {
    "archive.txt": ("---\ntags: [ Sea &amp; sky, Wind ]\n---\n" + ARCHIVED, "Sea & sky"),
    "two.md": (note("tags:\n  - Sea\n  - Wind\ncategories: Harbor"), "Sea"),
    "line.md": (note("tags: '#sea, wind'"), "sea"),
    "category.md": (note("category: Tides, and times"), "Tides"),
    "toml.md": (TOML, "Fog, rain"),
    "none.md": (note("tags: []"), ""),
    "section.html": (described(articleSection=["Sea", "Sky"], keywords="a, b"), "Sea"),
    "keywords.html": (described(keywords="fog, ice"), "fog"),
    "meta.html": (
        page('<meta name=keywords content=fog><meta property="article:section" content="S &amp;amp; T">'),
        "S & T",
    ),
    "search.html": (page('<meta name=keywords content="ice, fog">'), "ice"),
    "rss.xml": (rss("<category> </category><category>Sea</category><category>Sky</category>"), "Sea"),
    "atom.xml": (atom('<category term="sea" label="The sea"/><category term="sky"/>'), "The sea"),
    "term.xml": (atom('<category term="sky"/>'), "sky"),
    "feed.json": (json_feed(["Sea", "Sky"]), "Sea"),
    "odd.json": (json_feed([None, {}, [], 7]), "7"),
    "odder.json": (json_feed("Sea"), ""),
    "bookmarks.html": (BOOKMARKS, "sea"),
    "pocket.csv": ("title,url,time_added,tags,status\nT,https://e.org/3,1642027143,sea|wind,unread\n", "sea"),
    "omnivore.json": (json.dumps([OMNIVORE]), "sea"),
    "wallabag.json": (json.dumps([WALLABAG]), "sea"),
}


def test_each_format_gives_the_first_tag_category_or_section(tmp_path: Path) -> None:
    for name, (text, _) in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    found = {entry.name: entry.tag for entry in scan((tmp_path,)).entries}

    assert found == {name: tag for name, (_, tag) in FILES.items()}
