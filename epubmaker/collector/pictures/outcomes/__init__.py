"""What may come of looking for a picture: its bytes in a file, or a failure that says whether to try again.

In: bytes as they arrive, HTTP headers. Out: values, the same whoever was asked; nothing here knows an HTTP client.

    bodies.py     bytes -> a file named by their hash, unless they are no picture or too many
    sniff.py      whether the first bytes can be a picture's
    answers.py    a body with the headers that came with it, and how long it is fresh
    headers.py    what header values say, and which to send
    failures.py   the issue codes, and one try that failed
"""
