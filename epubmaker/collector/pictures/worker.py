"""What runs in a child process of `workers.PictureWorkers`. It imports Pillow and little else, and so starts quickly."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import ModuleType

from epubmaker.collector.pictures.shrink import BROKEN, shrink
from epubmaker.imaging.memory import within_reason
from epubmaker.model.pictures import Fetched, FetchFailed
from epubmaker.options import PictureSettings
from epubmaker.runtime.channel import Channel

resource: ModuleType | None
try:
    import resource
except ImportError:  # Windows
    resource = None

__all__ = ["serve"]

ALLOWANCE = 100_000_000  # bytes of memory that a picture may take without asking
_SECONDS = 60  # of processor time for each picture
_MOST = 500_000_000  # bytes of the whole process
_SPARE = 30_000_000  # bytes beyond what a picture has reserved, since that is an estimate


def serve(parent: Channel) -> None:
    """Answer each fetched picture with the result of `shrink`, until the parent is gone.

    The first message holds the settings and the folder for files; it is answered once this process is ready. A number in
    place of a result asks for that many bytes of memory, and any message grants them.
    """
    settings, folder = parent.receive()
    parent.send(None)
    memory = _Memory(parent)
    while True:
        fetched = parent.receive()
        _limit_time()
        memory.begin()
        parent.send(_answer(fetched, settings, folder, memory))


class _Memory:
    """The memory of the current picture: `ALLOWANCE`, or what the parent has granted.

    On Linux the system enforces it; elsewhere only the estimates are checked.
    """

    def __init__(self, parent: Channel) -> None:
        self._parent = parent
        self._used = self._granted = 0

    def begin(self) -> None:
        """Get ready for another picture."""
        self._granted = ALLOWANCE
        self._used = _data_size()
        self._limit()

    def reserve(self, size: int) -> None:
        """Wait until the picture may take `size` bytes; raises Undecodable where it never may."""
        within_reason(size)
        if size > self._granted:
            self._parent.send(size)
            self._parent.receive()
            self._granted = size
            self._limit()

    def _limit(self) -> None:
        if resource is None:
            return
        with suppress(OSError, ValueError):
            soft = min(_MOST, self._used + self._granted + _SPARE)
            resource.setrlimit(resource.RLIMIT_DATA, (soft, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _data_size() -> int:
    """Return the bytes of writable memory that this process has; 0 where the system is not Linux."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - a Path costs as much as the reading
            return int(file.read().split()[5]) * 4096
    except (OSError, ValueError, IndexError):
        return 0


def _answer(fetched: Fetched, settings: PictureSettings, folder: Path, memory: _Memory) -> object:
    try:
        return shrink(fetched, settings, folder, memory.reserve)
    except Exception as error:  # noqa: BLE001 - no failure of one picture may end the process
        return FetchFailed(fetched.url, BROKEN, f"the decoder failed: {type(error).__name__}")


def _limit_time() -> None:
    """Limit the processor time, so that the decoder ends even where the parent, which keeps the time, was killed."""
    if resource is None:
        return
    with suppress(OSError, ValueError):
        used = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(used.ru_utime + used.ru_stime) + _SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))
