"""Where articles lie: folders, archives and files.

folder.py         inputs -> the files that may hold articles
copies.py         the copies of files at addresses
items.py          a file of a folder or of an archive, read
archives.py       ZIP and tar files as places of files
archivenames.py   which files are archives, and where names in them lead
"""
