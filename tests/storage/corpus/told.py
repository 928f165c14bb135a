"""A typed corpus told as JSON, to be compared with what the archive shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from crawler.items import SHANGHAI
from storage.corpus.fields import FIELDS, LOCAL


def plain(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a typed table as the JSON of articles."""
    for row in table.to_pylist():
        yield {name: _told(name, value) for name, value in row.items()}


def _told(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI if FIELDS[name].type == LOCAL else UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_told(name, part) for part in value]
    if isinstance(value, dict):
        return {key: _told(name, part) for key, part in value.items()}
    return value
