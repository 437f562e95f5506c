"""What outlives a run: the pictures that addresses gave, failures, and pictures made ready for a device.

In: answers and failures of the web, finished pictures. Out: the same, as long as they hold. One folder, shared by
several runs; a cache that cannot be used is an issue and a slower build, never an error.

    store.py       the cache as others see it
    index.py       the list of what it holds, in SQLite
    blobs.py       files named by their hash, whole or not there
    records.py     finished pictures as JSON
    freshness.py   how long an answer holds, and how to ask whether it still does (RFC 9111)
    upkeep.py      limits, and emptying it
"""
