"""Fetches pictures, and the pages and feeds that a user names, politely and within limits.

For pictures: a `model.pictures.PictureRequest` in, `Fetched`, a file, or `FetchFailed` out; nothing raises.

    fetch.py         a picture from the first place that has it: a file, a `data:` address, the cache, the web
    documents.py     the pages and feeds that a user names
    robots.py        what a site's robots.txt allows
    client.py        GET with redirects and retries; the only module that knows `requests`
    cached.py        an HTTP client with the cache in front
    hosts.py         limits for each host: requests at once, pauses, giving it up
    connections.py   connections to allowed addresses only, and a time limit for whole answers
    socks.py         the same through a SOCKS proxy
    guard.py         which addresses are allowed
    errors.py        HTTP statuses and exceptions -> failures
    verdict.py       the failures of all places -> the one to report
"""
