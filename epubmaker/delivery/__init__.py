"""What happens to finished books, where it is asked for: nothing of this is imported by other builds.

    mail.py         SMTP: sends what waits, each book once to each address
    outbox.py       what is to be sent, and what was
    letter.py       a book as a mail
    device.py       a reader that is connected by USB: finds it, and copies books to it
    commands.py     commands of the user: the one of `--then`, and one that tells a password

A delivery that fails costs no book: it is an issue whose code begins with "delivery-", and the exit status is 6.
"""
