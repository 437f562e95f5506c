from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from cleanbooks import AssertClean
from hypothesis import given
from hypothesis import strategies as st
from minibook import write_book
from PIL import Image

from epubmaker.chapters.render import Neighbor, Page, render
from epubmaker.model.articles import Entry, Location
from epubmaker.model.chapters import Draft, LinkSlot, PictureSlot, Piece
from epubmaker.model.pictures import FetchFailed, Picture, PictureFile, PictureRef, PictureResult
from epubmaker.text.addresses import identity, site
from epubmaker.text.dates import format_date
from epubmaker.text.linebreaks import phrases
from epubmaker.text.xhtml import escaped

LINK = "https://www.voachinese.com/a/us-nato/6394244.html"
REF = PictureRef(("https://example.org/a.jpg",))
MISSING = FetchFailed("https://example.org/a.jpg?x=1&y=2", "picture-missing", "HTTP 404")
SKIPPED = FetchFailed("https://example.org/a.jpg", "pictures-off", "left out", status="skipped")
TEXT = ("<p>x</p>",)
SLOT = PictureSlot(REF, "A harbour", before="<figure>", after="</figure>", inline=False)


def entry(title: str = "Title", link: str | None = LINK, published: datetime | None = None, **more: str) -> Entry:
    archived = datetime(2022, 1, 13, tzinfo=UTC) if more.get("archived") else None
    source, author = more.get("source", site(link) or ""), more.get("author", "")
    path = Location("")
    return Entry("a.txt", path, "news/a.txt", 0, "1f3c", title, link, published, archived, source=source, author=author)


def draft(*parts: tuple[Piece, ...], language: str = "en", **more: frozenset[str]) -> Draft:
    turned = "rtl" if language in {"ar", "fa"} else "ltr"
    return Draft(language, "rtl" if turned == "rtl" else "ltr", parts, features=more.get("features", frozenset()))


def picture(names: tuple[str, ...] = ("images/a.png",), folder: Path = Path()) -> Picture:
    files = tuple(PictureFile(folder / Path(name).name, name, "image/png", 40, 30, 100, "aa") for name in names)
    return Picture("https://example.org/a.jpg", files, 1000)


def rendered(*pieces: Piece, result: PictureResult = MISSING, links: dict[str, str] | None = None) -> str:
    chapter = render(draft(pieces), Page(entry(), "a-1f3c"), {REF: result}, links or {})
    return chapter.documents[0].content.decode()


def body(markup: str) -> str:
    return markup.split("</header>\n", 1)[1].split("\n<footer>", 1)[0]


def test_a_chapter_is_a_whole_page() -> None:
    moment = datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
    page = Page(
        entry("美国与北约 <展开> & 外交", published=moment),
        "a-1f3c",
        previous=Neighbor("上一章", "a-0.xhtml"),
        following=Neighbor("下一章", "a-2.xhtml"),
    )
    chapter = render(draft(("<p>正文</p>",), language="zh-Hans"), page, {}, {})
    assert [document.name for document in chapter.documents] == ["a-1f3c.xhtml"]
    assert chapter.documents[0].content.decode().replace("<wbr/>", "") == (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"'
        ' lang="zh-Hans" xml:lang="zh-Hans">\n<head>\n<title>美国与北约 &lt;展开&gt; &amp; 外交</title>\n'
        '<link rel="stylesheet" type="text/css" href="style.css"/>\n</head>\n<body class="zh">\n'
        '<section epub:type="chapter" role="doc-chapter" aria-labelledby="epm-title">\n'
        '<header>\n<h1 id="epm-title" class="phrases">美国与北约 &lt;展开&gt; &amp; 外交</h1>\n'
        f'<p class="meta"><time datetime="2022-01-12T22:00:21Z">{format_date(moment, "zh-Hans")}</time> · '
        '<span class="source">voachinese.com</span> · '
        f'<a href="{LINK}">原文</a></p>\n</header>\n'
        "<p>正文</p>\n"
        '<footer>\n<nav class="chapter-nav">\n'
        '<p class="previous"><a href="a-0.xhtml">上一篇：上一章</a></p>\n'
        '<p class="contents"><a href="nav.xhtml">目录</a></p>\n'
        '<p class="next"><a href="a-2.xhtml">下一篇：下一章</a></p>\n'
        "</nav>\n</footer>\n</section>\n</body>\n</html>\n"
    )


