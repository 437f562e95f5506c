"""A look at a book: its pages in a browser, in the size of a device.

    book.py      a finished book that is open: its files, its reading order, its contents
    showing.py   what is shown at the moment, and what the page is told when that changes
    server.py    the page and the files of the book over HTTP, on loopback alone
    watch.py     waits until a source changes

    page.html, page.css, page.js    the page: contents at the left, a frame with the chapter in columns, which are pages

A book may be a stranger's: nothing of it runs, and nothing that it names outside of itself is fetched (see `server`).
"""
