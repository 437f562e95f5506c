import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from checkout import ROOT
from pictures import encoded, fetched, jpeg, png, png_file
from PIL import Image
from processes import Children

from epubmaker.collector.pictures.workers import Memory, PictureWorkers, TimeLimit
from epubmaker.model.pictures import Fetched, FetchFailed, Picture
from epubmaker.options import PictureSettings

PAGE = PictureSettings(600, 800)


def pipe(folder: Path) -> Fetched:
    """A picture whose reading ends when the test wants it."""
    made = fetched(jpeg(), folder, "pipe")
    made.path.unlink()
    os.mkfifo(made.path)
    return made


def test_pictures_come_back_as_their_futures(tmp_path: Path) -> None:
    with PictureWorkers(PAGE, tmp_path, 2) as workers:
        sent = [fetched(data, tmp_path, f"p{index}") for index, data in enumerate([jpeg(), png(), b"words"] * 3)]
        results = [future.result() for future in [workers.submit(one) for one in sent]]
    assert [type(result) for result in results] == [Picture, Picture, FetchFailed] * 3
    assert [result.url for result in results] == [one.url for one in sent]


def test_no_picture_starts_no_process(tmp_path: Path, children: Children) -> None:
    with PictureWorkers(PAGE, tmp_path, 2):
        assert not children()


def test_one_picture_starts_one_process_and_none_is_left(tmp_path: Path, children: Children) -> None:
    with PictureWorkers(PAGE, tmp_path, 4) as workers:
        workers.submit(fetched(jpeg(), tmp_path)).result()
        assert len(children()) == 1
    assert not children()


def test_warmed_up_workers_have_one_process_before_the_first_picture(tmp_path: Path, children: Children) -> None:
    with PictureWorkers(PAGE, tmp_path, 2) as workers:
        workers.warm_up()
        workers.warm_up()
        assert isinstance(workers.submit(fetched(jpeg(), tmp_path)).result(), Picture)
        assert len(children()) == 1
    assert not children()


def test_warming_up_for_nothing_leaves_nothing(tmp_path: Path, children: Children) -> None:
    with PictureWorkers(PAGE, tmp_path, 2) as workers:
        workers.warm_up()
    assert not children()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_worker_that_dies_costs_one_picture(tmp_path: Path, children: Children) -> None:
    deadly = pipe(tmp_path)
    with PictureWorkers(PAGE, tmp_path, 1) as workers:
        lost, after = workers.submit(deadly), workers.submit(fetched(png(), tmp_path))
        with deadly.path.open("wb"):  # returns when the worker has opened the other end
            (worker,) = children()
            worker.send_signal(signal.SIGSEGV)
            failed = lost.result()
        assert isinstance(after.result(), Picture)
    assert isinstance(failed, FetchFailed)
    assert (failed.code, failed.reason) == ("picture-broken", f"the decoder crashed (status {-signal.SIGSEGV})")


def test_a_worker_that_dies_between_two_pictures_costs_no_picture(tmp_path: Path, children: Children) -> None:
    with PictureWorkers(PAGE, tmp_path, 1) as workers:
        workers.submit(fetched(jpeg(), tmp_path)).result()
        (worker,) = children()
        worker.kill()
        worker.wait()
        assert isinstance(workers.submit(fetched(png(), tmp_path)).result(), Picture)


def test_a_process_makes_no_more_pictures_than_it_is_meant_to(tmp_path: Path, children: Children) -> None:
    seen: set[int] = set()
    with PictureWorkers(PAGE, tmp_path, 1, life=2) as workers:
        for _ in range(5):
            assert isinstance(workers.submit(fetched(png(), tmp_path)).result(), Picture)
            seen.update(process.pid for process in children())
            assert len(children()) == 1
    assert len(seen) == 3
    assert not children()


@pytest.mark.skipif(os.name == "nt", reason="named pipes")
@pytest.mark.slow
def test_a_stalled_worker_is_ended_by_the_time_limit(tmp_path: Path) -> None:
    stalled = pipe(tmp_path)
    with PictureWorkers(PAGE, tmp_path, 1, time_limit=TimeLimit(5)) as workers:
        lost = workers.submit(stalled)
        good = workers.submit(fetched(png(), tmp_path))
        failed = lost.result()
        assert isinstance(good.result(), Picture)
    assert isinstance(failed, FetchFailed)
    assert (failed.code, failed.reason) == ("picture-broken", "decoding took longer than 5 s")