@pytest.mark.parametrize(
    ("language", "title", "fewest"),
    [
        ("ja", "東京で見つけた小さな喫茶店の物語<1>", 3),
        ("zh-Hant", "台灣的未來：挑戰", 2),
        ("zh", "2024 – 2025", 0),
        ("ko", "미국의 소리", 0),
    ],
)
def test_a_title_without_spaces_breaks_between_its_phrases(language: str, title: str, fewest: int) -> None:
    chapter = render(draft(("<p>z</p>",), language=language), Page(entry(title), "a"), {}, {})
    shown = "<wbr/>".join(map(escaped, phrases(title, language))) if fewest else title
    assert fewest <= len(shown.split("<wbr/>"))
    classes = ' class="phrases"' if fewest else ""
    assert f'<h1 id="epm-title"{classes}>{shown}</h1>' in chapter.documents[0].content.decode()


def test_the_date_of_archiving_is_labeled() -> None:
    markup = render(draft(("<p>x</p>",)), Page(entry(archived="yes"), "a"), {}, {}).documents[0].content.decode()
    day = format_date(datetime(2022, 1, 13, tzinfo=UTC), "en")
    assert f'Archived: <time datetime="2022-01-13">{day}</time>' in markup


@pytest.mark.parametrize(("published", "said"), [(datetime(2022, 1, 12, 1, tzinfo=UTC), False),
                                                 (datetime(2022, 1, 11, 1, tzinfo=UTC), True)])  # fmt: skip
def test_the_date_of_archiving_stands_beside_the_articles_own_only_where_the_days_differ(
    published: datetime, *, said: bool
) -> None:
    page = Page(entry(published=published, archived="yes"), "a")

    assert ("Archived: " in render(draft(("<p>x</p>",)), page, {}, {}).documents[0].content.decode()) is said


def test_an_article_without_date_and_link_has_no_line_under_its_title() -> None:
    markup = render(draft(("<p>x</p>",)), Page(entry(link=None), "a"), {}, {}).documents[0].content.decode()
    assert '<h1 id="epm-title">Title</h1>\n</header>' in markup


@pytest.mark.parametrize(
    ("title", "link", "shown"),
    [("  ", LINK, "voachinese.com"), ("\x00", None, "news/a.txt"), ("a\n b\ud800", None, "a b")],
)
def test_a_title_is_never_empty_and_stands_on_one_line(title: str, link: str | None, shown: str) -> None:
    markup = render(draft(("<p>x</p>",)), Page(entry(title, link), "a"), {}, {}).documents[0].content.decode()
    assert f"<title>{shown}</title>" in markup
    assert f">{shown}</h1>" in markup


def test_a_host_in_another_script_is_shown_in_it() -> None:
    markup = render(draft(("x",)), Page(entry(link="http://www.中国.中国/"), "a"), {}, {}).documents[0].content.decode()
    assert '<span class="source">中国.中国</span>' in markup


@pytest.mark.parametrize(
    ("source", "author", "shown"),
    [
        ("Harbour TV", "A. Keeper", '</h1>\n<p class="byline">A. Keeper</p>\n<p class="meta"><'),
        ("Harbour TV", "harbour tv", '<span class="source">Harbour TV</span> · <a'),
        ("Harbour TV", "The Harbour-TV (official)", '<span class="source">Harbour TV</span> · <a'),
        ("-", "A. Keeper", '<p class="byline">A. Keeper</p>'),
        ("", "<A. Keeper>", '<p class="byline">&lt;A. Keeper&gt;</p>\n<p class="meta"><a'),
    ],
)
def test_the_author_is_named_where_it_is_not_the_source(source: str, author: str, shown: str) -> None:
    page = Page(entry(source=source, author=author), "a")

    assert shown in render(draft(("<p>x</p>",)), page, {}, {}).documents[0].content.decode()


