"""Where a picture may be had, worked out from what the article says alone: nothing is opened or asked.

In: a `model.PictureRequest`. Out: local files, `data:` and http(s) addresses, the best first.

    candidates.py      every place worth looking at, in order; one key for all requests that look in the same places
    image_proxies.py   the address behind that of an image proxy
"""
