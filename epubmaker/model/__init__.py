"""The types that stages hand to each other, and nothing else.

All are frozen: a stage takes such values and returns new ones. All can be pickled, since they cross process borders.

All datetimes are aware and in UTC. All sizes are in bytes and all lengths in pixels, unless a name says otherwise.

There are four modules, since each type takes half a millisecond to create, and an unchanged book needs only two of them.
"""
