"""Cut plain text into paragraphs and lists: see `plaintext`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import NamedTuple

from epubmaker.text.bareaddresses import BareAddress, bare_addresses, may_have_addresses
from epubmaker.text.xhtml import escaped

__all__ = ["BLANK_LINE", "MARK", "structured"]

MARK = "\ufdd0"
"""Stands for a tag: a non-character, which no text may hold."""

BLANK_LINE = re.compile(r"\n[ \t\r\f\v\u3000]*\n\s*")

# --- rules and hashtags ---
# But "f******" is none.
_RULE = re.compile(r"(?<![A-Za-z0-9])\*(?: ?\*){5,}|([=\-－_~─━═—＝＿＊▬])(?: ?\1){5,}|[=\-－*_~─━═＝＿＊▬]{10,}")
_LONGEST_TAG = 60

# --- lines ---
_ITEM = re.compile(r"[ \t]*(?:[-*+•·◆●■▶✓]\s|\(?[0-9]{1,3}[.)、]|[①-⑳])")
_INDENT = re.compile(r"[ \t]{2}|\u3000")
_FULL_STOP = re.compile(r"[.!?…。！？][\"'”’»」』）)]*\s*$")
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0003ffff]"
)
_SAMPLE = 5_000  # line ends that are looked at to tell whether a text was wrapped
_LONG = 80  # columns from which on a line is a paragraph
_WIDTHS = range(40, 101)  # columns that texts are wrapped at
_WRAPPED = 0.7  # share of the line ends at which the next word would not have fitted

# --- lists in a text without line ends ---
_STAMP = re.compile(r"[(\[（【]?(?:(?<![0-9:.])(?:([0-9]{1,2}):)?([0-9]{1,2}):([0-5][0-9])|0?0:00)(?![0-9:])")
_FEWEST_STAMPS, _FEWEST_FROM_ANY_TIME = 3, 4  # a list begins at zero; times of the day must be more to be one
_BETWEEN_STAMPS = 150  # characters at most
_LABEL = re.compile(r"[:：]\s*\Z|\s{2}\Z")
_LONGEST_LABEL = 120
_SENTENCE_END = re.compile(  # or a picture character, or two spaces
    r"[。！？；\n]|[.!?](?=\s*[A-Z\u3400-\u9fff])|\s{2,}|[\u2600-\u27bf\U0001f000-\U0001faff][\ufe0f\u200d]*"
)
_PAUSE = re.compile(r"[，、,)）】」\s]")
_AFTER = re.compile(r"[\s。，、；！？.,;!?)）】」’”]*")  # what follows an address and belongs to it


def structured(text: str) -> str:
    """Return plain text as HTML, with each `MARK` where it is."""
    text, hashtags = _without_hashtags(text.replace("\r\n", "\n").replace("\r", "\n").strip())
    written = [block for paragraph in _paragraphs(text) for block in _blocks(paragraph)]
    if hashtags:
        written.append(f"<p><small>{escaped(hashtags)}</small></p>")
    return "".join(written)


def _without_hashtags(text: str) -> tuple[str, str]:
    """Return a text without the hashtags at its end, and those, if there are two or more."""
    if "#" not in text[-_LONGEST_TAG:]:
        return text, ""
    last = max((address.end for address in bare_addresses(text)), default=0)
    start, count = len(text), 0
    while (found := text.rfind("#", max(last, start - _LONGEST_TAG), start)) >= 0:
        tag = text[found + 1 : start].rstrip()
        if not tag or MARK in tag or not tag.isprintable() or " " in tag:
            break
        start, count = found, count + 1
    if count < 2:
        return text, ""
    return text[:start].rstrip(), " #".join(tag.strip() for tag in text[start:].split("#")).strip()


# --- lines -----------------------------------------------------------------------------------------------------------


def _paragraphs(text: str) -> Iterator[list[str]]:
    """Yield paragraphs as lists of lines. A line end that is left in a line is white space."""
    if "\n" not in text:
        yield from ([part.strip()] for part in _RULE.sub("\n", text).split("\n") if part.strip())
        return
    parted = BLANK_LINE.search(text) is not None
    parts = BLANK_LINE.split(_RULE.sub("\n\n", text))
    pairs = (pair for part in parts for pair in pairwise(_lines(part)))
    width = _width(list(islice(pairs, _SAMPLE)))
    for block in filter(None, map(_lines, parts)):
        if width:
            yield from _unwrapped(block, width, parted=parted)
        elif any(_columns(line) >= _LONG for line in block) or (
            not parted and 2 * sum(_FULL_STOP.search(line) is not None for line in block) >= len(block)
        ):
            yield from ([line.strip()] for line in block)
        else:
            yield [line.strip() for line in block]


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def _width(pairs: Sequence[tuple[str, str]]) -> int:
    """Return the columns that a text was wrapped at; 0 where its line ends mean something.

    `pairs` are lines that follow each other in a paragraph.
    """
    widths = sorted(_columns(line) for line, _ in pairs if "://" not in line)
    if len(widths) < 3:
        return 0
    width = widths[len(widths) * 19 // 20]  # some are longer: a word or an address that could not be broken
    wrapped = sum(_is_full(line, following, width) for line, following in pairs)
    return width if width in _WIDTHS and wrapped >= _WRAPPED * len(pairs) else 0


def _is_full(line: str, following: str, width: int) -> bool:
    """Return True where the next line's first word had no room in a line."""
    if _ITEM.match(following) or _INDENT.match(following):
        return False
    word = following[:2] if _WIDE.match(following) else f" {following.split(None, 1)[0]}"
    return _columns(line) + _columns(word) > width


def _columns(line: str) -> int:
    return len(line) if line.isascii() else len(line) + len(_WIDE.findall(line))


