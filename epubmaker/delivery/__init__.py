"""What happens to finished books, where it is asked for: nothing of this is imported by other builds.

    commands.py     commands of the user: the one of `--then`
    device.py       a reader that is connected by USB: finds it, and copies books to it

A delivery that fails costs no book: it is an issue whose code begins with "delivery-", and the exit status is 6.
"""
