"""Rows as typed Arrow tables and as the JSON of an article."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from crawler.items import SHANGHAI
from storage.corpus.fields import CONTRACT, FIELDS, LOCAL, Field, schema
from storage.corpus.options import Text
from storage.corpus.read import Rows, scalar
from storage.rows import to_json
from storage.schema import article
from storage.types import Json, Moment, moment

Convert = Callable[[str], str]
LOCAL_TIMES: Final = frozenset(name for name, field in FIELDS.items() if field.type == LOCAL)
END, NOTHING = scalar("}\n"), scalar("")
CONTRACTED: Final = frozenset(field.name for field in CONTRACT)


def in_script(rows: Rows, script: Text, convert: Convert | None) -> Rows:
    """Title and body in another script. ``convert`` makes traditional text of simplified."""
    columns = rows.columns
    if script == "simplified":
        return rows
    for name in ("title", "body"):
        if name not in columns.column_names:
            continue
        if script == "original":
            values = columns["title_original"] if name == "title" else rows.originals()
        elif convert is None:
            raise ValueError("traditional text needs a conversion")
        else:
            values = pa.array([convert(text) for text in columns.column(name).to_pylist()], pa.string())
        columns = columns.set_column(columns.column_names.index(name), name, values)
    return Rows(columns)


# --- Arrow ------------------------------------------------------------------------------------------------


def typed(rows: Rows, fields: Sequence[Field], originals: pa.Array | None = None) -> pa.Table:
    """The fields as columns of their types. ``originals``: the bodies before ``in_script``, where it was used."""
    columns = [rows.columns.column(field.columns[0]) for field in fields]
    as_json = {
        field.name: (column, field.type)
        for field, column in zip(fields, columns, strict=True)
        if pa.types.is_nested(field.type) and not pa.types.is_nested(column.type)
    }
    parsed = dict(zip(as_json, _parsed([*as_json.values()]), strict=True))
    arrays = []
    for field, column in zip(fields, columns, strict=True):
        if field.name in parsed:
            arrays.append(parsed[field.name])
        elif field.name == "body_original":
            arrays.append(originals if originals is not None else rows.originals())
        else:
            arrays.append(column.cast(field.type))
    return pa.Table.from_arrays(arrays, schema=schema(fields))


def _parsed(columns: Sequence[tuple[pa.Array, pa.DataType]]) -> list[pa.Array]:
    """Columns of JSON text to nested values, by Arrow's reader, which waits for a thread of its own: once for all.

    Each distinct text of a column is a line of its own; one that comes again, such as an empty list, is read once.
    """
    texts = [column.dictionary_encode() for column, _ in columns]
    lines = b"".join(_lines(f"{number}", each.dictionary) for number, each in enumerate(texts))
    if not lines:
        return [pa.nulls(len(column), kind) for column, kind in columns]
    table = pyarrow.json.read_json(
        pa.BufferReader(lines),
        read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(lines)),
        parse_options=pyarrow.json.ParseOptions(
            explicit_schema=pa.schema([(f"{number}", _as_text(kind)) for number, (_, kind) in enumerate(columns)]),
            unexpected_field_behavior="error",
        ),
    )
    found, begin = [], 0
    for number, (each, (_, kind)) in enumerate(zip(texts, columns, strict=True)):
        values = table.column(number).slice(begin, len(each.dictionary)).combine_chunks()
        found.append(values.cast(kind).take(each.indices))
        begin += len(each.dictionary)
    return found


def _lines(name: str, texts: pa.Array) -> pa.Buffer:
    """A line of JSON for each of the texts: an object that has it under a name."""
    if not len(texts):
        return pa.py_buffer(b"")
    return pc.binary_join_element_wise(scalar(f'{{"{name}":'), texts, END, NOTHING).buffers()[2]


def _as_text(kind: pa.DataType) -> pa.DataType:
    """The type with days as text, which is how JSON has them."""
    if pa.types.is_date32(kind):
        return pa.string()
    if pa.types.is_struct(kind):
        return pa.struct([member.with_type(_as_text(member.type)) for member in kind])
    if pa.types.is_list(kind):
        return pa.list_(_as_text(kind.value_type))
    return kind


# --- JSON -------------------------------------------------------------------------------------------------


class _Row(dict[str, Any]):
    """A row of which only the columns that are needed were read."""

    def __missing__(self, key: str) -> None:
        return None


def as_json(rows: Rows, fields: Sequence[Field], originals: pa.Array | None = None) -> Iterator[dict[str, Any]]:
    """Each article as ``storage.rows.to_json`` gives it, JSON columns still encoded: for ``orjson.dumps``."""
    names = rows.columns.column_names
    values = [_native(rows.columns.column(name), name) for name in names]
    bodies = None if originals is None else originals.to_pylist()
    further = [field for field in fields if field.name not in CONTRACTED]
    for number, value in enumerate(zip(*values, strict=True)):
        row = _Row(zip(names, value, strict=True))
        if bodies is not None:
            row["body_original"] = bodies[number]
        whole = to_json(row, row["related"])
        for field in further:
            one = row[field.columns[0]]
            whole[field.name] = _iso(one, local=field.type == LOCAL) if isinstance(one, datetime) else one
        yield whole if fields is CONTRACT else {field.name: whole[field.name] for field in fields}


def _native(column: pa.Array, name: str) -> list[Any]:
    kind = None if name == "related" else article.columns[name].type
    values: list[Any] = column.to_pylist()
    if isinstance(kind, Moment):
        return [None if value is None else moment(value) for value in values]
    if kind is None or isinstance(kind, Json):
        return [None if value is None else orjson.Fragment(value) for value in values]
    return values


def plain(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows of a typed table as the JSON of articles: the inverse of ``typed``."""
    for row in table.to_pylist():
        yield {
            name: _iso(value, local=name in LOCAL_TIMES) if isinstance(value, datetime) else _days_told(value)
            for name, value in row.items()
        }


def _iso(at: datetime, *, local: bool) -> str:
    return at.astimezone(SHANGHAI if local else UTC).isoformat()


def _days_told(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [_days_told(part) for part in value]
    if isinstance(value, dict):
        return {name: _days_told(part) for name, part in value.items()}
    return value
