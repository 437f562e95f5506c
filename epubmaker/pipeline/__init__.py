"""Wires the stages: the only package that imports all three.

build.py          one run; the docstring of `build` has the diagram
session.py        what one run holds, each part opened on first use
inputs.py         brings standard input and web pages among the inputs onto this disk
fulltext.py       the pages of articles that are cut short, for `--full-text`
orders.py         one book, or the volumes of `--split-by`: their articles, titles, identifiers and paths
remembering.py    what `--new` remembers of a book, and where
outputs.py        checks the paths of the outputs before any work
demands.py        checks what the options ask for, also before any work
survey.py         what each source repeats
languages.py      the language that an article falls back on
shortposts.py     short posts of a day on one page
books.py          the books of an order: one, or volumes
volumes.py        smaller pictures, and the cut into volumes, for `--max-size`
book.py           one book: its chapters, then metadata, table of contents and cover
chapters.py       articles -> packed chapters, in order, some in flight
drafting.py       drafts in order, here and in child processes
draft_worker.py   what runs in such a process
pictures.py       opens the side of pictures with the first one
afterwards.py     what follows once the books are written: shelf, copy, mail and command
ledger.py         what the report and the pages need of each chapter
"""
