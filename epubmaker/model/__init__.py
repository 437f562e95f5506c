"""The types that stages hand to each other, and nothing else.

All are frozen: a stage takes such values and returns new ones. All can be pickled, since they cross process borders.

All datetimes are aware and in UTC. All sizes are in bytes and all lengths in pixels, unless a name says otherwise.

    choices.py     by what articles are dated and grouped
    articles.py    heads, the plan, whole articles; issues
    chapters.py    drafts, rendered and packed chapters
    pictures.py    pictures: as named, as fetched, as fitted to the device
    books.py       books and their metadata
"""
