"""Texts as values: which characters may stand in a book, and how they are written as XML. Imports no other room."""
