"""A shelf: a folder of books with a catalog of plain files, which any web server, synced folder or USB stick can carry.

    folder.py        the folder: books in, old issues out, the catalog written anew, so that it is whole at any moment
    shelvedbook.py   what the catalog tells of a book, whoever made it
    covers.py        its cover and a thumbnail, as JPEG files
    catalog.py       books -> the pages of the catalog: newest, by series, by month
    atom.py          a page as OPDS 1.2, which is Atom
    opdsjson.py      a page as OPDS 2.0, which is JSON
    webpage.py       a page as HTML, for browsers
    server.py        the files of a shelf over HTTP

    DIR/*.epub                   the books, the only source of all else
    DIR/opds.xml, opds.json      where reading systems begin
    DIR/index.html               where browsers begin
    DIR/catalog/                 all other pages, and covers

Specifications: https://specs.opds.io/opds-1.2, https://drafts.opds.io/opds-2.0.
"""