def test_no_number_of_stalled_pictures_takes_much_longer_than_the_first() -> None:
    time_limit = TimeLimit(60)
    lost = []
    for _ in range(100):
        lost.append(time_limit.limit(10_000))
        time_limit.lose(lost[-1])
    assert lost[0] == 60
    assert sum(lost) < 60 * 3 + 100 * 3.1
    assert time_limit.limit(400_000_000) > 5, "a large picture keeps the time that it needs"


def test_a_picture_that_needs_more_memory_than_a_process_may_take_is_refused(tmp_path: Path) -> None:
    data = bytearray(encoded(Image.new("RGBA", (60, 60)), "WEBP"))
    assert data[12:16] == b"VP8X"
    data[24:30] = (5999).to_bytes(3, "little") * 2
    with PictureWorkers(PAGE, tmp_path, 1) as workers:
        failed = workers.submit(fetched(bytes(data), tmp_path)).result()
        assert isinstance(workers.submit(fetched(png(), tmp_path)).result(), Picture)
    assert isinstance(failed, FetchFailed)
    assert failed.code == "picture-broken"
    assert "needs more memory than allowed: about 522 MB" in failed.reason


def test_large_pictures_wait_for_each_other_and_small_ones_do_not_wait() -> None:
    memory = Memory(100)
    memory.take(80)
    order: queue.SimpleQueue[str] = queue.SimpleQueue()

    def large() -> None:
        memory.take(60)
        order.put("large")
        memory.give_back(60)

    thread = threading.Thread(target=large)
    thread.start()
    memory.take(20)
    order.put("small")
    memory.give_back(20)
    memory.give_back(80)
    thread.join()
    assert [order.get(), order.get()] == ["small", "large"]


@pytest.mark.slow
def test_pictures_too_large_to_be_decoded_at_once_are_all_made(tmp_path: Path) -> None:
    data = png_file((3500, 3500), (b"tRNS", b"\0\1"), depth=8, color=0, row=bytes(3000) + b"\x80" * 500)
    with PictureWorkers(PAGE, tmp_path, 3) as workers:
        futures = [workers.submit(fetched(data, tmp_path, f"p{number}")) for number in range(3)]
        assert all(isinstance(future.result(), Picture) for future in futures)


def test_an_error_ends_the_workers_at_once_and_cancels_what_waits(tmp_path: Path, children: Children) -> None:
    workers = PictureWorkers(PAGE, tmp_path, 1)
    with suppress(KeyboardInterrupt), workers:
        futures = [workers.submit(fetched(jpeg(1200, 900), tmp_path, f"p{index}")) for index in range(20)]
        raise KeyboardInterrupt
    assert all(future.done() for future in futures)
    assert futures[-1].cancelled()
    assert not children()


def test_closed_workers_take_nothing(tmp_path: Path) -> None:
    workers = PictureWorkers(PAGE, tmp_path, 1)
    workers.close()
    with pytest.raises(RuntimeError):
        workers.submit(fetched(jpeg(), tmp_path))


def test_a_worker_imports_only_what_pictures_need() -> None:
    names = "import sys; import epubmaker.collector.pictures.worker; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", names], capture_output=True, text=True, check=True).stdout
    unwanted = {"click", "ebooklib", "bs4", "babel", "requests", "asyncio", "multiprocessing"}
    assert not unwanted & set(output.split())


@pytest.mark.skipif(os.name == "nt", reason="kill -9")
def test_a_killed_parent_leaves_no_worker(tmp_path: Path) -> None:
    program = f"""
import sys, time
sys.path[:0] = {[str(ROOT / "tests" / "support")]!r}
from pathlib import Path
from pictures import fetched, jpeg
from epubmaker.collector.pictures.workers import PictureWorkers
from epubmaker.options import PictureSettings
folder = Path({str(tmp_path)!r})
with PictureWorkers(PictureSettings(600, 800), folder, 1) as workers:
    workers.submit(fetched(jpeg(), folder)).result()
    print("ready", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        (worker,) = psutil.Process(parent.pid).children()
        parent.kill()
    started = time.monotonic()
    worker.wait(timeout=30)
    assert time.monotonic() - started < 30
