"""Long chapters are cut into files that old readers open, without losing text or links."""

import re
from pathlib import Path
from random import Random

import pytest
from cleanbooks import AssertClean
from drafting import article, complaints, documents
from effort import effort
from lxml import etree

from epubmaker.chapters.draft import draft
from epubmaker.model.chapters import Draft, LinkSlot

MOST = 240_000


def check_sizes(made: Draft) -> None:
    assert largest(made) <= MOST


def largest(made: Draft) -> int:
    """Return the bytes of the largest file of a chapter."""
    return max(len(document.content) for document in documents(made, "c"))


def text_of(made: Draft) -> str:
    return "".join(re.sub("<[^>]*>", "", piece) for part in made.parts for piece in part if isinstance(piece, str))


def test_a_short_chapter_is_one_part() -> None:
    assert len(draft(article("<p>a</p>" * 1000)).parts) == 1
    assert len(draft(article("")).parts) == 1


def test_a_long_chapter_is_cut_between_blocks() -> None:
    made = draft(article("".join(f"<p>{number} {'中' * 300}</p>" for number in range(1000))))
    assert len(made.parts) == 5
    check_sizes(made)
    assert re.findall(r"\d+", text_of(made)) == [str(number) for number in range(1000)]
    assert all(isinstance(part[0], str) and part[0].startswith("<p>") for part in made.parts)


def test_it_is_cut_before_a_heading_where_there_is_one() -> None:
    section = "<h2>x</h2>" + f"<p>{'a' * 1000}</p>" * 40
    made = draft(article(section * 12))
    assert all(isinstance(part[0], str) and part[0].startswith("<h2>") for part in made.parts)


@pytest.mark.parametrize("end", ["<div id=end></div>", "<hr>", "<table><tr><td></td></tr></table>"])
def test_the_last_part_of_several_is_never_blank(end: str) -> None:
    def paragraphs(count: int) -> str:
        return f"<p>{'a' * 1000}</p>" * count

    # The second part is longer than most when the end comes.
    html = f'<p><a href="#end">end</a></p>{paragraphs(110)}<h2>x</h2>{paragraphs(118)}<p>{"b" * 12_000}</p>'
    made = draft(article(html + end))
    assert len(made.parts) == 2
    assert text_of(made).endswith("b")
    assert b'class="empty"' not in documents(made, "c")[-1].content

    for seen in ('<p><img src="a.jpg"></p>', "<p>a</p>", "<p><i>a</i></p>", "<math><mn>1</mn></math>"):
        assert len(draft(article(html + end + seen)).parts) == 3


@pytest.mark.slow
def test_one_endless_block_of_any_kind_is_cut_too() -> None:
    every = [f"w{number:030}" for number in range(17_000)]  # long ones, so that few elements fill three parts
    words, most = " ".join(every), every[:12_000]
    for html in (
        f"<p>{words}</p>",
        f"<pre>{words}</pre>",
        f"<div lang=fr><blockquote><p><b>{words}",
        "<ul>" + "".join(f"<li>{word}" for word in every) + "</ul>",
        "<table>" + "".join(f"<tr><td>{word}<td>x" for word in most) + "</table>",
        "<dl>" + "".join(f"<dt>{word}<dd>x" for word in most) + "</dl>",
        "<p>" + "".join(f"<a href='/{word}'>{word}</a>" for word in most),
        "<p>" + "".join(f"{word} <b>b</b> " for word in most),
        f"<figure><p>{words}</p></figure>",
        f"<table><tr><td>{words}</td><td>x</td></tr></table>",
    ):
        made = draft(article(html, title="-"))
        check_sizes(made)
        assert len(made.parts) >= 3, html[:20]
        found = re.findall(r"w\d+", text_of(made))
        assert found == every[: len(found)], html[:20]
        assert len(found) >= len(most)


