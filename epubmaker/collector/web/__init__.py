"""Fetches the bytes of one picture: from a file, a `data:` address, the cache or the web, politely and within limits.

In: a `model.PictureRequest`. Out: `Fetched`, a file, or `FetchFailed`; nothing raises.

    fetch.py         tries each place; GET with redirects and retries, the only module that knows `requests`
    cached.py        an HTTP client with the cache in front
    hosts.py         limits for each host: requests at once, pauses, giving it up
    connections.py   connections to allowed addresses only, and a time limit for whole answers
    socks.py         the same through a SOCKS proxy
    guard.py         which addresses are allowed
    errors.py        HTTP statuses and exceptions -> failures
    verdict.py       the failures of all places -> the one to report
"""
