from __future__ import annotations

from datetime import UTC, datetime

import pytest
from checkout import ROOT
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.collector.formats.archive import body_of, clean_title, read_head
from epubmaker.text.moments import parse_date

SEED = ROOT / "seeds" / "000_3607576f4f8a95e7.txt"


def test_every_line_of_the_form_is_understood() -> None:
    text = SEED.read_text(encoding="utf-8")

    head = read_head(text, "fallback")

    assert head.title == "美国与北约展开外交，俄罗斯拒不采取缓和措施"
    assert head.link == "https://www.voachinese.com/a/us-nato-russia-20220112/6394244.html"
    assert head.archived == datetime(2022, 1, 12, 22, 39, 3, tzinfo=UTC)
    assert head.published == datetime(2022, 1, 12, 22, 0, 21, tzinfo=UTC)
    assert text[head.body :].startswith("<img src=")
    assert head.problems == ()


@pytest.mark.parametrize(
    ("line", "title", "link"),
    [
        ("[Plain](https://e.org/a)", "Plain", "https://e.org/a"),
        ("[With [brackets] (and) more](https://e.org/a)", "With [brackets] (and) more", "https://e.org/a"),
        ("[A](https://e.org/wiki/A_(b))", "A", "https://e.org/wiki/A_(b)"),
        ("[Tom &amp; <b>Jerry</b>](https://e.org/?a=1&amp;b=2)", "Tom & Jerry", "https://e.org/?a=1&b=2"),
        ("[1 < 2 and 3 > 2](https://e.org/a)", "1 < 2 and 3 > 2", "https://e.org/a"),
        ("[见[1]](第二部)](https://e.org/a)", "见[1]](第二部)", "https://e.org/a"),
        ("[No link]", "No link", None),
        ("[Empty link]()", "Empty link", None),
        (
            "[中文地址](https://例子.中国/新闻 一)",
            "中文地址",
            "https://xn--fsqu00a.xn--fiqs8s/%E6%96%B0%E9%97%BB%20%E4%B8%80",
        ),
    ],
)
def test_a_title_line_gives_title_and_link(line: str, title: str, link: str | None) -> None:
    head = read_head(f"<!--1642027143000-->\n{line}\n------\n\n<p>Text</p>", "fallback")

    assert (head.title, head.link) == (title, link)


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("The line<br>up the<br/>valley", "The line up the valley"),
        ("The line<BR clear=all >up<br /> the</br>valley<br>", "The line up the valley"),
        ("<br>The line&#10;up&NewLine;the&#x2028;valley", "The line up the valley"),
        ("The line&lt;br&gt;up the&amp;lt;br /&amp;gt;valley", "The line up the valley"),
        ("<p>The line</p><div>up</div>the <b>v</b>alley", "The line up the valley"),
        ("谷の<br>鉄道", "谷の 鉄道"),
        ("When to use &lt;br&gt; in a text", "When to use <br> in a text"),
        ("The Ser<wbr>vice <!-- <br> -->of br<brand>anding", "The Service of branding"),
        ("The guard&amp;#8217;s &amp;quot;pony&amp;quot; &amp;amp; cabin", 'The guard\u2019s "pony" & cabin'),
        ("A &amp;amp;amp;amp;amp;amp;#x2019; &#38;#38;amp;mdash; &#x26;eacute;", "A \u2019 \u2014 \xe9"),
        ("Cats &amp;amp; Dogs &amp;bogus; &amp;c. &amp;copyright 1 && 2", "Cats & Dogs &bogus; &c. &copyright 1 && 2"),
        ("&amp;lt;i&amp;gt; is a tag, R&amp;D; is none", "<i> is a tag, R&D; is none"),
        ("Cats &amp;notanentity; &amp;amp;ampersand; &amp;hellip;", "Cats &notanentity; &ampersand; \u2026"),
        ("<![CDATA[The line]]>", "The line"),
    ],
)
def test_a_title_has_spaces_for_line_breaks_and_no_references_however_often_escaped(written: str, title: str) -> None:
    assert clean_title(written) == title


def test_a_title_without_brackets_above_dashes_is_a_title() -> None:
    text = "A plain title\n------\n<p>Text</p>"

    head = read_head(text, "fallback")

    assert (head.title, text[head.body :].strip()) == ("A plain title", "<p>Text</p>")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "not a link"])
