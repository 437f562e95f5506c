"""The cover: a picture, drawn or given.

shortlist.py     pictures of the book that it may show, by their dimensions alone
artwork.py       which of them, which part of it, and the colors that go with it
draw.py          the cover, drawn or fitted from a file
typeset.py       the title in lines, and its size
"""
