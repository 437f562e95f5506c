"""The child process: loads the Java virtual machine and runs EPUBCheck's command line on one book after the other.

    python -m epubmaker.packager.check.worker JAR FLAG...

Each line of standard input is a path, each line of standard output the answer to it, both as JSON: the exit status, then
what EPUBCheck wrote to its standard output and to its standard error. The process ends as soon as its standard input does.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import traceback
from typing import NoReturn

import jpype

# Bytes: deep documents overflow the default stack, and Java's own flag is for threads that it starts itself.
_STACK = 16 * 2**20


def main() -> None:
    """Answer until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent too, which kills this process
    jar, *flags = sys.argv[1:]
    paths: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.stack_size(_STACK)
    threading.Thread(target=_answer_all, args=(jar, flags, paths), daemon=True).start()
    for line in sys.stdin:
        paths.put(json.loads(line))
    os._exit(0)  # whatever EPUBCheck is doing: this process must not outlive its parent


def _answer_all(jar: str, flags: list[str], paths: queue.SimpleQueue[str]) -> NoReturn:
    try:
        jpype.startJVM(*flags, classpath=[jar], convertStrings=False)
        while True:
            print(json.dumps(_run(paths.get())), flush=True)  # noqa: T201 - the answer
    except BaseException:  # noqa: BLE001 - of either language
        traceback.print_exc()
        os._exit(1)


def _run(path: str) -> tuple[int, str, str]:
    output, errors = (jpype.JClass("java.io.ByteArrayOutputStream")() for _ in range(2))
    system, stream = jpype.JClass("java.lang.System"), jpype.JClass("java.io.PrintStream")
    system.setOut(stream(output, True, "UTF-8"))  # noqa: FBT003 - Java has no keyword arguments
    system.setErr(stream(errors, True, "UTF-8"))  # noqa: FBT003
    status = jpype.JClass("com.adobe.epubcheck.tool.EpubChecker")().run([path, "--json", "-", "-q"])
    return int(status), str(output.toString("UTF-8")), str(errors.toString("UTF-8"))


if __name__ == "__main__":
    main()
