"""Front matter: what the generators of static sites keep above a post (Jekyll, Hugo, Hexo, Pelican, Zola and others).

    ---                      +++                      {                            Title: A title
    title: "A title"         title = "A title"        "title": "A title",          Date: 2021-11-04
    date: 2021-11-04         date = 2021-11-04        "date": "2021-11-04"
    ---                      +++                      }

YAML (https://yaml.org/spec/1.2.2/) is read line by line as far as that goes: it takes a fiftieth of the time, and reads
what a program wrote that does not know YAML. Only a block with a value over several lines is read by PyYAML, without types,
references and tags, so that nothing in it can grow or run. TOML 1.0 is read by `tomllib`, JSON (RFC 8259) by `json`.
Pelican's and MultiMarkdown's lines without a mark above them end at an empty line, Hexo's at "---".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from epubmaker.text.moments import from_unix, parse_date

__all__ = ["MOST_CHARACTERS", "FrontMatter", "begins", "read_front_matter"]

MOST_CHARACTERS = 65_536
"""Front matter that does not end within these is no front matter."""

_OPENING = re.compile(r"\s{0,100}(?:(---|\+\+\+|;;;)[ \t]*\n|(?=\{\s*\"))")
_UNMARKED = re.compile(r"\s{0,100}(?=(?:title|date|author|slug|layout|\"title\")[ \t]*:[ \t]*\S)", re.IGNORECASE)
_CLOSING = {
    "---": re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE),
    "+++": re.compile(r"^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE),
    ";;;": re.compile(r"^;;;[ \t]*(?:\n|\Z)", re.MULTILINE),
}
_UNMARKED_END = re.compile(r"^(?:(?:---|\.\.\.|;;;)?[ \t]*(?:\n|\Z))", re.MULTILINE)
_LINE = re.compile(
    r"(?P<quote>[\"']?)(?P<key>[^\W\d][\w.-]{0,60}(?: [\w.-]{1,20}){0,2})(?P=quote)[ \t]*:(?:[ \t]+(?P<value>.*))?"
)
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^']|'')*)'")
_LIST_ITEM = re.compile(rf"\s*(?:{_QUOTED.pattern}|([^,\"'\[\]{{}}][^,]*))\s*(?:,|$)")
_ESCAPE = re.compile(r"\\(?:([\"\\/])|([nrt ])|x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))")
_COMMENT = re.compile(r"\s+#.*")
_MARKS = frozenset("\"'[|>{&*!~")  # what a value begins with that is more than a plain text
_HARD = ("|", ">", "{", "&", "*", "!")  # a text over several lines, a mapping, a reference, a type
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_UNIX = re.compile(r"[0-9]{9,14}")
_NO_DATE = re.compile(r"(?i)nan|null|invalid date|~|")
_MOST_FOR_LIBRARY = 16_384  # characters; PyYAML's time grows with the square of what is nested
_MOST_NESTED = 200

_NULLS = frozenset({"~", "null", "Null", "NULL"})  # YAML 1.2, section 10.2
_TABLES = ("extra", "params", "taxonomies")  # in which Hugo and Zola keep fields of a site's own
_SEPARATORS = re.compile("[ _-]")

AUTHOR = ("author", "authors", "creator", "byline", "by", "primaryauthor")
CATEGORIES = ("categories", "category")
DATE = (
    "date",
    "published",
    "publishdate",
    "pubdate",
    "pubdatetime",
    "publishedat",
    "publisheddate",
    "publicationdate",
    "datepublished",
    "postdate",
    "created",
    "createdat",
    "createdtime",
    "datecreated",
    "creationdate",
)
"""Names of fields, as `folded` gives them. Those of other things than a post's address are texts that are no address, or no
whole one."""
LAST_CHANGE = ("lastmod", "lastmodified", "lastmodifiedat", "modified", "updated", "updatedat", "dateupdated")
LANGUAGE = ("lang", "language", "locale")
LAYOUT = ("layout", "type")
LINK = (
    "from",
    "link",
    "canonical",
    "canonicalurl",
    "originalurl",
    "origurl",
    "original",
    "sourceurl",
    "externalurl",
    "url",
    "source",
    "permalink",
    "href",
    "uri",
    "guid",
)
SOURCE = ("source", "site", "sitename", "feed", "publication", "publisher", "channel", "website")
TAGS = ("tags", "tag")
TITLE = ("title", "headline", "fulltitle")
_WANTED = frozenset(
    (
        "draft",
        "status",
        *AUTHOR,
        *CATEGORIES,
        *DATE,
        *LANGUAGE,
        *LAST_CHANGE,
        *LAYOUT,
        *LINK,
        *SOURCE,
        *TAGS,
        *TITLE,
        *_TABLES,
    )
)


class FrontMatter(NamedTuple):
    """The fields above a post, by their names as `folded` gives them, and the index in the text where they end.

    A value is a text, a list of values, a mapping or what TOML and JSON have besides.
    """

    fields: Mapping[str, Any]
    end: int

    def text(self, *names: str) -> str:
        """Return the first of the fields that is a text on one line and not empty, without spaces around it; else ""."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, str) and (line := " ".join(value.split())):
                return line
        return ""

    def texts(self, *names: str) -> list[str]:
        """Return the texts in the first of the fields that has any: a text, a list, or mappings with a name."""
        for name in names:
            if name in self.fields and (found := list(_texts(self.fields[name]))):
                return found
        return []

    def addresses(self, *names: str) -> Iterator[str]:
        """Yield the texts of the fields, and the `url` of mappings: `source: {name: …, url: …}`."""
        for name in names:
            value = self.fields.get(name)
            yield self.text(name) if not isinstance(value, dict) else str(value.get("url") or value.get("link") or "")

    def moment(self, *names: str) -> datetime | None:
        """Return the first of the fields that is a date, in UTC."""
        return next(filter(None, (_moment(self.fields.get(name)) for name in names)), None)

    def bad_date(self, *names: str) -> str:
        """Return the first of the fields that should be a date, where it is none and says something; else ""."""
        value = self.text(*names)
        return "" if _NO_DATE.fullmatch(value) or _moment(value) else value

    def is_true(self, name: str) -> bool:
        """Tell whether a field says yes."""
        return _word(self.fields.get(name)) in {"true", "yes", "on", "1"}

    def is_false(self, name: str) -> bool:
        """Tell whether a field says no."""
        return _word(self.fields.get(name)) in {"false", "no", "off", "0"}


