"""HTML pages as browsers and tools save them: what they say of their article, and its main text.

start.py       tells pages from other texts
head.py        what a page says of its article
text.py        its main text
choice.py      which blocks of a page are that
blocks.py      a page as blocks of text
extractor.py   what trafilatura takes for the main text
document.py    a page as a browser's parser reads it
jsonld.py      what its data for search engines say
signs.py       what names of elements say

Pure: nothing here reads a file or knows of an address more than the caller says. The extractor is imported with the first
main text that is asked for.
"""
