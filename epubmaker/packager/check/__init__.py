"""EPUBCheck, run in a child process.

epubcheck.py   checks books, and reads what EPUBCheck says of them
process.py     the child process, seen from its parent
worker.py      what runs in it: the Java virtual machine
"""
