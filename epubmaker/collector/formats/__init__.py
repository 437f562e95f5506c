"""In which format articles are written: `table.py` lists the formats in the order in which they are tried.

A format's own module tells its files from others and imports little; what reads them is imported with the first one.

format.py        what a format is
table.py         the formats that there are
plugins.py       those of other packages
kept.py          what is kept of the last files that were read
holders.py       files that hold pictures of their articles
encoding.py      bytes -> text, in any encoding
jsonvalues.py    JSON, whose values may be of any kind
xmltext.py       XML, well-formed or not

one article in a file
archiveform.py   the archive form, fragments of HTML, plain text
archive.py       the archive form: its head, its links, its text
webpage.py       HTML pages
page/            what a page says, and its main text
mhtml.py         pages with their pictures in one file
messages.py      messages of many parts, for mail and MHTML
markdown.py      Markdown
commonmark.py    Markdown -> HTML
frontmatter.py   fields above a text in Markdown

many articles in a file
collection.py    what such formats share
listings.py      the formats of feeds, lists and exports
feeds/           RSS, Atom and JSON Feed
links/           lists of addresses
exports/         exports of services for reading later
mail.py          messages and mailboxes
letters.py       their articles
layout.py        their tables that only lay out
epub.py          EPUBs
epubchapters.py  their chapters
warc.py          web archives
warcpages.py     their pages
waczpages.py     which records of a WACZ are pages
"""
