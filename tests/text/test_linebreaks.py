import unicodedata

import budoux
import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.text.linebreaks import phrases

_WITHOUT_SPACES = ("zh", "zh-Hant-HK", "ja-JP", "th")


@pytest.mark.parametrize(
    ("language", "text", "ends"),
    [
        ("zh-Hans", "人工智能的未来——读书笔记、心得", ("——", "、")),
        ("zh-TW", "未來在哪裡？我們的未來", ("？",)),
        ("zh", "OpenAI 发布GPT-5", ("OpenAI ",)),
        ("ja", "歴史、未来について考える", ("、",)),
        ("th", "ภาษาไทย อนาคต", (" ",)),
    ],
)
def test_a_phrase_ends_after_each_pause_and_space(language: str, text: str, ends: tuple[str, ...]) -> None:
    found = phrases(text, language)
    for end in ends:
        assert any(phrase.endswith(end) for phrase in found[:-1])


@pytest.mark.parametrize("text", ["人工智能时代的教育", "深度解读：性能与下一代", "和平的年代"])
def test_no_character_of_chinese_is_a_phrase_alone(text: str) -> None:
    found = phrases(text, "zh")
    assert len(found) > 1
    assert min(map(len, found)) > 1


@pytest.mark.parametrize(
    ("language", "text"), [("en", "人工智能的未来"), ("zh", "A mill"), ("zh", "中文" * 200), ("", "中文")]
)
def test_other_texts_have_no_phrases(language: str, text: str) -> None:
    assert phrases(text, language) == ()


@given(
    st.text("，。「」（）——ー人工智能的东京で、กำเแ์ a-1\u200d👩\u0301", max_size=60), st.sampled_from(_WITHOUT_SPACES)
)
def test_phrases_hold_the_whole_text_and_begin_with_no_mark_that_belongs_before(text: str, language: str) -> None:
    found = phrases(text, language)
    assert "".join(found) in {text, ""}
    for phrase in found[1:]:
        assert phrase[0] not in "，。」）、ー—์ำ\u200d\u0301"
        assert not unicodedata.combining(phrase[0])
    assert not any(phrase[-1] in "「（เแ" for phrase in found[:-1])


@given(
    st.text("人工智能的東京私は今日学校に行きますしたがこれそで一二年月大中小国本あいうカキク", min_size=1, max_size=60)
)
def test_phrases_of_japanese_end_where_budoux_ends_them(text: str) -> None:
    assert list(phrases(text, "ja")) == budoux.load_default_japanese_parser().parse(text)