def test_a_link_that_is_no_web_address_is_an_issue(link: str) -> None:
    head = read_head(f"[T]({link})\n", "fallback")

    assert head.link is None
    assert [code for code, _ in head.problems] == ["article-bad-link"]


def test_without_a_title_line_nothing_of_the_text_is_lost() -> None:
    text = "<h1>A <em>heading</em></h1><p>Text</p>"

    head = read_head(text, "fallback")

    assert (head.title, head.body) == ("A heading", 0)
    assert [code for code, _ in head.problems] == ["article-no-header"]


def test_an_empty_title_is_taken_from_the_first_words() -> None:
    assert read_head("[](https://e.org/)\n---\n<p>Some words.</p>", "fallback").title == "Some words."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("A title\n\nThe text begins here.\n", "A title"),
        ("\n\nA title\nof two lines\n \t\nThe <b>text</b>\n", "A title of two lines"),
        ("======\n\n<i>A</i> title\n\nText", "A title"),
        ("<p>Some\n\nwords</p>\n\n<p>More</p>", "Some words More"),
    ],
)
def test_a_title_that_is_taken_from_a_plain_text_ends_at_its_first_blank_line(text: str, title: str) -> None:
    assert read_head(text, "fallback").title == title


def test_without_any_word_the_title_is_the_fallback() -> None:
    assert read_head("[](https://e.org/)\n---\n<img src='a'>", "fallback").title == "fallback"


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("Wed, 12 Jan 2022 22:00:21 GMT", 22),
        ("Wed, 12 Jan 2022 22:00:21 +0800", 14),
        ("Wed, 12 Jan 2022 22:00:21", 22),
        ("2022-01-12T22:00:21Z", 22),
        ("2022-01-12 22:00:21+08:00", 14),
    ],
)
def test_publication_dates_are_read_into_utc(written: str, hour: int) -> None:
    head = read_head(f"[T](https://e.org/)\n---\n<div><i>{written}</i></div>", "fallback")

    assert head.published == datetime(2022, 1, 12, hour, 0, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "12 Jan 2022",
        "Wed, 12 January 2022",
        "Wed, 12 Jan 22",
        "Wednesday, 12-Jan-22 00:00:00 GMT",
        "12 Jan 2022 GMT",
        "11 Jan 2022 19:00 EST",
        "Wed Jan 12 00:00:00 2022",
        "2022-01-12",
        "20220112",
        "2022-W02-3",
        "2022-1-12",
        "2022/01/12",
        "2022年1月12日",
        "12.01.2022",
        "2022.1.12 0:00",
        "2022-01-12T08:00+08",
        "2022-01-12 08:00:00 +0800",
        "January 12, 2022",
        "Jan. 12th, 2022 at 12:00 am",
        "12th of January, 2022",
        "12 janvier 2022",
        "mercredi 12 janv. 2022 à 0h00",
        "Mittwoch, 12. Januar 2022, 00:00 Uhr",
        "am 12. Jan 2022",
        "miércoles, 12 de enero de 2022",
        "enero 12, 2022",
        "quarta-feira, 12 de janeiro de 2022 às 00:00",
        "mercoledì 12 gennaio 2022 alle 00:00",
        "12 januari 2022 om 00:00 uur",
        "12 stycznia 2022 r.",
        "12 Ocak 2022 Çarşamba",
        "12 января 2022 г., 03:00 +0300",
        "середа, 12 січня 2022 року",
        "ngày 12 tháng 1 năm 2022",
        "2022 年 1 月 12 日",
        "2022년 1월 12일",
        "١٢ يناير ٢٠٢٢",
        "12 בינואר 2022",
    ],
)
def test_a_date_without_a_time_or_in_another_usual_form_is_read_too(written: str) -> None:
    head = read_head(f"[T](https://e.org/)\n---\n<div><i>{written}</i></div>", "fallback")

    assert head.published == datetime(2022, 1, 12, tzinfo=UTC)
    assert head.problems == ()


@pytest.mark.parametrize("line", ["By our correspondent", "Apollo 11", "Beijing, 北京", "May 1968 revisited", "2022"])
def test_a_line_in_italics_that_is_no_date_stays_in_the_text_and_is_no_issue(line: str) -> None:
    text = f"[T](https://e.org/)\n---\n<div><i>{line}</i></div><p>Text</p>"

    head = read_head(text, "fallback")

    assert head.published is None
    assert line in text[head.body :]
    assert head.problems == ()


