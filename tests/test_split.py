"""Long chapters are cut into files that old readers open, without losing text or links."""

import re

import pytest
from drafting import article, documents

from epubmaker.chapters.draft import draft
from epubmaker.model.chapters import Draft, LinkSlot

MOST = 240_000


def check_sizes(made: Draft) -> None:
    assert all(len(document.content) <= MOST for document in documents(made, "c"))


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
def test_what_nobody_sees_gets_no_part_of_its_own_at_the_end(end: str) -> None:
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


def test_a_list_that_is_cut_counts_on() -> None:
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
