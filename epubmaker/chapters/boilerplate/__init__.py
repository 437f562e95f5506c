"""Text that many articles of one source share: found in a sample of them, taken away at the edges of each.

    html of a sample     | edges     `sample`: the segments and pictures near either end of each article
    edges of a source    | repeated  `sample`: the keys of those that many articles have
    tree of an article   | drop      `passes.boilerplate`: the runs of such segments at its beginning and end

Both sides cut texts by the rules of `segments`, and compare nothing but keys.

segments.py   a line of text -> segments and their keys
sample.py     a sample of a source's articles -> the keys that many of them have
length.py     the text of an article without what its source repeats, measured
"""
