"""The path of a book as `--output` gives it, with fields that the articles fill: "books/{source}-{date:%Y-%m}.epub". Pure.

Fields and their formats are written as in Python's format strings; "{{" and "}}" stand for braces.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from string import Formatter
from typing import NamedTuple, TypeAlias

from epubmaker.errors import UsageError

__all__ = ["EPUB_ENDING", "KEPUB_ENDING", "Dated", "OutputName", "Value", "book_ending_in", "literal"]

EPUB_ENDING, KEPUB_ENDING = ".epub", ".kepub.epub"
_FIELDS = ("title", "source", "first", "last", "date", "n", "count")

_WIDTH = re.compile(r"0[1-9]")
_CALENDAR = re.compile(r"(?:[^%]|%[aAbBdGjmuUVWyY%])+")  # the same on all systems
_KEPUB = ".kepub."


class Dated(NamedTuple):
    """A day to be formatted, or none, and the text where no format is asked for or there is no day."""

    day: date | None
    text: str


Value: TypeAlias = str | Dated


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    format: str

    def __str__(self) -> str:
        return "{" + self.name + (f":{self.format}" if self.format else "") + "}"

    def text(self, value: Value, safe: Callable[[str], str]) -> str:
        if isinstance(value, str):
            return safe(value)
        if not self.format or value.day is None:
            return safe(value.text)
        # A slash in the format is the user's, and asks for a folder; on Windows a `Path` has turned it.
        return str(Path(*map(safe, value.day.strftime(self.format).replace(os.sep, "/").split("/"))))

    def number(self, number: int, count: int) -> str:
        return format(number, self.format) if self.format else str(number).zfill(len(str(count)))


@dataclass(frozen=True, slots=True)
class OutputName:
    """A path whose pieces are text, and fields that are not filled yet."""

    pieces: tuple[str | _Field, ...]

    @classmethod
    def parse(cls, text: str) -> OutputName:
        """Return the name that a text stands for; raises UsageError for a field or a format that there is not."""
        try:
            parsed = list(Formatter().parse(text))
        except ValueError as error:
            advice = "write {{ and }} for braces, or a field as {date}"
            raise UsageError("--output", f"a brace stands alone in {text!r}", advice) from error
        pieces: list[str | _Field] = []
        for literal, name, form, conversion in parsed:
            pieces += [literal] if literal else []
            if name is not None:
                pieces.append(_field(name, form or "", conversion))
        return cls(tuple(pieces))

    @classmethod
    def of(cls, path: Path) -> OutputName:
        """Return the name of a path without fields."""
        return cls((str(path),))

    def __str__(self) -> str:
        """Return the name as it may be written, to tell it from others."""
        return "".join(map(str, self.pieces))

    @property
    def fields(self) -> frozenset[str]:
        """The names of the fields that are not filled."""
        return frozenset(piece.name for piece in self.pieces if isinstance(piece, _Field))

    @property
    def numbers_folders(self) -> bool:
        """Whether a number stands in the name of a folder."""
        seen = False
        for piece in self.pieces:
            if isinstance(piece, _Field):
                seen = seen or piece.name in {"n", "count"}
            elif seen and os.sep in piece:
                return True
        return False

    def below(self, folder: Path) -> OutputName:
        """Return this name, which is relative, as one in a folder."""
        return OutputName((f"{folder}{os.sep}", *self.pieces))

    def holding(self, name: str) -> OutputName:
        """Return the name of a file in the folder of this name."""
        ends = str(self.pieces[-1]) if self.pieces else ""
        return OutputName((*self.pieces, "" if ends.endswith(os.sep) else os.sep, name))

    def filled(self, values: Mapping[str, Value], safe: Callable[[str], str]) -> OutputName:
        """Return the name with some fields filled; `safe` makes a value safe for file names."""
        return OutputName(
            tuple(
                piece.text(values[piece.name], safe) if isinstance(piece, _Field) and piece.name in values else piece
                for piece in self.pieces
            )
        )

    def numbered(self, number: int, count: int) -> OutputName:
        """Return the name with its numbers filled, `number` of `count`.

        Both have as many digits as `count`, so that the names sort as the volumes do, unless their format says another
        width.
        """
        numbers = {"n": number, "count": count}
        return OutputName(
            tuple(
                piece.number(numbers[piece.name], count)
                if isinstance(piece, _Field) and piece.name in numbers
                else piece
                for piece in self.pieces
            )
        )

    def path(self) -> Path:
        """Return the path of the only book of that name."""
        return self._counted(1, 1)

    def with_ending(self, text: str) -> OutputName:
        """Return the name, which has no fields, with a text before its endings: "news-2.epub", "news-2.kepub.epub"."""
        return OutputName.of(_with_ending(self.path(), text))

    def again(self, number: int) -> OutputName:
        """Return the name for a further book of the same name, from 2: "2022-01-2.epub"."""
        *before, last = self.pieces
        if isinstance(last, _Field):
            return OutputName((*self.pieces, f"-{number}"))
        folder, separator, file = last.rpartition(os.sep)
        stem, dot, endings = file.rpartition(_KEPUB if _KEPUB in file else ".")
        file = f"{stem}-{number}{dot}{endings}" if dot else f"{file}-{number}"
        return OutputName((*before, f"{folder}{separator}{file}"))

    def part(self, number: int, count: int) -> Path:
        """Return the path of a part (from 1) of the book: numbered where the name says "{n}", else at its end."""
        path = self._counted(number, count)
        return path if "n" in self.fields else _with_ending(path, str(number).zfill(len(str(count))))

    def _counted(self, number: int, count: int) -> Path:
        return Path("".join(map(str, self.numbered(number, count).pieces)))

    def is_part(self, name: str) -> bool:
        """Tell whether `part` gives a part of the book that file name."""
        own = Path("".join(piece if isinstance(piece, str) else "\0" for piece in self.pieces))
        marked = own if "n" in self.fields else _with_ending(own, "\0")
        pattern = re.escape(marked.name).replace(re.escape("\0"), "0*[1-9][0-9]*")
        return re.fullmatch(pattern, name) is not None


def book_ending_in(name: str) -> str:
    """Return the ending of a book in a file's name; "" where it has none."""
    return next((ending for ending in (KEPUB_ENDING, EPUB_ENDING) if name.lower().endswith(ending)), "")


def literal(path: Path) -> Path:
    """Return what `--output` has to say for a path whose braces are no fields."""
    return Path(str(path).replace("{", "{{").replace("}", "}}"))


def _with_ending(path: Path, text: str) -> Path:
    stem, dot, endings = path.name.partition(_KEPUB) if _KEPUB in path.name else path.name.rpartition(".")
    return path.with_name(f"{stem}-{text}{dot}{endings}" if stem else f"{path.name}-{text}")


def _field(name: str, form: str, conversion: str | None) -> _Field:
    """Return a field; raises UsageError where there is none of that name, or its format is none."""
    written = "{" + name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "") + "}"
    if name not in _FIELDS or conversion:
        raise UsageError("--output", f"there is no field {written}", f"there are {_listed(_FIELDS)}; {{{{ is a brace")
    known = {"date": _CALENDAR, "n": _WIDTH, "count": _WIDTH}.get(name)
    if form and (known is None or not known.fullmatch(form)):
        forms = "a date as {date:%Y-%m}, a number as {n:03}"
        raise UsageError("--output", f"{written} has no such format", f"write {forms}, others without one")
    return _Field(name, form)


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"{{{name}}}" for name in names)
