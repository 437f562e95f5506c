"""The collector: finds and reads the articles, fetches their pictures and fits them to the device.

walk.py       folders and files -> the files of articles, in natural order
scan.py       files -> the articles' heads; later one article whole
archive.py    the archive form: what a head says
encoding.py   a file's bytes -> text
select.py     heads -> the plan of the book: filtered, sorted, grouped

pictures/     requests -> pictures that fit the device: fetched in threads, shrunk in processes
web/          one picture's bytes from the web, politely and within limits
cache/        what earlier runs were given, and made of it
"""
