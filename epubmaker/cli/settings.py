"""Reads `epubmaker.toml`: the flags of `build` that need not be typed, for one book or several.

The keys are the flags' names; `inputs` is a list of what would be named without a flag. A file with `[[book]]` tables makes
a book of each, which may have a `name`; `[defaults]` holds for all of them. Without such a table, the file is one book.
`[shelf]` has what its flags say, as `dir` and `keep`, and `[mail]` has `to` and what stands after "--mail-" in flags. Both
hold for all books, wherever their tables stand.

Paths are relative to the file's folder, and may begin with "~".

A file that is found in the current folder may have come with a stranger's archive. It is no program, but it must not choose
whose files are read or replaced: such a file may name no path outside of its folder, and has none of the keys of
`_NOT_OF_STRANGERS`. One that is named with `--config` may.
"""

from __future__ import annotations

import datetime as dt
import os
import stat
import tomllib
from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

import click

from epubmaker.cli.flags import OF_THE_COMMAND_LINE, PARAMETERS, Parameter
from epubmaker.cli.values import Bytes, Day, Input, Kept, Percent, Position
from epubmaker.errors import UsageError, cause_of
from epubmaker.options import STANDARD_INPUT, is_address, is_remote
from epubmaker.packager.styles.sheets import styles

__all__ = ["BookSettings", "Settings", "read"]

_MAIL = {
    key: f"mail-{key}" for key in ("host", "port", "security", "user", "from", "password-file", "password-command")
}
_NOT_OF_STRANGERS = frozenset(
    {
        "force",
        "allow-private-network",
        "prune",
        "shelf-keep",
        "then",  # a command
        "copy-to",
        "send-to",
        "send-again",
        *_MAIL.values(),  # a server that would get the password
        "files-from",  # may list any path
        "cache",  # its chapters are not checked again
    }
)
_TABLES = {"shelf": {"dir": "shelf", "keep": "shelf-keep"}, "mail": {"to": "send-to", **_MAIL}}
"""Tables that stand for flags: the keys of each, and the flags that they are."""

_MOST_BYTES = 200_000  # of the file
_MOST_DOTS = 200  # of a line: for "a.a.a" tomllib takes memory that grows with the square of the parts, 4 GB for 64 KB
_MOST_BOOKS = 1_000
_LARGEST = 10**15
_LONGEST_NAME = 100
_OTHERS = "`epubmaker init` writes a file with all keys"

_KINDS: tuple[tuple[type, tuple[type, ...], str], ...] = (  # the type of a flag, those of TOML, in words
    (click.types.BoolParamType, (bool,), "true or false"),
    (click.types.IntParamType, (int,), "a whole number"),
    (click.types.FloatParamType, (int, float), "a number"),
    (Bytes, (int, str), 'a size such as "50MB"'),
    (Position, (int, float, str), "a number"),
    (Percent, (int, str), 'a share such as "50%"'),
    (Kept, (str,), 'a number of issues such as "30 issues", or of days such as "90d"'),
    (Day, (dt.date, str), 'a day such as 2022-01-31, or "yesterday"'),
    (click.ParamType, (str,), "a text in quotes"),
)


class BookSettings(NamedTuple):
    """The settings of one book: its name, "" where it needs none, and its values by the names of click's parameters.

    `shared` are the names of those that hold for other books as well.
    """

    name: str
    values: Mapping[str, object]
    shared: AbstractSet[str] = frozenset()


class Settings(NamedTuple):
    """What a file says: its books, and what holds for a book of inputs that are named beside it."""

    path: Path
    books: tuple[BookSettings, ...]
    beside: BookSettings

    def book(self, name: str) -> BookSettings:
        """Return the book of a name. Raises UsageError where there is none."""
        names = [book.name for book in self.books if book.name]
        for book in self.books:
            if name and book.name == name:
                return book
        has = f"the books of {self.path} are: {', '.join(names)}" if names else f"{self.path} has no [[book]]"
        raise UsageError("--book", f"no book is called {name}", has)