def test_a_right_to_left_language_turns_the_page() -> None:
    markup = render(draft(("<p>x</p>",), language="ar"), Page(entry(), "a"), {}, {}).documents[0].content.decode()
    assert ' lang="ar" xml:lang="ar" dir="rtl">' in markup
    assert '<body class="ar rtl">' in markup


def test_a_picture_stands_in_its_figure_with_its_size() -> None:
    assert body(rendered(SLOT, result=picture())) == (
        '<figure><img src="images/a.png" alt="A harbour" width="40" height="30" id="epm-p1"/></figure>'
    )


@pytest.mark.parametrize(
    ("width", "height", "leading", "in_text"),
    [
        (400, 160, "", ""),
        (400, 225, "", "t1"),
        (400, 320, "", "t2"),
        (400, 400, "s1", "t3"),
        (400, 500, "s2", "t4"),
        (400, 600, "s3", "t4"),
        (40, 60, "", ""),
    ],
)
def test_pictures_of_all_shapes_are_about_equally_high_and_strips_as_wide_as_the_page(
    width: int, height: int, leading: str, in_text: str
) -> None:
    png = replace(picture().files[0], width=width, height=height)
    jpeg = replace(png, media_type="image/jpeg")
    # A picture that leads has half of the page, as has a drawing, which may hold words; a photograph in the text a third.
    link: tuple[Piece, ...] = ('<div><a href="', LinkSlot(LINK), '">')
    for before, file, step in (((), jpeg, leading), (link, jpeg, leading), (TEXT, png, leading), (TEXT, jpeg, in_text)):
        shown = f'height="{height}" class="{step}" ' if step else f'height="{height}" id='
        assert shown in rendered(*before, SLOT, result=replace(picture(), files=(file,)))
    assert ' class="' not in body(rendered(*TEXT, SLOT, result=replace(picture(), files=(jpeg, jpeg))))


def test_a_picture_without_alt_text_gets_the_word_for_picture() -> None:
    assert 'alt="Picture"' in rendered(PictureSlot(REF, ""), result=picture())


def test_the_pieces_of_a_strip_follow_each_other_and_are_counted() -> None:
    markup = body(rendered(SLOT, result=picture(("images/a.png", "images/b.png"))))
    assert markup.count("<br/>") == 1
    assert 'alt="A harbour (1/2)"' in markup
    assert 'alt="A harbour (2/2)"' in markup


def test_a_missing_picture_leaves_a_placeholder_that_links_to_it() -> None:
    assert body(rendered(SLOT)) == (
        '<figure><span class="missing">A harbour<br/>'
        '<small><a href="https://example.org/a.jpg?x=1&amp;y=2">Picture unavailable</a></small></span></figure>'
    )
    assert body(rendered(replace(SLOT, alt=""))).startswith("<figure><small><a ")


@pytest.mark.parametrize(
    ("alt", "shown"),
    [
        ("a < b", "a &lt; b"),
        (r"{\displaystyle E=mc^{2}}", "<code>E=mc^{2}</code>"),
        (r"\frac{a}{b}", r"<code>\frac{a}{b}</code>"),
    ],
)
def test_a_missing_picture_in_a_line_leaves_what_it_says(alt: str, shown: str) -> None:
    assert body(rendered("<p>x ", PictureSlot(REF, alt), "</p>")) == f"<p>x {shown}</p>"


def test_a_placeholder_inside_a_link_or_for_a_local_file_holds_no_link() -> None:
    assert "<a" not in body(rendered(PictureSlot(REF, "", linked=True)))
    assert "<a" not in body(rendered(SLOT, result=FetchFailed("pictures/a.jpg", "picture-missing", "no such file")))


def test_a_skipped_picture_leaves_nothing_at_all() -> None:
    assert body(rendered("<p>a</p>", SLOT, "<p>b</p>", result=SKIPPED)) == "<p>a</p><p>b</p>"


