"""The book's own pages."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree as ET

from books import METADATA, START

from epubmaker.packager.contents import Contents, ContentsGroup, ContentsItem
from epubmaker.packager.pages import PAGE_LIMIT, Pages
from epubmaker.text.dates import format_date, format_range

LATER = START + timedelta(days=40)
XHTML = "{http://www.w3.org/1999/xhtml}"


def items(count: int, source: str = "voachinese.com") -> tuple[ContentsItem, ...]:
    return tuple(
        ContentsItem.of(f"第{n}篇 <文章>", f"a-{n}.xhtml", "zh-Hans", source, START + timedelta(minutes=n))
        for n in range(count)
    )


def pages_of(contents: Contents, **changes: str) -> tuple[Pages, Contents]:
    contents = contents.with_openers()
    return Pages(METADATA._replace(**changes), contents, "style.css"), contents  # type: ignore[arg-type]


def texts(markup: str) -> list[str]:
    root = ET.fromstring(markup)
    body = root.find(f"{XHTML}body")
    assert body is not None
    return [line for part in body.itertext() if (line := part.strip())]


def test_the_title_page_says_what_the_book_is_and_what_is_missing() -> None:
    contents = Contents((ContentsGroup("一", (*items(3), *items(2, "bbc.com"))),), by_day=True)
    pages, _ = pages_of(contents, description="两件事", publisher="出版社")

    assert texts(pages.title_page(4, 12, items(2)).markup) == [
        *("要闻 & <News>", format_date(START, "zh-Hans"), "记者", "两件事", "第0篇 <文章>", "第1篇 <文章>"),
        *("5 篇文章 · 4 张图片 · 阅读约 12 分钟", "voachinese.com · bbc.com", "出版社"),
    ]
    assert texts(pages.title_page(0, 150).markup)[-3] == "5 篇文章 · 阅读约 2 小时"
    assert pages.notes(missing=0) is None
    notes = pages.notes(missing=1)
    assert notes is not None
    assert texts(notes.markup) == ["关于本书", "1 张图片无法获取"]


def test_sources_that_the_title_page_has_no_room_for_stand_in_the_notes() -> None:
    articles = [items(count, f"{letter}.example") for count, letter in zip(range(8, 1, -1), "abcdefg", strict=True)]
    pages, _ = pages_of(Contents((ContentsGroup("", sum(articles, ())),)), language="en")
    notes = pages.notes(missing=0)

    assert texts(pages.title_page(0, 0).markup)[-1] == " · ".join(f"{letter}.example" for letter in "abcdef")
    assert notes is not None
    counted = (f"{letter}.example {count} articles" for count, letter in zip(range(8, 1, -1), "abcdefg", strict=True))
    assert " ".join(texts(notes.markup)) == " ".join(("About this book", "Sources", *counted))


def test_dates_span_from_the_first_to_the_last_article() -> None:
    late = items(1)[0]._replace(date=LATER)
    pages, _ = pages_of(Contents((ContentsGroup("", (late, *items(1), late._replace(date=None))),)), language="en")

    assert format_range(START, LATER, "en") in texts(pages.title_page(0, 0).markup)


def test_counts_and_dates_of_a_persian_book_have_persian_digits() -> None:
    pages, _ = pages_of(Contents((ContentsGroup("", (*items(3), *items(2, "bbc.com"))),)), language="fa")
    shown = texts(pages.title_page(12, 0).markup)

    assert {format_date(START, "fa"), "۵ مقاله · ۱۲ تصویر"} <= set(shown)


def test_the_title_page_shows_the_heading_above_the_dates() -> None:
    pages, _ = pages_of(Contents((ContentsGroup("", items(1)),)), title="bbc.com 2022-01-12", heading="bbc.com")

    assert texts(pages.title_page(0, 0).markup)[:2] == ["bbc.com", format_date(START, "zh-Hans")]


def test_the_table_of_contents_lists_up_to_sixty_articles_and_their_sources_where_these_differ() -> None:
    for other, source in (("voachinese.com", []), ("bbc.com", ["voachinese.com"])):
        groups = ContentsGroup("一", items(59)), ContentsGroup("二", items(1, other))
        pages, contents = pages_of(Contents(groups, by_day=True))
        (page,) = pages.table_of_contents()

        assert page.name == "contents.xhtml"
        lines = [line for n in range(59) for line in (f"第{n}篇 <文章>", *source)]
        assert texts(page.markup) == ["目录", "一", *lines, "二", "第0篇 <文章>", *([other] if source else [])]
        assert not any(group.has_opener for group in contents.groups)


def test_of_more_articles_it_names_the_groups_and_their_openers_list_them() -> None:
    pages, contents = pages_of(Contents((ContentsGroup("一", items(60)), ContentsGroup("二", items(1))), by_day=True))
    (page,) = pages.table_of_contents()
    (opener,) = pages.opener(contents.groups[0])

    assert texts(page.markup) == ["目录", "一", "60 篇文章", "二", "1 篇文章"]
    assert opener.name == "g-1.xhtml"
    assert texts(opener.markup) == ["一", "60 篇文章", *(f"第{n}篇 <文章>" for n in range(60))]


def test_an_opener_shows_the_first_sentence_of_each_standfirst_in_its_language() -> None:
    (first, *others) = items(80)
    first = first._replace(standfirst="Why the mill &amp; its river stopped.", language="en")
    pages, contents = pages_of(Contents((ContentsGroup("一", (first, *others)), ContentsGroup("二", items(1)))))
    (opener,) = pages.opener(contents.groups[0])

    assert f'{first.label}</a> <span class="dek" lang="en" xml:lang="en">{first.standfirst}</span>' in opener.markup
    assert opener.markup.count('class="dek"') == 1


def test_where_headings_are_not_days_the_day_stands_under_each_article() -> None:
    pages, _ = pages_of(Contents((ContentsGroup("bbc.com", items(1)),)))
    (page,) = pages.table_of_contents()

    assert format_date(START, "zh-Hans") in texts(page.markup)


def test_a_long_table_of_contents_names_the_groups_and_long_groups_go_on_in_further_pages() -> None:
    many = items(9000)
    pages, contents = pages_of(
        Contents((ContentsGroup("一", many[:8000]), ContentsGroup("二", many[8000:])), by_day=True)
    )
    (page,) = pages.table_of_contents()
    openers = list(pages.opener(contents.groups[0]))

    assert texts(page.markup) == ["目录", "一", "8000 篇文章", "二", "1000 篇文章"]
    assert [opener.name for opener in openers[:3]] == ["g-1.xhtml", "g-1-2.xhtml", "g-1-3.xhtml"]
    assert max(len(opener.markup.encode()) for opener in openers) < PAGE_LIMIT + 1000
    listed = [link.get("href") for opener in openers for link in ET.fromstring(opener.markup).iter(f"{XHTML}a")]
    assert listed == [item.href for item in many[:8000]]


def test_one_long_group_is_listed_by_the_table_of_contents_in_several_pages() -> None:
    pages, _ = pages_of(Contents((ContentsGroup("", items(5000)),)))
    found = list(pages.table_of_contents())

    assert len(found) > 2
    assert [page.name for page in found[:2]] == ["contents.xhtml", "contents-2.xhtml"]
    assert sum(page.markup.count("<li>") for page in found) == 5000


def test_every_page_is_well_formed_and_names_its_language() -> None:
    pages, contents = pages_of(Contents((ContentsGroup("一", items(1)), ContentsGroup("二", items(1)))), language="ar")
    notes = pages.notes(1)
    assert notes is not None
    for page in (
        pages.cover(),
        pages.cover((3, 4)),
        pages.title_page(1, 1, items(1)),
        notes,
        *pages.table_of_contents(),
        *pages.opener(contents.groups[1]),
    ):
        root = ET.fromstring(page.markup)
        assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
        assert root.find(f"{XHTML}body").get("class").startswith("ar rtl")  # type: ignore[union-attr]
        assert (root.findtext(f"{XHTML}head/{XHTML}title") or "").strip()