def read(path: Path, *, is_named: bool) -> Settings:
    """Read a settings file, which the user has named or which was found. Raises UsageError for all that is wrong in it."""
    return _Reader(path, is_named=is_named).settings(_document(path))


def _document(path: Path) -> dict[str, Any]:
    """Return what stands in a file, as TOML has it."""
    step = "name another file with --config, or none with --no-config"
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise UsageError(path, "is a folder and no settings file", step)
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise UsageError(path, "is a device or a pipe and no settings file", step)
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(path, f"cannot be read: {cause_of(error)}", step) from error
    if len(data) > _MOST_BYTES:
        raise UsageError(path, f"has more than {_MOST_BYTES // 1000} KB, too much for settings", step)
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.count(b".") > _MOST_DOTS:
            raise UsageError(path, f"line {number} has more than {_MOST_DOTS} dots", "write it as several lines")
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(path, "is not UTF-8 text", "save the file as UTF-8") from error
    except RecursionError as error:
        raise UsageError(path, "is nested too deep", step) from error
    except ValueError as error:  # of TOML, and of numbers with thousands of digits
        raise UsageError(path, f"is no TOML: {str(error)[:200]}", f"mend that; {_OTHERS}") from error


class _Reader:
    """Turns the values of one file into those that click takes from a `default_map`."""

    def __init__(self, path: Path, *, is_named: bool) -> None:
        self._path = path
        self._folder = os.path.dirname(path)  # noqa: PTH120 - "" for the current folder, so that names stay as written
        self._is_named = is_named
        self._parameters = {each.key: each for each in PARAMETERS if each.key not in OF_THE_COMMAND_LINE}

    def settings(self, document: Mapping[str, Any]) -> Settings:
        common = {key: value for key, value in document.items() if key in _TABLES and isinstance(value, dict)}
        own = {key: value for key, value in document.items() if key not in {"book", "defaults", *common}}
        tables = document.get("book", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error("book", "is no list of tables", "write [[book]] above the settings of each book")
        if not isinstance(document.get("defaults", {}), dict):
            raise self._error("defaults", "is no table", "write [defaults] above what holds for all books")
        defaults = {**self._values(common), **self._values(document.get("defaults", {}), "[defaults]")}
        if not tables:
            book = BookSettings("", _set({**defaults, **self._values(own)}))
            return Settings(self._path, (book,), book)
        if len(tables) > _MOST_BOOKS:
            raise self._error("book", f"there are more than {_MOST_BOOKS:,}", "write several files")
        for key in own:
            raise self._error(key, "stands outside of the tables", "move it below [defaults] or a [[book]]")
        books = tuple(self._book(table, number, defaults) for number, table in enumerate(tables, 1))
        for name, times in Counter(book.name for book in books).items():
            if times > 1:
                raise self._error(_title(name), "is there twice", "give each a `name` of its own")
        return Settings(self._path, books, BookSettings("", _set(defaults), defaults.keys()))

    def _book(self, table: Mapping[str, Any], number: int, defaults: Mapping[str, object]) -> BookSettings:
        name = table.get("name", str(number))
        if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST_NAME:
            where = f"{_title(number)}: name"
            raise self._error(where, f"takes a text of 1 to {_LONGEST_NAME} characters", 'write it like name = "news"')
        values = self._values({key: value for key, value in table.items() if key != "name"}, _title(name))
        return BookSettings(name, _set({**defaults, **values}), defaults.keys() - values.keys())

    def _values(
        self, table: Mapping[str, Any], title: str = "", flags: Mapping[str, str] | None = None
    ) -> dict[str, object]:
        """Return the values of a table by the names of parameters; `flags` are those that its keys stand for."""
        found = {}
        for key, value in table.items():
            if key in _TABLES and isinstance(value, dict):
                found.update(self._table(key, value, title))
                continue
            where = f"{title}: {key[:_LONGEST_NAME]}" if title else key[:_LONGEST_NAME]
            flag = flags[key] if flags else key
            parameter = self._parameters.get(flag)
            if parameter is None or parameter.name is None:
                raise self._error(where, *self._unknown(key))
            if value and flag in _NOT_OF_STRANGERS and not self._is_named:
                raise self._error(where, "is not for a file that nobody has named", self._trust())
            found[parameter.name] = None if value == "" else self._value(parameter, value, where)
        return found

    def _table(self, name: str, table: Mapping[str, Any], title: str) -> dict[str, object]:
        """Return the values of a table that stands for flags."""
        where = f"{title}: [{name}]" if title else f"[{name}]"
        for key in table:
            if key not in _TABLES[name]:
                place = f"{where}: {key[:_LONGEST_NAME]}"
                raise self._error(place, "there is no such key", f"its keys are {', '.join(_TABLES[name])}")
        return self._values(table, where, _TABLES[name])

    def _unknown(self, key: str) -> tuple[str, str]:
        if key in OF_THE_COMMAND_LINE:
            return "is for the command line", "leave it out here"
        nearest = get_close_matches(key, self._parameters, 1, 0.5)
        return "there is no such key", f"did you mean {nearest[0]}?" if nearest else _OTHERS

    def _value(self, parameter: Parameter, value: object, where: str) -> object:
        """Return a value as click takes it, of the right type; a list where the flag may be given several times."""
        types, words = next(kind[1:] for kind in _KINDS if isinstance(parameter.type, kind[0]))
        several = parameter.multiple or parameter.nargs != 1
        values = value if several and isinstance(value, list) else [value]
        for each in values:
            if type(each) not in types:
                raise self._error(where, f"takes {words}{', or a list of such' if several else ''}", _shown(each))
            if isinstance(each, int) and abs(each) > _LARGEST:
                raise self._error(where, "is out of all range", "write a smaller number")
            if isinstance(each, str) and "\0" in each:
                raise self._error(where, "has a character of the value 0", "take that out")
        if _is_path(parameter):
            values = [self._located(parameter, str(each), where) for each in values]
        return values if several else values[0]

    def _located(self, parameter: Parameter, value: str, where: str) -> str:
        """Return a path from the current folder, for one from the folder of the file."""
        if isinstance(parameter.type, Input) and (is_address(value) or is_remote(value)):
            return value
        if value == STANDARD_INPUT:
            raise self._error(where, "the standard streams are not for a file", "name them on the command line")
        if parameter.name == "style" and value in {style.name for style in styles()}:
            return value
        if parameter.name == "copy_to" and value == "auto":
            return value
        path = os.path.join(self._folder, os.path.expanduser(value))  # noqa: PTH111, PTH118 - they keep a "/" at the end
        if os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path):  # noqa: PTH110, PTH112, PTH113
            raise self._error(where, f"{path} is a device or a pipe", "name a file")
        if not self._is_named and not _is_within(path, self._folder):
            raise self._error(where, f"{path} is outside of the folder of the settings", self._trust())
        return path

    def _trust(self) -> str:
        return f"if you trust the file, name it: --config {self._path}"

    def _error(self, where: str, cause: str, step: str) -> UsageError:
        return UsageError(f"{self._path}: {where}", cause, step)


def _set(values: Mapping[str, object]) -> dict[str, object]:
    """Return the values that are set; an empty text leaves a flag as it is, as in the environment."""
    return {name: value for name, value in values.items() if value is not None}


def _title(name: object) -> str:
    return f"[[book]] {name}"


def _is_path(parameter: Parameter) -> bool:
    return isinstance(parameter.type, click.Path | click.File | Input) or parameter.name in {"output", "style"}


def _is_within(path: str, folder: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _shown(value: object) -> str:
    """Tell what stands in the file instead, in a few words."""
    if isinstance(value, bool):
        return f"this is {str(value).lower()}"
    if isinstance(value, dict | list):
        return f"this is a {'table' if isinstance(value, dict) else 'list'}"
    return "this is a number" if isinstance(value, int | float) else f"this is {str(value)[:50]!r}"
