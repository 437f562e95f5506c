"""The pictures of an article: where they are, where their files lie, what they show, and which only decorate.

find.py         the pass `find_pictures`: one uniform `img` in place of each picture
marks.py        what its attributes say of a picture, as marks for later passes
addresses.py    the addresses that an element names, the best one first
alttext.py      the alternative text
decoration.py   tracking pixels, icons, emoji
icons.py        the text of small icons that say something
size.py         the size at which the page shows a picture
shown.py        the size at which the chapter does
placed.py       the picture that leads a chapter
drawn.py        drawings in the text as pictures
still.py        the still of a video, for a post without pictures
"""
