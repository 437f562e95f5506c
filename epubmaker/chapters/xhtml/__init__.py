"""The tree rebuilt as valid XHTML, from an allow-list.

content.py       the content model: the tables of elements and attributes
serialize.py     the walk that writes a tree
elements.py      the rule for each kind of element
places.py        where an element may stand, and what repairs its nesting
anchors.py       where the ids went, so that no link dangles
ruby.py          ruby annotations
mathematics.py   MathML
drawings.py      inline SVG
excerpt.py       the first lines, as plain text
"""
