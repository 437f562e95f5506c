"""Gets a picture's bytes from where they may be, the web above all: politely, within limits, the cache asked first.

In: a `model.PictureRequest`. Out: `Fetched`, a file, or `FetchFailed`; nothing raises.

    fetch.py         tries each place; GET with redirects and retries, the only module that knows `requests`
    cached.py        what the cache has, what to ask again, what to keep
    hosts.py         manners: requests at once, pauses, giving a host up
    connections.py   connections to allowed addresses only, and answers within their time
    socks.py         the same through a SOCKS proxy
    guard.py         which addresses are allowed
    errors.py        HTTP statuses and exceptions -> failures
    verdict.py       the failures of all places -> the one to report
"""
