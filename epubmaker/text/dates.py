"""Dates and numerals as each language writes them, from the Unicode CLDR by way of babel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_interval, format_skeleton

from epubmaker.text.periods import days_of
from epubmaker.text.words import languages

__all__ = [
    "format_date",
    "format_day",
    "format_month",
    "format_period",
    "format_range",
    "format_year",
    "month_named",
    "numerals",
]

_FALLBACK = "en"
# The zero of each numbering system; languages such as Persian, Bengali and Marathi use their own digits every day.
_ZEROS = {
    "adlm": 0x1E950, "arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "cakm": 0x11136, "deva": 0x966, "hmnp": 0x1E140,
    "mtei": 0xABF0, "mymr": 0x1040, "nkoo": 0x7C0, "olck": 0x1C50, "tibt": 0xF20,
}  # fmt: skip


@cache
def _locale(language: str) -> Locale:
    """Return the CLDR locale of the longest known prefix of a BCP 47 tag; English when there is none."""
    subtags = language.split("-")
    for length in range(len(subtags), 0, -1):
        try:
            return Locale.parse("-".join(subtags[:length]), sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse(_FALLBACK)


def format_date(moment: datetime, language: str) -> str:
    """Return the day of a moment (aware, in UTC) in the long form of a BCP 47 language: "January 12, 2022"."""
    return format_day(moment.date(), language)


@lru_cache(maxsize=512)  # the articles of a day follow each other, and babel takes 0.05 ms for each
def format_day(day: date, language: str) -> str:
    """Return a day in the long form of a BCP 47 language: "12 janvier 2022", "2022年1月12日".

    A language that the CLDR does not know gets the English form.
    """
    return _readable(babel_date(day, "long", _locale(language)), language)


def format_month(month: date, language: str) -> str:
    """Return the month that a day lies in, with its year: "January 2022", "2022年1月"."""
    return _readable(format_skeleton("yMMMM", month, locale=_locale(language)), language)


def format_year(year: date, language: str) -> str:
    """Return the year that a day lies in: "2022", "2022年"."""
    return _readable(format_skeleton("y", year, locale=_locale(language)), language)


def format_range(first: datetime, last: datetime, language: str) -> str:
    """Return the days from one moment to another (aware, in UTC), saying once what they share.

    "Jan 12 – 18, 2022", "2022年1月12日至18日"; one day as `format_day` has it.
    """
    return format_days(first.date(), last.date(), language)


def format_days(first: date, last: date, language: str) -> str:
    """Return the days from one to another as `format_range` does."""
    if first == last:
        return format_day(first, language)
    return _readable(format_interval(first, last, "yMMMd", locale=_locale(language)), language)


def format_period(key: str, language: str) -> str:
    """Return a day, ISO week, month or year, by its key (see `text.periods`): a week by its days, "Jan 10 – 16, 2022"."""
    first, last = days_of(key)
    if len(key) == len("2022"):
        return format_year(first, language)
    return format_month(first, language) if len(key) == len("2022-01") else format_days(first, last, language)


def month_named(name: str, weekday: str = "") -> int | None:
    """Return the number of the month that has a name, in full or short, in one of `words.languages`; None for none.

    None, too, where `weekday` is no day of the week in that language.
    """
    name, weekday = _folded(name), _folded(weekday)
    for language in languages():
        months, weekdays = _names(language)
        if name in months and (not weekday or weekday in weekdays):
            return months[name]
    return None


@cache
def _names(language: str) -> tuple[Mapping[str, int], frozenset[str]]:
    """Return the numbers of the months by their names, and the names of the days of the week."""
    locale = _locale(language)
    forms = [(context, width) for context in ("format", "stand-alone") for width in ("wide", "abbreviated")]
    months = {_folded(name): month for context, width in forms for month, name in locale.months[context][width].items()}
    return months, frozenset(_folded(name) for context, width in forms for name in locale.days[context][width].values())


def _folded(name: str) -> str:
    return name.casefold().rstrip(".׳")


def numerals(text: str, language: str) -> str:
    """Return a text with the digits that a BCP 47 language prefers: "۲۴ مقاله" for Persian."""
    return text.translate(_digits(language))


@cache
def _digits(language: str) -> dict[int, int]:
    zero = _ZEROS.get(_locale(language).default_numbering_system)
    return {} if zero is None else {ord("0") + digit: zero + digit for digit in range(10)}


def _readable(text: str, language: str) -> str:
    # Fonts of older readers lack the narrow spaces of the Russian and French forms and of ranges, and show a box.
    return numerals(text.replace("\u202f", "\u00a0").replace("\u2009", " "), language)
