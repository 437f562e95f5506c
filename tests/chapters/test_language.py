from __future__ import annotations

import pytest
from checkout import ROOT
from drafting import article
from hypothesis import given
from hypothesis import strategies as st

from epubmaker.chapters.draft import draft
from epubmaker.chapters.language import detect, normalize
from epubmaker.text.direction import direction

SAMPLES = {
    "en": "The government said on Wednesday that talks would go on for another week, whatever the outcome.",
    "zh-Hans": "美国及其北约盟友一致敦促俄罗斯缓和在乌克兰边境地区的紧张局势，并继续就军备控制等问题进行谈判。",
    "zh-Hant": "美國及其北約盟友一致敦促俄羅斯緩和在烏克蘭邊境地區的緊張局勢，並繼續就軍備控制等問題進行談判。",
    "ja": "米国とその同盟国は、ロシアに対し国境地域での緊張を緩和し、軍備管理について交渉を続けるよう求めた。",
    "ko": "미국과 동맹국들은 러시아에 국경 지역의 긴장을 완화하고 군비 통제 협상을 계속할 것을 촉구했다.",
    "ru": "Соединённые Штаты и их союзники призвали снизить напряжённость в приграничных районах и продолжить переговоры.",
    "uk": "Сполучені Штати та їхні союзники закликали знизити напруженість у прикордонних районах і продовжити переговори.",
    "ar": "دعت الولايات المتحدة وحلفاؤها إلى تخفيف التوتر في المناطق الحدودية ومواصلة المفاوضات بشأن الحد من التسلح.",
    "fa": "ایالات متحده و متحدانش خواستار کاهش تنش در مناطق مرزی و ادامه مذاکرات درباره کنترل تسلیحات شدند.",
    "he": "ארצות הברית ובעלות בריתה קראו להפחית את המתיחות באזורי הגבול ולהמשיך במשא ומתן על פיקוח על הנשק.",
    "fr": "Les États-Unis et leurs alliés ont appelé à réduire les tensions dans les régions frontalières.",
    "de": "Die Vereinigten Staaten und ihre Verbündeten riefen dazu auf, die Spannungen an der Grenze abzubauen.",
    "es": "Los Estados Unidos y sus aliados pidieron reducir las tensiones en las zonas fronterizas y seguir negociando.",
    "pt": "Os Estados Unidos e os seus aliados pediram a redução das tensões nas zonas fronteiriças e mais negociações.",
    "it": "Gli Stati Uniti e i loro alleati hanno chiesto di ridurre le tensioni nelle zone di confine.",
    "vi": "Hoa Kỳ và các đồng minh kêu gọi giảm căng thẳng ở khu vực biên giới và tiếp tục đàm phán.",
    "hi": "संयुक्त राज्य अमेरिका और उसके सहयोगियों ने सीमावर्ती क्षेत्रों में तनाव कम करने का आह्वान किया।",
    "th": "สหรัฐอเมริกาและพันธมิตรเรียกร้องให้ลดความตึงเครียดในพื้นที่ชายแดนและเจรจาต่อไป",
    "tr": "Amerika Birleşik Devletleri ve müttefikleri sınır bölgelerindeki gerilimin azaltılması çağrısında bulundu.",
    "id": "Pemerintah Indonesia mengatakan perundingan akan dilanjutkan karena kedua pihak belum bisa sepakat.",
    "pl": "Stany Zjednoczone i ich sojusznicy wezwali do zmniejszenia napięć w regionach przygranicznych.",
    "el": "Οι Ηνωμένες Πολιτείες και οι σύμμαχοί τους ζήτησαν να μειωθεί η ένταση στις παραμεθόριες περιοχές.",
}


@pytest.mark.parametrize("language", SAMPLES)
def test_the_language_of_a_sentence_is_detected(language: str) -> None:
    assert detect(SAMPLES[language], None) == language


@pytest.mark.parametrize("language", SAMPLES)
def test_a_text_that_contradicts_what_is_declared_wins(language: str) -> None:
    declared = "sw" if language != "sw" else "en"
    assert detect(SAMPLES[language] * 3, declared) == language


