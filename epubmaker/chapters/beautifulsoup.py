"""Imports Beautiful Soup; in a process that only epubmaker uses, its elements alone.

`import bs4` also imports whichever parsers are installed and a CSS engine, which epubmaker does not use: 0.06 s of each
start. To other programs in the process, Beautiful Soup stays whole.
"""

from __future__ import annotations

import sys
import warnings

from epubmaker.runtime import process

__all__: list[str] = []

_NOT_USED = ("cchardet", "chardet", "charset_normalizer", "html5lib", "lxml", "soupsieve")


def _import_elements_only() -> None:
    """Import Beautiful Soup as if what it can do without were not installed; later imports of that find it."""
    absent = {name: None for name in _NOT_USED if name not in sys.modules}
    # None says that there is no such module: Python's reference, section 5.3.1, "The module cache".
    sys.modules.update(absent)  # type: ignore[arg-type]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns that there are no CSS selectors
            import bs4.element  # noqa: F401, PLC0415 - that is what this is about
    finally:
        for name in absent:
            del sys.modules[name]


if process.is_own():
    _import_elements_only()
