"""Pages: what counts as one, what a page says of its article, and its main text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from epubmaker.collector.formats.page.head import page_head
from epubmaker.collector.formats.page.start import is_page
from epubmaker.collector.formats.page.text import main_text

# --- what counts as a page ---


@pytest.mark.parametrize(
    "start",
    [
        "<!DOCTYPE html><html>",
        "\ufeff\n<!doctype HTML PUBLIC '-//W3C//DTD HTML 4.01//EN'>",
        "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE html>",
        "<!-- saved from url=(0020)https://e.org/a.html -->\n<html lang=en>",
        "<!-- one --><!-- two --> <HTML>",
        "<head><title>T</title></head>",
    ],
)
def test_a_document_is_a_page(start: str) -> None:
    assert is_page(start)


@pytest.mark.parametrize(
    "start",
    [
        "",
        "<p>Text",
        "<header>Head</header>",
        "<htmlish>",
        "# A title\n\n<html>",
        "Title: A\n\n<!DOCTYPE html>",
        "<!-- never closed <html>",
        "<!--" * 20_000,
        "<!-- x -->" * 20_000,
    ],
    ids=range(9),
)
def test_a_fragment_or_a_text_is_none(start: str) -> None:
    assert not is_page(start)


# --- the head ---


def ld(**article: object) -> str:
    """Return a script with JSON-LD; `kind` is the type."""
    kind = article.pop("kind", "NewsArticle")
    return f'<script type="application/ld+json">{json.dumps({"@type": kind, **article})}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def test_json_ld_comes_first_and_says_all() -> None:
    article = ld(
        headline="The wall &#8211; a history",
        url="/wall",
        datePublished="2021-03-04T05:06:07+02:00",
        dateModified="2021-03-05",
        inLanguage="en-GB",
        author=[{"@type": "Person", "name": "Ann Lee"}, {"name": "Bo Chen"}],
        publisher={"name": "The Harbour Times"},
        description="How the wall was built.",
    )
    other = meta("og:title", "Other") + meta("article:published_time", "2001-01-01") + meta("author", "Other")
    head = page_head(f"<html lang=de><head><title>Other</title>{other}{article}</head>", "https://e.org/news")

    assert head.title == "The wall – a history"
    assert head.link == "https://e.org/wall"
    assert head.published == datetime(2021, 3, 4, 3, 6, 7, tzinfo=UTC)
    assert head.modified == datetime(2021, 3, 5, tzinfo=UTC)
    assert head.language == "en-GB"
    assert head.authors == ("Ann Lee", "Bo Chen")
    assert head.site == "The Harbour Times"
    assert head.standfirst == "How the wall was built."
    assert head.origins["title"] == "JSON-LD headline"
    assert head.origins["link"] == "JSON-LD url"


def test_the_article_of_a_graph_is_that_of_the_page() -> None:
    graph = {
        "@graph": [
            {"@type": "WebSite", "name": "Harbour"},
            {"@type": "ItemList", "itemListElement": [{"@type": "Article", "headline": "Another"}]},
            {"@type": "Article", "headline": "Elsewhere", "url": "https://e.org/b"},
            {"@type": ["Article", "Thing"], "headline": "Ours", "url": "https://e.org/a", "author": {"@id": "#ann"}},
            {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
        ]
    }
    page = f'<link rel=canonical href="https://e.org/a"><script type="application/ld+json">{json.dumps(graph)}</script>'

    head = page_head(page, None)

    assert (head.title, head.authors, head.site) == ("Ours", ("Ann Lee",), "Harbour")


@pytest.mark.parametrize(
    ("page", "origin"),
    [
        (meta("og:title", "The wall"), "meta og:title"),
        ('<meta name="DC.title" content="The wall">', "meta dc.title"),
        ('<body><h2 itemprop="headline">The wall</h2>', "microdata headline"),
        ('<meta name="twitter:title" content="The wall">', "meta twitter:title"),
        ("<title>The wall | A site of many words</title><h1>The wall</h1>", "h1"),
        ("<title>The wall</title><h1>Site</h1>", "title"),
        ("<title>The wall - The Harbour Times</title>" + meta("og:site_name", "The Harbour Times"), "title"),
        ('<title>harbour.org: The wall</title><link rel=canonical href="https://harbour.org/wall">', "title"),
    ],
)
def test_the_title_is_found_and_has_no_site(page: str, origin: str) -> None:
    head = page_head(page, None)

    assert (head.title, head.origins["title"]) == ("The wall", origin)


@pytest.mark.parametrize(
    ("page", "address", "origin"),
    [
        (meta("article:published_time", "2020-05-06T00:00:00Z"), None, "meta article:published_time"),
        ('<meta name="dcterms.created" content="2020-05-06">', None, "meta dcterms.created"),
        ('<span itemprop="datePublished" content="2020-05-06">yesterday</span>', None, "microdata datepublished"),
        ('<meta name="pubdate" content="Wed, 06 May 2020 00:00:00 GMT">', None, "meta pubdate"),
        ('<time datetime="2019-01-01">x</time><article><time datetime="2020-05-06">6 May</time>', None, "time"),
        ("<time>6 May 2020</time>", None, "time"),
        (meta("article:published_time", "soon") + "<time>6 May 2020</time>", None, "time"),
        ("<p>x", "https://e.org/2020/05/06/wall", "address"),
        ("<p>x", "https://e.org/t20200506_1234.html", "address"),
        ('<meta name="date" content="1588723200">', None, "meta date"),
        ("<h1>The wall</h1><p>By Ann Lee<p>Updated May 6, 2020", None, "line beside the title"),
        ("<h1>长城</h1><div>2020年5月6日 来源：新闻网</div>", None, "line beside the title"),
        ("<p>The wall</p><div>发布日期: 2020-05-06</div>", None, "line beside the title"),
    ],
)
def test_the_date_is_found_where_pages_have_it(page: str, address: str | None, origin: str) -> None:
    head = page_head(f"<html><body>{page}</body></html>", address)

    assert (head.published, head.origins["published"]) == (datetime(2020, 5, 6, tzinfo=UTC), origin)


def test_a_date_in_the_text_is_not_that_of_the_article() -> None:
    page = "<h1>The wall</h1><ul><li>The last stone of the northern wall was laid on May 6, 1920</ul>"

    assert page_head(page, None).published is None


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("Ann Lee and Bo Chen", ("Ann Lee", "Bo Chen")),
        ("Ann Lee, Bo Chen", ("Ann Lee", "Bo Chen")),
        ("Lee, Ann; Chen, Bo", ("Lee, Ann", "Chen, Bo")),
        ("作者：李安", ("李安",)),
        ("https://e.org/ann", ()),
        ("ann@e.org", ()),
        ("Mac & i", ("Mac & i",)),
    ],
)
def test_authors_are_names(said: str, authors: tuple[str, ...]) -> None:
    assert page_head(f'<meta name="author" content="{said}">', None).authors == authors


@pytest.mark.parametrize(
    ("said", "authors"),
    [
        ("By Ann Lee", ("Ann Lee",)),
        ("张三 发自北京", ("张三 发自北京",)),
        ("By Ann Lee, 4 March 2021", ()),
        ("Word " * 20, ()),
    ],
)
def test_a_byline_names_the_authors_where_nothing_else_does(said: str, authors: tuple[str, ...]) -> None:
    assert page_head(f'<h1>T</h1><p class="article__byline">{said}</p>', None).authors == authors


def test_an_author_with_microdata_is_its_name() -> None:
    page = '<div itemprop="author" itemscope><img><span itemprop="name">Ann Lee</span><p>writes of walls</p></div>'

    assert page_head(page, None).authors == ("Ann Lee",)


SINGLE_FILE = (
    "<html><!--\n Page saved with SingleFile \n url: https://e.org/wall \n"
    " saved date: Sat Nov 28 2026 17:01:14 GMT-0330 (Newfoundland Standard Time)\n-->"
)


@pytest.mark.parametrize(
    ("page", "moment"),
    [
        (SINGLE_FILE, datetime(2026, 11, 28, 20, 31, 14, tzinfo=UTC)),
        (SINGLE_FILE.replace("Nov 28", "Nov 31"), None),
        (SINGLE_FILE.replace("SingleFile", "Other"), None),
    ],
)
def test_singlefile_says_when_a_page_was_saved(page: str, moment: datetime | None) -> None:
    assert page_head(page, None).archived == moment


@pytest.mark.parametrize(
    ("page", "address", "link"),
    [
        ("<!-- saved from url=(0018)https://e.org/wall -->\r\n<html>", None, "https://e.org/wall"),
        ("<!-- saved from url=(0014)about:internet -->\r\n<html>", None, None),
        (SINGLE_FILE, None, "https://e.org/wall"),
        ('<base href="https://e.org/x/"><link rel="canonical" href="../wall">', None, "https://e.org/wall"),
        ('<link rel="canonical" href="/wall">', "https://e.org/a/b?c", "https://e.org/wall"),
        ('<link rel="canonical" href="https://e.org/">', "https://e.org/wall", "https://e.org/wall"),
        (meta("og:url", "https://e.org/wall"), "https://m.e.org/1", "https://e.org/wall"),
        ('<link rel="canonical" href="javascript:alert(1)">', None, None),
    ],
)
def test_the_link_is_the_articles_own(page: str, address: str | None, link: str | None) -> None:
    assert page_head(page, address).link == link


def test_a_summary_that_is_cut_is_none() -> None:
    page = '<meta name="description" content="How the wall …">' + meta("og:description", "Why the wall was built.")

    assert page_head(page, None).standfirst == "Why the wall was built."
    assert page_head('<meta name="description" content="How the wall ...">', None).standfirst == ""


@pytest.mark.parametrize(
    "script",
    [
        "[" * 200_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"@type":"Article","headline":{"@value":' * 9_000,
        '[{"@type":"Article"},' * 20_000,
        json.dumps([{"@type": "Article", "author": {"@id": "#x"}}] * 20_000),
        json.dumps({"@type": "Article", "headline": 10**400, "author": [[[{"name": {"name": 1}}]]], "url": [None]}),
        '{"@type":"Article","headline":NaN,"datePublished":1e999}',
    ],
    ids=range(7),
)
def test_hostile_json_ld_is_passed_over(script: str) -> None:
    head = page_head(f'<script type="application/ld+json">{script}</script><title>The wall</title>', None)

    assert head.published is None
    assert head.link is None


# --- the main text ---

PROSE = [
    f"The harbour was built in {year} by people who had never seen the sea, and it shows in every stone of the wall."
    for year in range(1800, 1840)
]
PARTS = {
    "figure": '<figure><img src="MARK.jpg"><figcaption>MARK, seen from the sea</figcaption></figure>',
    "named caption": '<div class="wp-caption"><img src="MARK.jpg"><p class="wp-caption-text">MARK</p></div>',
    "table": "<table><tr><th>Year</th><th>MARK</th></tr><tr><td>1801</td><td>2</td></tr></table>",
    "table of links": '<table><tr><td><a href="/a">MARK</a></td><td>1</td></tr><tr><td>Tons</td><td>3</td></tr></table>',
    "code": "<pre><code>MARK = 1\nprint(MARK)</code></pre>",
    "list": "<ul><li>MARK</li><li>rope</li></ul>",
    "definitions": "<dl><dt>MARK</dt><dd>a rope</dd></dl>",
    "heading": "<h2>MARK</h2><p>" + PROSE[30] + "</p>",
    "linked heading": '<h2 id="s"><a href="#s">MARK</a></h2><p>' + PROSE[31] + "</p>",
    "quotation": "<blockquote><p>MARK</p></blockquote>",
    "mathematics": "<p><math><mi>MARK</mi></math></p>",
    "lazy picture": '<p><img data-src="MARK.jpg" src="data:image/gif;base64,R0lGOD"></p>',
    "details": "<details><summary>MARK</summary><p>" + PROSE[32] + "</p></details>",
    "short paragraph": "<p>MARK.</p>",
    "box": '<aside class="sidebar"><p class="title">MARK</p><p>' + PROSE[33] + "</p></aside>",
    "named figure": '<div class="figure"><p class="title">MARK</p><div class="x"><img src="MARK.jpg"></div></div>',
}
NOTES = '<section class="footnotes"><ol><li id="n1">NOTE <a href="#r1">↩</a></li></ol></section>'
NAVIGATION = "<ul>" + "".join(f'<li><a href="/{n}">AROUND section {n}</a></li>' for n in range(9)) + "</ul>"
OTHERS = "".join(f'<li><a href="/o{n}">AROUND: what became of the harbour after {n} years</a></li>' for n in range(5))
COMMENTS = "".join(
    f'<div class="comment"><p>AROUND {n}. I wish that someone had told us of this.</p></div>' for n in range(6)
)
RIGHTS = "<p>AROUND © 2021 The Harbour Times. All rights reserved by the people who own them.</p>"
TEMPLATES = {
    "semantic": """<nav>{navigation}</nav><main><article><h1>The wall</h1>{text}</article>
        <aside><h3>AROUND</h3><ul>{others}</ul></aside></main><footer>{rights}</footer>""",
    "divisions": """<div id=top>{navigation}</div><div class=c1><div class=c2><div><h1>The wall</h1></div>
        <div class=c3>{text}</div><div class=related><h4>AROUND</h4><ul>{others}</ul></div>
        <div id=comments>{comments}</div></div></div><div id=foot>{rights}</div>""",
    "tables": """<table><tr><td>{navigation}</td><td><h1>The wall</h1>{text}</td><td><ul>{others}</ul></td></tr></table>
        {rights}""",
    "form": """<form action=/><div>{navigation}</div><div><div><h1>The wall</h1><div>{text}</div></div></div>
        <div>{rights}</div></form>""",
    "bare": "{navigation}<h1>The wall</h1>{text}<ul>{others}</ul>{rights}",
}


def page(template: str, text: str) -> str:
    body = TEMPLATES[template].format(navigation=NAVIGATION, text=text, others=OTHERS, comments=COMMENTS, rights=RIGHTS)
    return f"<!DOCTYPE html><html><head><title>The wall</title></head><body>{body}</body></html>"


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@settings(max_examples=25)
@given(
    template=st.sampled_from(sorted(TEMPLATES)),
    parts=st.lists(st.sampled_from(sorted(PARTS)), min_size=1, max_size=6),
    paragraphs=st.lists(st.integers(1, 3), min_size=7, max_size=7),
)
def test_nothing_of_the_text_is_lost_and_nothing_around_it_stays(
    template: str, parts: list[str], paragraphs: list[int]
) -> None:
    prose = iter(PROSE)
    text, marks = "", []
    for number, count in enumerate(paragraphs):
        text += "".join(f"<p>{next(prose)}</p>" for _ in range(count))
        if number < len(parts):
            marks.append(f"mark{number}x")
            text += PARTS[parts[number]].replace("MARK", marks[-1])
    text += NOTES
    html = page(template, text)

    found = main_text(html, page_head(html, None))

    wanted = [*marks, *re.findall(r"built in \d+", text), "NOTE"]
    assert [each for each in wanted if each not in found.html] == []
    assert "AROUND" not in found.html
    assert found.method == "trafilatura"
    assert 0.2 < found.kept < 1


@pytest.mark.parametrize("above", ["<header>{}</header>", "<div class=top>{}</div>", "{}"])
def test_a_picture_and_its_caption_between_title_and_text_stay(above: str) -> None:
    top = '<h1>The wall</h1><p class="byline">By Ann Lee</p><p>4 March 2021</p><figure><img src=wall.jpg>'
    top += "<figcaption>The wall from the sea</figcaption></figure>"
    html = f"<html><body><article>{above.format(top)}<div>{''.join(f'<p>{p}</p>' for p in PROSE[:9])}</div></article>"

    found = main_text(html, page_head(html, None)).html

    assert "wall.jpg" in found
    assert "The wall from the sea" in found
    assert "Ann Lee" not in found
    assert "4 March" not in found
    assert "<h1>" not in found


def test_a_picture_above_the_title_stays() -> None:
    top = "<figure><img src=wall.jpg><figcaption>The wall from the sea</figcaption></figure><h1>The wall</h1>"
    html = f"<html><body><article>{top}{''.join(f'<p>{p}</p>' for p in PROSE[:9])}</article>"

    found = main_text(html, page_head(html, None)).html

    assert "wall.jpg" in found
    assert "from the sea" in found


def test_a_list_of_links_between_paragraphs_stays() -> None:
    sources = '<ul><li><a href="/1">LINK one</a></li><li><a href="/2">LINK two</a></li></ul>'
    html = page("divisions", f"<p>{PROSE[0]}</p>" * 3 + sources + "".join(f"<p>{p}</p>" for p in PROSE[1:9]))

    assert main_text(html, page_head(html, None)).html.count("LINK") == 2


def test_a_table_with_more_cells_than_the_text_above_it_has_words_stays() -> None:
    rows = "".join(f"<tr><td>Harbour {n}</td>" + f"<td>{n}.5</td>" * 12 + "</tr>" for n in range(12))
    text = f"<p>{PROSE[0]}</p><table>{rows}</table>" + "".join(f"<p>{p}</p>" for p in PROSE[1:5])
    html = page("semantic", text)

    found = main_text(html, page_head(html, None)).html

    assert [n for n in range(12) if f"Harbour {n}<" not in found] == []


def test_paragraphs_that_are_named_like_furniture_stay() -> None:
    html = page(
        "semantic", "".join(f'<p class="{"paywall" if n > 2 else ""}">{p}</p>' for n, p in enumerate(PROSE[:9]))
    )

    assert [p for p in PROSE[:9] if p not in main_text(html, page_head(html, None)).html] == []


def test_the_last_section_stays_whatever_it_holds() -> None:
    sections = "".join(f'<div class="section"><h2>Part</h2><p>{p}</p></div>' for p in PROSE[:8])
    last = '<div class="section"><h2>LAST</h2><div class="figure"><p>CAPTION</p><img src="last.jpg"></div></div>'
    html = page("divisions", sections + last)

    found = main_text(html, page_head(html, None)).html

    assert [each for each in ("LAST", "CAPTION", "last.jpg") if each not in found] == []
    assert "AROUND" not in found


def test_sections_with_headings_of_the_first_level_stay() -> None:
    parts = "".join(f"<h1>Part {n}</h1>" + "".join(f"<p>{p}</p>" for p in PROSE[3 * n : 3 * n + 3]) for n in range(5))
    html = f"<html><body><div>{parts}</div></body></html>"

    found = main_text(html, page_head(html, None)).html

    assert [p for p in PROSE[:15] if p not in found] == []
    assert [n for n in range(1, 5) if f"Part {n}" not in found] == []


def test_a_heading_with_a_year_above_the_first_paragraph_stays() -> None:
    html = page("semantic", "<h2>After the war of 1812</h2>" + "".join(f"<p>{p}</p>" for p in PROSE[:9]))

    assert "After the war of 1812" in main_text(html, page_head(html, None)).html


def test_a_list_of_other_articles_with_their_dates_below_the_text_goes() -> None:
    others = "".join(f'<li><a href="/o{n}">AROUND the harbour again</a><p>AROUND 0{n} May</p></li>' for n in range(5))
    html = page("divisions", "".join(f"<p>{p}</p>" for p in PROSE[:9]) + f"<h4>AROUND</h4><ul>{others}</ul>")

    assert "AROUND" not in main_text(html, page_head(html, None)).html


def test_what_announces_other_articles_goes() -> None:
    card = (
        '<div class="x1"><h3><a href="/o">AROUND the harbour</a></h3><p>AROUND: what they found as they came.</p></div>'
    )
    html = page("tables", f"<p>{PROSE[0]}</p>" * 6).replace("<table>", f"<div>{card * 4}</div><table>")

    assert "AROUND" not in main_text(html, page_head(html, None)).html


def test_a_summary_that_the_head_has_is_not_in_the_text() -> None:
    summary = "The wall tells of the people who built it, and of the sea."
    body = f'<h1>The wall</h1><p class="standfirst">{summary}</p>' + "".join(f"<p>{p}</p>" for p in PROSE[:9])
    html = f'<html><head><meta name=description content="{summary}"><body><article>{body}</article>'
    head = page_head(html, None)

    assert head.standfirst == summary
    assert summary not in main_text(html, head).html
    assert summary in main_text(html, head._replace(standfirst="")).html


def test_the_whole_page_is_kept_when_asked_for() -> None:
    html = page("divisions", "".join(f"<p>{p}</p>" for p in PROSE[:9]))

    found = main_text(html, page_head(html, None), whole_page=True)

    assert found.method == "whole page"
    assert found.kept == 1
    assert text_of(found.html).count("AROUND") == html.count("AROUND")


def test_a_page_with_few_words_is_kept_whole() -> None:
    html = '<html><body><nav><a href="/">Home</a></nav><img src=wall.jpg><p>The wall.</p></body></html>'

    assert "wall.jpg" in main_text(html, page_head(html, None)).html


def test_long_pictures_in_the_page_come_through() -> None:
    picture = "data:image/png;base64," + "iVBORw0KGgo" * 40_000
    text = f'<p>{PROSE[0]}</p><p><img src="{picture}"></p>' + "".join(f"<p>{p}</p>" for p in PROSE[1:9])
    html = page("semantic", text).replace("<nav>", f'<nav><img src="{picture}2">')

    found = main_text(html, page_head(html, None)).html

    assert found.count(picture) == 1


def test_a_text_after_very_long_scripts_is_read() -> None:
    script = "<script>" + 'x = "<div>";' * 1_100_000 + "</script>"
    html = page("semantic", "".join(f"<p>{p}</p>" for p in PROSE[:9])).replace("<body>", f"{script}<body>")

    assert PROSE[0] in main_text(html, page_head(html, None)).html


def test_a_page_of_frames_is_read() -> None:
    text = "".join(f"<p>{p}</p>" for p in PROSE[:5])

    assert (
        PROSE[0]
        in main_text(f"<html><frameset><noframes>{text}</noframes></frameset></html>", page_head("", None)).html
    )


def test_two_runs_are_alike() -> None:
    html = page("divisions", "".join(PARTS.values()) + "".join(f"<p>{p}</p>" for p in PROSE[:9]))
    head = page_head(html, None)

    assert main_text(html, head) == main_text(html, head)


HOSTILE: dict[str, Callable[[int], str]] = {
    "deep": lambda n: "<div>" * n + "".join(f"<p>{p}</p>" for p in PROSE),
    "deep links": lambda n: "<a href=x><div>" * n + PROSE[0],
    "deep lists": lambda n: "<ul><li>x" * n,
    "deep tables": lambda n: "<table><tr><td>x" * n,
    "formatting": lambda n: "<p><b><i><font>x" * n,
    "many paragraphs": lambda n: "".join(f"<p>{each} {PROSE[0]}</p>" for each in range(n)),
    "many links": lambda n: "<a href=/x>x</a> " * n,
    "one long line": lambda n: "x" * n * 100,
    "attributes": lambda n: "<div " + " ".join(f"a{each}=b" for each in range(n)) + ">x",
    "long class": lambda n: f'<div class="{"aB-" * n * 10}">' + PROSE[0],
    "headings": lambda n: "<h1>x</h1><h2>y</h2>" * n,
    "dates": lambda n: "<p>2020-01-01 10:00" * n,
    "names": lambda n: '<meta name="author" content="' + "a, " * n * 10 + '">',
    "titles": lambda n: "<title>" + " - " * n * 10 + "</title>",
    "microdata": lambda n: '<span itemprop="author">' * n + "x",
    "picture": lambda n: '<img src="data:image/png;base64,' + "A" * n * 100 + '">' + PROSE[0],
    "null": lambda n: "\0\ud800<p>\0" * n + PROSE[0],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_are_read(name: str) -> None:
    html = f"<!DOCTYPE html><html><body>{HOSTILE[name](2_000)}"
    head = page_head(html, "https://e.org/")

    found = main_text(html, head)

    assert 0 <= found.kept <= 1
    assert head.title == "" or "-" in head.title or head.title == "x"


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_time_grows_linearly_with_hostile_pages(name: str) -> None:
    def spent(times: int) -> float:
        html = f"<!DOCTYPE html><html><body>{HOSTILE[name](times)}"
        start = process_time()
        main_text(html, page_head(html, None))
        return process_time() - start

    main_text(page("bare", PROSE[0]), page_head("", None))  # imports the extractor
    few, many = min(spent(2_000) for _ in range(2)), spent(16_000)

    assert many < 8 * 2 * few + 1
