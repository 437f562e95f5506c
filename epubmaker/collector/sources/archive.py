"""The archive form: an article as a mirror of feeds keeps it.

    <!--1642027143000-->                                     when it was archived, Unix milliseconds
    [title](link)                                            the title may hold brackets, entities and mark-up
    ------
    <div><i>Wed, 12 Jan 2022 22:00:21 GMT</i></div>…         when it was published, then the article's HTML

Each of these lines may be missing; what is missing or makes no sense becomes an issue, never an error.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from epubmaker.text.addresses import resolve

__all__ = ["Head", "body_start", "clean_title", "read_head"]

_ARCHIVED = re.compile(r"\s*<!--\s*(-?\d{1,20})\s*-->")
_TITLE = re.compile(r"\s*(?P<line>\[[^\n]*)(?:\n|$)")
_PLAIN_TITLE = re.compile(r"\s*(?P<title>[^\s<][^\n<]*)\n[ \t]*(?=[-=]{3,}[ \t]*(?:\n|$))")
_RULE = re.compile(r"\s*[-=]{3,}[ \t]*(?:\n|$)")
_PUBLISHED = re.compile(r"\s*<div>\s*<i>([^<>]{4,80})</i>\s*</div>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_TAG_OR_COMMENT = re.compile(rf"{_TAG.pattern}|<!--.*?-->", re.DOTALL)
_HEADING = re.compile(r"<(title|h1|h2)\b[^<>]*>", re.IGNORECASE)
_HEADING_ENDS = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("title", "h1", "h2")}
_SPACE = re.compile(r"\s+")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}  # RFC 822, section 5.1
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[.,]{0,2} ?)?"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
_TIME = (
    r"(?:(?:,| at|,? ?[-–—|]|T)? ?(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r" ?(?:(?P<half>[ap])\.?m\.?)?)?(?: ?\(?(?P<zone>[+-][0-9]{2}:?[0-9]{2}|UTC?|GMT|Z|[ECMP][SD]T)\)?)?"
)
_WRITTEN_DATE = re.compile(
    rf"{_WEEKDAY}(?:"
    rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?(?P<month>{_MONTH}),?[ -](?P<year>[0-9]{{4}}|[0-9]{{2}})"
    rf"|(?P<first_month>{_MONTH}) (?P<last_day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<first_year>[0-9]{{4}})"
    r"|(?P<numeric_year>[0-9]{4})(?P<mark>[-/.])(?P<number>[0-9]{1,2})(?P=mark)(?P<numeric_day>[0-9]{1,2}))"
    rf"{_TIME}",
    re.IGNORECASE | re.ASCII,
)
# What begins as a date does, in any language: a day, the name of a month and a year, or three numbers.
_DATE_LIKE = re.compile(
    r"\s*(?:[^\W\d]{2,12}[.,]{0,2}\s+)?(?:[0-9]{1,2}[.a-z]{0,3}[ -](?:de |of )?[^\W\d]{3,12}[.,]?[ -](?:de )?[0-9]{2,6}\b|"
    r"[^\W\d]{3,12}\.? [0-9]{1,2}[a-z]{0,2},? [0-9]{4}\b|[0-9]{1,6}[-/.年][0-9]{1,2}[-/.月][0-9]{1,6})|"
    r"\s*(?:invalid date|nan)\s*$",
    re.IGNORECASE,
)

_SECONDS_BELOW = 10**11  # as milliseconds, before March 1973: such a number counts seconds
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
_JOINERS = frozenset("\u200c\u200d")  # spelling in Persian, families in emoji
_TITLE_FROM_TEXT = 60


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above an article's body, and where in the text the body begins.

    `problems` are pairs of an issue code and a message, for the caller to place.
    """

    title: str
    link: str | None
    published: datetime | None
    archived: datetime | None
    body: int
    problems: tuple[tuple[str, str], ...] = ()


def read_head(text: str, fallback_title: str) -> Head:
    """Read the lines above an article's body from its text, or from a beginning of it; line ends are newlines.

    Without a title line the title is the body's first heading, else its first words, else `fallback_title`.
    """
    problems: list[tuple[str, str]] = []
    position = 0
    archived = published = None
    found = _ARCHIVED.match(text)
    if found:
        position = found.end()
        archived = _from_unix(int(found[1]))
        if archived is None:
            problems.append(("article-bad-date", f"the archive date {found[1]} is no date"))

    title, link = "", None
    found = _title_line(text, position)
    if found:
        position = found.end()
        title, link = _title_and_link(found[0].strip())
        if link is not None and resolve(None, link) is None:
            problems.append(("article-bad-link", f"not a web address: {link[:200]}"))
            link = None
    else:
        problems.append(("article-no-header", "no line with a title and a link above the text"))
    rule = _RULE.match(text, position)
    if rule:
        position = rule.end()

    found = _PUBLISHED.match(text, position)
    if found:
        published = parse_date(html.unescape(found[1]))
        if published is not None:
            position = found.end()
        elif _DATE_LIKE.match(html.unescape(found[1])):  # else it is a byline, a place, a section's name
            problems.append(("article-bad-date", f"the publication date is no date: {found[1].strip()}"))
    return Head(
        title=title or _title_from(text[position:]) or fallback_title,
        link=resolve(None, link) if link else None,
        published=published,
        archived=archived,
        body=position,
        problems=tuple(problems),
    )


