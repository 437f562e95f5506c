"""Beautiful Soup for a process that is epubmaker's own: its elements alone.

`import bs4` also imports whichever parsers are installed and a CSS engine, whose patterns are compiled at once: 0.1 s, for
nothing that epubmaker uses. Only a process that nobody else shares may do without them: the command line and its helpers.
"""

from __future__ import annotations

import sys
import warnings

from epubmaker.runtime import process

__all__ = ["load_as_claimed", "load_elements_only"]

_NOT_USED = ("cchardet", "chardet", "charset_normalizer", "html5lib", "lxml", "soupsieve")


def load_as_claimed() -> None:
    """Import Beautiful Soup's elements alone if the process is ours, else leave it to be imported whole."""
    if process.is_claimed():
        load_elements_only()


def load_elements_only() -> None:
    """Import Beautiful Soup as if what it can do without were not installed; afterwards that can be imported as ever."""
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
