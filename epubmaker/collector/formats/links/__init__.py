"""Lists of addresses, which have no texts: plain lists, shortcuts, OPML, and bookmarks."""
