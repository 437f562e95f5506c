"""Keep an article's markup within what a browser's parser reads in linear time.

Tree construction (HTML Standard, section 13.2.6) is quadratic in three things that no ordinary page has and a hostile one
may: elements nested thousands deep, formatting elements that are never closed and opened again in each block, and
elements with thousands of attributes. Browsers bound the first (512 elements); here all three are, by leaving out tags,
never text, before the parser sees them. A page within the bounds is not changed.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice

from epubmaker.text.html import names

__all__ = ["bounded", "shortened"]


# What one article may have: a tree takes 1 KB for each element with its text, and several are made at a time.
_MOST_ELEMENTS = 200_000
_MOST_CHARACTERS = 12_000_000  # three times the Bible
_CUT_WITHIN = 20_000  # characters before those bounds in which a place to cut is looked for
_SENTENCE = re.compile(r"""[.!?…。！？]["'”’»」』）)]*(?=[\s<])|[。！？](?!["'”’»」』）)])""")
_WORD = re.compile(r"[\s>]")
_PLACES = 100  # places for a cut that are tried; where all of them are inside one long tag, more would be too
_START = re.compile(r"<(?!/)")

_SMALL = 400  # tags that can do no harm however they are nested
_DEEPEST = 512  # open elements
_FORMATTING = 24  # formatting elements open at once from which on the cost of opening them again is counted
_ALIKE = 3  # formatting elements with the same start tag; the parser itself keeps no more
_REOPENED = 20_000  # elements that formatting may add to a page, beside one for each of its tags
_LONG_TAG = 400  # characters from which on attributes are counted
_ATTRIBUTES = 50

# A start or end tag as the tokeniser reads it, or a comment; possessive, so that it never goes back.
_ATTRIBUTE = r"""=?[^\s/>=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
_TOKEN = re.compile(
    rf"<(?:(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<rest>(?:[\s/]++|{_ATTRIBUTE})*+)>|(?P<comment>!--(?!-?>)))"
)
_ATTRIBUTE_TOKEN = re.compile(_ATTRIBUTE)
_COMMENT_END = re.compile(r"--!?>")
_RAW_TEXT = {
    name: re.compile(rf"</{name}[\s/>]", re.IGNORECASE)
    for name in ("iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp")
}
# A tag that every reader of markup takes for the same: nothing in it looks like another, and its attributes are few.
_SOUND_TAG = re.compile(
    r"""<(/?[a-z][a-z0-9:-]*+)(?:\s++[^\s"'<>/=]++(?:="[^"<>]*+"|='[^'<>]*+'|=[^\s"'<>=`]++)?+){0,20}+\s*+/?>"""
)
_VOID = names("area base br col embed hr img input link meta param source track wbr")
_SPECIAL = _VOID | _RAW_TEXT.keys() | {"body", "html"}
_FORMATTING_NAMES = names("a b big code em font i nobr s small strike strong tt u")
# Their end tags may be left out: the parser closes them itself, so that they do not nest without others between.
_SELF_CLOSING = names(
    "area base basefont bgsound body br caption col colgroup dd dt embed frame head hr html img input keygen li link meta "
    "optgroup option p param rb rp rt rtc source tbody td tfoot th thead tr track wbr"
)
_CELLS = names("caption td th")
_CELL_ENDS = names("caption table tbody td tfoot th thead tr")
# An end tag is not looked for beyond these.
_SCOPES = names("applet marquee math object svg table template")
_ORDINARY = names("abbr bdi bdo cite data del dfn ins kbd label mark q ruby samp span sub sup time var")


def shortened(html: str) -> str:
    """Return the markup up to the bounds of one article, which a page of a book's length does not reach.

    It ends at the last sentence before them, else after a tag or a word, else anywhere.
    """
    end = len(html)
    if end <= _MOST_ELEMENTS:
        return html
    if end > _MOST_CHARACTERS // 2:  # a text with an emoji takes four bytes a character, in every copy
        end = min(end, _MOST_CHARACTERS if html.isascii() or max(html) <= "\uffff" else _MOST_CHARACTERS // 2)
    if html.count("<", 0, end) - html.count("</", 0, end) > _MOST_ELEMENTS:
        end = next(islice(_START.finditer(html), _MOST_ELEMENTS, None)).start()
    if end == len(html):
        return html
    since = max(0, end - _CUT_WITHIN)
    if _is_in_tag(html, since, end):
        end = html.rfind("<", since, end)
    for pattern in (_SENTENCE, _WORD):
        for found in islice(reversed(list(pattern.finditer(html, since, end))), _PLACES):
            if not _is_in_tag(html, since, found.end()):
                return html[: found.end()]
    return html[:end]


def _is_in_tag(html: str, since: int, position: int) -> bool:
    return html.rfind("<", since, position) > html.rfind(">", since, position)


def bounded(html: str) -> str:
    """Return the markup without the tags and attributes that go beyond the bounds; the same string where none does."""
    if (len(html) < 50 * _LONG_TAG and html.count("<") <= _SMALL) or _is_sound(html):
        return html
    return _Scan(html).run()


def _is_sound(html: str) -> bool:
    """Return True for markup that is within the bounds by its form: each tag in its place, and no more than a few open.

    Most articles' is, and 400 KB of it take 1.5 ms here, where `_Scan` takes 7.
    """
    if "<!" in html:
        return False
    tags = _SOUND_TAG.findall(html)
    if len(tags) != html.count("<"):
        return False
    ends: list[str] = []
    for tag in tags:
        if tag[0] == "/":
            if not ends or ends.pop() != tag:
                return False
        elif tag not in _SPECIAL:
            ends.append(f"/{tag}")
            if len(ends) > _FORMATTING:
                return False
        elif tag not in _VOID:
            return False
    return True


class _Scan:
    """One pass over the tags: which elements are open, which formatting elements would be opened again."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._kept: list[str] = []
        self._copied = 0  # up to where the text is in `_kept`
        self._open: list[str] = []
        self._dropped: Counter[str] = Counter()
        self._formatting: list[tuple[str, str]] = []  # names and whole tags; ("", "") for a table's cell
        self._cost = 0
        self._budget = _REOPENED + html.count("<")
        self._documents = 0

    def run(self) -> str:
        position = 0
        while (match := _TOKEN.search(self._html, position)) is not None:
            position = match.end()
            if match["comment"]:
                end = _COMMENT_END.search(self._html, position)
                if end is None:
                    break
                position = end.end()
                continue
            name = match["name"].lower()
            allowed = self._close(name) if match["end"] else self._begin(name, match)
            if not allowed:
                self._replace(match, "")
            elif name in _RAW_TEXT and not match["end"] and "svg" not in self._open and "math" not in self._open:
                end = _RAW_TEXT[name].search(self._html, position)
                position = end.start() if end is not None else position
        if not self._kept:
            return self._html
        self._kept.append(self._html[self._copied :])
        return "".join(self._kept)

    def _replace(self, match: re.Match[str], other: str) -> None:
        self._kept += (self._html[self._copied : match.start()], other)
        self._copied = match.end()

    def _begin(self, name: str, match: re.Match[str]) -> bool:
        """Return True when the start tag stays."""
        if name in {"body", "html"}:
            self._documents += 1
            return self._documents <= _ALIKE
        if len(match[0]) > _LONG_TAG:
            self._bound_attributes(name, match)
        if name in _FORMATTING_NAMES:
            return self._begin_formatting(name, match)
        if name in _CELL_ENDS:
            self._leave_cell()
            if name in _CELLS:
                self._formatting.append(("", ""))
        if len(self._formatting) > _FORMATTING:
            self._cost += len(self._formatting)
            if self._cost > self._budget:
                self._end_formatting(match)
        if name in _SELF_CLOSING or (match["rest"].endswith("/") and ("svg" in self._open or "math" in self._open)):
            return True
        return self._push(name)

    def _push(self, name: str) -> bool:
        if len(self._open) >= _DEEPEST:
            self._dropped[name] += 1
            return False
        self._open.append(name)
        return True

    def _begin_formatting(self, name: str, match: re.Match[str]) -> bool:
        if self._cost > self._budget or not self._push(name):
            return False
        tag = (name, match[0])
        if self._formatting.count(tag) >= _ALIKE:
            self._formatting.remove(tag)
        if len(self._formatting) < _DEEPEST:
            self._formatting.append(tag)
        return True

    def _end_formatting(self, match: re.Match[str]) -> None:
        """Close all formatting elements before a tag; from here on there are none."""
        ends = "".join(f"</{name}>" for name, _ in reversed(self._formatting) if name)
        self._formatting.clear()
        self._open = [name for name in self._open if name not in _FORMATTING_NAMES]
        self._kept += (self._html[self._copied : match.start()], ends)
        self._copied = max(self._copied, match.start())

    def _leave_cell(self) -> None:
        """Forget what is open in a table's cell: the next cell, row or end of a table ends it all."""
        while "table" in self._open and self._open[-1] != "table":
            self._open.pop()
        if ("", "") in self._formatting:
            while self._formatting.pop()[0]:
                pass

    def _close(self, name: str) -> bool:
        """Return True when the end tag stays."""
        if name in _CELL_ENDS:
            self._leave_cell()
        if self._dropped[name] and len(self._open) >= _DEEPEST:
            self._dropped[name] -= 1
            return False
        if name in _FORMATTING_NAMES:
            if self._cost > self._budget:
                return False
            self._formatting = _without_last(self._formatting, name)
            if name in self._open:
                del self._open[len(self._open) - 1 - self._open[::-1].index(name)]
            return True
        for index in range(len(self._open) - 1, -1, -1):
            found = self._open[index]
            if found == name:
                del self._open[index:]
                break
            if name != "table" and (found in _SCOPES or (name in _ORDINARY and found not in _ORDINARY)):
                break
        return True

    def _bound_attributes(self, name: str, match: re.Match[str]) -> None:
        kept: list[str] = []
        for number, attribute in enumerate(_ATTRIBUTE_TOKEN.finditer(match["rest"])):
            if number == _ATTRIBUTES:
                self._replace(match, f"<{name} {' '.join(kept)}>")
                return
            kept.append(attribute[0])


def _without_last(tags: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    for index in range(len(tags) - 1, -1, -1):
        if tags[index][0] == name:
            return tags[:index] + tags[index + 1 :]
        if not tags[index][0]:
            break
    return tags
