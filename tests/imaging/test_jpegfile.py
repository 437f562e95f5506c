from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import encoded, jpeg, photo
from PIL import Image

from epubmaker.imaging.jpegfile import JpegFile, read_jpeg
from epubmaker.imaging.sniff import Undecodable

WHOLE = jpeg(64, 48)


def read(data: bytes) -> JpegFile:
    facts = read_jpeg(data)
    assert facts is not None
    return facts


def test_a_jpeg_by_pillow_is_simple_and_needs_no_stripping() -> None:
    facts = read(WHOLE)
    assert (facts.complete, facts.simple, facts.progressive, facts.gray) == (True, True, False, False)
    assert facts.stripped == WHOLE


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_the_usual_samplings_are_simple(subsampling: int) -> None:
    assert read(jpeg(64, 48, subsampling=subsampling)).simple


def test_scans_are_counted() -> None:
    assert read(WHOLE).scans == 1
    assert read(jpeg(64, 48, progressive=True)).scans == 10


def test_gray_is_told_from_color() -> None:
    facts = read(encoded(photo(64, 48).convert("L"), "JPEG"))
    assert facts.gray
    assert facts.simple


@pytest.mark.parametrize("options", [{"progressive": True}, {"keep_rgb": True}])
def test_a_jpeg_that_some_reader_shows_wrong_is_not_simple(options: dict[str, object]) -> None:
    assert not read(jpeg(64, 48, 1, **options)).simple


def test_cmyk_is_not_simple() -> None:
    assert not read(encoded(photo(64, 48).convert("CMYK"), "JPEG")).simple


def test_metadata_profile_and_what_follows_the_end_are_stripped() -> None:
    data = jpeg(64, 48, comment=b"a comment", icc_profile=b"p" * 100_000, dpi=(300, 300)) + b"trailer"
    facts = read(data)
    assert facts.profile == b"p" * 100_000
    assert b"comment" not in facts.stripped
    assert b"ppp" not in facts.stripped
    assert facts.stripped.endswith(b"\xff\xd9")
    one, other = Image.open(BytesIO(data)), Image.open(BytesIO(facts.stripped))
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(("quality", "step"), [(50, 57.6), (85, 17.3), (90, 11.5)])
def test_the_mean_step_tells_the_quality(quality: int, step: float) -> None:
    assert read(jpeg(64, 48, quality=quality)).step == pytest.approx(step, abs=0.1)


def test_steps_of_sixteen_bits_are_read() -> None:
    start = WHOLE.index(b"\xff\xdb")
    wide = b"\xff\xdb\x00\x83\x10" + b"\x01\x02" * 64
    assert read(WHOLE[:start] + wide + WHOLE[start:]).step == 258


def test_restart_markers_belong_to_the_scan() -> None:
    data = jpeg(64, 48, restart_marker_blocks=1)
    assert read(data).complete
    assert read(data).stripped == data


@pytest.mark.parametrize("length", [len(WHOLE) - 1, len(WHOLE) - 200])
def test_a_file_without_its_end_is_not_complete(length: int) -> None:
    assert not read(WHOLE[:length]).complete


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for start in (b"", b"\xff\xd8", WHOLE[:200]):
        facts = read_jpeg(start + data)
        assert facts is None or facts.stripped.startswith(b"\xff\xd8")


@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255))
def test_a_changed_byte_never_crashes(at: int, value: int) -> None:
    read_jpeg(WHOLE[:at] + bytes([value]) + WHOLE[at + 1 :])


@pytest.mark.parametrize("part", [b"\xff\xe1\x00\x02", b"\xff\xfe\x00\x03a", b"\xff", b"\xff\xda\x00\x02"])
def test_a_file_of_markers_is_refused_before_they_are_kept(part: bytes) -> None:
    with pytest.raises(Undecodable, match="segments"):
        read_jpeg(WHOLE[:2] + part * 1_000_000 + WHOLE[2:])


def test_fill_bytes_before_a_marker_change_nothing() -> None:
    at = WHOLE.index(b"\xff\xdb")
    assert read(WHOLE[:at] + b"\xff" * 50 + WHOLE[at:]).stripped == WHOLE
