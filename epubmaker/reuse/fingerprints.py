"""Makes the keys of the cache: hashes of values, of files, and of the program itself."""

# ruff: noqa: PTH118, PTH119, PTH123, PTH208 - every build reads 200 files here; to make paths of them took 2 ms more

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path, PurePath

from epubmaker.collector.formats.plugins import distributions

__all__ = ["file_hash", "key_of", "program_fingerprint"]

_PACKAGE = Path(__file__).parents[1]
_DATA = (".py", ".toml", ".txt", ".css")
_EXTRAS = ("", "heic", "warc")  # of epubmaker's extras, those that change books where they are installed; "": no extra
_NOT_A_LETTER = re.compile(r"[-_.]+")
_REQUIREMENT = re.compile(r"Requires-Dist: *([\w.-]+) *(?:\[([^\]]*)\])?(.*)")
_EXTRA = re.compile(r"\bextra *== *['\"]([^'\"]+)['\"]")


# --- values and files ---


def key_of(*values: object) -> str:
    """Return the SHA-256 of the values' canonical JSON, in hexadecimal digits: the same in every process.

    Values are those of JSON (dictionaries with strings as keys), dataclasses, sets of strings, paths and dates, nested as
    you like. Raises TypeError for any other.
    """
    return hashlib.sha256(_ENCODER.encode(values).encode()).hexdigest()


def _as_json(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, AbstractSet):
        return sorted(value)
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    message = f"no key can be made of {type(value)}"
    raise TypeError(message)


# ASCII only, so that half a surrogate pair can be encoded.
_ENCODER = json.JSONEncoder(default=_as_json, sort_keys=True, separators=(",", ":"))


def file_hash(path: Path) -> str | None:
    """Return the SHA-256 of a file; None where no file can be read there."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


# --- the program ---


@cache
def program_fingerprint() -> str:
    """Return a hash of our code and data, its dependencies' versions and Python's: another program may make other bytes.

    Our files are read, which takes 3 ms: in a checkout, code changes while the version number stays.
    """
    python = *sys.version_info, sys.implementation.name, zlib.ZLIB_RUNTIME_VERSION
    digest = hashlib.sha256(f"{python} ".encode())
    for path in sorted(_own_files()):
        digest.update(f"{os.path.basename(path)} ".encode())
        with open(path, "rb", buffering=0) as file:
            digest.update(file.read())
    for name, version in sorted(_dependencies()):
        digest.update(f"{name} {version} ".encode())
    return digest.hexdigest()


def _own_files() -> Iterator[str]:
    styles = _PACKAGE.parent / "styles"  # where a checkout has them; a wheel has them inside
    for folder in [_PACKAGE] if (_PACKAGE / "styles").is_dir() else [_PACKAGE, styles]:
        for path, _, names in os.walk(folder):
            yield from (os.path.join(path, name) for name in names if name.endswith(_DATA))


def _dependencies() -> set[tuple[str, str]]:
    """Return the names and versions of the distributions that we use; of all, where epubmaker is not installed itself.

    This takes 1.5 ms, where to import `importlib.metadata` and to ask it takes 30.
    """
    there = _installed()
    found: set[tuple[str, str]] = set()
    wanted = {("epubmaker", extra) for extra in _EXTRAS} if "epubmaker" in there else {(name, "") for name in there}
    wanted |= {(_normalized(name), "") for name in distributions()}  # they add formats
    seen = set(wanted)
    while wanted:
        name, extra = wanted.pop()
        if name not in there:
            continue
        metadata = _metadata(there[name])
        version = next((line for line in metadata if line.startswith("Version:")), "")
        found.add((name, version.partition(":")[2].strip()))
        new = set(_required(metadata, extra)) - seen
        seen |= new
        wanted |= new
    return found


def _installed() -> Mapping[str, str]:
    """Return the metadata folder of each distribution that can be imported, by its name: PEP 376."""
    found: dict[str, str] = {}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if name.endswith((".dist-info", ".egg-info")):
                found.setdefault(_normalized(name.rpartition(".")[0].partition("-")[0]), os.path.join(folder, name))
    return found


def _metadata(folder: str) -> list[str]:
    """Return the lines of a distribution's core metadata, without its description."""
    for path in (os.path.join(folder, "METADATA"), os.path.join(folder, "PKG-INFO"), folder):
        try:
            with open(path, "rb", buffering=0) as file:
                data = file.read()
            head = (data.replace(b"\r\n", b"\n") if b"\r" in data else data).partition(b"\n\n")[0]
            return head.decode("utf-8", "replace").split("\n")
        except OSError:
            continue
    return []


def _required(metadata: Iterable[str], extra: str) -> Iterator[tuple[str, str]]:
    """Yield what a distribution requires for one of its extras ("": always): names, each with each extra that is asked for.

    Other markers are not evaluated: what is not for this machine is not installed here.
    """
    for found in filter(None, map(_REQUIREMENT.match, metadata)):
        name, extras, rest = found.groups("")
        if extra in (_EXTRA.findall(rest.partition(";")[2]) or [""]):
            for own in ("", *filter(None, map(str.strip, extras.split(",")))):
                yield _normalized(name), own


def _normalized(name: str) -> str:
    """Return one spelling of a distribution's name: PEP 503."""
    return _NOT_A_LETTER.sub("-", name).lower()
