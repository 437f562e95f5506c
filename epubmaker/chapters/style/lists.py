"""Give lists the marks that a browser shows: those of their style, as `type`, and never two at an item.

A list without marks whose author wrote them by hand keeps those, unless they are what the list itself would show: numbers
in order, or bullets. Kinds of marks that HTML has no `type` for are written as text in a list without marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby, islice

from bs4.element import NavigableString, PageElement, Tag

from epubmaker.chapters.passes import PassContext
from epubmaker.chapters.style.reading import style_of
from epubmaker.chapters.tree import Edits, attribute, element, is_text, tags_in_order, walk
from epubmaker.chapters.xhtml.content import names

__all__ = ["mark_lists"]

_TYPES: Mapping[str, str] = {
    "decimal": "1",
    "lower-alpha": "a",
    "lower-latin": "a",
    "upper-alpha": "A",
    "upper-latin": "A",
    "lower-roman": "i",
    "upper-roman": "I",
}
_BULLETS = names("disc circle square")
_DIGITS: Mapping[str, str] = {
    "arabic-indic": "٠",
    "persian": "۰",
    "urdu": "۰",
    "devanagari": "०",
    "bengali": "০",
    "gurmukhi": "੦",
    "gujarati": "૦",
    "tamil": "௦",
    "telugu": "౦",
    "kannada": "೦",
    "malayalam": "൦",
    "thai": "๐",
    "lao": "໐",
    "myanmar": "၀",
    "khmer": "០",
    "cambodian": "០",
    "mongolian": "᠐",
    "tibetan": "༠",
}
_LETTERS: Mapping[str, str] = {
    "lower-greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "upper-greek": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",
    "lower-russian": "абвгдежзиклмнопрстуфхцчшщэюя",
    "upper-russian": "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ",
    "hiragana": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをん",
    "katakana": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヰヱヲン",
    "hiragana-iroha": "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす",
    "katakana-iroha": "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
    "cjk-heavenly-stem": "甲乙丙丁戊己庚辛壬癸",
    "cjk-earthly-branch": "子丑寅卯辰巳午未申酉戌亥",
    "hangul": "가나다라마바사아자차카타파하",
}
# Signs that are added up, from that of 1 on: those of 1 to 9, of 10 to 90, and so on.
_ADDED: Mapping[str, str] = {
    "armenian": "ԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔ",
    "georgian": "აბგდევზჱთიკლმნჲოპჟრსტჳფქღყშჩცძწჭხჴჯჰჵ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
}
_OTHER_NAMES = {"upper-armenian": "armenian"}
_IDEOGRAPHIC = names(
    "cjk-ideographic cjk-decimal simp-chinese-informal trad-chinese-informal japanese-informal simp-chinese-formal "
    "trad-chinese-formal japanese-formal"
)
_WRITTEN = _LETTERS.keys() | _DIGITS.keys() | _ADDED.keys() | _IDEOGRAPHIC | {"decimal-leading-zero", "lower-armenian"}
_NUMERALS = "〇一二三四五六七八九"
_COMMA = {*_IDEOGRAPHIC, "cjk-heavenly-stem", "cjk-earthly-branch"} | {name for name in _LETTERS if "kana" in name}

_MARK = re.compile(
    r"[\s\xa0]*([(（\[【]?)\s*([0-9]{1,4}|[ivxlcIVXLC]{1,6}|[A-Za-z])\s*([.)）\]】:、．。]+)(?![0-9])[\s\xa0]*"
)
_BULLET = re.compile(r"[\s\xa0]*[•·‧∙●○◦▪▫■□‣⁃➢*–—-][\s\xa0]+")
_ROUND = re.compile(r"[\s\xa0]*[•·‧∙●○◦▪▫■□‣⁃][\s\xa0]*")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_NEAR = 30  # nodes of an item among which its first text is
_MOST = 4000  # items whose marks are compared: a list that writes its own does so at each


def mark_lists(root: Tag, _: PassContext) -> None:
    """Set the kind of each list, and take away marks that stand there twice."""
    edits = Edits(root)
    for tag in [tag for tag in tags_in_order(root) if tag.name in {"ol", "ul"}]:
        items = [node for node in tag.contents if isinstance(node, Tag) and node.name == "li"]
        if not items:
            continue
        own = style_of(tag).marks or (_typed(tag) if tag.name == "ul" else "")
        kinds: dict[str, list[Tag]] = {}
        for item in items:
            kind = (style_of(item).marks or _typed(item) or own) if item.attrs else own
            if kind == "none" != own and _holds_only_a_list(item):
                edits.replace(item, *item.contents)
            else:
                kinds.setdefault(kind, []).append(item)
        if len(kinds) == 1:
            ((kind, shown),) = kinds.items()
            _mark(tag, shown, kind)
        elif kinds and len(items) == sum(isinstance(node, Tag) or is_text(node) for node in tag.contents):
            edits.replace(tag, *_divided(tag, {id(item): kind for kind, each in kinds.items() for item in each}, items))
    edits.apply()


def _typed(tag: Tag) -> str:
    """Return the kind of marks that the `type` of an item, or of its list, stands for."""
    kind = attribute(tag, "type")
    by_letter = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
    return by_letter.get(kind, kind.lower() if kind.lower() in _BULLETS else "")


def _holds_only_a_list(item: Tag) -> bool:
    shown = [node for node in item.contents if isinstance(node, Tag) or is_text(node)]
    return len(shown) > 0 and all(isinstance(node, Tag) and node.name in {"ol", "ul"} for node in shown)


def _mark(tag: Tag, items: Sequence[Tag], kind: str) -> None:
    """Let a list have one kind of marks."""
    if kind in _TYPES:
        tag.name = "ol"
        tag.attrs["type"] = _TYPES[kind]
        _unmark(items)
    elif kind in _BULLETS:
        tag.name = "ul"
    elif kind == "none":
        _drop_marks(tag, items)
    elif kind and (mark := _written(kind)):
        for number, item in _numbered(tag, items):
            _begin(item, mark(number))
        tag.attrs["style"] = "list-style-type:none"
    elif tag.name == "ol" and "type" not in tag.attrs:
        _drop_numbers(tag, items)
    elif tag.name == "ul" and all(_starts(item, _ROUND) for item in items[:_MOST]):
        _strip(items, _ROUND)


def _drop_marks(tag: Tag, items: Sequence[Tag]) -> None:
    """Take away marks by hand that the list would show itself, and show those; else none but those by hand."""
    by_hand = (tag.name == "ol" and _drop_numbers(tag, items)) or (
        tag.name == "ul" and all(_starts(item, _BULLET) or _starts(item, _ROUND) for item in items[:_MOST])
    )
    if by_hand:
        if tag.name == "ul":
            _strip(items, re.compile(f"(?:{_BULLET.pattern}|{_ROUND.pattern})"))
        tag.attrs["style"] = f"{tag.attrs.get('style') or ''};list-style-type:disc".lstrip(";")
    else:
        tag.attrs["style"] = f"{tag.attrs.get('style') or ''};list-style-type:none".lstrip(";")


def _drop_numbers(tag: Tag, items: Sequence[Tag]) -> bool:
    """Take away numbers by hand that are those of the list; return True where all items had them."""
    if len(items) > _MOST or not _starts(items[0], _MARK):
        return False
    numbers = list(_numbered(tag, items))
    marks = [_MARK.match(_first_text(item)) for item in items]
    if any(mark and mark.end() == len(mark.string) and _is_all(item) for mark, item in zip(marks, items, strict=True)):
        return False
    kinds = ("decimal", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman")
    for kind in kinds:
        written = [_name(kind, number) for number, _ in numbers]
        if all(mark and mark[2] == each for mark, each in zip(marks, written, strict=True)):
            if len(items) == 1 and kind != "decimal":
                return False
            _strip(items, _MARK)
            if kind != "decimal":
                tag.attrs["type"] = _TYPES[kind]
            return True
    return False


def _divided(tag: Tag, kinds: Mapping[int, str], items: Sequence[Tag]) -> Iterator[PageElement]:
    """Yield a list for each run of items with the same kind of marks; the numbers go on."""
    numbers = {id(item): number for number, item in _numbered(tag, items)}
    for place, (kind, run) in enumerate(groupby(items, key=lambda item: kinds.get(id(item), "none"))):
        part = list(run)
        given = {name: str(value) for name, value in tag.attrs.items() if name != "id" or place == 0}
        made = element(tag.name, part, **{**given, "start": str(numbers[id(part[0])])})
        _mark(made, part, kind)
        yield made


def _numbered(tag: Tag, items: Sequence[Tag]) -> Iterator[tuple[int, Tag]]:
    """Yield the items of a list with the numbers that a browser gives them."""
    step = -1 if "reversed" in tag.attrs else 1
    first = attribute(tag, "start")
    number = int(first) if re.fullmatch("-?[0-9]{1,9}", first) else (len(items) if step < 0 else 1)
    for item in items:
        value = attribute(item, "value")
        number = int(value) if re.fullmatch("-?[0-9]{1,9}", value) else number
        yield number, item
        number += step


# --- the text of marks -----------------------------------------------------------------------------------------------


def _written(kind: str) -> Callable[[int], str] | None:
    """Return what makes the mark of a number as a text; None for a kind that is not known."""
    if kind[0] in "\"'":
        return lambda _: kind[1:-1]
    kind = _OTHER_NAMES.get(kind, kind)
    if kind in _WRITTEN:
        return lambda number: _name(kind, number) + ("、" if kind in _COMMA else ". ")
    return None


def _name(kind: str, number: int) -> str:
    """Return a number as it is written in a kind of marks; in digits where that has none for it: CSS Counter Styles."""
    name = str(number)
    if kind == "decimal-leading-zero":
        name = name.zfill(2)
    elif number < 1:
        pass
    elif kind in _DIGITS:
        name = "".join(chr(ord(_DIGITS[kind]) + int(digit)) for digit in name)
    elif kind in _ADDED:
        name = _added(_ADDED[kind], name).replace("יה", "טו").replace("יו", "טז")
    elif kind == "lower-armenian":
        name = _added(_ADDED["armenian"], name).lower()
    elif kind in _LETTERS or kind in {"lower-alpha", "upper-alpha"}:
        name = _alphabetic(_LETTERS.get(kind, "abcdefghijklmnopqrstuvwxyz"), number)
    elif kind in {"lower-roman", "upper-roman"} and number < 4000:
        name = _roman(number)
    elif kind in _IDEOGRAPHIC and number < 100:
        tens, ones = divmod(number, 10)
        name = (_NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (_NUMERALS[ones] if ones else "")
    return name.upper() if kind in {"upper-alpha", "upper-roman"} else name


def _roman(number: int) -> str:
    name = ""
    for size, letters in _ROMAN:
        name += letters * (number // size)
        number %= size
    return name


def _added(signs: str, digits: str) -> str:
    """Return a number in signs for its digits; as it is where there is none for one of them."""
    places = [9 * place + int(digit) - 1 for place, digit in enumerate(reversed(digits)) if digit != "0"]
    return "".join(signs[each] for each in reversed(places)) if max(places) < len(signs) else digits


def _alphabetic(letters: str, number: int) -> str:
    name = ""
    while number:
        number, place = divmod(number - 1, len(letters))
        name = letters[place] + name
    return name


def _first(item: Tag) -> NavigableString | None:
    return next(
        (node for node in islice(walk(item), _NEAR) if isinstance(node, NavigableString) and is_text(node)), None
    )


def _is_all(item: Tag) -> bool:
    """Return True for an item of a single text."""
    return len(item.contents) == 1 and isinstance(item.contents[0], NavigableString)


def _first_text(item: Tag) -> str:
    return str(_first(item) or "")


def _starts(item: Tag, mark: re.Pattern[str]) -> bool:
    return mark.match(_first_text(item)) is not None


def _strip(items: Sequence[Tag], mark: re.Pattern[str]) -> None:
    for item in items:
        first = _first(item)
        if first is not None:
            _put(first, NavigableString(mark.sub("", str(first), count=1)))


def _begin(item: Tag, mark: str) -> None:
    first = _first(item)
    if first is not None:
        _put(first, NavigableString(f"{mark}{str(first).lstrip()}"))


def _put(old: NavigableString, new: NavigableString) -> None:
    old.replace_with(new)


def _unmark(items: Sequence[Tag]) -> None:
    for item in items:
        item.attrs.pop("type", None)
