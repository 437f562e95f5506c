"""What services for reading later export, apart from bookmarks in HTML.

tables.py    in CSV
records.py   in JSON
"""