def _unwrapped(block: list[str], width: int, *, parted: bool) -> Iterator[list[str]]:
    """Yield the paragraphs of lines that were wrapped; where blank lines part paragraphs, a short line is a line."""
    lines = [block[0].strip()]
    for line, following in pairwise(block):
        if _is_full(line, following, width):
            lines[-1] += f"\n{following.strip()}"
        elif parted:
            lines.append(following.strip())
        else:
            yield lines
            lines = [following.strip()]
    yield lines


# --- lists in a text without line ends -------------------------------------------------------------------------------


class _List(NamedTuple):
    """A list in a text: where each item starts, and where the last one ends."""

    starts: list[int]
    end: int


def _blocks(lines: list[str]) -> Iterator[str]:
    """Yield a paragraph as HTML, or as paragraphs and lists if it is one line."""
    if len(lines) > 1 or "\n" in lines[0] or MARK in lines[0]:
        yield f"<p>{'<br>'.join(map(escaped, lines))}</p>"
        return
    text, position, passed = lines[0], 0, 0
    addresses = list(bare_addresses(text)) if may_have_addresses(text) else []
    for items in (*_lists_of_stamps(text, addresses), None):
        end = items.starts[0] if items else len(text)
        before = bisect_left(addresses, (end,))
        for links in _lists_of_links(text, addresses[passed:before], position, end):
            yield from _paragraph(text[position : links.starts[0]])
            yield _list(text, links)
            position = links.end
        yield from _paragraph(text[position:end])
        if items:
            yield _list(text, items)
            position, passed = items.end, bisect_left(addresses, (items.end,))


def _paragraph(text: str) -> Iterator[str]:
    if text.strip():
        yield f"<p>{escaped(text.strip())}</p>"


def _list(text: str, items: _List) -> str:
    parts = [text[start:end].strip() for start, end in pairwise([*items.starts, items.end])]
    return f"<ul>{''.join(f'<li>{escaped(part)}</li>' for part in parts)}</ul>"


def _lists_of_stamps(text: str, addresses: Sequence[BareAddress]) -> list[_List]:
    """Return the lists of time stamps that increase, each with what is said of it."""
    if text.count(":") < _FEWEST_STAMPS:
        return []
    lists: list[_List] = []
    run: list[tuple[int, re.Match[str]]] = []
    coming = iter([*addresses, BareAddress(len(text) + 1, len(text) + 1, "")])
    address = next(coming)
    for stamp in _STAMP.finditer(text):
        while address.end <= stamp.start():
            address = next(coming)
        if address.start <= stamp.start():
            continue
        hours, minutes, seconds = (int(part or 0) for part in stamp.groups())
        time = 3600 * hours + 60 * minutes + seconds
        if run and not (time > run[-1][0] and stamp.start() - run[-1][1].end() <= _BETWEEN_STAMPS):
            lists += _list_of_run(text, run, addresses)
            run = []
        run.append((time, stamp))
    return lists + _list_of_run(text, run, addresses)


def _list_of_run(text: str, run: Sequence[tuple[int, re.Match[str]]], addresses: Sequence[BareAddress]) -> list[_List]:
    if len(run) < (_FEWEST_STAMPS if run and run[0][0] == 0 else _FEWEST_FROM_ANY_TIME):
        return []
    starts, last = [stamp.start() for _, stamp in run], run[-1][1].end()
    return [_List(starts, _end_of_item(text, last, max(end - start for start, end in pairwise(starts)), addresses))]


def _end_of_item(text: str, start: int, longest: int, addresses: Sequence[BareAddress]) -> int:
    """Return where the last item of a list ends: with its sentence or address, before a hashtag, or as the others do."""
    limit = min(len(text), start + _BETWEEN_STAMPS)
    following = bisect_left(addresses, (start,))
    if following < len(addresses) and addresses[following].start < limit:
        limit = addresses[following].end
    if (hashtag := text.find("#", start, limit)) >= 0:
        limit = hashtag
    if sentence := _SENTENCE_END.search(text, start + 1, limit):
        return sentence.end()
    if limit == start + _BETWEEN_STAMPS and (pause := _PAUSE.search(text, start + longest, limit)):
        return pause.end()
    return limit


def _lists_of_links(text: str, addresses: Sequence[BareAddress], start: int, end: int) -> Iterator[_List]:
    """Yield the lists of addresses between two places of a text that follow each other, two or more with a label.

    A label ends in a colon, or has two spaces after it.
    """
    starts: list[int] = []
    labeled, stop = 0, start
    for address in addresses:
        before = text[stop : address.start]
        begun = _start_of_label(before)
        if begun != 0 or not starts:  # the first one, or one with a sentence before its label
            if labeled >= 2:
                yield _List(starts, stop)
            starts, labeled = ([], 0) if begun is None else ([stop + begun], 0)
        elif starts:
            starts.append(stop)
        labeled += bool(starts) and _LABEL.search(before) is not None
        following = _AFTER.match(text, address.end, end)
        stop = following.end() if following else address.end
    if labeled >= 2:
        yield _List(starts, stop)


def _start_of_label(before: str) -> int | None:
    """Return where the label begins in the text before an address, None where that cannot be told."""
    label = before.rstrip(" \t\xa0\u3000:：")
    window = max(0, len(label) - _LONGEST_LABEL)
    ends = [found.end() for found in _SENTENCE_END.finditer(label, window)]
    if ends and ends[-1] < len(label):
        return ends[-1]
    if not window:
        return 0 if not ends else None
    pauses = [found.end() for found in _PAUSE.finditer(label, len(label) - _LONGEST_LABEL // 2)]
    return pauses[-1] if pauses and pauses[-1] < len(label) else None
