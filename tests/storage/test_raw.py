from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.guards.handler import LARGEST_HEAD
from storage.raw import Original, Pointer, Raw, RawError, pack, pack_revisit, prepare, read, recover, whole_until
from tests.storage.samples import NOW, exchange, url


def put(store: Raw, page, original: Original | None = None) -> Pointer:
    packed = pack(page)
    return store.put(packed if original is None else pack_revisit(packed, original))


def growing(folder: Path) -> Path:
    return next(folder.glob("*.open"))


def test_an_exchange_reads_back_as_it_was(tmp_path: Path) -> None:
    pages = [exchange(url(number), f"第{number}页".encode("gbk") * 1000) for number in range(20)]
    with Raw(tmp_path) as store:
        places = [put(store, page) for page in pages]
        store.sync()
        assert [store.read(place) for place in places] == pages
    assert [read(tmp_path, place) for place in places] == pages


@settings(max_examples=30, deadline=None)
@given(
    body=st.binary(max_size=3000), reason=st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20)
)
def test_any_body_reads_back(tmp_path_factory: pytest.TempPathFactory, body: bytes, reason: str) -> None:
    page = replace(exchange(url(1), body), reason=reason.strip(), ip=None)
    with Raw(tmp_path_factory.mktemp("raw")) as store:
        place = put(store, page)
        store.sync()
        assert store.read(place) == page


