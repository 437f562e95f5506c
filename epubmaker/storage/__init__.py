"""Files on disk: books that appear whole or not at all, and caches that survive damage.

    publish.py      a file that replaces another by one rename
    remote.py       files at addresses: s3://, gs://, file://, memory://
    locks.py        file locks that end with their process
    scratch.py      the temporary folder of one run
    files.py        the cache folder, and careful access to the files in it
    database.py     an SQLite file: rows by key, protected by checksums; a damaged file is replaced
    headtable.py    an SQLite file with the heads of a plan that memory has no room for
    state.py        an SQLite file with what earlier books of a series had, for `--new`
    epubfile.py     what an EPUB says of itself, whoever made it
    validation.py   checks of the values in a row before they are used

A damaged cache costs time and a line in the report, never the book.
"""
