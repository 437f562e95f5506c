"""Reading styles, and the check of a user's own stylesheets.

sheets.py   the styles, by name or file, with what a device needs
css.py      what in a stylesheet makes reading systems drop it, or refuse the book
"""
