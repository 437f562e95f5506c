"""Text as values: addresses, characters, XML escaping, words, dates and names. Pure functions, no I/O but data files.

characters.py         clean-up of characters and white space
lineends.py           a line end in the source: a space, or none
linebreaks.py         where a line of a title may end
html.py               names of elements of HTML, which several stages need
xhtml.py              strings as character data and attribute values
bounds.py             markup within what a parser reads in linear time
direction.py          the direction of a language or a text
words.py              the book's own words, from words.toml
dates.py              dates and numerals as each language writes them
periods.py            days, ISO weeks, months and years, by keys
moments.py            dates in articles, read into UTC
writtendates.py       dates as people write them
daysasked.py          days as people ask for them
timezones.py          moments in the book's time zone
addresses.py          web addresses: resolved, and as keys of articles
outlets.py            the names of sites, from outlets.txt
bareaddresses.py      addresses in running text
pictureaddresses.py   one key for a picture at all its sizes
referrer.py           what a request may tell of its page
videos.py             addresses of videos, and those of their stills
notes.py              addresses of notes, for links from note to note
documents.py          the names of articles' documents in the book
authors.py            who wrote a book of articles
naturalorder.py       names in natural order
naming.py             a book's title, file name, identifier and date
outputnames.py        paths of books, with fields that the articles fill
volumetitles.py       the titles of volumes
"""
