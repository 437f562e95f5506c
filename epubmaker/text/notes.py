"""Links from note to note, by the names of files, where notes have no address on the web. Pure.

`note:/2022/boats` is the file "2022/boats.md" of the same folder, `note:boats` any file of that name, as Obsidian writes
`[[boats]]`. Letter case makes no difference. Such an address stands in no book: the place of the note in the book takes
its place, if it is there. A fragment is the id of a heading or a block. It is made of the name, so that it is the same
in the note and in all that lead to it. `embedded:pier.png` is a picture that lies beside the note or anywhere in its
folder.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import TypeVar
from urllib.parse import quote

__all__ = ["EMBEDDED", "NOTE_ENDING", "by_address", "is_note", "is_place", "note_at", "note_named", "place_named"]

_T = TypeVar("_T")

EMBEDDED = "embedded:"
"""How the address of a picture begins that is looked for by its name, as Obsidian's `![[pier.png]]` is."""

NOTE_ENDING = re.compile(r"\.(?:markdown|md)$", re.IGNORECASE)
"""The ending of a note's file."""

_SCHEME = "note:"
_MOST_FOLDERS = 10  # of a path whose ends are names, too
_PLACE = re.compile(r"note-[0-9a-f]{12}")


def is_note(address: str) -> bool:
    """Tell whether an address is that of a note."""
    return address.startswith(_SCHEME)


def note_at(path: str, place: str = "") -> str:
    """Return the address of the file at a path in its folder, or of a place in it; ".." that lead out lead nowhere."""
    return f"{_SCHEME}/{_plain(posixpath.normpath(path))}{_fragment(place)}"


def note_named(name: str, place: str = "") -> str:
    """Return the address of the file with a name, which may have the last folders above it: "2022/boats"."""
    return f"{_SCHEME}{_plain(name.strip('/'))}{_fragment(place)}"


def by_address(files: Iterable[tuple[str, _T]]) -> Mapping[str, _T]:
    """Return each note by its addresses, from the paths of a folder's files and the notes there.

    Of several files with a name, it is the one in the fewest folders, then the first in the alphabet.
    """
    found: dict[str, _T] = {}
    for path, note in sorted(files, key=lambda each: (each[0].count("/"), each[0])):
        parts = path.split("/")
        found.setdefault(note_at(path), note)
        for start in range(max(0, len(parts) - _MOST_FOLDERS), len(parts)):
            found.setdefault(note_named("/".join(parts[start:])), note)
    return found


def place_named(name: str) -> str:
    """Return the id of a heading or block in its note, by the heading's slug or the block's own id behind "^"."""
    return f"note-{sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def is_place(name: str) -> bool:
    """Tell whether an id is that of a heading or block of a note, which other notes may lead to."""
    return _PLACE.fullmatch(name) is not None


def _fragment(place: str) -> str:
    return f"#{place}" if place else ""


def _plain(path: str) -> str:
    return quote(unicodedata.normalize("NFC", NOTE_ENDING.sub("", path)).casefold(), errors="replace")
