"""The packager: writes a valid EPUB with a generated table of contents.

writer.py      the book: chapters and pictures as they come, then the pages and lists around them
container.py   the zip container
package.py     the package document
contents.py    the contents as a value: groups of articles with headings
toc.py         the nav document and the NCX
pages.py       cover, title page, table of contents, openers of groups, list of pictures
cover/         the cover: a picture, drawn or given
styles/        reading styles, and the check of a user's own stylesheets
forms/         the form of a document for Kobo's and Adobe's engines
check/         EPUBCheck, run in a child process
"""
