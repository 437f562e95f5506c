"""nav.xhtml and toc.ncx as text; how they fit the book is tested with the writer."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.model.choices import GroupedBy
from epubmaker.packager.contents import Contents, ContentsGroup, ContentsItem, group_heading
from epubmaker.packager.toc import Landmark, nav_document, ncx, outline
from epubmaker.text.dates import format_day, format_month, format_period, format_year

XHTML = "{http://www.w3.org/1999/xhtml}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MOMENT = datetime(2022, 1, 12, 22, 0, tzinfo=UTC)
MARKS = (Landmark("bodymatter", "text", "Start", "a-1.xhtml"),)


def nav(contents: Contents, language: str = "zh-Hans") -> ET.Element:
    return ET.fromstring(nav_document(outline(contents, (), language), MARKS, language, "style.css"))


@pytest.mark.parametrize(
    ("by", "key", "language", "heading"),
    [
        ("day", "2022-01-12", "zh-Hans", format_day(MOMENT, "zh-Hans")),
        ("day", "2022-01-12", "en", format_day(MOMENT, "en")),
        ("month", "2022-01", "fr", format_month(MOMENT, "fr")),
        ("year", "2022", "fa", format_year(MOMENT, "fa")),
        ("day", "", "en", "Without a date"),
        ("source", "", "de", "Sonstige"),
        ("source", "voachinese.com", "ar", "voachinese.com"),
        ("folder", "2022/winter", "en", "2022/winter"),
        ("week", "2022-W02", "en", format_period("2022-W02", "en")),
    ],
)
def test_headings_are_worded_in_the_books_language(by: GroupedBy, key: str, language: str, heading: str) -> None:
    assert group_heading(by, key, language) == heading


def test_groups_nest_and_titles_in_other_languages_say_so() -> None:
    items = (
        ContentsItem.of("要闻", "a-1.xhtml", "zh-Hans"),
        ContentsItem.of("A <b> & c", "a-2.xhtml", "en"),
        ContentsItem.of("خبر", "a-3.xhtml", "ar"),
    )
    tree = nav(Contents((ContentsGroup("一", items[:2], "g-1.xhtml"), ContentsGroup("二", items[2:], "g-2.xhtml"))))
    toc, landmarks = tree.iter(f"{XHTML}nav")

    tops = toc.findall(f"{XHTML}ol/{XHTML}li")
    assert [top.findtext(f"{XHTML}a") for top in tops] == ["一", "二"]
    links = [link for top in tops for link in top.iterfind(f"{XHTML}ol/{XHTML}li/{XHTML}a")]
    assert [link.text for link in links] == ["要闻", "A <b> & c", "خبر"]
    assert [(link.get("lang"), link.get(LANG), link.get("dir")) for link in links] == [
        (None, None, None),
        ("en", "en", None),
        ("ar", "ar", "rtl"),
    ]
    assert landmarks.get("hidden") == "hidden"
    assert (tree.get("lang"), tree.get(LANG), tree.get("dir")) == ("zh-Hans", "zh-Hans", None)


def test_without_headings_the_list_is_flat() -> None:
    contents = Contents((ContentsGroup("", (ContentsItem.of("One", "a-1.xhtml", "en"),), "contents.xhtml"),))
    toc = next(nav(contents, "ar").iter(f"{XHTML}nav"))

    assert [link.get("href") for link in toc.iterfind(f"{XHTML}ol/{XHTML}li/{XHTML}a")] == ["a-1.xhtml"]
    assert 'dtb:depth" content="1"' in ncx(outline(contents, (), "ar"), "T", "id", "ar")


@given(st.text(), st.text())
def test_any_title_and_heading_gives_well_formed_files_with_no_empty_entry(title: str, heading: str) -> None:
    group = ContentsGroup(heading, (ContentsItem.of(title, "a-1.xhtml", "en", title),))
    contents = Contents((group, group)).with_openers()
    _, *labels = ET.fromstring(ncx(outline(contents, (), "en"), title, title, "en")).iter(
        "{http://www.daisy.org/z3986/2005/ncx/}text"
    )
    links = list(nav(contents).iter(f"{XHTML}a"))

    assert (len(labels), len(links)) == (
        len(contents.groups) * (2 if contents.groups[0].heading else 1),
        len(labels) + 1,
    )
    assert all((entry.text or "").strip() for entry in (*labels, *links))
