"""Paragraphs that are set apart: breaks, notes, subheadings, pull quotes, the authors of quotations."""

from __future__ import annotations

import pytest
from drafting import body

TEXT = (
    "<p>The mill stands where the river bends, and it has turned for three hundred years whenever there was water.</p>"
)


def between(html: str) -> str:
    """Return what stands between two paragraphs of text."""
    made = body(TEXT + html + TEXT)
    assert made.startswith(TEXT)
    assert made.endswith(TEXT)
    return made.removeprefix(TEXT).removesuffix(TEXT)


@pytest.mark.parametrize(
    "signs", ["* * *", "***", "• • •", "⁂", "———", "＊＊＊", "◆", "-----", "<b>*</b> * *", " ~ ~ ~ "]
)
def test_a_paragraph_of_signs_is_a_break(signs: str) -> None:
    assert between(f"<p>{signs}</p>") == "<hr/>"


@pytest.mark.parametrize("html", ["<div>***</div>", "***", "<section><p>A</p>* * *</section>"])
def test_signs_between_blocks_are_a_break(html: str) -> None:
    assert between(html).endswith("<hr/>")
    assert "<hr/>" not in between("<div>* * * <b>A</b></div>")


@pytest.mark.parametrize("said", ["—", "……", "...", "1 2 3", "***bold***", "?!"])
def test_a_paragraph_with_other_signs_stays_one(said: str) -> None:
    assert between(f"<p>{said}</p>") == f"<p>{said}</p>"


@pytest.mark.parametrize("name", ["em", "i"])
def test_a_slanted_paragraph_is_a_note(name: str) -> None:
    html = f"<p> <{name}>This article was first published in May.</{name}> </p>"

    assert between(html) == f'<p class="note"><{name}>This article was first published in May.</{name}></p>'


def test_slanted_paragraphs_are_none_where_most_are() -> None:
    assert "note" not in body(f"{TEXT}<p><em>One.</em></p><p><em>Two.</em></p>")
    assert "note" not in body(f"{TEXT}<blockquote><p><em>One.</em></p></blockquote>{TEXT}")


def test_the_summary_of_details_is_a_subheading() -> None:
    inside = "<p>It has thirty links.</p>"
    assert between(f"<details><summary>The <i>chain</i></summary>{inside}</details>") == (
        f'<p class="subhead">The <i>chain</i></p>{inside}'
    )
    assert between(f"<details><summary><h3>The chain</h3></summary>{inside}</details>").startswith("<h")


@pytest.mark.parametrize("name", ["strong", "b"])
def test_a_few_bold_words_above_a_paragraph_are_a_subheading(name: str) -> None:
    assert between(f"<p><{name}>The wall</{name}></p>") == f'<p class="subhead"><{name}>The wall</{name}></p>'


@pytest.mark.parametrize(
    "html",
    [
        "<p><b>It is the wall.</b></p>",
        "<p><b>What is the wall?</b></p>",
        "<p><b>The wall</b> and more</p>",
        "<p><b>The wall that was built by the people of the harbour</b></p>",
        "<p><b>The wall</b></p><p>Short.</p>",
        "<p><b>The wall</b></p><ul><li>A</li></ul>",
    ],
)
def test_other_bold_words_are_none(html: str) -> None:
    assert "subhead" not in between(html)


@pytest.mark.parametrize(
    ("html", "made"),
    [
        ("<p class='pull-quote'>It moved</p>", '<p class="pull">It moved</p>'),
        (
            "<aside class=pullquote><p>“It moved.”</p><p>Ann Lee</p></aside>",
            '<div class="pull"><p>“It moved.”</p><p class="by">Ann Lee</p></div>',
        ),
        (
            "<figure class=wp-block-pullquote><blockquote><p>It moved</p><cite>Ann</cite></blockquote></figure>",
            '<div class="pull"><p>It moved</p><p class="by">Ann</p></div>',
        ),
        (
            "<blockquote>for three hundred years whenever there was water</blockquote>",
            '<div class="pull"><p>for three hundred years whenever there was water</p></div>',
        ),
    ],
)
def test_a_pull_quote_is_set_apart(html: str, made: str) -> None:
    assert between(html) == made


def test_a_quotation_that_is_not_in_the_text_is_none() -> None:
    assert between("<blockquote><p>It moved, and nobody had seen it.</p></blockquote>").startswith("<blockquote>")
    assert "pull" not in between(f"<aside class=pullquote>{TEXT * 5}</aside>")
    assert "pull" not in between("<aside class=pullquote><p>One</p><ul><li>Two</li></ul></aside>")


@pytest.mark.parametrize(
    "last", ["<p>— Letter to the board</p>", "<p>——林阿姨，磨坊主</p>", "<footer>A letter</footer>"]
)
def test_the_last_line_of_a_quotation_says_whose_it_is(last: str) -> None:
    assert '<p class="by">' in between(f"<blockquote><p>It moved.</p>{last}</blockquote>")


def test_a_class_of_the_page_is_no_mark() -> None:
    assert between("<p class=note>A</p><p :set-as=x>B</p>") == "<p>A</p><p>B</p>"