def test_the_largest_head_that_is_taken_reads_back(tmp_path: Path) -> None:
    line = (b"Content-Encoding", b"x" * 1000)  # kept under a longer name
    headers = (line,) * (LARGEST_HEAD // 1020)
    page = replace(exchange(url(1)), headers=headers, request_headers=((b"Cookie", b"y" * 2000),))
    with Raw(tmp_path) as store:
        pointer = store.put(pack(page))
        store.sync()
        assert len(read(tmp_path, pointer).headers) == len(headers)


def test_a_revisit_reads_back_with_the_body_of_its_original(tmp_path: Path) -> None:
    first = exchange(url(1), b"x" * 5000)
    second = exchange(url(2), b"x" * 5000, NOW + timedelta(days=1))
    with Raw(tmp_path) as store:
        whole = put(store, first)
        short = put(store, second, Original(first.url, first.fetched_at))
        store.sync()
        assert store.read(short, whole) == second
    assert short.length < 800


def test_warcio_reads_and_checks_every_record(tmp_path: Path) -> None:
    with Raw(tmp_path) as store:
        put(store, exchange(url(1), b"body" * 100))
        put(store, exchange(url(2), b"body" * 100), Original(url(1), NOW))
    (path,) = tmp_path.glob("*.warc.gz")
    with path.open("rb") as file:
        kinds = []
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            kinds.append(record.rec_type)
            assert record.rec_headers.protocol == "WARC/1.1"
            if record.rec_type in ("response", "revisit"):
                assert record.http_headers.get_header("Content-Encoding") is None
                assert record.http_headers.get_header("Content-Length") == "400"
                assert record.rec_headers.get_header("WARC-IP-Address") == "192.0.2.7"
    assert kinds == ["warcinfo", "response", "request", "revisit", "request"]
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", str(path)], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_file_is_rotated_by_size_and_by_day(tmp_path: Path) -> None:
    with Raw(tmp_path, rotate_at=1) as store:
        files = {put(store, exchange(url(number))).file for number in range(3)}
    assert len(files) == 3
    with Raw(tmp_path) as store:
        days = {put(store, exchange(url(1), when=NOW + timedelta(days=day))).file for day in (0, 0, 1)}
    assert len(days) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(files | days)


def test_two_writers_never_share_a_file(tmp_path: Path) -> None:
    with Raw(tmp_path) as one, Raw(tmp_path) as two:
        assert put(one, exchange(url(1))).file != put(two, exchange(url(2))).file


def test_an_unused_folder_gets_no_file(tmp_path: Path) -> None:
    Raw(tmp_path).close()
    assert list(tmp_path.iterdir()) == []


def killed(folder: Path) -> tuple[bytes, list[Pointer]]:
    """What the file of a writer holds that was killed after two exchanges, and where they stand."""
    store = Raw(folder)
    places = [put(store, exchange(url(number), os.urandom(3000))) for number in range(2)]
    store.sync()
    path = growing(folder)
    data = path.read_bytes()
    store.close()
    (folder / places[0].file).unlink()
    return data, places


def test_a_torn_tail_is_set_aside_wherever_it_was_torn(tmp_path: Path) -> None:
    data, places = killed(tmp_path)
    ends = [place.offset + place.length for place in places]
    for size in (1, 200, places[0].offset + 5, ends[0] - 1, ends[0], ends[0] + 3, ends[1] - 8, ends[1], len(data) - 1):
        path = tmp_path / (places[0].file + ".open")
        path.write_bytes(data[:size])
        torn = recover(tmp_path, {})
        closed = tmp_path / places[0].file
        kept = closed.read_bytes() if closed.exists() else b""
        aside = torn[0].read_bytes() if torn else b""
        assert kept + aside == data[:size]
        assert whole_until(closed) == len(kept) if kept else True
        for end in ends:
            assert (end <= len(kept)) == (end <= size), size
        for leftover in tmp_path.iterdir():
            leftover.unlink()


def test_a_tail_of_rubbish_is_set_aside(tmp_path: Path) -> None:
    data, places = killed(tmp_path)
    (tmp_path / (places[0].file + ".open")).write_bytes(data + b"\0" * 5000)
    (aside,) = recover(tmp_path, {places[0].file: places[1].offset})
    assert aside.read_bytes() == b"\0" * 5000
    assert (tmp_path / places[0].file).read_bytes() == data


def test_the_file_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    with Raw(tmp_path) as store:
        place = put(store, exchange(url(1)))
        store.sync()
        assert recover(tmp_path, {}) == []
        assert store.read(place).url == url(1)
        assert growing(tmp_path).exists()


def test_damage_is_told_with_its_place(tmp_path: Path) -> None:
    with Raw(tmp_path) as store:
        place = put(store, exchange(url(1), os.urandom(2000)))
    path = tmp_path / place.file
    sound = path.read_bytes()
    for at in (place.offset + 3, place.offset + place.length // 2, place.offset + place.length - 3):
        broken = bytearray(sound)
        broken[at] ^= 8
        path.write_bytes(broken)
        with pytest.raises(RawError, match=f"{place.file} at {place.offset}"):
            read(tmp_path, place)
    path.write_bytes(sound[: place.offset + place.length - 5])
    with pytest.raises(RawError, match="torn"):
        read(tmp_path, place)
    with pytest.raises(RawError, match="no such file"):
        read(tmp_path, replace(place, file="other.warc.gz"))


def test_a_file_on_a_full_disk_is_cut_back(tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the kernel refuses in the middle of a record."""
    code = """
import os, resource, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from storage.raw import Raw, pack, whole_until
from tests.storage.samples import exchange, url
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Raw(Path(sys.argv[1]))
pages = [exchange(url(n), os.urandom(20_000)) for n in range(5)]
places = [store.put(pack(page)) for page in pages[:2]]
store.sync()
resource.setrlimit(resource.RLIMIT_FSIZE, (45_000, resource.RLIM_INFINITY))
for size in (2, 1):
    try:
        for page in pages[:size]:
            store.put(pack(page))
        store.sync()
        print("no error")
    except OSError as error:
        print(error.strerror)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
places += [store.put(pack(page)) for page in pages[3:]]
store.close()
assert [store.read(place) for place in places] == pages[:2] + pages[3:]
path = Path(sys.argv[1]) / places[0].file
assert whole_until(path) == path.stat().st_size
"""
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", code, tmp_path, root], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "File too large\n" * 2), done.stderr


def test_a_folder_that_can_not_be_used_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OSError, match="exists"):
        Raw(tmp_path / "file")
    with pytest.raises(OSError, match="Not a directory"):
        prepare(tmp_path / "file" / "inside")


def test_many_that_start_at_once_close_each_torn_file_once_and_no_living_one(tmp_path: Path) -> None:
    data, places = killed(tmp_path)
    for number in range(5):
        (tmp_path / f"{number}-{places[0].file}.open").write_bytes(data + b"x")

    def start(number: int) -> tuple[int, bool]:
        with Raw(tmp_path) as store:
            place = put(store, exchange(url(number)))
            torn = recover(tmp_path, {})
            store.sync()
            return len(torn), store.read(place) == exchange(url(number))

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(start, range(10)))
    assert sum(count for count, _ in results) == 5
    assert all(sound for _, sound in results)
    assert not list(tmp_path.glob("*.open"))
