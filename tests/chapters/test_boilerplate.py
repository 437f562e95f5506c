"""Segments of a text: where it is cut, and which are the same in two articles."""

from __future__ import annotations

import pytest
from drafting import article, markup

from epubmaker.chapters.boilerplate.sample import edges, repeated_text
from epubmaker.chapters.boilerplate.segments import Kind, picture_key, segments
from epubmaker.chapters.draft import draft
from epubmaker.model.chapters import DraftSettings


@pytest.mark.parametrize(
    "parts",
    [
        ("你好。", "再见！”", "走吧"),
        ("One. ", "Two… ", "3.5 more?!", " Four"),
        ("看https://e.org/a?b=1#c", "，还有：https://e.org/", "https://e.org/b"),
        ("https://e.org/a", "=====", "前", "－－－", "后"),
        ("标签", "#船", " ", "#港口", " 完"),
        ("列表", "00:00 开头", "1:23:45 结尾"),
        ("at 12:5 or 100:00, not -- these",),
    ],
)
def test_a_line_is_cut_at_its_signs(parts: tuple[str, ...]) -> None:
    line = "".join(parts)

    found = [line[start:stop].strip() for start, stop, _, _ in segments(line)]

    assert [each for each in found if each] == [part.strip() for part in parts if part.strip()]


def keys(text: str) -> list[int]:
    return [key for *_, key in segments(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第12期，2022年1月", "第 345 期 ， 2023年12月"),
        ("Watch: https://e.org/a", "watch：https://www.e.org/b?c=1"),
        ("<<Subscribe>> NOW!", "“Subscribe” now"),
    ],
)
def test_numbers_addresses_signs_and_case_make_no_difference(one: str, other: str) -> None:
    assert keys(one) == keys(other) != [0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://e.org/a", "https://e.org/b"),
        ("Source: https://e.org/a", "Source: https://f.org/a"),
        ("Subscribe now", "Subscribe never"),
    ],
)
def test_words_sites_and_addresses_without_words_make_a_difference(one: str, other: str) -> None:
    assert keys(one) != keys(other)


@pytest.mark.parametrize(
    ("text", "kind"), [("2022-01-12", Kind.NUMBER), ("===== ", Kind.SIGN), ("00:00 A", Kind.WORDS)]
)
def test_numbers_rules_and_items_of_lists_have_no_key(text: str, kind: Kind) -> None:
    assert {(found, key) for _, _, found, key in segments(text)} == {(kind, 0)}


def test_a_sample_has_what_a_draft_drops_whatever_the_markup() -> None:
    written = (
        "<script>var a = '<p>Never seen.</p>';</script><!-- <p>Nor this.</p> --><p>Fish &amp;\nchips <em>to</em> go.</p>"
        "<div><span>One</span> line<br>and another</div><figure><img data-src='https://i.example/x/y.jpg?w=3' src=z.gif>"
        "</figure><p>Own.</p>"
    )
    repeated = repeated_text([edges(written.replace("Own", own)) for own in ("Alpha", "Beta", "Gamma")])
    drafted = draft(article(written), DraftSettings(repeated_text=repeated))

    assert markup(drafted) == "<p>Own.</p>"
    assert picture_key("https://proxy.example/i.example/x/y.jpg") in repeated
    assert repeated.isdisjoint(keys("Never seen.") + keys("Nor this."))
    assert drafted.dropped == len("Fish & chips to go.One lineand another")


def test_a_segment_repeats_in_a_twentieth_of_the_sample_and_in_three_articles_at_least() -> None:
    once = [edges(f"<p>{'x' * number}</p>") for number in range(1, 98)]
    [key] = keys("Hello")

    assert key not in repeated_text([edges("Hello")] * 2)
    assert key in repeated_text([edges("Hello")] * 3)
    assert key not in repeated_text([edges("Hello")] * 3 + once)
    assert key in repeated_text([edges("Hello")] * 6 + once)


def repeating(*texts: str) -> frozenset[int]:
    return frozenset(key for text in texts for key in keys(text)) - {0}


@pytest.mark.parametrize(
    ("what", "given", "expected"),
    [
        ("nothing between two sentences of its own goes", "<p>A. Hi. B.</p>", "<p>A. Hi. B.</p>"),
        ("a part of a paragraph goes", "<p>Hi. <b>Hi.</b> A. B.<i> Hi.</i></p>", "<p>A. B.</p>"),
        ("a number goes between what repeats", "<p>A</p><p>Hi</p><p>12 : 1</p><p>Hi</p>", "<p>A</p>"),
        ("a number beside it stays", "<p>A</p><p>12</p><p>Hi</p>", "<p>A</p><p>12</p>"),
        ("a rule beside it goes", "<p>A</p><hr><p>***</p><p>Hi</p>", "<p>A</p>"),
        ("a heading stays with what it heads", "<h2>Hi</h2><p>A</p>", "<h2>Hi</h2><p>A</p>"),
        ("a heading that heads nothing goes", "<p>A</p><h2>B</h2><p>Hi</p>", "<p>A</p>"),
        ("a heading of a picture stays", "<p>A</p><h2>B</h2><p>Hi</p><img src=a.jpg><p>Hi</p>", "<h2>B</h2>"),
        ("both ends of a line go", "<p>Hi. Hi: A<br>B. <i>C. Hi.</i> Hi. 1. Hi.</p>", "<p>Hi: A<br/>B. <i>C.</i></p>"),
        ("a heading that is all there is stays", "<h2>B</h2><p>Hi</p>", "<h2>B</h2>"),
        ("a table goes whole", "<p>A</p><table><tr><td>Hi<td>Hi</table>", "<p>A</p>"),
        (
            "or not at all",
            "<table><tr><td>Hi<td>A</table>",
            "<td>Hi</td><td>A</td>",
        ),
        ("a picture of its own stays and ends no run", "<p>A</p><img src=a.jpg><p>Hi</p>", '<img src="a.jpg" alt=""/>'),
        (
            "with its words it ends one",
            "<p>Hi</p><figure><img src=a.jpg><figcaption>A</figcaption></figure>",
            "A</figc",
        ),
        ("where nothing else is there, all of it goes", "<p>Hi. Hi.</p>", ""),
        ("a time stamp's item stays", "<p>A 0:00 Hi 1:00 B</p>", "<p>A 0:00 Hi 1:00 B</p>"),
    ],
)
def test_a_run_of_repeated_segments_is_dropped_at_either_end(what: str, given: str, expected: str) -> None:
    made = draft(article(given), DraftSettings(repeated_text=repeating("Hi")))
    found = markup(made)

    assert not made.issues  # it was asked for
    assert expected in found, what
    assert found.count("Hi") == expected.count("Hi")
