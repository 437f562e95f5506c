"""The computer and its processes: signals of this one, and child processes that work for it.

process.py    this process: whether only epubmaker uses it, and what signals do
child.py      a child process, seen from its parent
pool.py       several of them, for the same work
channel.py    messages between the two, and the child's side of them
webserver.py  a server for files, with bounds for its clients
timezone.py   the time zone of this computer
closable.py   the base of objects that are closed after use
"""
