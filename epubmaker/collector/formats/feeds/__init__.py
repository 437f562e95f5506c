"""Feeds.

xmlfeed.py    RSS, RDF and Atom
jsonfeed.py   JSON Feed
media.py      the files that they attach to an article
"""
