"""Fits fetched pictures to the device, in processes: a crash, a stall or a bomb in a codec costs one picture.

In: `model.Fetched` and the device's settings. Out: `Picture`, files of their own, or `FetchFailed`.

    pictures.py   one picture: decoded, cut, scaled and encoded by `imaging`
    workers.py    the processes: who gets what, who is slow, who died
    worker.py     what runs in such a process
    allowance.py  what pictures may take: memory together, time each
    standby.py    processes started before it is known what they will have to do
"""
