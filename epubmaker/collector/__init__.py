"""The collector: finds and reads the articles, fetches their pictures and fits them to the device.

locations/    folders and files -> the files that may hold articles
formats/      the bytes of a file -> the heads and the texts of the articles in it
scan.py       files -> the articles' heads
parse.py      a head -> the whole article
select.py     heads -> the plan of the book: filtered, sorted, grouped
grouping.py   the headings that articles come under
filters.py    which articles were asked for, and dates in the book's time zone
duplicates.py which of several copies of an article stays
titles.py     titles without the name of their source at the end

pictures/     requests -> pictures that fit the device: fetched in threads, shrunk in processes
web/          one picture's bytes from the web, politely and within limits
cache/        answers to earlier requests, and the pictures made of them
"""
