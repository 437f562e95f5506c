"""Links from note to note, by the names of files, where notes have no address on the web. Pure.

`note:/2022/boats` is the file "2022/boats.md" of the same folder, `note:boats` any file of that name, as Obsidian writes
`[[boats]]`. Letter case makes no difference. Such an address stands in no book: the place of the note in the book takes
its place, if it is there. `embedded:pier.png` is a picture that lies beside the note or anywhere in its folder.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import quote

__all__ = ["EMBEDDED", "by_address", "is_note", "note_at", "note_named"]

EMBEDDED = "embedded:"
"""How the address of a picture begins that is looked for by its name, as Obsidian's `![[pier.png]]` is."""

_SCHEME = "note:"
_ENDING = re.compile(r"\.(?:markdown|md)$", re.IGNORECASE)
_MOST_FOLDERS = 10  # of a path whose ends are names, too


def is_note(address: str) -> bool:
    """Tell whether an address is that of a note."""
    return address.startswith(_SCHEME)


def note_at(path: str) -> str:
    """Return the address of the file at a path in its folder; ".." that lead out of it lead nowhere."""
    return f"{_SCHEME}/{_plain(posixpath.normpath(path))}"


def note_named(name: str) -> str:
    """Return the address of the file with a name, which may have the last folders above it: "2022/boats"."""
    return f"{_SCHEME}{_plain(name.strip('/'))}"


def by_address(places: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Return the place of each note by its addresses, from the paths of a folder's files and their places.

    Of several files with a name, it is that of the one in the fewest folders, then of the first in the alphabet.
    """
    found: dict[str, str] = {}
    for path, place in sorted(places, key=lambda each: (each[0].count("/"), each[0])):
        parts = path.split("/")
        found.setdefault(note_at(path), place)
        for start in range(max(0, len(parts) - _MOST_FOLDERS), len(parts)):
            found.setdefault(note_named("/".join(parts[start:])), place)
    return found


def _plain(path: str) -> str:
    return quote(unicodedata.normalize("NFC", _ENDING.sub("", path)).casefold(), errors="replace")