def begins(text: str) -> bool:
    """Tell whether a text begins with the mark of front matter: there may be some."""
    return _OPENING.match(text) is not None


def folded(name: str) -> str:
    """Return the name of a field in small letters, without what is between its words: "Canonical_URL", "date created"."""
    name = name.lower()
    return name if name.isalpha() else _SEPARATORS.sub("", name)


def read_front_matter(text: str) -> FrontMatter | None:
    """Return the front matter that a text begins with; None where it has none. Line ends are newlines. Does not raise."""
    opening = _OPENING.match(text)
    if opening is None:
        return _unmarked(text)
    mark, start = opening[1], opening.end()
    fields: Mapping[str, Any] | None
    if not mark:
        return _json(text[: start + MOST_CHARACTERS], start)
    closing = _CLOSING[mark].search(text, start, start + MOST_CHARACTERS)
    if closing is None:
        return None
    block = text[start : closing.start()]
    if mark == "---":
        fields = _yaml(block)
    elif mark == "+++":
        fields = _toml(block)
    else:
        found = _json(f"{{{block}}}", 0)
        fields = found and found.fields
    return FrontMatter(fields, closing.end()) if fields else None


def _unmarked(text: str) -> FrontMatter | None:
    """Read fields that no mark stands above. A title and another field tell them from a text."""
    opening = _UNMARKED.match(text)
    closing = opening and _UNMARKED_END.search(text, opening.end(), opening.end() + MOST_CHARACTERS)
    if not (opening and closing):
        return None
    block = text[opening.end() : closing.start()]
    if block.startswith('"'):
        found = _json(f"{{{block}}}", 0)
        fields = found and found.fields
    else:
        fields = _yaml(block)
    if not fields or "title" not in fields or len(_WANTED.intersection(fields)) < 2:
        return None
    return FrontMatter(fields, closing.end())


# --- YAML ------------------------------------------------------------------------------------------------------------


