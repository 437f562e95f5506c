"""The chapter builder: turns each article into XHTML with captions."""

from epubmaker.chapters import beautifulsoup  # noqa: F401 - before any module of this package imports bs4
