"""Lists of addresses, which have no texts.

addresses.py   plain lists, and shortcuts
opml.py        OPML
bookmarks.py   bookmarks in HTML
"""
