"""Values of a corpus, a column at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.items import SHANGHAI
from storage.corpus.encode import iso
from storage.types import micros

EARLIEST, LATEST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 15, 59, 59, 999_999, tzinfo=UTC)
MOMENTS = st.integers(micros(EARLIEST), micros(LATEST))
DAY = micros(datetime(2026, 5, 4, tzinfo=SHANGHAI))


@pytest.mark.parametrize(("local", "zone"), [(True, SHANGHAI), (False, UTC)])
@given(times=st.lists(st.none() | MOMENTS))
@example(times=[DAY, None, DAY + 1, DAY - 1, DAY + 500_000, -1, 0])
@example(times=[micros(EARLIEST), micros(LATEST)])
def test_a_time_reads_as_python_writes_it(times: list[int | None], *, local: bool, zone: tzinfo) -> None:
    start = datetime(1970, 1, 1, tzinfo=UTC)
    moments = [None if time is None else start + timedelta(microseconds=time) for time in times]
    told = [moment and moment.astimezone(zone).isoformat() for moment in moments]
    assert iso(pa.array(times, pa.int64()), local=local).to_pylist() == told
