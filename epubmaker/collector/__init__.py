"""The collector: finds and reads the articles, fetches their pictures and fits them to the device.

    walk.py       folders and files -> the files of articles, in natural order
    scan.py       files -> the articles' heads; later one article whole
    archive.py    the archive form: what a head says
    encoding.py   a file's bytes -> text
    select.py     heads -> the plan of the book: filtered, sorted, grouped
    gather.py     pictures, each once: fetched in threads, fitted in processes

Behind `gather` are five rooms, which know nothing of articles:

    origins/      a request -> the places where the picture may be had
    web/          a place -> its bytes or a failure, politely and within limits
    cache/        what earlier runs were given, and made of it
    outcomes/     the forms in which all of these answer: bodies, answers, failures
    shrink/       the bytes -> files that fit the device, by worker processes

`web` builds on `origins`, `cache` and `outcomes`, `cache` on `outcomes`, and that is all.
"""