@pytest.mark.parametrize(
    ("html", "part"),
    [
        ("<p>%s</p>", "station{:05} "),
        pytest.param("<p>%s</p>", "<b>sta</b>tion{:05} and <i>more</i>", marks=pytest.mark.slow),
        ("<ul><li>%s</ul>", "station{:05} &amp; &lt;"),
        ("<p>%s</p>", "車站{:05}、"),
        ("<pre>%s</pre>", "station {:05} is shut\n"),
        pytest.param("<pre><code>%s</code></pre>", "<b>station</b> {:05} is<i> shut</i>\n\n", marks=pytest.mark.slow),
        ("<pre>%s</pre>", "<span style='color:red'>station {:05}\n</span>"),
        ("<pre>%s</pre>", "station {:05} is shut<br>"),
    ],
)
def test_a_paragraph_is_cut_between_words_and_a_listing_between_lines(html: str, part: str) -> None:
    written = "".join(part.format(number) for number in range(360_000 // len(part)))
    made = draft(article(html % written, title="-"))
    check_sizes(made)
    blocks = [
        re.sub("<[^>]*>", "", block)
        for each in made.parts
        for block in re.findall(r"<(?:p|li|pre)>(.*?)</(?:p|li|pre)>", str(each[0]), re.DOTALL)
    ]
    assert len(blocks) >= 2
    text = re.sub("<[^>]*>", "", written.replace("<br>", "\n"))
    if "pre" in html:
        assert "".join(blocks).rstrip() == text.rstrip()
        assert all(block.endswith("\n") for block in blocks[:-1])
    else:
        assert [word for block in blocks for word in re.findall(r"[^\s、]+", block)] == re.findall(r"[^\s、]+", text)


def test_a_list_that_is_cut_goes_on_with_its_numbers() -> None:
    made = draft(article("<ol start=5>" + "".join(f"<li>{'a' * 1000}" for _ in range(500)) + "</ol>"))
    starts = [int(match[1]) for part in made.parts for match in re.finditer(r'<ol start="(\d+)"', str(part[0]))]
    items = [str(part[0]).count("<li>") for part in made.parts]
    assert len(made.parts) > 1
    assert starts[0] == 5
    assert sum(items) == 500
    lists = [match for part in made.parts for match in re.findall(r'<ol start="(\d+)">(.*?)</ol>', str(part[0]))]
    expected = 5
    for start, inner in lists:
        assert int(start) == expected
        expected += inner.count("<li>")


@pytest.mark.parametrize(
    ("list_tag", "first", "step"), [("<ol>", 1, 1), ("<ol start=5>", 5, 1), ("<ol reversed>", 300, -1)]
)
def test_a_list_that_is_cut_within_items_keeps_their_numbers(list_tag: str, first: int, step: int) -> None:
    items = "".join(f"<li><p>{number} {'a' * 900}<p>{'b' * 900}" for number in range(250))
    items += "<li value=1000><p>250 " + "c" * 300_000 + "".join(f"<li><p>{number} d" for number in range(251, 300))
    made = draft(article(f"{list_tag}{items}</ol>"))
    check_sizes(made)

    wanted = {number: first + step * number for number in range(250)}
    wanted |= {number: 1000 + step * (number - 250) for number in range(250, 300)}
    root = etree.fromstring(f"<x>{''.join(str(piece) for part in made.parts for piece in part)}</x>")
    for each in root:
        number, down = int(each.get("start", "1")), each.get("reversed") is not None
        for item in each:
            number = int(item.get("value", number))
            if item[0].text is not None and (named := re.match(r"\d+ ", item[0].text)):
                assert number == wanted.pop(int(named[0]))
            number += -1 if down else 1
    assert not wanted


ENDLESS = {
    "lines": "word %d<br>",
    "lines of one letter": "a<br>",
    "inline elements": "<b>word</b> <i>%d</i>",
    "signs that take five bytes": "&amp;",
    "signs that take four": "\U00020000",
    "links": "<a href='/%d'>x</a> ",
    "links with long addresses": "<a href='/%d?" + "a=b&amp;" * 60 + "'>x</a> ",
    "long titles": "<abbr title='" + "word " * 2000 + "'>%d</abbr> ",
    "pictures": "a<img src='/%d.jpg'>",
    "pictures with long addresses": "a<img src='/%d.jpg?" + "a" * 3000 + "'>",
    "notes above the line": "<ruby>a<rt>%d</ruby>",
    "paragraphs": "<p>word %d",
    "divisions": "<div>word</div>%d",
    "lists": "<ul><li>word<ol><li>%d</ol></ul>",
    "tables": "<table><caption>%d</caption><tr><td>a<td>b</table>",
    "terms": "<dl><dt>a<dd>%d</dl>",
    "languages": "<span lang=fr>%d</span>",
}
HOLDERS = ("blockquote", "caption", "dd", "figcaption", "h3", "li", "pre", "section", "td", "th")


@pytest.mark.slow
def test_no_file_of_a_chapter_is_too_large_whatever_its_elements_hold(
    tmp_path: Path, assert_clean: AssertClean, seed: int
) -> None:
    random = Random(seed)
    drafts = {}
    for kind in ENDLESS:
        # All pairs take a minute, so each run takes others.
        for holder in random.sample(HOLDERS, min(effort(2), len(HOLDERS))):
            made = drafts[kind, holder] = draft(article(endless(kind, holder), title="-"))
            assert largest(made) <= MOST, (kind, holder)
    checked = random.sample(sorted(drafts), effort(12))  # EPUBCheck takes seconds for each
    assert complaints(map(drafts.__getitem__, checked), tmp_path / "book.epub", assert_clean) == [], checked


def endless(kind: str, holder: str) -> str:
    """Return an article of which one element holds more than fits into a file."""
    part = ENDLESS[kind]
    inner = "".join([part.replace("%d", str(number)) for number in range(180_000 // len(part))])
    table = "<table>" if holder in {"caption", "td", "th"} else ""
    return f"<blockquote>{'before ' * 9000}{table}<{holder}>{inner}"


@pytest.mark.parametrize("holder", ["li", "th"])
def test_a_character_of_four_bytes_counts_as_four(holder: str) -> None:
    check_sizes(draft(article(endless("signs that take four", holder), title="-")))


@pytest.mark.slow
@pytest.mark.parametrize("holder", ["li", "td"])
def test_a_block_of_short_lines_is_cut_by_its_size_with_the_markup(holder: str) -> None:
    made = draft(article(f"<{holder}>" + "a<br>" * 45_000, title="-"))
    check_sizes(made)
    assert text_of(made).count("a") == 45_000


@pytest.mark.parametrize("whole", ["<svg viewBox='0 0 9 9'>%s</svg>", "<math>%s</math>", "<ruby>%s</ruby>"])
@pytest.mark.slow
def test_an_element_that_cannot_be_cut_and_would_fill_a_file_becomes_text(whole: str) -> None:
    parts = {"<s": "<path d='M0 0L1 1'/><text>a</text>", "<m": "<mi>a</mi>", "<r": "a<rt>b</rt>"}
    made = draft(article(f"<p>{whole % (parts[whole[:2]] * 20_000)}", title="-"))
    check_sizes(made)
    assert not made.features


def test_links_between_parts_name_the_part() -> None:
    filler = f"<p>{'a' * 1000}</p>" * 300
    made = draft(article(f'<p id=top><a href="#end">down</a></p>{filler}<p id=end><a href="#top">up</a></p>'))
    slots = [
        (number, piece) for number, part in enumerate(made.parts, 1) for piece in part if isinstance(piece, LinkSlot)
    ]
    assert slots == [(1, LinkSlot("part:2#s2")), (2, LinkSlot("part:1#s1"))]
    first, second = documents(made, "c")
    assert b'href="c-2.xhtml#s2"' in first.content
    assert b'id="s2"' in second.content