def _yaml(block: str) -> Mapping[str, Any] | None:
    """Read a block line by line; by PyYAML where a value goes on over several lines, if it can."""
    fields: dict[str, Any] = {}
    key, is_wanted, is_hard, has_spaces = "", False, False, False
    for line in block.split("\n"):
        if not line or line.isspace() or line[0] == "#":
            continue
        name, colon, value = line.partition(": ")
        if not (colon and name.isidentifier()):  # as most lines are: the pattern takes longer
            found = _LINE.fullmatch(line)
            name, value = (found["key"], found["value"] or "") if found else ("", "")
        if name:
            key, value = folded(name), value.strip()
            has_spaces = has_spaces or " " in name
            is_wanted = key in _WANTED
            if is_wanted and value[:1] in _MARKS:
                is_hard = is_hard or _goes_on(value)
                fields[key] = _value(value)
            else:
                fields[key] = "" if value in _NULLS else value
        elif key and (item := _ITEM.fullmatch(line)) and (fields[key] == "" or isinstance(fields[key], list)):
            value = item[1].strip()
            is_hard = is_hard or (is_wanted and (_goes_on(value) or _LINE.fullmatch(value) is not None))
            items = fields[key] or []
            items.append(_scalar(value))
            fields[key] = items
        elif line[0] in " \t":
            is_hard = is_hard or is_wanted
        else:  # neither YAML nor front matter, as a text between two rules is none
            return None
    if has_spaces and _WANTED.isdisjoint(fields):  # "My dear friends: …" in a text between two rules
        return None
    return (_by_library(block) if is_hard else None) or fields


def _goes_on(value: str) -> bool:
    """Tell whether a value is more than a text or a list of texts on one line."""
    if value.startswith(("'", '"')):
        return _QUOTED.match(value) is None
    return value.startswith(_HARD) or (value.startswith("[") and (not value.endswith("]") or "{" in value))


def _value(value: str) -> str | list[str]:
    if value.startswith("[") and value.endswith("]") and not value.startswith("[["):
        if '"' not in value and "'" not in value:
            return [text for item in value[1:-1].split(",") if (text := item.strip())]
        return [_scalar(item[0]) for item in _LIST_ITEM.finditer(value[1:-1]) if item[0].strip(" ,")]
    return _scalar(value)


def _scalar(value: str) -> str:
    value = value.strip().removesuffix(",").strip()
    if value[:1] == '"' and (found := _QUOTED.match(value)):
        # Known escapes only: a program that does not know YAML leaves other backslashes as they are.
        return _ESCAPE.sub(_unescaped, found[1]) if "\\" in found[1] else found[1]
    if value[:1] == "'" and (found := _QUOTED.match(value)):
        return found[2].replace("''", "'")
    return "" if value in _NULLS else value


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1]:
        return escape[1]
    return " " if escape[2] else chr(int(escape[3] or escape[4], 16))


def _by_library(block: str) -> Mapping[str, Any] | None:
    if len(block) > _MOST_FOR_LIBRARY or block.count("[") + block.count("{") > _MOST_NESTED:
        return None
    import yaml  # noqa: PLC0415 - most front matter does not need it, and it takes 20 ms to load

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(block, yaml.BaseLoader)):
            return None  # references are what bombs are made of, and no post needs them
        found = yaml.load(block, yaml.BaseLoader)  # noqa: S506 - it makes nothing but texts, lists and mappings
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    return _by_name(found)


# --- TOML, JSON ------------------------------------------------------------------------------------------------------


def _toml(block: str) -> Mapping[str, Any] | None:
    import tomllib  # noqa: PLC0415 - as above

    try:
        return _by_name(tomllib.loads(block))
    except (ValueError, RecursionError):
        return None


def _json(text: str, start: int) -> FrontMatter | None:
    try:
        found, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    fields = _by_name(found)
    return FrontMatter(fields, end) if fields else None


def _by_name(found: object) -> Mapping[str, Any] | None:
    """Return the fields by their names as `folded` gives them, with those in tables of a site's own; None without any."""
    if not isinstance(found, dict):
        return None
    fields: dict[str, Any] = {}
    for table in _TABLES:
        if isinstance(inner := found.get(table), dict):
            fields |= {folded(str(key)): value for key, value in inner.items()}
    return fields | {folded(str(key)): value for key, value in found.items()}


# --- values ----------------------------------------------------------------------------------------------------------


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        line = " ".join(value.split())
        if line:
            yield _WIKI_LINK.sub(r"\1", line) if "[[" in line else line  # Obsidian's links to notes about people
    elif isinstance(value, dict):
        named = next((value[name] for name in ("name", "title", "label") if isinstance(value.get(name), str)), "")
        yield from _texts(named)
    elif isinstance(value, Iterable) and depth < 2:
        for item in value:
            yield from _texts(item, depth + 1)


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):  # of TOML; without an offset it is a local time of a place that nobody knows
        try:
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        except OverflowError:
            return None
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int) and not isinstance(value, bool):
        return from_unix(value)
    if not isinstance(value, str):
        return None
    written = _COMMENT.sub("", value)
    return from_unix(int(written)) if _UNIX.fullmatch(written) else parse_date(written)


def _word(value: object) -> str:
    return _COMMENT.sub("", str(value)).strip().lower() if isinstance(value, str | bool | int) else ""