def test_a_chapter_names_its_embedded_pictures_once_and_in_order() -> None:
    other, third = PictureRef(("b",)), PictureRef(("c",))
    shown, again = picture(("images/a.png",)), picture(("images/b.png",))
    pieces = (SLOT, PictureSlot(other, ""), SLOT, PictureSlot(third, ""))
    chapter = render(draft(pieces), Page(entry(), "a"), {REF: again, other: shown, third: MISSING}, {})
    assert chapter.pictures == (again, shown)


def test_a_link_to_an_article_of_the_book_leads_to_its_chapter() -> None:
    links = {identity("http://example.org/news/2?utm_source=x"): "a-2.xhtml"}
    pieces = ('<p><a href="', LinkSlot("https://example.org/news/2"), '">x</a></p>')
    assert '<a href="a-2.xhtml">x</a>' in rendered(*pieces, links=links)


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("", "><em>Boats</em> and</a>", "<em>Boats</em> and"),
        ('<a href="#s1">x</a>', ' lang="fr">b</a>', '<a href="#s1">x</a><span lang="fr">b</span>'),
        ("", ' id="s1">b</a><a href="#s1">x</a>', '<span id="s1">b</span><a href="#s1">x</a>'),
    ],
)
def test_of_a_link_to_a_note_that_the_book_lacks_the_text_stays(before: str, after: str, kept: str) -> None:
    written = body(rendered(f"<p>{before}<a", LinkSlot("note:boats"), f"{after} sail.</p>"))

    assert written == f"<p>{kept} sail.</p>"


def test_a_link_out_of_the_book_is_escaped() -> None:
    pieces = ('<p><a href="', LinkSlot('https://example.org/?a="<b>&c'), '">x</a></p>')
    assert '<a href="https://example.org/?a=&quot;&lt;b&gt;&amp;c">x</a>' in rendered(*pieces)


def test_a_link_to_another_part_leads_to_its_document() -> None:
    pieces = (*('<a href="', LinkSlot("part:1#n1"), '">x</a>'), *('<a href="', LinkSlot("part:2#n2"), '">y</a>'))
    markup = rendered(*pieces)
    assert '<a href="a-1f3c.xhtml#n1">x</a><a href="a-1f3c-2.xhtml#n2">y</a>' in markup


@pytest.mark.parametrize(
    ("language", "title", "its", "shown"),
    [
        ("zh-Hans", "أخبار (2)", "", '下一篇：<span dir="rtl">أخبار (2)</span>'),
        ("zh-Hans", "أخبار (2)", "ar", '下一篇：<span lang="ar" xml:lang="ar" dir="rtl">أخبار (2)</span>'),
        ("ar", "News <1>", "", 'التالي: <span dir="ltr">News &lt;1&gt;</span>'),
        ("ar", "أخبار {0}", "ar", "التالي: أخبار {0}"),
        ("en", "2022", "en", "Next: 2022"),
        ("en", "磨坊", "ja", 'Next: <span lang="ja" xml:lang="ja">磨坊</span>'),
        ("en", "أخبار", "en", 'Next: <span dir="rtl">أخبار</span>'),
    ],
)
def test_the_title_of_a_neighbor_has_its_language_and_is_kept_together(
    language: str, title: str, its: str, shown: str
) -> None:
    page = Page(entry(), "a", following=Neighbor(title, "b.xhtml", its))
    markup = render(draft(("<p>a</p>",), language=language), page, {}, {})

    assert f'<a href="b.xhtml">{shown}</a>' in markup.documents[0].content.decode()


@pytest.mark.parametrize(
    ("standfirst", "sentence"),
    [
        ("", ""),
        ("What the river knows", "What the river knows"),
        ("Mr. Smith came to the harbor. Then he left.", "Mr. Smith came to the harbor."),
        (
            "磨坊停了，河自己走了，三百年的账本上写着一条河的沉默。后来呢？",
            "磨坊停了，河自己走了，三百年的账本上写着一条河的沉默。",
        ),
        ("word " * 99, ("word " * 48).strip()),
    ],
)
def test_of_a_standfirst_the_first_sentence_goes_into_the_opener(standfirst: str, sentence: str) -> None:
    text = replace(draft(("<p>a</p>",)), standfirst=standfirst)

    assert render(text, Page(entry(), "a"), {}, {}).standfirst == sentence