def test_the_seed_is_simplified_chinese() -> None:
    seed = next((ROOT / "seeds").glob("000_*.txt")).read_text(encoding="utf-8")
    assert detect(seed) == "zh-Hans"


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        (SAMPLES["en"], "en_GB", "en-GB"),
        (SAMPLES["zh-Hant"], "zh-HK", "zh-Hant-HK"),
        (SAMPLES["zh-Hans"], "zh-TW", "zh-Hans"),
        (SAMPLES["zh-Hant"], "zh-CN", "zh-Hant"),
        (SAMPLES["pt"], "pt-BR", "pt-BR"),
        ("Vlada je u srijedu objavila da će se razgovori nastaviti još tjedan dana bez obzira na ishod.", "bs", "bs"),
        ("Regjeringen sa onsdag at samtalene vil fortsette i enda en uke uansett utfall.", "nb", "nb"),
    ],
)
def test_a_declared_language_is_kept_where_the_text_agrees(text: str, declared: str, language: str) -> None:
    assert detect(text, declared) == language


@pytest.mark.parametrize(
    ("text", "declared", "language"),
    [
        ("", None, "en"),
        ("", "zh_CN", "zh-Hans"),
        ("OK", "fr", "fr"),
        ("42 %", "nonsense", "en"),
        ("东京", "ja", "ja"),
        ("东京", None, "zh-Hans"),
        ("ニュース", None, "ja"),
        ("뉴스", "en", "ko"),
        ("中文", "zh-TW", "zh-Hant"),
    ],
)
def test_a_text_too_short_to_tell_goes_by_its_characters_and_what_is_declared(
    text: str, declared: str | None, language: str
) -> None:
    assert detect(text, declared) == language


def test_chinese_among_many_latin_words_has_its_own_script() -> None:
    text = "另個在 IP 上的協定是 UDP ( User Datagram Protocol )。與 TCP 不同，它是封包導向的。它的目標不同：UDP 的目的"

    assert detect(text, title=text[:40]) == "zh-Hant"


def test_a_foreign_quotation_does_not_change_the_language() -> None:
    assert detect(SAMPLES["zh-Hans"] * 3 + "東京は日本の首都です。" + "Breaking news from London. " * 2) == "zh-Hans"
    assert detect(SAMPLES["en"] * 5 + "北京欢迎你") == "en"


def test_serbian_in_latin_letters_has_the_tag_of_that_script() -> None:
    text = "Vlada Srbije saopštila je u sredu da će se pregovori nastaviti još nedelju dana u Beogradu."
    assert detect(text) == "sr-Latn"
    assert detect(text, "sr") == "sr"


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("en-US.UTF-8", "en-US"),
        ("en, fr", "en"),
        ("zh_CN", "zh-Hans"),
        ("zh-cn", "zh-Hans"),
        ("cn", "zh-Hans"),
        ("chinese_simplified", "zh-Hans"),
        ("Chinese Simplified", "zh"),
        ("zh-TW", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant-HK"),
        ("zh-hk", "zh-Hant-HK"),
        ("zh-cmn-Hans-CN", "zh-Hans"),
        ("cmn-hans", "zh-Hans"),
        ("iw", "he"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("de-1996", "de-1996"),
        ("en-US-u-ca-gregory-x-me", "en-US"),
        ("es-419", "es-419"),
        ("jp", "ja"),
        ("", None),
        ("und", None),
        ("xx", None),
        ("en-XZZ", None),
        ("en-Nope", None),
        ("a b c", None),
        ("-", None),
        ("english language", "en"),
    ],
)
def test_a_declared_tag_becomes_canonical_or_nothing(tag: str, canonical: str | None) -> None:
    assert normalize(tag) == canonical


@given(
    st.from_regex(r"(?:en|zh|sr|pt|cmn|iw)(?:[-_](?:latn|hans|hant|cyrl))?(?:[-_](?:us|cn|tw|rs|br))?", fullmatch=True)
)
def test_a_normalized_tag_stays_as_it_is(tag: str) -> None:
    once = normalize(tag)
    assert once is not None
    assert normalize(once) == once


ADDRESSES = "https://video.example/watch?v=Home1 http://www.pay.example/me/you write.to@mail.example @channel "


@pytest.mark.parametrize("language", SAMPLES)
def test_a_title_alone_tells_the_language_whatever_addresses_follow(language: str) -> None:
    assert detect("", title=SAMPLES[language]) == language
    assert detect(ADDRESSES * 8, title=SAMPLES[language]) == language


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "ja", "ko", "ru", "el", "fr", "de"])
@pytest.mark.parametrize("length", [1, 3, 20])
def test_a_text_with_its_translation_after_it_is_in_the_language_of_its_title(language: str, length: int) -> None:
    text = SAMPLES[language] * length + SAMPLES["en"] * length
    assert detect(text, title=SAMPLES[language][:40]) == language


def test_an_english_text_with_a_chinese_translation_after_it_is_english() -> None:
    assert detect(SAMPLES["en"] * 4 + SAMPLES["zh-Hant"] * 4, title="The talks go on for another week") == "en"


