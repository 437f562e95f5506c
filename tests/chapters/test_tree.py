from bs4.element import NavigableString
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.chapters.tree import element, text_within


@given(st.text("a中 \t\n\x1c\x85\xa0\u3000\u2003", max_size=10))
def test_the_text_in_an_element_is_its_words_with_a_space_between_them(text: str) -> None:
    words = " ".join(text.split())
    assert text_within(element("p", [NavigableString(text)]), 100) == words
    assert text_within(element("p", [NavigableString(text), element("br")]), 100) == words