def test_a_long_chapter_has_one_heading_and_one_footer() -> None:
    chapter = render(draft(("<p>a</p>",), ("<p>b</p>",), ("<p>c</p>",)), Page(entry(), "a"), {}, {})
    assert [document.name for document in chapter.documents] == ["a.xhtml", "a-2.xhtml", "a-3.xhtml"]
    texts = [document.content.decode() for document in chapter.documents]
    assert [text.count("<h1") for text in texts] == [1, 0, 0]
    assert [text.count("<footer>") for text in texts] == [0, 0, 1]
    assert "<title>Title (2/3)</title>" in texts[1]


@pytest.mark.parametrize("pieces", [(), ("",), ("<p> </p>",), (SLOT,)])
def test_an_article_without_text_has_a_line_that_says_so(pieces: tuple[Piece, ...]) -> None:
    assert "This article has no text." in rendered(*pieces, result=SKIPPED)


@pytest.mark.parametrize("pieces", [("<p>x</p>",), (SLOT,)])
def test_an_article_with_any_content_has_no_such_line(pieces: tuple[Piece, ...]) -> None:
    assert "no text" not in rendered(*pieces)


def test_only_the_part_with_the_feature_declares_it() -> None:
    parts: tuple[tuple[Piece, ...], ...] = (("<p>a</p>",), ('<svg xmlns="http://www.w3.org/2000/svg"></svg>',))
    chapter = render(draft(*parts, features=frozenset({"svg"})), Page(entry(), "a"), {}, {})
    assert [document.properties for document in chapter.documents] == [frozenset(), frozenset({"svg"})]


@given(st.text(), st.text(), st.none() | st.text(), st.text())
def test_any_title_alt_text_link_and_address_make_well_formed_xml(
    title: str, alt: str, link: str | None, address: str
) -> None:
    page = Page(entry(title, link), "a", previous=Neighbor(title, "b.xhtml"))
    pieces: tuple[Piece, ...] = ('<p><a href="', LinkSlot(address), '">x</a></p>', PictureSlot(REF, alt))
    results: tuple[PictureResult, ...] = (picture(), FetchFailed(address, "picture-missing", "gone"))
    for result in results:
        chapter = render(draft(pieces), page, {REF: result}, {})
        ET.fromstring(chapter.documents[0].content)


@pytest.mark.slow
def test_every_form_of_page_is_valid(tmp_path: Path, assert_clean: AssertClean) -> None:
    for name in ("a", "b"):
        Image.new("RGB", (40, 30)).save(tmp_path / f"{name}.png")
    strip = picture(("images/a.png", "images/b.png"), tmp_path)
    caption = PictureSlot(REF, "x"), "<figcaption>Caption <span class='credit'>AP</span></figcaption>"
    moment = datetime(987, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    pieces = ("<p>x</p><figure>", *caption, "</figure>", SLOT, '<p><a href="', LinkSlot("part:2#x"), '">y</a></p>')
    pages: dict[str, tuple[Draft, Entry, PictureResult]] = {
        "a": (draft(pieces, ('<p id="x">z</p>',), language="zh-Hans"), entry(published=moment), strip),
        "b": (draft(pieces[:-3], language="ar"), entry("", link=None, archived="yes"), MISSING),
        "c": (draft((), language="de"), entry("\x00<&>", "http://xn--fiqs8s.cn/"), SKIPPED),
    }
    chapters = [
        render(
            text,
            Page(head, stem, previous=Neighbor("P & Q", "a.xhtml"), following=Neighbor("R", "b.xhtml")),
            {REF: result},
            {},
        )
        for stem, (text, head, result) in pages.items()
    ]
    files = [file for chapter in chapters for found in chapter.pictures for file in found.files]
    documents = [document for chapter in chapters for document in chapter.documents]
    assert_clean(write_book(tmp_path / "book.epub", documents, files))
