import gc
import weakref
from pathlib import Path

from pictures import jpeg

from epubmaker.collector.pictures.gather import Gatherer
from epubmaker.model.pictures import FetchFailed, Picture, PictureRef, PictureRequest
from epubmaker.options import Network, PictureSettings

PAGE = PictureSettings(600, 800)


def request(name: str, folder: Path) -> PictureRequest:
    return PictureRequest(PictureRef((name,)), None, folder, folder)


def test_a_picture_that_is_asked_for_twice_is_made_once(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(900, 700))
    with Gatherer(Network(), tmp_path) as gatherer, gatherer.fit(PAGE, 1) as fitter:
        running = fitter.gather(request("a.jpg", tmp_path)), fitter.gather(request("a.jpg", tmp_path))
        results = [future.result() for future in running]
        later = fitter.gather(request("a.jpg", tmp_path)).result()
    assert isinstance(later, Picture)
    assert all(result == later for result in results)


def test_a_picture_that_cannot_be_had_is_looked_for_once(tmp_path: Path) -> None:
    with Gatherer(Network(), tmp_path) as gatherer, gatherer.fit(PAGE, 1) as fitter:
        missing = fitter.gather(request("a.jpg", tmp_path)).result()
        (tmp_path / "a.jpg").write_bytes(jpeg())
        assert fitter.gather(request("a.jpg", tmp_path)).result() == missing
    assert isinstance(missing, FetchFailed)


def test_the_future_of_a_finished_picture_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    with Gatherer(Network(), tmp_path) as gatherer, gatherer.fit(PAGE, 1) as fitter:
        future = fitter.gather(request("a.jpg", tmp_path))
        assert isinstance(future.result(), Picture)
        seen = weakref.ref(future)
        del future
        gc.collect()
        assert seen() is None
