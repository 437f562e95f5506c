from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.collector.formats.encoding import decode, decode_head

CHINESE = "[美国与北约展开外交](https://example.org/a)\n------\n<p>美国及其北约盟友一致敦促俄罗斯缓和紧张局势。</p>"
SAMPLES = {
    "utf-8": CHINESE,
    "utf-8-sig": CHINESE,
    "utf-16": CHINESE,
    "utf-16-le": CHINESE,
    "utf-16-be": CHINESE,
    "utf-32": CHINESE,
    "gb18030": CHINESE,
    "big5": "[美國與北約展開外交](https://example.org/a)\n<p>美國及其北約盟友一致敦促俄羅斯緩和緊張局勢</p>",
    "shift_jis": "[日本の首相、国会で演説](https://example.jp/)\n<p>首相は十二日、国会で演説を行いました。</p>",
    "euc_jp": "[日本の首相、国会で演説](https://example.jp/)\n<p>首相は十二日、国会で演説を行いました。</p>",
    "euc_kr": "[한국 대통령 국회 연설](https://example.kr/)\n<p>대통령은 국회에서 연설을 했습니다.</p>",
    "cp1251": "[Президент выступил](https://example.ru/)\n<p>Президент выступил с речью о мерах поддержки.</p>",
    "koi8-r": "[Президент выступил](https://example.ru/)\n<p>Президент выступил с речью о мерах поддержки.</p>",
    "cp1252": "[L’été](https://example.fr/)\n<p>Après des mois de négociations, le gouvernement présente “voilà”.</p>",
    "cp1256": "[الرئيس](https://example.org/)\n<p>ألقى الرئيس خطابا أمام البرلمان حول الاقتصاد.</p>",
}


@pytest.mark.parametrize("encoding", SAMPLES)
def test_text_is_read_whatever_encoding_it_is_in(encoding: str) -> None:
    assert decode(SAMPLES[encoding].encode(encoding)).text == SAMPLES[encoding]


@pytest.mark.parametrize("encoding", SAMPLES)
def test_text_is_read_where_the_first_choice_of_detectors_cannot_be_installed(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "chardetng_py", None)  # to import it fails
    assert decode(SAMPLES[encoding].encode(encoding)).text == SAMPLES[encoding]


@pytest.mark.parametrize(
    "declaration", ['<meta charset="gb2312">', '<meta http-equiv="Content-Type" content="text/html; charset=GBK">']
)
def test_a_declared_encoding_is_believed_and_read_as_browsers_do(declaration: str) -> None:
    text = declaration + "<p>镕</p>"  # not in GB 2312 itself

    assert decode(text.encode("gb18030")).text == text


def test_a_wrong_declaration_does_not_beat_utf8() -> None:
    text = '<meta charset="big5"><p>北约</p>'

    decoded = decode(text.encode())

    assert (decoded.text, decoded.encoding) == (text, "utf-8")


def test_a_declaration_that_the_bytes_contradict_is_not_believed() -> None:
    text = '<meta charset="euc-kr"><p>Президент выступил с речью о мерах поддержки экономики.</p>'

    assert decode(text.encode("cp1251")).encoding != "euc_kr"


def test_an_unknown_declaration_does_no_harm() -> None:
    assert "caf" in decode(b'<meta charset="x-nonsense">caf\xe9').text


def test_utf8_cut_within_a_character_stays_utf8_and_says_what_is_lost() -> None:
    decoded = decode(CHINESE.encode()[:-6])

    assert decoded.text.startswith("[美国与北约展开外交]")
    assert (decoded.encoding, decoded.damaged) == ("utf-8", 1)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["[A title](https://e.org/)\n---\n<p>Only ASCII</p>", CHINESE, "<p>é ü — ж</p>" * 400])
def test_utf16_without_a_mark_is_understood_by_its_null_characters(encoding: str, text: str) -> None:
    data = text.encode(encoding)

    assert decode(data).text == text
    assert decode_head(data[:8192]) is None


def test_a_text_with_some_null_characters_is_not_utf16() -> None:
    text = "word\0 " * 1000

    assert decode(text.encode()).text == decode_head(text.encode()) == text


@given(st.binary(max_size=400))
def test_any_bytes_can_be_read(data: bytes) -> None:
    decode(data)
    decode_head(data)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.integers(0, 3))
def test_the_beginning_of_a_utf8_file_is_read_wherever_it_ends(text: str, cut: int) -> None:
    data = text.encode("utf-8", "ignore")

    found = decode_head(data[: len(data) - cut])

    assert found is not None
    whole = data.decode("utf-8-sig")
    assert whole.startswith(found)
    assert len(whole) - len(found) <= cut
