"""The chapter builder: turns each article into XHTML with captions.

draft.py           an article -> its draft: the steps from HTML to parts with slots for pictures and links
plaintext.py       plain text -> HTML
plainblocks.py     its paragraphs and lists
parse.py           HTML -> a tree, as browsers read it
language.py        the language of an article
passes/            the passes that change the tree, in order
style/             what the styles of its elements say
furniture/         what sites put around articles
boilerplate/       text that the articles of one source share
pictures/          the pictures of an article
captions/          their captions
xhtml/             the tree -> valid XHTML
split.py           a chapter in files that older e-readers can open
render.py          a draft -> the chapter's documents, its slots filled
tree.py            helpers to look at a tree and to edit it
beautifulsoup.py   the import of Beautiful Soup
"""

from epubmaker.chapters import beautifulsoup  # noqa: F401 - before any module of this package imports bs4