@pytest.mark.parametrize(
    "written",
    [
        "31 Feb 2022",
        "Wed, 12 Jan 99999 22:00:21 GMT",
        "0000-00-00",
        "9999-12-31T23:59:59-12:00",
        "12 Jan 2022 25:61",
        "2022-13-45",
        "12 januarius 2022",
        "31/12/2021",
        "Invalid Date",
    ],
)
def test_a_line_like_a_date_that_cannot_be_read_is_an_issue(written: str) -> None:
    head = read_head(f"[T](https://e.org/)\n---\n<div><i>{written}</i></div>", "fallback")

    assert head.published is None
    assert [code for code, _ in head.problems] == ["article-bad-date"]


@given(st.text(st.sampled_from("0123456789 -/:.,+TZWadJanmp年"), max_size=40))
def test_any_date_can_be_read(text: str) -> None:
    moment = parse_date(text)

    assert moment is None or moment.tzinfo is UTC


@pytest.mark.parametrize("part", ["](", "](x)", "<!--", "<!-- -->", "<b", "&amp;", " ", "[", "- "])
@pytest.mark.parametrize("end", ["x", ")", "](https://e.org/)"])
def test_a_title_line_of_any_length_and_form_is_read_without_going_back(part: str, end: str) -> None:
    # A quadratic pattern takes hours.
    texts = [f"[{part * count}{end}\n---\n<p>Text</p>" for count in (100, 100_000)]
    bodies = [text[read_head(text, "fallback").body :] for text in texts]
    if end != "](https://e.org/)" and part.startswith("<"):  # an unfinished comment or tag: no title line
        assert bodies == texts
    else:
        assert bodies == ["<p>Text</p>"] * 2


def test_headings_that_are_never_closed_are_no_title_and_are_looked_through_once() -> None:
    assert read_head("<h1>" * 100_000 + "<h2>A title</h2>", "fallback").title == "A title"


@pytest.mark.parametrize(
    "above",
    [
        '<h2 class="element-invisible">The picture</h2>',
        '<h1 class="sr-only">Menu</h1>',
        "<h2 hidden>Menu</h2>",
        '<h2 style="display: none">Menu</h2>',
        "<h2>full-harbour_2.JPG</h2>",
    ],
)
def test_a_heading_that_nobody_sees_and_the_name_of_a_file_are_no_title(above: str) -> None:
    assert read_head(f"{above}<h2>A title</h2><p>Text</p>", "fallback").title == "A title"


@pytest.mark.parametrize("number", ["99999999999999999999", "-99999999999999999"])
def test_an_impossible_archive_date_is_an_issue(number: str) -> None:
    head = read_head(f"<!--{number}-->\n[T](https://e.org/)\n", "fallback")

    assert head.archived is None
    assert [code for code, _ in head.problems] == ["article-bad-date"]


def test_an_archive_date_in_seconds_is_understood() -> None:
    assert read_head("<!--1642027143-->\n[T](https://e.org/)\n", "f").archived == datetime(
        2022, 1, 12, 22, 39, 3, tzinfo=UTC
    )


@given(st.text())
def test_any_text_has_a_head_with_a_title_and_a_body_inside_it(text: str) -> None:
    head = read_head(text, "fallback")

    assert head.title
    assert 0 <= head.body <= len(text)


@given(st.text())
def test_a_clean_title_is_one_line_without_controls(text: str) -> None:
    title = clean_title(text)

    assert title == title.strip()
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in title)


LINES = (
    "<!--1642027143000-->",
    "<!--x-->",
    "\n",
    " ",
    "[a](https://e.org/)",
    "[a",
    "title\n---",
    "------\n",
    "<p>b",
    "==\n",
)
DATES = (
    "<div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>",
    "<div><i>no date at all</i></div>",
    "<div> <i>2022-01-12</i></div>",
)


@given(st.lists(st.sampled_from(LINES + DATES), max_size=8).map("".join))
def test_the_body_begins_where_the_head_ends(text: str) -> None:
    assert body_of(text)[0] == text[read_head(text, "fallback").body :]


def test_the_date_in_a_body_in_cdata_is_read() -> None:
    head = read_head("[A](https://e.org/)\n------\n<![CDATA[<div><i>Mon, 02 May 2022 08:00:00 GMT</i></div>x]]>", "a")
    assert head.published == datetime(2022, 5, 2, 8, tzinfo=UTC)
