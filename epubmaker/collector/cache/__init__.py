"""The picture cache: downloaded pictures by address, failures, and pictures fitted to a device.

It is one folder, which several runs may share. A cache that cannot be used becomes an issue and makes the build slower; it
is never an error.

    store.py       the cache as other packages use it
    blobs.py       files named by their hash, whole or not there
    records.py     what its rows hold, as JSON
    freshness.py   how long an answer is fresh, and how to revalidate it (RFC 9111)
    upkeep.py      limits, and emptying it
"""
