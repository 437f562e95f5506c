"""The types that flow through the pipeline, and nothing else.

Each arrow of the diagram in `epubmaker.pipeline.build` is one frozen type of these modules. A stage takes such values,
returns new ones and edits nothing that it was given. All of them can be pickled: bytes, strings and paths
cross process borders, parse trees do not.

All datetimes are aware and in UTC. All sizes are bytes and all lengths pixels, unless a name says otherwise.

There are four modules, since a book that nothing has changed for needs two of them: each of these types takes half a
millisecond to make.
"""
