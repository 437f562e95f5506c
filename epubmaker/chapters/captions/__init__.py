"""Joins each picture and its caption in one figure.

join.py         the pass `join_captions`: looks for captions in the right places, and makes the figures
patterns.py     the table of the ways in which captions and credits are written
wording.py      the words that they begin and end with
boxes.py        captions that share a box with their picture
tables.py       tables of pictures and captions
shortcodes.py   WordPress shortcodes
figcaption.py   the `figcaption`: the caption without the boxes around it, and its credits
survey.py       where an article has pictures, figures and text
"""
