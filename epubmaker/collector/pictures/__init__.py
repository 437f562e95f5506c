"""From the address of a picture to a file that fits the device.

    gather.py          each picture of a run once: fetched in threads, shrunk in processes
    candidates.py      a request -> the places where the picture may be, the best first
    image_proxies.py   the address of an image proxy -> that of the picture behind it
    below.py           the name of a picture -> one of that name in a folder
    bodies.py          bytes -> a file named by their hash, unless they are no picture or too long
    headers.py         HTTP header values: parsed, and made
    outcomes.py        the results of a try: a body, an answer or a failure
    held.py            pictures that an archive, or the file of an article, holds
    shrink.py          a fetched file -> one that fits the device
    workers.py         the processes that run `shrink`, so that a crash, a stall or a bomb costs one picture
    worker.py          what runs in such a process

`web` and `cache` use `candidates`, `bodies`, `headers` and `outcomes`; `gather` uses all.
"""
