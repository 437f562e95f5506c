"""What is kept on disk between runs, whatever became of it there.

    database.py     rows by key, sealed: what comes out is what went in, or nothing
    sqlitefile.py   the SQLite file that they lie in: opened with caution, thrown away when it is damaged
    forms.py        checks of what a row says, before it is used
    files.py        files and folders in a cache: no link is followed, nothing is waited for

A damaged file costs making things anew, and a line in the report; never the book.
"""