def body_start(text: str) -> int:
    """Return where the body begins, as `read_head` finds it, at a third of the cost."""
    found = _ARCHIVED.match(text)
    position = found.end() if found else 0
    found = _title_line(text, position)
    position = found.end() if found else position
    found = _RULE.match(text, position)
    position = found.end() if found else position
    found = _PUBLISHED.match(text, position)
    return found.end() if found and parse_date(html.unescape(found[1])) is not None else position


def _title_line(text: str, position: int) -> re.Match[str] | None:
    """Match the line with the title if it comes next: "[title](link)", "[title]", or a text with a rule under it."""
    found = _TITLE.match(text, position)
    if found:
        line = found["line"].rstrip(" \t")
        if line.endswith("]") or (line.endswith(")") and "](" in line):
            return found
    return _PLAIN_TITLE.match(text, position)


def clean_title(markup: str) -> str:
    """Return a title as plain text: without tags, entities, control and layout characters, on one line."""
    text = html.unescape(_without_tags(markup) if "<" in markup else markup)
    if (
        not text.isprintable()
    ):  # no printable character is one of those; to look each up takes half of the time of a scan
        kept = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text if _belongs(char))
        text = "".join(kept)
    return unicodedata.normalize("NFC", _SPACE.sub(" ", text).strip())


def parse_date(text: str) -> datetime | None:
    """Read a date, with or without a time, in UTC; None when it is no date.

    The forms are those of RFC 5322 (section 3.3, with the obsolete ones of 4.3) and ISO 8601, and those that people write:
    "1 Jan 2022", "January 1st, 2022, 9:30 pm", "2022/1/1".  Without a time the day's beginning is meant, without an offset
    UTC.
    """
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - 8 ms, and heads that are known need none

    text = text.strip()
    for parse in (parsedate_to_datetime, datetime.fromisoformat, _as_people_write):
        try:
            moment = parse(text)
            return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def _as_people_write(text: str) -> datetime:
    """Read a date with the month's name, or of numbers with the year first; raises ValueError when it is neither."""
    found = _WRITTEN_DATE.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError(text)
    part = found.groupdict("")
    month = part["number"] or str(_MONTHS.index((part["month"] or part["first_month"])[:3].lower()) + 1)
    year = part["year"] or part["first_year"] or part["numeric_year"]
    if len(year) == 2:  # RFC 5322, section 4.3
        year = f"20{year}" if int(year) < 50 else f"19{year}"
    hour = int(part["hour"] or 0)
    if part["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(text)
        hour = hour % 12 + 12 * (part["half"].lower() == "p")
    day = int(part["day"] or part["last_day"] or part["numeric_day"])
    moment = datetime(int(year), int(month), day, hour, int(part["minute"] or 0), int(part["second"] or 0), tzinfo=UTC)
    return moment.replace(tzinfo=timezone(_offset(part["zone"])))


def _offset(zone: str) -> timedelta:
    if zone[:1] in {"+", "-"}:
        digits = zone[1:].replace(":", "")
        return (-1 if zone[0] == "-" else 1) * timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timedelta(hours=_ZONES.get(zone.upper(), 0))


def _title_and_link(line: str) -> tuple[str, str | None]:
    """Part `[title](link)` at the last `](`, since titles hold brackets and links hold parentheses."""
    middle = line.rfind("](")
    if not line.startswith("["):
        return clean_title(line), None
    if middle < 0 or not line.endswith(")"):
        return clean_title(line[1:].removesuffix("]")), None
    return clean_title(line[1:middle]), html.unescape(line[middle + 2 : -1]).strip() or None


def _without_tags(markup: str) -> str:
    # After the last end of a comment none is looked for: each that is opened there would be followed to the text's end.
    end = markup.rfind("-->") + 3 if "-->" in markup else 0
    return _TAG_OR_COMMENT.sub("", markup[:end]) + _TAG.sub("", markup[end:])


def _title_from(body: str) -> str:
    title = clean_title(_first_heading(body))
    if title:
        return title
    words = clean_title(body[:2000])
    if len(words) <= _TITLE_FROM_TEXT:
        return words
    return words[:_TITLE_FROM_TEXT].rpartition(" ")[0] or words[:_TITLE_FROM_TEXT]


def _first_heading(body: str) -> str:
    """Return what the first heading that is closed holds; "" without one."""
    unclosed: set[str] = set()
    for start in _HEADING.finditer(body):
        name = start[1].lower()
        if name in unclosed:
            continue
        end = _HEADING_ENDS[name].search(body, start.end())
        if end is not None:
            return body[start.end() : end.start()]
        unclosed.add(name)
        if len(unclosed) == len(_HEADING_ENDS):
            break
    return ""


def _belongs(char: str) -> bool:
    if char in _JOINERS:
        return True
    return char not in _BIDI_CONTROLS and unicodedata.category(char) not in {"Cf", "Cs", "Cn", "Co"}


def _from_unix(number: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(number if 0 <= number < _SECONDS_BELOW else number / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