@pytest.mark.parametrize(
    ("text", "title", "language"),
    [
        ((SAMPLES["zh-Hans"][:60] + SAMPLES["en"] * 2), SAMPLES["zh-Hans"][:12], "zh-Hans"),
        ((SAMPLES["ja"][:100] + SAMPLES["en"]) * 3, SAMPLES["ja"][:20], "ja"),
        (
            SAMPLES["zh-Hant"] + SAMPLES["en"],
            f"{SAMPLES['zh-Hant'][:8]} | Talks will go on for another week",
            "zh-Hant",
        ),
        (
            "Music by Somebody, from a free library. Recorded, edited and mixed on a boat.",
            SAMPLES["zh-Hans"][:6],
            "zh-Hans",
        ),
        ("", f"{SAMPLES['zh-Hans'][:6]} Some Telephone 14 Pro Max versus Another", "zh-Hans"),
        (SAMPLES["en"] * 3, SAMPLES["zh-Hans"][:12], "en"),
        (SAMPLES["en"] * 3, f"The meaning of {SAMPLES['zh-Hans'][:3]} in our time", "en"),
    ],
)
def test_a_text_in_two_scripts_is_east_asian_where_its_title_and_a_part_of_it_are(
    text: str, title: str, language: str
) -> None:
    assert detect(text, title=title) == language


def test_credits_in_english_do_not_outweigh_a_chinese_title() -> None:
    assert (
        detect(f"Music by Somebody, licensed under Creative Commons. {ADDRESSES}", title="國王的新衣是誰的主意")
        == "zh-Hant"
    )


def test_tags_in_japanese_do_not_make_a_chinese_text_japanese() -> None:
    assert detect(SAMPLES["zh-Hant"] * 3 + "#おはよう #ダムの決壊 #旅行・料理", title="我們去看水壩") == "zh-Hant"
    assert detect("", title="優の良品，開箱影片和心得分享") == "zh-Hant"


@pytest.mark.parametrize(
    ("title", "fallback", "language"),
    [
        ("Vlog 12", "zh-Hant", "zh-Hant"),
        ("2024-05-01", "fr", "fr"),
        ("東京", "ja", "ja"),
        ("大家好", "zh-Hant", "zh-Hant"),
        ("Why nobody speaks of the old dam on the river", "zh-Hant", "en"),
        ("他們說了什麼", "zh-Hans", "zh-Hant"),
        ("", "", "en"),
    ],
)
def test_an_article_that_says_nothing_has_the_language_it_falls_back_on(
    title: str, fallback: str, language: str
) -> None:
    assert detect(ADDRESSES, title=title, fallback=fallback) == language


@pytest.mark.parametrize(
    ("html", "language"),
    [
        (f"<p>{SAMPLES['fr']}</p><blockquote lang=en>{SAMPLES['en'] * 2}</blockquote><p>{SAMPLES['fr']}</p>", "fr"),
        (f"<p>{SAMPLES['zh-Hant']}</p><p lang=en>{SAMPLES['en']}</p>", "zh-Hant"),
        (f"<div lang=pt-BR><p>{SAMPLES['pt']}</p></div><p>Fim</p>", "pt-BR"),
        (f"<div lang=fr><p>{SAMPLES['de']}</p></div>", "de"),
        (f"<p lang=EN-US>2024</p><p>{SAMPLES['ja']}</p>", "ja"),
    ],
)
def test_text_that_declares_another_language_is_left_out_unless_it_is_most(html: str, language: str) -> None:
    assert draft(article(html, title="-")).language == language


@given(st.text(max_size=300), st.none() | st.text(max_size=12), st.text(max_size=60), st.sampled_from(["", "ja", "fr"]))
def test_any_text_has_a_language_that_a_book_may_declare(
    text: str, declared: str | None, title: str, fallback: str
) -> None:
    language = detect(text, declared, title=title, fallback=fallback)
    assert normalize(language) == language


def test_lone_surrogates_and_controls_do_no_harm() -> None:
    assert detect("\ud800\x00\n\udfff" + SAMPLES["fr"]) == "fr"


@pytest.mark.parametrize("language", ["ar", "he", "fa", "ur", "ug", "yi", "ckb", "arz", "dv", "az-Arab", "ar-EG"])
def test_languages_that_are_written_from_right_to_left(language: str) -> None:
    assert direction(language) == "rtl"


@pytest.mark.parametrize("language", ["en", "zh-Hans", "ja", "az", "ur-Latn", "xx", ""])
def test_all_other_languages_run_left_to_right(language: str) -> None:
    assert direction(language) == "ltr"
