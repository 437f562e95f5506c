"""What a site puts around its articles: found by its names in the markup, its shape, place and words, and dropped.

drop.py        the pass `drop_furniture`: which elements are furniture, and what of them stays
names.py       classes, ids and roles that name furniture
phrases.py     labels, buttons and messages
shape.py       what each kind looks like, and where it may stand
outside.py     what stands beside the box of the text
measure.py     text, links and pictures of each element, counted in one walk
bylines.py     what a byline says that the chapter's header does not
head.py        first lines that are furniture by their words
tail.py        last lines that are furniture by their words
lastlines.py   the words of last lines
lines.py       the lines of a page, with keys to compare them with those of other articles
survey.py      which keys most articles of a source have
repeating.py   which of the lines with such keys are furniture
headings.py    headings with nothing left below them
pictures.py    pictures that several articles of a source show
"""
